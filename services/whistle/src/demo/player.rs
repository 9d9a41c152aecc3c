//! Plays the scripts: every step by its own actor, at its own instant.

use std::collections::HashMap;

use anyhow::Context as _;
use contract::request::{Contact, Origin, SubmitTicketRequest, TicketKind};
use indicatif::ProgressBar;

use super::actor::{Actor, RequestIds};
use super::agency;
use super::agency::player::PlayedCase;
use super::agency::script::Script;
use super::data::Book;
use super::script::{Step, What};
use super::stage::Stage;

/// Where the demo's tickets were first recorded.
pub(crate) const ORIGIN_SYSTEM: &str = "demo-book";

/// A request of the book as it lives in the zone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Played {
    /// `tickets/{uuid}`.
    pub(crate) ticket: String,
    /// `workOrders/{uuid}`.
    pub(crate) work_order: String,
    /// The assisting orders, by the code of the department.
    pub(crate) assistance: HashMap<String, String>,
}

/// Plays all steps of requests and of agents, each at its instant; gives the requests and the cases
/// as they live in the zone, in the order of the book.
pub(crate) async fn play<S: Stage>(
    stage: &S,
    book: &Book,
    (requests, cases): (&[Step], &Script),
    progress: &ProgressBar,
) -> anyhow::Result<(Vec<Played>, Vec<PlayedCase>)> {
    let played = vec![Played::default(); book.requests.len()];
    let (ids, of_agents) = (RequestIds::for_purpose("play"), RequestIds::for_purpose("agents"));
    let mut desk = Player { stage, book, played, ids: &ids };
    let mut agents = agency::player::Player::new(stage, book, &cases.openings, &of_agents);
    let (mut requests, mut steps) = (requests.iter().peekable(), cases.steps.iter().peekable());
    loop {
        let next = [requests.peek().map(|step| step.at), steps.peek().map(|step| step.at)];
        let Some(at) = next.into_iter().flatten().min() else { break };
        if stage.now() < at {
            stage.advance_to(at).await?;
        }
        if let Some(step) = requests.next_if(|step| step.at == at) {
            desk.perform(step).await.with_context(|| {
                let number = &book.requests[step.ticket].id;
                format!("{number}，{}，{}：{:?}", step.at, step.by, step.what)
            })?;
        } else if let Some(step) = steps.next() {
            agents.perform(step).await?;
        }
        progress.inc(1);
    }
    Ok((desk.played, agents.played()))
}

struct Player<'a, S> {
    stage: &'a S,
    book: &'a Book,
    played: Vec<Played>,
    ids: &'a RequestIds,
}

impl<'a, S: Stage> Player<'a, S> {
    async fn perform(&mut self, step: &Step) -> anyhow::Result<()> {
        let Played { ticket, work_order: order, .. } = self.played[step.ticket].clone();
        let actor = self.actor(&step.by)?;
        match &step.what {
            What::Submit => {
                let ticket = actor.submit(self.submission(step.ticket)?).await?;
                self.played[step.ticket].ticket = ticket.name;
            }
            What::Accept { lead } => {
                let ticket = actor.accept(&ticket, lead).await?;
                self.played[step.ticket].work_order = ticket.work_order;
            }
            What::Return { basis } => actor.return_order(&order, basis).await?,
            What::DecideReturn { to } => actor.uphold_return(&order, to).await?,
            What::Claim { assigner } => self.claim(&actor, step, &order, assigner).await?,
            What::Contact => actor.contact(&order).await?,
            What::Assign { to } => actor.assign(&order, to).await?,
            What::AskAssistance { department } => {
                let child = ask_assistance(&actor, &order, department).await?;
                self.played[step.ticket].assistance.insert(department.clone(), child);
            }
            What::ClaimAssistance { department } => {
                actor.claim(self.assisting(step, department)?).await?;
            }
            What::ContactAssistance { department } => {
                actor.contact(self.assisting(step, department)?).await?;
            }
            What::CompleteAssistance { department } => {
                let child = self.assisting(step, department)?;
                actor.complete(child, "协办意见已反馈主办单位。").await?;
            }
            What::AskPause { note } => actor.ask_pause(&order, note).await?,
            What::DecidePause => actor.grant_pause(&order).await?,
            What::Supplement => actor.supplement(&ticket).await?,
            What::Urge { note } => actor.urge(&order, note).await?,
            What::Complete { answer } => actor.complete(&order, answer).await?,
            What::Rate { level } => actor.rate(&ticket, *level).await?,
            What::Close => actor.close(&ticket).await?,
        }
        Ok(())
    }

    fn actor(&self, code: &str) -> anyhow::Result<Actor<'a>> {
        Ok(Actor::new(self.stage.caller(code)?, self.ids))
    }

    fn assisting(&self, step: &Step, department: &str) -> anyhow::Result<&str> {
        let found = self.played[step.ticket].assistance.get(department);
        let found = found.map(String::as_str);
        found.with_context(|| format!("{department} 没有协办单（does not assist）"))
    }

    fn submission(&self, index: usize) -> anyhow::Result<SubmitTicketRequest> {
        let ticket = &self.book.requests[index];
        let enterprise = self.book.enterprise(&ticket.enterprise)?;
        Ok(SubmitTicketRequest {
            enterprise: format!("enterprises/{}", enterprise.uscc),
            kind: TicketKind::Help.into(),
            category: format!("categories/{}", ticket.category),
            title: ticket.title.clone(),
            text: ticket.text.clone(),
            contact: Some(Contact {
                title: enterprise.legal_representative.clone(),
                phone: enterprise.contact_phone.clone(),
            }),
            channel: ticket.channel.clone(),
            origin: Some(Origin { system: ORIGIN_SYSTEM.to_owned(), number: ticket.id.clone() }),
            ..SubmitTicketRequest::default()
        })
    }

    /// Claims, unless time has made the department's head the claimant: then the assigner gives
    /// it to the person.
    async fn claim(
        &self,
        actor: &Actor<'_>,
        step: &Step,
        order: &str,
        assigner: &str,
    ) -> anyhow::Result<()> {
        let claimant = actor.order(order).await?.claimant;
        if claimant.is_empty() {
            actor.claim(order).await?;
        } else if claimant != format!("persons/{}", step.by) {
            self.actor(assigner)?.assign(order, &step.by).await?;
        }
        Ok(())
    }
}

/// Asks, and gives the name of the assisting order.
async fn ask_assistance(
    actor: &Actor<'_>,
    order: &str,
    department: &str,
) -> anyhow::Result<String> {
    let department = format!("departments/{department}");
    let order = actor.ask_assistance(order, &department).await?;
    let child = order.assistance.into_iter().find(|child| child.department == department);
    let child = child.context("回应中没有协办单（the answer has no assisting order）")?;
    Ok(child.work_order)
}
