//! Orders to try the rail with.
#![allow(clippy::unwrap_used, reason = "tests")]

use base::{CreditCode, Fen};
use jiff::Timestamp;

use super::{AccountNumber, BankCode, Party, Payment, PaymentOrder, Reference, Transfer};

/// An order to pay these amounts to enterprises, whose instruction ids are `{message}-1` and so on.
pub(crate) fn order(message: &str, amounts: &[i64]) -> PaymentOrder {
    let transfers = amounts.iter().zip(1..).map(|(amount, number)| Transfer {
        reference: Reference::new(&format!("{message}-{number}")).unwrap(),
        amount: Fen(*amount),
        creditor: Party {
            name: format!("示范市岳舟能源设备有限公司{number}"),
            account: AccountNumber::new(&format!("{}", 622_200_000_000_000_000_u64 + number))
                .unwrap(),
            bank: BankCode::new("102999000017").unwrap(),
        },
        enterprise: Some(CreditCode::parse("91369901MA511A878Y").unwrap()),
        purpose: "首次上规奖励".to_owned(),
    });
    PaymentOrder {
        message: Reference::new(message).unwrap(),
        created_at: instant("2026-11-23T10:00:00+08:00"),
        execute_on: "2026-11-24".parse().unwrap(),
        initiator: "示范经开区财政局".to_owned(),
        payments: vec![Payment {
            id: Reference::new(&format!("{message}-P1")).unwrap(),
            debtor: Party {
                name: "示范经开区财政局".to_owned(),
                account: AccountNumber::new("3600000000000001").unwrap(),
                bank: BankCode::new("102999000009").unwrap(),
            },
            transfers: transfers.collect(),
        }],
    }
}

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What lies in a folder, parts of files that are being written too; nothing if there is none.
pub(crate) fn names(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let files = entries.map(Result::unwrap).filter(|it| it.file_type().unwrap().is_file());
    let mut names: Vec<String> =
        files.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
