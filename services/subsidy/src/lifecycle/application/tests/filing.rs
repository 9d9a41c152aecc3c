//! What the enterprise does, and what the form checker answers.

use super::*;
use base::Fen;

use crate::lifecycle::policy::sample::{facts, instant};
use crate::lifecycle::policy::{Mode, Snapshot, State as PolicyState, Terms, Value};

fn match_for(terms: Terms) -> ApplicationCommand {
    let (opening, seen) = (Box::new(opening(terms)), Box::new(seen()));
    ApplicationCommand::Match { id: id(1), opening, seen }
}

fn by_itself() -> Terms {
    Terms { mode: Mode::NoApplication, ..plain() }
}

fn matched() -> Application {
    after(None, &match_for(by_itself()), DAY_ONE)
}

fn confirm(payee: Payee, seen: Seen) -> ApplicationCommand {
    ask(handler(), Ask::ConfirmMatch { payee, seen: Box::new(seen) })
}

fn lacks() -> Vec<Lack> {
    let lack = |what: &str| Lack { what: what.to_owned(), why: "未盖章".to_owned() };
    vec![lack("借款合同"), lack("claim.interest_fen")]
}

fn supplement_of(snapshot: Snapshot) -> ApplicationCommand {
    let documents = vec![document("借款合同.pdf"), document("利息凭证.pdf")];
    ask(handler(), Ask::Supplement { snapshot, documents })
}

fn supplemented() -> Application {
    let asked = ask(checker(), Ask::ReturnForSupplement { lacks: lacks() });
    after_all(submitted(plain()), &[asked, supplement_of(snapshot())])
}

/// Shows: application MATCHED ConfirmMatch.
#[test]
fn a_match_waits_for_the_will_and_the_account_of_the_enterprise() {
    let application = matched();
    assert_eq!((application.state, application.payee.clone()), (State::Matched, None));
    assert_eq!(application.segments.eligible_at, Some(instant(DAY_ONE)), "t0");
    assert_eq!(application.people, People::new(), "nobody filed it");
    let foreign = refused(&application, &confirm(foreign_payee(), seen()));
    assert_eq!(foreign, ApplicationError::AccountForeign);
    let closed = Seen { policy: PolicyState::Closed, ..seen() };
    assert_eq!(refused(&application, &confirm(payee("aa"), closed)).reason(), "POLICY_NOT_OPEN");
    let application = after_all(application, &[confirm(payee("aa"), seen())]);
    assert_eq!((application.state, application.orders), (State::Submitted, 1));
    assert!(application.has_confirmed_account());
    assert_eq!(application.segments.submitted_at, Some(instant(DAY_ONE)), "t1");
    assert!(application.promised.is_some(), "the promise runs from the submission");
}

#[test]
fn only_what_comes_by_itself_is_matched() {
    let refused = decide_at(None, &match_for(plain()), DAY_ONE).expect_err("it is applied for");
    assert_eq!(refused, ApplicationError::NotByMatching { mode: Mode::Standard });
}

/// Shows: application MATCHED Lapse; application MATCHED Reject; application MATCHED Withdraw.
#[test]
fn a_match_lapses_with_its_policy_and_may_be_declined() {
    let (lapsed, facts) = told_after(Some(matched()), &ApplicationCommand::PolicyEnded, DAY_ONE);
    assert_eq!((lapsed.state, lapsed.is_live()), (State::Lapsed, false));
    assert_eq!(facts[0].what, What::Lapsed { cause: LapseCause::PolicyEnded, order: None });
    let ends = instant("2027-01-01T00:00:00+08:00");
    assert_eq!(armed_at(&matched(), "STATE"), Some(ends), "the end of its validity");
    let rung = after(Some(matched()), &ApplicationCommand::Ring(Alarm::State), DAY_ONE);
    assert_eq!((rung.state, rung.changed_at), (State::Lapsed, ends));
    let confirm = confirm(payee("aa"), seen());
    let late = refused_at(&matched(), &confirm, "2027-01-02T00:00:00+08:00");
    let forbidden =
        ApplicationError::StateForbids { state: State::Lapsed, action: Action::ConfirmMatch };
    assert_eq!(late, forbidden, "whether its alarm has rung or not");
    assert_eq!(after_all(matched(), &[withdraw()]).state, State::Withdrawn);
    assert_eq!(after_all(matched(), &[reject(reviewer())]).state, State::Rejected);
    let submitted = submitted(plain());
    let closed = decide_at(Some(&submitted), &ApplicationCommand::PolicyEnded, DAY_ONE);
    assert_eq!(closed.expect("never refused"), [], "what was applied for in time goes on");
}

/// Shows: application SUBMITTED ReturnForSupplement; application SUPPLEMENT_DUE Supplement;
/// application RESUBMITTED Accept; application RESUBMITTED NotAccept.
#[test]
fn what_is_missing_is_told_once_and_all_at_once() {
    let submitted = submitted(plain());
    let asked = |lacks| ask(checker(), Ask::ReturnForSupplement { lacks });
    assert_eq!(refused(&submitted, &asked(Vec::new())), ApplicationError::NothingNamed);
    let waiting = after_all(submitted, &[asked(lacks())]);
    assert_eq!(waiting.state, State::SupplementDue);
    assert_eq!(waiting.supplement.as_ref().map(|told| told.lacks.len()), Some(2));
    let more = facts().with("claim.interest_fen", Value::Int(6_000_000));
    let more = Snapshot::of(more, "企业申报", instant("2026-03-04T09:00:00+08:00"));
    let application = after_all(waiting, &[supplement_of(more)]);
    assert_eq!((application.state, application.computed), (State::Resubmitted, Fen(2_400_000)));
    assert_eq!(application.opening.documents.len(), 2);
    assert_eq!(refused(&application, &asked(lacks())), ApplicationError::SupplementedOnce);
    assert_eq!(after_all(application.clone(), &[accept()]).state, State::UnderReview);
    let (reason, remedy) = ("材料仍不齐".to_owned(), "补齐后重新申报".to_owned());
    let not_accept = ask(checker(), Ask::NotAccept { reason, remedy });
    assert_eq!(after_all(application, &[not_accept]).state, State::Rejected);
}

