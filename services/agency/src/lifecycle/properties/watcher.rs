//! Watches a life by the facts alone, with a model of its own: what the engine forgot to check,
//! this finds.
#![allow(clippy::expect_used, clippy::wildcard_enum_match_arm, reason = "tests")]

mod concerned;
mod standing;

use std::collections::{BTreeMap, BTreeSet};

use base::{ItemId, MaterialId, PersonId, Role, WorkOrderId};
use calendar::{Calendar, Intake, Limit, Moment};
use jiff::Timestamp;

use super::super::*;

/// What was seen so far.
#[derive(Default)]
pub(super) struct Watcher {
    /// Every order that was ever asked for.
    asked: BTreeSet<WorkOrderId>,
    /// Those that are neither settled nor withdrawn.
    live: BTreeMap<WorkOrderId, ItemId>,
    certificates: BTreeSet<String>,
    received: BTreeMap<ItemId, Timestamp>,
    announced: BTreeMap<ItemId, Timestamp>,
    named: BTreeMap<ItemId, BTreeSet<MaterialId>>,
    fallen: Vec<ItemId>,
    /// Opinions may stand that were given when there was land.
    late_opinions: bool,
    mandate: Option<(PersonId, Scope, Timestamp)>,
    /// Where the order of an item stands, as told since it was accepted.
    told: BTreeMap<ItemId, Progress>,
    agents: BTreeSet<PersonId>,
    deciders: BTreeSet<PersonId>,
}

impl Watcher {
    pub(super) fn orders(&self) -> impl Iterator<Item = WorkOrderId> {
        self.asked.iter().copied()
    }

    pub(super) fn has_no_orphan(&self) {
        assert_eq!(self.live.len(), 0, "orders without an owner: {:?}", self.live);
    }

    /// A fact, and the case just before it.
    pub(super) fn sees(&mut self, case: &Case, fact: &Fact, calendar: &Calendar) {
        assert!(case.changed_at <= fact.at || fact.what.is_a_note(), "time runs back");
        self.sees_order(fact);
        self.sees_applying(case, fact);
        self.sees_deciding(case, fact, calendar);
        self.sees_what_ran_out(case, fact, calendar);
        self.sees_dispatch(case, fact);
        match &fact.what {
            What::MandateSigned { mandate, .. } => {
                let Mandate { agent, scope, expires, .. } = mandate.as_ref();
                self.mandate = Some((agent.clone(), scope.clone(), expires.at));
            }
            What::MandateEnded { .. } => self.mandate = None,
            What::AgentChanged { agent, .. } => {
                if let Some((of, _, _)) = &mut self.mandate {
                    *of = agent.clone();
                }
            }
            What::Delivered { without, .. } => {
                self.has_no_orphan();
                let issued = |item: &ItemId| case.state_of(item) == Some(ItemState::Issued);
                assert!(case.items.keys().all(|item| issued(item) != without.contains(item)));
            }
            _ => {}
        }
    }

    fn sees_order(&mut self, fact: &Fact) {
        match (fact.what.errand(), &fact.what) {
            (
                Some(Errand::Ask(order)),
                What::ItemSubmitted { item, .. }
                | What::ConversionAsked { item, .. }
                | What::RecheckAsked { item, .. },
            ) => {
                assert!(self.asked.insert(order), "{order} is started twice");
                let twice = self.live.values().any(|of| of == item);
                assert!(!twice, "{item} has two orders");
                self.live.insert(order, item.clone());
            }
            (Some(Errand::Settle(order) | Errand::Withdraw(order)), _) => {
                assert!(self.live.remove(&order).is_some(), "{order} has ended before");
            }
            (Some(Errand::Accept(order) | Errand::Supply(order) | Errand::Redirect(order)), _) => {
                assert!(self.live.contains_key(&order), "{order} is not wanted");
            }
            (Some(Errand::Ask(_)) | None, _) => {}
        }
    }

