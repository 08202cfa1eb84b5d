//! The fields of the dataset: from which column, of which type, for what, and why.

use super::edit;
use crate::domain::DatasetType;
use crate::domain::mapping::{MappedField, Mapping, Reading};
use crate::domain::schema::{FieldRole, FieldType, SESSION_FIELD, reserved_of};
use crate::studio::Preview;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{button, section};
use egui::{ComboBox, Grid, Label, RichText, TextEdit, Ui, vec2};

const NAME: f32 = 130.0;
const COLUMN: f32 = 128.0;
const KIND: f32 = 78.0;
const ROLE: f32 = 96.0;

pub(super) fn fields_ui(ui: &mut Ui, tokens: &Tokens, mapping: &mut Mapping, preview: &Preview) {
    section::card(ui, tokens, "Fields", |ui| {
        let mut gone = None;
        ui.style_mut().override_text_style = Some(egui::TextStyle::Small);
        Grid::new("fields")
            .num_columns(6)
            .min_row_height(16.0)
            .spacing([tokens.space.sm, tokens.space.xs])
            .show(ui, |ui| {
                for head in ["Field", "Column", "Type", "Role", "Nullable", ""] {
                    ui.label(semibold(head, tokens.size.small).color(tokens.color.text_muted));
                }
                ui.end_row();
                for name in edit::missing(mapping) {
                    missing_row_ui(ui, tokens, mapping, preview, name);
                }
                for place in 0..mapping.fields.len() {
                    if field_row_ui(ui, tokens, mapping, preview, place) {
                        gone = Some(place);
                    }
                }
            });
        if let Some(place) = gone {
            mapping.fields.remove(place);
        }
        add_ui(ui, tokens, mapping, preview);
    });
}

/// A required field that no column gives yet.
fn missing_row_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    mapping: &mut Mapping,
    preview: &Preview,
    name: &'static str,
) {
    ui.label(RichText::new(name).color(tokens.color.error));
    let mut chosen = None;
    let combo = ComboBox::from_id_salt(("missing", name)).width(COLUMN).selected_text("choose...").truncate();
    let combo = combo.show_ui(ui, |ui| {
        for column in &preview.columns {
            if ui.selectable_label(false, column).clicked() {
                chosen = Some(column.clone());
            }
        }
    });
    name_field(&combo.response, &format!("Column of {name}"));
    ui.label("");
    ui.label(RichText::new("required").color(tokens.color.error));
    ui.label("");
    ui.label("");
    ui.end_row();
    if let Some(column) = chosen {
        edit::assign(mapping, &column, &edit::Assignment::Reserved(name));
    }
}

/// One field. Whether it is to go.
fn field_row_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    mapping: &mut Mapping,
    preview: &Preview,
    place: usize,
) -> bool {
    let dataset = mapping.dataset;
    let Some(field) = mapping.fields.get_mut(place) else { return false };
    let name = field.field.clone();
    let is_reserved = edit::is_reserved(dataset, &name);
    name_ui(ui, tokens, field, is_reserved, place);
    let chosen = column_ui(ui, field, preview, place);
    kind_ui(ui, field, is_reserved, place);
    role_ui(ui, tokens, field, dataset, is_reserved, place);
    let required = edit::is_required(dataset, &name);
    let mut nullable = field.nullable;
    let check = ui.add_enabled(!required, egui::Checkbox::without_text(&mut nullable));
    name_field(&check, &format!("{name} may be empty"));
    field.nullable = nullable;
    let gone = button::icon(ui, tokens, Icon::Close, &format!("Leave out {name}")).clicked();
    ui.end_row();
    reason_row_ui(ui, tokens, field);
    if let Some(column) = chosen {
        edit::set_column(mapping, place, &column);
    }
    gone
}

/// Why the field was proposed, under it.
fn reason_row_ui(ui: &mut Ui, tokens: &Tokens, field: &MappedField) {
    if field.reason.is_empty() {
        return;
    }
    let text = RichText::new(&field.reason).size(tokens.size.small).color(tokens.color.text_faint);
    // The reason is wider than the first column: it is laid over the others without widening them.
    let at = ui.cursor().min;
    let room = egui::Rect::from_min_size(at, vec2(ui.max_rect().right() - at.x, 16.0));
    let mut over = ui.new_child(egui::UiBuilder::new().max_rect(room));
    over.add(Label::new(text).truncate());
    ui.allocate_exact_size(vec2(1.0, 16.0), egui::Sense::hover());
    ui.end_row();
}

fn name_ui(ui: &mut Ui, tokens: &Tokens, field: &mut MappedField, is_reserved: bool, place: usize) {
    if is_reserved {
        let size = vec2(NAME, tokens.control_height);
        ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_min_width(NAME);
            ui.add(Label::new(semibold(&field.field, tokens.size.small)).truncate());
        });
        return;
    }
    let edit = TextEdit::singleline(&mut field.field).id_salt(("name", place)).desired_width(NAME - 12.0);
    let response = ui.add(
        edit.font(egui::TextStyle::Small)
            .min_size(vec2(0.0, tokens.control_height))
            .align(egui::Align2::LEFT_CENTER),
    );
    name_field(&response, &format!("Name of field {}", place + 1));
}

