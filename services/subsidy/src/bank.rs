//! A simulated bank: it serves the pair of folders, pays nobody, and answers as banks do, also badly.
//!
//! What it answers follows from its seed and from the instruction id alone, so that the same orders
//! get the same answers whatever happens in between. What it has promised itself to answer lies in
//! its state on disk before the order is put away, so that a killed bank goes on where it was.

mod behaviour;
mod plan;
mod state;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use journal::Entropy;
use sha2::{Digest as _, Sha256};

pub use self::behaviour::{Behaviour, BehaviourFault, Manner};
use self::plan::plan;
use self::state::{Known, State};
use crate::error::RailError;
use crate::rail::{Folder, PaymentOrder};

/// Why the bank cannot work.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// Its folders cannot be used.
    #[error(transparent)]
    Rail(#[from] RailError),
    /// Its state cannot be read or written.
    #[error("模拟银行的状态文件 {path} 无法读写 / the state of the simulated bank cannot be read or written: {path}", path = path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// Its state is not what a bank wrote.
    #[error("模拟银行的状态文件 {path} 已损坏 / the state of the simulated bank is damaged: {path}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// Another bank works with this state.
    #[error("另一个模拟银行正在使用 {path} / another simulated bank uses {path}", path = path.display())]
    Taken {
        /// The file.
        path: PathBuf,
    },
}

/// What a bank is set up with.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Where orders come from.
    pub orders: PathBuf,
    /// Where reports go.
    pub reports: PathBuf,
    /// Where it keeps what it knows; made at the first order.
    pub state: PathBuf,
    /// What its answers follow from.
    pub seed: u64,
    /// How it answers.
    pub behaviour: Behaviour,
}

/// The bank. One at a time works with a state.
pub struct Bank {
    orders: Folder,
    reports: Folder,
    seed: u64,
    behaviour: Behaviour,
    state: State,
}

/// What a bank did in one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Orders that it took.
    pub taken: usize,
    /// Orders that it had taken before.
    pub repeated: usize,
    /// Files that it refused.
    pub refused: usize,
    /// Reports that it wrote.
    pub reported: usize,
}

impl Bank {
    /// Opens the bank, with what it knew before.
    pub async fn open(setting: Setting, entropy: Arc<dyn Entropy>) -> Result<Bank, BankError> {
        Ok(Bank {
            orders: Folder::new(setting.orders, Arc::clone(&entropy)),
            reports: Folder::new(setting.reports, Arc::clone(&entropy)),
            seed: setting.seed,
            behaviour: setting.behaviour,
            state: State::open(setting.state, entropy).await?,
        })
    }

    /// Takes the orders that wait, then reports what is due by now.
    pub async fn work(&mut self, now: Timestamp) -> Result<Round, BankError> {
        let mut round = Round::default();
        for name in self.orders.waiting().await? {
            self.take(&name, now, &mut round).await?;
        }
        self.report(now, &mut round).await?;
        Ok(round)
    }

    /// When the next report is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.state.next_due()
    }

    /// An order that was taken before is not taken again: that of the same content is put away, one
    /// of other content refused.
    async fn take(
        &mut self,
        name: &str,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), BankError> {
        let bytes = match self.orders.fetch(name).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(()),
            Err(flaw) if flaw.is_of_the_file() => {
                round.refused += 1;
                return Ok(self.orders.put_aside(name, &flaw.chinese()).await?);
            }
            Err(trouble) => return Err(trouble.into()),
        };
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let refusal = match PaymentOrder::read(&bytes) {
            Err(flaw) => flaw.chinese(),
            Ok(order) => match self.state.known(order.message.as_str(), &sha256) {
                Known::No => {
                    let reports = plan(&order, self.seed, &self.behaviour, now);
                    self.state.learn(order.message.as_str(), sha256, reports).await?;
                    round.taken += 1;
                    return Ok(self.orders.put_away(name).await?);
                }
                Known::Same => {
                    round.repeated += 1;
                    return Ok(self.orders.put_away(name).await?);
                }
                Known::Other => format!(
                    "报文编号 {} 此前已受理且内容不同，未予受理；请使用新的报文编号。",
                    order.message
                ),
            },
        };
        round.refused += 1;
        Ok(self.orders.put_aside(name, &refusal).await?)
    }

    /// A report whose file was written before the bank died is not written again: it is there, or
    /// was taken.
    async fn report(&mut self, now: Timestamp, round: &mut Round) -> Result<(), BankError> {
        let due = self.state.due(now);
        for report in &due {
            self.reports.put(&report.name, report.content.as_bytes()).await?;
            round.reported += 1;
        }
        self.state.told(&due).await
    }
}

#[cfg(test)]
mod tests;
