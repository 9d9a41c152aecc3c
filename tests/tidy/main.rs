//! The rules of the house that a program can check. A fault names its file and what to do.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a check may fail")]

mod alerts;
mod arrows;
mod calls;
mod promises;
mod repository;
mod source;
mod words;

/// Fails with all faults at once.
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn every_source_file_says_what_it_is_for_and_is_short() {
    none(&source::faults_of_shape());
}

#[test]
fn words_stay_where_they_belong() {
    none(&words::faults());
}

#[test]
fn arrows_between_crates_point_one_way() {
    none(&arrows::faults());
}

#[test]
fn every_refusal_is_provoked_and_every_event_told() {
    none(&promises::faults());
}

#[test]
fn every_call_is_made_by_a_test_and_on_both_sizes() {
    none(&calls::faults());
}

#[test]
fn the_repository_speaks_of_no_machine() {
    none(&repository::faults_of_place());
}

#[test]
fn migrations_run_on_both_engines() {
    none(&repository::faults_of_migrations());
}

#[test]
fn the_pages_name_what_there_is() {
    none(&repository::faults_of_pages());
}

#[test]
fn every_alert_has_its_heading_in_the_runbook_and_its_figures() {
    none(&alerts::faults());
}