/// The column chosen anew.
fn column_ui(ui: &mut Ui, field: &MappedField, preview: &Preview, place: usize) -> Option<String> {
    let mut chosen = None;
    let shown = match field.columns.as_slice() {
        [column] => column.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        [] => String::new(),
    };
    let combo = ComboBox::from_id_salt(("column", place)).width(COLUMN).selected_text(shown).truncate();
    let combo = combo.show_ui(ui, |ui| {
        for column in &preview.columns {
            let is_on = field.columns.len() == 1 && field.columns[0] == *column;
            if ui.selectable_label(is_on, column).clicked() {
                chosen = Some(column.clone());
            }
        }
    });
    name_field(&combo.response, &format!("Column of {}", field.field));
    let reading = match &field.reading {
        Reading::Whole => String::new(),
        Reading::Year => "\nOnly the year in it is taken.".to_owned(),
        Reading::Codes(codes) => format!("\n{} codes are replaced by what they stand for.", codes.len()),
    };
    combo.response.on_hover_text(format!("{}{reading}", field.columns.join(", ")));
    chosen
}

fn kind_ui(ui: &mut Ui, field: &mut MappedField, is_reserved: bool, place: usize) {
    if is_reserved {
        ui.label(field.kind.as_str());
        return;
    }
    let mut kind = field.kind;
    let combo = ComboBox::from_id_salt(("kind", place)).width(KIND).selected_text(kind.as_str());
    let combo = combo.show_ui(ui, |ui| {
        for one in KINDS {
            ui.selectable_value(&mut kind, one, one.as_str());
        }
    });
    name_field(&combo.response, &format!("Type of {}", field.field));
    if kind != field.kind {
        edit::set_kind(field, kind);
    }
}

const KINDS: [FieldType; 6] = [
    FieldType::String,
    FieldType::Int,
    FieldType::Long,
    FieldType::Float,
    FieldType::Double,
    FieldType::Boolean,
];

pub(super) fn role_words(field: &MappedField) -> &'static str {
    match field.role {
        FieldRole::Categorical => "categorical",
        FieldRole::Textual => "textual",
        FieldRole::ItemName => "item name",
        FieldRole::Plain if field.kind.is_number() => "numeric",
        FieldRole::Plain => "plain",
    }
}

fn role_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    field: &mut MappedField,
    dataset: DatasetType,
    is_reserved: bool,
    place: usize,
) {
    if is_reserved {
        ui.label(RichText::new("reserved").color(tokens.color.text_muted));
        return;
    }
    let mut role = field.role;
    let combo = ComboBox::from_id_salt(("role", place)).width(ROLE).selected_text(role_words(field));
    let combo = combo.show_ui(ui, |ui| {
        let plain = if field.kind.is_number() { "numeric" } else { "plain" };
        ui.selectable_value(&mut role, FieldRole::Plain, plain)
            .on_hover_text("Numbers are trained on; plain text is for filters and display only");
        ui.selectable_value(&mut role, FieldRole::Categorical, "categorical")
            .on_hover_text("Trained on as categories; several in a cell are separated by |");
        if dataset == DatasetType::Items {
            ui.selectable_value(&mut role, FieldRole::Textual, "textual").on_hover_text("Trained on as text");
            ui.selectable_value(&mut role, FieldRole::ItemName, "item name").on_hover_text("The item's name");
        }
    });
    name_field(&combo.response, &format!("Role of {}", field.field));
    if role != field.role {
        edit::set_role(field, role);
    }
}

/// Reserved fields and columns that are not used yet, one click each.
fn add_ui(ui: &mut Ui, tokens: &Tokens, mapping: &mut Mapping, preview: &Preview) {
    let unused = preview.columns.iter().filter(|column| edit::fields_of(mapping, column).is_empty());
    let unused: Vec<String> = unused.cloned().collect();
    if unused.is_empty() {
        return;
    }
    ui.add_space(tokens.space.xs);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Not taken over:").color(tokens.color.text_muted));
        for column in &unused {
            let response = ui.button(column).on_hover_text("Click to say what this column is");
            egui::Popup::menu(&response).show(|ui| assignment_menu_ui(ui, mapping, column));
        }
    });
}

/// Everything a column can be.
pub(super) fn assignment_menu_ui(ui: &mut Ui, mapping: &mut Mapping, column: &str) {
    use edit::Assignment;
    ui.set_min_width(200.0);
    let now = edit::fields_of(mapping, column);
    let mut chosen = None;
    for reserved in reserved_of(mapping.dataset) {
        let is_on = now.iter().any(|name| name == reserved.name);
        if ui.selectable_label(is_on, reserved.name).clicked() {
            chosen = Some(Assignment::Reserved(reserved.name));
        }
    }
    if mapping.dataset == DatasetType::Interactions {
        let is_on = now.iter().any(|name| name == SESSION_FIELD);
        let response = ui.selectable_label(is_on, SESSION_FIELD);
        if response.on_hover_text("Which of a user's events are of one session").clicked() {
            chosen = Some(Assignment::Session);
        }
    }
    ui.separator();
    let metadata = [
        ("Metadata: categories", FieldRole::Categorical, FieldType::String),
        ("Metadata: number", FieldRole::Plain, FieldType::Double),
        ("Metadata: text", FieldRole::Textual, FieldType::String),
        ("Metadata: display and filters only", FieldRole::Plain, FieldType::String),
    ];
    for (text, role, kind) in metadata {
        if role == FieldRole::Textual && mapping.dataset != DatasetType::Items {
            continue;
        }
        if ui.selectable_label(false, text).clicked() {
            chosen = Some(Assignment::Metadata(role, kind));
        }
    }
    ui.separator();
    if ui.selectable_label(now.is_empty(), "Leave it out").clicked() {
        chosen = Some(Assignment::LeaveOut);
    }
    if let Some(chosen) = chosen {
        edit::assign(mapping, column, &chosen);
        ui.close();
    }
}
