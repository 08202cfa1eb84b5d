//! The text font (Inter, OFL) in two weights, with egui's own fonts behind it.

use egui::{FontData, FontDefinitions, FontFamily, FontId, RichText};
use std::sync::Arc;

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
const SEMIBOLD_BYTES: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");

/// The family of headings and of what matters in a line.
pub const SEMIBOLD: &str = "semibold";

/// The regular weight, for pictures made outside the window.
pub(in crate::ui) fn regular_font() -> &'static [u8] {
    REGULAR
}

/// Inter first, then what egui brings (symbols, monospace).
pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [("Inter", REGULAR), ("Inter SemiBold", SEMIBOLD_BYTES)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let chain = |first: &str| [first.to_owned()].into_iter().chain(fallback.clone()).collect::<Vec<_>>();
    fonts.families.insert(FontFamily::Proportional, chain("Inter"));
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), chain("Inter SemiBold"));
    fonts
}

/// Text in the semibold weight.
pub fn semibold(text: impl Into<String>, size: f32) -> RichText {
    RichText::new(text).font(FontId::new(size, FontFamily::Name(SEMIBOLD.into())))
}
