//! What a fact of an application makes of other things, in the same unit: or none of it happens.

use std::sync::Arc;

use base::{ApplicationId, BudgetId, Fen};

use super::super::budget::BudgetCommand;
use super::super::disbursement::{DisbursementCommand, Entitlement};
use super::super::{Command, ThingId};
use super::command::{ApplicationCommand, Ask};
use super::fact::{ApplicationFact, What};
use super::kept::{Application, Approved};
use super::people::Part;

/// What a fact makes of other things: money is set aside, is free again, is reserved; a disbursement
/// comes to be for each payer; the others on a list, or of a sample, are told.
pub fn follows(thing: &Application, fact: &ApplicationFact) -> Vec<(ThingId, Command)> {
    match &fact.what {
        What::Held { lines, released, .. } => {
            let released = releases(thing.id, released);
            let held = lines.iter().map(|(line, amount)| {
                to_budget(line, BudgetCommand::Hold { application: thing.id, amount: *amount })
            });
            released.chain(held).collect()
        }
        What::Queued { released, .. }
        | What::Refused { released, .. }
        | What::Withdrawn { released, .. } => releases(thing.id, released).collect(),
        What::Approved(approved) => of_approval(thing, approved),
        What::NoticeStarted { notice, list, .. } if notice.kept_by == thing.id => {
            let others = list.entries.iter().map(|entry| entry.application);
            let kept_by = Some(thing.id);
            let ask = Ask::StartNotice { list: Arc::clone(list), kept_by };
            to_others(thing.id, others, fact, &ask)
        }
        What::Sampled { draw, spreads: true } => {
            let others = draw.chosen.iter().filter_map(|name| ApplicationId::parse(name).ok());
            let ask = Ask::Sample { draw: Arc::clone(draw), spreads: false };
            to_others(thing.id, others, fact, &ask)
        }
        What::Matched(_)
        | What::Applied { .. }
        | What::MatchConfirmed { .. }
        | What::SupplementAsked { .. }
        | What::Supplemented { .. }
        | What::Accepted { .. }
        | What::ChecksPassed { .. }
        | What::Reviewed { .. }
        | What::SplittingSeen(_)
        | What::SecondReviewed { .. }
        | What::Dequeued
        | What::PutOnNotice { .. }
        | What::ApprovalAwaited { .. }
        | What::NoticeStarted { .. }
        | What::NoticeEnded { .. }
        | What::ObjectionRaised(_)
        | What::ObjectionDecided { .. }
        | What::AccountConfirmed { .. }
        | What::Lapsed { .. }
        | What::WorkDeclined { .. }
        | What::Redirected { .. }
        | What::Progressed { .. }
        | What::LimitMissed { .. }
        | What::DueChanged { .. }
        | What::PromiseChanged { .. }
        | What::NoticeChanged { .. }
        | What::DepartmentSucceeded { .. }
        | What::HeardLate { .. }
        | What::Sampled { .. } => Vec::new(),
    }
}

/// The hard reservation first, then the disbursement that it is for; payer by payer.
fn of_approval(thing: &Application, approved: &Approved) -> Vec<(ThingId, Command)> {
    let Some(payee) = &thing.payee else { return Vec::new() };
    let version = &thing.opening.version;
    let of_share = |share: &super::kept::ApprovedShare| {
        let commit = BudgetCommand::Commit {
            application: thing.id,
            disbursement: share.disbursement,
            held: share.held,
            amount: share.amount,
        };
        let entitlement = Entitlement {
            application: thing.id,
            policy: version.policy.clone(),
            version: version.number,
            enterprise: thing.opening.enterprise.clone(),
            payer: share.payer.clone(),
            budget: share.budget.clone(),
            amount: share.amount,
        };
        let create = DisbursementCommand::Create {
            id: share.disbursement,
            entitlement,
            account: payee.account.clone(),
            reviewers: thing.reviewers(),
            first_reviewers: thing.people_of(&[Part::Reviewer]).into_iter().collect(),
        };
        let create = (ThingId::Disbursement(share.disbursement), Command::Disbursement(create));
        [to_budget(&share.budget, commit), create]
    };
    approved.shares.iter().flat_map(of_share).collect()
}

fn releases(
    application: ApplicationId,
    lines: &[(BudgetId, Fen)],
) -> impl Iterator<Item = (ThingId, Command)> {
    lines.iter().map(move |(line, amount)| {
        to_budget(line, BudgetCommand::Release { application, amount: *amount })
    })
}

fn to_budget(line: &BudgetId, command: BudgetCommand) -> (ThingId, Command) {
    (ThingId::Budget(line.clone()), Command::Budget(command))
}

/// The same is asked of the others, by whoever asked it of this one.
fn to_others(
    own: ApplicationId,
    others: impl Iterator<Item = ApplicationId>,
    fact: &ApplicationFact,
    ask: &Ask,
) -> Vec<(ThingId, Command)> {
    let Some(by) = &fact.by else { return Vec::new() };
    let others = others.filter(|other| *other != own);
    let command = |other| {
        let ask = ApplicationCommand::Ask { by: by.clone(), ask: ask.clone() };
        (ThingId::Application(other), Command::Application(ask))
    };
    others.map(command).collect()
}
