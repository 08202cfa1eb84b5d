//! What is told of the memory that a training takes, beside what it does take: every byte is counted while it runs and
//! its model is saved.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so may what it calls")]
#![expect(unsafe_code, reason = "an allocator that counts")]

use bespoke::data::{Interactions, Vocabulary};
use bespoke::jobs::JobContext;
use bespoke::nn::random::Random;
use bespoke::recipes::{TrainingData, registry};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Counts what is held now, and the most there was.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is done by the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: as the caller has it.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller has it.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Histories of 20 events and more, some of several hundred, of items some of which many have.
fn data(users: u32, items: u32) -> TrainingData {
    let names = |n: u32| Arc::new(Vocabulary::new((0..n).map(|at| format!("{at:05}"))));
    let mut random = Random::new(1, 0);
    let mut draw = |n: u32| random.below(n);
    let mut rows = Vec::new();
    for user in 0..users {
        let events = 20 + if user % 10 == 0 { draw(600) } else { draw(80) };
        for at in 0..events {
            let item = draw(items).min(draw(items));
            rows.push((user, item, i64::from(user + at) * 3_600, 0, f32::NAN));
        }
    }
    TrainingData::of(Interactions::from_rows(names(users), names(items), Arc::default(), &rows))
}

/// Bytes told before a training, and the most it held at once beside what there was.
fn told_and_taken(recipe: &str, parameters: &[(&str, &str)], data: &TrainingData) -> [u64; 2] {
    let recipe = registry::find(recipe).unwrap();
    let parameters = recipe.descriptor().parameters_from(parameters.iter().copied()).unwrap();
    let told = recipe.needs(data, &parameters).unwrap().machine.total();
    let (job, ended) = (JobContext::default(), AtomicBool::new(false));
    let before = HELD.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Two epochs of each network show what it takes.
            while !ended.load(Ordering::Relaxed) {
                if job.progress().stage.starts_with("Training, epoch 3") {
                    job.settle();
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let model = recipe.train(data, &parameters, 1, &job).unwrap();
        ended.store(true, Ordering::Relaxed);
        assert!(!model.save().unwrap().tensors.is_empty());
    });
    [told, (MOST.load(Ordering::Relaxed) - before) as u64]
}

#[test]
fn trainings_take_what_was_told_before_them() {
    // Each thread takes its part; so little data would not keep many of them busy.
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().unwrap();
    let mut off = Vec::new();
    for (users, items) in [(400, 1_500), (200, 12_000)] {
        let data = data(users, items);
        for (recipe, parameters) in [
            ("hrnn", vec![]),
            ("hrnn", vec![("hidden_dimension", "256")]),
            ("user-personalization", vec![]),
            ("user-personalization-v2", vec![]),
            ("ease", vec![]),
            ("slit", vec![]),
        ] {
            let [told, taken] = told_and_taken(recipe, &parameters, &data);
            let ratio = told as f64 / taken as f64;
            if !(0.8..=1.2).contains(&ratio) {
                off.push(format!("{recipe} {parameters:?}, {items} items: told {told}, taken {taken}"));
            }
        }
    }
    assert!(off.is_empty(), "{off:#?}");
}
