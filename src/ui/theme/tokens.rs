//! Design tokens: the colours and measures of a theme, read from RON.

use egui::Color32;
use serde::Deserialize;
use std::collections::BTreeMap;

const PALETTE: &str = include_str!("../../../assets/theme/palette.ron");
const LIGHT: &str = include_str!("../../../assets/theme/light.ron");
const DARK: &str = include_str!("../../../assets/theme/dark.ron");

/// A theme file that could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    #[error("assets/theme/{file}: {cause}")]
    Syntax { file: &'static str, cause: Box<ron::error::SpannedError> },
    #[error("assets/theme/{file}: palette.ron has no colour `{name}`; add it or use one it lists")]
    UnknownColor { file: &'static str, name: String },
    #[error("assets/theme/palette.ron: `{name}` is `{value}`; write it as #RRGGBB or #RRGGBBAA")]
    BadColor { name: String, value: String },
}

/// Gaps, in points.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Space {
    pub xs: f32,
    pub sm: f32,
    pub md: f32,
    pub lg: f32,
    pub xl: f32,
    pub xxl: f32,
}

/// Corner radii, in points.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Radius {
    pub sm: f32,
    pub md: f32,
    pub lg: f32,
}

/// Font sizes, in points.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct TypeSizes {
    pub small: f32,
    pub body: f32,
    pub mono: f32,
    pub title: f32,
    pub heading: f32,
    pub display: f32,
}

#[derive(Deserialize)]
struct Palette {
    colors: BTreeMap<String, String>,
    space: Space,
    radius: Radius,
    type_size: TypeSizes,
    control_height: f32,
    row_height: f32,
}

/// Colours by what they are for. `T` is a palette name in the file and a colour in the window.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Colors<T = Color32> {
    /// Behind everything.
    pub background: T,
    /// Cards and tables.
    pub surface: T,
    /// Menus, messages and dialogs.
    pub raised: T,
    /// Fields to write in, the rail.
    pub sunken: T,
    /// Under the pointer.
    pub hover: T,
    pub border: T,
    /// Borders of buttons, boxes and fields.
    pub border_control: T,
    /// The same under the pointer, and handles.
    pub border_strong: T,
    pub text: T,
    /// Second-rank text.
    pub text_muted: T,
    /// Hints and units.
    pub text_faint: T,
    /// Fill of the one primary button.
    pub accent: T,
    pub accent_hover: T,
    /// The accent as text.
    pub accent_text: T,
    /// Behind what is selected.
    pub accent_soft: T,
    /// Behind chosen text, and the filled part of a slider.
    pub selection: T,
    /// Text on the accent.
    pub on_accent: T,
    pub success: T,
    pub success_soft: T,
    pub warning: T,
    pub warning_soft: T,
    pub error: T,
    pub error_soft: T,
    pub shadow: T,
    /// Over the window while a dialog is open.
    pub veil: T,
    /// Series of plots, in order.
    pub series: [T; 10],
    /// Steps from little to much, in heat maps.
    pub sequential: [T; 5],
    /// Steps from far below a middle to far above it.
    pub diverging: [T; 5],
}

/// One theme.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    pub dark: bool,
    pub color: Colors,
    pub space: Space,
    pub radius: Radius,
    pub size: TypeSizes,
    /// Height of buttons and fields.
    pub control_height: f32,
    /// Height of a table row.
    pub row_height: f32,
}

impl Tokens {
    pub fn light() -> Result<Self, ThemeError> {
        Self::read("light.ron", LIGHT, false)
    }

    pub fn dark() -> Result<Self, ThemeError> {
        Self::read("dark.ron", DARK, true)
    }

    fn read(file: &'static str, text: &str, dark: bool) -> Result<Self, ThemeError> {
        let palette: Palette = parse("palette.ron", PALETTE)?;
        let names: Colors<String> = parse(file, text)?;
        let look_up = |name: String| {
            let Some(value) = palette.colors.get(&name) else {
                return Err(ThemeError::UnknownColor { file, name });
            };
            parse_color(value).ok_or_else(|| ThemeError::BadColor { name, value: value.clone() })
        };
        let color = names.try_map(look_up)?;
        let Palette { space, radius, type_size, control_height, row_height, .. } = palette;
        Ok(Self { dark, color, space, radius, size: type_size, control_height, row_height })
    }

    /// The colour of series `index`; the palette begins anew after ten.
    pub fn series(&self, index: usize) -> Color32 {
        self.color.series[index % self.color.series.len()]
    }
}

