//! The recipes there are, and which of them a group's data carry.

use super::Studio;
use super::view::RecipeReadiness;
use crate::domain::{DatasetType, RecipeDescriptor};
use crate::recipes::registry;
use anyhow::{Context, Result};

/// Every recipe, in the order people see them.
pub fn recipes() -> Vec<&'static RecipeDescriptor> {
    registry::all().iter().map(|recipe| recipe.descriptor()).collect()
}

/// The recipe of that name, with or without the service's `aws-` prefix.
pub fn recipe(name: &str) -> Result<&'static RecipeDescriptor> {
    let found = registry::find(name).with_context(|| {
        let known: Vec<&str> = recipes().iter().map(|recipe| recipe.name).collect();
        format!("there is no recipe `{name}`; it is one of {}", known.join(", "))
    });
    Ok(found?.descriptor())
}

impl Studio {
    /// For every recipe, whether the group has the data it needs, or what is missing.
    pub fn recipe_readiness(&self, group: &str) -> Result<Vec<RecipeReadiness>> {
        let record = self.group(group)?;
        let minimum = match self.dataset(&record, DatasetType::Interactions) {
            Ok(_) => {
                let readiness = self.readiness(group, None, None)?;
                if readiness.messages.is_empty() { Ok(()) } else { Err(readiness.messages.join(" ")) }
            }
            Err(missing) => Err(missing.to_string()),
        };
        let actions = self.action_versions(&record).map_err(|missing| missing.to_string());
        Ok(recipes()
            .into_iter()
            .map(|descriptor| RecipeReadiness {
                descriptor,
                outcome: match &actions {
                    Err(missing) if descriptor.recommends_actions() => Err(missing.clone()),
                    _ => minimum.clone(),
                },
            })
            .collect())
    }
}
