//! How the window looks: colours, measures, fonts and icons, from files under `assets/`.
//!
//! No other file of the window writes a colour or a size of its own.

mod fonts;
mod icon;
mod shade;
mod style;
mod tokens;

pub(super) use fonts::regular_font;
pub use fonts::{SEMIBOLD, semibold};
pub use icon::Icon;
pub use shade::{Ramp, ink_on};
pub use tokens::{Colors, Radius, Space, ThemeError, Tokens, TypeSizes};

use egui::{Context, Theme};
use std::sync::Arc;

/// Both themes, read once; the one that is on now is asked for each frame.
#[derive(Clone)]
pub struct Themes {
    light: Arc<Tokens>,
    dark: Arc<Tokens>,
}

impl Themes {
    /// Reads the tokens and gives them, the fonts and the icon loader to the window.
    pub fn install(context: &Context) -> Result<Self, ThemeError> {
        let themes = Self { light: Arc::new(Tokens::light()?), dark: Arc::new(Tokens::dark()?) };
        context.set_fonts(fonts::definitions());
        context.set_style_of(Theme::Light, style::from_tokens(&themes.light));
        context.set_style_of(Theme::Dark, style::from_tokens(&themes.dark));
        egui_extras::install_image_loaders(context);
        context.data_mut(|data| data.insert_temp(egui::Id::NULL, themes.clone()));
        Ok(themes)
    }

    /// The tokens of the theme that is on.
    pub fn current(&self, context: &Context) -> Arc<Tokens> {
        match context.theme() {
            Theme::Light => Arc::clone(&self.light),
            Theme::Dark => Arc::clone(&self.dark),
        }
    }
}

/// The tokens of the theme that is on, for widgets that are given only a `Ui`.
///
/// Falls back to reading the files where the window was not set up by [`Themes::install`] (bare tests).
pub fn tokens(ui: &egui::Ui) -> Arc<Tokens> {
    let installed = ui.ctx().data(|data| data.get_temp::<Themes>(egui::Id::NULL));
    installed.map_or_else(
        || {
            Arc::new(
                if ui.visuals().dark_mode { Tokens::dark() } else { Tokens::light() }.unwrap_or_default(),
            )
        },
        |themes| themes.current(ui.ctx()),
    )
}
