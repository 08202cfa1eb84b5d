//! The least data that can be trained on, and what the service says when there is less.

use super::limits::{MIN_INTERACTIONS, MIN_USER_HISTORY, MIN_USER_SHARE, MIN_USERS};

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

/// What there is to train on, after event filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DataSize {
    pub interactions: u64,
    /// Users with at least one interaction.
    pub users: u64,
    /// Users with at least [`MIN_USER_HISTORY`].
    pub returning_users: u64,
}

impl DataSize {
    /// Counts a user with that many interactions; one without any is no user.
    pub fn add_user(&mut self, interactions: u64) {
        self.interactions += interactions;
        self.users += u64::from(interactions > 0);
        self.returning_users += u64::from(interactions >= MIN_USER_HISTORY as u64);
    }

    pub fn missing_interactions(&self) -> u64 {
        (MIN_INTERACTIONS as u64).saturating_sub(self.interactions)
    }

    pub fn missing_users(&self) -> u64 {
        (MIN_USERS as u64).saturating_sub(self.returning_users)
    }

    /// The service's exact messages for what is missing; empty where the data suffices. The service has no
    /// text for the share of users, so that one is ours.
    pub fn messages(&self, event_type: Option<&str>) -> Vec<String> {
        let mut messages = Vec::new();
        if self.missing_interactions() > 0 {
            messages.push(too_few_interactions(event_type));
        }
        if self.missing_users() > 0 {
            messages.push(too_few_users());
        }
        if (self.returning_users as f64) < self.users as f64 * MIN_USER_SHARE {
            messages.push(format!(
                "Dataset has {} users, of whom only {} have at least {MIN_USER_HISTORY} interactions; at least {} % must.",
                self.users,
                self.returning_users,
                MIN_USER_SHARE * 100.0
            ));
        }
        messages
    }
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

    #[test]
    fn the_service_s_words() {
        let enough = DataSize { interactions: 1_000, users: 2_500, returning_users: 25 };
        assert!(enough.messages(Some("watch")).is_empty());
        let short = DataSize { interactions: 999, users: 100, returning_users: 24 };
        assert_eq!((short.missing_interactions(), short.missing_users()), (1, 1));
        let expected = [
            "Dataset has fewer than 1000 interactions after filtering by event type: watch",
            "Create failed. Dataset has fewer than 25 users with at least 2 interactions each.",
        ];
        assert_eq!(short.messages(Some("watch")), expected);
        assert_eq!(short.messages(None)[0], "Dataset has fewer than 1000 interactions");
        let thin = DataSize { interactions: 5_000, users: 2_501, returning_users: 25 };
        let message =
            "Dataset has 2501 users, of whom only 25 have at least 2 interactions; at least 1 % must.";
        assert_eq!(thin.messages(None), [message]);
    }
}
