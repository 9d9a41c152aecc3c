//! The program as processes, in real time: served, apart, killed, and with its parts away.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod apart;
mod cases;
mod deployed;
mod embedded;
mod files;
mod load;
mod midway;
mod notices;
mod operating;
mod program;
mod sigkill;
mod unreachable;
