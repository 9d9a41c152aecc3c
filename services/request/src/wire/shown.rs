//! A ticket as it is shown to whoever asks: what stays inside is left out for those outside.

use contract::request as contracted;
use runtime::etag_of;
use runtime::wire::time;

use super::{
    cause, doubts, kind, name_or_empty, number, origin, outcome, own_due, progress, reject_reason,
    state,
};
use crate::contact::Opened;
use crate::lifecycle::{
    Appeal, CallBack, Evidence, Explanation, Rating, Rejection, Round, State, Ticket,
};

/// A ticket, with its personal values as the caller may see them; `inside` shows what stays inside.
pub fn ticket(ticket: &Ticket, personal: &Opened, inside: bool) -> contracted::Ticket {
    let (submission, present) = (&ticket.submission, &ticket.round);
    let answer = present.answer.as_ref();
    let rounds = ticket.rounds().map(|of| round(of, ticket, personal, inside));
    // What is only proposed is not for those outside.
    let rejection = ticket.rejection.as_ref().filter(|_| inside || !ticket.rejection_waits());
    let explained = inside || ticket.state != State::Dissatisfied;
    contracted::Ticket {
        name: ticket.id.to_string(),
        number: submission.number.clone(),
        enterprise: submission.enterprise.to_string(),
        kind: kind(submission.kind).into(),
        category: submission.category.to_string(),
        title: submission.title.clone(),
        text: submission.text.clone(),
        contact: personal.contact.clone(),
        channel: submission.channel.clone(),
        project_code: submission.project_code.clone().unwrap_or_default(),
        origin: submission.origin.as_ref().map(origin),
        state: state(ticket.state).into(),
        round: number(present.number),
        lead: name_or_empty(present.lead.as_ref()),
        work_order: name_or_empty(present.work_order.as_ref()),
        progress: present.progress.as_ref().map(progress),
        answer: answer.map(|answer| answer.text.clone()).unwrap_or_default(),
        outcome: ticket.outcome().map(outcome).unwrap_or_default().into(),
        rating: present.rating.as_ref().map(|of| rated(of, present, ticket, inside)),
        submitted_time: Some(time(ticket.submitted_at)),
        answered_time: answer.map(|answer| time(answer.answered_at)),
        closed_time: ticket.closed_at.map(time),
        due: ticket.due.as_ref().map(own_due),
        changed_time: Some(time(ticket.changed_at)),
        etag: etag_of(ticket),
        complained_department: name_or_empty(ticket.complained.as_ref()),
        internal_note: note(present, inside),
        rounds: rounds.collect(),
        rejection: rejection.map(|of| rejected(of, ticket)),
        explanation: ticket.explanation.as_ref().filter(|_| explained).map(explanation),
        appeal: ticket.appeal.as_ref().map(appeal),
        merged_into: name_or_empty(ticket.merged_into.as_ref()),
        withdrawal: ticket.withdrawal.as_ref().map(|of| contracted::Withdrawal {
            reason: of.reason.clone(),
            withdrawn_time: Some(time(of.withdrawn_at)),
        }),
        plan: ticket.due.zip(ticket.review).map(|(until, review)| contracted::Plan {
            until_time: Some(time(until.at)),
            review_time: Some(time(review.due.at)),
            review_provisional: review.due.provisional,
        }),
        reopened_times: number(ticket.reopened_times),
        contact_erased_time: ticket.contact_erased_at.map(time),
    }
}

fn round(round: &Round, of: &Ticket, personal: &Opened, inside: bool) -> contracted::Round {
    let answer = round.answer.as_ref();
    let signer = answer.and_then(|answer| answer.signer.as_ref()).filter(|_| inside);
    let called = round.call_backs.iter().map(|call| {
        let number = personal.numbers.get(&call.kept_as).cloned().unwrap_or_default();
        contracted::CallBack { number, ..call_back(call, inside) }
    });
    contracted::Round {
        number: number(round.number),
        cause: cause(round.cause).into(),
        reason: round.reason.clone(),
        lead: name_or_empty(round.lead.as_ref()),
        work_order: name_or_empty(round.work_order.as_ref()),
        begun_time: round.begun_at.map(time),
        answer: answer.map(|answer| answer.text.clone()).unwrap_or_default(),
        internal_note: note(round, inside),
        outcome: round.outcome().map(outcome).unwrap_or_default().into(),
        signer: name_or_empty(signer),
        answered_time: answer.map(|answer| time(answer.answered_at)),
        call_backs: called.collect(),
        rating: round.rating.as_ref().map(|rating| rated(rating, round, of, inside)),
        evidence: round.evidence.iter().map(|of| evidence(of, inside)).collect(),
    }
}

