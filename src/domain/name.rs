//! The rule for names of resources: 1 to 63 characters, `^[a-zA-Z0-9][a-zA-Z0-9\-_]*`.

use super::limits::MAX_NAME_CHARS;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("the name is empty; use 1 to {MAX_NAME_CHARS} letters, digits, hyphens or underscores")]
    Empty,
    #[error("the name `{0}` has {1} characters; use {MAX_NAME_CHARS} at most")]
    TooLong(String, usize),
    #[error(
        "the name `{name}` has `{character}` at position {position}; use letters, digits, hyphens and underscores, beginning with a letter or digit"
    )]
    BadCharacter { name: String, character: char, position: usize },
}

/// Checks a resource name against the service's rule.
pub fn check_name(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    let length = name.chars().count();
    if length > MAX_NAME_CHARS {
        return Err(NameError::TooLong(name.to_owned(), length));
    }
    let allowed =
        |position: usize, c: char| c.is_ascii_alphanumeric() || (position > 0 && matches!(c, '-' | '_'));
    match name.chars().enumerate().find(|(position, c)| !allowed(*position, *c)) {
        Some((position, character)) => {
            Err(NameError::BadCharacter { name: name.to_owned(), character, position: position + 1 })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cases of the service's own rule: one character, 63 characters, then each way to break it.
    #[test]
    fn names_follow_the_service() {
        assert!(check_name("a").is_ok());
        assert!(check_name(&"x".repeat(63)).is_ok());
        assert_eq!(check_name(""), Err(NameError::Empty));
        assert!(matches!(check_name(&"x".repeat(64)), Err(NameError::TooLong(_, 64))));
        assert!(matches!(check_name("-a"), Err(NameError::BadCharacter { position: 1, .. })));
        assert!(matches!(
            check_name("a b"),
            Err(NameError::BadCharacter { character: ' ', position: 2, .. })
        ));
    }
}
