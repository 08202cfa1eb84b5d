//! The command line that trains a run again.

use super::runs::{RunView, parameters};
use crate::domain::solution::{Device, SolutionConfig};
use std::path::Path;

impl RunView {
    /// `bespoke train …` with the configuration of this run: given to a shell, it trains another version of the same
    /// solution. That of an update brings the solution up to date once more.
    pub fn command_line(&self, project: &Path, group: &str) -> String {
        match self.updates {
            Some(_) => update_command(project, group, &self.solution),
            None => train_command(project, group, &self.solution, &self.config),
        }
    }
}

fn update_command(project: &Path, group: &str, solution: &str) -> String {
    let mut line = Line::of_training(project);
    line.option("--group", group);
    line.option("--solution", solution);
    line.option("--mode", "update");
    line.0
}

/// The command line that trains a configuration. Parameters at their defaults are left out.
pub fn train_command(project: &Path, group: &str, solution: &str, config: &SolutionConfig) -> String {
    let mut line = Line::of_training(project);
    line.option("--group", group);
    line.option("--recipe", &config.recipe);
    line.option("--solution", solution);
    for parameter in parameters(config).iter().filter(|parameter| parameter.is_set()) {
        line.option("--set", &format!("{}={}", parameter.name, parameter.value));
    }
    if let Some(event_type) = &config.event_type {
        line.option("--event-type", event_type);
    }
    if let Some(threshold) = config.event_value_threshold {
        line.option("--event-value-threshold", &threshold.to_string());
    }
    for entry in &config.event_weights {
        let threshold = entry.event_value_threshold.map(|value| format!(":{value}")).unwrap_or_default();
        line.option("--event-weight", &format!("{}={}{threshold}", entry.event_type, entry.weight));
    }
    if let Some(objective) = &config.objective {
        line.option("--objective", &objective.to_string());
    }
    for column in &config.excluded_columns {
        line.option("--exclude-column", column);
    }
    if config.seed != 0 {
        line.option("--seed", &config.seed.to_string());
    }
    if config.device != Device::Auto {
        line.option("--device", config.device.name());
    }
    if config.full_data {
        line.0.push_str(" --full-data");
    }
    line.0
}

/// A command line that is being written.
struct Line(String);

impl Line {
    fn of_training(project: &Path) -> Self {
        let project = project.to_string_lossy();
        // A file that begins with a dash is not taken for an option from where it lies.
        let here = if project.starts_with('-') { "./" } else { "" };
        Self(format!("bespoke train {}", quoted(&format!("{here}{project}"))))
    }

    fn option(&mut self, name: &str, value: &str) {
        let between = if value.starts_with('-') { "=" } else { " " };
        self.0.extend([" ", name, between, &quoted(value)]);
    }
}

/// A word as a POSIX shell reads it back: bare where nothing in it means something to the shell, else in quotes.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_mean_something_to_the_shell_are_quoted() {
        for (word, expected) in [
            ("films.bespoke", "films.bespoke"),
            ("", "''"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("a=b", "a=b"),
            ("~/x", "'~/x'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
