//! Why an item is in an answer, in words. Knows nothing of the window.

use crate::domain::{RecipeDescriptor, Task};
use crate::studio::{ItemEvidence, Origin, PredictedItem, Unrelated};
use crate::ui::widgets::{count_words, grouped};

/// How an item came into an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Another item was followed by it.
    Rule,
    /// Another item was had together with it.
    CoOccurrence,
    /// The model learnt it from what was done before; without that it would score lower.
    History,
    /// Counts of the item itself.
    Popularity,
    /// Popular items, for want of anything better.
    Fallback,
    /// The version does not know the item.
    Unknown,
}

impl Way {
    pub(super) fn of(recipe: &RecipeDescriptor, item: &PredictedItem) -> Self {
        let Some(explanation) = &item.explanation else { return Self::Unknown };
        let Some(origin) = explanation.origin else { return Self::Unknown };
        if origin == Origin::Popular {
            return if recipe.task == Task::PopularItems { Self::Popularity } else { Self::Fallback };
        }
        match explanation.evidence.first() {
            Some(ItemEvidence::Item { .. }) => match recipe.name {
                "sequential-rules" | "slit" => Self::Rule,
                "sims" | "ease" => Self::CoOccurrence,
                _ => Self::History,
            },
            Some(ItemEvidence::Count { .. } | ItemEvidence::Trait { .. }) | None => Self::Popularity,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::CoOccurrence => "co-occurrence",
            Self::History => "history",
            Self::Popularity => "popularity",
            Self::Fallback => "fallback",
            Self::Unknown => "unknown",
        }
    }
}

/// The whole reason in one sentence. `name` gives an item's label.
pub(super) fn sentence<'a>(
    recipe: &RecipeDescriptor,
    item: &'a PredictedItem,
    name: impl Fn(&'a str) -> &'a str,
) -> String {
    let evidence = item.explanation.as_ref().map(|explanation| explanation.evidence.as_slice());
    let evidence = evidence.unwrap_or_default();
    let way = Way::of(recipe, item);
    match (way, evidence.first()) {
        (Way::Unknown, _) => match item.reason.as_deref().and_then(<[String]>::first).map(String::as_str) {
            Some("Promoted item") => {
                "The version knows nothing of it yet: only the promotion speaks for it".to_owned()
            }
            Some(_) => "Popular with everyone; fills up the list".to_owned(),
            None => "This version does not know the item; it is put last".to_owned(),
        },
        (_, Some(ItemEvidence::Item { item_id, together, .. })) => {
            let other = if *item_id == item.item_id { "itself" } else { name(item_id) };
            let users = together.filter(|users| *users > 0).map(users_words);
            let text = match (way, users, recipe.asks_item()) {
                (_, Some(users), true) => format!("{users} had both this and {other}"),
                (_, None, true) => format!("Had together with {other}"),
                (Way::Rule, Some(users), _) => format!("Comes after {other} ({users} had both)"),
                (Way::Rule, None, _) => format!("Comes after {other}"),
                (Way::History, Some(users), _) => format!("Because of {other} ({users} had both)"),
                (Way::History, None, _) => format!("Because of {other}"),
                (_, Some(users), _) => format!("Goes with {other} ({users} had both)"),
                (_, None, _) => format!("Goes with {other}"),
            };
            match evidence.len() - 1 {
                0 => text,
                more => format!("{text} and {more} more"),
            }
        }
        (_, Some(_)) => {
            let counts: Vec<String> = evidence.iter().filter_map(count_text).collect();
            let counts = counts.join(", ");
            if way == Way::Fallback { format!("Popular with everyone: {counts}") } else { counts }
        }
        (_, None) => "No single thing speaks for it".to_owned(),
    }
}

/// One piece of evidence in full: what, its share of what speaks for it where it has one, and a detail.
pub(super) fn piece<'a>(
    evidence: &'a ItemEvidence,
    name: impl Fn(&'a str) -> &'a str,
) -> (String, Option<f32>, String) {
    match evidence {
        ItemEvidence::Item { item_id, weight, together } => {
            let users =
                together.map(|users| format!(", {} had both", users_words(users))).unwrap_or_default();
            let share = match (weight * 100.0).round() {
                0.0 => "Under 1".to_owned(),
                share => share.to_string(),
            };
            (name(item_id).to_owned(), Some(*weight), format!("{share}% of what speaks for it{users}"))
        }
        ItemEvidence::Count { .. } => (count_text(evidence).unwrap_or_default(), None, String::new()),
        ItemEvidence::Trait { what, weight } => {
            let side = if *weight > 0.0 { "for" } else { "against" };
            (what.clone(), None, format!("{weight:+.2} log odds, speaks {side} it"))
        }
    }
}

fn users_words(users: u32) -> String {
    if users == 1 { "1 user".to_owned() } else { format!("{} users", count_words(u64::from(users))) }
}

fn count_text(evidence: &ItemEvidence) -> Option<String> {
    let ItemEvidence::Count { count, what } = evidence else { return None };
    let count = if count.fract() == 0.0 && *count >= 0.0 {
        count_words(*count as u64)
    } else {
        grouped(&format!("{count:.2}"))
    };
    Some(format!("{count} {what}"))
}

