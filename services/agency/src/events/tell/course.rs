//! What is told of a case as a whole, and of what its enterprise brings.

use calendar::Due;
use contract::agency::{
    CaseAgentLeft, CaseAgentReturned, CaseArchived, CaseDelivered, CaseFinished, CaseFollowedUp,
    CaseHandedOver, CaseOpened, CaseResumed, CaseStarted, CaseSuspended, CaseTerminated,
    CommitmentBroken, CommitmentSigned, LandAcquired, MandateEnded, MandateSigned, MaterialAdded,
    MaterialPromised, StartAllowed, StartForbidden,
};
use journal::Telling;
use runtime::wire::time;

use super::super::words::{commitment, mandate, mandate_end, material, number, own_due};
use super::Teller;
use crate::lifecycle::{Opening, Wait, What};

impl Teller<'_> {
    #[rustfmt::skip]
    #[expect(clippy::wildcard_enum_match_arm, reason = "`tell` names every fact, and sends these here")]
    pub(super) fn of_course(&self) -> Vec<Telling> {
        let case = self.name();
        match &self.fact.what {
            What::Opened { opening, wait, .. } => self.opened(opening, &wait.due),
            What::MandateSigned { mandate: signed, wait } => self.about(&MandateSigned {
                case, mandate: Some(mandate(signed)), start_due: due_of(wait.as_ref()),
            }),
            What::MandateEnded { end, reason, wait } => self.about(&MandateEnded {
                case, cause: mandate_end(*end).into(), reason: reason.clone(), mandate_due: due_of(wait.as_ref()),
            }),
            What::AgentLeft { wait } => self.about(&CaseAgentLeft {
                case, agent: self.case.agent.to_string(), hand_over_due: due_of(Some(wait)),
            }),
            What::AgentReturned => self.about(&CaseAgentReturned { case, agent: self.case.agent.to_string() }),
            What::AgentChanged { agent, reason } => self.about(&CaseHandedOver {
                case, agent: agent.to_string(), reason: reason.clone(),
            }),
            What::Started => self.about(&CaseStarted { case }),
            What::Suspended { reason, wait } => self.about(&CaseSuspended {
                case, reason: reason.clone(), resume_due: due_of(Some(wait)),
            }),
            What::Resumed { by_itself } => self.about(&CaseResumed { case, by_itself: *by_itself }),
            What::Terminated { reason } => self.about(&CaseTerminated { case, reason: reason.clone() }),
            What::Finished { wait } => self.about(&CaseFinished { case, deliver_due: due_of(Some(wait)) }),
            What::Delivered { without, wait } => self.about(&CaseDelivered {
                case,
                without_permit: without.iter().map(ToString::to_string).collect(),
                follow_up_due: due_of(Some(wait)),
            }),
            What::FollowedUp { note, .. } => self.about(&CaseFollowedUp { case, note: note.clone() }),
            What::Archived { by_itself } => self.about(&CaseArchived { case, by_itself: *by_itself }),
            _ => Vec::new(),
        }
    }

    fn opened(&self, opening: &Opening, mandate_due: &Due) -> Vec<Telling> {
        self.about(&CaseOpened {
            case: self.name(),
            number: opening.number.clone(),
            enterprise: opening.enterprise.to_string(),
            title: opening.title.clone(),
            project_code: opening.project_code.clone().unwrap_or_default(),
            procedure: opening.procedure.id.to_string(),
            procedure_version: number(opening.procedure.version),
            agent: opening.agent.to_string(),
            mandate_due: Some(own_due(mandate_due)),
        })
    }

    #[rustfmt::skip]
    #[expect(clippy::wildcard_enum_match_arm, reason = "`tell` names every fact, and sends these here")]
    pub(super) fn of_application(&self) -> Vec<Telling> {
        let case = self.name();
        match &self.fact.what {
            What::MaterialAdded { material: of, version, .. } => self.about(&MaterialAdded {
                case, material: of.to_string(), version: Some(material(version)),
            }),
            What::MaterialPromised { material: of, promise } => self.about(&MaterialPromised {
                case, material: of.to_string(), until_time: Some(time(promise.due.at)),
            }),
            What::CommitmentSigned { commitment: signed } => self.about(&CommitmentSigned {
                case, commitment: Some(commitment(signed)),
            }),
            What::CommitmentBroken { reason } => self.about(&CommitmentBroken { case, reason: reason.clone() }),
            What::LandAcquired { wait } => self.about(&LandAcquired { case, convert_due: due_of(wait.as_ref()) }),
            What::StartAllowed => self.about(&StartAllowed { case }),
            What::StartForbidden => self.about(&StartForbidden { case }),
            _ => Vec::new(),
        }
    }
}

/// By when something is awaited, if it is.
pub(super) fn due_of(wait: Option<&Wait>) -> Option<contract::common::Due> {
    wait.map(|wait| own_due(&wait.due))
}
