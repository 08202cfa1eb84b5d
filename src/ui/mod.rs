//! The window. Draws view models and sends commands; holds no logic of the field.
