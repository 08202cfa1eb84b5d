//! Where a training would run and how much memory it would take, told before it begins.

use super::Studio;
use super::view::{DeviceView, MemoryNeed, TrainingNeedsView};
use crate::domain::number::bytes_words;
use crate::domain::solution::{Device, SolutionConfig};
use crate::jobs::JobContext;
use crate::nn::device::{free_memory_of_machine, memory_in_use, open};
use crate::recipes::{Recipe, TrainingData, place, registry};
use crate::store::GroupRecord;
use anyhow::{Context, Result};
use std::sync::Arc;

/// What an allocator that keeps freed memory for the next use has beside so many bytes in use, about: some once, some for
/// each thread, and a share. Measured on Linux with trainings of 15 to 450 MB.
fn kept_beside(bytes: u64) -> u64 {
    const ONCE: u64 = 12 << 20;
    const EACH_THREAD: u64 = 10 << 20;
    ONCE + EACH_THREAD * rayon::current_num_threads() as u64 + bytes / 5
}

/// Every device that can be asked for, and why some can't be had. Looks for cards, which may take a moment.
pub fn devices() -> Vec<DeviceView> {
    let view =
        |device: Device| DeviceView { device, missing: open(device).err().map(|error| error.to_string()) };
    [Device::Auto, Device::Cpu, Device::Cuda, Device::Metal].map(view).to_vec()
}

/// Whether a recipe trains networks, which a card can do; all else is done by the processor.
pub fn trains_networks(recipe: &str) -> bool {
    registry::find(recipe).is_some_and(|recipe| {
        recipe.descriptor().parameters_from([]).is_ok_and(|defaults| !recipe.networks(&defaults).is_empty())
    })
}

/// The recipe of a configuration.
pub(super) fn recipe_of(config: &SolutionConfig) -> Result<&'static dyn Recipe> {
    registry::find(&config.recipe).with_context(|| format!("there is no recipe `{}`", config.recipe))
}

impl Studio {
    /// What training on a group's data as they are now would need.
    pub fn training_needs(
        &self,
        group: &str,
        config: &SolutionConfig,
        job: &JobContext,
    ) -> Result<TrainingNeedsView> {
        let group = self.group(group)?;
        let (interactions, items) = self.current_versions(&group)?;
        self.needs_on(&group, config, (interactions, items), job)
    }

    /// The same on a version of Interactions over the catalogue that a version of Items adds to.
    pub(super) fn needs_on(
        &self,
        group: &GroupRecord,
        config: &SolutionConfig,
        (version, catalogue): (i64, Option<i64>),
        job: &JobContext,
    ) -> Result<TrainingNeedsView> {
        let recipe = recipe_of(config)?;
        let place = place(recipe, &config.parameters, config.device)?;
        let interactions = self.interactions_of(version, catalogue)?;
        job.check()?;
        let metadata = self.metadata_of(recipe.descriptor(), group, version, catalogue)?;
        let excluded = |dataset| config.excluded_from(dataset);
        let metadata = metadata.without(
            &excluded(crate::domain::DatasetType::Users),
            &excluded(crate::domain::DatasetType::Items),
        );
        job.check()?;
        let device = place.choice();
        let free_on_card = place.free_memory();
        let data = TrainingData { place, ..TrainingData::new(Arc::clone(&interactions), &metadata) };
        let needs = recipe.needs(&data, &config.parameters);
        let machine = needs.map(|needs| needs.machine.total());
        let machine = machine.map(|bytes| MemoryNeed {
            needed: bytes + kept_beside(bytes),
            in_use: memory_in_use().unwrap_or(0),
            free: free_memory_of_machine(),
        });
        let card = needs.and_then(|needs| needs.card);
        let card = card.map(|card| MemoryNeed { needed: card.total(), in_use: 0, free: free_on_card });
        Ok(TrainingNeedsView { device, machine, card })
    }
}

impl TrainingNeedsView {
    /// What is needed and what there is, for people; none where it is little more than the data.
    pub fn words(&self) -> Option<String> {
        let of = |need: &MemoryNeed, place: &str| {
            let beside = match need.in_use {
                0 => String::new(),
                in_use => format!(" beside {} in use", bytes_words(in_use)),
            };
            let free = need.free.map(|free| format!(", {} free", bytes_words(free))).unwrap_or_default();
            format!("{}{place}{beside}{free}", bytes_words(need.needed))
        };
        let machine = self.machine.as_ref()?;
        let card =
            self.card.as_ref().map(|card| format!("; {}", of(card, " on the card"))).unwrap_or_default();
        Some(format!("Takes about {}{card}", of(machine, " of memory")))
    }

    /// Why it can't be, and what to do; none where there is room.
    pub fn problem(&self) -> Option<String> {
        let short = |need: &MemoryNeed| need.free.filter(|&free| free < need.needed);
        let words = |need: &MemoryNeed, free: u64, place: &str, advice: &str| {
            let (needed, free) = (bytes_words(need.needed), bytes_words(free));
            format!("training takes about {needed} of memory{place} and {free} are free; {advice}")
        };
        if let Some(need) = &self.card
            && let Some(free) = short(need)
        {
            return Some(words(
                need,
                free,
                " on the card",
                "train on the device cpu, or with smaller parameters",
            ));
        }
        let need = self.machine.as_ref()?;
        let free = short(need)?;
        Some(words(need, free, "", "close other programs, set smaller parameters, or import fewer items"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(machine: [u64; 2], card: Option<[u64; 2]>) -> TrainingNeedsView {
        let need = |[needed, free]: [u64; 2]| MemoryNeed { needed, in_use: 0, free: Some(free) };
        TrainingNeedsView { device: Device::Cpu, machine: Some(need(machine)), card: card.map(need) }
    }

    #[test]
    fn what_does_not_fit_is_said_with_what_to_do() {
        let fits = view([1_000_000, 2_000_000], None);
        assert_eq!(fits.words().unwrap(), "Takes about 1.0 MB of memory, 2.0 MB free");
        assert_eq!(fits.problem(), None);
        let running = MemoryNeed { needed: 1_000_000, in_use: 500_000, free: None };
        assert_eq!(
            TrainingNeedsView { machine: Some(running), ..fits }.words().unwrap(),
            "Takes about 1.0 MB of memory beside 500 kB in use"
        );
        let tight = view([3_000_000, 2_000_000], None).problem().unwrap();
        assert!(
            tight.starts_with("training takes about 3.0 MB of memory and 2.0 MB are free; close"),
            "{tight}"
        );
        let card = view([1, 2], Some([5_000, 4_000]));
        assert_eq!(
            card.words().unwrap(),
            "Takes about 1 B of memory, 2 B free; 5.0 kB on the card, 4.0 kB free"
        );
        assert!(card.problem().unwrap().contains("train on the device cpu"));
        let unknown = TrainingNeedsView {
            machine: Some(MemoryNeed { needed: u64::MAX, in_use: 0, free: None }),
            ..view([1, 2], None)
        };
        assert_eq!(unknown.problem(), None, "nothing is refused for what is not known");
    }

    #[test]
    fn every_device_is_there_or_says_why_not() {
        let devices = devices();
        assert_eq!(devices.len(), 4);
        for view in devices {
            let had = matches!(view.device, Device::Auto | Device::Cpu);
            assert!(!had || view.missing.is_none(), "{view:?}");
        }
        assert!(
            trains_networks("hrnn") && trains_networks("user-personalization-v2") && !trains_networks("sims")
        );
    }
}
