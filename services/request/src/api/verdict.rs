//! What the enterprise says of the answer, and what comes of that; and erasing what is personal.

use contract::request::{
    CloseTicketRequest, DecideExplanationRequest, EraseContactRequest, ProposeExplanationRequest,
    RateTicketRequest, RecordCallBackRequest, VerifyRatingRequest,
};
use futures_util::FutureExt as _;
use runtime::wire::time_from;
use runtime::{Changed, Plan, Problem, Refusal};

use super::{Api, Asking, id, required};
use crate::contact::{self, CALL};
use crate::error::Error;
use crate::lifecycle::{CallBack, Command, Reached, Ticket};
use crate::store;

impl Api {
    /// 回访: the number called is sealed inside the unit and kept apart from the ticket.
    pub(super) async fn call_back(
        &self,
        asking: &Asking,
        asked: RecordCallBackRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let id = id("ticket", &asked.ticket)?;
        let call = read(asking, &asked)?;
        let (vault, by) = (self.house.vault.clone(), asking.by.clone());
        let changed = self.change_with(asking, id.to_string(), move |unit| {
            let (vault, by, mut call) = (vault.clone(), by.clone(), Box::new(call.clone()));
            let number = asked.number.clone();
            async move {
                call.kept_as = format!("{CALL}{}", unit.uuid());
                let place = (&id, call.kept_as.as_str());
                let sealed = contact::seal_number(&vault, place, &number, unit.entropy())?;
                call.number_commitment = sealed.commitment.to_vec();
                let kept = (call.kept_as.clone(), sealed.encrypted);
                store::put_personal(unit.tx(), &id, kept).await.map_err(Refusal::from)?;
                Ok(Plan::Ask(id, Command::CallBack { by, call }))
            }
            .boxed()
        });
        let changed = changed.await.map_err(|error| error.of(&asking.call, &id))?;
        self.as_seen_now(asking, changed).await
    }

    /// 评价. Whom its device was seen with is read inside the unit, whoever rates now among them.
    pub(super) async fn rate(
        &self,
        asking: &Asking,
        asked: RateTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let id = id("ticket", &asked.ticket)?;
        let level = u8::try_from(asked.level).map_err(|_| too_great())?;
        let (by, named) = (asking.by.clone(), asking.call.device.clone());
        let changed = self.change_with(asking, id.to_string(), move |unit| {
            let (by, named) = (by.clone(), named.clone());
            let (solved, comment) = (asked.solved, asked.comment.clone());
            async move {
                let device = match &named {
                    Some(device) => Some(store::find_device(unit.tx(), device).await),
                    None => None,
                };
                let device = device.transpose().map_err(Refusal::from)?;
                Ok(Plan::Ask(id, Command::Rate { by, level, solved, comment, device }))
            }
            .boxed()
        });
        let changed = changed.await.map_err(|error| error.of(&asking.call, &id))?;
        self.as_seen_now(asking, changed).await
    }

    /// 核实.
    pub(super) async fn verify_rating(
        &self,
        asking: &Asking,
        asked: VerifyRatingRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let round = u32::try_from(asked.round).unwrap_or_default();
        let (by, counts, reason) = (asking.by.clone(), asked.counts, asked.reason);
        let command = Command::VerifyRating { by, round, counts, reason };
        self.change(asking, &asked.ticket, command).await
    }

    /// 拟不予解决.
    pub(super) async fn propose_explanation(
        &self,
        asking: &Asking,
        asked: ProposeExplanationRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let (by, text, next_channel) = (asking.by.clone(), asked.text, asked.next_channel);
        let command = Command::ProposeExplanation { by, text, next_channel };
        self.change(asking, &asked.ticket, command).await
    }

    /// 审定不予解决.
    pub(super) async fn decide_explanation(
        &self,
        asking: &Asking,
        asked: DecideExplanationRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let (by, approved, reason) = (asking.by.clone(), asked.approved, asked.reason);
        let command = Command::DecideExplanation { by, approved, reason };
        self.change(asking, &asked.ticket, command).await
    }

    /// 办结.
    pub(super) async fn close(
        &self,
        asking: &Asking,
        asked: CloseTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let command = Command::Close { by: asking.by.clone() };
        self.change(asking, &asked.ticket, command).await
    }

    /// 个人信息删除: value and salt are gone in the same unit. An admin sees no ticket by it.
    pub(super) async fn erase(
        &self,
        asking: &Asking,
        asked: EraseContactRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let id = id("ticket", &asked.ticket)?;
        let (by, reason) = (asking.by.clone(), asked.reason);
        let changed = self.change_with(asking, id.to_string(), move |unit| {
            let command = Command::EraseContact { by: by.clone(), reason: reason.clone() };
            async move {
                unit.forgets();
                store::erase_personal(unit.tx(), &id).await.map_err(Refusal::from)?;
                Ok(Plan::Ask(id, command))
            }
            .boxed()
        });
        changed.await.map_err(|error| error.of(&asking.call, &id))
    }
}

/// A call, but for its number, which is sealed inside the unit.
fn read(asking: &Asking, asked: &RecordCallBackRequest) -> Result<CallBack, Error> {
    let started_at = time_from("started_time", asked.started_time.as_ref())?;
    let level = u8::try_from(asked.level).map_err(|_| too_great())?;
    let (level, comment) = ((level != 0).then_some(level), asked.comment.clone());
    if !asked.reached && level.is_some() {
        return Err(Error::LevelUnasked);
    }
    Ok(CallBack {
        kept_as: String::new(),
        number_commitment: Vec::new(),
        started_at: started_at.ok_or_else(|| required("started_time"))?,
        seconds: u32::try_from(asked.seconds).unwrap_or_default(),
        recording: asked.recording.clone(),
        reached: asked.reached.then_some(Reached { level, solved: asked.solved, comment }),
        caller: asking.by.person.human().clone(),
    })
}

fn too_great() -> Refusal {
    Refusal::field("level", Problem::TooGreat { max: 5 })
}
