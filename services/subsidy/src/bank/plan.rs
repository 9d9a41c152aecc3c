//! What the bank will answer to an order, and when: all of it, at once.

use std::collections::BTreeMap;

use base::Fen;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::behaviour::{Behaviour, Manner};
use super::state::Planned;
use crate::rail::{Cause, Entry, PaymentOrder, PaymentReport, Status, Summary, Transfer};

/// Why the bank rejects: codes of ISO 20022 with the words of a bank.
const REJECTIONS: &[(&str, &str)] = &[
    ("AC01", "账号有误"),
    ("AC04", "账户已销户"),
    ("AC06", "账户已冻结"),
    ("BE01", "账号户名不符"),
];

/// The least time between a first answer and a later one.
const LATER_BY: SignedDuration = SignedDuration::from_secs(1);

/// The reports on an order that was taken now.
pub(super) fn plan(
    order: &PaymentOrder,
    seed: u64,
    behaviour: &Behaviour,
    now: Timestamp,
) -> Vec<Planned> {
    // What is due at one instant is told by one report.
    let mut told: BTreeMap<Timestamp, Vec<Entry>> = BTreeMap::new();
    let mut again: Vec<Timestamp> = Vec::new();
    let after = |delay: SignedDuration| now.checked_add(delay).unwrap_or(Timestamp::MAX);
    // What comes later comes later: no report says two things of one entry.
    let later = behaviour.late.max(behaviour.on_time.saturating_add(LATER_BY));
    let (soon, late) = (after(behaviour.on_time), after(later));
    for transfer in order.transfers() {
        let dice = Dice::of(seed, transfer);
        let manner = behaviour.manner(dice.first);
        let answers = match manner {
            Manner::OnTime => vec![(soon, settled(transfer, soon, &dice))],
            Manner::Twice => {
                again.push(soon);
                vec![(soon, settled(transfer, soon, &dice))]
            }
            Manner::Late => vec![(late, settled(transfer, late, &dice))],
            Manner::Partly => {
                vec![(soon, entry(transfer, Status::Acsp)), (late, settled(transfer, late, &dice))]
            }
            Manner::WrongAmount => vec![(soon, wrong(transfer, soon, &dice))],
            Manner::Rejected => vec![(soon, rejected(transfer, &dice))],
            Manner::ReturnedLater => {
                vec![(soon, settled(transfer, soon, &dice)), (late, rejected(transfer, &dice))]
            }
            Manner::Never => Vec::new(),
        };
        for (at, entry) in answers {
            told.entry(at).or_default().push(entry);
        }
    }
    let mut planned = Vec::new();
    for (number, (due_at, entries)) in told.into_iter().enumerate() {
        let message = message(order, seed, number);
        let report = PaymentReport {
            message: message.clone(),
            created_at: due_at,
            order: order.message.to_string(),
            whole: Summary::of(&entries),
            entries,
        };
        let content = String::from_utf8_lossy(&report.write()).into_owned();
        let name = format!("{}-{message}", due_at.as_second());
        if again.contains(&due_at) {
            let (name, content) = (format!("{name}-again.xml"), content.clone());
            planned.push(Planned { due_at, name, content });
        }
        planned.push(Planned { due_at, name: format!("{name}.xml"), content });
    }
    planned
}

/// What follows from the seed and the instruction id.
struct Dice {
    first: u64,
    second: u64,
    reference: String,
}

impl Dice {
    fn of(seed: u64, transfer: &Transfer) -> Dice {
        let reference = transfer.reference.as_str();
        let digest: [u8; 32] = Sha256::new()
            .chain_update(b"whistle simulated bank")
            .chain_update(seed.to_be_bytes())
            .chain_update(reference)
            .finalize()
            .into();
        let number =
            |part: &[u8]| part.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        Dice {
            first: number(&digest[..8]),
            second: number(&digest[8..16]),
            reference: hex::encode_upper(&digest[16..24]),
        }
    }

    /// One of so many.
    fn choose(&self, many: usize) -> usize {
        let many = u64::try_from(many).unwrap_or(u64::MAX);
        usize::try_from(self.second % many.max(1)).unwrap_or_default()
    }
}

fn entry(transfer: &Transfer, status: Status) -> Entry {
    Entry {
        reference: transfer.reference.to_string(),
        status,
        cause: Cause::default(),
        amount: Some(transfer.amount),
        carried_out_at: None,
        bank_reference: None,
    }
}

fn settled(transfer: &Transfer, at: Timestamp, dice: &Dice) -> Entry {
    Entry {
        carried_out_at: Some(at),
        bank_reference: Some(dice.reference.clone()),
        ..entry(transfer, Status::Acsc)
    }
}

/// As banks err: a fen more or less, or ten times as much.
fn wrong(transfer: &Transfer, at: Timestamp, dice: &Dice) -> Entry {
    let Fen(ordered) = transfer.amount;
    let wrong = match dice.choose(3) {
        0 => ordered.saturating_add(1),
        1 if 1 < ordered => ordered - 1,
        _ => ordered.saturating_mul(10),
    };
    Entry { amount: Some(Fen(wrong)), ..settled(transfer, at, dice) }
}

fn rejected(transfer: &Transfer, dice: &Dice) -> Entry {
    let (code, text) = REJECTIONS[dice.choose(REJECTIONS.len())];
    let cause = Cause { code: Some(code.to_owned()), text: Some(text.to_owned()) };
    Entry { cause, ..entry(transfer, Status::Rjct) }
}

/// What the bank calls a report: no two have the same, and it is the same in every run.
fn message(order: &PaymentOrder, seed: u64, number: usize) -> String {
    let digest = Sha256::new()
        .chain_update(seed.to_be_bytes())
        .chain_update(order.message.as_str())
        .finalize();
    format!("BANK-{}-{}", hex::encode(&digest[..10]), number + 1)
}
