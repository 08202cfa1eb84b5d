//! Colours and words of a heat map's cells, for the screen and for files.

use super::spec::{Series, Shade, number_words};
use crate::ui::theme::{Ramp, Tokens};
use egui::Color32;

/// What the colours of a heat map stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct HeatScale {
    ramp: Ramp,
    low: f64,
    high: f64,
    /// Values are written to this.
    step: f64,
}

impl HeatScale {
    pub(super) fn of(series: &Series) -> Self {
        let values = series.values.iter().flatten().copied().filter(|value| value.is_finite());
        let (least, most) = series.range.unwrap_or_else(|| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            })
        });
        let (least, most) = if least <= most { (least, most) } else { (0.0, 1.0) };
        let (ramp, low, high) = match series.shade {
            Shade::Sequential => (Ramp::Sequential, least, most),
            Shade::Diverging { middle } => {
                let far = (least - middle).abs().max((most - middle).abs());
                (Ramp::Diverging, middle - far, middle + far)
            }
        };
        // About three digits of what tells values apart.
        let step = if high > low { (high - low) / 100.0 } else { high.abs() / 100.0 };
        Self { ramp, low, high, step }
    }

    /// The colour of a value; where all are the same, that of the middle.
    pub(super) fn color(&self, tokens: &Tokens, value: f64) -> Color32 {
        let at = if self.high > self.low { (value - self.low) / (self.high - self.low) } else { 0.5 };
        tokens.shade(self.ramp, at)
    }

    /// The colours from the least to the most.
    pub(super) fn steps<'a>(&self, tokens: &'a Tokens) -> &'a [Color32] {
        tokens.steps(self.ramp)
    }

    /// The values at both ends, and the middle one of two-sided colours.
    pub(super) fn marks(&self) -> Vec<f64> {
        match self.ramp {
            Ramp::Sequential => vec![self.low, self.high],
            Ramp::Diverging => vec![self.low, f64::midpoint(self.low, self.high), self.high],
        }
    }

    pub(super) fn words(&self, value: f64) -> String {
        if self.step > 0.0 { number_words(value, self.step) } else { number_words(value, 0.0) }
    }
}

/// Lines of a hatching, `gap` apart, inside a box given by its left, top, right and bottom.
pub(super) fn hatching([left, top, right, bottom]: [f32; 4], gap: f32) -> Vec<[[f32; 2]; 2]> {
    let height = bottom - top;
    let count = ((right - left + height) / gap).ceil().max(0.0) as usize;
    (1..count)
        .map(|index| {
            // From the lower end of a line that rises to the right.
            let foot = left - height + index as f32 * gap;
            let (from, to) = (foot.max(left), (foot + height).min(right));
            [[from, bottom - (from - foot)], [to, bottom - (to - foot)]]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(shade: Shade, values: &[f64]) -> Series {
        Series::cells("v", shade, &[values.iter().map(|value| Some(*value)).collect()])
    }

    #[test]
    fn the_middle_of_two_sided_colours_stays_in_the_middle() {
        let tokens = Tokens::light().unwrap();
        let scale = HeatScale::of(&cells(Shade::Diverging { middle: 0.0 }, &[-0.1, 0.4]));
        assert_eq!(scale.marks(), [-0.4, 0.0, 0.4]);
        assert_eq!(scale.color(&tokens, 0.0), tokens.color.diverging[2]);
        assert_eq!(scale.color(&tokens, 0.4), tokens.color.diverging[4]);
    }

    #[test]
    fn one_value_has_a_colour_too() {
        let tokens = Tokens::dark().unwrap();
        let scale = HeatScale::of(&cells(Shade::Sequential, &[0.25, 0.25]));
        assert_eq!(scale.color(&tokens, 0.25), tokens.color.sequential[2]);
        assert_eq!(scale.words(0.25), "0.250");
        assert_eq!(HeatScale::of(&cells(Shade::Sequential, &[])).marks(), [0.0, 1.0]);
    }

    #[test]
    fn hatching_stays_in_its_box() {
        let lines = hatching([10.0, 20.0, 40.0, 30.0], 6.0);
        assert_eq!(lines.len(), 6);
        for [a, b] in lines {
            for [x, y] in [a, b] {
                assert!((10.0..=40.0).contains(&x) && (20.0..=30.0).contains(&y), "{x} {y}");
            }
            assert!((b[0] - a[0] - (a[1] - b[1])).abs() < 1e-4, "at half a right angle");
        }
    }
}
