//! Choosing a solution version: the active ones, the best first.

use crate::domain::Status;
use crate::studio::{GroupView, VersionView};
use crate::ui::widgets::search_field::name_field;
use egui::{ComboBox, Ui};

/// The metric that orders versions.
const BEST_BY: &str = "normalized_discounted_cumulative_gain_at_10";

/// NDCG@10 of a version, where it was scored on the group's test set as it is now.
pub(super) fn ndcg(version: &VersionView) -> Option<f64> {
    version.metrics.get(BEST_BY).copied().filter(|_| version.comparable)
}

/// Versions that can answer, by NDCG@10; those without a comparable number last, the newest first.
pub(super) fn active_versions(group: &GroupView) -> Vec<&VersionView> {
    let all = group.solutions.iter().flat_map(|solution| &solution.versions);
    let mut versions: Vec<&VersionView> = all.filter(|version| version.status == Status::Active).collect();
    let score = |version: &VersionView| ndcg(version).unwrap_or(f64::NEG_INFINITY);
    versions.sort_by(|a, b| score(b).total_cmp(&score(a)).then(b.created_at.cmp(&a.created_at)));
    versions
}

/// `ease/1, NDCG@10 0.1000`; of a version for actions `next-best-action/1, AUC 0.812`
pub(super) fn version_words(version: &VersionView) -> String {
    let auc = version.metrics.get("auc");
    match (auc, ndcg(version)) {
        (Some(auc), _) => format!("{}, AUC {auc:.3}", version.name),
        (None, Some(value)) => format!("{}, NDCG@10 {value:.4}", version.name),
        (None, None) => format!("{}, not scored on the current test set", version.name),
    }
}

/// Draws the choice. `chosen` becomes the best version where it names none that can answer.
pub(super) fn version_picker(ui: &mut Ui, group: &GroupView, name: &str, width: f32, chosen: &mut String) {
    let versions = active_versions(group);
    if !versions.iter().any(|version| version.name == *chosen) {
        *chosen = versions.first().map(|version| version.name.clone()).unwrap_or_default();
    }
    let shown = versions.iter().find(|version| version.name == *chosen);
    let shown = shown.map_or_else(|| "none".to_owned(), |version| version_words(version));
    let combo = ComboBox::from_id_salt(name).width(width).selected_text(shown).truncate();
    let combo = combo.show_ui(ui, |ui| {
        ui.set_min_width(width);
        for (place, version) in versions.iter().enumerate() {
            let best = if place == 0 && ndcg(version).is_some() { " (best)" } else { "" };
            let text = format!("{}{best}", version_words(version));
            ui.selectable_value(chosen, version.name.clone(), text);
        }
    });
    name_field(&combo.response, name);
}
