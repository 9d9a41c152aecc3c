//! The account that is paid to is the applicant's, confirmed, and reviewed as it is (M7).

use super::*;
use base::Fen;

use crate::lifecycle::policy::sample::instant;

/// Filed by an envoy, who names an account but cannot confirm it.
fn unconfirmed() -> Application {
    let (opening, seen) = (Box::new(opening(plain())), Box::new(seen()));
    let apply = ApplicationCommand::Apply {
        id: id(1),
        by: by("envoy"),
        by_enterprise: false,
        opening,
        seen,
    };
    after_all(after(None, &apply, DAY_ONE), &[accept(), review(DUE), second_review(PLENTY)])
}

/// Shows: M7; application SUBMITTED ConfirmAccount.
#[test]
fn m7_the_account_is_the_applicants_own() {
    let opening = Opening { payee: Some(foreign_payee()), ..opening(plain()) };
    let refused_at_once =
        decide_at(None, &apply_for(opening), DAY_ONE).expect_err("it is not theirs");
    assert_eq!(refused_at_once, ApplicationError::AccountForeign);
    let foreign = ask(handler(), Ask::ConfirmAccount { payee: foreign_payee() });
    assert_eq!(refused(&submitted(plain()), &foreign), ApplicationError::AccountForeign);
    let application = after_all(submitted(plain()), &[confirm_account("bb")]);
    let payee = application.payee.expect("an account");
    assert_eq!(payee.account.digest, "bb");
    assert_eq!(payee.confirmed.expect("confirmed").by, person("handler"));
}

/// Shows: M7; application REVIEWED ConfirmAccount.
#[test]
fn m7_nothing_is_approved_to_an_account_that_the_enterprise_has_not_confirmed() {
    let application = unconfirmed();
    assert_eq!(application.state, State::Reviewed);
    assert_eq!(application.wait.map(|wait| wait.owner), Some(Owner::Enterprise));
    assert_eq!(refused(&application, &approve(second())), ApplicationError::AccountUnconfirmed);
    let (confirmed, facts) = told_after(Some(application), &confirm_account("aa"), DAY_ONE);
    assert!(facts[0].what.errands().is_empty(), "it is the account that was reviewed");
    assert_eq!(confirmed.wait.map(|wait| wait.owner), Some(Owner::SecondReviewer));
    let approved = after_all(confirmed, &[approve(second())]);
    assert_eq!(approved.state, State::Approved);
}

/// Shows: M7; application ON_NOTICE ConfirmAccount; application QUEUED ConfirmAccount;
/// application REVIEWED ConfirmAccount.
#[test]
fn m7_a_changed_account_reopens_the_second_review() {
    let noticed = on_notice_since(DAY_ONE);
    let queued = after_all(reviewed(plain()), &[second_review(Fen::ZERO)]);
    let awaits_leader = after_all(reviewed(above_threshold()), &[second_review(PLENTY)]);
    for application in [noticed, queued, awaits_leader] {
        let (state, held) = (application.state, application.held.clone());
        let same = after_all(application.clone(), &[confirm_account("aa")]);
        assert_eq!((same.state, same.second.is_some()), (state, true), "the same is nothing new");
        let (again, facts) = told_after(Some(application), &confirm_account("bb"), DAY_ONE);
        assert_eq!((again.state, again.second.is_some()), (State::Reviewed, false));
        assert!(matches!(facts[0].what.errands()[..], [Errand::Ask(_)]), "of dispatch too");
        assert_eq!(again.held, held, "it keeps its place in the budget");
        let approve = approve(second());
        assert_eq!(refused(&again, &approve), ApplicationError::SecondReviewMissing);
    }
    let noticed = after_all(on_notice_since(DAY_ONE), &[confirm_account("bb")]);
    let again = after_all(noticed, &[second_review(Fen::ZERO)]);
    assert_eq!(again.state, State::OnNotice);
    let ends = instant("2026-03-11T17:30:00+08:00");
    assert_eq!(armed_at(&again, "NOTICE"), Some(ends), "its period goes on");
}

/// Shows: application SUPPLEMENT_DUE ConfirmAccount; application RESUBMITTED ConfirmAccount;
/// application UNDER_REVIEW ConfirmAccount.
#[test]
fn before_the_second_review_an_account_is_changed_without_ado() {
    let lack = Lack { what: "合同".to_owned(), why: "未盖章".to_owned() };
    let waiting = after_all(
        submitted(plain()),
        &[ask(checker(), Ask::ReturnForSupplement { lacks: vec![lack] })],
    );
    let documents = vec![document("合同.pdf")];
    let supplement = ask(handler(), Ask::Supplement { snapshot: snapshot(), documents });
    let supplemented = after_all(waiting.clone(), &[supplement]);
    for application in [waiting, supplemented, under_review(plain()), reviewed(plain())] {
        let (state, order) = (application.state, application.order.clone());
        let changed = after_all(application, &[confirm_account("bb")]);
        assert_eq!((changed.state, changed.order), (state, order));
    }
    let approved = after_all(reviewed(plain()), &[second_review(PLENTY)]);
    let late = refused(&approved, &confirm_account("bb"));
    assert_eq!(late.reason(), "APPLICATION_STATE_FORBIDS", "from there it is the disbursement's");
}
