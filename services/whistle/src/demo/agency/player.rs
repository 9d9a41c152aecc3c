//! Plays the steps of agents, enterprises and departments: each by its own actor.

use std::collections::BTreeMap;

use anyhow::Context as _;
use contract::agency::{Case, Grant, OpenCaseRequest, SignMandateRequest};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::super::actor::{Actor, RequestIds};
use super::super::data::Book;
use super::super::stage::Stage;
use super::super::zone::ZONE_LEADER;
use super::script::{Opening, Step, What};

/// A case of the book as it lives in the zone.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlayedCase {
    /// `cases/{uuid}`.
    pub(crate) case: String,
    /// `workOrders/{uuid}`, by the item that it is for.
    pub(crate) orders: BTreeMap<String, String>,
}

/// Plays one step after another.
pub(crate) struct Player<'a, S> {
    stage: &'a S,
    book: &'a Book,
    openings: &'a [Opening],
    played: Vec<PlayedCase>,
    ids: &'a RequestIds,
    /// When something was last asked for, and whether of dispatch.
    last: Option<(Timestamp, bool)>,
}

impl<'a, S: Stage> Player<'a, S> {
    /// Nothing of it is played yet.
    pub(crate) fn new(
        stage: &'a S,
        book: &'a Book,
        openings: &'a [Opening],
        ids: &'a RequestIds,
    ) -> Player<'a, S> {
        let played = vec![PlayedCase::default(); openings.len()];
        Player { stage, book, openings, played, ids, last: None }
    }

    /// The cases as they live in the zone, in the order of the openings.
    pub(crate) fn played(self) -> Vec<PlayedCase> {
        self.played
    }

    /// Plays a step, at the instant that it is.
    pub(crate) async fn perform(&mut self, step: &Step) -> anyhow::Result<()> {
        self.let_hear(step).await?;
        self.act(step).await.with_context(|| {
            let Opening { id, .. } = &self.openings[step.case];
            format!("{id}，{}，{}：{:?}", step.at, step.by, step.what)
        })
    }

    /// What one service did at this instant the other has heard before it is asked itself.
    async fn let_hear(&mut self, step: &Step) -> anyhow::Result<()> {
        let of_dispatch = step.what.is_asked_of_dispatch();
        if self.last == Some((step.at, !of_dispatch)) {
            self.stage.advance_to(self.stage.now()).await?;
        }
        self.last = Some((step.at, of_dispatch));
        Ok(())
    }

    async fn act(&mut self, step: &Step) -> anyhow::Result<()> {
        let PlayedCase { case, .. } = self.played[step.case].clone();
        let actor = self.actor(&step.by)?;
        let full = |item: &String| format!("{case}/{item}");
        match &step.what {
            What::Open => {
                let opened = actor.open_case(self.opening(step.case)?).await?;
                self.played[step.case].case = opened.name;
            }
            What::SignMandate => actor.sign_mandate(self.mandate(step.case)).await?,
            What::SignCommitment { land_until } => {
                let Opening { id, enterprise, .. } = &self.openings[step.case];
                let letter = sha256(&format!("{id} 承诺书"));
                let signed_by = &self.book.enterprise(enterprise)?.legal_representative;
                actor.sign_commitment(&case, (&letter, signed_by), *land_until).await?;
            }
            What::Start => actor.start_case(&case).await?,
            What::Submit { item } => {
                let order = order_of(&actor.submit_item(&full(item)).await?, &full(item))?;
                self.played[step.case].orders.insert(item.clone(), order);
            }
            What::Contact { item } => actor.contact(self.order(step, item)?).await?,
            What::Accept { item } => actor.accept_item(&case, &full(item)).await?,
            What::AskPause { item, why: (reason, words), until } => {
                let why = (*reason, words.as_str());
                actor.ask_pause_until(self.order(step, item)?, why, *until).await?;
            }
            What::DecidePause { item } => {
                self.decide_pause(&actor, self.order(step, item)?).await?;
            }
            What::Resume { item } => actor.resume(self.order(step, item)?).await?,
            What::Issue { item, certificate } => {
                actor.issue_item(&case, &full(item), certificate).await?;
            }
            What::RecordLand => actor.record_land(&case).await?,
            What::Deliver => actor.deliver(&case).await?,
            What::FollowUp => actor.follow_up(&case).await?,
            What::Archive => actor.archive(&case).await?,
        }
        Ok(())
    }

    fn actor(&self, code: &str) -> anyhow::Result<Actor<'a>> {
        Ok(Actor::new(self.stage.caller(code)?, self.ids))
    }

    fn order(&self, step: &Step, item: &str) -> anyhow::Result<&str> {
        let found = self.played[step.case].orders.get(item).map(String::as_str);
        found.with_context(|| format!("{item} 没有工单（has no order）"))
    }

    fn opening(&self, case: usize) -> anyhow::Result<OpenCaseRequest> {
        let Opening { enterprise, procedure, title, .. } = &self.openings[case];
        Ok(OpenCaseRequest {
            enterprise: format!("enterprises/{}", self.book.enterprise(enterprise)?.uscc),
            procedure: procedure.clone(),
            title: title.clone(),
            ..OpenCaseRequest::default()
        })
    }

    fn mandate(&self, case: usize) -> SignMandateRequest {
        let Opening { scope, mandate, expires_at, .. } = &self.openings[case];
        let grants = scope.iter().map(|(item, acts)| Grant {
            item: item.clone(),
            acts: acts.iter().map(|act| (*act).into()).collect(),
        });
        SignMandateRequest {
            case: self.played[case].case.clone(),
            scope: grants.collect(),
            document_sha256: sha256(mandate),
            expires_time: Some(runtime::wire::time(*expires_at)),
            ..SignMandateRequest::default()
        }
    }

    /// Grants a pause; one that is longer than the limit itself a zone leader does.
    async fn decide_pause(&self, dispatcher: &Actor<'_>, order: &str) -> anyhow::Result<()> {
        let found = dispatcher.order(order).await?;
        let beyond = found.pauses.last().is_some_and(|pause| pause.needs_zone_leader);
        if beyond {
            self.actor(ZONE_LEADER)?.grant_pause(order).await?;
        } else {
            dispatcher.grant_pause(order).await?;
        }
        Ok(())
    }
}

fn order_of(case: &Case, item: &str) -> anyhow::Result<String> {
    let found = case.items.iter().find(|of| of.name == item);
    let found = found.filter(|item| !item.work_order.is_empty());
    Ok(found.context("递交后没有工单（no order was made）")?.work_order.clone())
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
