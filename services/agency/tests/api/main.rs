//! Every RPC of agency over the real server, on both sizes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod commitment;
mod life;
mod procedures;
mod refusals;
mod zone;