    fn sees_applying(&mut self, case: &Case, fact: &Fact) {
        match &fact.what {
            What::ItemSubmitted { item, .. } => {
                assert_eq!(case.state, State::Running, "{item} is submitted");
                let matter = case.procedure().matter(item).expect("a matter");
                let letter = case.commitment.as_ref();
                let stands = letter.is_some_and(|letter| letter.broken.is_none());
                let land = !matter.needs_land || case.land_acquired_at.is_some();
                assert!(land || stands, "{item} has neither land nor a commitment");
                for before in &matter.after {
                    let state = case.state_of(before);
                    let formal = state == Some(ItemState::Issued);
                    let opinion = matter.on_opinion && state == Some(ItemState::PreIssued);
                    assert!(formal || opinion, "{item} waits for {before}");
                }
                let there = |need: &Need| case.materials.contains_key(&need.material);
                let later = |need: &Need| {
                    let promise = case.promises.get(&need.material);
                    need.deferrable && promise.is_some_and(|promise| fact.at < promise.due.at)
                };
                assert!(matter.materials.iter().all(|need| there(need) || later(need)));
                self.received.insert(item.clone(), fact.at);
            }
            What::CorrectionSupplied { item, .. } => {
                assert_eq!(case.state, State::Running, "{item} is supplied");
                self.received.insert(item.clone(), fact.at);
            }
            What::ItemReapplied { item, .. } => {
                assert_eq!(case.state, State::Running, "{item} is applied for again");
                self.named.remove(item);
            }
            What::ItemBlocked { item, .. } | What::ItemWithdrawn { item, .. }
                if case.state_of(item) == Some(ItemState::PreIssued) =>
            {
                self.fallen.push(item.clone());
            }
            _ => {}
        }
    }

    fn sees_deciding(&mut self, case: &Case, fact: &Fact, calendar: &Calendar) {
        let due = |now, limit| {
            let due = Moment { now, calendar }.due_from_now(Intake::Instant, limit);
            due.expect("within a hundred years").at
        };
        match &fact.what {
            What::CorrectionAsked { item, notice, .. } => {
                let before = self.named.get(item);
                let new = before.is_some_and(|before| !notice.materials.is_subset(before));
                assert_eq!(notice.against_department, new, "a notice of {item}");
                self.named.entry(item.clone()).or_default().extend(notice.materials.clone());
            }
            What::ItemAccepted { item, as_of, by_itself, .. } => {
                let received = self.received[item];
                let matter = case.procedure().matter(item).expect("a matter");
                if *by_itself {
                    let notice = matter.kind == MatterKind::Notice;
                    let from = if notice { fact.at } else { received };
                    assert_eq!(*as_of, from, "accepted as of receipt, announced as of now");
                    assert!(due(received, Limit::WorkingDays(5)) <= fact.at, "{item} too early");
                } else {
                    assert_eq!(*as_of, fact.at);
                }
                self.announced.insert(item.clone(), fact.at);
            }
            What::ItemPreIssued { item, .. } => {
                let matter = case.procedure().matter(item).expect("a matter");
                assert!(outstanding(case, matter), "nothing is outstanding for {item}");
            }
            What::ItemIssued { item, certificate, .. } => {
                assert!(self.certificates.insert(certificate.clone()), "{certificate} twice");
                let matter = case.procedure().matter(item).expect("a matter");
                assert!(!outstanding(case, matter), "{item} is formal without everything");
                let notice = matter.kind == MatterKind::Notice;
                let limit = matter.statutory.filter(|_| notice);
                let end = limit.map(|limit| due(self.announced[item], limit));
                assert!(end.is_none_or(|end| end <= fact.at), "the notice {item} is shortened");
            }
            What::ItemVoided { item, cause: VoidCause::PromiseBroken, .. } => {
                let matter = case.procedure().matter(item).expect("a matter");
                let broken = matter.materials.iter().any(|need| {
                    let promise = case.promises.get(&need.material);
                    !case.materials.contains_key(&need.material)
                        && promise.is_some_and(|promise| promise.due.at <= fact.at)
                });
                assert!(broken, "what {item} was promised came, or is not due yet");
                self.fallen.push(item.clone());
            }
            What::ItemVoided { item, .. } | What::ItemRechecked { item, upheld: false, .. } => {
                self.fallen.push(item.clone());
            }
            What::StartAllowed => {
                let broken = case.commitment.as_ref().and_then(|letter| letter.broken.as_ref());
                assert_eq!(broken, None, "work may start after the breach");
                let needed = case.all_items().filter(|(_, matter)| matter.for_start);
                for (item, matter) in needed {
                    let looked_at = self.live.values().any(|of| *of == matter.item);
                    assert!(item.state == ItemState::Issued && !looked_at, "start without permit");
                }
            }
            _ => {}
        }
    }

