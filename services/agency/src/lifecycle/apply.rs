//! The case after a fact: nothing else ever makes a next state.

mod item;

use std::collections::{BTreeMap, BTreeSet};

use base::{DepartmentId, ItemId, MaterialId, PersonId};
use jiff::Timestamp;

use super::State;
use super::alarm::Alarm;
use super::case::{Case, Opening};
use super::fact::{Fact, What};
use super::item::{Item, ItemState};
use super::limits::Wait;
use super::material::Material;

/// The case after a fact. Folding all its facts gives the case.
pub fn apply(before: Option<Case>, fact: &Fact) -> Option<Case> {
    if let What::Opened { id, opening, wait } = &fact.what {
        let matters = &opening.procedure.matters;
        let items = matters
            .iter()
            .map(|matter| (matter.item.clone(), Item::new(matter.department.clone())))
            .collect();
        return Some(Case {
            id: *id,
            opening: Opening::clone(opening),
            state: State::Consulting,
            agent: opening.agent.clone(),
            agents: BTreeSet::from([opening.agent.clone()]),
            hand_over: None,
            deciders: BTreeSet::new(),
            first_mandated_at: None,
            mandate: None,
            items,
            materials: BTreeMap::new(),
            promises: BTreeMap::new(),
            commitment: None,
            land_acquired_at: None,
            start_allowed_at: None,
            first_start_allowed_at: None,
            certificates: BTreeSet::new(),
            wait: Some(*wait),
            opened_at: fact.at,
            started_at: None,
            delivered_at: None,
            delivered_partly: false,
            changed_at: fact.at,
        });
    }
    let mut case = before?;
    case.take_in(fact);
    Some(case)
}

impl Case {
    pub(super) fn take_in(&mut self, fact: &Fact) {
        if !fact.what.is_a_note() {
            self.changed_at = self.changed_at.max(fact.at);
        }
        match &fact.what {
            What::Opened { .. } | What::HeardLate { .. } => {}
            What::MandateSigned { .. }
            | What::MandateEnded { .. }
            | What::AgentLeft { .. }
            | What::AgentReturned
            | What::AgentChanged { .. }
            | What::Started
            | What::Suspended { .. }
            | What::Resumed { .. }
            | What::Terminated { .. }
            | What::Finished { .. }
            | What::Delivered { .. }
            | What::FollowedUp { .. }
            | What::Archived { .. } => self.take_course(fact),
            What::MaterialAdded { .. }
            | What::MaterialPromised { .. }
            | What::CommitmentSigned { .. }
            | What::CommitmentBroken { .. }
            | What::LandAcquired { .. }
            | What::StartAllowed
            | What::StartForbidden => self.take_material(fact),
            What::LimitMissed { alarm, rings_at, .. } => {
                if let Some(wait) = self.wait_mut(alarm) {
                    wait.told_times += 1;
                    wait.rings_at = *rings_at;
                }
            }
            What::DueChanged { alarm, wait } => {
                if let Some(own) = self.wait_mut(alarm) {
                    *own = *wait;
                }
            }
            What::DepartmentSucceeded { department, successor } => {
                self.succeed(department, successor);
            }
            What::DecidersKnown { people } => self.deciders.extend(people.iter().cloned()),
            What::ItemReady { item, .. }
            | What::ItemBlocked { item, .. }
            | What::ItemSubmitted { item, .. }
            | What::CorrectionAsked { item, .. }
            | What::CorrectionSupplied { item, .. }
            | What::ItemAccepted { item, .. }
            | What::ItemNotAccepted { item, .. }
            | What::ItemPreIssued { item, .. }
            | What::ConversionAsked { item, .. }
            | What::ItemIssued { item, .. }
            | What::ItemRefused { item, .. }
            | What::ItemVoided { item, .. }
            | What::RecheckAsked { item, .. }
            | What::ItemRechecked { item, .. }
            | What::ItemReapplied { item, .. }
            | What::ItemWithdrawn { item, .. }
            | What::ItemDeclined { item, .. }
            | What::ItemRedirected { item, .. }
            | What::ItemProgressed { item, .. } => self.take_item(item, fact),
        }
    }

    /// What the case as a whole goes through.
    fn take_course(&mut self, fact: &Fact) {
        if let What::MandateSigned { mandate, wait } = &fact.what {
            self.mandate = Some(mandate.as_ref().clone());
            self.first_mandated_at = self.first_mandated_at.or(Some(fact.at));
            if let Some(wait) = wait {
                self.rest(State::Mandated, Some(*wait));
            }
        } else if let What::MandateEnded { wait, .. } = &fact.what {
            self.mandate = None;
            if let Some(wait) = wait {
                self.rest(State::Consulting, Some(*wait));
            } else {
                // The enterprise goes on alone.
                self.hand_over = None;
            }
        } else if let What::AgentLeft { wait } = &fact.what {
            self.hand_over = Some(*wait);
        } else if let What::AgentReturned = &fact.what {
            self.hand_over = None;
        } else if let What::AgentChanged { agent, .. } = &fact.what {
            self.change_agent(agent);
        } else if let What::Started = &fact.what {
            self.started_at = Some(fact.at);
            self.rest(State::Running, None);
        } else if let What::Suspended { wait, .. } = &fact.what {
            self.rest(State::Suspended, Some(*wait));
        } else if let What::Resumed { .. } = &fact.what {
            self.rest(State::Running, None);
        } else if let What::Terminated { .. } = &fact.what {
            self.terminate();
        } else if let What::Finished { wait } = &fact.what {
            self.wait = Some(*wait);
        } else if let What::Delivered { without, wait } = &fact.what {
            self.deliver(without, *wait, fact.at);
        } else if let What::FollowedUp { wait, .. } = &fact.what {
            self.rest(State::FollowedUp, Some(*wait));
        } else if let What::Archived { .. } = &fact.what {
            self.rest(State::Archived, None);
        }
    }

