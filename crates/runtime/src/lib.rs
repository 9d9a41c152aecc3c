//! runtime

pub mod config;
pub mod tasks;
