//! The form of a batch: which version, who is asked about, how many results, into which file.

use super::super::filter_choice::FilterChoice;
use super::super::promotion_choice::PromotionChoice;
use super::super::version_picker::version_picker;
use crate::domain::limits::{DEFAULT_RESULTS, MAX_RESULTS};
use crate::domain::{RecipeDescriptor, Task};
use crate::studio::{
    BatchFormat, BatchInput, BatchOutput, BatchReport, BatchRequest, GroupView, Promotion, recipe,
};
use crate::ui::action::Slot;
use crate::ui::file_picker::{FileKind, PickKind, PickRequest, check_path};
use crate::ui::jobs::{Lane, Summary, Ticket};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::Tokens;
use crate::ui::widgets::form::ParameterForm;
use crate::ui::widgets::{button, count_words, duration_words, search_field::name_field};
use egui::{DragValue, RichText, TextEdit, Ui};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) struct BatchForm {
    version: String,
    from_file: bool,
    input: String,
    num_results: usize,
    /// What the recipe lets a campaign set.
    settings: ParameterForm,
    filter: FilterChoice,
    promotion: PromotionChoice,
    format: BatchFormat,
    /// As typed or chosen; `None` while the proposed file stands.
    output: Option<String>,
    input_picked: Option<Slot<Vec<PathBuf>>>,
    output_picked: Option<Slot<Vec<PathBuf>>>,
}

impl Default for BatchForm {
    fn default() -> Self {
        Self {
            version: String::new(),
            from_file: false,
            input: String::new(),
            num_results: DEFAULT_RESULTS,
            settings: ParameterForm::default(),
            filter: FilterChoice::default(),
            promotion: PromotionChoice::default(),
            format: BatchFormat::Jsonl,
            output: None,
            input_picked: None,
            output_picked: None,
        }
    }
}

