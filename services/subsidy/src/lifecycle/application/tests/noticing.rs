//! 公示 and 异议 (M10): the list is hashed, each entry has its own clock, nothing shortens it.

use std::sync::Arc;

use super::*;
use base::Fen;

use crate::lifecycle::policy::sample::instant;
use crate::lifecycle::policy::{NoticeMode, Terms};
use crate::lifecycle::{Command, ThingId};

/// The Thursday before the Spring Festival.
const THURSDAY: &str = "2026-02-12T09:00:00+08:00";
const ENDS: &str = "2026-02-26T17:30:00+08:00";

fn awaits_list(now: &str) -> Application {
    let commands = [apply_for(opening(noticed())), accept(), review(DUE), second_review(PLENTY)];
    let application =
        commands.iter().fold(None, |before, command| Some(after(before, command, now)));
    application.expect("an application")
}

fn on_notice() -> Application {
    let application = awaits_list(THURSDAY);
    let start = start_notice(&application);
    after(Some(application), &start, THURSDAY)
}

fn ring(application: Application, alarm: Alarm, now: &str) -> Application {
    after(Some(application), &ApplicationCommand::Ring(alarm), now)
}

/// Shows: M10; application ON_NOTICE StartNotice; application ON_NOTICE EndNotice;
/// application ON_NOTICE Approve.
#[test]
fn m10_a_notice_from_thursday_2026_02_12_for_5_wd_ends_on_02_26() {
    let waiting = awaits_list(THURSDAY);
    assert_eq!(refused_at(&waiting, &approve(second()), THURSDAY), ApplicationError::NoticeMissing);
    let application = on_notice();
    let notice = application.notice.as_ref().expect("on notice");
    assert_eq!((notice.due.at, notice.due.provisional), (instant(ENDS), false));
    assert_eq!(armed_at(&application, "NOTICE"), Some(instant(ENDS)));
    let early = refused_at(&application, &approve(second()), "2026-02-26T17:29:59+08:00");
    assert_eq!(early, ApplicationError::NoticeRuns { until: instant(ENDS) });
    let at_its_end = refused_at(&application, &approve(second()), ENDS);
    assert_eq!(
        at_its_end,
        ApplicationError::NoticeRuns { until: instant(ENDS) },
        "the last instant is of it"
    );
    let over = after(Some(application.clone()), &approve(second()), "2026-02-26T17:30:01+08:00");
    assert_eq!(over.state, State::Approved, "whether its alarm has rung or not");
    assert_eq!(over.segments.notice_ended_at, Some(instant(ENDS)), "t6");
    let rung = ring(application, Alarm::Notice, "2026-02-27T09:00:00+08:00");
    assert_eq!(rung.segments.notice_ended_at, Some(instant(ENDS)), "however late that rings");
    assert_eq!(rung.wait.map(|wait| wait.owner), Some(Owner::SecondReviewer));
    let approved = after(Some(rung), &approve(second()), "2026-02-27T09:00:00+08:00");
    assert_eq!(approved.state, State::Approved);
}

/// Shows: M10.
#[test]
fn m10_the_list_is_hashed_over_its_entries_in_any_order_and_says_what_is_true() {
    let application = awaits_list(DAY_ONE);
    let other = Application { id: id(2), ..application.clone() };
    let list = list_of(&[&application, &other]);
    let turned = list_of(&[&other, &application]);
    assert_eq!(list.sha256(), turned.sha256());
    let line = "[\"applications/01900000-0000-7000-8000-000000000001\",\"SQ-2026-000001\",\
                \"enterprises/P-ours\",\"policies/P05\",1,1989136]\n";
    let alone = list_of(&[&application]);
    let known = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(line));
    assert_eq!(alone.sha256(), known, "one line for an entry, as the contract has it");
    let change = |change: fn(&mut NoticeList)| {
        let mut list = (*list_of(&[&application])).clone();
        change(&mut list);
        list
    };
    let doubled = change(|list| list.entries.push(list.entries[0].clone()));
    let raised = change(|list| list.entries[0].amount = Fen(DUE.0 + 1));
    let without = change(|list| list.entries.clear());
    let nowhere = change(|list| list.place = " ".to_owned());
    for wrong in [doubled, raised, without, nowhere] {
        let start = ask(checker(), Ask::StartNotice { list: Arc::new(wrong), kept_by: None });
        let unfit = ApplicationError::NoticeListUnfit { application: id(1) };
        assert_eq!(refused(&application, &start), unfit);
    }
}

