//! Bespoke: a recommender studio for the desktop.
//!
//! # Bird's eye view
//!
//! ```text
//! file ─► data ─► recipes ─► evaluation ─► serving ─► file / window
//! CSV…    map     train      one split      campaign and batch: the same code
//!         check   (nn)       for all
//!            └────────┴─────────┴──────────────┴──► store: one SQLite file, everything that lasts
//! ui and cli are two faces of studio; neither holds logic of its own
//! ```
//!
//! # Rooms
//!
//! [`domain`] words and limits · [`jobs`] background work · [`data`] files to encoded interactions ·
//! [`nn`] kernels · [`recipes`] models · [`evaluation`] splits and metrics · [`training`] solution to
//! version · [`serving`] campaigns and batch · [`simulation`] experiments on simulated users · [`store`] the project
//! file · [`studio`] use cases ·
//! [`ui`] the window · [`cli`] the command line.
//!
//! # Invariants
//!
//! - Imports point down only; a test reads every `use crate::` and fails on an arrow that points up.
//! - `egui`, `eframe` and `rfd` stand only in `ui`; `rusqlite` only in `store`; `candle_*` only in `nn` and
//!   `recipes`; `clap` only in `cli` and `main.rs`.
//! - One seed decides a version: same data, configuration and seed give the same lists bit for bit.
//! - Deliberately absent: any network access, any global mutable state, any write to a person's own files
//!   except an export they asked for.

pub mod cli;
pub mod data;
pub mod domain;
pub mod evaluation;
pub mod jobs;
pub mod nn;
pub mod recipes;
pub mod serving;
pub mod simulation;
pub mod store;
pub mod studio;
pub mod training;
pub mod ui;
