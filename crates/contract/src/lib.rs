//! Rust generated from `proto/`: what every service promises its callers.
//!
//! Nothing here is written by hand but the module tree and [`DESCRIPTORS`].
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::allow_attributes_without_reason,
    clippy::large_enum_variant,
    clippy::too_many_lines,
    reason = "generated code: its comments stand in proto/"
)]

mod generated {
    include!(concat!(env!("OUT_DIR"), "/modules.rs"));
}

/// The envelope of every event.
pub use generated::io::cloudevents::v1 as cloudevents;
/// 帮代办: an enterprise's approvals, in parallel and under mandate.
pub use generated::whistle::agency::v1 as agency;
/// Words that every service says alike.
pub use generated::whistle::common::v1 as common;
/// 一企一档: who there is, what can be asked, which days are worked.
pub use generated::whistle::directory::v1 as directory;
/// 部门报到: the work orders of departments.
pub use generated::whistle::dispatch::v1 as dispatch;
/// The provable history of every service.
pub use generated::whistle::history::v1 as history;
/// What an operator looks at.
pub use generated::whistle::operations::v1 as operations;
/// 企业吹哨: the tickets of enterprises.
pub use generated::whistle::request::v1 as request;
/// 惠企通: policies, applications, payments, and what auditors ask.
pub use generated::whistle::subsidy::v1 as subsidy;

/// The encoded descriptors of all of `proto/`, comments and options included.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// Which services hear which: the queues of the zone and what is bound to each. The directory
/// hears itself, so that it knows people as every other service does.
pub const HEARS: &[(&str, &[&str])] = &[
    ("directory", &["directory"]),
    ("request", &["directory", "dispatch"]),
    ("dispatch", &["directory", "request", "agency"]),
    ("agency", &["directory", "dispatch"]),
];

/// What a service hears that the program does not mount yet: no zone has its queue, and dispatch is
/// to hear it with the others once it is.
const UNMOUNTED: &[(&str, &[&str])] = &[("subsidy", &["directory", "dispatch"])];

/// The services that a service hears; none if it is not known.
pub fn heard_by(listener: &str) -> &'static [&'static str] {
    HEARS
        .iter()
        .chain(UNMOUNTED)
        .find(|(name, _)| *name == listener)
        .map_or(&[], |(_, sources)| sources)
}
