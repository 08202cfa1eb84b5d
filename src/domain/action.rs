//! Actions: what can become of one that a user was shown, and the service's rules for them.

/// What became of an action that a user was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionEvent {
    NotTaken,
    Taken,
    Viewed,
}

impl ActionEvent {
    /// In byte order of their literals: the place of each is its index in an encoded log.
    pub const ALL: [Self; 3] = [Self::NotTaken, Self::Taken, Self::Viewed];

    /// As `PutActionInteractions` spells it; filters and the recipe's page write `NOT_TAKEN`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotTaken => "Not Taken",
            Self::Taken => "Taken",
            Self::Viewed => "Viewed",
        }
    }

    /// Reads an event type in either spelling of the service: case and separators are ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let plain =
            |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect::<String>() };
        Self::ALL.into_iter().find(|event| plain(event.as_str()).eq_ignore_ascii_case(&plain(text)))
    }

    /// Its index in an encoded log.
    pub fn index(self) -> u16 {
        self as u16
    }

    /// The event of an index in an encoded log.
    pub fn of_index(index: u16) -> Option<Self> {
        Self::ALL.get(usize::from(index)).copied()
    }
}

/// Fields of Actions that say when an action ends, both spellings of the service.
pub const EXPIRATION: [&str; 2] = ["EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP"];
/// The field of Actions that says how much one is worth.
pub const VALUE: &str = "VALUE";
/// The field of Actions that says for how many days one is not shown again to somebody who took it.
pub const REPEAT_FREQUENCY: &str = "REPEAT_FREQUENCY";

/// The least and the most that a field of Actions may hold, where the service bounds it. A frequency of 0 days asks for no
/// pause.
pub fn bounds(field: &str) -> Option<(i64, i64)> {
    match field {
        VALUE => Some((1, 10)),
        REPEAT_FREQUENCY => Some((0, 30)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        for text in ["Not Taken", "NOT_TAKEN", "not-taken", "nottaken"] {
            assert_eq!(ActionEvent::parse(text), Some(ActionEvent::NotTaken), "{text}");
        }
        assert_eq!(ActionEvent::parse("TAKEN"), Some(ActionEvent::Taken));
        assert_eq!(ActionEvent::parse("clicked"), None);
        let literals = ActionEvent::ALL.map(ActionEvent::as_str);
        assert!(literals.is_sorted());
        for event in ActionEvent::ALL {
            assert_eq!(ActionEvent::of_index(event.index()), Some(event));
        }
    }
}