/// Shows: M10.
#[test]
fn m10_one_list_starts_the_notice_of_every_application_on_it() {
    let application = awaits_list(DAY_ONE);
    let other = Application { id: id(2), ..application.clone() };
    let list = list_of(&[&application, &other]);
    let start = ask(checker(), Ask::StartNotice { list: Arc::clone(&list), kept_by: None });
    let (first, facts) = told_after(Some(application), &start, DAY_ONE);
    let [(thing, Command::Application(command))] = &follows(&first, &facts[0])[..] else {
        panic!("the other is told")
    };
    assert_eq!(*thing, ThingId::Application(id(2)));
    let (second, facts) = told_after(Some(other), command, DAY_ONE);
    assert!(follows(&second, &facts[0]).is_empty(), "and tells nobody further");
    let of = |application: &Application| application.notice.clone().expect("on notice");
    assert_eq!(of(&first).list_sha256, of(&second).list_sha256);
    assert_eq!((of(&first).list, of(&second).list), (Some((*list).clone()), None));
    assert_eq!(of(&second).kept_by, id(1));
    let again = start_notice(&first);
    assert_eq!(refused(&first, &again), ApplicationError::NoticeAlready);
}

/// Shows: M10; application ON_NOTICE RaiseObjection; application ON_NOTICE DecideObjection.
#[test]
fn m10_an_objection_blocks_its_own_entry_alone_until_somebody_unconcerned_decides() {
    let application = on_notice();
    let unwritten = Ask::RaiseObjection { text: " ".to_owned(), as_applicant: false };
    let unwritten = refused_at(&application, &ask(neighbour(), unwritten), THURSDAY);
    assert_eq!(unwritten, ApplicationError::ObjectionUnwritten);
    let (application, facts) = told_after(Some(application), &object(neighbour()), THURSDAY);
    assert!(follows(&application, &facts[0]).is_empty(), "no other entry is touched");
    let twice = refused_at(&application, &object(neighbour()), THURSDAY);
    assert_eq!(twice, ApplicationError::ObjectionOpen { number: 1 });
    assert_eq!(armed_at(&application, "NOTICE"), None, "its end waits");
    let limit = instant("2026-02-26T17:30:00+08:00");
    assert_eq!(armed_at(&application, "OBJECTION_1"), Some(limit), "5 wd");
    let late = "2026-03-02T09:00:00+08:00";
    let open = refused_at(&application, &approve(second()), late);
    assert_eq!(open, ApplicationError::ObjectionOpen { number: 1 });
    let application = after(Some(application), &confirm_account("aa"), late);
    assert!(application.notice.as_ref().is_some_and(Notice::runs), "whatever else happens");
    for concerned in [handler(), checker(), reviewer(), second(), neighbour()] {
        let refused = refused_at(&application, &decide_objection(concerned, 1, false), late);
        assert_eq!(refused.reason(), "SAME_PERSON");
    }
    let none = refused_at(&application, &decide_objection(outsider(), 2, false), late);
    assert_eq!(none, ApplicationError::ObjectionNotFound { number: 2 });
    let dismissed = after(Some(application), &decide_objection(outsider(), 1, false), late);
    let notice = dismissed.notice.as_ref().expect("on notice");
    assert_eq!(notice.ended_at, Some(instant(late)), "over as soon as nobody objects");
    let again = refused_at(&dismissed, &decide_objection(outsider(), 1, true), late);
    assert_eq!(again, ApplicationError::ObjectionDecided { number: 1 });
    let over = refused_at(&dismissed, &object(by("D08-02")), late);
    assert_eq!(over, ApplicationError::NotOnNotice);
    assert_eq!(after(Some(dismissed), &approve(second()), late).state, State::Approved);
}

/// Shows: M10; application UNDER_REVIEW DecideObjection; application REVIEWED DecideObjection.
#[test]
fn m10_upheld_it_is_reviewed_again_and_a_raised_entry_begins_its_period_anew() {
    let lowered = {
        let commands = [apply_for(opening(noticed())), accept(), review(Fen(1_000_000))];
        let begun =
            commands.iter().fold(None, |before, command| Some(after(before, command, DAY_ONE)));
        after_all(begun.expect("an application"), &[second_review(PLENTY)])
    };
    let application = after(Some(lowered.clone()), &start_notice(&lowered), DAY_ONE);
    let objection =
        Ask::RaiseObjection { text: "利息凭证齐全".to_owned(), as_applicant: true };
    let application = after_all(application, &[ask(handler(), objection), object(neighbour())]);
    let (application, facts) =
        told_after(Some(application), &decide_objection(outsider(), 1, true), DAY_ONE);
    assert_eq!(application.state, State::UnderReview);
    assert!(matches!(facts[0].what.errands()[..], [Errand::Ask(_)]));
    assert_eq!(application.held, [(budget("P05-2026-D04"), Fen(1_000_000))], "it keeps its place");
    let application = after_all(application, &[review(DUE)]);
    let blocked = refused(&application, &second_review(PLENTY));
    assert_eq!(blocked, ApplicationError::ObjectionOpen { number: 2 });
    let application = after_all(application, &[decide_objection(outsider(), 2, false)]);
    assert_eq!(application.state, State::Reviewed);
    // What is set aside for it counts as free for it.
    let (application, facts) =
        told_after(Some(application), &second_review(Fen(DUE.0 - 1_000_000)), DAY_ONE);
    let followed: Vec<_> = facts.iter().flat_map(|fact| follows(&application, fact)).collect();
    assert_eq!(followed.len(), 2, "released, and set aside anew");
    assert_eq!(application.state, State::OnNotice);
    assert!(application.must_be_published() && armed_at(&application, "NOTICE").is_none());
    let unpublished = refused(&application, &approve(second()));
    assert_eq!(unpublished, ApplicationError::NoticeMissing);
    let anew = "2026-03-06T09:00:00+08:00";
    let application = after(Some(application.clone()), &start_notice(&application), anew);
    let notice = application.notice.as_ref().expect("on notice");
    assert_eq!(notice.due.at, instant("2026-03-13T17:30:00+08:00"), "five wd from there");
}

