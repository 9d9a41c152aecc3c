//! Every RPC of the directory over the real server, on both sizes: its good way, each refusal, twice is once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod calendar;
mod deputies;
mod grants;
mod races;
mod records;
mod refusals;
mod succession;
mod zone;
