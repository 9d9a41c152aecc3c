//! The ledger in a database, on both sizes: what the engine refuses whoever asks, what a race leaves,
//! what stood there at any past instant, and what other bookkeeping programs make of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and runs its own writers"
)]

mod books;
mod direct;
mod export;
mod once;
mod race;
mod trial;
