//! The project file: one `SQLite` database that holds everything that lasts. The only room that knows SQL.
