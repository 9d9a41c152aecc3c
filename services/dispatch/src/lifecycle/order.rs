//! The work order (工单), as it is kept.

use std::collections::{BTreeMap, BTreeSet};

use base::{CategoryId, DepartmentId, EnterpriseId, PersonId, WorkOrderId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::limits::{Deadline, Due, LimitKind, LimitRule, LimitStart, Tier};
use super::parts::{
    Armed, Assistance, Extension, Precedent, Rating, Reply, Return, Round, StandStill, Supervision,
    WorkPause,
};
use super::words::{Alarm, Card, Decision, Escalation, Outcome, State, WorkClass, WorkKind};

/// A piece of work for a department (工单).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkOrder {
    /// Which one.
    pub id: WorkOrderId,
    /// What people say on the phone: `GD-2026-000083`.
    pub number: String,
    /// What it is for: `tickets/{uuid}`.
    pub source: String,
    /// The number of that: `CS-2026-000083`.
    pub source_number: String,
    /// The order that it assists, if it is a child (协办单).
    pub parent: Option<WorkOrderId>,
    /// The department that asked for assistance, if it is a child.
    pub asked_by: Option<DepartmentId>,
    /// Where it is decided.
    pub kind: WorkKind,
    /// Which round of the matter, from 1.
    pub round: u32,
    /// What it is about.
    pub title: String,
    /// What is asked.
    pub text: String,
    /// Whose matter.
    pub enterprise: EnterpriseId,
    /// The category of the catalogue.
    pub category: CategoryId,
    /// How hard it is.
    pub work_class: WorkClass,
    /// Departments that may be asked to assist; a suggestion.
    pub suggested_assisting: Vec<DepartmentId>,
    /// The limits that the catalogue set; where it set none, the defaults hold.
    pub limits: Vec<LimitRule>,
    /// The version of the catalogue that they come from.
    pub rule_version: u32,
    /// People who may not do it.
    pub barred: BTreeSet<PersonId>,
    /// Departments that may neither lead nor assist.
    #[serde(default)]
    pub excluded: BTreeSet<DepartmentId>,
    /// Class urgent: who is on duty for the whole zone.
    #[serde(default)]
    pub zone_duty: Option<PersonId>,

    /// Where it stands.
    pub state: State,
    /// The department that has it; none while nobody knows whose work it is.
    pub department: Option<DepartmentId>,
    /// The department that answers for it (首接负责): the first that had it, until its successor
    /// claims.
    #[serde(default)]
    pub responsible: Option<DepartmentId>,
    /// Class urgent: the duty chain, from the one to whom it is offered now.
    #[serde(default)]
    pub duty: Vec<PersonId>,
    /// Who has claimed it.
    pub claimant: Option<PersonId>,
    /// The same, whatever the account.
    #[serde(default)]
    pub claimant_human: Option<PersonId>,
    /// Everybody who claimed, contacted, signed or answered, here or in an assisting order, in any
    /// round: none of them may close the matter (domain.md §2).
    pub concerned: BTreeSet<PersonId>,

    /// When the enterprise submitted.
    pub submitted_at: Timestamp,
    /// When it was offered to the present department.
    pub offered_at: Timestamp,
    /// When its claimant left; it waits for another from then on. Who gives it back starts no clock.
    #[serde(default)]
    pub released_at: Option<Timestamp>,
    /// When it was claimed there first, whoever of the department has it since: limits that start at
    /// the claim run from then on.
    pub claimed_at: Option<Timestamp>,
    /// Decision work: when its owner accepted what was asked for (受理), in this round.
    #[serde(default)]
    pub accepted_at: Option<Timestamp>,
    /// When first contact was made.
    pub contacted_at: Option<Timestamp>,
    /// When it was answered: the instant that counts.
    pub completed_at: Option<Timestamp>,
    /// When it last changed. Never runs back.
    pub changed_at: Timestamp,

    /// By when it must be claimed, from the present offer.
    pub claim_due: Option<Due>,
    /// By when first contact is due; unknown until the claim if that is where the limit starts.
    pub contact_due: Option<Due>,
    /// By when its owner should have accepted, while a limit that starts there waits for it.
    #[serde(default)]
    pub acceptance_due: Option<Due>,
    /// By when the answer is due, with its cards.
    pub reply: Option<Deadline>,
    /// By when whoever has to decide next must have decided.
    #[serde(default)]
    pub decision_due: Option<Due>,
    /// Since when that has been awaited.
    #[serde(default)]
    pub waits_from: Option<Timestamp>,
    /// First contact came after its limit; unknown until it is made.
    pub contacted_late: Option<bool>,
    /// The answer came after its limit; unknown until it is given.
    pub answered_late: Option<bool>,

    /// The alarms that are set. Only those that [`WATCHED`](super::WATCHED) names for the state
    /// ring.
    pub armed: BTreeMap<Alarm, Armed>,
    /// The card it has been given for the present due instant.
    pub card: Option<Card>,
    /// The due instant for which it was last given the yellow one.
    #[serde(default)]
    pub yellow_for: Option<Timestamp>,
    /// Urgings and supervisions of this round.
    #[serde(default)]
    pub supervisions: Vec<Supervision>,

    /// Every return of this round, in order; the last one may wait to be decided.
    pub returns: Vec<Return>,
    /// The orders with which other departments assist.
    pub assistance: Vec<Assistance>,
    /// The pauses of this round, asked and granted.
    pub pauses: Vec<WorkPause>,
    /// The extensions of this round, asked and granted.
    #[serde(default)]
    pub extensions: Vec<Extension>,
    /// For a child: the order that it assists is suspended.
    pub still: Option<StandStill>,

    /// Why it went to a zone leader.
    #[serde(default)]
    pub escalated_for: Option<Escalation>,
    /// A zone leader designated the department: it cannot be returned.
    #[serde(default)]
    pub designated: bool,
    /// The minutes that say so.
    #[serde(default)]
    pub minutes: String,
    /// How it was routed, if that is kept for the next of its kind.
    #[serde(default)]
    pub precedent: Option<Precedent>,
    /// Why the department declined it.
    #[serde(default)]
    pub declined_basis: String,
    /// Why it was cancelled.
    #[serde(default)]
    pub cancelled_reason: String,

    /// The answer that waits for a signature.
    #[serde(default)]
    pub replied: Option<Reply>,
    /// Assistance that the answer names as overdue: the lateness is theirs.
    #[serde(default)]
    pub overdue_assistance: Vec<WorkOrderId>,
    /// Who signed the answer.
    #[serde(default)]
    pub signer: Option<PersonId>,
    /// Outcome planned: by when it is promised.
    #[serde(default)]
    pub planned_at: Option<Timestamp>,
    /// Decision work: what was decided, in the owner's words.
    #[serde(default)]
    pub settled_outcome: String,
    /// What became of it, once answered.
    pub outcome: Option<Outcome>,
    /// What the enterprise is told, once answered.
    pub answer: String,
    /// What stays inside, once answered.
    pub internal_note: String,
    /// The enterprise's verdict.
    pub rating: Option<Rating>,
    /// The matter was closed after the zone's own limit; unknown until it is closed.
    #[serde(default)]
    pub closed_late: Option<bool>,
    /// The rounds before this one.
    #[serde(default)]
    pub past: Vec<Round>,
}

