//! Files that other tools wrote: rows of who did what, and lists of what is recommended to whom.
//!
//! Ids stand as they are in the file; what they mean to a group's data is for the reader to find.

mod columns;
mod predictions;
mod rows;

pub use predictions::{ForeignList, ForeignLists, read_lists};
pub use rows::{FileRow, read_rows};
