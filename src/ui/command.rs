//! Every command a person can give: its words, its keys, and when it can be given.
//!
//! Menus, shortcuts, the palette and the cheat sheet all read this one list.

use super::pane::PaneKind;
use super::theme::Icon;
use egui::{Key, KeyboardShortcut, Modifiers, ThemePreference};
use strum::{EnumIter, IntoEnumIterator, IntoStaticStr};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, IntoStaticStr)]
pub enum Command {
    // Project
    NewProject,
    OpenProject,
    TrySample,
    SaveCopy,
    CopyGroup,
    CloseProject,
    Quit,
    // Dataset group
    NewGroup,
    RenameGroup,
    DeleteGroup,
    // Work
    ImportData,
    AnalyseData,
    NewSolution,
    EvaluateVersions,
    NewCampaign,
    NewFilter,
    RunExperiment,
    RunBatch,
    // Go to
    GoHome,
    GoDatasets,
    GoMapping,
    GoRecipes,
    GoTraining,
    GoEvaluation,
    GoCampaigns,
    GoFilters,
    GoPreview,
    GoSimulation,
    GoBatch,
    GoSettings,
    // Window
    OpenPalette,
    ShowShortcuts,
    ToggleJobs,
    ToggleNotifications,
    CancelAllJobs,
    LightTheme,
    DarkTheme,
    SystemTheme,
    ZoomIn,
    ZoomOut,
    ZoomReset,
}

/// The heading a command stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter)]
pub enum CommandGroup {
    Project,
    DatasetGroup,
    Work,
    GoTo,
    Window,
}

impl CommandGroup {
    pub fn title(self) -> &'static str {
        match self {
            Self::Project => "Project",
            Self::DatasetGroup => "Dataset group",
            Self::Work => "Work",
            Self::GoTo => "Go to",
            Self::Window => "Window",
        }
    }
}

/// What decides which commands can be given now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommandEnvironment {
    pub project_open: bool,
    pub read_only: bool,
    pub group_chosen: bool,
    pub has_interactions: bool,
    pub has_version: bool,
    pub jobs_active: bool,
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