    /// A whole command, when everything that follows from it has followed.
    pub(super) fn checks(&mut self, before: &Case, case: &Case, by: &Command, facts: &[Fact]) {
        let own = case.items.values().filter_map(|item| item.order.as_ref());
        let own: BTreeSet<WorkOrderId> = own.map(|order| order.id).collect();
        assert_eq!(own, self.live.keys().copied().collect(), "orders without an owner");
        // Who looks again after something ran out has looked at that as well.
        let looked = |id: &ItemId| {
            let rechecked =
                |fact: &Fact| matches!(&fact.what, What::ItemRechecked { item, .. } if item == id);
            facts.iter().any(rechecked)
        };
        for fallen in std::mem::take(&mut self.fallen) {
            for matter in case.procedure().waiting_for(&fallen) {
                let item = &case.items[&matter.item];
                let stands = item.state == ItemState::Issued && !item.is_rechecked();
                assert!(!stands || looked(&matter.item), "{fallen} fell");
            }
        }
        for (item, matter) in case.all_items() {
            let ripe = item.state == ItemState::PreIssued && !outstanding(case, matter);
            assert!(!ripe || item.order.is_some(), "nobody makes {} formal", matter.item);
        }
        standing::of_promises(case, facts);
        standing::of_breach(case);
        standing::of_notices(case, &self.named);
        standing::of_suspension(before, case, facts);
        self.late_opinions = standing::of_opinions(case, facts, self.late_opinions);
        // What moves nobody can wait for: when nothing does, it is time to deliver.
        let moves = |item: &Item| {
            item.is_rechecked() || (item.state.is_open() && item.state != ItemState::Blocked)
        };
        let moving = case.items.values().any(moves);
        assert!(case.state != State::Running || case.wait.is_none() == moving, "to be delivered");
        let ends = |fact: &Fact| {
            matches!(fact.what, What::MandateEnded { .. } | What::AgentChanged { .. })
        };
        if facts.iter().all(ends) {
            let mut items = case.items.clone();
            // What goes on after a suspension has its time again.
            let goes_on = before.state == State::Suspended && case.state == State::Running;
            for (id, item) in items.iter_mut().filter(|_| goes_on) {
                item.wait = before.items[id].wait;
            }
            assert_eq!(before.items, items, "a mandate ends the agent's acts alone");
        }
        let now = facts.last().map_or(before.changed_at, |fact| fact.at);
        self.checks_agent(by, now);
        self.checks_two_people(by, case);
    }

    /// Whatever an agent did, a live mandate covered.
    fn checks_agent(&self, command: &Command, now: Timestamp) {
        let covered = |agent: &Viewer, item: Option<(&ItemId, Act)>| {
            let live = self
                .mandate
                .as_ref()
                .filter(|(of, _, expires)| of == agent.person.human() && now < *expires);
            let covers = live.is_some_and(|(_, scope, _)| {
                item.is_none_or(|(item, act)| scope.get(item).is_some_and(|of| of.contains(&act)))
            });
            assert!(covers, "no mandate covers {command:?}");
        };
        match command {
            Command::Item { by, item, .. } if by.person.is(Role::Agent) => {
                covered(by, Some((item, Act::Submit)));
            }
            Command::Case { by, ask } if by.person.is(Role::Agent) => match ask {
                CaseAsk::AddMaterial { .. }
                | CaseAsk::PromiseMaterial { .. }
                | CaseAsk::Start
                | CaseAsk::RecordLandAcquired
                | CaseAsk::Suspend { .. }
                | CaseAsk::Resume
                | CaseAsk::Deliver => covered(by, None),
                CaseAsk::HandOver { .. } | CaseAsk::Terminate { .. } | CaseAsk::Archive => {}
                CaseAsk::SignMandate { .. }
                | CaseAsk::RevokeMandate { .. }
                | CaseAsk::SignCommitment { .. }
                | CaseAsk::FollowUp { .. } => panic!("an agent did {command:?}"),
            },
            _ => {}
        }
    }
}

