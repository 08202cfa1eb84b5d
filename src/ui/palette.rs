//! The command palette: every command by name, those that can't be given now greyed with the reason.

use super::command::{Command, CommandEnvironment};
use super::theme::{Icon, Tokens};
use egui::{Align2, Context, Id, Key, Modal, Modifiers, RichText, ScrollArea, Sense, Ui, Vec2, WidgetInfo};
use egui::{Role, vec2};
use strum::IntoEnumIterator;

/// The open palette's text and the row chosen.
#[derive(Default)]
pub struct Palette {
    query: String,
    chosen: usize,
    pub is_open: bool,
}

impl Palette {
    pub fn open(&mut self) {
        *self = Self { is_open: true, ..Self::default() };
    }

    /// Draws it over the window. The command chosen, if one was.
    pub fn ui(&mut self, context: &Context, tokens: &Tokens, now: CommandEnvironment) -> Option<Command> {
        if !self.is_open {
            return None;
        }
        let mut given = None;
        let id = Id::unique("palette");
        let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, 90.0));
        let frame = super::widgets::raised_frame(tokens).inner_margin(tokens.space.sm);
        let modal = Modal::new(id).area(area).frame(frame).backdrop_color(tokens.color.veil);
        let response = modal.show(context, |ui| {
            ui.set_width(560.0);
            given = self.content_ui(ui, tokens, now);
        });
        if given.is_some() || response.should_close() {
            self.is_open = false;
        }
        given
    }

    fn content_ui(&mut self, ui: &mut Ui, tokens: &Tokens, now: CommandEnvironment) -> Option<Command> {
        let keys = ui.input_mut(|input| {
            let mut hit = |key| input.consume_key(Modifiers::NONE, key);
            (hit(Key::ArrowDown), hit(Key::ArrowUp), hit(Key::Enter))
        });
        let (down, up, enter) = keys;
        let field = ui.add(
            egui::TextEdit::singleline(&mut self.query)
                .prefix(Icon::Search.image(16.0, tokens.color.text_faint))
                .hint_text(RichText::new("Find a command").color(tokens.color.text_faint))
                .desired_width(f32::INFINITY)
                .margin(egui::Margin::symmetric(8, 6)),
        );
        super::widgets::search_field::name_field(&field, "Find a command");
        field.request_focus();
        if field.changed() {
            self.chosen = 0;
        }
        let found = find(&self.query, now);
        if found.is_empty() {
            ui.add_space(tokens.space.md);
            ui.label(RichText::new("No command has these letters").color(tokens.color.text_muted));
            ui.add_space(tokens.space.md);
            return None;
        }
        let last = found.len() - 1;
        self.chosen = match (down, up) {
            (true, _) => (self.chosen + 1) % found.len(),
            (_, true) => self.chosen.checked_sub(1).unwrap_or(last),
            _ => self.chosen.min(last),
        };
        let mut given = None;
        ScrollArea::vertical().max_height(380.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, command) in found.iter().enumerate() {
                let availability = command.availability(&now);
                let is_chosen = index == self.chosen;
                let row = row_ui(ui, tokens, *command, availability, is_chosen);
                if is_chosen && (down || up) {
                    row.scroll_to_me(None);
                }
                if (row.clicked() || (enter && is_chosen)) && availability.is_ok() {
                    given = Some(*command);
                }
            }
        });
        given
    }
}

