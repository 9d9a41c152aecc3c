//! Every RPC of request over the real server, on both sizes: its good way, each refusal, twice is once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod evidence;
mod life;
mod reading;
mod refusals;
mod rules;
mod sight;
mod zone;
