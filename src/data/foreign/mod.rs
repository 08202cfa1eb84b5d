//! Files that other tools wrote: rows of who did what, lists of what is recommended to whom, and logs of what was shown.
//!
//! Ids stand as they are in the file; what they mean to a group's data is for the reader to find.

mod columns;
mod logged;
mod predictions;
mod rows;

pub use logged::{LoggedRow, read_log};
pub use predictions::{ForeignList, ForeignLists, read_lists};
pub use rows::{FileRow, read_rows};
