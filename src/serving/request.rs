//! What is asked of a campaign: `GetRecommendations`, `GetPersonalizedRanking` and `GetActionRecommendations` in one shape.

use super::metadata::MetadataColumns;
use super::promotion::{self, Promotion};
use crate::domain::limits::{
    DEFAULT_ACTION_RESULTS, DEFAULT_RESULTS, MAX_ACTION_RESULTS, MAX_ID_CHARS, MAX_INPUT_LIST,
    MAX_INPUT_LIST_WITH_METADATA, MAX_RESULTS, MAX_RESULTS_WITH_METADATA,
};
use crate::domain::{RecipeDescriptor, Task};
use serde::{Deserialize, Serialize};

/// A request, in the service's field names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecommendRequest {
    /// Who asks. An unknown id is a new user: they get what the recipe gives without a history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The item asked about; recipes that answer for users ignore it, as the service's do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// 1 to 500, to 50 with metadata; 25 where it is left out. Of actions 1 to 100, and 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_results: Option<usize>,
    /// Items to put in order; then nothing else is returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_list: Option<Vec<String>>,
    /// Columns of the interactions' metadata and what they hold at the moment of the request.
    #[serde(with = "super::context", skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<(String, String)>,
    /// The filter that chooses what may be returned: its name, or an ARN that ends in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_arn: Option<String>,
    /// Parameters of the filter and their values, which carry their own quotes and commas.
    #[serde(with = "super::context", skip_serializing_if = "Vec::is_empty")]
    pub filter_values: Vec<(String, String)>,
    /// What is promoted: one promotion at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<Promotion>,
    /// `{"ITEMS": […]}`: columns of Items to be told with each item.
    #[serde(skip_serializing_if = "MetadataColumns::is_empty")]
    pub metadata_columns: MetadataColumns,
    /// Whether to say what speaks for each item (ours; not a field of the service).
    #[serde(skip)]
    pub explain: bool,
}

/// A field of a request that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {value}; {rule}")]
pub struct RequestError {
    pub field: &'static str,
    /// What it is, as `is 501` or `is missing`.
    pub value: String,
    /// What is accepted.
    pub rule: String,
}

impl RequestError {
    pub(super) fn new(field: &'static str, value: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field, value: value.into(), rule: rule.into() }
    }
}

