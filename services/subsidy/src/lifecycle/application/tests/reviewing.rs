//! Two reviews by two people, the amount, the budget, and claims just under the threshold.

use super::*;
use base::{Actor, Fen};

use crate::lifecycle::policy::Terms;
use crate::lifecycle::policy::sample::instant;
use crate::lifecycle::{By, Command, ThingId};

fn review_as(by: By, amount: Fen, reason: &str, near_others: u32) -> ApplicationCommand {
    let (reason, opinion) = (reason.to_owned(), "材料属实".to_owned());
    ask(by, Ask::Review { amount, reason, opinion, near_others })
}

/// Shows: M1; application UNDER_REVIEW Review.
#[test]
fn m1_a_review_may_lower_the_amount_with_a_reason_and_never_raise_it() {
    let application = under_review(plain());
    let raised = refused(&application, &review(Fen(DUE.0 + 1)));
    assert_eq!(raised, ApplicationError::AmountRaised { computed: DUE });
    for amount in [Fen(0), Fen(-1), Fen(i64::MIN + DUE.0)] {
        let refused = refused(&application, &review_as(reviewer(), amount, "", 0));
        assert_eq!(refused, ApplicationError::AmountUnfit { amount });
    }
    let unexplained = review_as(reviewer(), Fen(DUE.0 - 1), " ", 0);
    assert_eq!(refused(&application, &unexplained), ApplicationError::LoweringUnexplained);
    let lowered = after_all(application.clone(), &[review(Fen(1_000_000))]);
    let told = lowered.lowered.as_ref().expect("the enterprise is told");
    assert_eq!((lowered.amount, told.by), (Fen(1_000_000), Fen(DUE.0 - 1_000_000)));
    assert_eq!(after_all(application, &[review(DUE)]).lowered, None);
}

/// Shows: M7; application REVIEWED SecondReview.
#[test]
fn m7_reviewer_and_second_reviewer_are_two_people_whatever_the_account() {
    let application = reviewed(plain());
    let twice = refused(&application, &ask(reviewer(), second_opinion(PLENTY)));
    let same = ApplicationError::SamePerson { part: Part::SecondReviewer, had: Part::Reviewer };
    assert_eq!(twice, same);
    let other_account = By { actor: Actor::Person(person("second-account")), ..reviewer() };
    assert_eq!(refused(&application, &ask(other_account, second_opinion(PLENTY))), same);
    let (deputy, of) = (person("deputy"), person("D02-04"));
    let deputy = By { actor: Actor::Deputy { person: deputy.clone(), of }, person: deputy };
    assert_eq!(refused(&application, &ask(deputy, second_opinion(PLENTY))), same, "nor for them");
    let filer = refused(&under_review(plain()), &review_as(handler(), DUE, "", 0));
    assert_eq!(filer, ApplicationError::SamePerson { part: Part::Reviewer, had: Part::Filer });
    let filer = refused(
        &submitted(plain()),
        &ask(handler(), Ask::NotAccept { reason: "不符".to_owned(), remedy: "另报".to_owned() }),
    );
    assert_eq!(filer, ApplicationError::SamePerson { part: Part::FormChecker, had: Part::Filer });
    let order = application.order.as_ref().expect("the second review is asked for");
    assert_eq!(order.purpose, Purpose::SecondReview);
    assert!(application.barred_from(Part::SecondReviewer).contains(&person("D02-04")));
    assert!(application.barred_from(Part::SecondReviewer).contains(&person("handler")));
}

#[test]
fn who_had_one_part_never_takes_one_that_is_apart_from_it() {
    for (part, others) in APART {
        for other in *others {
            let mut application = under_review(plain());
            application.people.insert(*other, [person("D09-01")].into());
            let refused = people::may_take(&application, &outsider(), *part, &[]);
            let same = ApplicationError::SamePerson { part: *part, had: *other };
            assert_eq!(refused.expect_err("it is apart"), same);
        }
        assert!(people::may_take(&under_review(plain()), &outsider(), *part, &[]).is_ok());
    }
}

#[test]
fn money_is_set_aside_in_each_payers_line_with_the_second_review() {
    let terms = Terms { notice: noticed().notice, ..shared() };
    let application = reviewed(terms);
    let free = vec![(budget("P05-2026-D04"), Fen(994_568)), (budget("P05-2026-D03"), Fen(994_568))];
    let command = ask(second(), Ask::SecondReview { opinion: "同意".to_owned(), free });
    let (application, facts) = told_after(Some(application), &command, DAY_ONE);
    assert_eq!(application.state, State::OnNotice);
    assert_eq!(application.held.iter().map(|(_, amount)| amount.0).sum::<i64>(), DUE.0);
    let held: Vec<_> = facts.iter().flat_map(|fact| follows(&application, fact)).collect();
    let lines: Vec<_> = held.iter().map(|(line, _)| line.clone()).collect();
    let (first, last) = (budget("P05-2026-D04"), budget("P05-2026-D03"));
    assert_eq!(lines, [ThingId::Budget(first), ThingId::Budget(last)]);
    assert!(held.iter().all(|(_, command)| {
        matches!(
            command,
            Command::Budget(crate::lifecycle::budget::BudgetCommand::Hold {
                amount: Fen(994_568),
                ..
            })
        )
    }));
}

