//! What is tried with an item, by how it stands.
#![allow(clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;

use base::MaterialId;
use jiff::SignedDuration;

use super::super::super::sample::*;
use super::super::super::*;
use super::super::graphs::Dice;
use super::Life;

impl Life {
    /// One of what fits an item as it stands.
    pub(super) fn of_an_item(&mut self, dice: &mut Dice) -> Command {
        let matters = self.case.procedure().matters.clone();
        let mut matter = dice.pick(&matters).expect("a matter");
        // A department that has to look again is not left waiting for long.
        let again = matters.iter().find(|matter| self.case.items[&matter.item].is_rechecked());
        if let Some(again) = again.filter(|_| dice.often(40)) {
            matter = again.clone();
        }
        let own = self.case.items[&matter.item].clone();
        let text = || "理由".to_owned();
        let declined = own.order.as_ref().is_some_and(|order| order.declined);
        let ask = match own.state {
            _ if declined && dice.often(60) => {
                let elsewhere = if own.department == department("D03") { "D04" } else { "D03" };
                return Command::Item {
                    by: dispatcher(),
                    item: matter.item,
                    ask: ItemAsk::Redirect { to: department(elsewhere), reason: text() },
                };
            }
            _ if own.state.is_open() && dice.often(4) => {
                let ask = ItemAsk::Withdraw { reason: text() };
                return Command::Item { by: handler(), item: matter.item, ask };
            }
            ItemState::Blocked | ItemState::Withdrawn => return self.of_the_case(dice),
            ItemState::Ready => match self.missing(&matter, dice) {
                Some(command) => return command,
                None => ItemAsk::Submit,
            },
            ItemState::Correction => match self.unsupplied(&own, dice) {
                Some(command) => return command,
                None => ItemAsk::Supply,
            },
            ItemState::Refused
            | ItemState::NotAccepted
            | ItemState::Voided
            | ItemState::Revoked => ItemAsk::Reapply { reason: text() },
            ItemState::Submitted => match dice.below(10) {
                0..3 => ItemAsk::Correct { materials: named(&matter, dice), text: text() },
                3 => ItemAsk::NotAccept { reason: text(), remedy: text() },
                _ => ItemAsk::Accept,
            },
            ItemState::UnderReview => match dice.below(10) {
                0 => ItemAsk::Refuse { reason: text(), remedy: text() },
                1..6 => ItemAsk::PreIssue { opinion: text() },
                _ => ItemAsk::Issue { certificate: self.number(dice) },
            },
            ItemState::PreIssued => match dice.below(10) {
                _ if self.carries_an_opinion(&matter) && dice.often(40) => {
                    ItemAsk::Void { reason: text() }
                }
                0..2 => ItemAsk::Void { reason: text() },
                2..6 => return self.outstanding(&matter, dice),
                _ => ItemAsk::Convert { certificate: self.number(dice) },
            },
            ItemState::Issued => ItemAsk::Recheck { upheld: dice.often(50), reason: text() },
        };
        let applies = matches!(ask, ItemAsk::Submit | ItemAsk::Supply | ItemAsk::Reapply { .. });
        let by = if applies { self.applicant(dice) } else { self.decider(&matter.item, dice) };
        Command::Item { by, item: matter.item, ask }
    }

    /// Whether another opinion stands on this one.
    fn carries_an_opinion(&self, matter: &Matter) -> bool {
        let mut waiting = self.case.procedure().waiting_for(&matter.item);
        waiting.any(|other| self.case.state_of(&other.item) == Some(ItemState::PreIssued))
    }

    /// A material that an item still needs, added or promised.
    pub(super) fn missing(&self, matter: &Matter, dice: &mut Dice) -> Option<Command> {
        let lacks = |need: &&Need| {
            let promised = need.deferrable && self.case.promises.contains_key(&need.material);
            !self.case.has(&need.material) && !promised
        };
        let need = matter.materials.iter().find(lacks)?;
        if need.deferrable && dice.often(70) {
            let hours = i64::try_from(24 * (1 + dice.below(20))).expect("few");
            let until = self.now + SignedDuration::from_hours(hours);
            let material = need.material.clone();
            let ask = CaseAsk::PromiseMaterial { material, until };
            return Some(of_case(self.applicant(dice), ask));
        }
        Some(add(self.applicant(dice), need.material.code()))
    }

    fn unsupplied(&self, own: &Item, dice: &mut Dice) -> Option<Command> {
        let material = own.awaited.first()?;
        Some(add(self.applicant(dice), material.code()))
    }

    /// What an opinion waits for comes.
    fn outstanding(&self, matter: &Matter, dice: &mut Dice) -> Command {
        match self.case.deferred(matter).first() {
            Some(material) => add(self.applicant(dice), material.code()),
            None => of_case(self.applicant(dice), CaseAsk::RecordLandAcquired),
        }
    }
}

fn named(matter: &Matter, dice: &mut Dice) -> BTreeSet<MaterialId> {
    let needs = matter.materials.iter().filter(|_| dice.often(60));
    needs.map(|need| need.material.clone()).collect()
}
