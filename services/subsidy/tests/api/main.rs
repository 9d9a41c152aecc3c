//! Every RPC of subsidy over the real server, and its rows over a real database, on both sizes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod applications;
mod life;
mod money;
mod policies;
mod refusals;
mod rows;
mod terms;
mod zone;
