//! What the recipes that read histories in order have in common: how events and metadata become rows of learnt
//! vectors ([`layout`]), histories become windows ([`windows`]), tokens ([`tokens`]) and batches ([`batches`]), large
//! catalogues are sampled ([`sampler`]), how training is judged
//! ([`validation`]), which items are cold ([`cold`]), how a stopped training goes on ([`checkpoint`]), what memory
//! it takes ([`memory`]), the model that answers ([`model`]), and how it takes in what is new ([`update`]). A recipe adds its parameters and sizes.

mod batches;
mod checkpoint;
mod cold;
mod layout;
mod memory;
mod model;
mod sampler;
#[cfg(test)]
mod tests;
mod tokens;
mod train;
mod update;
mod validation;
mod windows;

pub use cold::ColdRule;
pub use layout::SESSION_GAP_SECS;
pub use memory::needs;
pub use model::load;
pub use train::{Settings, train};
pub use update::update;
pub use validation::{Validation, of_mixtures};
