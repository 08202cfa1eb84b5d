//! The command line that trains a run again.

use super::runs::{RunView, parameters};
use crate::domain::solution::{Device, SolutionConfig};
use std::path::Path;

impl RunView {
    /// `bespoke train …` with the configuration of this run: given to a shell, it trains another version of the same
    /// solution.
    pub fn command_line(&self, project: &Path, group: &str) -> String {
        train_command(project, group, &self.solution, &self.config)
    }
}

/// The command line that trains a configuration. Parameters at their defaults are left out.
pub fn train_command(project: &Path, group: &str, solution: &str, config: &SolutionConfig) -> String {
    let project = project.to_string_lossy();
    // A file that begins with a dash is not taken for an option from where it lies.
    let project = if project.starts_with('-') { format!("./{project}") } else { project.into_owned() };
    let mut words = vec!["bespoke".to_owned(), "train".to_owned(), quoted(&project)];
    let mut add = |name: &str, value: &str| {
        if value.starts_with('-') {
            words.push(format!("{name}={}", quoted(value)));
        } else {
            words.extend([name.to_owned(), quoted(value)]);
        }
    };
    add("--group", group);
    add("--recipe", &config.recipe);
    add("--solution", solution);
    for parameter in parameters(config).iter().filter(|parameter| parameter.is_set()) {
        add("--set", &format!("{}={}", parameter.name, parameter.value));
    }
    if let Some(event_type) = &config.event_type {
        add("--event-type", event_type);
    }
    if let Some(threshold) = config.event_value_threshold {
        add("--event-value-threshold", &threshold.to_string());
    }
    for entry in &config.event_weights {
        let threshold = entry.event_value_threshold.map(|value| format!(":{value}")).unwrap_or_default();
        add("--event-weight", &format!("{}={}{threshold}", entry.event_type, entry.weight));
    }
    for column in &config.excluded_columns {
        add("--exclude-column", column);
    }
    if config.seed != 0 {
        add("--seed", &config.seed.to_string());
    }
    if config.device != Device::Auto {
        add("--device", config.device.name());
    }
    if config.full_data {
        words.push("--full-data".to_owned());
    }
    words.join(" ")
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
