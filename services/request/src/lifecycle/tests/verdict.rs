//! What the enterprise says of the answer, by rating or in a call back, and what comes of that.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base::{PersonId, Role};
use strum::IntoEnumIterator as _;

use super::super::sample::*;
use super::super::*;
use super::SECOND;

/// Shows: request ANSWERED Rate
#[test]
fn content_decides_where_a_verdict_leads_and_what_became_of_the_matter() {
    use Outcome::{Explained, ServiceConfirmed, Solved};
    let ticket = ticket_in(State::Answered);
    let led = (1..=5).flat_map(|level| [true, false].map(|solved| (level, solved))).map(
        |(level, solved)| {
            let rated = after(Some(ticket.clone()), &rate(level, solved), ticket.changed_at);
            (level, solved, rated.state, rated.outcome().expect("rated"))
        },
    );
    let expected = [
        (1, true, State::Dissatisfied, Solved),
        (1, false, State::Dissatisfied, Explained),
        (2, true, State::Dissatisfied, Solved),
        (2, false, State::Dissatisfied, Explained),
        (3, true, State::Confirmed, Solved),
        (3, false, State::Confirmed, ServiceConfirmed),
        (4, true, State::Confirmed, Solved),
        (4, false, State::Confirmed, ServiceConfirmed),
        (5, true, State::Confirmed, Solved),
        (5, false, State::Confirmed, ServiceConfirmed),
    ];
    assert!(led.eq(expected));
}

#[test]
fn what_the_enterprise_did_not_supply_stays_apart_unless_it_says_solved() {
    let answered = |outcome| {
        let way =
            [submit(), accept(), completed_as(completion(outcome), "2026-03-04T11:00:00+08:00")];
        along(&way)
    };
    let said = |outcome, level, solved| {
        let ticket = answered(outcome);
        after(Some(ticket.clone()), &rate(level, solved), ticket.changed_at).outcome()
    };
    assert_eq!(said(Outcome::NotSupplemented, 4, false), Some(Outcome::NotSupplemented));
    assert_eq!(said(Outcome::NotSupplemented, 4, true), Some(Outcome::Solved));
    assert_eq!(said(Outcome::Partly, 1, false), Some(Outcome::Partly));
}

/// Shows: request CONFIRMED Rate; request DISSATISFIED Rate; request CLOSED Rate; request CLOSED_UNRESOLVED Rate; request refuses RATED_ALREADY
#[test]
fn a_round_is_rated_once_whatever_was_said_in_a_call_back() {
    for state in [State::Confirmed, State::Dissatisfied, State::Closed, State::ClosedUnresolved] {
        let ticket = ticket_in(state);
        let again = decide_at(Some(&ticket), &rate(5, true), ticket.changed_at);
        assert!(matches!(again, Err(Error::RatedAlready { round: 1 })), "{state}");
    }
    let at = "2026-03-04T14:00:00+08:00";
    let later = instant("2026-03-04T15:00:00+08:00");
    for (called, rated, state) in [
        (5, 4, State::Confirmed),
        (5, 1, State::Dissatisfied),
        (1, 3, State::Confirmed),
        (1, 2, State::Dissatisfied),
    ] {
        let answered = ticket_in(State::Answered);
        let heard = after(Some(answered), &call_back(call(at, Some(called))), later);
        let ticket = after(Some(heard), &rate(rated, false), later);
        assert_eq!((ticket.state, ticket.broken_invariant()), (state, None), "{called} {rated}");
        let again = decide_at(Some(&ticket), &rate(5, true), later);
        assert!(matches!(again, Err(Error::RatedAlready { .. })));
    }
}

/// Shows: request CLOSED Rate; request CLOSED_UNRESOLVED Rate; request refuses RATED_TOO_LATE
#[test]
fn a_rating_after_closing_is_kept_for_thirty_days_and_moves_nothing() {
    for state in [State::Closed, State::ClosedUnresolved] {
        let mut closed = ticket_in(state);
        // It was said in a call back.
        closed.round.rating = None;
        let last = instant("2026-04-03T17:30:00+08:00");
        let rated = after(Some(closed.clone()), &rate(1, false), last);
        assert_eq!((rated.state, rated.due, rated.outcome()), (state, None, closed.outcome()));
        assert_eq!(rated.round.rating.as_ref().map(|rating| rating.level), Some(1));
        let late = decide_at(Some(&closed), &rate(1, false), last + SECOND);
        assert!(matches!(late, Err(Error::RatedTooLate)), "{state}");
    }
}

