//! A decision in the making: each fact takes effect at once, and what follows from it follows.

use std::collections::BTreeSet;

use base::{ItemId, WorkOrderId};
use calendar::Moment;

use super::State;
use super::case::Case;
use super::fact::{Fact, What};
use super::item::{ItemState, Order, Purpose};
use super::limits::{CONVERT_WITHIN, DELIVER_WITHIN, RECHECK_WITHIN, SUBMIT_WITHIN, Wait};
use super::work::order_name;

/// A case as it will be, and what has happened to it so far.
pub(super) struct Draft<'a> {
    pub(super) case: Case,
    pub(super) moment: Moment<'a>,
    facts: Vec<Fact>,
}

impl<'a> Draft<'a> {
    /// A decision about a case, never before it last changed.
    pub(super) fn of(case: &Case, moment: Moment<'a>) -> Draft<'a> {
        let now = moment.now.max(case.changed_at);
        Draft { case: case.clone(), moment: Moment { now, ..moment }, facts: Vec::new() }
    }

    /// Something happens.
    pub(super) fn happen(&mut self, what: What) {
        let fact = Fact { at: self.moment.now, what };
        self.case.take_in(&fact);
        self.facts.push(fact);
    }

    /// Everything that happened, and what follows from it by itself.
    pub(super) fn settled(mut self) -> Vec<Fact> {
        self.follow();
        self.facts
    }

    /// What follows by itself from what happened so far.
    pub(super) fn follow(&mut self) {
        if !self.facts.is_empty() && matches!(self.case.state, State::Running | State::Suspended) {
            self.unblock();
            self.ask_conversions();
            self.allow_start();
            self.finish();
        }
    }

    /// The order that an item has, if any.
    pub(super) fn order_of(&self, item: &ItemId) -> Option<WorkOrderId> {
        self.case.items.get(item)?.order.as_ref().map(|order| order.id)
    }

    /// A new order for an item.
    pub(super) fn new_order(&self, item: &ItemId, purpose: Purpose) -> Order {
        let place = self.case.procedure().matters.iter().position(|matter| matter.item == *item);
        let number = self.case.items.get(item).map_or(0, |item| item.orders);
        let id = order_name(self.case.id, place.unwrap_or(usize::MAX), number);
        Order { id, purpose, declined: false, decliners: BTreeSet::new() }
    }

    /// What stood on an item that no longer holds: what is not yet formal goes back, and what is
    /// formal is looked at again (domain.md §6).
    pub(super) fn fall(&mut self, fallen: &ItemId) {
        let procedure = self.case.opening.procedure.clone();
        for matter in procedure.waiting_for(fallen) {
            self.send_back(&matter.item, fallen);
            self.ask_recheck(&matter.item, fallen);
        }
    }

    /// What is not yet formal goes back, and its order with it.
    pub(super) fn send_back(&mut self, item: &ItemId, because: &ItemId) {
        let Some(state) = self.case.state_of(item) else { return };
        match state {
            ItemState::Ready
            | ItemState::Submitted
            | ItemState::Correction
            | ItemState::UnderReview
            | ItemState::PreIssued => {
                let order = self.order_of(item);
                let (item, because) = (item.clone(), because.clone());
                self.happen(What::ItemBlocked { item: item.clone(), because, order });
                if state == ItemState::PreIssued {
                    self.fall(&item);
                }
            }
            ItemState::Issued
            | ItemState::Blocked
            | ItemState::Refused
            | ItemState::NotAccepted
            | ItemState::Voided
            | ItemState::Revoked
            | ItemState::Withdrawn => {}
        }
    }

    /// A formal permit is looked at again, unless it is already.
    pub(super) fn ask_recheck(&mut self, item: &ItemId, because: &ItemId) {
        let firm = self.case.items.get(item).is_some_and(|item| item.is_firm());
        if firm {
            let order = self.new_order(item, Purpose::Recheck);
            let (item, because) = (item.clone(), because.clone());
            let wait = Wait::starting(self.moment, RECHECK_WITHIN);
            self.happen(What::RecheckAsked { item, because, order, wait });
        }
    }

    /// Whatever has all that it waited for is ready, all of it together.
    fn unblock(&mut self) {
        let procedure = self.case.opening.procedure.clone();
        for matter in &procedure.matters {
            let blocked = self.case.state_of(&matter.item) == Some(ItemState::Blocked);
            if blocked && self.case.may_begin(matter) {
                let wait = Wait::starting(self.moment, SUBMIT_WITHIN);
                self.happen(What::ItemReady { item: matter.item.clone(), wait });
            }
        }
    }

    /// An opinion for which nothing is outstanding any more is to be made formal.
    fn ask_conversions(&mut self) {
        let procedure = self.case.opening.procedure.clone();
        for matter in &procedure.matters {
            let Some(item) = self.case.items.get(&matter.item) else { continue };
            let waits = item.state == ItemState::PreIssued && item.order.is_none();
            if waits && self.case.nothing_outstanding(matter) {
                let order = self.new_order(&matter.item, Purpose::Conversion);
                let wait = Wait::starting(self.moment, CONVERT_WITHIN);
                self.happen(What::ConversionAsked { item: matter.item.clone(), order, wait });
            }
        }
    }

    fn allow_start(&mut self) {
        match (self.case.may_start_work(), self.case.start_allowed_at) {
            (true, None) => self.happen(What::StartAllowed),
            (false, Some(_)) => self.happen(What::StartForbidden),
            (true, Some(_)) | (false, None) => {}
        }
    }

    fn finish(&mut self) {
        let case = &self.case;
        if case.state == State::Running && case.wait.is_none() && case.open_items().is_empty() {
            self.happen(What::Finished { wait: Wait::starting(self.moment, DELIVER_WITHIN) });
        }
    }
}
