//! What is told of batches: each change of one as one event, without any account.

use contract::subsidy::{
    BatchAnswered, BatchApproved, BatchCreated, BatchDueChanged, BatchFileWritten,
    BatchLimitMissed, BatchPostponed, BatchRejected, BatchReported, BatchSent,
};
use journal::Telling;
use prost::{Message, Name};
use runtime::wire::time;

use super::due;
use crate::lifecycle::batch::{Batch, BatchFact, BatchWhat, File};
use crate::wire::disbursement::batch_entry;
use crate::wire::{count, number};

pub(super) fn tell(of: &Batch, fact: &BatchFact) -> Telling {
    let batch = of.id.to_string();
    match &fact.what {
        BatchWhat::Created { .. } => about(of, fact, &created(of, batch)),
        BatchWhat::Approved { checker, entries_sha256 } => {
            let checker = checker.person.to_string();
            let entries_sha256 = entries_sha256.clone();
            about(of, fact, &BatchApproved { batch, checker, entries_sha256 })
        }
        BatchWhat::Rejected { rejection } => {
            let (checker, reason) = (rejection.by.to_string(), rejection.reason.clone());
            about(of, fact, &BatchRejected { batch, checker, reason })
        }
        BatchWhat::Sent { sent } => {
            let (file_name, file_sha256) = named(sent.file.as_ref());
            let instructions = sent.lines.iter().map(|line| line.instruction.clone()).collect();
            let amount_fen = sent.total.0;
            let sent = BatchSent { batch, file_name, file_sha256, instructions, amount_fen };
            about(of, fact, &sent)
        }
        BatchWhat::FileWritten { file } => {
            let (file_name, file_sha256) = named(Some(file));
            about(of, fact, &BatchFileWritten { batch, file_name, file_sha256 })
        }
        BatchWhat::Reported { report } => {
            let reported = BatchReported {
                batch,
                message_id: report.message.clone(),
                file_sha256: report.sha256.clone(),
                reports: count(report.entries.len()),
            };
            about(of, fact, &reported)
        }
        BatchWhat::Answered { instruction, last } => {
            let (instruction, last) = (instruction.clone(), *last);
            about(of, fact, &BatchAnswered { batch, instruction, last })
        }
        BatchWhat::LimitMissed { told, wait } => {
            let next_time = Some(time(wait.rings_at));
            about(of, fact, &BatchLimitMissed { batch, told: told.to_string(), next_time })
        }
        BatchWhat::Postponed { errand } => {
            let (tries, next_time) = (number(errand.tries), Some(time(errand.rings_at)));
            about(of, fact, &BatchPostponed { batch, tries, next_time })
        }
        BatchWhat::DueChanged { wait } => {
            about(of, fact, &BatchDueChanged { batch, due: due(&wait.due) })
        }
    }
}

fn created(of: &Batch, batch: String) -> BatchCreated {
    let entries = of.entries.iter().map(|entry| batch_entry(of, entry, String::new()));
    BatchCreated {
        batch,
        payer: of.payer.to_string(),
        maker: of.maker.person.to_string(),
        entries: entries.collect(),
        amount_fen: of.total.0,
        entries_sha256: of.entries_sha256.clone(),
        check_due: of.wait.as_ref().and_then(|wait| due(&wait.due)),
    }
}

fn named(file: Option<&File>) -> (String, String) {
    file.map(|file| (file.name.clone(), file.sha256.clone())).unwrap_or_default()
}

fn about<M: Message + Name>(batch: &Batch, fact: &BatchFact, message: &M) -> Telling {
    super::about((&batch.id, &batch.id), fact.at, message)
}
