//! Journeys through the whole zone: all services, over gRPC, on both sizes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod agency;
mod away;
mod bad_input;
mod calendar_years;
mod cards;
mod complaint;
mod crossing;
mod departments;
mod devices;
mod erasure;
mod figures;
mod limits;
mod notices;
mod pauses;
mod people;
mod personal;
mod plain;
mod poison;
mod race;
mod reading;
mod reading_after;
mod rights;
mod rounds;
mod secrets;
mod succession;
mod timeline;
mod trial;
mod upgrades;
mod uploads;
mod urgent;
mod verdicts;
mod zone;