#[test]
fn a_rating_within_five_minutes_of_the_answer_awaits_verification() {
    let answered = ticket_in(State::Answered);
    let rated_after = |seconds| {
        let now = answered.changed_at + SECOND * seconds;
        let rated = after(Some(answered.clone()), &rate(5, true), now);
        rated.verifications_awaited().count() == 1
    };
    assert!(rated_after(0) && rated_after(300));
    assert!(!rated_after(301));
}

/// An hour later, and after closing, too: haste is one reason, the device another.
#[test]
fn a_rating_from_a_device_of_others_awaits_verification_and_says_why() {
    let of = |staff: bool, enterprises: usize| {
        let names = (0..enterprises).map(|nth| base::EnterpriseId::new(&format!("P-{nth}")));
        let enterprises = names.collect::<Result<_, _>>().expect("enterprises");
        Device { staff, enterprises }
    };
    let (answered, closed) = (ticket_in(State::Answered), ticket_in(State::Closed));
    let unrated = Ticket { round: Round { rating: None, ..closed.round.clone() }, ..closed };
    let both = [Doubt::StaffDevice, Doubt::SharedDevice];
    for (device, doubts) in [
        (None, &[][..]),
        (Some(of(false, 2)), &[][..]),
        (Some(of(true, 1)), &both[..1]),
        (Some(of(false, DEVICE_SHARED_BY)), &both[1..]),
        (Some(of(true, DEVICE_SHARED_BY)), &both[..]),
    ] {
        for ticket in [&answered, &unrated] {
            let earlier = ticket.verifications.len();
            let now = ticket.changed_at + SECOND * 3600;
            let rated = after(Some(ticket.clone()), &rate_from(device.clone(), 5, true), now);
            let waits = rated.verifications[earlier..].iter().map(|of| of.doubts.as_slice());
            let expected: Vec<&[Doubt]> =
                [doubts].into_iter().filter(|of| !of.is_empty()).collect();
            assert_eq!(waits.collect::<Vec<_>>(), expected, "{device:?}");
            assert_eq!(rated.round.rating.expect("rated").doubts, doubts);
        }
    }
    let hasty = rate_from(Some(of(true, 0)), 5, true);
    let rated = after(Some(answered.clone()), &hasty, answered.changed_at);
    assert_eq!(rated.verifications[0].doubts, [Doubt::Hasty, Doubt::StaffDevice]);
}

/// Before a device was known of there was one reason to look at a rating.
#[test]
fn what_was_kept_without_a_reason_awaited_verification_for_haste() {
    let mut kept = serde_json::to_value(rated_hastily()).expect("JSON");
    let without = kept["verifications"][0].as_object_mut().expect("a verification");
    assert!(without.remove("doubts").is_some());
    let ticket: Ticket = serde_json::from_value(kept).expect("a ticket");
    assert_eq!(ticket.verifications[0].doubts, [Doubt::Hasty]);
}

/// Shows: request ANSWERED CallBack
#[test]
fn a_call_back_that_reaches_the_enterprise_gives_its_verdict() {
    let at = "2026-03-04T14:00:00+08:00";
    for (level, state) in [(3, State::Confirmed), (2, State::Dissatisfied)] {
        let answered = ticket_in(State::Answered);
        let said = call_back(call(at, Some(level)));
        let ticket = after(Some(answered), &said, instant("2026-03-04T14:05:00+08:00"));
        assert_eq!((ticket.state, ticket.broken_invariant()), (state, None));
        assert_eq!(ticket.round.rating, None, "it is not the enterprise's own rating");
        assert!(ticket.round.verdict.expect("a verdict").by_call_back);
    }
}

