//! Kernels: matrix products, factorisations, seeded randomness. Knows tensors and threads, not recipes.

pub mod cholesky;
pub mod matmul;
pub mod random;
pub mod svd;
