//! Arguments of the form `KEY=VALUE`, and arguments that only the data can judge.

/// The arguments are not what the command takes; the exit status is 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct WrongUsage(pub(super) String);

/// Reads `KEY=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.trim().to_owned())),
        _ => Err("write it as KEY=VALUE".to_owned()),
    }
}

/// Reads `KEY=NUMBER`.
pub(super) fn numbered(text: &str) -> Result<(String, f64), String> {
    let (key, value) = pair(text)?;
    match value.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((key, number)),
        _ => Err(format!("`{value}` is no number; write it as TYPE=NUMBER")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_split_at_the_first_sign() {
        assert_eq!(pair("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
        assert!(pair("=b").is_err() && pair("A").is_err());
        assert_eq!(numbered("watch=0.5"), Ok(("watch".to_owned(), 0.5)));
        assert!(numbered("watch=NaN").is_err() && numbered("watch=x").is_err());
    }
}
