//! The demo's agents 帮代办: their cases and the projects ready to start, as the book tells them.

pub(crate) mod player;
pub(crate) mod script;
