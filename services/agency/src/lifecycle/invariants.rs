//! What holds of every case, whatever happens to it.

use std::collections::BTreeSet;

use super::State;
use super::alarm::alarms;
use super::case::Case;
use super::item::{Item, ItemState, Purpose};
use super::procedure::Matter;

impl Case {
    /// The first invariant that does not hold, by its id. One predicate for tests and sweeps.
    pub fn broken_invariant(&self) -> Option<&'static str> {
        let all = |holds: fn(&Case, &Item, &Matter) -> bool| {
            self.all_items().all(|(item, matter)| holds(self, item, matter))
        };
        let rules = [
            ("C1: a department has work with an item exactly while it has an order for it", {
                all(|_, item, _| order_fits(item))
            }),
            ("C2: no order is that of two items", {
                let orders = self.items.values().filter_map(|item| item.order.as_ref());
                let ids: Vec<_> = orders.map(|order| order.id).collect();
                ids.len() == ids.iter().collect::<BTreeSet<_>>().len()
            }),
            ("C3: whatever waits has an alarm, and nothing else has", {
                all(wait_fits) && self.wait_fits()
            }),
            ("C4: what is being done has what it stands on; what has all of that is begun", {
                all(Case::stands)
            }),
            ("C5: a permit is there exactly while it stands", {
                all(|_, item, _| item.permit.is_some() == (item.state == ItemState::Issued))
            }),
            ("C6: no number is on two certificates", {
                let permits = self.items.values().filter_map(|item| item.permit.as_ref());
                let numbers: Vec<_> = permits.map(|permit| &permit.number).collect();
                numbers.len() == numbers.iter().collect::<BTreeSet<_>>().len()
            }),
            ("C7: a mandate is the present agent's, and covers no act that none may do", {
                self.mandate.as_ref().is_none_or(|mandate| mandate.agent == self.agent)
                    && self.agents.contains(&self.agent)
            }),
            ("C8: work may start exactly while every permit that it needs stands", {
                !self.runs() || self.start_allowed_at.is_some() == self.may_start_work()
            }),
            ("C9: what was delivered has nothing open, and nothing has begun before the start", {
                match self.state {
                    State::Consulting | State::Mandated => {
                        all(|_, item, _| item.state == ItemState::Blocked && item.orders == 0)
                    }
                    State::Delivered | State::FollowedUp => self.open_items().is_empty(),
                    State::Running | State::Suspended | State::Archived => true,
                }
            }),
            ("C10: time never runs back", {
                let times = [Some(self.opened_at), self.started_at, self.delivered_at];
                times.into_iter().chain([Some(self.changed_at)]).flatten().is_sorted()
            }),
            ("C11: another agent is awaited only where the enterprise does not go on alone", {
                self.hand_over.is_none() || self.needs_agent()
            }),
        ];
        rules.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule)
    }

    fn runs(&self) -> bool {
        matches!(self.state, State::Running | State::Suspended)
    }

    fn stands(&self, item: &Item, matter: &Matter) -> bool {
        match item.state {
            ItemState::Blocked => !self.runs() || !self.may_begin(matter),
            ItemState::Ready
            | ItemState::Submitted
            | ItemState::Correction
            | ItemState::UnderReview
            | ItemState::PreIssued => self.may_begin(matter),
            ItemState::Issued
            | ItemState::Refused
            | ItemState::NotAccepted
            | ItemState::Voided
            | ItemState::Revoked
            | ItemState::Withdrawn => true,
        }
    }

    /// The case itself waits in every state but one that it is done in; while it runs, exactly
    /// when nothing is open any more, so that it always has a way to its end.
    fn wait_fits(&self) -> bool {
        match self.state {
            State::Archived => alarms(self).is_empty(),
            State::Running => self.wait.is_some() == self.open_items().is_empty(),
            State::Consulting
            | State::Mandated
            | State::Suspended
            | State::Delivered
            | State::FollowedUp => self.wait.is_some(),
        }
    }
}

fn order_fits(item: &Item) -> bool {
    let purpose = item.order.as_ref().map(|order| order.purpose);
    match item.state {
        ItemState::Submitted | ItemState::Correction | ItemState::UnderReview => {
            purpose == Some(Purpose::Review)
        }
        ItemState::PreIssued => purpose.is_none_or(|purpose| purpose == Purpose::Conversion),
        ItemState::Issued => purpose.is_none_or(|purpose| purpose == Purpose::Recheck),
        ItemState::Blocked
        | ItemState::Ready
        | ItemState::Refused
        | ItemState::NotAccepted
        | ItemState::Voided
        | ItemState::Revoked
        | ItemState::Withdrawn => purpose.is_none(),
    }
}

/// An opinion that waits for land alone is waited for by the commitment.
fn wait_fits(case: &Case, item: &Item, matter: &Matter) -> bool {
    let waits = item.wait.is_some();
    match item.state {
        ItemState::Ready
        | ItemState::Submitted
        | ItemState::Correction
        | ItemState::UnderReview => waits,
        ItemState::PreIssued => {
            let committed = case.commitment.as_ref().is_some_and(|letter| letter.wait.is_some());
            waits || (case.lacks_land(matter) && committed)
        }
        ItemState::Issued => waits == item.is_rechecked(),
        ItemState::Blocked
        | ItemState::Refused
        | ItemState::NotAccepted
        | ItemState::Voided
        | ItemState::Revoked
        | ItemState::Withdrawn => !waits,
    }
}