impl BatchForm {
    /// The recipe of the version chosen.
    pub(super) fn recipe(&self, group: &GroupView) -> Option<&'static RecipeDescriptor> {
        group.version(&self.version).and_then(|version| recipe(&version.recipe).ok())
    }

    /// A line that brings values for the filter, where one with parameters is chosen.
    pub(super) fn line_with_values(&self, group: &GroupView) -> Option<String> {
        let parameters = self.filter.parameters(group);
        if parameters.is_empty() {
            return None;
        }
        let values = parameters.iter().map(|parameter| {
            let value = if parameter.takes_list { "\"a\",\"b\"" } else { "\"a\"" };
            (parameter.name.clone(), serde_json::Value::from(value))
        });
        let values: serde_json::Map<String, serde_json::Value> = values.collect();
        let key = if self.recipe(group)?.asks_item() { "itemId" } else { "userId" };
        Some(serde_json::json!({ key: "105", "filterValues": values }).to_string())
    }

    /// Takes a file of requests.
    pub(super) fn read_from(&mut self, path: &Path) {
        self.from_file = true;
        self.input = path.display().to_string();
    }

    /// Draws it. The batch, when it was asked for.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        running: bool,
    ) -> Option<BatchRequest> {
        let tokens = context.tokens;
        self.collect_picks();
        let width = ui.available_width();
        caption(ui, tokens, "Version");
        version_picker(ui, group, "Version of the batch", width, &mut self.version);
        self.input_ui(context, ui, group);
        ui.add_space(tokens.space.xs);
        ui.horizontal(|ui| {
            ui.label("Results for each");
            let field = ui.add(DragValue::new(&mut self.num_results).range(1..=MAX_RESULTS));
            name_field(&field, "Results for each");
            ui.add_space(tokens.space.lg);
            ui.label("Format");
            ui.spacing_mut().item_spacing.x = tokens.space.md;
            let before = self.format;
            for format in BatchFormat::ALL {
                ui.radio_value(&mut self.format, format, format_name(format));
            }
            if before != self.format
                && let Some(output) = self.output.as_mut().filter(|output| !output.is_empty())
            {
                *output = Path::new(output).with_extension(self.format.as_str()).display().to_string();
            }
        });
        let specs = self.recipe(group).map_or(&[][..], |recipe| recipe.campaign_parameters);
        self.settings.ui(ui, tokens, "settings of the batch", specs);
        self.filter_ui(context, ui, group);
        let output = self.output_ui(context, ui, group);
        ui.add_space(tokens.space.sm);
        let request = self.request(group, &output, running);
        let enabled = request.as_ref().map(|_| ()).map_err(String::as_str);
        let pressed = button::primary_enabled(ui, tokens, "Write the batch", enabled).clicked();
        match request {
            Ok(request) => pressed.then_some(request),
            Err(reason) => {
                ui.label(RichText::new(reason).size(tokens.size.small).color(tokens.color.text_faint));
                None
            }
        }
    }

    fn collect_picks(&mut self) {
        let first = |slot: &Option<Slot<Vec<PathBuf>>>| slot.as_ref()?.take()?.into_iter().next();
        if let Some(path) = first(&self.input_picked) {
            self.read_from(&path);
        }
        if let Some(path) = first(&self.output_picked) {
            let ending = path.extension().and_then(|ending| BatchFormat::parse(&ending.to_string_lossy()));
            self.format = ending.unwrap_or(self.format);
            self.output = Some(path.display().to_string());
        }
    }

    fn input_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        let recipe = self.recipe(group);
        let needs_lists = recipe.is_some_and(|recipe| recipe.task == Task::PersonalizedRanking);
        self.from_file |= needs_lists;
        let all = if recipe.is_some_and(RecipeDescriptor::asks_item) { "All items" } else { "All users" };
        caption(ui, tokens, "Input");
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = tokens.space.lg;
            ui.add_enabled_ui(!needs_lists, |ui| ui.radio_value(&mut self.from_file, false, all));
            ui.radio_value(&mut self.from_file, true, "A JSON Lines file");
        });
        if !self.from_file {
            return;
        }
        let kinds = || vec![FileKind::new("JSON Lines", &["jsonl", "json", "txt"])];
        if path_ui(ui, tokens, "Input file", &mut self.input, "Choose...") {
            let request = PickRequest::new("Choose the batch input", PickKind::OpenFile, kinds());
            self.input_picked = Some(context.send.pick(request));
        }
    }

    /// The filter, where the group has any, and what lines are given for its parameters.
    fn filter_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        if group.filters.is_empty() {
            return;
        }
        let tokens = context.tokens;
        caption(ui, tokens, "Filter");
        let width = ui.available_width();
        let asks_item = self.recipe(group).is_some_and(RecipeDescriptor::asks_item);
        self.filter.combo_ui(ui, group, "Filter of the batch", width, asks_item);
        self.filter.fields_ui(context, ui, group, false);
        if self.from_file && !self.filter.parameters(group).is_empty() {
            let text = "For lines without filterValues of their own.";
            ui.label(RichText::new(text).size(tokens.size.small).color(tokens.color.text_faint));
        }
        if self.recipe(group).is_some_and(|recipe| recipe.takes_promotions) {
            caption(ui, tokens, "Promotion");
            ui.horizontal_wrapped(|ui| {
                self.promotion.ui(context, ui, group, (width - 90.0).max(120.0), asks_item);
            });
        }
    }

    /// What is promoted, where the recipe promotes.
    fn promotion(&self, group: &GroupView) -> Option<Promotion> {
        let takes = self.recipe(group).is_some_and(|recipe| recipe.takes_promotions);
        self.promotion.promotion(group).filter(|_| takes)
    }

    /// The file to write, as it stands.
    fn output_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) -> String {
        let tokens = context.tokens;
        caption(ui, tokens, "Output file");
        let proposed = self.proposed(context, group);
        let mut output = self.output.clone().unwrap_or_else(|| proposed.clone());
        let save_as = path_ui(ui, tokens, "Output file", &mut output, "Save as...");
        if output != self.output.as_ref().map_or(proposed.as_str(), String::as_str) {
            self.output = Some(output.clone());
        }
        if Path::new(&output).is_file() {
            let text = "This file is there already and will be replaced.";
            ui.label(RichText::new(text).size(tokens.size.small).color(tokens.color.warning));
        }
        if save_as {
            let ending = self.format.as_str();
            let name = self.version.replace('/', "-");
            let kind = PickKind::SaveFile { suggested: format!("{name}.{ending}") };
            let files = vec![FileKind::new(format_name(self.format), &[ending])];
            self.output_picked = Some(context.send.pick(PickRequest::new("Save the batch", kind, files)));
        }
        output
    }

    /// A file that is not there yet, beside the project, named after the version.
    fn proposed(&self, context: &PaneContext<'_>, group: &GroupView) -> String {
        let name = format!("{}-{}", group.name, self.version.replace('/', "-"));
        let folder = context.project.path.parent().unwrap_or_else(|| Path::new(""));
        let numbered = (2..100).map(|number| format!("{name} ({number})"));
        let mut files = std::iter::once(name.clone()).chain(numbered).map(|name| {
            let file = format!("{name}.{}", self.format.as_str());
            folder.join(file)
        });
        files.find(|file| !file.exists()).map_or_else(String::new, |file| file.display().to_string())
    }

    /// The batch as it stands, or what is still missing.
    fn request(&self, group: &GroupView, output: &str, running: bool) -> Result<BatchRequest, String> {
        if running {
            return Err("A batch is running".to_owned());
        }
        if self.recipe(group).is_some_and(RecipeDescriptor::recommends_actions) {
            let why =
                "Next best actions have no batch, as in the service: ask a campaign for one user at a time";
            return Err(why.to_owned());
        }
        let input = if self.from_file {
            let path = check_path(&self.input, &PickKind::OpenFile);
            BatchInput::File(path.map_err(|wrong| format!("Input: {wrong}"))?)
        } else {
            BatchInput::All
        };
        if let Some(missing) = self.filter.missing(group, false).filter(|_| !self.from_file) {
            return Err(missing);
        }
        if self.promotion(group).is_some()
            && let Some(missing) = self.promotion.missing(group, false)
        {
            return Err(missing);
        }
        let kind = PickKind::SaveFile { suggested: String::new() };
        let output = check_path(output, &kind).map_err(|wrong| format!("Output: {wrong}"))?;
        Ok(BatchRequest {
            version: format!("{}/{}", group.name, self.version),
            input,
            output: BatchOutput::File(output),
            format: self.format,
            num_results: self.num_results,
            settings: self
                .recipe(group)
                .map_or_else(Vec::new, |recipe| self.settings.texts_of(recipe.campaign_parameters)),
            filter: self.filter.name(group).map(str::to_owned),
            filter_values: self.filter.values(group),
            promotion: self.promotion(group),
        })
    }
}

