//! The rules of subsidy: no clock, no database, no network.
//!
//! Five kinds of thing, each with its own table. What one of them
//! makes of another follows in the same unit: an approval reserves the budget and creates the
//! disbursements, or none of it happens.

pub mod application;
pub mod batch;
pub mod budget;
pub mod disbursement;
pub mod policy;
pub mod sight;

use std::fmt;

use base::{Actor, ApplicationId, BatchId, BudgetId, DisbursementId, PersonId, PolicyId};
use calendar::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::application::{Application, ApplicationCommand, ApplicationFact};
use self::batch::{Batch, BatchCommand, BatchFact};
use self::budget::{Budget, BudgetCommand, BudgetFact};
use self::disbursement::{Disbursement, DisbursementCommand, DisbursementFact};
use self::policy::{Policy, PolicyCommand, PolicyFact};
use crate::error::Error;

/// Who does it: the account that acts, and the human behind it, by whom people are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The account, as it is recorded.
    pub actor: Actor,
    /// The human.
    pub person: PersonId,
}

/// What a thing is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ThingId {
    /// `policies/{code}`.
    Policy(PolicyId),
    /// `applications/{uuid}`.
    Application(ApplicationId),
    /// `disbursements/{uuid}`.
    Disbursement(DisbursementId),
    /// `batches/{uuid}`.
    Batch(BatchId),
    /// `budgets/{policy}-{year}-{payer}`.
    Budget(BudgetId),
}

impl fmt::Display for ThingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ThingId::Policy(id) => id.fmt(f),
            ThingId::Application(id) => id.fmt(f),
            ThingId::Disbursement(id) => id.fmt(f),
            ThingId::Batch(id) => id.fmt(f),
            ThingId::Budget(id) => id.fmt(f),
        }
    }
}

/// Something that subsidy keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Thing {
    /// A policy 惠企政策.
    Policy(Box<Policy>),
    /// An application 申请.
    Application(Box<Application>),
    /// A disbursement 拨付.
    Disbursement(Box<Disbursement>),
    /// A batch 批次.
    Batch(Box<Batch>),
    /// A budget 预算额度.
    Budget(Box<Budget>),
}

/// What may be asked of a thing.
#[derive(Clone, Debug)]
pub enum Command {
    /// Of a policy.
    Policy(PolicyCommand),
    /// Of a application.
    Application(ApplicationCommand),
    /// Of a disbursement.
    Disbursement(DisbursementCommand),
    /// Of a batch.
    Batch(BatchCommand),
    /// Of a budget.
    Budget(BudgetCommand),
}

/// What happens to a thing.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// To a policy.
    Policy(PolicyFact),
    /// To a application.
    Application(ApplicationFact),
    /// To a disbursement.
    Disbursement(DisbursementFact),
    /// To a batch.
    Batch(BatchFact),
    /// To a budget.
    Budget(BudgetFact),
}

impl Thing {
    /// The policy that it is, if it is one.
    pub fn policy(&self) -> Option<&Policy> {
        if let Thing::Policy(thing) = self { Some(thing) } else { None }
    }

    /// The application that it is, if it is one.
    pub fn application(&self) -> Option<&Application> {
        if let Thing::Application(thing) = self { Some(thing) } else { None }
    }

    /// The disbursement that it is, if it is one.
    pub fn disbursement(&self) -> Option<&Disbursement> {
        if let Thing::Disbursement(thing) = self { Some(thing) } else { None }
    }

    /// The batch that it is, if it is one.
    pub fn batch(&self) -> Option<&Batch> {
        if let Thing::Batch(thing) = self { Some(thing) } else { None }
    }

    /// The budget that it is, if it is one.
    pub fn budget(&self) -> Option<&Budget> {
        if let Thing::Budget(thing) = self { Some(thing) } else { None }
    }
}

/// Decides a command: what happens, or why not.
pub fn decide(
    before: Option<&Thing>,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<Fact>, Error> {
    match command {
        Command::Policy(command) => {
            let facts = policy::decide(before.and_then(Thing::policy), command, moment)?;
            Ok(facts.into_iter().map(Fact::Policy).collect())
        }
        Command::Application(command) => {
            let facts = application::decide(before.and_then(Thing::application), command, moment)?;
            Ok(facts.into_iter().map(Fact::Application).collect())
        }
        Command::Disbursement(command) => {
            let facts =
                disbursement::decide(before.and_then(Thing::disbursement), command, moment)?;
            Ok(facts.into_iter().map(Fact::Disbursement).collect())
        }
        Command::Batch(command) => {
            let facts = batch::decide(before.and_then(Thing::batch), command, moment)?;
            Ok(facts.into_iter().map(Fact::Batch).collect())
        }
        Command::Budget(command) => {
            let facts = budget::decide(before.and_then(Thing::budget), command, moment)?;
            Ok(facts.into_iter().map(Fact::Budget).collect())
        }
    }
}

/// The thing after a fact.
pub fn apply(before: Option<Thing>, fact: &Fact) -> Option<Thing> {
    match fact {
        Fact::Policy(fact) => {
            let before = before.and_then(|thing| thing.policy().cloned());
            policy::apply(before, fact).map(|one| Thing::Policy(Box::new(one)))
        }
        Fact::Application(fact) => {
            let before = before.and_then(|thing| thing.application().cloned());
            application::apply(before, fact).map(|one| Thing::Application(Box::new(one)))
        }
        Fact::Disbursement(fact) => {
            let before = before.and_then(|thing| thing.disbursement().cloned());
            disbursement::apply(before, fact).map(|one| Thing::Disbursement(Box::new(one)))
        }
        Fact::Batch(fact) => {
            let before = before.and_then(|thing| thing.batch().cloned());
            batch::apply(before, fact).map(|one| Thing::Batch(Box::new(one)))
        }
        Fact::Budget(fact) => {
            let before = before.and_then(|thing| thing.budget().cloned());
            budget::apply(before, fact).map(|one| Thing::Budget(Box::new(one)))
        }
    }
}

/// The alarms that a thing has armed.
pub fn alarms(thing: &Thing) -> Vec<(String, Timestamp)> {
    match thing {
        Thing::Policy(thing) => policy::alarms(thing),
        Thing::Application(thing) => application::alarms(thing),
        Thing::Disbursement(thing) => disbursement::alarms(thing),
        Thing::Batch(thing) => batch::alarms(thing),
        Thing::Budget(thing) => budget::alarms(thing),
    }
}

/// What a fact makes of other things, in the same unit.
pub fn follows(thing: &Thing, fact: &Fact) -> Vec<(ThingId, Command)> {
    match (thing, fact) {
        (Thing::Policy(thing), Fact::Policy(fact)) => policy::follows(thing, fact),
        (Thing::Application(thing), Fact::Application(fact)) => application::follows(thing, fact),
        (Thing::Disbursement(thing), Fact::Disbursement(fact)) => {
            disbursement::follows(thing, fact)
        }
        (Thing::Batch(thing), Fact::Batch(fact)) => batch::follows(thing, fact),
        (Thing::Budget(thing), Fact::Budget(fact)) => budget::follows(thing, fact),
        (thing, fact) => unreachable_pair(thing, fact),
    }
}

/// A fact is only ever of its own kind of thing: [`apply`] made the one of the other.
fn unreachable_pair(thing: &Thing, fact: &Fact) -> Vec<(ThingId, Command)> {
    tracing::error!(?thing, ?fact, "a fact of another kind of thing");
    Vec::new()
}
