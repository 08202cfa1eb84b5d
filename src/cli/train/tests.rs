//! The command line of a run, read back by the command line's own parser.

use super::super::{Cli, Command};
use super::*;
use crate::domain::parameter::ParameterKind;
use crate::studio::{recipes, train_command};
use clap::Parser;
use proptest::prelude::*;
use std::path::Path;

/// The words that a POSIX shell makes of a line without substitutions.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                word.extend(letters.by_ref().take_while(|letter| *letter != '\''));
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

fn parsed(line: &str) -> Train {
    let cli = Cli::try_parse_from(shell_words(line)).unwrap_or_else(|error| panic!("{line}\n{error}"));
    match cli.command {
        Some(Command::Train(train)) => train,
        _ => panic!("`{line}` is no training"),
    }
}

/// A text that a shell or the parser could take for something else.
fn text() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a", "Watch", "-", "--set", " ", "'", "\"", "$x", "`", "\\", "=", ":", "&", "é", "#", "*", "~", "0.5",
    ]);
    let words = prop::collection::vec(parts, 1..6).prop_map(|parts| parts.concat().trim().to_owned());
    words.prop_filter("an empty text is no name", |text| !text.is_empty())
}

fn config() -> impl Strategy<Value = SolutionConfig> {
    let numbers = prop::collection::vec(0.0..1.0_f64, 64);
    let weight = (text(), 0.0..1.0_f64, prop::option::of(-10.0..10.0_f64));
    let weights = prop::collection::vec(weight, 0..3);
    let device = prop::sample::select(vec![Device::Auto, Device::Cpu, Device::Cuda, Device::Metal]);
    (
        0..recipes().len(),
        numbers,
        prop::option::of(text()),
        prop::option::of(-1e6..1e6_f64),
        weights,
        prop::option::of((text(), prop::sample::select(Sensitivity::ALL.to_vec()))),
        prop::collection::vec(text(), 0..3),
        any::<u64>(),
        device,
        any::<bool>(),
    )
        .prop_map(
            |(recipe, numbers, event_type, threshold, weights, objective, columns, seed, device, full)| {
                let recipe = recipes()[recipe];
                // A third of the parameters stay at their defaults.
                let set = recipe.parameters.iter().zip(numbers).filter(|(_, number)| *number > 0.33);
                let texts: Vec<(&str, String)> = set
                    .map(|(spec, at)| {
                        let text = match spec.kind {
                            ParameterKind::Int { min, max, .. } => {
                                (min + ((max - min) as f64 * at) as i64).to_string()
                            }
                            ParameterKind::Float { min, max, .. } => (min + (max - min) * at).to_string(),
                            ParameterKind::Bool { default } => (!default).to_string(),
                            ParameterKind::Choice { options, .. } => {
                                options[(options.len() as f64 * at) as usize].to_owned()
                            }
                        };
                        (spec.name, text)
                    })
                    .collect();
                let texts = texts.iter().map(|(name, text)| (*name, text.as_str()));
                SolutionConfig {
                    recipe: recipe.name.to_owned(),
                    parameters: recipe.parameters_from(texts).unwrap(),
                    event_type,
                    event_value_threshold: threshold,
                    event_weights: weights
                        .into_iter()
                        .map(|(event_type, weight, event_value_threshold)| EventWeight {
                            event_type,
                            event_value_threshold,
                            weight,
                        })
                        .collect(),
                    objective: objective.map(|(item_attribute, objective_sensitivity)| ItemObjective {
                        item_attribute: item_attribute.trim().to_owned(),
                        objective_sensitivity,
                    }),
                    excluded_columns: columns,
                    seed,
                    device,
                    full_data: full,
                }
            },
        )
}

proptest! {
    #[test]
    fn the_command_line_of_a_run_asks_for_the_same_configuration(
        config in config(),
        file in text(),
        group in text(),
        solution in text(),
    ) {
        let line = train_command(Path::new(&file), &group, &solution, &config);
        let train = parsed(&line);
        prop_assert_eq!(train.file.file_name(), Path::new(&file).file_name(), "{}", &line);
        prop_assert_eq!(&train.group, &group);
        prop_assert_eq!(train.solution.as_ref(), Some(&solution));
        prop_assert_eq!(train.config().unwrap(), config, "{}", line);
    }
}

#[test]
fn a_plain_run_has_a_plain_command_line() {
    let recipe = recipe("ease").unwrap();
    let config = SolutionConfig::of(recipe.name, recipe.parameters_from([]).unwrap());
    let line = train_command(Path::new("my films.bespoke"), "films", "ease", &config);
    assert_eq!(line, "bespoke train 'my films.bespoke' --group films --recipe ease --solution ease");
}
