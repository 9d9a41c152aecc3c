//! Notices of a program that is killed, to a receiver that is killed: at least once, nothing lost.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Result, anyhow};
use testkit::{Receiver, eventually};

use crate::embedded::{SERVICES, hand, zone_in};
use crate::load::{caught_up, whistle};
use crate::program::Home;

/// How long a notice may take: after failures the courier rests up to a minute.
const ARRIVES: Duration = Duration::from_secs(75);

/// The subjects of the notices that were taken, by their ids; the same id tells the same.
fn told(receiver: &Receiver) -> BTreeSet<(String, String)> {
    let taken = receiver.posted().into_iter().filter(|posted| posted.status == 200);
    taken.map(|posted| (posted.headers["whistle-notice-id"].clone(), posted.body)).collect()
}

async fn arrive(receiver: &Receiver, orders: &[String]) -> Result<()> {
    eventually("every order is told", ARRIVES, async || {
        let told = told(receiver);
        let missing =
            orders.iter().find(|order| !told.iter().any(|(_, body)| body.contains(*order)));
        missing.map_or(Ok(()), |order| Err(anyhow!("{order} is not among {}", told.len())))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_on_either_side_no_notice_is_lost() -> Result<()> {
    let mut receiver = Receiver::away()?;
    let url = receiver.url();
    let (home, mut program) = zone_in(Home::with_notices(&format!(
        "[[receivers]]\nname = \"oa\"\nurl = {url:?}\nsecret_file = \"secret\"\nkinds = [\"offered\"]\n"
    ))?)
    .await?;
    let (handler, dispatcher) =
        (hand(&home, &program, "handler")?, hand(&home, &program, "D01-11")?);
    let mut orders = Vec::new();
    for round in 0..3 {
        for _ in 0..3 {
            orders.push(whistle(&handler, &dispatcher).await?.work_order);
        }
        if round == 0 {
            // Told to nobody yet, and the program dies.
            caught_up(&hand(&home, &program, "admin")?, &SERVICES).await?;
            program.kill()?;
            program.start(&home)?;
            receiver.come_back()?;
            arrive(&receiver, &orders).await?;
        } else {
            receiver.go_away();
            program.kill()?;
            program.start(&home)?;
            receiver.come_back()?;
            arrive(&receiver, &orders).await?;
        }
    }
    let told = told(&receiver);
    let ids: BTreeSet<&String> = told.iter().map(|(id, _)| id).collect();
    assert_eq!((told.len(), ids.len()), (orders.len(), orders.len()), "one id for one notice");
    assert!(program.stop()?.success(), "{}", program.told());
    Ok(())
}
