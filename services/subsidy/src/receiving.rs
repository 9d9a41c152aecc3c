//! Reports of the bank are taken from where it leaves them, each once in effect: one that was booked
//! before changes nothing, one that the rules refuse is put aside with its reason.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use base::{Actor, Person, PersonId, Role};
use futures_util::FutureExt as _;
use jiff::SignedDuration;
use journal::Trouble;
use runtime::{Call, House, Refusal, Room};

use crate::banking::{batch_of, file_report};
use crate::error::Error;
use crate::lifecycle::batch::BatchCommand;
use crate::lifecycle::{Command, ThingId};
use crate::rail::{PaymentReport, Received, Receiver, Taken, receive};
use crate::sending::Sender;
use crate::store::{Subsidy, payments};

/// The name under which the alarm of the bank's folder is set: it is no thing of ours.
pub const BANK: &str = "bank";
/// The alarm that looks for reports.
pub const RECEIVE: &str = "RECEIVE";
/// How often reports are looked for while one is awaited.
pub const AWAITED_EVERY: SignedDuration = SignedDuration::from_mins(15);
/// And while none is: money may come back long after it was paid.
pub const OTHERWISE_EVERY: SignedDuration = SignedDuration::from_hours(4);

/// Takes reports in the name of the service.
pub struct Clerk {
    house: House,
    room: Room<Subsidy>,
    sender: Sender,
}

impl Clerk {
    /// Of this house.
    pub fn new(house: House, room: Room<Subsidy>) -> Clerk {
        let sender = Sender::new(house.clone(), room.clone());
        Clerk { house, room, sender }
    }

    /// Takes what waits, and says when to look again. What keeps it from looking is logged, and it
    /// looks again.
    pub async fn look(&self, alarm: &journal::Alarm) -> Result<(), Trouble> {
        match receive(&self.sender.rail(), self).await {
            Ok(received) if received != Received::default() => {
                tracing::info!(?received, "reports of the bank were taken");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "reports of the bank cannot be taken"),
        }
        let ringing = alarm.clone();
        let done = self.house.journal.commit(BANK, None, move |unit| {
            let journal::Alarm { thing, kind, due_at } = ringing.clone();
            async move {
                if unit.take_alarm(&thing, &kind, due_at).await? {
                    let awaited = payments::is_report_awaited(unit.tx()).await?;
                    let every = if awaited { AWAITED_EVERY } else { OTHERWISE_EVERY };
                    let now = unit.now().max(due_at);
                    let next = now.checked_add(every).unwrap_or(jiff::Timestamp::MAX);
                    unit.set_alarm(&thing, &kind, next).await?;
                }
                Ok::<_, Trouble>(())
            }
            .boxed()
        });
        done.await.map(|_| ())
    }

    /// A call of the service itself: what is refused is a refusal, not a fault.
    fn own_call(&self) -> Result<Call, Refusal> {
        let name = self.house.journal.name();
        let id = PersonId::new(name)?;
        Ok(Call {
            person: Person {
                id,
                same_person_as: None,
                roles: BTreeSet::from([Role::System]),
                lent: BTreeMap::new(),
                department: None,
                enterprise: None,
                active: true,
            },
            actor: Actor::system(name),
            method: String::new(),
            request_id: None,
            digest: [0; 32],
            etag: None,
            validate_only: false,
            deadline: None,
            traceparent: String::new(),
            device: None,
        })
    }
}

#[async_trait]
impl Receiver for Clerk {
    type Trouble = Error;

    async fn take(&self, report: &PaymentReport, sha256: [u8; 32]) -> Result<Taken, Error> {
        let other = || Taken::Refused("回单所答复的支付指令不是从这里发出的。".to_owned());
        let Some(id) = batch_of(report) else { return Ok(other()) };
        let found = payments::find_batch(self.house.known.read(), &id).await?;
        let Some(batch) = found else { return Ok(other()) };
        let said = file_report(&batch, report, sha256);
        let known = batch
            .reports
            .iter()
            .any(|taken| (&taken.message, &taken.sha256) == (&said.message, &said.sha256));
        if known {
            return Ok(Taken::Repeated);
        }
        let command = Command::Batch(BatchCommand::Report(said));
        match self.room.change(&self.own_call()?, &ThingId::Batch(id), command).await {
            Ok(_) => Ok(Taken::Booked),
            Err(error @ (Error::Batch(_) | Error::Disbursement(_) | Error::Budget(_))) => {
                Ok(Taken::Refused(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }
}
