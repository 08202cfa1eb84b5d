//! Sums of table rows on a device, by picking alone: no two results are added to one place, so nothing waits and no
//! sum depends on chance.
//!
//! The entries of each bag are cut in pieces of [`FAN`], each piece becomes one row, and these are summed up the same
//! way until a bag is a row.

use crate::nn::bags::Bags;
use candle_core::{DType, Device, Result, Tensor};

/// Rows that one sum takes in.
const FAN: usize = 8;
/// Values picked at once at most.
const AT_ONCE: usize = 1 << 24;

/// Bags, ready on a device.
#[derive(Debug, Clone)]
pub struct Sums {
    /// The last is of one row a bag.
    levels: Vec<Level>,
    bags: usize,
}

/// Pieces of `fan` entries each.
#[derive(Debug, Clone)]
struct Level {
    fan: usize,
    /// `[pieces · fan]`
    rows: Tensor,
    /// Nothing where a piece has fewer entries, `[pieces · fan, 1]`.
    weights: Tensor,
}

impl Sums {
    pub fn new(bags: &Bags, device: &Device) -> Result<Self> {
        let n = bags.len();
        let mut levels = Vec::new();
        if bags.rows().is_empty() {
            return Ok(Self { levels, bags: n });
        }
        let mut entries: Vec<Vec<(u32, f32)>> = (0..n).map(|bag| bags.entries(bag).collect()).collect();
        loop {
            let longest = entries.iter().map(Vec::len).max().unwrap_or(0);
            if longest == 1 {
                levels.push(Level::new(entries.iter().map(Vec::as_slice), 1, device)?);
                return Ok(Self { levels, bags: n });
            }
            let fan = longest.min(FAN);
            levels.push(Level::new(entries.iter().flat_map(|bag| bag.chunks(fan)), fan, device)?);
            let mut next = 0;
            for bag in &mut entries {
                let pieces = bag.len().div_ceil(fan) as u32;
                *bag = (next..next + pieces).map(|piece| (piece, 1.0)).collect();
                next += pieces;
            }
        }
    }

    /// The sums of rows of `table`, `[bags, width]`. No gradient goes back: that of the table is the sums of the turned
    /// bags.
    pub fn of(&self, table: &Tensor) -> Result<Tensor> {
        let mut rows = table.detach();
        if self.levels.is_empty() {
            return Tensor::zeros((self.bags, table.dim(1)?), DType::F32, table.device());
        }
        for level in &self.levels {
            rows = level.of(&rows)?;
        }
        Ok(rows)
    }
}

impl Level {
    fn new<'a>(pieces: impl Iterator<Item = &'a [(u32, f32)]>, fan: usize, device: &Device) -> Result<Self> {
        let (mut rows, mut weights) = (Vec::new(), Vec::new());
        for piece in pieces {
            rows.extend(piece.iter().map(|entry| entry.0));
            weights.extend(piece.iter().map(|entry| entry.1));
            rows.resize(rows.len() + fan - piece.len(), 0);
            weights.resize(rows.len(), 0.0);
        }
        let n = rows.len();
        Ok(Self {
            fan,
            rows: Tensor::from_vec(rows, n, device)?,
            weights: Tensor::from_vec(weights, (n, 1), device)?,
        })
    }

    fn of(&self, table: &Tensor) -> Result<Tensor> {
        let width = table.dim(1)?;
        let pieces = self.rows.dim(0)? / self.fan;
        let at_once = (AT_ONCE / (self.fan * width)).max(1);
        let mut parts = Vec::new();
        for first in (0..pieces).step_by(at_once) {
            let n = at_once.min(pieces - first);
            let (begin, entries) = (first * self.fan, n * self.fan);
            let rows = table.index_select(&self.rows.narrow(0, begin, entries)?, 0)?;
            let rows = rows.broadcast_mul(&self.weights.narrow(0, begin, entries)?)?;
            parts.push(if self.fan == 1 { rows } else { rows.reshape((n, self.fan, width))?.sum(1)? });
        }
        if parts.len() == 1 { Ok(parts.remove(0)) } else { Tensor::cat(&parts, 0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::device::tests::{close, devices};
    use crate::nn::random::Random;

    /// Bags of none, one, a few and very many entries, of tables of one row and of many.
    #[test]
    fn sums_are_those_of_the_kernel() {
        for (bags, rows, most) in [(1, 1, 1), (7, 3, 0), (50, 20, 5), (40, 30, 1_000), (3, 1, 70)] {
            let mut random = Random::new(bags, 0);
            let mut made = Bags::default();
            for _ in 0..bags {
                for _ in 0..random.below(most + 1) {
                    made.add(random.below(rows), random.normal());
                }
                made.close();
            }
            let table: Vec<f32> = (0..rows * 6).map(|_| random.normal()).collect();
            let expected = made.sums(&table, 6);
            for device in devices() {
                let table = Tensor::from_slice(&table, (rows as usize, 6), &device).unwrap();
                let sums = Sums::new(&made, &device).unwrap().of(&table).unwrap();
                assert_eq!(sums.dims(), [bags as usize, 6]);
                close("sums", &expected, &sums.flatten_all().unwrap().to_vec1().unwrap(), 1e-5);
            }
        }
    }
}
