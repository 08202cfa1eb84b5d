//! Use cases: the only glue between the rooms, and the only thing the faces talk to.
