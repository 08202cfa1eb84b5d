//! A fit at rest, so that a training that was stopped can go on: the same bits as one that never was.

use super::layout::Layout;
use crate::nn::fit::{Epoch, Fit};
use crate::nn::network::Sizes;
use crate::nn::optimizer::Moments;
use crate::recipes::artifact::{Tensors, Values, expect_len};
use crate::recipes::{Artifact, ArtifactError};
use serde::{Deserialize, Serialize};

/// What a fit is of, and how far it is.
#[derive(Serialize, Deserialize)]
struct Stored {
    sizes: Sizes,
    layout: Layout,
    steps: u64,
    epochs: Vec<Epoch>,
    best: usize,
}

/// The tensors of a fit: weights, the best ones, and both moments.
const KINDS: [&str; 4] = ["weights", "kept", "first", "second"];

/// The tensor that holds the JSON of [`Stored`].
const STORED: &str = "stored";

/// A fit as bytes.
pub fn write(fit: &Fit, layout: &Layout) -> Result<Vec<u8>, ArtifactError> {
    let stored = Stored {
        sizes: fit.network.sizes,
        layout: layout.clone(),
        steps: fit.optimizer.steps,
        epochs: fit.epochs.clone(),
        best: fit.best,
    };
    let places = 0..fit.network.weights.len();
    let names = KINDS.iter().flat_map(|kind| places.clone().map(move |at| format!("{kind}{at}")));
    let names: Vec<String> = names.collect();
    let moments = &fit.optimizer.moments;
    let first = moments.iter().map(|moments| &moments.first);
    let second = moments.iter().map(|moments| &moments.second);
    let values = fit.network.weights.iter().chain(&fit.kept).chain(first).chain(second);
    let values = values.map(|values| Values::F32(values));
    let mut tensors: Vec<(&str, Values<'_>)> = names.iter().map(String::as_str).zip(values).collect();
    // Among the tensors, which are many bytes: so that they need not be copied to stand beside it.
    let stored = serde_json::to_vec(&stored)?;
    tensors.push((STORED, Values::U8(&stored)));
    Ok(Artifact::new(&(), &tensors)?.tensors)
}

/// Takes a fit to where it was when it was written. False where that fit was of other data.
pub fn restore(fit: &mut Fit, layout: &Layout, bytes: &[u8]) -> Result<bool, ArtifactError> {
    let tensors = Tensors::of(bytes)?;
    let stored: Stored = serde_json::from_slice(&tensors.u8(STORED)?)?;
    if stored.sizes != fit.network.sizes || stored.layout != *layout || stored.best >= stored.epochs.len() {
        return Ok(false);
    }
    let lengths = fit.network.sizes.lengths();
    let read = |kind: &str| {
        let values = lengths.iter().enumerate().map(|(at, &length)| {
            let name = format!("{kind}{at}");
            let values = tensors.f32(&name)?;
            expect_len(&name, values.len(), length)?;
            Ok(values)
        });
        values.collect::<Result<Vec<Vec<f32>>, ArtifactError>>()
    };
    let [weights, kept, first, second] = KINDS;
    // All of it is read before any of it counts: half a fit is none.
    let (weights, kept) = (read(weights)?, read(kept)?);
    let moments = read(first)?.into_iter().zip(read(second)?);
    (fit.network.weights, fit.kept) = (weights, kept);
    fit.optimizer.moments = moments.map(|(first, second)| Moments { first, second }).collect();
    (fit.optimizer.steps, fit.epochs, fit.best) = (stored.steps, stored.epochs, stored.best);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::network::{Encoder, Network};
    use crate::nn::optimizer::Rule;
    use crate::recipes::toy::interactions;
    use safetensors::SafeTensors;

    /// A file that lacks a part says so and changes nothing: half a fit would go on to something else.
    #[test]
    fn a_damaged_checkpoint_leaves_the_fit_as_it_was() {
        let layout = Layout::new(&interactions(&[("a", "x", 1), ("a", "y", 2)]), None, 60);
        let encoder = Encoder::Gru { layers: 1 };
        let sizes = Sizes { items: 2, features: layout.rows as usize, width: 8, encoder };
        let fit = |seed: u64| Fit::new(Network::new(sizes, vec![0.0; 2], seed), Rule::ADAM);
        let mut kept = fit(1);
        kept.epochs.push(Epoch { loss: 1.0, validation: Some(0.5) });
        let bytes = write(&kept, &layout).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        for lost in KINDS {
            let left = tensors.tensors().into_iter().filter(|(name, _)| *name != format!("{lost}0"));
            let bytes = safetensors::serialize(left, None).unwrap();
            let mut other = fit(2);
            let before = (other.network.weights.clone(), other.kept.clone());
            assert!(restore(&mut other, &layout, &bytes).is_err(), "{lost}");
            assert_eq!((&other.network.weights, &other.kept), (&before.0, &before.1), "{lost}");
        }
        let mut other = fit(2);
        assert!(restore(&mut other, &layout, &bytes).unwrap());
        assert_eq!((other.network.weights, other.epochs.len()), (kept.network.weights, 1));
    }
}