/// Shows: application SUPPLEMENT_DUE Lapse.
#[test]
fn what_is_not_supplemented_in_time_lapses_at_its_limit() {
    let asked = ask(checker(), Ask::ReturnForSupplement { lacks: lacks() });
    let waiting = after_all(submitted(plain()), &[asked]);
    let limit = instant("2026-03-18T17:30:00+08:00");
    assert_eq!(armed_at(&waiting, "STATE"), Some(limit), "10 wd");
    let in_time = "2026-03-18T17:30:00+08:00";
    let supplemented = after(Some(waiting.clone()), &supplement_of(snapshot()), in_time);
    assert_eq!(supplemented.state, State::Resubmitted);
    let late = refused_at(&waiting, &supplement_of(snapshot()), "2026-03-18T17:30:01+08:00");
    assert_eq!(late.reason(), "APPLICATION_STATE_FORBIDS");
    let late = "2026-03-20T09:00:00+08:00";
    let (lapsed, facts) = told_after(Some(waiting), &ApplicationCommand::Ring(Alarm::State), late);
    assert_eq!((lapsed.state, facts[0].at), (State::Lapsed, limit));
    assert!(matches!(facts[0].what.errands()[..], [Errand::Withdraw(_)]));
}

/// Shows: application SUBMITTED Accept; application SUBMITTED NotAccept;
/// application ACCEPTED PassChecks; application ACCEPTED FailChecks.
#[test]
fn an_acceptance_is_checked_in_the_same_breath() {
    let (application, facts) = told_after(Some(submitted(plain())), &accept(), DAY_ONE);
    assert_eq!(application.state, State::UnderReview);
    assert!(matches!(facts[0].what, What::Accepted { .. }));
    assert!(matches!(facts[1].what, What::ChecksPassed { computed: DUE, .. }));
    let full = Seen { annual_cap: Some(Fen(1)), ..seen() };
    let command = accept_seeing(snapshot(), full);
    let (rejected, facts) = told_after(Some(submitted(plain())), &command, DAY_ONE);
    assert_eq!(rejected.state, State::Rejected);
    assert!(matches!(facts[1].what, What::Refused { action: Action::FailChecks, .. }));
    let unexplained = Ask::NotAccept { reason: "不符".to_owned(), remedy: " ".to_owned() };
    let unexplained = refused(&submitted(plain()), &ask(checker(), unexplained));
    assert_eq!(unexplained, ApplicationError::ReasonMissing);
    let (reason, remedy) = ("不符".to_owned(), "可改报其他政策".to_owned());
    let not_accept = ask(checker(), Ask::NotAccept { reason, remedy });
    let application = after_all(submitted(plain()), &[not_accept]);
    let refused = application.refused.expect("it is told why");
    assert_eq!((refused.reason.as_str(), refused.by), ("NOT_ACCEPTED", Some(person("D02-03"))));
}

/// Shows: application SUBMITTED Withdraw; application SUPPLEMENT_DUE Withdraw;
/// application RESUBMITTED Withdraw; application UNDER_REVIEW Withdraw;
/// application REVIEWED Withdraw; application QUEUED Withdraw; application ON_NOTICE Withdraw;
/// application SUBMITTED Reject; application SUPPLEMENT_DUE Reject; application RESUBMITTED Reject;
/// application UNDER_REVIEW Reject; application REVIEWED Reject; application QUEUED Reject;
/// application ON_NOTICE Reject.
#[test]
fn before_its_approval_it_may_be_withdrawn_and_rejected_and_nothing_stays_set_aside() {
    let asked = ask(checker(), Ask::ReturnForSupplement { lacks: lacks() });
    let waiting = after_all(submitted(plain()), &[asked]);
    let queued = after_all(reviewed(plain()), &[second_review(Fen::ZERO)]);
    let every = [
        submitted(plain()),
        waiting,
        supplemented(),
        under_review(plain()),
        reviewed(plain()),
        queued,
        on_notice_since(DAY_ONE),
    ];
    for application in every {
        let held = application.held.clone();
        for (command, state) in
            [(withdraw(), State::Withdrawn), (reject(outsider()), State::Rejected)]
        {
            let (ended, facts) = told_after(Some(application.clone()), &command, DAY_ONE);
            assert_eq!((ended.state, ended.held.len(), ended.wait), (state, 0, None));
            assert_eq!(follows(&ended, &facts[0]).len(), held.len(), "each line is told");
            let had_order = application.order.is_some();
            assert_eq!(facts[0].what.errands().len(), usize::from(had_order));
        }
        assert_eq!(refused(&application, &reject(handler())).reason(), "SAME_PERSON");
    }
    let approved = after_all(reviewed(plain()), &[second_review(PLENTY)]);
    for command in [withdraw(), reject(outsider())] {
        assert_eq!(refused(&approved, &command).reason(), "APPLICATION_STATE_FORBIDS");
    }
}
