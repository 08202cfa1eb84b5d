//! What the lines of a batch look like, for the task of the version.

use crate::domain::{RecipeDescriptor, Task};
use crate::ui::theme::Tokens;
use egui::{Label, RichText, Ui};

/// What a line asks, an example of it, and an example of its answer.
pub(super) fn examples(task: Task, scores: bool) -> (&'static str, &'static str, &'static str) {
    match (task, scores) {
        (Task::RelatedItems, _) => (
            "One item a line. Each line is answered with the items related to it, the best first.",
            r#"{"itemId":"105"}"#,
            r#"{"input":{"itemId":"105"},"output":{"recommendedItems":["106","107"]}}"#,
        ),
        (Task::PersonalizedRanking, _) => (
            "One user and their items a line. The answer holds the same items in the user's order.",
            r#"{"userId":"891","itemList":["27","886","101"]}"#,
            r#"{"input":{"userId":"891","itemList":["27","886","101"]},"output":{"recommendedItems":["27","101","886"],"scores":[0.48,0.28,0.23]}}"#,
        ),
        (_, true) => (
            "One user a line; an unknown one is answered as a new user. The best items come first.",
            r#"{"userId":"4638"}"#,
            r#"{"input":{"userId":"4638"},"output":{"recommendedItems":["63992","115149"],"scores":[0.0152,0.0142]},"error":null}"#,
        ),
        (_, false) => (
            "One user a line; an unknown one is answered as a new user. The best items come first.",
            r#"{"userId":"4638"}"#,
            r#"{"input":{"userId":"4638"},"output":{"recommendedItems":["63992","115149"]},"error":null}"#,
        ),
    }
}

/// Draws the examples; `filtered` is a line with values for the filter chosen.
pub(super) fn format_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    recipe: Option<&RecipeDescriptor>,
    filtered: Option<&str>,
) {
    let Some(recipe) = recipe else { return };
    let (text, input, output) = examples(recipe.task, recipe.returns_scores);
    let muted = |text: &str| RichText::new(text.to_owned()).color(tokens.color.text_muted);
    ui.add(Label::new(muted(text)).wrap());
    let filtered = filtered.map(|line| ("A line with values for the filter", line));
    let lines = [Some(("A line of the input", input)), filtered, Some(("Its line of the output", output))];
    for (name, line) in lines.into_iter().flatten() {
        ui.add_space(tokens.space.xs);
        ui.label(muted(name).size(tokens.size.small));
        code_ui(ui, tokens, line, true);
    }
    ui.add_space(tokens.space.xs);
    let text = "Answers keep the order of the input. A bad line becomes a line with its error and is counted; \
                CSV and Parquet hold a row for each item of each list instead.";
    ui.add(Label::new(muted(text).size(tokens.size.small)).wrap());
}

/// A line of a file, on its own ground; wrapped, or cut with the whole of it on hover.
pub(super) fn code_ui(ui: &mut Ui, tokens: &Tokens, line: &str, wrapped: bool) {
    let frame = egui::Frame::new().fill(tokens.color.sunken).corner_radius(tokens.radius.sm as u8);
    frame.inner_margin(egui::Margin::symmetric(8, 4)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let label = Label::new(RichText::new(line).monospace().size(tokens.size.small));
        ui.add(if wrapped { label.wrap() } else { label.truncate() });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_json_and_the_answer_repeats_the_question() {
        let tasks =
            [Task::UserPersonalization, Task::PersonalizedRanking, Task::RelatedItems, Task::PopularItems];
        for (task, scores) in tasks.into_iter().flat_map(|task| [(task, true), (task, false)]) {
            let (_, input, output) = examples(task, scores);
            let input: serde_json::Value = serde_json::from_str(input).unwrap();
            let output: serde_json::Value = serde_json::from_str(output).unwrap();
            assert_eq!(output["input"], input, "{task:?}");
            assert!(output["output"]["recommendedItems"].is_array(), "{task:?}");
        }
    }
}