/// Shows: M10; application REVIEWED DecideObjection.
#[test]
fn m10_what_is_lowered_after_an_objection_goes_on_in_its_period() {
    let application = after(Some(on_notice()), &object(neighbour()), THURSDAY);
    let commands =
        [decide_objection(outsider(), 1, true), review(Fen(1_000_000)), second_review(Fen::ZERO)];
    let application =
        commands.iter().fold(application, |before, command| after(Some(before), command, THURSDAY));
    assert_eq!((application.state, application.must_be_published()), (State::OnNotice, false));
    assert_eq!(armed_at(&application, "NOTICE"), Some(instant(ENDS)));
    assert_eq!(application.held, [(budget("P05-2026-D04"), Fen(1_000_000))]);
}

/// Shows: application REVIEWED RaiseObjection; application REVIEWED DecideObjection.
#[test]
fn the_enterprise_may_object_to_a_lowered_amount_at_once() {
    let application = after_all(under_review(plain()), &[review(Fen(1_000_000))]);
    let stranger = refused(&application, &object(neighbour()));
    assert_eq!(stranger, ApplicationError::NotOnNotice);
    let own = ask(handler(), Ask::RaiseObjection { text: "不同意".to_owned(), as_applicant: true });
    assert_eq!(refused(&reviewed(plain()), &own), ApplicationError::NotOnNotice, "in full");
    let application = after_all(application, &[own]);
    let blocked = refused(&application, &second_review(PLENTY));
    assert_eq!(blocked, ApplicationError::ObjectionOpen { number: 1 });
    let upheld = decide_objection(outsider(), 1, true);
    let (again, facts) = told_after(Some(application), &upheld, DAY_ONE);
    assert_eq!(again.state, State::UnderReview);
    assert!(matches!(facts[0].what.errands()[..], [Errand::Withdraw(_), Errand::Ask(_)]));
    let decided = refused(
        &again,
        &ask(
            outsider(),
            Ask::Review {
                amount: DUE,
                reason: String::new(),
                opinion: "属实".to_owned(),
                near_others: 0,
            },
        ),
    );
    assert_eq!(decided.reason(), "SAME_PERSON", "who decided an objection does not review");
}

/// Shows: application APPROVED StartNotice; application APPROVED EndNotice;
/// application APPROVED RaiseObjection; application APPROVED DecideObjection.
#[test]
fn a_notice_after_the_payment_is_a_note_of_the_approval() {
    let terms = Terms { notice: NoticeMode::AfterPayment { days: 5 }, ..plain() };
    let application = after_all(reviewed(terms), &[second_review(PLENTY)]);
    assert_eq!(application.state, State::Approved);
    let application = after_all(application.clone(), &[start_notice(&application)]);
    assert_eq!(armed_at(&application, "NOTICE"), Some(instant("2026-03-11T17:30:00+08:00")));
    let application = after_all(application, &[object(neighbour())]);
    let application = after_all(application, &[decide_objection(outsider(), 1, true)]);
    assert_eq!(application.state, State::Approved, "what was paid is clawed back, not reviewed");
    let ended = ring(application, Alarm::Notice, "2026-03-12T09:00:00+08:00");
    assert_eq!((ended.state, ended.wait), (State::Approved, None));
    assert!(ended.segments.notice_ended_at.is_some());
    let never = after_all(reviewed(plain()), &[second_review(PLENTY)]);
    assert_eq!(refused(&never, &start_notice(&never)), ApplicationError::NoticeUnwanted);
    assert_eq!(refused(&never, &object(neighbour())), ApplicationError::NotOnNotice);
}
