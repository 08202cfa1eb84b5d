//! The window's icons: our own strokes on a 24-point grid, tinted when drawn.

use egui::{Color32, Image, vec2};

/// Declares [`Icon`] with the file of each.
macro_rules! icons {
    ($($name:ident => $file:literal,)+) => {
        /// An icon under `assets/icons`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Icon { $($name),+ }

        impl Icon {
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$name),+];

            fn source(self) -> (&'static str, &'static [u8]) {
                match self {
                    $(Self::$name => (
                        concat!("bytes://icon/", $file, ".svg"),
                        include_bytes!(concat!("../../../assets/icons/", $file, ".svg")),
                    )),+
                }
            }
        }
    };
}

icons! {
    ArrowDown => "arrow_down",
    ArrowUp => "arrow_up",
    Batch => "batch",
    Bell => "bell",
    Campaigns => "campaigns",
    Chart => "chart",
    Check => "check",
    ChevronDown => "chevron_down",
    ChevronLeft => "chevron_left",
    ChevronRight => "chevron_right",
    Clock => "clock",
    Close => "close",
    Copy => "copy",
    Datasets => "datasets",
    Download => "download",
    Edit => "edit",
    Error => "error",
    Evaluation => "evaluation",
    File => "file",
    Filter => "filter",
    Folder => "folder",
    Group => "group",
    Help => "help",
    Home => "home",
    Info => "info",
    Item => "item",
    Jobs => "jobs",
    Keyboard => "keyboard",
    Lock => "lock",
    Mapping => "mapping",
    Moon => "moon",
    More => "more",
    Pause => "pause",
    Play => "play",
    Plus => "plus",
    Preview => "preview",
    Quit => "quit",
    Recipes => "recipes",
    Redo => "redo",
    Refresh => "refresh",
    Save => "save",
    Search => "search",
    Settings => "settings",
    Shuffle => "shuffle",
    Simulation => "simulation",
    Sparkle => "sparkle",
    Step => "step",
    Stop => "stop",
    Success => "success",
    Sun => "sun",
    System => "system",
    Table => "table",
    Training => "training",
    Trash => "trash",
    Undo => "undo",
    Upload => "upload",
    User => "user",
    Warning => "warning",
    ZoomIn => "zoom_in",
    ZoomOut => "zoom_out",
    ZoomReset => "zoom_reset",
}

impl Icon {
    /// The icon as an image, `size` points high and in one colour. It has no name of its own: what holds it
    /// has one.
    pub fn image(self, size: f32, color: Color32) -> Image<'static> {
        let (uri, bytes) = self.source();
        Image::from_bytes(uri, bytes).fit_to_exact_size(vec2(size, size)).tint(color)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::usvg;

    #[test]
    fn every_icon_is_a_drawing_on_the_grid() {
        for icon in Icon::ALL {
            let tree = usvg::Tree::from_data(icon.source().1, &usvg::Options::default()).unwrap();
            assert_eq!((tree.size().width(), tree.size().height()), (24.0, 24.0), "{icon:?}");
            let bounds = tree.root().stroke_bounding_box();
            assert!(bounds.width() > 1.0, "{icon:?} is empty");
            let inside = bounds.left() >= 1.0 && bounds.top() >= 1.0;
            assert!(inside && bounds.right() <= 23.0 && bounds.bottom() <= 23.0, "{icon:?}: {bounds:?}");
        }
    }
}
