//! What tests and `cargo xtask` stand on; no program that is shipped depends on it.
//!
//! [`infra`] starts the real parts: a private PostgreSQL and a private RabbitMQ. It needs nothing
//! but the standard library, so that `cargo xtask` can use it (without the feature `world`).

pub mod infra;