fn row_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    command: Command,
    availability: Result<(), &str>,
    is_chosen: bool,
) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::click());
    let enabled = availability.is_ok();
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, is_chosen, command.text()));
    let c = &tokens.color;
    let fill = if is_chosen { Some(c.accent_soft) } else { response.hovered().then_some(c.hover) };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, tokens.radius.md, fill);
    }
    let ink = if enabled { c.text } else { c.text_faint };
    let icon_center = rect.left_center() + vec2(20.0, 0.0);
    let icon = egui::Rect::from_center_size(icon_center, Vec2::splat(16.0));
    command.icon().image(16.0, if enabled { c.text_muted } else { c.text_faint }).paint_at(ui, icon);
    let body = egui::FontId::proportional(tokens.size.body);
    let small = egui::FontId::proportional(tokens.size.small);
    let text_at = rect.left_center() + vec2(40.0, 0.0);
    let text = ui.painter().text(text_at, Align2::LEFT_CENTER, command.text(), body, ink);
    let right = rect.right_center() - vec2(tokens.space.sm, 0.0);
    let keys = command.keys(ui.ctx());
    let keys =
        ui.painter().text(right, Align2::RIGHT_CENTER, keys.unwrap_or_default(), small.clone(), c.text_faint);
    if let Err(reason) = availability {
        let room = keys.left() - text.right() - 2.0 * tokens.space.md;
        let galley = ui.painter().layout_no_wrap(reason.to_owned(), small, c.text_faint);
        if galley.size().x <= room {
            let at = egui::pos2(text.right() + tokens.space.md, rect.center().y - galley.size().y / 2.0);
            ui.painter().galley(at, galley, c.text_faint);
        }
    }
    response.on_hover_text(availability.err().unwrap_or_else(|| command.tooltip()))
}

/// Commands whose name holds the letters of `query` in order, the best first; all without a query. Of those that
/// fit alike, the ones that can be given now come first.
fn find(query: &str, now: CommandEnvironment) -> Vec<Command> {
    let mut scored: Vec<_> = Command::iter()
        .filter_map(|command| {
            let hurdle = if command.availability(&now).is_ok() { 0 } else { 1_000 };
            Some((score(query, command.text())? - hurdle, command))
        })
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, command)| command).collect()
}

/// How well `text` holds the letters of `query` in order; `None` where it doesn't. Letters that begin a word
/// count most, then letters that follow the one before.
pub(crate) fn score(query: &str, text: &str) -> Option<i32> {
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    let wanted: Vec<char> = query.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    // best[j]: the best score of the query so far with its last letter at j.
    let mut best: Vec<Option<i32>> = vec![None; letters.len()];
    for (i, letter) in wanted.iter().enumerate() {
        let mut next = vec![None; letters.len()];
        let mut reached = if i == 0 { Some(0) } else { None };
        for j in 0..letters.len() {
            if letters[j] == *letter {
                let begins = j == 0 || !letters[j - 1].is_alphanumeric();
                let own = if begins { 10 } else { 1 };
                let followed = if i > 0 && j > 0 { best[j - 1].map(|s| s + own + 6) } else { None };
                let jumped = reached.map(|s| s + own);
                next[j] = followed.max(jumped);
            }
            if i > 0 {
                reached = reached.max(best[j]);
            }
        }
        best = next;
    }
    if wanted.is_empty() {
        return Some(0);
    }
    // Among equals the shorter name is closer to what was typed.
    best.into_iter().flatten().max().map(|s| s * 100 - letters.len() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_find_a_command_and_others_do_not() {
        let open = CommandEnvironment { project_open: true, ..CommandEnvironment::default() };
        assert_eq!(find("dark", open)[0], Command::DarkTheme);
        assert_eq!(find("ev", open)[0], Command::GoEvaluation, "no version can be evaluated yet");
        let trained = CommandEnvironment { has_version: true, ..open };
        assert_eq!(find("ev", trained)[0], Command::EvaluateVersions, "a word's beginning wins");
        assert_eq!(find("gtr", open)[0], Command::GoRecipes, "initials count");
        assert!(find("xyzzy", open).is_empty());
        assert_eq!(find("", open).len(), Command::iter().count());
    }

    #[test]
    fn letters_must_stand_in_order() {
        assert!(score("ab", "ba").is_none());
        assert!(score("aa", "a").is_none());
        assert!(score("open", "Open project") > score("open", "Stop every new"));
    }
}