fn outstanding(case: &Case, matter: &Matter) -> bool {
    let lacks = |need: &Need| !case.materials.contains_key(&need.material);
    matter.materials.iter().any(lacks) || (matter.needs_land && case.land_acquired_at.is_none())
}

/// The moves that a fact makes, of the case and of its item, as the tables write them.
pub(super) fn moves_of(
    state: State,
    items: &BTreeMap<ItemId, Item>,
    after: &Case,
    fact: &Fact,
) -> Vec<String> {
    let mut moves = Vec::new();
    if let Some(action) = action_of(&fact.what) {
        moves.push(format!("{state} {action} {}", after.state));
    } else {
        assert_eq!(state, after.state, "a move without an action: {fact:?}");
    }
    for (id, item) in items {
        let now = after.items[id].state;
        match item_action_of(&fact.what).filter(|(of, _)| *of == id) {
            Some((_, action)) => moves.push(format!("{} {action} {now}", item.state)),
            None => assert_eq!(item.state, now, "a move without an action: {fact:?}"),
        }
    }
    moves
}

fn action_of(what: &What) -> Option<Action> {
    match what {
        What::MandateSigned { .. } => Some(Action::SignMandate),
        What::MandateEnded { .. } => Some(Action::EndMandate),
        What::MaterialAdded { .. } => Some(Action::AddMaterial),
        What::MaterialPromised { .. } => Some(Action::PromiseMaterial),
        What::Started => Some(Action::Start),
        What::CommitmentSigned { .. } => Some(Action::SignCommitment),
        What::LandAcquired { .. } => Some(Action::RecordLandAcquired),
        What::Suspended { .. } => Some(Action::Suspend),
        What::Resumed { .. } => Some(Action::Resume),
        What::AgentLeft { .. } => Some(Action::LoseAgent),
        What::AgentReturned => Some(Action::RegainAgent),
        What::AgentChanged { .. } => Some(Action::HandOver),
        What::Terminated { .. } => Some(Action::Terminate),
        What::Delivered { .. } => Some(Action::Deliver),
        What::FollowedUp { .. } => Some(Action::FollowUp),
        What::Archived { .. } => Some(Action::Archive),
        _ => None,
    }
}

fn item_action_of(what: &What) -> Option<(&ItemId, ItemAction)> {
    match what {
        What::ItemReady { item, .. } => Some((item, ItemAction::Unblock)),
        What::ItemBlocked { item, .. } => Some((item, ItemAction::Block)),
        What::ItemSubmitted { item, .. } => Some((item, ItemAction::Submit)),
        What::CorrectionAsked { item, .. } => Some((item, ItemAction::Correct)),
        What::CorrectionSupplied { item, .. } => Some((item, ItemAction::Supply)),
        What::ItemAccepted { item, .. } => Some((item, ItemAction::Accept)),
        What::ItemNotAccepted { item, .. } => Some((item, ItemAction::NotAccept)),
        What::ItemPreIssued { item, .. } => Some((item, ItemAction::PreIssue)),
        What::ConversionAsked { item, .. } => Some((item, ItemAction::AskConversion)),
        What::ItemIssued { item, converted: true, .. } => Some((item, ItemAction::Convert)),
        What::ItemIssued { item, .. } => Some((item, ItemAction::Issue)),
        What::ItemRefused { item, .. } => Some((item, ItemAction::Refuse)),
        What::ItemVoided { item, .. } => Some((item, ItemAction::Void)),
        What::RecheckAsked { item, .. } => Some((item, ItemAction::AskRecheck)),
        What::ItemRechecked { item, .. } => Some((item, ItemAction::Recheck)),
        What::ItemReapplied { item, .. } => Some((item, ItemAction::Reapply)),
        What::ItemWithdrawn { item, .. } => Some((item, ItemAction::Withdraw)),
        What::ItemRedirected { item, .. } => Some((item, ItemAction::Redirect)),
        _ => None,
    }
}