/// Why popular items stand where related ones were asked for, and what to do about it.
pub(super) fn unrelated_words(unrelated: &Unrelated) -> (String, String) {
    let percent = |share: f64| {
        let text = format!("{:.1}", (share * 1000.0).floor() / 10.0);
        format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
    };
    let instead = "so these are items popular with everyone";
    match unrelated {
        Unrelated::Unknown => (
            format!("Nobody had this item in the data the version was trained on, {instead}."),
            "Import interactions with it and train again.".to_owned(),
        ),
        Unrelated::TooPopular { interactions, share, percentile, parameter } => (
            format!(
                "This item is too popular for this version: its {} interactions are more than {}. {parameter} is \
                 {percentile}, which leaves such items out, {instead}.",
                count_words(*interactions),
                if *share < 1.0 {
                    format!("{} of the other items have", percent(*share))
                } else {
                    "any other item has".to_owned()
                }
            ),
            format!("To find what goes with it, train a version with {parameter} set to 1."),
        ),
        Unrelated::TooRare { interactions, percentile, parameter } => (
            format!(
                "This item is too rare for this version: it has {}. {parameter} is {percentile}, which leaves such \
                 items out, {instead}.",
                if *interactions == 1 {
                    "1 interaction".to_owned()
                } else {
                    format!("{} interactions", count_words(*interactions))
                }
            ),
            format!("To find what goes with it, train a version with {parameter} set to 0."),
        ),
        Unrelated::Alone { users, parameter } => (
            format!(
                "No other item was had together with this one by {} or more, the {parameter} of this version, \
                 {instead}.",
                users_words(u32::try_from(*users).unwrap_or(u32::MAX))
            ),
            if *users > 1 {
                format!("To find looser relations, train a version with a smaller {parameter}.")
            } else {
                "More interactions with it are needed.".to_owned()
            },
        ),
    }
}

/// A score with four digits that mean something.
pub(super) fn score_words(score: f32) -> String {
    let size = score.abs();
    if score == 0.0 {
        "0".to_owned()
    } else if size >= 1000.0 || score.fract() == 0.0 {
        grouped(&format!("{score:.0}"))
    } else if size >= 0.001 {
        let digits = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
        format!("{score:.digits$}")
    } else {
        format!("{score:.2e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::{ItemExplanation, Parts, recipe};

    fn item(origin: Origin, evidence: Vec<ItemEvidence>) -> PredictedItem {
        PredictedItem {
            item_id: "x".to_owned(),
            explanation: Some(ItemExplanation { origin: Some(origin), evidence, parts: Parts::default() }),
            strength: Some(1.0),
            ..PredictedItem::default()
        }
    }

    fn with(id: &str, weight: f32, together: u32) -> ItemEvidence {
        ItemEvidence::Item { item_id: id.to_owned(), weight, together: Some(together) }
    }

    fn said(name: &str, item: &PredictedItem) -> (Way, String) {
        let recipe = recipe(name).unwrap();
        let name = |id| if id == "a" { "Alien" } else { id };
        (Way::of(recipe, item), sentence(recipe, item, name))
    }

    #[test]
    fn each_recipe_says_how_an_item_came() {
        let two = item(Origin::Model, vec![with("a", 0.75, 1_200), with("b", 0.25, 3)]);
        assert_eq!(
            said("sequential-rules", &two),
            (Way::Rule, "Comes after Alien (1,200 users had both) and 1 more".to_owned())
        );
        assert_eq!(
            said("ease", &two),
            (Way::CoOccurrence, "Goes with Alien (1,200 users had both) and 1 more".to_owned())
        );
        assert_eq!(
            said("user-personalization-v2", &two),
            (Way::History, "Because of Alien (1,200 users had both) and 1 more".to_owned())
        );
        let one = item(Origin::Model, vec![with("a", 1.0, 1)]);
        assert_eq!(said("sims", &one), (Way::CoOccurrence, "1 user had both this and Alien".to_owned()));
        let count = ItemEvidence::Count { count: 583.0, what: "interactions".to_owned() };
        let popular = item(Origin::Model, vec![count.clone()]);
        assert_eq!(said("popularity-count", &popular), (Way::Popularity, "583 interactions".to_owned()));
        let fallback = item(Origin::Popular, vec![count]);
        assert_eq!(
            said("ease", &fallback),
            (Way::Fallback, "Popular with everyone: 583 interactions".to_owned())
        );
        let unknown = PredictedItem { explanation: None, strength: None, ..fallback };
        assert_eq!(said("ease", &unknown).0, Way::Unknown);
    }

    #[test]
    fn a_piece_tells_its_share() {
        let evidence = with("a", 0.755, 12);
        let (what, share, detail) = piece(&evidence, |_| "Alien");
        assert_eq!((what.as_str(), share), ("Alien", Some(0.755)));
        assert_eq!(detail, "76% of what speaks for it, 12 users had both");
        assert_eq!(
            piece(&with("a", 0.004, 0), |_| "Alien").2,
            "Under 1% of what speaks for it, 0 users had both"
        );
    }

    #[test]
    fn scores_keep_four_digits() {
        let scores = [
            (0.0, "0"),
            (498.0, "498"),
            (1234.5, "1234"),
            (12_345.6, "12,346"),
            (12.345, "12.35"),
            (0.123_45, "0.1235"),
            (-0.5, "-0.5000"),
        ];
        for (score, words) in scores {
            assert_eq!(score_words(score), words);
        }
        assert_eq!(score_words(0.000_012), "1.20e-5");
    }
}
