//! From a fact of a case to what is told of it.

mod course;
mod item;
mod work;

use contract::agency::{
    CaseDepartmentSucceeded, CaseDueChanged, CaseHeardLate, CaseLimitMissed, ProcedurePublished,
};
use journal::Telling;
use prost::{Message, Name};
use runtime::wire::time;

use super::words;
use crate::lifecycle::{Case, Fact, Procedure, What};
use crate::wire;

/// What a fact tells; the case is as it is after it. First the fact itself, then what it says to
/// dispatch.
pub fn tell(case: &Case, fact: &Fact) -> Vec<Telling> {
    let teller = Teller { case, fact };
    let mut told = teller.tell();
    told.extend(teller.errand());
    told.extend(teller.supplies());
    told
}

/// What is told of a procedure that was published.
pub fn published(procedure: &Procedure) -> Telling {
    let (id, told) = (&procedure.id, Some(wire::procedure(procedure)));
    Telling::new(id, id, &ProcedurePublished { procedure: told })
}

/// A case as it is after a fact. Everything that follows began with the case.
struct Teller<'a> {
    case: &'a Case,
    fact: &'a Fact,
}

impl Teller<'_> {
    #[rustfmt::skip]
    fn tell(&self) -> Vec<Telling> {
        let case = self.name();
        match &self.fact.what {
            What::Opened { .. }
            | What::MandateSigned { .. }
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
            | What::Archived { .. } => self.of_course(),
            What::MaterialAdded { .. }
            | What::MaterialPromised { .. }
            | What::CommitmentSigned { .. }
            | What::CommitmentBroken { .. }
            | What::LandAcquired { .. }
            | What::StartAllowed
            | What::StartForbidden => self.of_application(),
            What::ItemReady { .. }
            | What::ItemBlocked { .. }
            | What::ItemSubmitted { .. }
            | What::CorrectionAsked { .. }
            | What::CorrectionSupplied { .. }
            | What::ItemReapplied { .. }
            | What::ItemWithdrawn { .. }
            | What::ItemDeclined { .. }
            | What::ItemRedirected { .. }
            | What::ItemProgressed { .. } => self.of_item(),
            What::ItemAccepted { .. }
            | What::ItemNotAccepted { .. }
            | What::ItemPreIssued { .. }
            | What::ConversionAsked { .. }
            | What::ItemIssued { .. }
            | What::ItemRefused { .. }
            | What::ItemVoided { .. }
            | What::RecheckAsked { .. }
            | What::ItemRechecked { .. } => self.of_decision(),
            What::LimitMissed { alarm, told, rings_at } => self.about(&CaseLimitMissed {
                case, awaited: alarm.to_string(), told: told.to_string(), next_time: Some(time(*rings_at)),
            }),
            What::DueChanged { alarm, wait } => self.about(&CaseDueChanged {
                case, awaited: alarm.to_string(), due: Some(words::own_due(&wait.due)),
            }),
            What::DepartmentSucceeded { department, successor } => self.about(&CaseDepartmentSucceeded {
                case, department: department.to_string(), successor: successor.to_string(),
            }),
            What::DecidersKnown { .. } => Vec::new(),
            What::HeardLate { kind, work_order } => self.about(&CaseHeardLate {
                case, heard: kind.to_string(), work_order: work_order.to_string(),
            }),
        }
    }

    /// One fact about the case.
    fn about<M: Message + Name>(&self, message: &M) -> Vec<Telling> {
        let Teller { case, fact } = self;
        vec![Telling::new(case.id, case.id, message).occurred_at(fact.at)]
    }

    fn name(&self) -> String {
        self.case.id.to_string()
    }
}
