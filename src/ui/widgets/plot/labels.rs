//! Where names of points stand so that they cover neither each other nor other points.

use egui::{Pos2, Rect, Vec2, vec2};

/// How far a name stands from the middle of its point.
const GAP: f32 = 7.0;
/// The room of a point itself.
const POINT: f32 = 6.0;

/// The room of each point's name: right of the point, left of it, above or below, the first that is free and inside
/// `area`; none where all are taken. Earlier points choose first.
pub(super) fn place(points: &[Pos2], sizes: &[Vec2], area: Rect) -> Vec<Option<Rect>> {
    let mut taken: Vec<Rect> =
        points.iter().map(|at| Rect::from_center_size(*at, Vec2::splat(POINT))).collect();
    points
        .iter()
        .zip(sizes)
        .map(|(at, size)| {
            if !area.contains(*at) {
                return None;
            }
            let (w, h) = (size.x / 2.0, size.y / 2.0);
            let ways = [vec2(GAP + w, 0.0), vec2(-GAP - w, 0.0), vec2(0.0, -GAP - h), vec2(0.0, GAP + h)];
            let rooms = ways.map(|way| Rect::from_center_size(*at + way, *size));
            let is_free =
                |room: &Rect| area.contains_rect(*room) && taken.iter().all(|other| !other.intersects(*room));
            let room = rooms.into_iter().find(is_free);
            taken.extend(room);
            room
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn names_make_way_for_each_other_and_stay_on_the_plot() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(200.0, 100.0));
        let size = vec2(50.0, 14.0);
        // The second is so near that the first's name lies right of both; the last is at the right edge.
        let points = [pos2(40.0, 50.0), pos2(44.0, 56.0), pos2(195.0, 20.0), pos2(300.0, 20.0)];
        let rooms = place(&points, &[size; 4], area);
        assert!(rooms[2].is_some_and(|room| room.right() < 195.0), "no room on the right");
        assert_eq!(rooms[3], None, "its point is not shown");
        let kept: Vec<Rect> = rooms.into_iter().flatten().collect();
        for (index, room) in kept.iter().enumerate() {
            assert!(area.contains_rect(*room));
            assert!(kept[index + 1..].iter().all(|other| !other.intersects(*room)));
        }
    }

    #[test]
    fn a_name_without_room_is_left_out() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(60.0, 20.0));
        assert_eq!(place(&[pos2(30.0, 10.0)], &[vec2(50.0, 14.0)], area), [None]);
    }
}
