//! What the rules of a policy promise, one sentence each.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod amounts;
mod checking;
mod demo;
mod eligible;
mod expressions;
mod life;
mod limits;
