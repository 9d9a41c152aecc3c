//! Who approves, on what, and what follows from it.

use super::*;
use base::{DepartmentId, Fen};

use crate::lifecycle::budget::BudgetCommand;
use crate::lifecycle::disbursement::DisbursementCommand;
use crate::lifecycle::policy::{Caps, Formula, Share, Terms};
use crate::lifecycle::{Command, ThingId};

fn awaits_leader() -> Application {
    after_all(reviewed(above_threshold()), &[second_review(PLENTY)])
}

/// Shows: application REVIEWED Approve.
#[test]
fn above_the_threshold_a_zone_leader_approves_with_minutes() {
    let application = awaits_leader();
    let above = refused(&application, &approve(second()));
    assert_eq!(above, ApplicationError::AboveThreshold { threshold: Fen(1_000_000) });
    let unhashed = Document { sha256: "xyz".to_owned(), ..minutes().file };
    let unnumbered = Minutes { number: " ".to_owned(), ..minutes() };
    for minutes in [None, Some(unnumbered), Some(Minutes { file: unhashed, ..minutes() })] {
        let refused = refused(&application, &approve_by_leader(minutes));
        assert_eq!(refused, ApplicationError::MinutesMissing);
    }
    let approved = after_all(application, &[approve_by_leader(Some(minutes()))]);
    let told = approved.approved.expect("approved");
    assert_eq!((told.office, told.minutes), (Office::ZoneLeader, Some(minutes())));
    assert_eq!(told.approver, person("D01-01"));
    let at = Terms { threshold: DUE, ..plain() };
    let on_it = after_all(reviewed(at), &[second_review(PLENTY)]);
    assert_eq!(on_it.state, State::Approved, "up to the threshold the second reviewer does");
}

#[test]
fn no_reviewer_approves_and_above_the_threshold_no_second_reviewer_either() {
    let application = awaits_leader();
    let as_leader = |by| {
        let ask = Ask::Approve { office: Office::ZoneLeader, minutes: Some(minutes()) };
        ApplicationCommand::Ask { by, ask }
    };
    let same = |had| ApplicationError::SamePerson { part: Part::Approver, had };
    assert_eq!(refused(&application, &as_leader(reviewer())), same(Part::Reviewer));
    assert_eq!(refused(&application, &as_leader(second())), same(Part::SecondReviewer));
    assert_eq!(refused(&application, &as_leader(checker())), same(Part::FormChecker));
    assert_eq!(refused(&application, &as_leader(handler())), same(Part::Filer));
}

#[test]
fn without_a_second_review_nothing_is_approved() {
    let refused = refused(&reviewed(plain()), &approve(second()));
    assert_eq!(refused, ApplicationError::SecondReviewMissing);
}

/// Shows: M2.
#[test]
fn m2_an_approval_reserves_in_each_line_and_gives_each_payer_a_disbursement() {
    let application = reviewed(plain());
    let (application, facts) = told_after(Some(application), &second_review(PLENTY), DAY_ONE);
    let followed: Vec<_> = facts.iter().flat_map(|fact| follows(&application, fact)).collect();
    let [hold, commit, create] = &followed[..] else { panic!("{followed:?}") };
    let line = ThingId::Budget(budget("P05-2026-D04"));
    assert_eq!((&hold.0, &commit.0), (&line, &line));
    let share = &application.approved.as_ref().expect("approved").shares[0];
    let Command::Budget(BudgetCommand::Commit { disbursement, held, amount, .. }) = &commit.1
    else {
        panic!("{commit:?}")
    };
    assert_eq!((*disbursement, *held, *amount), (share.disbursement, DUE, DUE));
    let Command::Disbursement(DisbursementCommand::Create { id, entitlement, account, .. }) =
        &create.1
    else {
        panic!("{create:?}")
    };
    assert_eq!((*id, entitlement.amount, entitlement.version), (share.disbursement, DUE, 1));
    assert_eq!(account.digest, "aa");
    assert_eq!(application.reviewers(), [person("D02-04"), person("D04-07")]);
}

#[test]
fn five_per_cent_of_250_million_capped_at_10_million_is_5_million_from_each_of_two_payers() {
    let share = |code: &str| Share { payer: department(code), parts: 5 };
    let (shares, cap) = (vec![share("D04"), share("D03")], Some(Fen(1_000_000_000)));
    let amount = Formula::Flat { amount: Fen(1_250_000_000) };
    let caps = Caps { item: cap, ..Caps::default() };
    let terms = Terms { amount, shares, caps, threshold: Fen(i64::MAX), ..plain() };
    assert_eq!(approved_in_parts(terms.clone()), [("D04", 500_000_000), ("D03", 500_000_000)]);
    let odd = Terms { amount: Formula::Flat { amount: Fen(3) }, ..terms.clone() };
    assert_eq!(approved_in_parts(odd), [("D04", 1), ("D03", 2)], "the odd fen to the last");
    let one = Terms { amount: Formula::Flat { amount: Fen(1) }, ..terms };
    assert_eq!(approved_in_parts(one), [("D03", 1)], "who pays nothing has no disbursement");
}

fn approved_in_parts(terms: Terms) -> Vec<(&'static str, i64)> {
    let seen = Seen { annual_cap: None, ..seen() };
    let application = after(None, &apply_seeing(opening(terms), seen.clone()), DAY_ONE);
    let accept = accept_seeing(snapshot(), seen);
    let application = after_all(application, &[accept]);
    let due = application.computed;
    let review = ask(
        reviewer(),
        Ask::Review {
            amount: due,
            reason: String::new(),
            opinion: "属实".to_owned(),
            near_others: 0,
        },
    );
    let plenty = Fen(i64::MAX);
    let free = ["D04", "D03"].map(|code| (budget(&format!("P05-2026-{code}")), plenty)).to_vec();
    let second = ask(second(), Ask::SecondReview { opinion: "同意".to_owned(), free });
    let application = after_all(application, &[review, second]);
    let approved = application.approved.expect("approved");
    let name = |payer: &DepartmentId| if payer.code() == "D04" { "D04" } else { "D03" };
    let disbursements: std::collections::BTreeSet<_> =
        approved.shares.iter().map(|share| share.disbursement).collect();
    assert_eq!(disbursements.len(), approved.shares.len(), "each its own");
    approved.shares.iter().map(|share| (name(&share.payer), share.amount.0)).collect()
}

#[test]
fn whoever_decides_the_same_thing_again_names_the_same_disbursement_and_order() {
    let approved = || after_all(reviewed(plain()), &[second_review(PLENTY)]);
    assert_eq!(approved(), approved());
    let names: std::collections::BTreeSet<String> = (0..50)
        .flat_map(|number| {
            let order = work::order_name(id(1), number).uuid();
            let share = work::disbursement_name(id(1), number as usize).uuid();
            [order.to_string(), share.to_string()]
        })
        .chain([id(1).uuid().to_string()])
        .collect();
    assert_eq!(names.len(), 101, "no two are the same");
}

#[test]
fn the_budget_year_is_that_in_which_money_was_set_aside() {
    let terms = above_threshold();
    let late = "2026-12-30T09:00:00+08:00";
    let application = after(Some(reviewed(terms)), &second_review(PLENTY), late);
    assert_eq!(application.budget_year, Some(2026));
    let approve = approve_by_leader(Some(minutes()));
    let application = after(Some(application), &approve, "2027-01-04T09:00:00+08:00");
    let line = &application.approved.expect("approved").shares[0].budget;
    assert_eq!(line, &budget("P05-2026-D04"), "at the year's end nothing moves by itself");
}
