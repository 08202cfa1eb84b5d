//! Every recipe, in the order people see them.

use super::Recipe;

/// All recipes.
pub fn all() -> &'static [&'static dyn Recipe] {
    &[]
}

/// The recipe of that name, with or without the service's `aws-` prefix.
pub fn find(name: &str) -> Option<&'static dyn Recipe> {
    let name = name.strip_prefix("aws-").unwrap_or(name);
    all().iter().copied().find(|recipe| recipe.descriptor().name == name)
}
