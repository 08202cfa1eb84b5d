//! The numbers of the service, each once (Amazon Personalize developer guide; API models of botocore).

/// Interactions needed to train, after event filters.
pub const MIN_INTERACTIONS: usize = 1_000;
/// Users with at least [`MIN_USER_HISTORY`] interactions needed to train, after event filters.
pub const MIN_USERS: usize = 25;
/// Interactions that make a user count towards [`MIN_USERS`].
pub const MIN_USER_HISTORY: usize = 2;
/// Share of the users who must have [`MIN_USER_HISTORY`] interactions.
pub const MIN_USER_SHARE: f64 = 0.01;
/// Characters of an id.
pub const MAX_ID_CHARS: usize = 256;
/// Characters of a categorical or plain string cell.
pub const MAX_STRING_CHARS: usize = 1_000;
/// Characters of a textual cell; longer text is truncated, not refused.
pub const MAX_TEXT_CHARS: usize = 20_000;
/// Characters of a textual cell in Chinese or Japanese.
pub const MAX_TEXT_CHARS_CJK: usize = 7_000;
/// Characters of a schema document.
pub const MAX_SCHEMA_CHARS: usize = 20_000;
/// Characters of a resource name.
pub const MAX_NAME_CHARS: usize = 63;
/// Results of a request when it names no number.
pub const DEFAULT_RESULTS: usize = 25;
/// Results of a request at most.
pub const MAX_RESULTS: usize = 500;
/// Results of a request at most that asks for metadata.
pub const MAX_RESULTS_WITH_METADATA: usize = 50;
/// Items of a list to rank at most.
pub const MAX_INPUT_LIST: usize = 500;
/// Items of a list to rank at most where metadata are asked for.
pub const MAX_INPUT_LIST_WITH_METADATA: usize = 50;
/// Columns of Items that a request asks for at most.
pub const MAX_METADATA_COLUMNS: usize = 10;
/// Columns of a request's context at most.
pub const MAX_CONTEXT: usize = 150;
/// Characters of a column's name in a context.
pub const MAX_CONTEXT_KEY_CHARS: usize = 150;
/// Actions of a request when it names no number.
pub const DEFAULT_ACTION_RESULTS: usize = 5;
/// Actions of a request at most.
pub const MAX_ACTION_RESULTS: usize = 100;
/// Actions that are chosen among at most; beyond them new ones and those with recent action interactions come first.
pub const MAX_ACTIONS: usize = 1_000;
/// Metadata columns of Actions.
pub const MAX_ACTION_COLUMNS: usize = 10;
/// Metadata columns of action interactions.
pub const MAX_ACTION_INTERACTION_COLUMNS: usize = 5;
/// How often an action must have been taken, and how often not, before its probability is told.
pub const MIN_ACTION_EVENTS: usize = 50;
/// The days before the newest action interaction that this is counted over.
pub const ACTION_EVENT_DAYS: i64 = 42;
/// The newest action interactions of a user and an event type that the service's filters look at.
pub const FILTER_ACTION_EVENTS: usize = 300;
/// Promotions of a request at most.
pub const MAX_PROMOTIONS: usize = 1;
/// Event types together with optional metadata columns; more is an insight here, an error there.
pub const MAX_EVENT_TYPES: usize = 10;
/// Share of rows a column should fill.
pub const MIN_COLUMN_COMPLETENESS: f64 = 0.70;
/// Share of rows a textual column must fill to be trained on.
pub const MIN_TEXT_COMPLETENESS: f64 = 0.85;
/// Categories of a column above which an insight is raised.
pub const MAX_CATEGORIES: usize = 1_000;
/// Length of the lists that metrics and coverage are taken over.
pub const METRIC_LIST_LENGTH: usize = 25;
/// The longest lists that metrics are taken of where somebody wants to look deeper; the service does not.
pub const LONGEST_METRIC_LIST: usize = 500;
/// The cut-offs that metrics are reported at.
pub const METRIC_CUTOFFS: [usize; 3] = [5, 10, 25];
/// Characters of a filter expression.
pub const MAX_FILTER_CHARS: usize = 2_500;
/// Filters of a dataset group.
pub const MAX_FILTERS: usize = 30;
/// Different fields of one filter.
pub const MAX_FILTER_FIELDS: usize = 10;
/// Different fields of all filters of a dataset group.
pub const MAX_GROUP_FILTER_FIELDS: usize = 20;
/// Parameters that a request gives values for.
pub const MAX_FILTER_VALUES: usize = 25;
/// Characters of a parameter's name.
pub const MAX_FILTER_KEY_CHARS: usize = 50;
/// Characters of a parameter's value, its quotes and commas among them.
pub const MAX_FILTER_VALUE_CHARS: usize = 1_000;
/// The newest events of a user and an event type that the service's filters look at.
pub const FILTER_EVENTS: usize = 100;
/// Events (or items, or users) of one call that records them.
pub const MAX_RECORDS: usize = 10;
/// Bytes of an event as JSON.
pub const MAX_EVENT_BYTES: usize = 10 << 10;
/// Characters of an event's properties.
pub const MAX_EVENT_PROPERTIES_CHARS: usize = 1_024;
/// Characters of an item's properties.
pub const MAX_ITEM_PROPERTIES_CHARS: usize = 32_000;
/// Characters of an action's properties.
pub const MAX_ACTION_PROPERTIES_CHARS: usize = 32_000;
/// Characters of a user's properties.
pub const MAX_USER_PROPERTIES_CHARS: usize = 24_000;
/// Items of an event's impression.
pub const MAX_IMPRESSION: usize = 25;
/// Characters of a recommendation's id.
pub const MAX_RECOMMENDATION_ID_CHARS: usize = 40;
/// Characters of the source that an event is put down to.
pub const MAX_SOURCE_CHARS: usize = 1_024;
