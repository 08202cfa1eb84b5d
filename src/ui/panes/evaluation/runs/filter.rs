//! Which runs are shown: words that must all be found.

use super::Contestant;
use crate::studio::RunView;

/// A filter as it was typed: words that must all hold. `recipe:hrnn` looks into one field (recipe, solution, name, note,
/// seed, test, data, status, or any parameter by its name); other words are looked for in names, recipe, note and the
/// parameters that are not at their defaults.
pub(super) struct Filter {
    words: Vec<(Option<String>, String)>,
}

impl Filter {
    pub(super) fn parse(text: &str) -> Self {
        let words = text.split_whitespace().map(|word| match word.split_once([':', '=']) {
            Some((field, value)) if !field.is_empty() => (Some(field.to_lowercase()), value.to_lowercase()),
            _ => (None, word.to_lowercase()),
        });
        Self { words: words.collect() }
    }

    pub(super) fn holds(&self, contestant: Contestant<'_>) -> bool {
        self.words.iter().all(|(field, wanted)| match (field, contestant) {
            (None, Contestant::Run(run)) => anywhere(run, wanted),
            (Some(field), Contestant::Run(run)) => in_field(run, field, wanted),
            (None, Contestant::Other(name, _)) => holds(name, wanted),
            (Some(field), Contestant::Other(name, _)) => field == "name" && holds(name, wanted),
        })
    }
}

fn holds(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(wanted)
}

fn anywhere(run: &RunView, wanted: &str) -> bool {
    let texts = [Some(&run.name), run.alias.as_ref(), Some(&run.recipe), Some(&run.note)];
    let set = run.parameters.iter().filter(|parameter| parameter.is_set());
    texts.into_iter().flatten().any(|text| holds(text, wanted))
        || set.into_iter().any(|parameter| holds(&parameter.name, wanted) || holds(&parameter.value, wanted))
}

/// Whether a field holds a text. A number must be met whole: `seed:1` is no seed 10.
fn in_field(run: &RunView, field: &str, wanted: &str) -> bool {
    match field {
        "recipe" => holds(&run.recipe, wanted),
        "solution" => holds(&run.solution, wanted),
        "name" => holds(&run.name, wanted) || run.alias.as_ref().is_some_and(|alias| holds(alias, wanted)),
        "note" => holds(&run.note, wanted),
        "seed" => run.seed.to_string() == wanted,
        "test" => holds(&run.test_set, wanted),
        "data" => run.data.as_ref().is_some_and(|data| data.starts_with(wanted)),
        "status" => holds(run.status.as_str(), wanted),
        _ => run.parameters.iter().any(|parameter| {
            parameter.name.to_lowercase().contains(field)
                && if wanted.parse::<f64>().is_ok() {
                    parameter.value == wanted
                } else {
                    holds(&parameter.value, wanted)
                }
        }),
    }
}