#[test]
fn three_calls_in_vain_within_five_working_days_close_it_unrated() {
    let tried = |days: [&str; 3]| {
        days.iter().fold(ticket_in(State::Answered), |ticket, day| {
            let at = format!("2026-03-{day}:00+08:00");
            let try_ = call_back(call(&at, None));
            after(Some(ticket), &try_, instant(&at) + SECOND * 60)
        })
    };
    // The first of the three is on Wednesday the 4th: five working days end on the 11th at 17:30.
    let closed = tried(["04T14:00", "05T14:00", "11T17:00"]);
    assert_eq!((closed.state, closed.round.verdict.is_none()), (State::Closed, true));
    assert_eq!(closed.broken_invariant(), None);
    let open = tried(["04T14:00", "05T14:00", "11T17:31"]);
    assert_eq!((open.state, open.round.call_backs.len()), (State::Answered, 3));
    assert_eq!(open.due.map(|due| due.at), Some(instant("2026-03-12T17:30:00+08:00")));
    // The three that lie closest together count.
    let at = "2026-03-12T09:00:00+08:00";
    let fourth = after(Some(open), &call_back(call(at, None)), instant(at) + SECOND * 60);
    assert_eq!(fourth.state, State::Closed);
}

/// Shows: request WITHDRAWN CallBack; request refuses NOT_AWAITED
#[test]
fn whoever_withdrew_is_asked_why_until_reached_or_tried_three_times() {
    let withdrawn = ticket_in(State::Withdrawn);
    let at = "2026-03-04T15:00:00+08:00";
    let now = instant("2026-03-04T15:10:00+08:00");
    let mut reached = call(at, Some(4));
    let judged = decide_at(Some(&withdrawn), &call_back(reached.clone()), now);
    assert!(matches!(judged, Err(Error::LevelUnasked)), "its work is not judged");
    reached.reached = Some(Reached { level: None, solved: false, comment: "自愿".to_owned() });
    let asked = after(Some(withdrawn.clone()), &call_back(reached.clone()), now);
    assert_eq!((asked.state, asked.due), (State::Withdrawn, None));
    assert_eq!(asked.broken_invariant(), None);
    let again = decide_at(Some(&asked), &call_back(reached), now);
    assert!(matches!(again, Err(Error::NotAwaited { action: Action::CallBack })));
    let tried = ["15:00", "15:02", "15:04"].iter().fold(withdrawn, |ticket, time| {
        assert!(ticket.due.is_some());
        let at = format!("2026-03-04T{time}:00+08:00");
        after(Some(ticket), &call_back(call(&at, None)), now)
    });
    assert_eq!((tried.state, tried.due), (State::Withdrawn, None));
}

/// Shows: request refuses CALLER_CONCERNED; request refuses CALL_OUT_OF_TIME
#[test]
fn who_calls_back_had_no_hand_in_it_and_called_after_the_answer_and_before_now() {
    let answered = ticket_in(State::Answered);
    let now = instant("2026-03-04T14:01:00+08:00");
    let refusal = |by: Viewer, call: CallBack| {
        let call = Box::new(call);
        decide_at(Some(&answered), &Command::CallBack { by, call }, now).expect_err("refused")
    };
    let good = || call("2026-03-04T14:00:00+08:00", Some(5));
    let mut staff = someone("D02-11", Role::Dispatcher);
    staff.person.id = person("D02-11");
    assert!(matches!(refusal(staff, good()), Error::CallerConcerned));
    for out_of_time in ["2026-03-04T10:59:59+08:00", "2026-03-04T14:00:01+08:00"] {
        let refused = refusal(caller(), call(out_of_time, Some(5)));
        assert!(matches!(refused, Error::CallOutOfTime), "{out_of_time}");
    }
    let mut said_nothing = good();
    said_nothing.reached = Some(Reached { level: None, solved: true, comment: String::new() });
    assert!(matches!(refusal(caller(), said_nothing), Error::LevelMissing));
    assert!(decide_at(Some(&answered), &call_back(good()), now).is_ok(), "at both edges");
}

/// Three calls in vain close a ticket: one call, told three times, does not.
///
/// Shows: request refuses CALL_RECORDED_ALREADY
#[test]
fn a_call_is_recorded_once() {
    let now = instant("2026-03-04T15:00:00+08:00");
    let first = call("2026-03-04T14:00:00+08:00", None);
    let tried = after(Some(ticket_in(State::Answered)), &call_back(first.clone()), now);
    for (at, recording, once) in [
        ("2026-03-04T14:30:00+08:00", first.recording.as_str(), false),
        ("2026-03-04T14:00:00+08:00", "REC-2", false),
        ("2026-03-04T13:59:01+08:00", "REC-2", false),
        ("2026-03-04T14:00:59+08:00", "REC-2", false),
        ("2026-03-04T13:59:00+08:00", "REC-2", true),
        ("2026-03-04T14:01:00+08:00", "REC-2", true),
    ] {
        let again = CallBack { recording: recording.to_owned(), ..call(at, None) };
        let told = decide_at(Some(&tried), &call_back(again), now);
        assert_eq!(told.is_ok(), once, "{at} {recording}");
        assert!(once || matches!(told, Err(Error::CallRecordedAlready)));
    }
}