    /// What has not started is over; what has goes on without the agent.
    fn terminate(&mut self) {
        self.mandate = None;
        self.hand_over = None;
        match self.state {
            State::Consulting | State::Mandated => {
                self.end_commitment_wait();
                self.rest(State::Archived, None);
            }
            State::Suspended => self.rest(State::Running, None),
            State::Running | State::Delivered | State::FollowedUp | State::Archived => {}
        }
    }

    fn end_commitment_wait(&mut self) {
        if let Some(commitment) = &mut self.commitment {
            commitment.wait = None;
        }
    }

    fn rest(&mut self, state: State, wait: Option<Wait>) {
        self.state = state;
        self.wait = wait;
    }

    fn change_agent(&mut self, agent: &PersonId) {
        self.agents.insert(agent.clone());
        self.agent = agent.clone();
        self.hand_over = None;
        if let Some(mandate) = &mut self.mandate {
            mandate.agent = agent.clone();
        }
    }

    fn deliver(&mut self, without: &[ItemId], wait: Wait, at: Timestamp) {
        self.delivered_at = Some(at);
        self.delivered_partly = !without.is_empty();
        self.mandate = None;
        self.hand_over = None;
        self.end_commitment_wait();
        self.rest(State::Delivered, Some(wait));
    }

    /// Materials, the commitment, and what they bring.
    fn take_material(&mut self, fact: &Fact) {
        if let What::MaterialAdded { material, version, .. } = &fact.what {
            self.add(material, version);
        } else if let What::MaterialPromised { material, promise } = &fact.what {
            self.promises.insert(material.clone(), promise.clone());
        } else if let What::CommitmentSigned { commitment } = &fact.what {
            self.commitment = Some(commitment.as_ref().clone());
        } else if let What::CommitmentBroken { reason } = &fact.what {
            if let Some(commitment) = &mut self.commitment {
                commitment.broken = Some(reason.clone());
                commitment.wait = None;
            }
        } else if let What::LandAcquired { wait } = &fact.what {
            self.land_acquired_at = Some(fact.at);
            if let Some(commitment) = &mut self.commitment {
                commitment.wait = *wait;
            }
        } else if let What::StartAllowed = &fact.what {
            self.start_allowed_at = Some(fact.at);
            self.first_start_allowed_at = self.first_start_allowed_at.or(Some(fact.at));
        } else if let What::StartForbidden = &fact.what {
            self.start_allowed_at = None;
        }
    }

    fn add(&mut self, material: &MaterialId, version: &Material) {
        self.materials.entry(material.clone()).or_default().push(version.clone());
        let procedure = self.opening.procedure.clone();
        for matter in procedure.needing(material) {
            let wait = self.opinion_wait(matter);
            let Some(item) = self.items.get_mut(&matter.item) else { continue };
            item.awaited.remove(material);
            if item.state == ItemState::PreIssued && item.order.is_none() {
                item.wait = wait;
            }
        }
    }

    fn take_item(&mut self, id: &ItemId, fact: &Fact) {
        let outstanding = self.procedure().matter(id).and_then(|matter| self.opinion_wait(matter));
        // What had finished goes on.
        let goes_on = matches!(
            &fact.what,
            What::ItemReapplied { .. } | What::RecheckAsked { .. } | What::ItemReady { .. }
        );
        if goes_on && self.state == State::Running {
            self.wait = None;
        }
        if let What::ItemIssued { certificate, .. } = &fact.what {
            self.certificates.insert(certificate.clone());
        }
        let Some(item) = self.items.get_mut(id) else { return };
        if let What::ItemPreIssued { .. } = &fact.what {
            item.wait = outstanding;
        }
        item.take_in(fact);
        item.take_review(fact);
        // Once there is land, the commitment waits for its opinions alone.
        if self.land_acquired_at.is_some() && !self.has_opinions() {
            self.end_commitment_wait();
        }
    }

    /// The successor of a department that declined an item has not declined it.
    fn succeed(&mut self, department: &DepartmentId, successor: &DepartmentId) {
        for item in self.items.values_mut() {
            if item.department == *department {
                item.department = successor.clone();
            }
            if let Some(order) = &mut item.order {
                order.decliners.remove(department);
            }
        }
    }

    /// What an alarm rings for.
    fn wait_mut(&mut self, alarm: &Alarm) -> Option<&mut Wait> {
        match alarm {
            Alarm::Case => self.wait.as_mut(),
            Alarm::Mandate => None,
            Alarm::Agent => self.hand_over.as_mut(),
            Alarm::Commitment => self.commitment.as_mut()?.wait.as_mut(),
            Alarm::Item(item) => self.items.get_mut(item)?.wait.as_mut(),
            Alarm::Promise(material) => Some(&mut self.promises.get_mut(material)?.wait),
        }
    }
}
