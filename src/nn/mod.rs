//! Kernels: matrix products, factorisations, seeded randomness. Knows tensors and threads, not recipes.
