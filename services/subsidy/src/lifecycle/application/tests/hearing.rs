//! What dispatch tells, and who has the work.

use super::*;
use base::WorkOrderId;
use uuid::Uuid;

use crate::lifecycle::policy::sample::instant;

fn progress(state: WorkState, claimant: Option<&str>) -> Progress {
    Progress {
        state,
        department: Some(department("D02")),
        claimant: claimant.map(person),
        due: None,
        told_at: instant(DAY_ONE),
    }
}

fn heard(work_order: WorkOrderId, news: News) -> ApplicationCommand {
    ApplicationCommand::Hear(Heard { work_order, occurred_at: instant(DAY_ONE), news })
}

fn order(application: &Application) -> WorkOrderId {
    application.order.as_ref().expect("an order").id
}

/// Shows: application hears every fact in every state.
#[test]
fn every_fact_heard_has_its_effect_by_the_table() {
    let purposes = [None, Some(Purpose::Review), Some(Purpose::SecondReview)];
    for purpose in purposes {
        for kind in HeardKind::iter() {
            let rows = HEARD.iter().filter(|(of, heard, _)| (*of, *heard) == (purpose, kind));
            assert_eq!(rows.count(), 1, "{purpose:?} {kind}");
            assert_ne!(effect(purpose, kind), Effect::Ignored("not in the table"));
        }
    }
}

#[test]
fn it_shows_where_its_order_stands_and_who_has_it() {
    let application = submitted(plain());
    let of = order(&application);
    let claimed = heard(of, News::Moved(progress(WorkState::Claimed, Some("D02-04"))));
    let moved = heard(of, News::Moved(progress(WorkState::InProgress, None)));
    let application = after_all(application, &[claimed, moved.clone()]);
    let shown = application.progress.as_ref().expect("told");
    assert_eq!((shown.state, &shown.claimant), (WorkState::InProgress, &Some(person("D02-04"))));
    let again = decide_at(Some(&application), &moved, DAY_ONE).expect("never refused");
    assert_eq!(again, [], "the same is nothing new");
    let ended = heard(of, News::Ended(progress(WorkState::Completed, None)));
    let application = after_all(application, &[ended]);
    assert_eq!(application.progress.and_then(|told| told.claimant), None);
}

/// Shows: application SUBMITTED Redirect; application SUPPLEMENT_DUE Redirect;
/// application RESUBMITTED Redirect; application UNDER_REVIEW Redirect;
/// application REVIEWED Redirect.
#[test]
fn what_a_department_declined_goes_to_another() {
    let lack = Lack { what: "合同".to_owned(), why: "未盖章".to_owned() };
    let asked = ask(checker(), Ask::ReturnForSupplement { lacks: vec![lack] });
    let waiting = after_all(submitted(plain()), &[asked]);
    let documents = vec![document("合同.pdf")];
    let supplement = ask(handler(), Ask::Supplement { snapshot: snapshot(), documents });
    let supplemented = after_all(waiting.clone(), &[supplement]);
    for application in
        [submitted(plain()), waiting, supplemented, under_review(plain()), reviewed(plain())]
    {
        let purpose = application.order.as_ref().expect("an order").purpose;
        let redirect = |to: &str, reason: &str| {
            let (to, reason) = (department(to), reason.to_owned());
            ask(by("dispatcher"), Ask::Redirect { to, reason })
        };
        let state = application.state;
        let undeclined = refused(&application, &redirect("D03", "职责"));
        assert_eq!(undeclined, ApplicationError::NotDeclined);
        let declined = heard(order(&application), News::Declined { basis: "三定".to_owned() });
        let application = after_all(application, &[declined]);
        let own = application.department_for(purpose).code().to_owned();
        let back = refused(&application, &redirect(&own, "职责"));
        assert_eq!(back.reason(), "DEPARTMENT_DECLINED");
        let unexplained = refused(&application, &redirect("D03", " "));
        assert_eq!(unexplained, ApplicationError::ReasonMissing);
        let (application, facts) = told_after(Some(application), &redirect("D03", "职责"), DAY_ONE);
        assert_eq!(application.state, state);
        assert_eq!(application.department_for(purpose), &department("D03"));
        assert!(matches!(facts[0].what.errands()[..], [Errand::Redirect(_)]));
    }
}

#[test]
fn what_comes_too_late_is_recorded_and_changes_nothing() {
    let application = submitted(plain());
    let of = order(&application);
    let withdrawn = after_all(application, &[withdraw()]);
    let news = News::Moved(progress(WorkState::Claimed, Some("D02-04")));
    let (after, facts) = told_after(Some(withdrawn.clone()), &heard(of, news), DAY_ONE);
    let late = What::HeardLate { kind: HeardKind::WorkMoved, work_order: of };
    assert_eq!((after, &facts[0].what), (withdrawn.clone(), &late));
    let ended = News::Ended(progress(WorkState::Cancelled, None));
    assert_eq!(decide_at(Some(&withdrawn), &heard(of, ended), DAY_ONE).expect("never refused"), []);
    let foreign = WorkOrderId::new(Uuid::from_u128(7));
    let news = News::Moved(progress(WorkState::Claimed, None));
    let foreign = decide_at(Some(&withdrawn), &heard(foreign, news), DAY_ONE);
    assert_eq!(foreign.expect("never refused"), [], "it was never asked for here");
}

#[test]
fn work_is_asked_for_accepted_supplied_and_settled_step_by_step() {
    let errands = |before: Option<Application>, command: &ApplicationCommand| {
        let (after, facts) = told_after(before, command, DAY_ONE);
        let errands: Vec<_> = facts.iter().flat_map(|fact| fact.what.errands()).collect();
        (after, errands)
    };
    let (application, asked) = errands(None, &apply_for(opening(plain())));
    let first = order(&application);
    assert_eq!(asked, [Errand::Ask(first)]);
    let (application, accepted) = errands(Some(application), &accept());
    assert_eq!(accepted, [Errand::Accept(first)]);
    let (application, reviewed) = errands(Some(application), &review(DUE));
    let next = order(&application);
    assert_eq!(reviewed, [Errand::Settle(first), Errand::Ask(next)]);
    assert_ne!(first, next);
    let (application, settled) = errands(Some(application), &second_review(PLENTY));
    assert_eq!(settled, [Errand::Settle(next)]);
    assert!(application.had_order(first) && application.had_order(next));
}

#[test]
fn a_department_that_is_dissolved_hands_over_to_its_successor() {
    let succeed = |from: &str| ApplicationCommand::Succeed {
        department: department(from),
        successor: department("D10"),
    };
    let application = after_all(submitted(plain()), &[succeed("D02"), succeed("D04")]);
    assert_eq!(application.department, department("D10"));
    assert_eq!(application.second_department, department("D10"));
    let unconcerned = decide_at(Some(&application), &succeed("D08"), DAY_ONE);
    assert_eq!(unconcerned.expect("never refused"), []);
    let approved = after_all(reviewed(plain()), &[second_review(PLENTY)]);
    let done = decide_at(Some(&approved), &succeed("D02"), DAY_ONE).expect("never refused");
    assert_eq!(done, [], "past figures stay");
}
