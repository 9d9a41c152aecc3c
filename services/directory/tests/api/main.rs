//! Every RPC of the directory over the real server, on both sizes: its good way, each refusal, twice is once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod calendar;
mod races;
mod records;
mod refusals;
mod zone;
