//! What held-back ends of histories decided in one training, for another that holds nothing back: it learns from
//! everything, for as long and in the proportions that were found good.

/// What was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuned {
    /// Epochs after which each network was kept.
    pub epochs: Vec<usize>,
    /// How its parts are mixed, of a blend.
    pub mixture: Option<Mixture>,
}

/// How the parts of a blend are mixed.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    /// Of each part, `[parts]`.
    pub proportions: Vec<f32>,
    /// What the sum's scores are divided by before their softmax.
    pub temperature: f32,
}