impl<T> Colors<T> {
    fn try_map<U, E>(self, mut map: impl FnMut(T) -> Result<U, E>) -> Result<Colors<U>, E> {
        let [a, b, c, d, e, f, g, h, i, j] = self.series;
        let ([s, t, u, v, w], [l, m, n, o, p]) = (self.sequential, self.diverging);
        Ok(Colors {
            background: map(self.background)?,
            surface: map(self.surface)?,
            raised: map(self.raised)?,
            sunken: map(self.sunken)?,
            hover: map(self.hover)?,
            border: map(self.border)?,
            border_control: map(self.border_control)?,
            border_strong: map(self.border_strong)?,
            text: map(self.text)?,
            text_muted: map(self.text_muted)?,
            text_faint: map(self.text_faint)?,
            accent: map(self.accent)?,
            accent_hover: map(self.accent_hover)?,
            accent_text: map(self.accent_text)?,
            accent_soft: map(self.accent_soft)?,
            selection: map(self.selection)?,
            on_accent: map(self.on_accent)?,
            success: map(self.success)?,
            success_soft: map(self.success_soft)?,
            warning: map(self.warning)?,
            warning_soft: map(self.warning_soft)?,
            error: map(self.error)?,
            error_soft: map(self.error_soft)?,
            shadow: map(self.shadow)?,
            veil: map(self.veil)?,
            series: [
                map(a)?,
                map(b)?,
                map(c)?,
                map(d)?,
                map(e)?,
                map(f)?,
                map(g)?,
                map(h)?,
                map(i)?,
                map(j)?,
            ],
            sequential: [map(s)?, map(t)?, map(u)?, map(v)?, map(w)?],
            diverging: [map(l)?, map(m)?, map(n)?, map(o)?, map(p)?],
        })
    }
}

fn parse<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<T, ThemeError> {
    ron::from_str(text).map_err(|cause| ThemeError::Syntax { file, cause: Box::new(cause) })
}

/// `#RRGGBB` or `#RRGGBBAA`, the alpha not yet multiplied in.
fn parse_color(text: &str) -> Option<Color32> {
    Color32::from_hex(text).ok().filter(|_| matches!(text.len(), 7 | 9))
}

#[cfg(test)]
mod tests {
    use super::super::shade::luminance;
    use super::*;

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// CIE L*a*b* under D65.
    fn lab(color: Color32) -> [f64; 3] {
        let linear = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let (r, g, b) = (linear(color.r()), linear(color.g()), linear(color.b()));
        let f = |t: f64| if t > 0.008856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
        let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
        let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn both() -> [Tokens; 2] {
        [Tokens::light().unwrap(), Tokens::dark().unwrap()]
    }

    #[test]
    fn contrast_of_black_on_white_is_twenty_one() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn text_is_readable_on_every_layer_in_both_themes() {
        for tokens in both() {
            let c = &tokens.color;
            let layers = [c.background, c.surface, c.raised, c.sunken, c.hover];
            let mut pairs = vec![(c.on_accent, c.accent), (c.on_accent, c.accent_hover)];
            for layer in layers {
                pairs.extend([(c.text, layer), (c.text_muted, layer)]);
            }
            for layer in [c.background, c.surface, c.raised] {
                let inks = [c.text_faint, c.accent_text, c.success, c.warning, c.error];
                pairs.extend(inks.map(|ink| (ink, layer)));
            }
            pairs.extend([
                (c.success, c.success_soft),
                (c.warning, c.warning_soft),
                (c.error, c.error_soft),
                (c.accent_text, c.accent_soft),
                (c.text, c.accent_soft),
                (c.text, c.selection),
                (c.accent_text, c.selection),
            ]);
            for (ink, layer) in pairs {
                let ratio = contrast(ink, layer);
                assert!(ratio >= 4.5, "dark: {}, {ink:?} on {layer:?} is {ratio:.2}", tokens.dark);
            }
        }
    }

    #[test]
    fn series_stand_out_from_the_page_and_from_each_other() {
        for tokens in both() {
            let c = &tokens.color;
            for (index, color) in c.series.iter().enumerate() {
                for layer in [c.background, c.surface] {
                    let ratio = contrast(*color, layer);
                    assert!(ratio >= 3.0, "dark: {}, series {index} is {ratio:.2}", tokens.dark);
                }
                for (other_index, other) in c.series.iter().enumerate().skip(index + 1) {
                    let (a, b) = (lab(*color), lab(*other));
                    let distance = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
                    assert!(
                        distance > 18.0,
                        "dark: {}, series {index} and {other_index} differ by only {distance:.1}",
                        tokens.dark
                    );
                }
            }
        }
    }

    #[test]
    fn a_colour_that_is_not_in_the_palette_is_named() {
        let text = LIGHT.replace("\"paper_50\"", "\"paper_51\"");
        let error = Tokens::read("light.ron", &text, false).unwrap_err().to_string();
        assert!(error.contains("light.ron") && error.contains("paper_51"), "{error}");
    }
}
