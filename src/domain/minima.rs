//! The least data that can be trained on, and what the service says when there is less.

use super::limits::{MIN_INTERACTIONS, MIN_USER_HISTORY, MIN_USERS};

/// The service's words when fewer than [`MIN_INTERACTIONS`] interactions are left after event filters.
pub fn too_few_interactions(event_type: Option<&str>) -> String {
    match event_type {
        Some(event_type) => format!(
            "Dataset has fewer than {MIN_INTERACTIONS} interactions after filtering by event type: {event_type}"
        ),
        None => format!("Dataset has fewer than {MIN_INTERACTIONS} interactions"),
    }
}

/// The service's words when fewer than [`MIN_USERS`] users have [`MIN_USER_HISTORY`] interactions.
pub fn too_few_users() -> String {
    format!(
        "Create failed. Dataset has fewer than {MIN_USERS} users with at least {MIN_USER_HISTORY} interactions each."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_services() {
        assert_eq!(
            too_few_interactions(Some("purchase")),
            "Dataset has fewer than 1000 interactions after filtering by event type: purchase"
        );
        assert_eq!(
            too_few_users(),
            "Create failed. Dataset has fewer than 25 users with at least 2 interactions each."
        );
    }
}