impl Command {
    /// What it does, as a verb; three dots where it asks for more first.
    pub fn text(self) -> &'static str {
        match self {
            Self::NewProject => "New project...",
            Self::OpenProject => "Open project...",
            Self::TrySample => "Try the sample data...",
            Self::SaveCopy => "Save a copy...",
            Self::CopyGroup => "Copy a group from another project...",
            Self::CloseProject => "Close project",
            Self::Quit => "Quit",
            Self::NewGroup => "New dataset group...",
            Self::RenameGroup => "Rename dataset group...",
            Self::DeleteGroup => "Delete dataset group...",
            Self::ImportData => "Import data...",
            Self::AnalyseData => "Analyse data",
            Self::NewSolution => "Train a solution...",
            Self::EvaluateVersions => "Evaluate solution versions",
            Self::NewCampaign => "Create a campaign...",
            Self::NewFilter => "Write a filter...",
            Self::RunExperiment => "Try campaigns on simulated users...",
            Self::RunBatch => "Write a batch of recommendations...",
            Self::GoHome => "Go to Home",
            Self::GoDatasets => "Go to Datasets",
            Self::GoMapping => "Go to Mapping",
            Self::GoRecipes => "Go to Recipes",
            Self::GoTraining => "Go to Training",
            Self::GoEvaluation => "Go to Evaluation",
            Self::GoCampaigns => "Go to Campaigns",
            Self::GoFilters => "Go to Filters",
            Self::GoPreview => "Go to Preview",
            Self::GoSimulation => "Go to Simulation",
            Self::GoBatch => "Go to Batch",
            Self::GoSettings => "Go to Settings",
            Self::OpenPalette => "Find a command...",
            Self::ShowShortcuts => "Show keyboard shortcuts",
            Self::ToggleJobs => "Show or hide jobs",
            Self::ToggleNotifications => "Show or hide notifications",
            Self::CancelAllJobs => "Cancel all jobs",
            Self::LightTheme => "Use the light theme",
            Self::DarkTheme => "Use the dark theme",
            Self::SystemTheme => "Follow the system's theme",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::ZoomReset => "Zoom to normal size",
        }
    }

    pub fn tooltip(self) -> &'static str {
        match self {
            Self::NewProject => "Make an empty project file",
            Self::OpenProject => "Open a .bespoke file",
            Self::TrySample => "Make a project with invented films and a shop, ready to train",
            Self::SaveCopy => "Write this project to another file and go on with this one",
            Self::CopyGroup => "Bring a dataset group of another project file into this one",
            Self::CloseProject => "Go back to the start page; everything is saved already",
            Self::Quit => "Close the window; everything is saved already",
            Self::NewGroup => "A dataset group keeps its datasets, solutions and campaigns apart from others",
            Self::RenameGroup => "Give the current dataset group another name",
            Self::DeleteGroup => "Delete the current dataset group with all that is in it",
            Self::ImportData => "Choose CSV, TSV, JSON Lines or Parquet files, also packed",
            Self::AnalyseData => "Look for what would make recommendations worse",
            Self::NewSolution => "Choose a recipe and train it on the current dataset group",
            Self::EvaluateVersions => "Score solution versions on the group's test set",
            Self::NewCampaign => "Make a solution version answer requests",
            Self::NewFilter => "Say which items campaigns and batches may recommend",
            Self::RunExperiment => "Let people drawn from your data choose from the lists of campaigns",
            Self::RunBatch => "Write recommendations for all users, or those of a file",
            Self::OpenPalette => "Find any command by its name",
            Self::ShowShortcuts => "All commands that have keys",
            Self::ToggleJobs => "What runs now and what ended",
            Self::ToggleNotifications => "What happened, and what to do about it",
            Self::CancelAllJobs => "Stop everything that runs or waits; nothing half-done is kept",
            Self::LightTheme => "Dark text on paper",
            Self::DarkTheme => "Light text on ink",
            Self::SystemTheme => "Light or dark as the desktop says",
            Self::ZoomIn => "Draw everything larger",
            Self::ZoomOut => "Draw everything smaller",
            Self::ZoomReset => "Draw everything at its own size",
            Self::GoHome
            | Self::GoDatasets
            | Self::GoMapping
            | Self::GoRecipes
            | Self::GoTraining
            | Self::GoEvaluation
            | Self::GoCampaigns
            | Self::GoFilters
            | Self::GoPreview
            | Self::GoSimulation
            | Self::GoBatch
            | Self::GoSettings => self.pane().map_or("", PaneKind::help),
        }
    }

    pub fn icon(self) -> Icon {
        match self {
            Self::NewProject | Self::NewGroup => Icon::Plus,
            Self::OpenProject => Icon::Folder,
            Self::TrySample => Icon::Sparkle,
            Self::SaveCopy => Icon::Save,
            Self::CopyGroup => Icon::Copy,
            Self::CloseProject => Icon::Close,
            Self::Quit => Icon::Quit,
            Self::RenameGroup => Icon::Edit,
            Self::DeleteGroup => Icon::Trash,
            Self::ImportData => Icon::Upload,
            Self::AnalyseData => Icon::Chart,
            Self::NewSolution => Icon::Play,
            Self::EvaluateVersions => Icon::Evaluation,
            Self::NewCampaign => Icon::Campaigns,
            Self::NewFilter => Icon::Filter,
            Self::RunExperiment => Icon::Simulation,
            Self::RunBatch => Icon::Download,
            Self::OpenPalette => Icon::Search,
            Self::ZoomIn => Icon::ZoomIn,
            Self::ZoomOut => Icon::ZoomOut,
            Self::ZoomReset => Icon::ZoomReset,
            Self::ShowShortcuts => Icon::Keyboard,
            Self::ToggleJobs => Icon::Jobs,
            Self::ToggleNotifications => Icon::Bell,
            Self::CancelAllJobs => Icon::Stop,
            Self::LightTheme => Icon::Sun,
            Self::DarkTheme => Icon::Moon,
            Self::SystemTheme => Icon::System,
            Self::GoHome
            | Self::GoDatasets
            | Self::GoMapping
            | Self::GoRecipes
            | Self::GoTraining
            | Self::GoEvaluation
            | Self::GoCampaigns
            | Self::GoFilters
            | Self::GoPreview
            | Self::GoSimulation
            | Self::GoBatch
            | Self::GoSettings => self.pane().map_or(Icon::ChevronRight, PaneKind::icon),
        }
    }

    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let (modifiers, key) = match self {
            Self::NewProject => (CTRL, Key::N),
            Self::OpenProject => (CTRL, Key::O),
            Self::SaveCopy => (CTRL_SHIFT, Key::S),
            Self::CloseProject => (CTRL, Key::W),
            Self::Quit => (CTRL, Key::Q),
            Self::NewGroup => (CTRL_SHIFT, Key::N),
            Self::ImportData => (CTRL, Key::I),
            Self::NewSolution => (CTRL, Key::T),
            Self::EvaluateVersions => (CTRL, Key::E),
            Self::RunBatch => (CTRL, Key::B),
            Self::GoHome => (CTRL, Key::Num1),
            Self::GoDatasets => (CTRL, Key::Num2),
            Self::GoMapping => (CTRL, Key::Num3),
            Self::GoRecipes => (CTRL, Key::Num4),
            Self::GoTraining => (CTRL, Key::Num5),
            Self::GoEvaluation => (CTRL, Key::Num6),
            Self::GoCampaigns => (CTRL, Key::Num7),
            Self::GoFilters => (CTRL_SHIFT, Key::F),
            Self::GoPreview => (CTRL, Key::Num8),
            Self::GoSimulation => (CTRL_SHIFT, Key::M),
            Self::GoBatch => (CTRL, Key::Num9),
            Self::GoSettings => (CTRL, Key::Comma),
            Self::OpenPalette => (CTRL, Key::K),
            Self::ShowShortcuts => (Modifiers::NONE, Key::F1),
            Self::ToggleJobs => (CTRL, Key::J),
            Self::ToggleNotifications => (CTRL_SHIFT, Key::J),
            Self::ZoomIn => (CTRL, Key::Plus),
            Self::ZoomOut => (CTRL, Key::Minus),
            Self::ZoomReset => (CTRL, Key::Num0),
            Self::TrySample
            | Self::CopyGroup
            | Self::RenameGroup
            | Self::DeleteGroup
            | Self::AnalyseData
            | Self::NewCampaign
            | Self::NewFilter
            | Self::RunExperiment
            | Self::CancelAllJobs
            | Self::LightTheme
            | Self::DarkTheme
            | Self::SystemTheme => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// Its keys as people write them: `Ctrl+,`.
    pub fn keys(self, context: &egui::Context) -> Option<String> {
        let words = context.format_shortcut(&self.shortcut()?);
        let signs = [("Comma", ","), ("Plus", "+"), ("Minus", "-")];
        Some(signs.iter().fold(words, |words, (name, sign)| words.replace(name, sign)))
    }

    pub fn group(self) -> CommandGroup {
        match self {
            Self::NewProject
            | Self::OpenProject
            | Self::TrySample
            | Self::SaveCopy
            | Self::CopyGroup
            | Self::CloseProject
            | Self::Quit => CommandGroup::Project,
            Self::NewGroup | Self::RenameGroup | Self::DeleteGroup => CommandGroup::DatasetGroup,
            Self::ImportData
            | Self::AnalyseData
            | Self::NewSolution
            | Self::EvaluateVersions
            | Self::NewCampaign
            | Self::NewFilter
            | Self::RunExperiment
            | Self::RunBatch => CommandGroup::Work,
            Self::GoHome
            | Self::GoDatasets
            | Self::GoMapping
            | Self::GoRecipes
            | Self::GoTraining
            | Self::GoEvaluation
            | Self::GoCampaigns
            | Self::GoFilters
            | Self::GoPreview
            | Self::GoSimulation
            | Self::GoBatch
            | Self::GoSettings => CommandGroup::GoTo,
            Self::OpenPalette
            | Self::ShowShortcuts
            | Self::ToggleJobs
            | Self::ToggleNotifications
            | Self::CancelAllJobs
            | Self::LightTheme
            | Self::DarkTheme
            | Self::SystemTheme
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomReset => CommandGroup::Window,
        }
    }

    /// The page a command leads to; commands of the work group are passed on to it.
    pub fn pane(self) -> Option<PaneKind> {
        match self {
            Self::GoHome => Some(PaneKind::Home),
            Self::GoDatasets | Self::ImportData | Self::AnalyseData => Some(PaneKind::Datasets),
            Self::GoMapping => Some(PaneKind::Mapping),
            Self::GoRecipes => Some(PaneKind::Recipes),
            Self::GoTraining | Self::NewSolution => Some(PaneKind::Training),
            Self::GoEvaluation | Self::EvaluateVersions => Some(PaneKind::Evaluation),
            Self::GoCampaigns | Self::NewCampaign => Some(PaneKind::Campaigns),
            Self::GoFilters | Self::NewFilter => Some(PaneKind::Filters),
            Self::GoPreview => Some(PaneKind::Preview),
            Self::GoSimulation | Self::RunExperiment => Some(PaneKind::Simulation),
            Self::GoBatch | Self::RunBatch => Some(PaneKind::Batch),
            Self::GoSettings => Some(PaneKind::Settings),
            _ => None,
        }
    }

    /// The command that goes to a page.
    pub fn go_to(pane: PaneKind) -> Option<Self> {
        Self::iter().find(|command| command.group() == CommandGroup::GoTo && command.pane() == Some(pane))
    }

    /// The theme a command switches to.
    pub fn theme(self) -> Option<ThemePreference> {
        match self {
            Self::LightTheme => Some(ThemePreference::Light),
            Self::DarkTheme => Some(ThemePreference::Dark),
            Self::SystemTheme => Some(ThemePreference::System),
            _ => None,
        }
    }

    /// Whether it can be given now; the reason where not.
    pub fn availability(self, now: &CommandEnvironment) -> Result<(), &'static str> {
        let need = |holds: bool, reason: &'static str| if holds { Ok(()) } else { Err(reason) };
        let project = || need(now.project_open, "Open a project first");
        let writable = || need(!now.read_only, "The project is open for reading only");
        let group = || need(now.group_chosen, "Make a dataset group first");
        let interactions = || need(now.has_interactions, "Import interactions first");
        let version = || need(now.has_version, "Train a solution first");
        match self {
            Self::SaveCopy | Self::CloseProject => project(),
            Self::CopyGroup | Self::NewGroup => project().and_then(|()| writable()),
            Self::RenameGroup | Self::DeleteGroup => {
                project().and_then(|()| writable()).and_then(|()| group())
            }
            Self::ImportData => project().and_then(|()| writable()),
            Self::AnalyseData | Self::RunExperiment => project().and_then(|()| interactions()),
            Self::NewSolution => project().and_then(|()| writable()).and_then(|()| interactions()),
            Self::EvaluateVersions | Self::RunBatch => project().and_then(|()| version()),
            Self::NewCampaign => project().and_then(|()| writable()).and_then(|()| version()),
            Self::NewFilter => project().and_then(|()| writable()).and_then(|()| group()),
            Self::CancelAllJobs => need(now.jobs_active, "No job runs"),
            _ if self.group() == CommandGroup::GoTo => project(),
            _ => Ok(()),
        }
    }

    /// The command whose keys were pressed, taken out of the input. More keys win over fewer.
    pub fn pressed(context: &egui::Context) -> Option<Self> {
        let mut with_keys: Vec<_> =
            Self::iter().filter_map(|command| Some((command, command.shortcut()?))).collect();
        with_keys.sort_by_key(|(_, keys)| std::cmp::Reverse(keys.modifiers.shift));
        context.input_mut(|input| {
            with_keys
                .iter()
                .find(|(_, keys)| input.consume_shortcut(keys))
                .map(|(command, _)| *command)
                // The key with `+` on it needs no shift on many keyboards.
                .or_else(|| input.consume_key(CTRL, Key::Equals).then_some(Self::ZoomIn))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_keys() {
        let with_keys: Vec<_> =
            Command::iter().filter_map(|command| Some((command, command.shortcut()?))).collect();
        for (index, (command, keys)) in with_keys.iter().enumerate() {
            for (other, other_keys) in &with_keys[index + 1..] {
                assert_ne!(keys, other_keys, "{command:?} and {other:?}");
            }
        }
    }

    #[test]
    fn no_command_takes_a_key_of_text_editing() {
        // egui's text fields: select all, copy, cut, paste, undo, redo, delete to the line's ends.
        let taken = [Key::A, Key::C, Key::X, Key::V, Key::Z, Key::Y, Key::U, Key::H];
        for command in Command::iter() {
            if let Some(keys) = command.shortcut()
                && !keys.modifiers.shift
            {
                assert!(!taken.contains(&keys.logical_key), "{command:?}");
            }
        }
    }

    #[test]
    fn every_command_has_words_and_every_page_a_command() {
        for command in Command::iter() {
            assert!(!command.text().is_empty() && !command.tooltip().is_empty(), "{command:?}");
            assert!(!command.tooltip().ends_with('.'), "{command:?}: one sentence, no full stop");
        }
        for pane in PaneKind::iter() {
            assert!(Command::go_to(pane).is_some(), "{pane:?}");
        }
    }

    #[test]
    fn what_writes_is_refused_in_a_read_only_project() {
        let now = CommandEnvironment {
            project_open: true,
            read_only: true,
            group_chosen: true,
            has_interactions: true,
            has_version: true,
            jobs_active: false,
        };
        let refused: Vec<_> = Command::iter().filter(|c| c.availability(&now).is_err()).collect();
        let expected = [
            Command::CopyGroup,
            Command::NewGroup,
            Command::RenameGroup,
            Command::DeleteGroup,
            Command::ImportData,
            Command::NewSolution,
            Command::NewCampaign,
            Command::NewFilter,
            Command::CancelAllJobs,
        ];
        assert_eq!(refused, expected);
    }
}
