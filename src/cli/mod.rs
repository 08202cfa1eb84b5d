//! The command line: a thin face over the studio.
//!
//! Reads arguments, calls one use case, prints its result: as text for people, or with `--json` as one document on
//! standard output. Progress, logs and errors go to standard error. Holds no logic of the field.

mod attribution;
mod batch;
mod campaign;
mod data;
mod demo;
mod describe;
mod evaluate;
mod event;
mod filter;
mod off_policy;
mod output;
mod pairs;
mod progress;
mod project;
mod promote;
mod recipes;
mod runs;
mod simulate;
mod train;

use crate::domain::parameter::ParameterError;
use anyhow::anyhow;
use clap::{Args, Parser, Subcommand, ValueEnum};
use output::report_error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// It failed; the message is on standard error.
const FAILED: u8 = 1;
/// The arguments are not what the command takes.
const WRONG_USAGE: u8 = 2;

/// A recommender studio: import, train, compare, deploy and export recommendations on your own machine.
///
/// Without arguments it opens the window; with a project file, on that project.
#[derive(Parser)]
#[command(name = "bespoke", version, args_conflicts_with_subcommands = true, max_term_width = 110)]
struct Cli {
    /// The project to open in the window.
    project: Option<PathBuf>,
    /// What draws the window.
    #[arg(long, value_enum, default_value_t)]
    renderer: Renderer,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What draws the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Renderer {
    /// Vulkan, Metal or DirectX
    #[default]
    Wgpu,
    /// OpenGL
    Glow,
}

/// What every command takes.
#[derive(Args, Clone, Copy)]
struct Common {
    /// Print one JSON document on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Sample data, imported, trained, evaluated, served and exported; then the window.
    Demo(demo::Demo),
    /// Make an empty project.
    New(project::New),
    /// Show what a project holds, as a tree.
    Groups(project::Groups),
    /// Import files into a dataset of a group.
    Import(data::Import),
    /// Show what the data say about themselves, and whether they can be trained on.
    Analyze(data::Analyze),
    /// Show the Avro schema of a dataset.
    Schema(data::SchemaCommand),
    /// Show recipes and their parameters.
    Recipes(recipes::Recipes),
    /// Train a solution version and score it on the group's test set.
    Train(train::Train),
    /// Show versions with what made each what it is, and how two differ.
    Runs(runs::Runs),
    /// Choose the group's test set.
    Split(evaluate::Split),
    /// Compare versions on the group's test set.
    Evaluate(evaluate::Evaluate),
    /// Make a campaign of a version.
    Campaign(campaign::Campaign),
    /// Make a filter of what may be recommended.
    Filter(filter::Filter),
    /// Ask a campaign for recommendations.
    Recommend(campaign::Recommend),
    /// Record what a user did.
    Event(event::Event),
    /// Say what recorded events come to, by campaign or source.
    Attribution(attribution::Attribution),
    /// Put an item, a user or an action in the place of the one of its id.
    Put(event::Put),
    /// Ask a version for many at once, into a file.
    Batch(batch::Batch),
    /// Try campaigns on simulated users.
    Simulate(simulate::Simulate),
    /// Estimate from a log what another policy would have earned.
    OffPolicy(off_policy::OffPolicy),
    /// Check that a project file is whole.
    Check(project::Check),
}

/// What is left to do after the command line did its part.
#[derive(Debug)]
pub enum Next {
    /// Show the window.
    Window { project: Option<PathBuf>, renderer: Renderer },
    /// End with this status.
    Exit(ExitCode),
}

/// What a command came to.
enum Done {
    Ok,
    /// It ran, and what it looked at is not in order.
    Failed,
    /// Show the window on a project.
    Window(PathBuf),
}

/// Runs the command that the arguments ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Next {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a pipe that closed early is nobody's problem.
            drop(error.print());
            return Next::Exit(ExitCode::from(error.exit_code() as u8));
        }
    };
    let Some(command) = cli.command else {
        if let Some(error) = cli.project.as_deref().and_then(not_there) {
            report_error(&error);
            return Next::Exit(ExitCode::from(WRONG_USAGE));
        }
        return Next::Window { project: cli.project, renderer: cli.renderer };
    };
    match dispatch(command) {
        Ok(Done::Ok) => Next::Exit(ExitCode::SUCCESS),
        Ok(Done::Failed) => Next::Exit(ExitCode::from(FAILED)),
        Ok(Done::Window(project)) => Next::Window { project: Some(project), renderer: cli.renderer },
        Err(error) => {
            report_error(&error);
            let is_usage = |cause: &(dyn std::error::Error + 'static)| {
                cause.is::<pairs::WrongUsage>() || cause.is::<ParameterError>()
            };
            let wrong_usage = error.chain().any(is_usage);
            Next::Exit(ExitCode::from(if wrong_usage { WRONG_USAGE } else { FAILED }))
        }
    }
}

/// Why a window can't be opened on a project: there is none of that name.
fn not_there(project: &Path) -> Option<anyhow::Error> {
    if project.exists() {
        return None;
    }
    let name = project.display();
    Some(match project.extension() {
        Some(_) => anyhow!("{name} does not exist; make it with `bespoke new {name}`"),
        None => {
            anyhow!("there is no command and no project file `{name}`; `bespoke help` lists the commands")
        }
    })
}

/// Reports an error of the window as the commands report theirs.
pub fn report(error: &anyhow::Error) -> ExitCode {
    report_error(error);
    ExitCode::from(FAILED)
}

fn dispatch(command: Command) -> anyhow::Result<Done> {
    match command {
        Command::Demo(command) => command.run(),
        Command::New(command) => command.run(),
        Command::Groups(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Analyze(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Recipes(command) => command.run(),
        Command::Train(command) => command.run(),
        Command::Runs(command) => command.run(),
        Command::Split(command) => command.run(),
        Command::Evaluate(command) => command.run(),
        Command::Campaign(command) => command.run(),
        Command::Filter(command) => command.run(),
        Command::Recommend(command) => command.run(),
        Command::Event(command) => command.run(),
        Command::Put(command) => command.run(),
        Command::Attribution(command) => command.run(),
        Command::Batch(command) => command.run(),
        Command::Simulate(command) => command.run(),
        Command::OffPolicy(command) => command.run(),
        Command::Check(command) => command.run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_project_alone_opens_the_window() {
        let there = tempfile::NamedTempFile::with_suffix(".bespoke").unwrap();
        let next = run([OsString::from("bespoke"), there.path().into()]);
        assert!(matches!(next, Next::Window { project: Some(path), .. } if path == there.path()));
        assert!(matches!(run([OsString::from("bespoke")]), Next::Window { project: None, .. }));
    }

    #[test]
    fn what_is_neither_a_command_nor_a_project_is_wrong_usage() {
        for (name, said) in
            [("segment", "no command and no project"), ("gone.bespoke", "`bespoke new gone.bespoke`")]
        {
            assert!(not_there(Path::new(name)).unwrap().to_string().contains(said));
            let next = run(["bespoke", name].map(OsString::from));
            assert!(matches!(next, Next::Exit(status) if status == ExitCode::from(WRONG_USAGE)));
        }
    }
}
