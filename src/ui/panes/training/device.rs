//! Where a training is to run, and whether it would have memory enough there.

use crate::domain::DatasetType;
use crate::domain::solution::{Device, SolutionConfig};
use crate::studio::{DeviceView, GroupView, TrainingNeedsView, devices, trains_networks};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use crate::ui::widgets::search_field::name_field;
use egui::{Button, ComboBox, RichText, Ui};

const FIELD: f32 = 230.0;

/// Group, versions and moments of its datasets, and what is set of all that memory depends on.
type NeedsKey = (String, Vec<(u32, i64)>, SolutionConfig);

/// The choice of a device.
#[derive(Default)]
pub(super) struct DeviceField {
    chosen: Device,
    /// Looked for once.
    devices: Loadable<(), Vec<DeviceView>>,
    /// What the training asked for takes.
    needs: Loadable<NeedsKey, TrainingNeedsView>,
}

impl DeviceField {
    /// The device to train a recipe on.
    pub(super) fn chosen(&self, recipe: &str) -> Device {
        if trains_networks(recipe) { self.chosen } else { Device::Auto }
    }

    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, recipe: &str) {
        self.devices.keep(context, (), "looking for cards", |_| Ok(devices()));
        let tokens = context.tokens;
        ui.label("Device");
        ui.vertical(|ui| {
            let is_network = trains_networks(recipe);
            let shown = if is_network { self.chosen } else { Device::Cpu };
            ui.add_enabled_ui(is_network, |ui| {
                let combo = ComboBox::from_id_salt("device").width(FIELD).selected_text(shown.title());
                let response = combo.show_ui(ui, |ui| {
                    for view in self.devices.value().into_iter().flatten() {
                        let button = Button::selectable(view.device == self.chosen, view.device.title());
                        let response = ui.add_enabled(view.missing.is_none(), button);
                        if response.clicked() {
                            self.chosen = view.device;
                        }
                        if let Some(missing) = &view.missing {
                            response.on_disabled_hover_text(missing);
                        }
                    }
                });
                name_field(&response.response, "Device");
            });
            let words = match self.chosen {
                _ if !is_network => "This recipe has no network to train: the processor does it",
                Device::Auto => "An NVIDIA card, then an Apple one, then the processor",
                _ => "",
            };
            if !words.is_empty() {
                ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
            }
        });
        ui.end_row();
    }

    /// Reads what a training would take, and says why it can't be.
    pub(super) fn check(
        &mut self,
        context: &PaneContext<'_>,
        group: &GroupView,
        config: &SolutionConfig,
    ) -> Result<(), String> {
        let config = SolutionConfig { seed: 0, full_data: false, ..config.clone() };
        let datasets = DatasetType::ALL.into_iter().filter_map(|kind| group.dataset(kind));
        let datasets = datasets.map(|dataset| (dataset.version, dataset.imported_at)).collect();
        let (studio, name) = (context.studio.clone(), group.name.clone());
        let key = (name.clone(), datasets, config.clone());
        self.needs.keep(context, key, "telling the memory needed", move |job| {
            studio.training_needs(&name, &config, job)
        });
        self.needs.value().and_then(TrainingNeedsView::problem).map_or(Ok(()), Err)
    }

    /// What the training asked for takes.
    pub(super) fn needs_ui(&self, ui: &mut Ui, tokens: &Tokens) {
        let words = match (self.needs.failure(), self.needs.value()) {
            (Some(failure), _) => Some(failure.to_owned()),
            (None, needs) => needs.and_then(TrainingNeedsView::words),
        };
        if let Some(words) = words {
            ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
        }
    }
}
