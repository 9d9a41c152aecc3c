//! The request service 企业吹哨: the tickets of enterprises, from the first word to the last.

pub mod error;
pub mod lifecycle;
