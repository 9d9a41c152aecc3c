//! Notices (通知): signed webhooks that tell those outside of orders offered, decisions due, cards and
//! answers, so that a limit reaches somebody.
//!
//! Each receiver has a cursor of its own in each journal: one that is down loses nothing and holds
//! nobody up. A notice comes at least once, always with the same `whistle-notice-id`.

mod notice;
mod receiver;
mod table;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use journal::courier::Uncarried;
use journal::reader::Entry;
use journal::{Carrier, Journal, Trouble};

pub use receiver::{NoticesError, Receiver};
pub use table::Kind;

use notice::Notice;

/// How long a receiver may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The receivers that the setting `notices_file` lists; none without it.
pub fn receivers(file: Option<&Path>) -> Result<Vec<Receiver>, NoticesError> {
    file.map_or(Ok(Vec::new()), receiver::read)
}

/// The webhooks that are told of a journal's facts: one for each receiver that wants any of them.
pub fn webhooks(journal: &Journal, receivers: &[Receiver]) -> Vec<Arc<Webhook>> {
    let told = |receiver: &&Receiver| {
        table::kinds_of(journal.name()).any(|kind| receiver.kinds.contains(&kind))
    };
    let webhook = |receiver: &Receiver| {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER_WITHIN))
            .max_redirects(0)
            .http_status_as_error(false)
            .build();
        let (journal, receiver) = (journal.clone(), receiver.clone());
        let (agent, failures) = (agent.into(), AtomicU32::new(0));
        Arc::new(Webhook { journal, receiver, agent, failures })
    };
    receivers.iter().filter(told).map(webhook).collect()
}

/// The way from one journal to one receiver.
pub struct Webhook {
    journal: Journal,
    receiver: Receiver,
    agent: ureq::Agent,
    failures: AtomicU32,
}

impl Webhook {
    /// How often in a row the receiver has not taken a notice, as this process knows.
    pub fn failures(&self) -> u32 {
        self.failures.load(Ordering::Relaxed)
    }

    /// The last position of which the receiver has been told.
    pub async fn position(&self) -> Result<i64, Trouble> {
        self.journal.carried(&self.receiver.name).await
    }

    fn wants(&self, notice: &Notice) -> bool {
        let Receiver { kinds, departments, .. } = &self.receiver;
        let concerned = |department: &String| departments.contains(department);
        kinds.contains(&notice.kind)
            && (departments.is_empty() || notice.department.as_ref().is_some_and(concerned))
    }

    /// Posts a notice; only 2xx says that it was taken.
    async fn post(&self, notice: &Notice) -> Result<(), Uncarried> {
        let not_taken = |problem: String| Uncarried::NotTaken(problem);
        let body = serde_json::to_string(notice).map_err(|error| not_taken(error.to_string()))?;
        let now = self.journal.sources().clock.now();
        let signature = notice::signature(&self.receiver.secret, now, &body)
            .ok_or_else(|| not_taken("the secret cannot sign".to_owned()))?;
        let posting = self
            .agent
            .post(&self.receiver.url)
            .header("content-type", "application/json")
            .header("whistle-notice-id", &notice.id)
            .header("whistle-signature", &signature);
        // It ends by itself within `ANSWER_WITHIN`.
        let answer = tokio::task::spawn_blocking(move || posting.send(body.as_bytes()));
        let answer = answer.await.map_err(|error| not_taken(error.to_string()))?;
        let status = answer.map_err(|error| not_taken(error.to_string()))?.status();
        if status.is_success() { Ok(()) } else { Err(not_taken(format!("it answered {status}"))) }
    }
}

#[async_trait]
impl Carrier for Webhook {
    fn name(&self) -> &str {
        &self.receiver.name
    }

    async fn carry(&self, entry: &Entry) -> Result<bool, Uncarried> {
        match notice::of(&self.journal, entry).await? {
            Some(notice) if self.wants(&notice) => self.post(&notice).await.map(|()| true),
            Some(_) | None => Ok(false),
        }
    }

    fn note_failures(&self, failures: u32) {
        self.failures.store(failures, Ordering::Relaxed);
    }
}
