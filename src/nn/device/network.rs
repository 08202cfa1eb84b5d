//! A network's step on a device: [`Network::step`] composed of candle's operations.

use super::padding::{Order, Padding};
use super::sums::Sums;
use crate::nn::attention::Causal;
use crate::nn::bags::Bags;
use crate::nn::catalogue_loss::{self, Targets};
use crate::nn::dropout::Dropout;
use crate::nn::network::{
    BIASES, Batch, Described, Drops, Encoder, FEATURES, ITEMS, LAYERS, Layer, NORM, Network, Sizes, Step,
    Subset,
};
use crate::nn::norm;
use crate::nn::optimizer::Gradient;
use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor, Var};
use std::sync::Arc;

/// Logits of a tile; with their gradients and what lies between, ten times as many values are held.
pub const LOGITS: usize = 1 << 22;

/// The weights of a network on a device.
pub struct CardNetwork {
    sizes: Sizes,
    device: Device,
    /// As in [`Network::weights`].
    pub weights: Vec<Var>,
    /// That of the last batch: most are of one length.
    causal: Option<Causal>,
    /// Those of the last batch: where all items take part they are the same ones.
    item_features: Option<(Arc<Bags>, [Sums; 2])>,
}

/// Bags and their turned ones, the way back.
fn both_ways(bags: &Bags, n_rows: usize, device: &Device) -> Result<[Sums; 2]> {
    Ok([Sums::new(bags, device)?, Sums::new(&bags.turned(n_rows), device)?])
}

/// The gradient by a variable, zeros where nothing depends on it; cut off from how it came about, which would stay in
/// memory with it.
fn slope(slopes: &GradStore, of: &Var) -> Result<Tensor> {
    slopes.get(of).map_or_else(|| of.zeros_like(), |slope| Ok(slope.contiguous()?.detach()))
}

/// What a forward pass keeps.
struct Forward {
    /// A leaf of the graph, `[places, width]`.
    x: Var,
    states: Tensor,
    /// Of each recurrent layer, `[layers][places, width]`.
    recurrent: Vec<Tensor>,
}

/// What takes part of the items: their vectors as they are read, and, as leaves of the graph, those that states are compared
/// with, and biases.
struct Catalogue {
    read: Tensor,
    vectors: Var,
    biases: Var,
}

impl CardNetwork {
    pub fn new(network: &Network, device: &Device) -> Result<Self> {
        let sizes = network.sizes;
        let var = |(at, values): (usize, &Vec<f32>)| match at {
            ITEMS | FEATURES | NORM => {
                Var::from_slice(values, (values.len() / sizes.width, sizes.width), device)
            }
            _ => Var::from_slice(values, values.len(), device),
        };
        let weights = network.weights.iter().enumerate().map(var).collect::<Result<_>>()?;
        Ok(Self { sizes, device: device.clone(), weights, causal: None, item_features: None })
    }

    /// Copies the weights to where they are validated and served from.
    pub fn bring_back(&self, network: &mut Network) -> Result<()> {
        for (values, var) in network.weights.iter_mut().zip(&self.weights) {
            *values = var.flatten_all()?.to_vec1()?;
        }
        Ok(())
    }