impl WorkOrder {
    /// Whether work is still to be done.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Completed | State::Cancelled)
    }

    /// The return that waits to be decided.
    pub fn pending_return(&self) -> Option<&Return> {
        self.returns.last().filter(|last| last.decision.is_none())
    }

    /// The pause that was asked and waits to be decided.
    pub fn pending_pause(&self) -> Option<&WorkPause> {
        self.pauses.last().filter(|last| last.decision.is_none())
    }

    /// The pause that lasts now.
    pub fn running_pause(&self) -> Option<&WorkPause> {
        self.pauses.last().filter(|last| last.is_granted() && last.resumed_at.is_none())
    }

    /// The last pause, if in it the enterprise was awaited in vain, as far as is known.
    pub fn awaited_in_vain(&self, now: Timestamp) -> Option<&WorkPause> {
        let last = self.pauses.iter().rfind(|past| past.is_granted());
        last.filter(|last| last.was_in_vain(now))
    }

    /// The extension that was asked and waits to be decided.
    pub fn pending_extension(&self) -> Option<&Extension> {
        self.extensions.last().filter(|last| last.decision.is_none())
    }

    /// The extension that holds: the last one granted.
    pub fn extension(&self) -> Option<&Extension> {
        self.extensions.iter().rfind(|past| past.decision == Some(Decision::Granted))
    }

    /// Whether a limit of the answer waits for its owner to accept what was asked for.
    pub fn awaits_acceptance(&self) -> bool {
        let starts_there =
            |rule: &LimitRule| (rule.kind, rule.start) == (LimitKind::Reply, LimitStart::Accepted);
        self.accepted_at.is_none() && self.limits.iter().any(starts_there)
    }

    /// Class urgent: to whom it is offered now.
    pub fn on_duty(&self) -> Option<&PersonId> {
        self.duty.first().filter(|_| self.state == State::Offered)
    }

    /// Whether a card was given for the present due instant, and is not annulled.
    pub fn was_given(&self, card: Card) -> bool {
        let due = self.reply.map(|reply| reply.card_due().at);
        let before = card == Card::Yellow && due.is_some() && self.yellow_for == due;
        self.card == Some(card) || before
    }

    /// Whether a department has it.
    pub fn is_of(&self, department: &DepartmentId) -> bool {
        self.department.as_ref() == Some(department)
    }

    /// Whether a department has anything to do with it, or may have nothing.
    pub fn concerns(&self, department: &DepartmentId) -> bool {
        let assists = self.assistance.iter().any(|child| child.department == *department);
        let mut own = [&self.department, &self.responsible, &self.asked_by].into_iter().flatten();
        assists || self.excluded.contains(department) || own.any(|own| own == department)
    }

    /// Whether a department has or had it in this round.
    pub fn was_with(&self, department: &DepartmentId) -> bool {
        self.is_of(department) || self.returns.iter().any(|past| past.department == *department)
    }

    /// The assisting orders that are neither done nor waived.
    pub fn open_assistance(&self) -> impl Iterator<Item = &Assistance> {
        self.assistance.iter().filter(|child| child.is_open())
    }

    /// The due instant that an answer given now is held against. While the clock stands still for
    /// the order that a child assists, it is the one that follows if the pause lasts; what was
    /// overdue before, stays it.
    pub fn answer_due(&self) -> Option<Due> {
        let due = self.reply?.due;
        let still = self.still.as_ref().filter(|still| still.from <= due.at);
        Some(still.map_or(due, |still| still.due))
    }

    /// Whether the answer came after what was promised; what was not promised is held against its
    /// limit. `None` while there is none.
    pub fn promise_broken(&self) -> Option<bool> {
        let late = self.answered_late?;
        let promised = self.reply.and_then(|reply| reply.of(Tier::Promised));
        let held = promised.zip(self.completed_at).map(|(due, at)| due.at < at);
        Some(held.unwrap_or(late))
    }

    /// By when the answer was promised to the enterprise; what was not promised, by its limit.
    pub fn promised_at(&self) -> Option<Timestamp> {
        self.reply.map(|reply| reply.of(Tier::Promised).unwrap_or(reply.due).at)
    }

    /// By when first contact is due, if it was not made; not awaited by what had ended before.
    pub fn contact_awaited(&self) -> Option<Timestamp> {
        let due = self.contact_due.filter(|_| self.contacted_late.is_none())?.at;
        let ended_before = self.completed_at.is_some_and(|ended| ended <= due);
        (!ended_before).then_some(due)
    }

    /// The spans in which the clock of `tier` stood still.
    pub(crate) fn stood_still(&self, tier: Tier) -> Vec<calendar::Pause> {
        let stops = |pause: &&WorkPause| pause.is_granted() && pause.reason.stops_clock_of(tier);
        let span = |pause: &WorkPause| calendar::Pause { from: pause.from, to: pause.resumed_at };
        self.pauses.iter().filter(stops).map(span).collect()
    }

    /// Sets when a limit runs out, and its alarm if the instant is a new one.
    pub(crate) fn set_claim_due(&mut self, due: Option<Due>) {
        if self.claim_due.map(|old| old.at) != due.map(|new| new.at) {
            self.arm(Alarm::Claim, due.map(|due| due.at));
        }
        self.claim_due = due;
    }

    /// As [`WorkOrder::set_claim_due`], for first contact.
    pub(crate) fn set_contact_due(&mut self, due: Option<Due>) {
        if self.contact_due.map(|old| old.at) != due.map(|new| new.at) {
            self.arm(Alarm::Contact, due.map(|due| due.at));
        }
        self.contact_due = due;
    }

    /// As [`WorkOrder::set_claim_due`], for the acceptance.
    pub(crate) fn set_acceptance_due(&mut self, due: Option<Due>) {
        if self.acceptance_due.map(|old| old.at) != due.map(|new| new.at) {
            self.arm(Alarm::Acceptance, due.map(|due| due.at));
        }
        self.acceptance_due = due;
    }

    /// As [`WorkOrder::set_claim_due`], for the answer: a due instant that moved has no card yet, and
    /// of one that stays, the instants of cards not yet given may move.
    pub(crate) fn set_reply(&mut self, deadline: Option<Deadline>) {
        let moved = |instant: fn(&Deadline) -> Option<Timestamp>| {
            self.reply.as_ref().and_then(instant) != deadline.as_ref().and_then(instant)
        };
        let cards = moved(|of| Some(of.card_due().at));
        let yellow = cards || (moved(|of| Some(of.yellow_at)) && self.card.is_none());
        let red = cards || (moved(|of| Some(of.red_at)) && self.card != Some(Card::Red));
        let untold = self.armed.get(&Alarm::Overdue).is_some_and(|armed| armed.told.is_none());
        let overdue = moved(|of| Some(of.due.at)) || (moved(|of| Some(of.overdue_at)) && untold);
        let statutory = |of: &Deadline| Some(of.of(Tier::Statutory)?.at);
        let legal = moved(statutory);
        if cards {
            self.card = None;
        }
        if yellow {
            self.arm(Alarm::YellowCard, deadline.map(|deadline| deadline.yellow_at));
        }
        if red {
            self.arm(Alarm::RedCard, deadline.map(|deadline| deadline.red_at));
        }
        if overdue {
            self.arm(Alarm::Overdue, deadline.map(|deadline| deadline.overdue_at));
        }
        if legal {
            self.arm(Alarm::Legal, deadline.as_ref().and_then(statutory));
        }
        self.reply = deadline;
    }

    /// Sets by when somebody must have decided what is awaited from now on, and the alarm of that.
    pub(crate) fn set_decision_due(&mut self, alarm: Alarm, due: Due, from: Timestamp) {
        (self.decision_due, self.waits_from) = (Some(due), Some(from));
        self.arm(alarm, Some(due.at));
    }

    pub(crate) fn arm(&mut self, alarm: Alarm, at: Option<Timestamp>) {
        match at {
            Some(at) => self.armed.insert(alarm, Armed { at, told: None }),
            None => self.armed.remove(&alarm),
        };
    }
}
