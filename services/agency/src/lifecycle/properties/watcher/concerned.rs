//! What ran out, what dispatch says, who may not be both: held against a life by the facts alone.
#![allow(clippy::expect_used, clippy::wildcard_enum_match_arm, reason = "tests")]

use base::Role;
use calendar::{Calendar, Intake, Limit, Moment};

use super::super::super::*;
use super::Watcher;

impl Watcher {
    /// What comes later than a limit, whether an alarm rang or not, finds it run out.
    pub(super) fn sees_what_ran_out(&self, case: &Case, fact: &Fact, calendar: &Calendar) {
        let five = Limit::WorkingDays(5);
        match &fact.what {
            What::CorrectionAsked { item, .. }
            | What::ItemNotAccepted { item, .. }
            | What::ItemAccepted { item, by_itself: false, .. } => {
                let moment = Moment { now: self.received[item], calendar };
                let end = moment.due_from_now(Intake::Instant, five).expect("near").at;
                assert!(fact.at <= end, "{item} is answered after five days");
            }
            What::MaterialAdded { material, .. } => {
                let promise = case.promises.get(material).map(|promise| promise.due.at);
                let waits =
                    |item: &Item| item.state == ItemState::PreIssued && item.order.is_none();
                let opinions = case.procedure().needing(material);
                let waiting = opinions.filter(|of| waits(&case.items[&of.item])).count();
                let late = promise.is_some_and(|until| until < fact.at) && !case.has(material);
                assert!(!late || waiting == 0, "{material} comes late and saves an opinion");
            }
            What::LandAcquired { .. } => {
                let in_force = case.commitment_in_force();
                let late = in_force.is_some_and(|letter| letter.land_due.at < fact.at);
                assert!(!late, "land comes late and keeps the commitment");
            }
            _ => {}
        }
    }

    /// Dispatch says when a result is due; what stands still there is held against nobody; what was
    /// never asked for is none of the case's.
    pub(super) fn sees_dispatch(&mut self, case: &Case, fact: &Fact) {
        match &fact.what {
            What::ItemProgressed { item, progress, .. } => {
                self.told.insert(item.clone(), progress.clone());
            }
            What::ItemSubmitted { item, .. }
            | What::ItemAccepted { item, .. }
            | What::ItemRedirected { item, .. }
            | What::ConversionAsked { item, .. }
            | What::RecheckAsked { item, .. } => {
                self.told.remove(item);
            }
            What::LimitMissed { alarm: Alarm::Item(item), .. } => {
                let result = case.items[item].owes_result();
                if let Some(told) = self.told.get(item).filter(|_| result) {
                    assert!(!told.stands_still(), "{item} stands still");
                    let early = told.due.is_some_and(|due| fact.at < due.at);
                    assert!(!early, "{item} is not yet due in dispatch");
                }
            }
            What::HeardLate { work_order, .. } => {
                assert!(self.asked.contains(work_order), "{work_order} was never asked for");
            }
            _ => {}
        }
    }

    /// Nobody decides in a case of which they ever are the agent.
    pub(super) fn checks_two_people(&mut self, command: &Command, case: &Case) {
        if let Command::Item { by, ask, .. } = command
            && by.person.is(Role::Staff)
            && !matches!(ask, ItemAsk::Redirect { .. })
        {
            self.deciders.insert(by.person.human().clone());
        }
        self.agents.insert(case.agent.clone());
        assert!(self.agents.is_disjoint(&self.deciders), "an agent decides: {command:?}");
    }
}
