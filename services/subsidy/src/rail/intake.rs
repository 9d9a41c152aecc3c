//! Takes the reports that wait: each is read, handed on, and put away once it has had its effect.

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use super::Rail;
use super::report::PaymentReport;
use crate::error::RailError;

/// Who books what a report says. A report may come again at any time: after a death between the
/// booking and the putting away, by another replica, or from a bank that sends it twice.
#[async_trait]
pub trait Receiver: Send + Sync {
    /// Why a report cannot be taken at the moment; it waits.
    type Trouble: From<RailError>;

    /// Books a report, in one unit of work; one that was booked before changes nothing.
    async fn take(&self, report: &PaymentReport, sha256: [u8; 32]) -> Result<Taken, Self::Trouble>;
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was booked.
    Booked,
    /// It was booked before.
    Repeated,
    /// The rules refuse it, such as one of an order that nobody gave. The reason is for people.
    Refused(String),
}

/// How many reports were taken in one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Booked.
    pub booked: usize,
    /// Booked before.
    pub repeated: usize,
    /// Put aside.
    pub refused: usize,
}

/// Takes all the reports that wait, in their order. What is wrong with one of them does not keep the
/// others; what is wrong with us does, and the rest waits for the next round.
pub async fn receive<R: Receiver>(rail: &dyn Rail, receiver: &R) -> Result<Received, R::Trouble> {
    let mut received = Received::default();
    for name in rail.waiting().await? {
        let taken = match rail.fetch(&name).await {
            Ok(None) => continue,
            Ok(Some(bytes)) => match PaymentReport::read(&bytes) {
                Ok(report) => receiver.take(&report, Sha256::digest(&bytes).into()).await?,
                Err(flaw) => Taken::Refused(flaw.chinese()),
            },
            Err(flaw) if flaw.is_of_the_file() => Taken::Refused(flaw.chinese()),
            Err(trouble) => return Err(trouble.into()),
        };
        match taken {
            Taken::Booked => {
                received.booked += 1;
                rail.put_away(&name).await?;
            }
            Taken::Repeated => {
                received.repeated += 1;
                rail.put_away(&name).await?;
            }
            Taken::Refused(reason) => {
                received.refused += 1;
                tracing::warn!(report = name, reason, "a report of the bank is put aside");
                rail.put_aside(&name, &reason).await?;
            }
        }
    }
    Ok(received)
}

#[cfg(test)]
mod tests;
