//! dispatch

pub mod error;
pub mod league;
pub mod lifecycle;
