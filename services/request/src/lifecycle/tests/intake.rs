//! How a ticket comes in, and how it ends before the work does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base::Role;
use jiff::Timestamp;

use super::super::sample::*;
use super::super::*;
use super::SECOND;

fn whats(facts: Vec<Fact>) -> Vec<What> {
    facts.into_iter().map(|fact| fact.what).collect()
}

/// Shows: request SUBMITTED Accept
#[test]
fn acceptance_is_late_after_four_working_hours_and_not_at_their_end() {
    let ticket = ticket_in(State::Submitted);
    let due = ticket.due.expect("it waits").at;
    let late_at = |now: Timestamp| {
        let facts = decide_at(Some(&ticket), &accept(), now).expect("late is allowed");
        matches!(facts.as_slice(), [Fact { what: What::Accepted { late: true, .. }, .. }])
    };
    assert!(!late_at(due));
    assert!(late_at(due + SECOND));
}

#[test]
fn the_lead_is_the_one_named_else_the_catalogues() {
    let ticket = ticket_in(State::Submitted);
    let lead_of = |lead| {
        let work = Box::new(Work { named: lead, ..*work() });
        let command = Command::Accept { by: dispatcher(), work };
        after(Some(ticket.clone()), &command, ticket.changed_at).round.lead
    };
    assert_eq!(lead_of(None), Some(department("D02")));
    assert_eq!(lead_of(Some(department("D09"))), Some(department("D09")));
}

#[test]
fn what_the_catalogue_accepts_by_itself_and_what_is_urgent_needs_no_dispatcher() {
    let asked = |change: fn(&mut Rule)| {
        let mut work = work();
        change(&mut work.rule);
        let submission = Box::new(submission());
        let (id, by, envoy) = (id(), handler(), None);
        let submit = Command::Submit { id, by, submission, envoy, work };
        whats(decide_at(None, &submit, instant(DAY_ONE)).expect("taken"))
    };
    assert!(matches!(asked(|_| {}).as_slice(), [What::Submitted { .. }]));
    for change in [(|rule| rule.accepts_by_itself = true) as fn(&mut Rule), |rule| {
        rule.work_class = WorkClass::Urgent
    }] {
        let happened = asked(change);
        let [What::Submitted { .. }, What::Accepted { asked, late: false, by_itself: true }] =
            happened.as_slice()
        else {
            panic!("accepted in the same breath: {happened:?}")
        };
        assert_eq!((asked.round, &asked.lead), (1, &Some(department("D02"))));
    }
}

/// Shows: request refuses DEPARTMENT_EXCLUDED
#[test]
fn the_department_complained_of_neither_leads_nor_is_asked_to() {
    let complaint =
        Submission { kind: Kind::Complaint, complained: Some(department("D02")), ..submission() };
    let ticket = after(None, &submit_as(complaint), instant(DAY_ONE));
    let accept = |named| {
        let work = Box::new(Work { named, ..*work() });
        decide_at(Some(&ticket), &Command::Accept { by: dispatcher(), work }, ticket.changed_at)
    };
    let excluded = accept(Some(department("D02")));
    assert!(matches!(excluded, Err(Error::DepartmentExcluded { .. })));
    // By the catalogue it would lead: dispatch must find another.
    let facts = accept(None).expect("taken");
    let accepted = facts.iter().fold(Some(ticket.clone()), apply).expect("it is there");
    assert_eq!((&accepted.round.lead, accepted.broken_invariant()), (&None, None));
    let other = accept(Some(department("D03"))).expect("taken");
    let accepted = other.iter().fold(Some(ticket.clone()), apply).expect("it is there");
    assert_eq!(accepted.round.lead, Some(department("D03")));
}

/// Shows: request SUBMITTED Reject
#[test]
fn a_submitted_ticket_is_rejected_by_one_dispatcher() {
    let rejected = ticket_in(State::Rejected);
    let rejection = rejected.rejection.expect("rejected");
    assert_eq!(rejection.reason, RejectReason::CivilDispute);
    assert_eq!(rejection.rejected_at, Some(rejected.changed_at));
    assert!(!rejected.round.withdrawn, "nothing was asked for");
}

/// Shows: request ACCEPTED Reject; request refuses SECOND_PERSON_NEEDED
#[test]
fn an_accepted_ticket_is_rejected_by_two_people_with_one_reason() {
    use RejectReason::{Classified, InProceedings};
    let accepted = ticket_in(State::Accepted);
    let now = accepted.changed_at;
    let proposed = after(Some(accepted), &reject(dispatcher(), Classified), now);
    assert_eq!((proposed.state, proposed.broken_invariant()), (State::Accepted, None));
    let again = decide_at(Some(&proposed), &reject(dispatcher(), Classified), now);
    assert!(matches!(again, Err(Error::SecondPersonNeeded)), "not by the same person");
    let mut deputy = caller();
    deputy.actor =
        base::Actor::Deputy { person: deputy.person.id.clone(), of: dispatcher().person.id };
    let again = decide_at(Some(&proposed), &reject(deputy, Classified), now);
    assert!(matches!(again, Err(Error::SecondPersonNeeded)), "nor by a deputy of theirs");
    // Another reason is a new proposal; it is then for the first person to confirm.
    let other = after(Some(proposed.clone()), &reject(caller(), InProceedings), now);
    assert_eq!(other.rejection.as_ref().map(|it| it.reason), Some(InProceedings));
    let rejected = after(Some(other), &reject(dispatcher(), InProceedings), now);
    assert_eq!(rejected.state, State::Rejected);
    let rejected = after(Some(proposed), &reject(caller(), Classified), now);
    assert_eq!((rejected.state, rejected.round.withdrawn), (State::Rejected, true));
    assert_eq!(rejected.broken_invariant(), None);
}

