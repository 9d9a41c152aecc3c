//! What is told of an item: what becomes of it, and what its department decided.

use base::ItemId;
use contract::agency::{
    ConversionAsked, CorrectionAsked, CorrectionSupplied, ItemAccepted, ItemBlocked, ItemDeclined,
    ItemNotAccepted, ItemPreIssued, ItemProgressed, ItemReady, ItemReapplied, ItemRechecked,
    ItemRedirected, ItemRefused, ItemSubmitted, ItemWithdrawn, OpinionVoided, RecheckAsked,
    ResultIssued,
};
use journal::Telling;
use runtime::wire::time;

use super::super::words::{item_name, name_or_empty, notice, number, permit, void_cause};
use super::Teller;
use super::course::due_of;
use crate::lifecycle::{Permit, Progress, Wait, What};

impl Teller<'_> {
    #[rustfmt::skip]
    #[expect(clippy::wildcard_enum_match_arm, reason = "`tell` names every fact, and sends these here")]
    pub(super) fn of_item(&self) -> Vec<Telling> {
        match &self.fact.what {
            What::ItemReady { item, wait } => self.about(&ItemReady {
                item: self.item(item), submit_due: due_of(Some(wait)),
            }),
            What::ItemBlocked { item, because, order } => self.about(&ItemBlocked {
                item: self.item(item), because: because.to_string(), work_order: name_or_empty(order.as_ref()),
            }),
            What::ItemSubmitted { item, order, wait } => self.about(&ItemSubmitted {
                item: self.item(item), work_order: order.id.to_string(),
                attempt: self.attempt(item), accept_due: due_of(Some(wait)),
            }),
            What::CorrectionAsked { item, notice: given, wait } => self.about(&CorrectionAsked {
                item: self.item(item), notice: Some(notice(given)), supply_due: due_of(Some(wait)),
            }),
            What::CorrectionSupplied { item, order, wait } => self.about(&CorrectionSupplied {
                item: self.item(item), work_order: name_or_empty(order.as_ref()), accept_due: due_of(Some(wait)),
            }),
            What::ItemReapplied { item, attempt, reason } => self.about(&ItemReapplied {
                item: self.item(item), attempt: number(*attempt), reason: reason.clone(),
            }),
            What::ItemWithdrawn { item, reason, .. } => self.about(&ItemWithdrawn {
                item: self.item(item), reason: reason.clone(),
            }),
            What::ItemDeclined { item, order, basis } => self.about(&ItemDeclined {
                item: self.item(item), work_order: order.to_string(), basis: basis.clone(),
            }),
            What::ItemRedirected { item, department, reason, order } => self.about(&ItemRedirected {
                item: self.item(item), department: department.to_string(),
                reason: reason.clone(), work_order: order.to_string(),
            }),
            What::ItemProgressed { item, progress, wait } => self.progressed(item, progress, wait.as_ref()),
            _ => Vec::new(),
        }
    }

    #[rustfmt::skip]
    #[expect(clippy::wildcard_enum_match_arm, reason = "`tell` names every fact, and sends these here")]
    pub(super) fn of_decision(&self) -> Vec<Telling> {
        match &self.fact.what {
            What::ItemAccepted { item, as_of, by_itself, wait, .. } => self.about(&ItemAccepted {
                item: self.item(item), as_of_time: Some(time(*as_of)),
                by_itself: *by_itself, result_due: due_of(Some(wait)),
            }),
            What::ItemNotAccepted { item, reason, remedy, .. } => self.about(&ItemNotAccepted {
                item: self.item(item), reason: reason.clone(), remedy: remedy.clone(),
            }),
            What::ItemPreIssued { item, opinion, .. } => self.about(&ItemPreIssued {
                item: self.item(item), opinion: opinion.clone(),
            }),
            What::ConversionAsked { item, order, wait } => self.about(&ConversionAsked {
                item: self.item(item), work_order: order.id.to_string(), convert_due: due_of(Some(wait)),
            }),
            What::ItemIssued { item, certificate, converted, .. } => self.about(&ResultIssued {
                item: self.item(item),
                permit: Some(permit(&Permit {
                    number: certificate.clone(), converted: *converted, issued_at: self.fact.at,
                })),
            }),
            What::ItemRefused { item, reason, remedy, .. } => self.about(&ItemRefused {
                item: self.item(item), reason: reason.clone(), remedy: remedy.clone(),
            }),
            What::ItemVoided { item, cause, reason, .. } => self.about(&OpinionVoided {
                item: self.item(item), cause: void_cause(*cause).into(), reason: reason.clone(),
            }),
            What::RecheckAsked { item, because, order, wait } => self.about(&RecheckAsked {
                item: self.item(item), because: because.to_string(),
                work_order: order.id.to_string(), recheck_due: due_of(Some(wait)),
            }),
            What::ItemRechecked { item, upheld, reason, .. } => self.about(&ItemRechecked {
                item: self.item(item), upheld: *upheld, reason: reason.clone(),
            }),
            _ => Vec::new(),
        }
    }

    fn progressed(&self, item: &ItemId, progress: &Progress, wait: Option<&Wait>) -> Vec<Telling> {
        let order = self.case.items.get(item).and_then(|item| item.order.as_ref());
        self.about(&ItemProgressed {
            item: self.item(item),
            work_order: name_or_empty(order.map(|order| &order.id)),
            state: progress.state.to_string(),
            department: name_or_empty(progress.department.as_ref()),
            due_time: progress.due.map(|due| time(due.at)),
            claimant: name_or_empty(progress.claimant.as_ref()),
            paused_until_time: progress.paused_until().map(time),
            result_due: due_of(wait),
        })
    }

    fn attempt(&self, item: &ItemId) -> i32 {
        number(self.case.items.get(item).map_or(0, |item| item.attempt))
    }

    /// `cases/{uuid}/items/{code}`.
    fn item(&self, item: &ItemId) -> String {
        item_name(&self.case.id, item)
    }
}
