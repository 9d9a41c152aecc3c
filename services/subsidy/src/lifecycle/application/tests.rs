//! The rules of an application, one at a time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod accounts;
mod approving;
mod checking;
mod filing;
mod hearing;
mod noticing;
mod reviewing;
mod running_out;
mod samples;

use strum::IntoEnumIterator as _;

use super::sample::*;
use super::*;
use crate::error::ApplicationError;

#[test]
fn every_state_takes_what_its_table_says_and_nothing_else() {
    for state in State::iter() {
        for action in Action::iter() {
            let rows = TRANSITIONS.iter().filter(|(from, by, _)| (*from, *by) == (state, action));
            assert_eq!(tables::check(state, action).is_ok(), 0 < rows.count(), "{state} {action}");
        }
    }
    let application = submitted(plain());
    let forbidden =
        ApplicationError::StateForbids { state: State::Submitted, action: Action::Review };
    assert_eq!(refused(&application, &review(DUE)), forbidden);
    assert!(forbidden.chinese().contains("已提交") && forbidden.chinese().contains("受理"));
}

#[test]
fn no_row_of_the_table_stands_twice_and_nothing_leads_out_of_an_end_but_notes() {
    for (place, row) in TRANSITIONS.iter().enumerate() {
        assert!(!TRANSITIONS[..place].contains(row), "{row:?}");
        assert!(!row.0.is_final() || row.0 == row.2, "{row:?}");
    }
    assert!(leads(State::Accepted, Action::PassChecks, State::UnderReview));
    assert!(!leads(State::Submitted, Action::Approve, State::Approved));
}

#[test]
fn an_application_goes_from_its_filing_to_its_approval() {
    let application = after_all(reviewed(plain()), &[second_review(PLENTY)]);
    assert_eq!(application.state, State::Approved);
    let approved = application.approved.as_ref().expect("approved");
    assert_eq!((approved.amount, &approved.approver), (DUE, &person("D04-07")));
    let [_, t1, t2, t3, t4, t5, t6, t7] = application.segments.in_order();
    assert!([t1, t2, t3, t4, t7].iter().all(Option::is_some));
    assert_eq!((t5, t6), (None, None), "it has no notice");
    let again = apply_for(opening(plain()));
    assert_eq!(refused(&application, &again), ApplicationError::OpenedAlready);
}

#[test]
fn what_is_not_there_is_asked_nothing_and_hears_nothing() {
    let missing = decide_at(None, &approve(second()), DAY_ONE).expect_err("it is not there");
    assert_eq!(missing, ApplicationError::NotFound { application: String::new() });
    for command in [
        ApplicationCommand::PolicyEnded,
        ApplicationCommand::Recount,
        ApplicationCommand::Dequeue { free: Vec::new() },
        ApplicationCommand::Ring(Alarm::State),
    ] {
        assert_eq!(decide_at(None, &command, DAY_ONE).expect("never refused"), []);
    }
}

#[test]
fn every_step_of_every_mode_has_its_limit() {
    use crate::lifecycle::policy::Mode;
    for mode in Mode::iter() {
        for step in Step::iter() {
            let rows = STEPS.iter().filter(|(of, taken, _)| (*of, *taken) == (mode, step));
            assert_eq!(rows.count(), 1, "{mode} {step:?}");
        }
    }
}
