//! Applications in the contract's words, as each caller may see them.

use base::{ApplicationId, BudgetId, Fen, PersonId};
use contract::subsidy as contracted;
use runtime::etag_of;
use runtime::wire::time;

use super::facts::{claim, failing, snapshot};
use super::{name_or_empty, own_due, word};
use crate::lifecycle::Thing;
use crate::lifecycle::application::{
    Application, Approved, Document, Lack, Notice, Objection, Opinion, Payee, Refused, Segments,
    State, Supplement,
};

/// How much of an application somebody sees who may know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The enterprise's own side, and who follows it: who inside did what is left out.
    Outside,
    /// Who decides, and who looks after those.
    Inside,
    /// The auditor: samples too.
    Auditor,
}

/// An application as somebody may see it; `payee` is the account in the form that they may see.
pub fn application(
    kept: &Application,
    sight: Sight,
    payee: Option<contracted::Payee>,
) -> contracted::Application {
    let opening = &kept.opening;
    let inside = sight != Sight::Outside;
    let of = |person: &PersonId| if inside { person.to_string() } else { String::new() };
    contracted::Application {
        name: kept.id.to_string(),
        number: opening.number.clone(),
        policy: opening.version.policy.to_string(),
        policy_title: kept.terms().title.clone(),
        policy_version: opening.version.number,
        enterprise: opening.enterprise.to_string(),
        state: state(kept.state).into(),
        matched: kept.segments.eligible_at.is_some(),
        claim: claim(&kept.snapshot.facts),
        documents: opening.documents.iter().map(document).collect(),
        payee,
        department: kept.department.to_string(),
        snapshot: Some(snapshot(&kept.snapshot)),
        computed_fen: kept.computed.0,
        amount_fen: kept.amount.0,
        supplement: kept.supplement.as_ref().map(|asked| supplement(asked, of)),
        review: kept.review.as_ref().map(|opinion| review(opinion, of)),
        second_review: kept.second.as_ref().map(|opinion| review(opinion, of)),
        notice: kept.notice.as_ref().map(notice),
        objections: kept.objections.iter().map(|raised| objection(raised, of)).collect(),
        approval: kept.approved.as_ref().map(approval),
        refusal: kept.refused.as_ref().map(|refused| refusal(refused, of)),
        flagged: inside && kept.splitting.is_some(),
        samples: if sight == Sight::Auditor { super::count(kept.draws.len()) } else { 0 },
        work_order: name_or_empty(kept.order.as_ref().map(|order| &order.id)),
        due: kept.wait.as_ref().map(|wait| own_due(&wait.due)),
        promised_due: kept.promised.as_ref().map(|promised| own_due(&promised.due)),
        disbursements: disbursements(kept),
        segments: Some(segments(&kept.segments)),
        changed_time: Some(time(kept.changed_at)),
        etag: etag(kept),
        lowered_because: kept.lowered.as_ref().map(|it| it.reason.clone()).unwrap_or_default(),
        held: if inside { held(&kept.held) } else { Vec::new() },
        queued_time: kept.queued_at.map(time),
    }
}

/// What changes with every change that whoever decides must have seen: not where its order stands,
/// nor how often somebody was told of a limit.
pub fn etag(kept: &Application) -> String {
    let mut decisive = kept.clone();
    decisive.progress = None;
    decisive.changed_at = decisive.opened_at;
    if let Some(wait) = &mut decisive.wait {
        (wait.told_times, wait.rings_at) = (0, wait.due.at);
    }
    etag_of(&Thing::Application(Box::new(decisive)))
}

/// Where an application stands.
pub fn state(state: State) -> contracted::ApplicationState {
    contracted::ApplicationState::from_str_name(&format!("APPLICATION_STATE_{state}"))
        .unwrap_or_default()
}

/// Where an application stands, from a request; `None` if it is not said.
pub fn state_from(state: contracted::ApplicationState) -> Option<State> {
    word(state.as_str_name(), "APPLICATION_STATE_")
}

/// An account as all but finance and auditor see it.
pub fn masked(payee: &Payee) -> contracted::Payee {
    let confirmed = payee.confirmed.as_ref();
    contracted::Payee {
        account: mask(&payee.account.tail),
        confirmed_by: name_or_empty(confirmed.map(|confirmed| &confirmed.by)),
        confirmed_time: confirmed.map(|confirmed| time(confirmed.at)),
        ..contracted::Payee::default()
    }
}

/// The number of an account by its last characters.
pub fn mask(tail: &str) -> String {
    format!("****{tail}")
}

/// A file that was handed in.
pub fn document(document: &Document) -> contracted::Document {
    contracted::Document { file_name: document.name.clone(), sha256: document.sha256.clone() }
}

/// A file that was handed in, from a request.
pub fn document_from(said: &contracted::Document) -> Document {
    Document { name: said.file_name.clone(), sha256: said.sha256.to_ascii_lowercase() }
}