/// A request whose fields were checked against the recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Checked<'a> {
    /// The best of the catalogue for a user.
    ForUser { user: Option<&'a str> },
    /// The best of the catalogue for an item.
    ForItem { item: &'a str },
    /// These items, in order of a user's (or an item's) interest.
    Ranking { user: Option<&'a str>, item: Option<&'a str>, list: &'a [String] },
}

impl RecommendRequest {
    /// The name of the filter.
    pub fn filter_name(&self) -> Option<&str> {
        self.filter_arn.as_deref().map(|arn| arn.rsplit('/').next().unwrap_or(arn))
    }

    /// The promotion, where there is one and it can be.
    pub fn promotion(&self) -> Result<Option<&Promotion>, RequestError> {
        promotion::of_request(self)
    }

    /// Whether columns of Items are asked for.
    pub(super) fn asks_metadata(&self) -> bool {
        self.metadata_columns.values().any(|columns| !columns.is_empty())
    }

    /// The number of results asked for.
    pub(super) fn results(&self, recipe: &RecipeDescriptor) -> Result<usize, RequestError> {
        if recipe.task == Task::PersonalizedActions {
            return check_most(self.num_results.unwrap_or(DEFAULT_ACTION_RESULTS), MAX_ACTION_RESULTS);
        }
        let results = check_results(self.num_results.unwrap_or(DEFAULT_RESULTS))?;
        if self.asks_metadata() && results > MAX_RESULTS_WITH_METADATA {
            let rule = format!("with metadata {MAX_RESULTS_WITH_METADATA} are the most");
            return Err(RequestError::new("numResults", format!("is {results}"), rule));
        }
        Ok(results)
    }

    /// Refuses what a request for actions does not have: they have neither context nor promotions nor lists to rank.
    fn check_for_actions(&self, recipe: &RecipeDescriptor) -> Result<(), RequestError> {
        let given = [
            ("itemId", self.item_id.is_some()),
            ("inputList", self.input_list.is_some()),
            ("context", !self.context.is_empty()),
            ("promotions", !self.promotions.is_empty()),
            ("metadataColumns", !self.metadata_columns.is_empty()),
        ];
        match given.into_iter().find(|(_, is_given)| *is_given) {
            Some((field, _)) => {
                let rule = format!(
                    "{} recommends actions and takes userId, numResults, filterArn and filterValues; leave it out",
                    recipe.name
                );
                Err(RequestError::new(field, "is given", rule))
            }
            None => Ok(()),
        }
    }

    /// Checks the fields that this recipe reads.
    pub(super) fn check(&self, recipe: &RecipeDescriptor) -> Result<Checked<'_>, RequestError> {
        let user = checked_id("userId", self.user_id.as_deref())?;
        let item = checked_id("itemId", self.item_id.as_deref())?;
        let needs_user = recipe.needs_user();
        if recipe.task == Task::PersonalizedActions {
            self.check_for_actions(recipe)?;
        }
        if needs_user && user.is_none() {
            return Err(missing("userId", recipe, "the user to recommend for; an unknown one is welcome"));
        }
        if recipe.asks_item() && item.is_none() {
            return Err(missing("itemId", recipe, "the item to find related items for"));
        }
        if let Some(list) = &self.input_list {
            check_list("inputList", list)?;
            if self.asks_metadata() && list.len() > MAX_INPUT_LIST_WITH_METADATA {
                let rule = format!("with metadata {MAX_INPUT_LIST_WITH_METADATA} are the most");
                return Err(RequestError::new("inputList", format!("has {} items", list.len()), rule));
            }
            let item = item.filter(|_| recipe.asks_item());
            return Ok(Checked::Ranking { user: user.filter(|_| item.is_none()), item, list });
        }
        match (recipe.task, item) {
            (Task::PersonalizedRanking, _) => Err(missing("inputList", recipe, "the items to put in order")),
            (Task::RelatedItems, Some(item)) => Ok(Checked::ForItem { item }),
            _ => Ok(Checked::ForUser { user }),
        }
    }
}

/// Checks a number of results against the service's limit.
pub(super) fn check_results(results: usize) -> Result<usize, RequestError> {
    check_most(results, MAX_RESULTS)
}

fn check_most(results: usize, most: usize) -> Result<usize, RequestError> {
    if (1..=most).contains(&results) {
        Ok(results)
    } else {
        Err(RequestError::new(
            "numResults",
            format!("is {results}"),
            format!("use a whole number from 1 to {most}"),
        ))
    }
}

/// Checks the items to rank; `field` is what the list is called where it was read.
pub(super) fn check_list(field: &'static str, list: &[String]) -> Result<(), RequestError> {
    if list.is_empty() || list.len() > MAX_INPUT_LIST {
        return Err(RequestError::new(
            field,
            format!("has {} items", list.len()),
            format!("give 1 to {MAX_INPUT_LIST}"),
        ));
    }
    list.iter().try_for_each(|id| checked_id(field, Some(id)).map(|_| ()))
}

/// Checks the length of an id, where there is one.
pub(super) fn checked_id<'a>(
    field: &'static str,
    id: Option<&'a str>,
) -> Result<Option<&'a str>, RequestError> {
    let Some(id) = id else { return Ok(None) };
    let rule = || format!("ids have 1 to {MAX_ID_CHARS} characters");
    if id.is_empty() {
        return Err(RequestError::new(field, "is empty", rule()));
    }
    let length = id.chars().count();
    if length > MAX_ID_CHARS {
        let start: String = id.chars().take(20).collect();
        return Err(RequestError::new(field, format!("is `{start}…` with {length} characters"), rule()));
    }
    Ok(Some(id))
}

fn missing(field: &'static str, recipe: &RecipeDescriptor, what: &str) -> RequestError {
    RequestError::new(field, "is missing", format!("{} needs it: {what}", recipe.name))
}
