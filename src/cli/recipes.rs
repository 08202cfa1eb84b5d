//! `recipes`.

use super::output::{Output, table};
use super::{Common, Done};
use crate::domain::parameter::{ParameterGroup, ParameterKind, ParameterSpec};
use crate::domain::{DatasetType, RecipeDescriptor};
use crate::studio::{recipe, recipes};
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

#[derive(Args)]
pub(super) struct Recipes {
    /// One recipe, with all it says about itself.
    name: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Recipes {
    pub(super) fn run(self) -> Result<Done> {
        let output = Output::from(self.common);
        if let Some(name) = &self.name {
            let found = recipe(name)?;
            output.print(&document(found), || one(found))?;
        } else {
            let all: Vec<Value> = recipes().into_iter().map(document).collect();
            output.print(&all, list)?;
        }
        Ok(Done::Ok)
    }
}

fn document(recipe: &RecipeDescriptor) -> Value {
    json!({
        "name": recipe.name,
        "title": recipe.title,
        "task": recipe.task,
        "question": recipe.question,
        "about": recipe.about,
        "reads": recipe.reads.iter().map(|dataset| dataset.as_str()).collect::<Vec<_>>(),
        "openBaseline": recipe.open_baseline,
        "parameters": recipe.parameters.iter().map(parameter).collect::<Vec<_>>(),
    })
}

fn parameter(spec: &ParameterSpec) -> Value {
    let mut parameter = match spec.kind {
        ParameterKind::Int { min, max, .. } => json!({ "type": "int", "min": min, "max": max }),
        ParameterKind::Float { min, max, .. } => json!({ "type": "float", "min": min, "max": max }),
        ParameterKind::Bool { .. } => json!({ "type": "bool" }),
        ParameterKind::Choice { options, .. } => json!({ "type": "choice", "options": options }),
    };
    parameter["name"] = json!(spec.name);
    parameter["default"] = json!(spec.default_value());
    parameter["group"] = json!(group_name(spec.group));
    parameter["tunable"] = json!(spec.tunable);
    parameter["help"] = json!(spec.help);
    parameter
}

fn group_name(group: ParameterGroup) -> &'static str {
    match group {
        ParameterGroup::Algorithm => "algorithmHyperParameters",
        ParameterGroup::Featurisation => "featureTransformationParameters",
        ParameterGroup::Exploration => "itemExplorationConfig",
        ParameterGroup::Campaign => "campaignConfig",
    }
}

fn list() -> String {
    let rows: Vec<Vec<String>> = recipes()
        .iter()
        .map(|recipe| vec![recipe.name.to_owned(), recipe.title.to_owned(), recipe.question.to_owned()])
        .collect();
    table(&["name", "title", "question"], &rows)
}

fn one(recipe: &RecipeDescriptor) -> String {
    let reads: Vec<&str> = recipe.reads.iter().map(|dataset: &DatasetType| dataset.as_str()).collect();
    let mut lines = vec![
        format!("{} ({})", recipe.title, recipe.name),
        recipe.question.to_owned(),
        recipe.about.to_owned(),
        format!("reads: {}", reads.join(", ")),
        String::new(),
    ];
    let rows: Vec<Vec<String>> = recipe
        .parameters
        .iter()
        .map(|spec| {
            vec![
                spec.name.to_owned(),
                spec.default_value().to_string(),
                spec.expected(),
                spec.help.to_owned(),
            ]
        })
        .collect();
    lines.push(if rows.is_empty() {
        "no parameters".to_owned()
    } else {
        table(&["parameter", "default", "accepts", "what it does"], &rows)
    });
    lines.join("\n")
}
