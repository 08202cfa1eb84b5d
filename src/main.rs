//! The program: a window without arguments, a command with them.

fn main() {}
