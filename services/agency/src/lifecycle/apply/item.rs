//! An item after a fact.

use jiff::Timestamp;

use super::super::fact::{Fact, What};
use super::super::item::{Ending, Item, ItemState, Order, Permit};
use super::super::limits::Wait;

impl Item {
    pub(super) fn take_in(&mut self, fact: &Fact) {
        let at = fact.at;
        if let What::ItemReady { wait, .. } = &fact.what {
            self.rest(ItemState::Ready, Some(*wait));
        } else if let What::ItemBlocked { .. } = &fact.what {
            self.begin_again(self.attempt);
        } else if let What::ItemSubmitted { order, wait, .. } = &fact.what {
            self.submitted_at = Some(at);
            self.ask(order);
            self.rest(ItemState::Submitted, Some(*wait));
        } else if let What::CorrectionAsked { notice, wait, .. } = &fact.what {
            self.notices.push(notice.clone());
            self.notices_against_department += u32::from(notice.against_department);
            self.awaited.clone_from(&notice.materials);
            self.rest(ItemState::Correction, Some(*wait));
        } else if let What::CorrectionSupplied { wait, .. } = &fact.what {
            self.rest(ItemState::Submitted, Some(*wait));
        } else if let What::ItemAccepted { as_of, by_itself, wait, .. } = &fact.what {
            self.accepted_at = Some(*as_of);
            self.accepted_by_itself = *by_itself;
            self.rest(ItemState::UnderReview, Some(*wait));
        } else if let What::ItemReapplied { attempt, .. } = &fact.what {
            self.begin_again(*attempt);
        } else if let What::ItemDeclined { .. } = &fact.what {
            if let Some(order) = &mut self.order {
                order.declined = true;
                order.decliners.insert(self.department.clone());
            }
        } else if let What::ItemRedirected { department, .. } = &fact.what {
            self.department = department.clone();
            if let Some(order) = &mut self.order {
                order.declined = false;
            }
            self.progress = None;
        } else if let What::ItemProgressed { progress, wait, .. } = &fact.what {
            self.progress = Some(progress.clone());
            self.wait = wait.or(self.wait);
        } else {
            self.take_result(fact);
        }
    }

    /// What a department decides, and what ends without it.
    fn take_result(&mut self, fact: &Fact) {
        let at = fact.at;
        if let What::ItemPreIssued { opinion, .. } = &fact.what {
            self.opinion = Some(opinion.clone());
            self.give_up_order();
            self.state = ItemState::PreIssued;
        } else if let What::ConversionAsked { order, wait, .. }
        | What::RecheckAsked { order, wait, .. } = &fact.what
        {
            self.ask(order);
            self.wait = Some(*wait);
        } else if let What::ItemIssued { certificate, converted, .. } = &fact.what {
            let (number, converted) = (certificate.clone(), *converted);
            self.permit = Some(Permit { number, converted, issued_at: at });
            self.give_up_order();
            self.rest(ItemState::Issued, None);
        } else if let What::ItemRechecked { upheld, reason, .. } = &fact.what {
            self.give_up_order();
            self.wait = None;
            if !upheld {
                self.end(ItemState::Revoked, reason, "", at);
            }
        } else if let What::ItemNotAccepted { reason, remedy, .. } = &fact.what {
            self.end(ItemState::NotAccepted, reason, remedy, at);
        } else if let What::ItemRefused { reason, remedy, .. } = &fact.what {
            self.end(ItemState::Refused, reason, remedy, at);
        } else if let What::ItemVoided { reason, .. } = &fact.what {
            self.end(ItemState::Voided, reason, "", at);
        } else if let What::ItemWithdrawn { reason, .. } = &fact.what {
            self.end(ItemState::Withdrawn, reason, "", at);
        }
    }

    fn rest(&mut self, state: ItemState, wait: Option<Wait>) {
        self.state = state;
        self.wait = wait;
    }

    fn ask(&mut self, order: &Order) {
        self.order = Some(order.clone());
        self.orders += 1;
        self.progress = None;
    }

    fn give_up_order(&mut self) {
        self.order = None;
        self.progress = None;
    }

    /// Ends without a permit.
    fn end(&mut self, state: ItemState, reason: &str, remedy: &str, at: Timestamp) {
        self.give_up_order();
        self.permit = None;
        self.opinion = None;
        let (reason, remedy) = (reason.to_owned(), remedy.to_owned());
        self.ending = Some(Ending { reason, remedy, ended_at: at });
        self.rest(state, None);
    }

    /// As if it had never been submitted, but for what is counted; and for what it was told is
    /// missing, while the attempt is the same.
    fn begin_again(&mut self, attempt: u32) {
        let Item { orders, notices_against_department, .. } = *self;
        let reviews = std::mem::take(&mut self.reviews);
        let same = attempt == self.attempt;
        let notices = if same { std::mem::take(&mut self.notices) } else { Vec::new() };
        let new = Item::new(self.department.clone());
        *self = Item { attempt, orders, reviews, notices, notices_against_department, ..new };
    }
}
