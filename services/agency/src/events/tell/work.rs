//! What a fact says to dispatch: work is asked for, settled, withdrawn, goes elsewhere.

use base::WorkOrderId;
use calendar::Limit;
use contract::common::{
    self, LimitKind, LimitStart, LimitTier, MaterialsSupplied, WorkAccepted, WorkClass, WorkKind,
    WorkReopened, WorkRequested, WorkSettled, WorkWithdrawn,
};
use jiff::Timestamp;
use journal::Telling;
use runtime::wire::{time, work_time};

use super::super::words::number;
use super::Teller;
use crate::lifecycle::{Errand, Item, Matter, NOTICE_WITHIN, Purpose, VoidCause, What};

/// Every order is asked for once: whatever is asked again has an order of its own.
const ROUND: i32 = 1;

impl Teller<'_> {
    /// Who decided what is settled is the entry's actor.
    pub(super) fn errand(&self) -> Vec<Telling> {
        let source = self.name();
        match self.fact.what.errand() {
            None => Vec::new(),
            Some(Errand::Ask(order)) => {
                let work = self.work_requested(&order);
                work.map(|work| self.about(&work)).unwrap_or_default()
            }
            Some(Errand::Redirect(order)) => {
                let reason = self.redirected_because();
                let work = self.work_requested(&order);
                self.about(&WorkReopened { work, reason, escalate: false })
            }
            Some(Errand::Accept(order)) => self.about(&WorkAccepted {
                work_order: order.to_string(),
                source,
                round: ROUND,
                accepted_time: Some(time(self.accepted_as_of())),
            }),
            Some(Errand::Settle(order)) => self.about(&WorkSettled {
                work_order: order.to_string(),
                source,
                round: ROUND,
                actor: String::new(),
                outcome: self.outcome().to_owned(),
                decided_time: Some(time(self.fact.at)),
            }),
            Some(Errand::Withdraw(order)) => self.about(&WorkWithdrawn {
                work_order: order.to_string(),
                source,
                round: ROUND,
                reason: self.outcome().to_owned(),
            }),
            Some(Errand::Supply(order)) => {
                self.about(&MaterialsSupplied { work_order: order.to_string(), source })
            }
        }
    }

    /// Orders may be paused for a material that came.
    pub(super) fn supplies(&self) -> Vec<Telling> {
        let supplied = |order: &WorkOrderId| {
            let (work_order, source) = (order.to_string(), self.name());
            self.about(&MaterialsSupplied { work_order, source })
        };
        self.fact.what.supplied().iter().flat_map(supplied).collect()
    }

    /// What dispatch is asked to have done: it looks nothing up.
    fn work_requested(&self, order: &WorkOrderId) -> Option<WorkRequested> {
        let (item, matter) = self
            .case
            .all_items()
            .find(|(item, _)| item.order.as_ref().is_some_and(|own| own.id == *order))?;
        let purpose = item.order.as_ref().map(|own| own.purpose)?;
        let opening = &self.case.opening;
        let since = item.wait.as_ref().map_or(self.fact.at, |wait| wait.since);
        Some(WorkRequested {
            work_order: order.to_string(),
            round: ROUND,
            kind: WorkKind::Decision.into(),
            source: self.name(),
            source_number: opening.number.clone(),
            title: format!("{} · {}", opening.title, matter.title),
            text: asked(purpose, matter),
            enterprise: opening.enterprise.to_string(),
            category: matter.category.to_string(),
            lead: item.department.to_string(),
            suggested_assisting: Vec::new(),
            work_class: WorkClass::C.into(),
            limits: limits(purpose, item, matter),
            rule_version: number(self.case.procedure().version),
            submitted_time: Some(time(since)),
            barred: self.case.agents.iter().map(ToString::to_string).collect(),
            excluded_departments: Vec::new(),
            zone_duty: String::new(),
        })
    }

    /// From when it counts as accepted: before the fact, if nothing was said in time.
    fn accepted_as_of(&self) -> Timestamp {
        if let What::ItemAccepted { as_of, .. } = &self.fact.what { *as_of } else { self.fact.at }
    }

    fn redirected_because(&self) -> String {
        if let What::ItemRedirected { reason, .. } = &self.fact.what {
            reason.clone()
        } else {
            String::new()
        }
    }

    /// What was decided, or why the work is no longer wanted, in the words of an item's states.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "`errand` names the facts that end an order"
    )]
    fn outcome(&self) -> &'static str {
        match &self.fact.what {
            What::ItemNotAccepted { .. } => "NOT_ACCEPTED",
            What::ItemPreIssued { .. } => "PRE_ISSUED",
            What::ItemIssued { .. } => "ISSUED",
            What::ItemRefused { .. } => "REFUSED",
            What::ItemVoided { cause: VoidCause::Department, .. } => "VOIDED",
            What::ItemVoided { cause: VoidCause::PromiseBroken, .. } => "PROMISE_BROKEN",
            What::ItemVoided { cause: VoidCause::CommitmentBroken, .. } => "COMMITMENT_BROKEN",
            What::ItemRechecked { upheld: true, .. } => "UPHELD",
            What::ItemRechecked { upheld: false, .. } => "REVOKED",
            What::ItemBlocked { .. } => "BLOCKED",
            _ => "WITHDRAWN",
        }
    }
}

/// What is asked, for those who do it.
fn asked(purpose: Purpose, matter: &Matter) -> String {
    let Matter { title, certificate, .. } = matter;
    match purpose {
        Purpose::Review => format!("审查“{title}”，出具{certificate}。"),
        Purpose::Conversion => format!("“{title}”已无欠缺，将预审意见转为{certificate}。"),
        Purpose::Recheck => format!("“{title}”所依据的已变动，复核{certificate}。"),
    }
}

/// A review must be begun in the time that the law gives to say what is missing. Every limit of the
/// matter runs from the acceptance (domain.md §3, the last worked example; §6). What is asked
/// afterwards has the limit that it is waited for by.
fn limits(purpose: Purpose, item: &Item, matter: &Matter) -> Vec<common::Limit> {
    if purpose == Purpose::Review {
        let start = LimitStart::Offered;
        let begin = limit(LimitKind::Claim, LimitTier::Statutory, NOTICE_WITHIN, start);
        let tiers = [
            (LimitTier::Statutory, matter.statutory),
            (LimitTier::Promised, matter.promised),
            (LimitTier::Tightened, matter.tightened),
        ];
        let reply = tiers.into_iter().filter_map(|(tier, within)| {
            within.map(|within| limit(LimitKind::Reply, tier, within, LimitStart::Accepted))
        });
        return std::iter::once(begin).chain(reply).collect();
    }
    let within = item.wait.as_ref().and_then(|wait| wait.limit);
    let reply = within
        .map(|within| limit(LimitKind::Reply, LimitTier::Promised, within, LimitStart::Submitted));
    reply.into_iter().collect()
}

fn limit(kind: LimitKind, tier: LimitTier, within: Limit, start: LimitStart) -> common::Limit {
    common::Limit {
        kind: kind.into(),
        tier: tier.into(),
        time: Some(work_time(within)),
        start: start.into(),
        intake: common::Intake::Instant.into(),
    }
}
