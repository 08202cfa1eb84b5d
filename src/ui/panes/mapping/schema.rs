//! The Avro schema the mapping makes: seen, copied, exported, or read from a file of the service.

use super::super::drafts::Draft;
use crate::domain::mapping::Mapping;
use crate::domain::schema::Schema;
use crate::ui::action::{Action, Slot};
use crate::ui::file_picker::{FileKind, PickKind, PickRequest};
use crate::ui::loadable::Loadable;
use crate::ui::notify::Notice;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Icon;
use crate::ui::widgets::button;
use crate::ui::widgets::search_field::name_field;
use anyhow::Context as _;
use egui::{Label, RichText, ScrollArea, TextEdit, Ui};
use std::path::PathBuf;

#[derive(Default)]
pub(super) struct SchemaTab {
    picking: Option<Slot<Vec<PathBuf>>>,
    /// A schema file to be read, counted so that each choice is a new one.
    chosen: (u64, Option<PathBuf>),
    read: Loadable<u64, Option<Mapping>>,
}

impl SchemaTab {
    /// Begins to read a schema file.
    pub(super) fn read(&mut self, path: PathBuf) {
        self.chosen = (self.chosen.0 + 1, Some(path));
    }

    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, draft: &mut Draft) {
        self.collect(context, draft);
        let tokens = context.tokens;
        let schema = Schema::from_mapping(&draft.mapping);
        let json = schema.as_ref().ok().map(Schema::to_json);
        ui.horizontal(|ui| {
            if let Some(json) = &json {
                if button::with_icon(ui, tokens, Icon::Copy, "Copy").clicked() {
                    context.send.send(Action::CopyText(json.clone()));
                }
                if button::with_icon(ui, tokens, Icon::Download, "Export...").clicked() {
                    export(context, draft, json.clone());
                }
            }
            if button::with_icon(ui, tokens, Icon::Upload, "Use a schema file...").clicked() {
                let request = PickRequest::new("Use a schema file", PickKind::OpenFile, schema_files());
                self.picking = Some(context.send.pick(request));
            }
        });
        ScrollArea::vertical().id_salt("schema").auto_shrink([false, false]).show(ui, |ui| {
            match (&schema, json) {
                (_, Some(json)) => {
                    let mut text = json.as_str();
                    let edit = TextEdit::multiline(&mut text).code_editor().desired_width(f32::INFINITY);
                    let field = ui.add(edit);
                    name_field(&field, "Avro schema");
                }
                (Err(error), None) => {
                    ui.add(Label::new(RichText::new(error.to_string()).color(tokens.color.error)).wrap());
                }
                (Ok(_), None) => {}
            }
        });
    }

    /// Takes up a schema file: the mapping becomes what it asks for.
    fn collect(&mut self, context: &PaneContext<'_>, draft: &mut Draft) {
        if let Some(path) =
            self.picking.as_ref().and_then(Slot::take).and_then(|paths| paths.into_iter().next())
        {
            self.picking = None;
            self.read(path);
        }
        let (number, Some(path)) = &self.chosen else { return };
        let (studio, path, source) = (context.studio.clone(), path.clone(), draft.source.clone());
        self.read.keep(context, *number, "reading a schema", move |_| {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(&path).with_context(|| format!("reading {name}"))?;
            let schema = Schema::parse(&text).with_context(|| format!("the schema in {name}"))?;
            studio.mapping_for_schema(&source, &schema).map(Some)
        });
        if self.read.is_loading() {
            return;
        }
        self.chosen.1 = None;
        if let Some(failure) = self.read.failure() {
            context.send.notify(Notice::error("The schema could not be used", failure));
        } else if let Some(mapping) = self.read.value_mut().and_then(Option::take) {
            draft.mapping = mapping;
            context.send.notify(
                Notice::success("The mapping follows the schema").detail("Undo brings back the one before"),
            );
        }
    }
}

fn schema_files() -> Vec<FileKind> {
    vec![FileKind::new("Avro schemas", &["json", "avsc"])]
}

fn export(context: &PaneContext<'_>, draft: &Draft, json: String) {
    let name = format!("{}-schema.json", draft.mapping.dataset.as_str().to_lowercase());
    let request =
        PickRequest::new("Export the schema", PickKind::SaveFile { suggested: name }, schema_files());
    context.send.send(Action::Pick(request.then(move |paths| {
        let path = paths.into_iter().next()?;
        Some(Action::Write { path, make: Box::new(move || Ok(json.into_bytes())) })
    })));
}
