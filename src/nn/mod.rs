//! Kernels, layers and training: matrix products, factorisations, seeded randomness, networks over sequences. Knows
//! tensors and threads, not recipes.

pub mod attention;
pub mod bags;
pub mod catalogue_loss;
pub mod cholesky;
pub mod device;
pub mod dropout;
pub mod fit;
pub mod fixed_point;
pub mod folded;
#[cfg(test)]
pub mod gradient_check;
pub mod gru;
pub mod matmul;
pub mod memory;
pub mod network;
pub mod norm;
pub mod optimizer;
pub mod packed;
pub mod ragged;
pub mod random;
pub mod shelf;
pub mod svd;
pub mod trainer;
pub mod transformer;
pub mod transpose;
pub mod vector;