    /// Loss and gradients of a batch.
    pub fn step(&mut self, batch: &Batch, drops: Option<Drops>) -> Result<Step<Tensor>> {
        let Batch { tokens, subset, .. } = batch;
        let device = self.device.clone();
        self.prepare(batch)?;
        let column = |factors: &Vec<f32>| Tensor::from_slice(factors, (factors.len(), 1), &device);
        let described = match (&batch.described, &self.item_features) {
            (Some(Described { factors, .. }), Some((_, [sums, back]))) => {
                Some((sums, back, [column(&factors.read)?, column(&factors.compared)?]))
            }
            _ => None,
        };
        let known = described.as_ref().map(|(sums, _, factors)| (*sums, factors));
        let catalogue = self.catalogue(subset.as_ref(), known)?;

        let [items, items_back] = both_ways(&tokens.items, catalogue.vectors.dim(0)?, &device)?;
        let [others, others_back] = both_ways(&tokens.features, self.sizes.features, &device)?;
        let order = match self.sizes.encoder {
            Encoder::Gru { .. } => Order::Moments,
            Encoder::Transformer { .. } => Order::Sequences,
        };
        let padding = Padding::new(&tokens.ragged, order, &device)?;
        let mask =
            |values: Vec<f32>| Tensor::from_vec(values, (tokens.ragged.tokens(), self.sizes.width), &device);
        let n = tokens.ragged.tokens() * self.sizes.width;
        let token_mask = drops.map(|drops| mask(drops.of_tokens().mask(n))).transpose()?;
        let dropped = |x: Tensor| match &token_mask {
            Some(mask) => x * mask,
            None => Ok(x),
        };
        let x = (items.of(&catalogue.read)? + others.of(&self.weights[FEATURES])?)?;
        let forward = self.forward(&padding.pad(&dropped(x)?)?, &batch.start, drops, &padding, &mask)?;

        let states = padding.strip(&forward.states.detach())?;
        let (loss, [dstates, mut dcompared, dbiases]) = loss(&states, &catalogue, batch)?;
        let slopes = (&forward.states * padding.pad(&dstates)?)?.sum_all()?.backward()?;
        let dx = dropped(padding.strip(&slope(&slopes, &forward.x)?)?)?;

        let mut dread = items_back.of(&dx)?;
        let mut dfeatures = others_back.of(&dx)?;
        if let Some((_, back, [read, compared])) = &described {
            dfeatures = (dfeatures + back.of(&(&dread + &dcompared)?)?)?;
            (dread, dcompared) = (dread.broadcast_mul(read)?, dcompared.broadcast_mul(compared)?);
        }
        let drows = (dread + dcompared)?;
        let by_items = |values: Tensor, width: usize| match subset {
            None => Gradient::Whole(values),
            Some(subset) => Gradient::Rows { rows: Arc::clone(&subset.rows), width, values },
        };
        let mut gradients =
            vec![by_items(drows, self.sizes.width), Gradient::Whole(dfeatures), by_items(dbiases, 1)];
        for weights in &self.weights[NORM..] {
            gradients.push(Gradient::Whole(slope(&slopes, weights)?));
        }
        Ok(Step { loss, gradients, last: last_states(&forward, batch, &padding)? })
    }

    /// Makes what the batch shares with others, unless the last one had the same.
    fn prepare(&mut self, batch: &Batch) -> Result<()> {
        let length = batch.tokens.ragged.longest();
        if let Encoder::Transformer { reach, .. } = self.sizes.encoder
            && self.causal.as_ref().is_none_or(|causal| causal.length != length)
        {
            self.causal = Some(Causal::new(length, reach, &self.device)?);
        }
        if let Some(Described { features: bags, .. }) = &batch.described
            && self.item_features.as_ref().is_none_or(|(known, _)| !Arc::ptr_eq(known, bags))
        {
            let sums = both_ways(bags, self.sizes.features, &self.device)?;
            self.item_features = Some((Arc::clone(bags), sums));
        }
        Ok(())
    }

    fn catalogue(
        &self,
        subset: Option<&Subset>,
        described: Option<(&Sums, &[Tensor; 2])>,
    ) -> Result<Catalogue> {
        let (mut rows, mut biases) =
            (self.weights[ITEMS].as_detached_tensor(), self.weights[BIASES].as_detached_tensor());
        if let Some(subset) = subset {
            let taken = Tensor::new(&*subset.rows, &self.device)?;
            rows = rows.index_select(&taken, 0)?;
            biases = (biases.index_select(&taken, 0)?
                - Tensor::new(subset.log_chances.as_slice(), &self.device)?)?;
        }
        let [read, vectors] = match described {
            Some((features, [read, compared])) => {
                let sums = features.of(&self.weights[FEATURES])?;
                [(rows.broadcast_mul(read)? + &sums)?, (rows.broadcast_mul(compared)? + &sums)?]
            }
            None => [rows.clone(), rows],
        };
        Ok(Catalogue { read, vectors: Var::from_tensor(&vectors)?, biases: Var::from_tensor(&biases)? })
    }

