//! The conformance suite of the journal: each promise over both databases and both ways of delivery.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and spawn and wait themselves"
)]

mod alarms;
mod broker;
mod conflicts;
mod courier;
mod delivery;
mod faults;
mod forgetting;
mod outages;
mod parking;
mod property;
mod reading;
mod sealing;
mod stand;
mod writers;

/// Makes of each function `async fn name(size: Size)` two tests: `embedded::name` on SQLite with
/// delivery in the process, `real::name` on PostgreSQL and RabbitMQ.
macro_rules! on_both_sizes {
    ($($name:ident),+ $(,)?) => {
        mod embedded {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    $crate::stand::in_time(super::$name($crate::stand::Size::Embedded)).await;
                }
            )+
        }
        mod real {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    $crate::stand::in_time(super::$name($crate::stand::Size::Real)).await;
                }
            )+
        }
    };
}
pub(crate) use on_both_sizes;
