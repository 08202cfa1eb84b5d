//! Sequences of unequal length as ones of the longest's, and back: what a card computes all at once.

use crate::nn::ragged::Ragged;
use candle_core::{Device, Result, Tensor};

/// Which places stand next to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Those of a sequence.
    Sequences,
    /// Those of a moment: all first tokens, then all second ones.
    Moments,
}

/// Where each token of a batch stands among `sequences · length` places; a sequence's empty places are its last.
#[derive(Debug, Clone)]
pub struct Padding {
    pub length: usize,
    /// The token of each place, or the number of tokens where there is none, `[places]`.
    tokens: Tensor,
    /// The place of each token.
    places: Vec<u32>,
    places_there: Tensor,
}

impl Padding {
    pub fn new(ragged: &Ragged, order: Order, device: &Device) -> Result<Self> {
        let (sequences, length) = (ragged.sequences(), ragged.longest());
        let mut tokens = vec![ragged.tokens() as u32; sequences * length];
        let mut places = Vec::with_capacity(ragged.tokens());
        for sequence in 0..sequences {
            for (at, token) in ragged.range(sequence).enumerate() {
                let place = match order {
                    Order::Sequences => sequence * length + at,
                    Order::Moments => at * sequences + sequence,
                };
                tokens[place] = token as u32;
                places.push(place as u32);
            }
        }
        let (tokens, places_there) =
            (Tensor::new(tokens.as_slice(), device)?, Tensor::new(places.as_slice(), device)?);
        Ok(Self { length, tokens, places, places_there })
    }

    /// Rows of tokens as rows of places, `[places, width]`: zeros where there is no token. The gradient's way back of
    /// [`Self::strip`].
    pub fn pad(&self, rows: &Tensor) -> Result<Tensor> {
        let none = Tensor::zeros((1, rows.dim(1)?), rows.dtype(), rows.device())?;
        Tensor::cat(&[rows, &none], 0)?.index_select(&self.tokens, 0)
    }

    /// Rows of places as rows of tokens, `[tokens, width]`: the gradient's way back of [`Self::pad`].
    pub fn strip(&self, rows: &Tensor) -> Result<Tensor> {
        rows.index_select(&self.places_there, 0)
    }

    pub fn tokens(&self) -> usize {
        self.places.len()
    }

    /// The place of a token.
    pub fn place(&self, token: usize) -> u32 {
        self.places[token]
    }
}
