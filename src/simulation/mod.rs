//! Experiments on simulated users, and estimates of what another policy would have done.
//!
//! A [`World`] is drawn from the data: people, a catalogue with arrivals, and a model of choice that shares nothing with
//! any recipe ([`Choice`]). An [`Experiment`] lets arms, campaigns through the serving room's one code path or
//! baselines, make lists for them, and says with what certainty one is better. Nothing here trains a recipe.

mod assign;
mod choice;
mod compare;
mod control;
mod experiment;
mod feedback;
mod guest;
mod interleave;
pub mod off_policy;
mod outcome;
mod plan;
mod power;
mod recommender;
mod slates;
mod spec;
mod thompson;
mod world;

pub use assign::assign;
pub use choice::{Choice, FittedChoice, Person};
pub use compare::{AlwaysValid, Difference, Estimate, difference, paired, ratio, two_proportions};
pub use control::Control;
pub use experiment::{Arm, Experiment};
pub use feedback::{Feedback, FeedbackOutcome, Week, WithRetrained};
pub use outcome::{ArmPoint, Look, Measured, Outcome, Point, Verdict};
pub use plan::Plan;
pub use power::{ALPHA, POWER, power, sample_size, sample_size_of_means};
pub use recommender::{Ask, Popular, Random, Recommender, Served};
pub use spec::{BadExperiment, Design, MOST_ARMS, SimulationSpec};
pub use thompson::Belief;
pub use world::{Somebody, World};
