//! A campaign for this room's tests.

use crate::data::Interactions;
use crate::domain::{RecipeDescriptor, Task};
use crate::recipes::toy::{ToyModel, interactions};
use crate::recipes::{Model, Query};

/// A descriptor of a task.
pub fn descriptor(task: Task, returns_scores: bool) -> RecipeDescriptor {
    RecipeDescriptor {
        name: "toy",
        title: "Toy",
        task,
        question: "",
        about: "",
        reads: &[],
        parameters: &[],
        reads_order: true,
        takes_events: true,
        returns_scores,
        takes_objective: false,
        weighs_events: false,
        takes_updates: false,
        takes_promotions: true,
        second_generation: false,
        campaign_parameters: &[],
        open_baseline: true,
    }
}

/// Users `891` (had 27, then 886) and `new,one` (had 101); items 101, 27, 4 and 886 in order of id.
pub fn histories() -> Interactions {
    interactions(&[("891", "27", 1), ("891", "886", 2), ("new,one", "101", 3), ("z", "4", 4)])
}

/// Scores an item 0.5 for each event of the history and 0.25 for its distance from the item asked about;
/// the item `4` may never be returned.
pub fn model(data: &Interactions) -> impl Model + use<> {
    let never = data.items.index("4");
    ToyModel {
        n_items: data.n_items(),
        score: move |query: &Query<'_>, item: u32| {
            if Some(item) == never {
                return f32::NEG_INFINITY;
            }
            let near = query.item.map_or(0.0, |asked| 0.25 * (asked as f32 - item as f32).abs());
            0.5 * query.history.items.iter().filter(|&&seen| seen == item).count() as f32 - near
        },
    }
}
