//! What enterprises and their envoys see of the history: neither what is asked of dispatch, nor what
//! is only proposed, missed or heard inside, nor who inside did it or had a hand in it, nor why a rating
//! is doubtful.

use contract::common::{MaterialsSupplied, WorkReopened, WorkRequested, WorkWithdrawn};
use contract::request::{
    CallBack, Rating, TicketAnswered, TicketAppealed, TicketCalledBack, TicketConfirmed,
    TicketDepartmentSucceeded, TicketDissatisfied, TicketExplanationDecided,
    TicketExplanationProposed, TicketHeardLate, TicketLimitMissed, TicketPlanReviewDue,
    TicketProgressed, TicketRated, TicketRatingVerified, TicketRejectionLapsed,
    TicketRejectionProposed, TicketSubmitted, TicketSupplemented, TicketWithdrawn,
};
use journal::{Heard, Trouble};
use prost::{Message as _, Name};

use crate::lifecycle::Viewer;

/// A fact as somebody outside may see it; `None` if it is not for them.
pub(super) fn shown(by: &Viewer, mut heard: Heard) -> Result<Option<Heard>, Trouble> {
    if is_inside(&heard)? {
        return Ok(None);
    }
    if !(is_done_outside(&heard)? || heard.actor == by.actor.to_string()) {
        heard.actor.clear();
    }
    if heard.kind == TicketAnswered::full_name() {
        let told = TicketAnswered {
            concerned: Vec::new(),
            internal_note: String::new(),
            signer: String::new(),
            ..heard.decode()?
        };
        heard.data = told.encode_to_vec();
    } else if heard.kind == TicketProgressed::full_name() {
        let told = TicketProgressed { concerned: Vec::new(), ..heard.decode()? };
        heard.data = told.encode_to_vec();
    } else if heard.kind == TicketCalledBack::full_name() {
        let mut told: TicketCalledBack = heard.decode()?;
        let outside = |call| CallBack { recording: String::new(), caller: String::new(), ..call };
        told.call_back = told.call_back.map(outside);
        heard.data = told.encode_to_vec();
    } else if heard.kind == TicketConfirmed::full_name() {
        let told = TicketConfirmed { verification_causes: Vec::new(), ..heard.decode()? };
        heard.data = told.encode_to_vec();
    } else if heard.kind == TicketDissatisfied::full_name() {
        let told = TicketDissatisfied { verification_causes: Vec::new(), ..heard.decode()? };
        heard.data = told.encode_to_vec();
    } else if heard.kind == TicketRated::full_name() {
        let mut told: TicketRated = heard.decode()?;
        let outside = |rating| Rating { verification_causes: Vec::new(), ..rating };
        told.rating = told.rating.map(outside);
        heard.data = told.encode_to_vec();
    }
    Ok(Some(heard))
}

/// Whether a fact stays inside.
fn is_inside(heard: &Heard) -> Result<bool, Trouble> {
    let inside = [
        WorkRequested::full_name(),
        WorkReopened::full_name(),
        WorkWithdrawn::full_name(),
        TicketLimitMissed::full_name(),
        TicketRejectionProposed::full_name(),
        TicketRejectionLapsed::full_name(),
        TicketExplanationProposed::full_name(),
        TicketPlanReviewDue::full_name(),
        TicketRatingVerified::full_name(),
        TicketDepartmentSucceeded::full_name(),
        TicketHeardLate::full_name(),
    ];
    if heard.kind == TicketExplanationDecided::full_name() {
        // Of what was proposed and not approved the enterprise is told nothing.
        return Ok(!heard.decode::<TicketExplanationDecided>()?.approved);
    }
    Ok(inside.contains(&heard.kind))
}

/// Whether a fact is by its nature done by the enterprise's own side: its handlers, its envoy,
/// whoever submitted for it. Nobody else may, so that even who has left since is known from it. What
/// the enterprise says in a call back is recorded by the dispatcher.
fn is_done_outside(heard: &Heard) -> Result<bool, Trouble> {
    let outside = [
        TicketSubmitted::full_name(),
        TicketSupplemented::full_name(),
        MaterialsSupplied::full_name(),
        TicketWithdrawn::full_name(),
        TicketRated::full_name(),
        TicketAppealed::full_name(),
    ];
    if heard.kind == TicketConfirmed::full_name() {
        return Ok(!heard.decode::<TicketConfirmed>()?.by_call_back);
    }
    if heard.kind == TicketDissatisfied::full_name() {
        return Ok(!heard.decode::<TicketDissatisfied>()?.by_call_back);
    }
    Ok(outside.contains(&heard.kind))
}
