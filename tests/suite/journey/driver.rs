//! What a person does with the window, whatever stands behind it: looks for a name, clicks, types, waits.
//!
//! A driver gives the accessible tree and takes input events; everything else is written here once. It knows
//! nothing of pages or of the field.

use egui::accesskit::{Action, ActionRequest, NodeId, Role, TreeId};
use egui::{Event, Key, Modifiers, PointerButton, Rect, pos2};
use egui_kittest::kittest::AccessKitNode;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long anything may take, a training too.
const PATIENCE: Duration = Duration::from_mins(1);

/// One widget as a screen reader knows it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    node: (NodeId, TreeId),
    pub role: Role,
    pub name: String,
    /// What a field holds.
    pub value: String,
    /// In points.
    area: Rect,
    is_disabled: bool,
}

impl Seen {
    fn says(&self, text: &str) -> bool {
        self.name.contains(text) || self.value.contains(text)
    }
}

/// The widgets of a tree that have a name or a value, in its order.
pub(super) fn seen_in(root: AccessKitNode<'_>, pixels_per_point: f32) -> Vec<Seen> {
    let mut found = Vec::new();
    push_seen(root, pixels_per_point, &mut found);
    found
}

fn push_seen(node: AccessKitNode<'_>, pixels_per_point: f32, found: &mut Vec<Seen>) {
    let (name, value) = (node.label().unwrap_or_default(), node.value().unwrap_or_default());
    if let Some(area) = node.bounding_box()
        && node.role() != Role::TextRun
        && !(name.is_empty() && value.is_empty())
    {
        let point = |x: f64, y: f64| pos2(x as f32 / pixels_per_point, y as f32 / pixels_per_point);
        found.push(Seen {
            node: node.locate(),
            role: node.role(),
            // A label is its own value.
            name: if name.is_empty() && node.role() == Role::Label { value.clone() } else { name },
            value,
            area: Rect::from_min_max(point(area.x0, area.y0), point(area.x1, area.y1)),
            is_disabled: node.is_disabled(),
        });
    }
    for child in node.children() {
        push_seen(child, pixels_per_point, found);
    }
}

/// Looks that must find a widget in one place before it is clicked: a page that scrolls begins slowly.
const LOOKS_AT_REST: usize = 6;

/// A window that can be looked at and acted on by accessible name.
pub(super) trait UiDriver: Sized {
    /// Draws a frame and gives what is there then.
    fn seen(&mut self) -> Vec<Seen>;

    /// Draws a frame with these events.
    fn send(&mut self, events: Vec<Event>);

    /// Brings files into the start page: dropped where a driver can, by their typed path where it can't.
    fn bring(&mut self, path: &Path);

    /// The window as PNG, where the driver can draw one.
    fn screenshot(&mut self) -> Option<Vec<u8>>;

    /// Whether what was done before has closed the window.
    fn is_closed(&mut self) -> bool;

    /// Looks again and again until there is what is looked for.
    fn wait_until<T>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            if began.elapsed() > PATIENCE {
                let (picture, texts) = (self.kept_screenshot(), self.texts());
                panic!("{what} did not come in {PATIENCE:?}{picture}; the window says {texts:#?}");
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// Waits for a widget that says this, as its name or its value or in them.
    fn wait_for(&mut self, text: &str) -> Seen {
        self.wait_until(&format!("`{text}`"), |window| window.seen().into_iter().find(|seen| seen.says(text)))
    }

    /// Waits for the one widget of this role and name that can be used.
    fn find(&mut self, role: Role, name: &str) -> Seen {
        self.wait_until(&format!("{role:?} `{name}`"), |window| {
            let fits = |seen: &Seen| seen.role == role && seen.name == name && !seen.is_disabled;
            let mut found: Vec<Seen> = window.seen().into_iter().filter(fits).collect();
            assert!(found.len() < 2, "{role:?} `{name}` is there more than once: {found:?}");
            found.pop()
        })
    }

    /// Clicks the widget of this role and name with the pointer, in view and at rest.
    fn click(&mut self, role: Role, name: &str) {
        let mut seen = self.find(role, name);
        let ((target_node, target_tree), action) = (seen.node, Action::ScrollIntoView);
        let request = ActionRequest { action, target_node, target_tree, data: None };
        self.send(vec![Event::AccessKitActionRequest(request)]);
        let mut looks_at_rest = 0;
        while looks_at_rest < LOOKS_AT_REST {
            std::thread::sleep(Duration::from_millis(15));
            let before = std::mem::replace(&mut seen, self.find(role, name));
            looks_at_rest = if before.area == seen.area { looks_at_rest + 1 } else { 0 };
        }
        self.click_at(&seen);
    }

    fn click_at(&mut self, seen: &Seen) {
        let pos = seen.area.center();
        let button = |pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        self.send(vec![Event::PointerMoved(pos), button(true)]);
        self.send(vec![button(false)]);
    }

    /// Presses the button of this name.
    fn press(&mut self, name: &str) {
        self.click(Role::Button, name);
    }

    /// Chooses the entry that begins with a text, from the list that a combo box or a button opens.
    fn choose(&mut self, role: Role, opener: &str, entry: &str) {
        let before: Vec<_> = self.seen().into_iter().map(|seen| seen.node).collect();
        self.click(role, opener);
        let mut area = Rect::NOTHING;
        let entry = self.wait_until(&format!("the entry `{entry}` of `{opener}`"), |window| {
            let fits = |seen: &Seen| {
                seen.role == Role::Button && seen.name.starts_with(entry) && !before.contains(&seen.node)
            };
            let seen = window.seen().into_iter().find(fits)?;
            // A list that opens finds its size first.
            let is_at_rest = seen.area == area;
            area = seen.area;
            is_at_rest.then_some(seen)
        });
        self.click_at(&entry);
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.send(vec![event(true), event(false)]);
    }

    /// Puts a text into a field, in place of what is there.
    fn type_into(&mut self, field: &str, text: &str) {
        self.click(Role::TextInput, field);
        self.key(Modifiers::COMMAND, Key::A);
        self.send(vec![Event::Text(text.to_owned())]);
        assert_eq!(self.find(Role::TextInput, field).value, text, "what the field `{field}` holds");
    }

    /// Types the path that a dialog asks for.
    fn answer_path(&mut self, path: &Path) {
        self.type_into("Path", &path.display().to_string());
        self.key(Modifiers::NONE, Key::Enter);
    }

    /// All that can be read.
    fn texts(&mut self) -> Vec<String> {
        let seen = self.seen().into_iter();
        seen.flat_map(|seen| [seen.name, seen.value]).filter(|text| !text.is_empty()).collect()
    }

    /// Keeps the window as it is now in a file, and names it.
    fn kept_screenshot(&mut self) -> String {
        let Some(png) = self.screenshot() else { return String::new() };
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("journey.png");
        std::fs::write(&path, png).unwrap();
        format!(" (see {})", path.display())
    }
}