/// Two payers, half each.
fn shared() -> Terms {
    use crate::lifecycle::policy::Share;
    let share = |code: &str| Share { payer: department(code), parts: 1 };
    Terms { shares: vec![share("D04"), share("D03")], ..plain() }
}

/// Shows: M2; application QUEUED Dequeue.
#[test]
fn m2_too_little_left_queues_it_whole_and_it_is_woken_when_there_is_enough() {
    let short = Fen(DUE.0 - 1);
    let (queued, facts) = told_after(Some(reviewed(noticed())), &second_review(short), DAY_ONE);
    assert_eq!((queued.state, queued.held.len()), (State::Queued, 0), "never a part of it");
    let lacking = facts.iter().find_map(|fact| {
        if let What::Queued { lacking, .. } = &fact.what { Some(lacking.clone()) } else { None }
    });
    assert_eq!(lacking, Some(vec![(budget("P05-2026-D04"), Fen(1))]));
    assert_eq!(queued.queued_at, Some(instant(DAY_ONE)));
    let dequeue = |left| ApplicationCommand::Dequeue { free: vec![(budget("P05-2026-D04"), left)] };
    assert_eq!(decide_at(Some(&queued), &dequeue(short), DAY_ONE).expect("never refused"), []);
    let nothing = ApplicationCommand::Dequeue { free: Vec::new() };
    assert_eq!(decide_at(Some(&queued), &nothing, DAY_ONE).expect("never refused"), []);
    let woken = after(Some(queued), &dequeue(DUE), "2026-03-06T09:00:00+08:00");
    assert_eq!((woken.state, woken.queued_at), (State::OnNotice, None));
    assert_eq!(woken.held, [(budget("P05-2026-D04"), DUE)]);
    let queued = after_all(reviewed(plain()), &[second_review(Fen::ZERO)]);
    let woken = after_all(queued, &[dequeue(DUE)]);
    assert_eq!(woken.state, State::Reviewed, "the second review holds, the approval is awaited");
    assert_eq!(after_all(woken, &[approve(second())]).state, State::Approved);
    let other = refused(
        &reviewed(plain()),
        &ask(
            second(),
            Ask::SecondReview {
                opinion: "同意".to_owned(),
                free: vec![(budget("P05-2026-D03"), PLENTY)],
            },
        ),
    );
    assert_eq!(other, ApplicationError::BudgetMissing { budget: "P05-2026-D04".to_owned() });
}

/// Shows: M12.
#[test]
fn m12_several_claims_just_under_the_threshold_are_flagged() {
    let terms = Terms { threshold: Fen(DUE.0 + 1), ..plain() };
    let flagged = |near_others| {
        let review = review_as(reviewer(), DUE, "", near_others);
        after_all(under_review(terms.clone()), &[review]).splitting
    };
    assert_eq!(flagged(1), None);
    let rule = SPLIT_RULE;
    let seen = Splitting { claims: 3, threshold: Fen(DUE.0 + 1), rule };
    assert_eq!(flagged(2), Some(seen));
    let far = review_as(reviewer(), Fen(1_000_000), "凭证不符", 9);
    assert_eq!(after_all(under_review(terms), &[far]).splitting, None);
    let threshold = Fen(50_000_000);
    let near = [(44_999_999, false), (45_000_000, true), (50_000_000, true), (50_000_001, false)];
    for (amount, is_near) in near {
        assert_eq!(rule.is_near(Fen(amount), threshold), is_near, "{amount}");
    }
    assert!(!rule.is_near(Fen(i64::MAX), Fen::ZERO) && !rule.is_near(Fen(i64::MIN), Fen(i64::MAX)));
}

#[test]
fn a_second_review_is_done_once() {
    let application = after_all(reviewed(above_threshold()), &[second_review(PLENTY)]);
    assert_eq!(application.state, State::Reviewed, "it waits for a zone leader");
    assert_eq!(application.wait.map(|wait| wait.owner), Some(Owner::ZoneLeader));
    let again = refused(&application, &second_review(PLENTY));
    assert_eq!(again, ApplicationError::SecondReviewedAlready);
}