    /// Through the encoder: `x` is `[places, width]`, `mask` makes a tensor of a mask of tokens.
    fn forward(
        &self,
        x: &Tensor,
        start: &[Vec<f32>],
        drops: Option<Drops>,
        padding: &Padding,
        mask: &impl Fn(Vec<f32>) -> Result<Tensor>,
    ) -> Result<Forward> {
        let width = self.sizes.width;
        let leaf = Var::from_tensor(x)?;
        let mut x = leaf.as_tensor().clone();
        let mut recurrent = Vec::new();
        for (at, (layer, weights)) in self.sizes.layers().into_iter().zip(&self.weights[LAYERS..]).enumerate()
        {
            let mask = |site: Dropout| padding.pad(&mask(site.mask(padding.tokens() * width))?);
            let sites = drops.map(|drops| drops.of_layer(at));
            x = match layer {
                Layer::Gru(gru) => {
                    let start =
                        Tensor::from_slice(&start[at], (start[at].len() / width, width), &self.device)?;
                    let states = gru.composed(&x, weights, &start)?;
                    recurrent.push(states.detach());
                    match sites {
                        Some([site, _]) => (states * mask(site)?)?,
                        None => states,
                    }
                }
                Layer::Block(block) => {
                    let Some(causal) = &self.causal else {
                        unreachable!("made for every batch of a transformer")
                    };
                    let masks = sites.map(|[a, b]| Ok::<_, candle_core::Error>([mask(a)?, mask(b)?]));
                    block.composed(&x, weights, causal, masks.transpose()?.as_ref())?
                }
            };
        }
        Ok(Forward { x: leaf, states: norm::composed(&x, &self.weights[NORM])?, recurrent })
    }
}

/// The loss and its gradients by states, `[tokens, width]`, item vectors and biases, a tile of tokens at a time.
fn loss(states: &Tensor, catalogue: &Catalogue, batch: &Batch) -> Result<(f64, [Tensor; 3])> {
    let Targets { items, weights } = &batch.targets;
    let Catalogue { vectors, biases, .. } = catalogue;
    let tile = (LOGITS / vectors.dim(0)?.max(1)).max(1);
    let mut dstates = Vec::new();
    let (mut dvectors, mut dbiases) = (vectors.zeros_like()?, biases.zeros_like()?);
    let mut total = Tensor::zeros((), states.dtype(), states.device())?;
    for first in (0..items.len()).step_by(tile) {
        let last = items.len().min(first + tile);
        let targets = Targets { items: items[first..last].to_vec(), weights: weights[first..last].to_vec() };
        let states = Var::from_tensor(&states.narrow(0, first, last - first)?)?;
        let loss = catalogue_loss::composed(&states, vectors, biases, &targets, batch.objective)?;
        let slopes = loss.backward()?;
        dstates.push(slope(&slopes, &states)?);
        dvectors = (dvectors + slope(&slopes, vectors)?)?;
        dbiases = (dbiases + slope(&slopes, biases)?)?;
        total = (total + loss.detach())?;
    }
    Ok((f64::from(total.to_scalar::<f32>()?), [Tensor::cat(&dstates, 0)?, dvectors, dbiases]))
}

/// The state of each sequence after its last token; what it began with where it has none.
fn last_states(forward: &Forward, batch: &Batch, padding: &Padding) -> Result<Vec<Vec<f32>>> {
    let ragged = &batch.tokens.ragged;
    let last = |(states, start): (&Tensor, &Vec<f32>)| {
        let (places, device) = (states.dim(0)? as u32, states.device());
        let of = |sequence: usize| {
            ragged.last(sequence).map_or(places + sequence as u32, |token| padding.place(token))
        };
        let start = Tensor::from_slice(start, (ragged.sequences(), states.dim(1)?), device)?;
        let rows = Tensor::from_iter((0..ragged.sequences()).map(of), device)?;
        Tensor::cat(&[states, &start], 0)?.index_select(&rows, 0)?.flatten_all()?.to_vec1()
    };
    forward.recurrent.iter().zip(&batch.start).map(last).collect()
}
