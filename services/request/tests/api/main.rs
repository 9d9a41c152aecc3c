//! Every RPC of request over the real server, on both sizes: its good way, each refusal, twice is once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod asking;
mod devices;
mod endings;
mod evidence;
mod life;
mod people;
mod personal;
mod reading;
mod refusals;
mod rounds;
mod rules;
mod sight;
mod verdicts;
mod verification;
mod zone;
