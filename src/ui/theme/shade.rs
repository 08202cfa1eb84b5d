//! Colours that stand for amounts, and the ink that is readable on them.

use super::Tokens;
use egui::{Color32, lerp};

/// A row of colours from the least to the most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ramp {
    /// One hue, from little to much.
    #[default]
    Sequential,
    /// Two hues, from far below a middle to far above it.
    Diverging,
}

impl Tokens {
    /// The colours of a ramp, in even steps from 0 to 1.
    pub fn steps(&self, ramp: Ramp) -> &[Color32] {
        match ramp {
            Ramp::Sequential => &self.color.sequential,
            Ramp::Diverging => &self.color.diverging,
        }
    }

    /// The colour at `at`, from 0 to 1, of a ramp.
    pub fn shade(&self, ramp: Ramp, at: f64) -> Color32 {
        let steps = self.steps(ramp);
        let place = at.clamp(0.0, 1.0) as f32 * (steps.len() - 1) as f32;
        let below = (place as usize).min(steps.len() - 2);
        let (low, high, part) = (steps[below], steps[below + 1], place - below as f32);
        let mix = |a: u8, b: u8| lerp(f32::from(a)..=f32::from(b), part).round() as u8;
        Color32::from_rgb(mix(low.r(), high.r()), mix(low.g(), high.g()), mix(low.b(), high.b()))
    }
}

/// Black or white, whichever is easier to read on an opaque colour.
pub fn ink_on(color: Color32) -> Color32 {
    // Both have the same contrast, by the formula of WCAG 2.2, where (1 + 0.05) / (L + 0.05) = (L + 0.05) / 0.05.
    if luminance(color) > 0.179 { Color32::BLACK } else { Color32::WHITE }
}

/// Relative luminance, WCAG 2.2.
pub(super) fn luminance(color: Color32) -> f64 {
    let linear = |byte: u8| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both() -> [Tokens; 2] {
        [Tokens::light().unwrap(), Tokens::dark().unwrap()]
    }

    fn shades(tokens: &Tokens, ramp: Ramp) -> Vec<Color32> {
        (0..=100).map(|at| tokens.shade(ramp, f64::from(at) / 100.0)).collect()
    }

    #[test]
    fn values_are_readable_on_every_shade() {
        for tokens in both() {
            for shade in [Ramp::Sequential, Ramp::Diverging].into_iter().flat_map(|r| shades(&tokens, r)) {
                let (a, b) = (luminance(shade), luminance(ink_on(shade)));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 4.5, "{shade:?}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn lightness_alone_tells_the_order() {
        for tokens in both() {
            let light = |ramp| shades(&tokens, ramp).into_iter().map(luminance).collect::<Vec<_>>();
            let rises = |values: &[f64]| values.windows(2).all(|pair| pair[0] <= pair[1]);
            let falls = |values: &[f64]| values.windows(2).all(|pair| pair[0] >= pair[1]);
            let much = light(Ramp::Sequential);
            assert!(if tokens.dark { rises(&much) } else { falls(&much) });
            let sides = light(Ramp::Diverging);
            let (below, above) = (&sides[..=50], &sides[50..]);
            let ordered =
                if tokens.dark { falls(below) && rises(above) } else { rises(below) && falls(above) };
            assert!(ordered, "dark: {}", tokens.dark);
        }
    }

    /// As a person without red or without green cones sees a colour: Machado, Oliveira and Fernandes 2009, table 1,
    /// severity 1, on linear light.
    fn seen(color: Color32, matrix: [[f64; 3]; 3]) -> [f64; 3] {
        let linear = [color.r(), color.g(), color.b()].map(|byte| (f64::from(byte) / 255.0).powf(2.2));
        matrix.map(|row| (0..3).map(|i| row[i] * linear[i]).sum::<f64>().clamp(0.0, 1.0).powf(1.0 / 2.2))
    }

    #[test]
    fn below_and_above_differ_for_colour_blind_eyes() {
        let protan = [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ];
        let deutan = [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ];
        for tokens in both() {
            let ends = shades(&tokens, Ramp::Diverging);
            for (matrix, far) in [protan, deutan].into_iter().flat_map(|m| [(m, 0), (m, 25)]) {
                let (a, b) = (seen(ends[far], matrix), seen(ends[100 - far], matrix));
                let distance = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
                assert!(distance > 0.3, "dark: {}, {far} % from the ends: {distance:.2}", tokens.dark);
            }
        }
    }
}
