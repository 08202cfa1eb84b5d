//! Many points as a picture: each is stamped on it, so that a hundred thousand cost as little as one to draw again.

use super::drawn::mixed;
use super::scale::Mark;
use egui::{Color32, ColorImage, Id, Rect, Shape, TextureHandle, TextureOptions, Ui, pos2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotTransform};
use std::ops::RangeInclusive;

/// How far a point's ink reaches, in points of the screen.
const RADIUS: f32 = 2.3;
/// What of the ground a single point covers.
const COVER: f32 = 0.45;
/// Points on one another after which the ink is full.
const FULL: usize = 16;

/// Points drawn as one picture.
pub(super) struct Cloud<'a> {
    base: PlotItemBase,
    marks: &'a [Mark],
    color: Color32,
    /// Where the picture is kept between frames.
    id: Id,
    /// Tells these points from others.
    data: u64,
}

/// A picture, and what it was made of.
#[derive(Clone)]
struct Picture {
    key: u64,
    texture: TextureHandle,
}

impl<'a> Cloud<'a> {
    pub(super) fn new(id: Id, data: u64, marks: &'a [Mark], color: Color32) -> Self {
        Self { base: PlotItemBase::new(String::new()), marks, color, id, data }
    }

    /// Stamps the points on a picture of `size` pixels.
    fn stamp(&self, [width, height]: [usize; 2], transform: &PlotTransform, scale: f32) -> ColorImage {
        let frame = transform.frame();
        let reach = (RADIUS * scale).max(1.0);
        let whole = reach.ceil() as isize;
        let disc: Vec<(isize, isize)> = (-whole..=whole)
            .flat_map(|y| (-whole..=whole).map(move |x| (x, y)))
            .filter(|(x, y)| ((x * x + y * y) as f32).sqrt() <= reach)
            .collect();
        let mut counts = vec![0_u8; width * height];
        for mark in self.marks {
            let x = (transform.position_from_point_x(mark.x) - frame.left()) * scale;
            let y = (transform.position_from_point_y(mark.y) - frame.top()) * scale;
            if x < -reach || y < -reach || x > width as f32 + reach || y > height as f32 + reach {
                continue;
            }
            let (x, y) = (x as isize, y as isize);
            for (dx, dy) in &disc {
                let (Ok(x), Ok(y)) = (usize::try_from(x + dx), usize::try_from(y + dy)) else { continue };
                if x < width && y < height {
                    let count = &mut counts[y * width + x];
                    *count = count.saturating_add(1);
                }
            }
        }
        let inks: Vec<Color32> = (0..=FULL)
            .map(|count| self.color.gamma_multiply(1.0 - (1.0 - COVER).powi(count as i32)))
            .collect();
        let pixels = counts.into_iter().map(|count| inks[usize::from(count).min(FULL)]).collect();
        ColorImage::new([width, height], pixels)
    }

    /// Tells apart everything the picture depends on.
    fn key(&self, size: [usize; 2], bounds: &PlotBounds) -> u64 {
        let ends = [bounds.min(), bounds.max()].concat();
        let color = self.color.to_array().map(u64::from);
        let parts = ends.iter().map(|end| end.to_bits()).chain(size.map(|length| length as u64)).chain(color);
        parts.fold(self.data, mixed)
    }
}

impl PlotItem for Cloud<'_> {
    fn shapes(&self, ui: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let frame = *transform.frame();
        let scale = ui.ctx().pixels_per_point();
        let size = [frame.width(), frame.height()].map(|length| (length * scale).round().max(1.0) as usize);
        let key = self.key(size, transform.bounds());
        let kept = ui.data(|data| data.get_temp::<Picture>(self.id)).filter(|kept| kept.key == key);
        let picture = kept.unwrap_or_else(|| {
            let image = self.stamp(size, transform, scale);
            let texture = ui.ctx().load_texture("points of a plot", image, TextureOptions::LINEAR);
            let picture = Picture { key, texture };
            ui.data_mut(|data| data.insert_temp(self.id, picture.clone()));
            picture
        });
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        shapes.push(Shape::image(picture.texture.id(), frame, whole, Color32::WHITE));
    }

    fn initialize(&mut self, _x_range: RangeInclusive<f64>) {}

    fn color(&self) -> Color32 {
        self.color
    }

    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    fn bounds(&self) -> PlotBounds {
        PlotBounds::NOTHING
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}
