//! What is wanted of columns beside their text, so that it is found while they are split.

/// Columns by name; all others are wanted as text alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Columns whose texts repeat, such as ids: they get codes.
    pub coded: Vec<String>,
    /// Columns of whole numbers, such as times: where all cells are plain digits, no text is made of them.
    pub whole: Vec<String>,
}
