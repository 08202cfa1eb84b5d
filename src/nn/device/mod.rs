//! Training on a card: the step of a network composed of candle's operations on one of its devices, with weights,
//! moments and clipping there, too. Weights come back at the end of an epoch; what is validated and served runs on
//! the processor's kernels.
//!
//! A gradient goes through candle's automatic differentiation only where that is both right and parallel. What picks
//! rows (bags, padding) has its way back written out as another picking of rows, because candle adds up the gradients
//! of picked rows one after the other; the loss is differentiated in tiles of tokens, so that logits of all of them
//! are never held at once.

mod free_memory;
mod network;
mod optimizer;
pub mod padding;
mod place;
mod sums;
#[cfg(test)]
mod tests;

pub use free_memory::{free_memory_of_machine, memory_in_use};
pub use network::{CardNetwork, LOGITS};
pub use optimizer::CardOptimizer;
pub use place::{NoCard, Place, open};