/// A file that goes with a ticket.
pub fn evidence(evidence: &Evidence, inside: bool) -> contracted::Evidence {
    let Evidence { file, added_by, added_at } = evidence;
    contracted::Evidence {
        sha256: file.sha256.clone(),
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        bytes: i64::try_from(file.bytes).unwrap_or(i64::MAX),
        added_by: if inside { added_by.to_string() } else { String::new() },
        added_time: Some(time(*added_at)),
    }
}

fn note(round: &Round, inside: bool) -> String {
    let answer = round.answer.as_ref().filter(|_| inside);
    answer.map(|answer| answer.internal_note.clone()).unwrap_or_default()
}

/// A call, without its number.
pub fn call_back(call: &CallBack, inside: bool) -> contracted::CallBack {
    let said = call.reached.as_ref();
    contracted::CallBack {
        number: String::new(),
        started_time: Some(time(call.started_at)),
        seconds: number(call.seconds),
        recording: if inside { call.recording.clone() } else { String::new() },
        reached: said.is_some(),
        level: said.and_then(|said| said.level).map(i32::from).unwrap_or_default(),
        solved: said.is_some_and(|said| said.solved),
        comment: said.map(|said| said.comment.clone()).unwrap_or_default(),
        caller: name_or_empty(Some(&call.caller).filter(|_| inside)),
    }
}

/// The enterprise's own verdict, and what became of its verification.
fn rated(of: &Rating, round: &Round, ticket: &Ticket, inside: bool) -> contracted::Rating {
    let mut verifications = ticket.verifications.iter();
    let verification = verifications.find(|verification| verification.round == round.number);
    let decision = verification.and_then(|verification| verification.decision.as_ref());
    let awaits_verification = verification.is_some() && decision.is_none();
    let causes = verification.filter(|_| inside).map(|of| doubts(&of.doubts)).unwrap_or_default();
    let due = verification.filter(|_| awaits_verification).map(|of| own_due(&of.awaited.due));
    contracted::Rating {
        awaits_verification,
        verification_due: due,
        verification_causes: causes,
        verification: decision.map(|decision| contracted::Verification {
            counts: decision.granted,
            reason: if inside { decision.reason.clone() } else { String::new() },
            verified_time: Some(time(decision.decided_at)),
        }),
        ..rating(of)
    }
}

/// The enterprise's own verdict, as it was given.
pub fn rating(rating: &Rating) -> contracted::Rating {
    contracted::Rating {
        level: i32::from(rating.level),
        solved: rating.solved,
        comment: rating.comment.clone(),
        rated_time: Some(time(rating.rated_at)),
        awaits_verification: rating.verify_due.is_some(),
        verification_due: rating.verify_due.as_ref().map(own_due),
        verification_causes: doubts(&rating.doubts),
        verification: None,
    }
}

fn rejected(rejection: &Rejection, ticket: &Ticket) -> contracted::Rejection {
    let lapses = ticket.due.filter(|_| rejection.rejected_at.is_none());
    contracted::Rejection {
        reason: reject_reason(rejection.reason).into(),
        channel: rejection.channel.clone(),
        rejected_time: Some(time(rejection.rejected_at.unwrap_or(rejection.proposed_at))),
        lapse_due: lapses.as_ref().map(own_due),
    }
}

fn explanation(explanation: &Explanation) -> contracted::Explanation {
    contracted::Explanation {
        text: explanation.text.clone(),
        next_channel: explanation.next_channel.clone(),
        proposed_time: Some(time(explanation.proposed_at)),
    }
}

fn appeal(appeal: &Appeal) -> contracted::Appeal {
    let decision = appeal.decision.as_ref();
    contracted::Appeal {
        reason: appeal.reason.clone(),
        appealed_time: Some(time(appeal.appealed_at)),
        decided_time: decision.map(|decision| time(decision.decided_at)),
        upheld: decision.is_some_and(|decision| decision.granted),
        decision: decision.map(|decision| decision.reason.clone()).unwrap_or_default(),
    }
}
