//! The two reviews, by two people, and what the second one sets aside for the application.

use base::{BudgetId, Fen};

use super::super::By;
use super::super::budget::budget_id;
use super::super::policy::shares;
use super::approving::{approve_as, may_be_approved};
use super::draft::Draft;
use super::fact::What;
use super::filing::account_wait;
use super::kept::{Application, Lowered, Office};
use super::limits::{Owner, PUBLISH_WITHIN, QUEUE_SEEN_WITHIN, Step, Wait};
use super::people::{Part, may_take};
use super::splitting::SPLIT_RULE;
use super::tables::{Action, State, check};
use super::work::Purpose;
use crate::error::ApplicationError;

/// 初审: the amount that the formula gives (M1), or less with a reason.
pub(super) fn review(
    draft: &mut Draft<'_>,
    by: &By,
    (amount, reason, opinion): (Fen, &str, &str),
    near_others: u32,
) -> Result<(), ApplicationError> {
    may_take(&draft.application, by, Part::Reviewer, &[])?;
    check(draft.application.state, Action::Review)?;
    let computed = draft.application.computed;
    if computed < amount {
        return Err(ApplicationError::AmountRaised { computed });
    }
    if amount <= Fen::ZERO {
        return Err(ApplicationError::AmountUnfit { amount });
    }
    let less = Fen(computed.0 - amount.0);
    if less != Fen::ZERO && reason.trim().is_empty() {
        return Err(ApplicationError::LoweringUnexplained);
    }
    let lowered = (less != Fen::ZERO).then(|| Lowered { by: less, reason: reason.to_owned() });
    let settled = draft.application.order_id();
    let order = draft.application.new_order(Purpose::SecondReview);
    let wait = draft.step_wait(Owner::SecondReviewer, Step::SecondReview);
    let opinion = opinion.to_owned();
    draft.happen(What::Reviewed { amount, lowered, opinion, settled, order, wait });
    let threshold = draft.application.terms().threshold;
    if let Some(splitting) = SPLIT_RULE.splitting(amount, threshold, near_others) {
        draft.happen(What::SplittingSeen(splitting));
    }
    Ok(())
}

/// 复核: by somebody else. Money is set aside, or it queues; then it goes on notice or, without one,
/// is approved by the same act, up to the threshold.
pub(super) fn second_review(
    draft: &mut Draft<'_>,
    by: &By,
    opinion: &str,
    free: &[(BudgetId, Fen)],
) -> Result<(), ApplicationError> {
    may_take(&draft.application, by, Part::SecondReviewer, &[])?;
    check(draft.application.state, Action::SecondReview)?;
    if draft.application.second.is_some() {
        return Err(ApplicationError::SecondReviewedAlready);
    }
    no_open_objection(&draft.application)?;
    let lines = lines(draft)?;
    let lacking = lacking(&draft.application, &lines, free)?;
    let order = draft.application.order_id();
    draft.happen(What::SecondReviewed { opinion: opinion.to_owned(), order });
    if lacking.is_empty() {
        go_on(draft, by, lines);
    } else {
        let released = draft.application.held.clone();
        let wait = Wait::starting(draft.moment, Owner::PolicyOwner, QUEUE_SEEN_WITHIN);
        draft.happen(What::Queued { lacking, released, wait });
    }
    Ok(())
}

/// 出队: the budget has enough again. The second review holds.
pub(super) fn dequeue(draft: &mut Draft<'_>, free: &[(BudgetId, Fen)]) {
    if draft.application.state != State::Queued {
        return;
    }
    let Ok(lines) = lines(draft) else { return };
    let enough = lacking(&draft.application, &lines, free).is_ok_and(|lacking| lacking.is_empty());
    if enough {
        draft.happen(What::Dequeued);
        set_aside(draft, lines);
        await_next(draft);
    }
}

/// Money is set aside, and it goes on as its policy says.
fn go_on(draft: &mut Draft<'_>, by: &By, lines: Vec<(BudgetId, Fen)>) {
    set_aside(draft, lines);
    let at_once = draft.application.notice_before().is_none()
        && may_be_approved(&draft.application, by, Office::SecondReviewer, None).is_ok();
    if at_once {
        approve_as(draft, by, Office::SecondReviewer, None);
    } else {
        await_next(draft);
    }
}

/// It goes on notice, or waits for its account or its approval.
fn await_next(draft: &mut Draft<'_>) {
    if draft.application.notice_before().is_none() {
        let confirmed = draft.application.has_confirmed_account();
        let wait = if confirmed { draft.approval_wait() } else { account_wait(draft) };
        draft.happen(What::ApprovalAwaited { wait });
        return;
    }
    let publish = || Wait::starting(draft.moment, Owner::PolicyOwner, PUBLISH_WITHIN);
    let wait = match &draft.application.notice {
        Some(notice) if !draft.application.must_be_published() => match notice.ended_at {
            Some(_) => draft.approval_wait(),
            None => Wait::until(notice.due, Owner::System, notice.started_at),
        },
        Some(_) | None => publish(),
    };
    draft.happen(What::PutOnNotice { wait });
}

/// What is set aside, in place of what was before. The same again is nothing new.
fn set_aside(draft: &mut Draft<'_>, lines: Vec<(BudgetId, Fen)>) {
    let released = draft.application.held.clone();
    if released != lines {
        let year = draft.application.year(draft.moment);
        draft.happen(What::Held { year, lines, released });
    }
}

/// What each payer has to pay, by budget line.
pub(super) fn lines(draft: &Draft<'_>) -> Result<Vec<(BudgetId, Fen)>, ApplicationError> {
    let (application, year) = (&draft.application, draft.application.year(draft.moment));
    let version = &application.opening.version;
    let lines = shares(version, application.amount).into_iter().map(|(payer, part)| {
        let line = budget_id(&version.policy, year, &payer);
        line.map(|line| (line, part)).map_err(|_| ApplicationError::BudgetMissing {
            budget: format!("{}-{year}-{}", version.policy.code(), payer.code()),
        })
    });
    lines.collect()
}

/// What is lacking in each line that has too little left: never a part of the amount is set aside
/// (M2). What is set aside for the application already counts as free for it.
fn lacking(
    application: &Application,
    lines: &[(BudgetId, Fen)],
    free: &[(BudgetId, Fen)],
) -> Result<Vec<(BudgetId, Fen)>, ApplicationError> {
    let mut lacking = Vec::new();
    for (line, part) in lines {
        let Some((_, left)) = free.iter().find(|(known, _)| known == line) else {
            return Err(ApplicationError::BudgetMissing { budget: line.code().to_owned() });
        };
        let left = i128::from(left.0) + i128::from(application.held_in(line).0);
        let short = i128::from(part.0) - left;
        if 0 < short {
            lacking.push((line.clone(), Fen(i64::try_from(short).unwrap_or(part.0))));
        }
    }
    Ok(lacking)
}

/// Nothing goes on while somebody objects.
pub(super) fn no_open_objection(application: &Application) -> Result<(), ApplicationError> {
    let open = application.open_objection().map(|objection| objection.number);
    open.map_or(Ok(()), |number| Err(ApplicationError::ObjectionOpen { number }))
}
