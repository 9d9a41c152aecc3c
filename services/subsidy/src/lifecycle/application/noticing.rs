//! 公示 begins, and what is objected while it runs (M10).

use std::collections::BTreeSet;
use std::sync::Arc;

use base::ApplicationId;
use calendar::Limit;

use super::super::By;
use super::draft::Draft;
use super::fact::{Reopening, What};
use super::kept::Application;
use super::limits::{OBJECTION_WITHIN, Owner, Step, Wait, due};
use super::notice::{NOTICE_ENTRIES_MAX, Notice, NoticeList};
use super::objection::{Objection, ObjectionDecision};
use super::people::{Part, may_take};
use super::tables::{Action, State, check};
use super::work::Purpose;
use crate::error::ApplicationError;

/// 公示开始: the entry's own clock begins. An entry that was raised or added begins anew; one that was
/// not does not need to be published again.
pub(super) fn start(
    draft: &mut Draft<'_>,
    list: &Arc<NoticeList>,
    kept_by: Option<ApplicationId>,
) -> Result<(), ApplicationError> {
    let application = &draft.application;
    check(application.state, Action::StartNotice)?;
    let days = match application.state {
        State::Approved => application.notice_after(),
        State::OnNotice
        | State::Matched
        | State::Submitted
        | State::SupplementDue
        | State::Resubmitted
        | State::Accepted
        | State::UnderReview
        | State::Reviewed
        | State::Queued
        | State::Withdrawn
        | State::Rejected
        | State::Lapsed => application.notice_before(),
    };
    let days = days.ok_or(ApplicationError::NoticeUnwanted)?;
    if !application.must_be_published() {
        return Err(ApplicationError::NoticeAlready);
    }
    is_right(application, list)?;
    let period = due(draft.moment, Limit::WorkingDays(days));
    let notice = Notice {
        list_sha256: list.sha256(),
        kept_by: kept_by.unwrap_or(application.id),
        list: kept_by.is_none().then(|| (**list).clone()),
        amount: application.amount,
        days,
        started_at: draft.moment.now,
        due: period,
        ended_at: None,
    };
    let waits = application.state == State::OnNotice;
    let wait = waits.then(|| Wait::until(period, Owner::System, draft.moment.now));
    let notice = Box::new(notice);
    draft.happen(What::NoticeStarted { notice, list: Arc::clone(list), wait });
    Ok(())
}

/// The list says of the application what is true, and each application once.
fn is_right(application: &Application, list: &NoticeList) -> Result<(), ApplicationError> {
    let of: BTreeSet<_> = list.entries.iter().map(|entry| entry.application).collect();
    let distinct = of.len() == list.entries.len() && list.entries.len() <= NOTICE_ENTRIES_MAX;
    let own = list.entry(application.id) == Some(&application.entry());
    if distinct && own && !list.place.trim().is_empty() {
        Ok(())
    } else {
        Err(ApplicationError::NoticeListUnfit { application: application.id })
    }
}

/// 提出异议: while the notice runs, by anyone; or by the enterprise, to an amount that was lowered.
pub(super) fn object(
    draft: &mut Draft<'_>,
    by: &By,
    (text, by_applicant): (&str, bool),
) -> Result<(), ApplicationError> {
    let application = &draft.application;
    check(application.state, Action::RaiseObjection)?;
    if application.state == State::Reviewed {
        if !(by_applicant && application.lowered.is_some()) {
            return Err(ApplicationError::NotOnNotice);
        }
    } else {
        let notice = application.notice.as_ref().filter(|_| !application.must_be_published());
        if !notice.is_some_and(Notice::runs) {
            return Err(ApplicationError::NotOnNotice);
        }
    }
    if text.trim().is_empty() {
        return Err(ApplicationError::ObjectionUnwritten);
    }
    let people = by.people();
    let own = application
        .objections
        .iter()
        .find(|objection| objection.is_open() && people.contains(&objection.objector));
    if let Some(objection) = own {
        return Err(ApplicationError::ObjectionOpen { number: objection.number });
    }
    let number = u32::try_from(application.objections.len()).unwrap_or(u32::MAX - 1) + 1;
    let wait = Wait::starting(draft.moment, Owner::ZoneLeader, OBJECTION_WITHIN);
    let objection = Objection {
        number,
        objector: by.person.clone(),
        by_applicant,
        text: text.to_owned(),
        raised_at: draft.moment.now,
        wait,
        decision: None,
    };
    draft.happen(What::ObjectionRaised(Box::new(objection)));
    Ok(())
}

/// 处理异议: by someone not concerned. Upheld, the application is reviewed again; what was set aside for
/// it stays so meanwhile.
pub(super) fn decide_objection(
    draft: &mut Draft<'_>,
    by: &By,
    (number, upheld, reason): (u32, bool, &str),
) -> Result<(), ApplicationError> {
    let application = &draft.application;
    let Some(objection) = application.objection(number) else {
        return Err(ApplicationError::ObjectionNotFound { number });
    };
    may_take(application, by, Part::ObjectionDecider, &[])?;
    check(application.state, Action::DecideObjection)?;
    if !objection.is_open() {
        return Err(ApplicationError::ObjectionDecided { number });
    }
    if reason.trim().is_empty() {
        return Err(ApplicationError::ReasonMissing);
    }
    let reviewed = matches!(application.state, State::Reviewed | State::OnNotice);
    let reopening = (upheld && reviewed).then(|| Reopening {
        withdrawn: application.order_id(),
        order: application.new_order(Purpose::Review),
        wait: draft.step_wait(Owner::Reviewer, Step::Review),
    });
    let decision = ObjectionDecision {
        decided_by: by.person.clone(),
        upheld,
        reason: reason.to_owned(),
        decided_at: draft.moment.now,
    };
    draft.happen(What::ObjectionDecided { number, decision, reopening });
    Ok(())
}