/// Starts the job of a batch.
pub(super) fn start(context: &PaneContext<'_>, request: BatchRequest) -> Ticket<BatchReport> {
    let studio = context.studio.clone();
    context.send.job(
        format!("Batch of {}", request.version),
        Lane::Free,
        move |job| studio.batch(&request, job),
        |report: &BatchReport| {
            let seconds = duration_words(Duration::from_secs_f64(report.seconds.max(0.0)));
            let errors = match report.errors {
                0 => String::new(),
                errors => format!(", {} with an error", count_words(errors)),
            };
            Summary::new(format!("{} lines written{errors}", count_words(report.lines)))
                .detail(format!("{} in {seconds}", report.output))
                .open_in_place(PaneKind::Batch)
                .warning(report.errors > 0)
        },
    )
}

fn format_name(format: BatchFormat) -> &'static str {
    match format {
        BatchFormat::Jsonl => "JSON Lines",
        BatchFormat::Csv => "CSV",
        BatchFormat::Parquet => "Parquet",
    }
}

fn caption(ui: &mut Ui, tokens: &Tokens, text: &str) {
    ui.add_space(tokens.space.xs);
    ui.label(RichText::new(text).size(tokens.size.small).color(tokens.color.text_muted));
}

/// A path to type, and a button beside it. Whether the button was pressed.
pub(in crate::ui::panes) fn path_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    name: &str,
    path: &mut String,
    button: &str,
) -> bool {
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(path)
            .hint_text(RichText::new("A path").color(tokens.color.text_faint))
            .desired_width((ui.available_width() - 104.0).max(80.0))
            .min_size(egui::vec2(0.0, tokens.control_height))
            .align(egui::Align2::LEFT_CENTER);
        let field = ui.add(field);
        name_field(&field, name);
        if !path.is_empty() {
            field.on_hover_text(path.as_str());
        }
        button::plain(ui, tokens, button).clicked()
    })
    .inner
}