/// Shows: request SUBMITTED Merge; request ACCEPTED Merge; request refuses MERGE_UNFIT
#[test]
fn a_ticket_goes_into_an_older_open_one_of_the_same_enterprise() {
    let theirs = base::EnterpriseId::new("P-theirs").expect("an enterprise");
    for state in [State::Submitted, State::Accepted] {
        let ticket = ticket_in(state);
        let problem = |into: Older| {
            let merge = Command::Merge { by: dispatcher(), into: Box::new(into) };
            match decide_at(Some(&ticket), &merge, ticket.changed_at) {
                Err(Error::MergeUnfit { problem }) => problem,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(problem(Older { enterprise: theirs.clone(), ..older() }), "OTHER_ENTERPRISE");
        let younger = Older { submitted_at: ticket.submitted_at + SECOND, ..older() };
        assert_eq!(problem(younger), "NOT_OLDER");
        let itself = Older { id: ticket.id, submitted_at: ticket.submitted_at, ..older() };
        assert_eq!(problem(itself), "NOT_OLDER");
        let complaint = Older { complained: Some(department("D02")), ..older() };
        assert_eq!(problem(complaint), "OTHER_COMPLAINT");
        assert_eq!(problem(Older { state: State::Closed, ..older() }), "NOT_OPEN");
        let merged = after(Some(ticket.clone()), &merge(), ticket.changed_at);
        assert_eq!((merged.state, merged.merged_into), (State::Merged, Some(older().id)));
        assert_eq!(merged.round.withdrawn, state == State::Accepted);
    }
}

/// Shows: request SUBMITTED AnswerDirectly; request ACCEPTED AnswerDirectly; request refuses NOT_CONSULTATION
#[test]
fn a_consultation_is_answered_directly_by_a_dispatcher_who_then_has_a_hand_in_it() {
    let consultation = || Submission { kind: Kind::Consultation, ..submission() };
    for way in [
        vec![submit_as(consultation()), answer_directly()],
        vec![submit_as(consultation()), accept(), answer_directly()],
    ] {
        let answered = along(&way);
        assert_eq!((answered.state, answered.broken_invariant()), (State::Answered, None));
        assert_eq!(answered.round.credited(), None, "no department did it");
        assert!(dispatcher().had_a_hand_in(&answered));
        assert_eq!(answered.round.withdrawn, way.len() == 3);
    }
    for state in [State::Submitted, State::Accepted] {
        let ticket = ticket_in(state);
        let refused = decide_at(Some(&ticket), &answer_directly(), ticket.changed_at);
        assert!(matches!(refused, Err(Error::NotConsultation { kind: Kind::Help })));
    }
}

/// Shows: request SUBMITTED Supplement; request ACCEPTED Supplement
#[test]
fn the_enterprise_and_its_envoy_add_to_a_ticket_before_it_is_answered() {
    for state in [State::Submitted, State::Accepted] {
        let ticket = ticket_in(state);
        for by in [handler(), someone("envoy", Role::Envoy)] {
            let supplement = Command::Supplement { by, text: "照片".to_owned() };
            let after = after(Some(ticket.clone()), &supplement, ticket.changed_at);
            assert_eq!(after, ticket);
        }
    }
}

/// Shows: request SUBMITTED Withdraw; request ACCEPTED Withdraw; request ON_PLAN Withdraw
#[test]
fn what_is_withdrawn_is_called_back_about_once_a_department_had_claimed_it() {
    for (state, claimed, waits, withdrawn) in [
        (State::Submitted, false, false, false),
        (State::Accepted, false, false, true),
        (State::Accepted, true, true, true),
        (State::OnPlan, true, true, false),
    ] {
        let mut ticket = ticket_in(state);
        if claimed {
            // It may have given it back since.
            ticket.round.was_claimed = true;
            ticket.round.progress = Some(offered_to("D02"));
        }
        let ticket = after(Some(ticket.clone()), &withdraw(), ticket.changed_at);
        let drawn = (ticket.state, ticket.due.is_some(), ticket.round.withdrawn);
        assert_eq!(drawn, (State::Withdrawn, waits, withdrawn), "{state} {claimed}");
        assert_eq!(ticket.broken_invariant(), None);
    }
    let ticket = ticket_in(State::Submitted);
    let by_envoy =
        Command::Withdraw { by: someone("envoy", Role::Envoy), reason: "不用了".to_owned() };
    let refused = decide_at(Some(&ticket), &by_envoy, ticket.changed_at);
    assert!(matches!(refused, Err(Error::NotTheirs)), "the enterprise itself alone");
}

#[test]
fn what_was_claimed_and_given_back_is_still_called_back_about() {
    let at = "2026-03-04T11:00:00+08:00";
    let claimed = after(Some(ticket_in(State::Accepted)), &claimed(at), instant(at));
    let released = after(Some(claimed), &moved(offered_to("D02"), at), instant(at));
    let withdrawn = after(Some(released), &withdraw(), instant(at));
    assert_eq!(alarm_of(&withdrawn), Some(AlarmKind::CallBack));
}
