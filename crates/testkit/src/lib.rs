//! What tests and `cargo xtask` stand on; no program that is shipped depends on it.
//!
//! [`infra`] starts the real parts: a private PostgreSQL and a private RabbitMQ; [`source`] and
//! [`promises`] read the repository. They need nothing but the standard library, so that
//! `cargo xtask` can use them (without the feature `world`).
//! [`World`] runs services on either size, on a clock of the test's own. [`zone`] sets a small
//! zone up through the public API, and a [`Hand`] is a person at work in it.

#![allow(clippy::expect_used, reason = "a test's world that is not as it must be fails the test")]

pub mod infra;
pub mod promises;
pub mod source;

#[cfg(feature = "world")]
pub mod caller;
#[cfg(feature = "world")]
mod eventually;
#[cfg(feature = "world")]
pub mod hand;
#[cfg(feature = "world")]
pub mod receiver;
#[cfg(feature = "world")]
mod sizes;
#[cfg(feature = "world")]
mod stand_in;
#[cfg(feature = "world")]
pub mod world;
#[cfg(feature = "world")]
pub mod zone;

#[cfg(feature = "world")]
pub use caller::Caller;
#[cfg(feature = "world")]
pub use eventually::eventually;
#[cfg(feature = "world")]
pub use hand::Hand;
#[cfg(feature = "world")]
pub use receiver::Receiver;
#[cfg(feature = "world")]
pub use stand_in::away;
#[cfg(feature = "world")]
pub use world::{Size, World};