/// Shows: request CONFIRMED Close; request refuses CLOSER_CONCERNED
#[test]
fn who_had_a_hand_in_the_work_does_not_close_it() {
    let mut ticket = ticket_in(State::Confirmed);
    let concerned: PersonId = dispatcher().person.id;
    ticket.concerned.insert(concerned.clone());
    let refused = decide_at(Some(&ticket), &close(), ticket.changed_at);
    assert!(matches!(refused, Err(Error::CloserConcerned)));

    let mut deputy = someone("D01-12", Role::Dispatcher);
    deputy.actor = base::Actor::Deputy { person: person("D01-12"), of: concerned };
    let refused = decide_at(Some(&ticket), &Command::Close { by: deputy }, ticket.changed_at);
    assert!(matches!(refused, Err(Error::CloserConcerned)), "nor does a deputy of theirs");

    let other = Command::Close { by: someone("D01-12", Role::Dispatcher) };
    assert_eq!(after(Some(ticket), &other, instant(DAY_ONE)).state, State::Closed);
}

#[test]
fn who_called_back_may_close() {
    let at = "2026-03-04T14:00:00+08:00";
    let said = call_back(call(at, Some(5)));
    let confirmed =
        after(Some(ticket_in(State::Answered)), &said, instant("2026-03-04T14:05:00+08:00"));
    let now = confirmed.changed_at;
    let closed = after(Some(confirmed), &Command::Close { by: caller() }, now);
    assert_eq!(closed.state, State::Closed);
}

/// Who belongs to the department complained of is a party to the matter.
#[test]
fn the_department_complained_of_neither_calls_back_nor_closes_nor_sees_the_contact() {
    let mut confirmed = ticket_in(State::Confirmed);
    confirmed.complained = Some(department("D02"));
    confirmed.round.lead = None;
    let own = dispatcher();
    assert!(own.person.belongs_to(&department("D02")));
    assert!(!own.sees_contact(&confirmed));
    let close = decide_at(Some(&confirmed), &Command::Close { by: own }, confirmed.changed_at);
    assert!(matches!(close, Err(Error::CloserConcerned)));
}

/// Shows: request DISSATISFIED ProposeExplanation; request DISSATISFIED DecideExplanation
#[test]
fn an_explanation_is_proposed_by_one_and_decided_by_another() {
    let dissatisfied = ticket_in(State::Dissatisfied);
    let now = dissatisfied.changed_at;
    let early = decide_at(Some(&dissatisfied), &decide_explanation(caller(), true), now);
    assert!(matches!(early, Err(Error::NotAwaited { action: Action::DecideExplanation })));
    let proposed = after(Some(dissatisfied.clone()), &propose_explanation(), now);
    assert_eq!((proposed.state, proposed.due), (State::Dissatisfied, dissatisfied.due));
    let same = decide_at(Some(&proposed), &decide_explanation(dispatcher(), true), now);
    assert!(matches!(same, Err(Error::SecondPersonNeeded)));
    for by in [caller(), leader()] {
        let refused = after(Some(proposed.clone()), &decide_explanation(by.clone(), false), now);
        assert_eq!((refused.state, &refused.explanation), (State::Dissatisfied, &None));
        let closed = after(Some(proposed.clone()), &decide_explanation(by, true), now);
        assert_eq!((closed.state, closed.closed_at), (State::ClosedUnresolved, Some(now)));
        assert_eq!(closed.explanation, proposed.explanation);
        assert_eq!(closed.broken_invariant(), None);
    }
    // A better word of the enterprise, or a new round, takes the ground from under it.
    let redone = after(Some(proposed), &Command::Redo { ask: again(dispatcher()) }, now);
    assert_eq!(redone.explanation, None);
}

