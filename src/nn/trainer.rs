//! What moves a network's weights in training: the kernels on the processor, or candle's operations on a card.

use super::device::{CardNetwork, CardOptimizer, Place};
use super::network::{Batch, Drops, Network, Step};
use super::optimizer::{NotFinite, Optimizer};
use super::shelf::Shelf;

/// Learns from batches.
pub enum Trainer {
    /// A network and an optimizer move themselves, with what lies on a shelf.
    Processor(Shelf),
    /// Copies on a card move, until they are brought back.
    Card { network: Box<CardNetwork>, optimizer: CardOptimizer },
}

/// How far a step goes.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub rate: f32,
    /// Gradients longer than this are shortened to it.
    pub clip: f32,
}

/// What a step came to.
pub struct Learnt {
    /// The weighed sum of the losses.
    pub loss: f64,
    /// As in [`Step::last`].
    pub last: Vec<Vec<f32>>,
}

/// Why a step did not move the weights.
#[derive(Debug, thiserror::Error)]
pub enum TrainerError {
    #[error(transparent)]
    NotFinite(#[from] NotFinite),
    #[error("the card failed: {0}; free memory on it, or train on the device cpu")]
    Card(#[from] candle_core::Error),
}

impl Trainer {
    /// Goes on from a network and its optimizer.
    pub fn new(place: &Place, network: &Network, optimizer: &Optimizer) -> Result<Self, TrainerError> {
        match place {
            Place::Processor => Ok(Self::Processor(Shelf::default())),
            Place::Card(card) => {
                let network = Box::new(CardNetwork::new(network, card)?);
                let optimizer = CardOptimizer::new(optimizer, &network.weights)?;
                Ok(Self::Card { network, optimizer })
            }
        }
    }

    /// Learns from a batch. A card's weights and moments differ from those of `network` and `optimizer` until
    /// [`Self::bring_back`]; steps are counted here in either case.
    pub fn step(
        &mut self,
        network: &mut Network,
        optimizer: &mut Optimizer,
        batch: &Batch,
        drops: Drops,
        pace: Pace,
    ) -> Result<Learnt, TrainerError> {
        match self {
            // By a thread of the pool: from outside, each of a step's many parts would be handed over and waited for.
            Self::Processor(shelf) => rayon::scope(|_| {
                let Step { loss, gradients, last } = network.step(batch, Some(drops), shelf);
                optimizer.step(&mut network.weights, &gradients, pace.rate, pace.clip)?;
                Ok(Learnt { loss, last })
            }),
            Self::Card { network: card, optimizer: card_optimizer } => {
                let Step { loss, gradients, last } = card.step(batch, Some(drops))?;
                let number = optimizer.steps + 1;
                card_optimizer.step(number, &card.weights, &gradients, pace.rate, pace.clip)??;
                optimizer.steps = number;
                Ok(Learnt { loss, last })
            }
        }
    }

    /// Puts weights and moments as they are now into `network` and `optimizer`, and holds nothing else until the next
    /// step.
    pub fn bring_back(&self, network: &mut Network, optimizer: &mut Optimizer) -> Result<(), TrainerError> {
        match self {
            Self::Processor(shelf) => shelf.clear(),
            Self::Card { network: card, optimizer: card_optimizer } => {
                card.bring_back(network)?;
                card_optimizer.bring_back(optimizer)?;
            }
        }
        Ok(())
    }
}