/// Something that is missing or wrong.
pub fn lack(lack: &Lack) -> contracted::Lack {
    contracted::Lack { what: lack.what.clone(), why: lack.why.clone() }
}

/// Something that is missing or wrong, from a request.
pub fn lack_from(said: contracted::Lack) -> Lack {
    Lack { what: said.what, why: said.why }
}

fn supplement(asked: &Supplement, of: impl Fn(&PersonId) -> String) -> contracted::Supplement {
    contracted::Supplement {
        lacks: asked.lacks.iter().map(lack).collect(),
        asked_by: of(&asked.by),
        asked_time: Some(time(asked.asked_at)),
        supplied_time: asked.supplied_at.map(time),
    }
}

fn review(opinion: &Opinion, of: impl Fn(&PersonId) -> String) -> contracted::Review {
    contracted::Review {
        reviewer: of(&opinion.by),
        opinion: opinion.opinion.clone(),
        reviewed_time: Some(time(opinion.at)),
    }
}

/// Its place on a notice list.
pub fn notice(notice: &Notice) -> contracted::NoticeEntry {
    contracted::NoticeEntry {
        list_sha256: notice.list_sha256.clone(),
        kept_by: notice.kept_by.to_string(),
        amount_fen: notice.amount.0,
        working_days: super::number(notice.days),
        started_time: Some(time(notice.started_at)),
        ends_due: Some(own_due(&notice.due)),
        ended_time: notice.ended_at.map(time),
    }
}

fn objection(raised: &Objection, of: impl Fn(&PersonId) -> String) -> contracted::Objection {
    let decision = raised.decision.as_ref();
    contracted::Objection {
        number: super::number(raised.number),
        raised_by: of(&raised.objector),
        text: raised.text.clone(),
        raised_time: Some(time(raised.raised_at)),
        decided_by: decision.map(|decision| of(&decision.decided_by)).unwrap_or_default(),
        upheld: decision.is_some_and(|decision| decision.upheld),
        decision: decision.map(|decision| decision.reason.clone()).unwrap_or_default(),
        decided_time: decision.map(|decision| time(decision.decided_at)),
        due: Some(own_due(&raised.wait.due)),
        by_applicant: raised.by_applicant,
    }
}

/// An approval.
pub fn approval(approved: &Approved) -> contracted::Approval {
    let shares = approved.shares.iter().map(|share| contracted::ShareAmount {
        payer: share.payer.to_string(),
        amount_fen: share.amount.0,
        budget: share.budget.to_string(),
        disbursement: share.disbursement.to_string(),
    });
    let minutes = approved.minutes.as_ref();
    contracted::Approval {
        approver: approved.approver.to_string(),
        amount_fen: approved.amount.0,
        minutes_number: minutes.map(|minutes| minutes.number.clone()).unwrap_or_default(),
        minutes: minutes.map(|minutes| document(&minutes.file)),
        shares: shares.collect(),
        approved_time: Some(time(approved.at)),
    }
}

/// Why it gets nothing.
pub fn refusal(refused: &Refused, of: impl Fn(&PersonId) -> String) -> contracted::Refusal {
    contracted::Refusal {
        reason: refused.reason.clone(),
        text: refused.text.clone(),
        failing: refused.failing.iter().map(failing).collect(),
        refused_by: refused.by.as_ref().map(of).unwrap_or_default(),
        refused_time: Some(time(refused.at)),
    }
}

/// What is set aside in budget lines.
pub fn held(held: &[(BudgetId, Fen)]) -> Vec<contracted::BudgetShare> {
    let share = |(budget, amount): &(BudgetId, Fen)| contracted::BudgetShare {
        budget: budget.to_string(),
        amount_fen: amount.0,
    };
    held.iter().map(share).collect()
}

fn disbursements(kept: &Application) -> Vec<String> {
    let shares = kept.approved.iter().flat_map(|approved| &approved.shares);
    shares.map(|share| share.disbursement.to_string()).collect()
}

/// What was reached, and when: t0 to t7.
pub fn segments(segments: &Segments) -> contracted::Segments {
    contracted::Segments {
        eligible_time: segments.eligible_at.map(time),
        submitted_time: segments.submitted_at.map(time),
        accepted_time: segments.accepted_at.map(time),
        reviewed_time: segments.reviewed_at.map(time),
        second_reviewed_time: segments.second_reviewed_at.map(time),
        notice_started_time: segments.notice_started_at.map(time),
        notice_ended_time: segments.notice_ended_at.map(time),
        approved_time: segments.approved_at.map(time),
        ..contracted::Segments::default()
    }
}

/// The name of an application, from a request.
pub fn id_from(name: &str) -> Result<ApplicationId, runtime::Refusal> {
    ApplicationId::parse(name).map_err(|error| runtime::Refusal::name("application", &error))
}