/// Shows: request DISSATISFIED DecideExplanation; request refuses CLOSER_CONCERNED
#[test]
fn who_had_a_hand_in_the_work_does_not_close_it_unresolved_either() {
    let dissatisfied = ticket_in(State::Dissatisfied);
    let now = dissatisfied.changed_at;
    let mut proposed = after(Some(dissatisfied), &propose_explanation(), now);
    proposed.concerned.insert(caller().person.id);
    let approved = decide_at(Some(&proposed), &decide_explanation(caller(), true), now);
    assert!(matches!(approved, Err(Error::CloserConcerned)));
    // Refusing it closes nothing.
    let refused = after(Some(proposed.clone()), &decide_explanation(caller(), false), now);
    assert_eq!(refused.state, State::Dissatisfied);
    // Nor does the department that the complaint is about.
    proposed.complained = Some(department("D02"));
    let theirs = decide_at(Some(&proposed), &decide_explanation(leader(), true), now);
    assert!(matches!(theirs, Err(Error::CloserConcerned)));
}

#[test]
fn every_outcome_is_a_word_of_its_own() {
    let words: Vec<String> = Outcome::iter().map(|outcome| outcome.to_string()).collect();
    let expected =
        ["SOLVED", "PARTLY", "EXPLAINED", "SERVICE_CONFIRMED", "NOT_SUPPLEMENTED", "PLANNED"];
    assert_eq!(words, expected);
}

/// Dissatisfied within five minutes of the answer.
fn rated_hastily() -> Ticket {
    let answered = ticket_in(State::Answered);
    let now = answered.changed_at;
    after(Some(answered), &rate(1, false), now)
}

/// Shows: request refuses NOT_AWAITED; request refuses VERIFIER_CONCERNED
#[test]
fn a_hasty_rating_is_verified_once_by_a_supervisor_not_concerned_whatever_became_of_the_ticket() {
    let mut ticket = rated_hastily();
    let now = ticket.changed_at;
    let verify = |ticket: &Ticket, by, round| {
        let reason = "已电话核实".to_owned();
        let command = Command::VerifyRating { by, round, counts: false, reason };
        decide_at(Some(ticket), &command, now)
    };
    let supervisor = || someone("supervisor", Role::Supervisor);
    assert!(matches!(verify(&ticket, dispatcher(), 1), Err(Error::NotTheirs)));
    assert!(matches!(verify(&ticket, supervisor(), 2), Err(Error::NoRatingAwaits { round: 2 })));
    let concerned = someone("D02-11", Role::Supervisor);
    assert!(matches!(verify(&ticket, concerned, 1), Err(Error::VerifierConcerned)));
    // It is done again meanwhile: what the first round was rated still waits.
    ticket = after(Some(ticket), &Command::Redo { ask: again(dispatcher()) }, now);
    let facts = verify(&ticket, supervisor(), 1).expect("taken");
    let verified = facts.iter().fold(Some(ticket.clone()), apply).expect("it is there");
    let decision = verified.verifications[0].decision.as_ref().expect("decided");
    assert_eq!((decision.granted, decision.reason.as_str()), (false, "已电话核实"));
    assert_eq!((verified.state, verified.broken_invariant()), (ticket.state, None));
    assert_eq!(verified.earlier, ticket.earlier, "what was rated stays as it was said");
    assert_eq!(alarms(&verified), []);
    let twice = verify(&verified, supervisor(), 1);
    assert!(matches!(twice, Err(Error::NoRatingAwaits { round: 1 })));
}

#[test]
fn a_rating_that_nobody_verifies_in_three_working_days_counts_as_it_stands() {
    let ticket = rated_hastily();
    let due = instant("2026-03-09T17:30:00+08:00");
    assert!(alarms(&ticket).contains(&("VERIFY_RATING", due)));
    let ring = Command::Ring(AlarmKind::VerifyRating);
    let facts = decide_at(Some(&ticket), &ring, due).expect("never refused");
    let [Fact { what: What::RatingVerified { round: 1, counts: true, by_itself: true, .. }, at }] =
        facts.as_slice()
    else {
        panic!("{facts:?}")
    };
    assert_eq!(*at, due);
    let counted = facts.iter().fold(Some(ticket), apply).expect("it is there");
    assert_eq!(decide_at(Some(&counted), &ring, due).expect("never refused"), []);
    assert!(counted.verifications[0].decision.as_ref().is_some_and(|decision| decision.granted));
}
