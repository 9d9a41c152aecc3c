//! Notices to those outside: what is told, to whom, signed; and nothing lost when they are away.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use contract::dispatch::SuperviseWorkOrderRequest;
use directory::ensure_admins;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use testkit::hand::{Call, request_id};
use testkit::receiver::Posted;
use testkit::zone::{self, ASSISTING, CONTACT_NAME, CONTACT_PHONE, LEAD, set_up};
use testkit::{Receiver, Size, World, eventually};

use crate::zone::{DAY_ONE, Zone, instant};

testkit::on_both_sizes!(
    whoever_is_configured_is_told_signed_and_nothing_personal,
    whoever_must_answer_or_call_back_is_told,
    a_receiver_of_one_department_is_told_of_its_matters_alone,
    a_receiver_that_is_away_loses_nothing_and_holds_nobody_up,
    a_receiver_that_answers_with_an_error_is_told_again,
);

const SECRET: &str = "a secret of thirty-two characters";
const CALLED: &str = "2026-03-05T10:00:00+08:00";
const ARRIVES: Duration = Duration::from_secs(40);

/// The zone with these receivers: name, where, kinds and departments as TOML.
async fn zone(size: Size, receivers: &[(&str, &Receiver, &str)]) -> Result<Zone> {
    let services = [directory::SERVICE, request::SERVICE, dispatch::SERVICE];
    let world = World::start_with(size, &services, DAY_ONE, |config| {
        let listed = receivers.iter().map(|(name, receiver, rest)| {
            let url = receiver.url();
            format!(
                "[[receivers]]\nname = {name:?}\nurl = {url:?}\nsecret_file = \"secret\"\n{rest}\n"
            )
        });
        let file = config.data_dir.join("notices.toml");
        fs::write(&file, listed.collect::<String>())?;
        fs::write(config.data_dir.join("secret"), SECRET)?;
        config.notices_file = Some(file);
        Ok(())
    })
    .await?;
    ensure_admins(world.house("directory"), &zone::admins()).await?;
    world.settle().await?;
    let zone = Zone { world };
    set_up(&zone.by("admin"), &zone.by("admin-2")).await?;
    zone.world.settle().await?;
    Ok(zone)
}

/// The notices of a kind that were taken, each once, in the order of their first coming.
fn taken(receiver: &Receiver, kind: &str) -> Result<Vec<Value>> {
    let (mut ids, mut notices) = (BTreeSet::new(), Vec::new());
    for posted in receiver.posted().iter().filter(|posted| posted.status == 200) {
        let notice = checked(posted)?;
        if notice["kind"] == kind && ids.insert(notice["id"].to_string()) {
            notices.push(notice);
        }
    }
    Ok(notices)
}

/// The body of what was posted, once its signature and id have been held against it.
fn checked(posted: &Posted) -> Result<Value> {
    let header = |name: &str| posted.headers.get(name).context(name.to_owned());
    let signature = header("whistle-signature")?;
    let (time, tag) = signature.split_once(",v1=").context("t=…,v1=…")?;
    let seconds = time.strip_prefix("t=").context("t=…")?;
    assert!(seconds.parse::<i64>().is_ok());
    let mut expected = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
    expected.update(format!("{seconds}.{}", posted.body).as_bytes());
    assert_eq!(hex::encode(expected.finalize().into_bytes()), tag);
    let notice: Value = serde_json::from_str(&posted.body)?;
    assert_eq!(notice["id"], header("whistle-notice-id")?.as_str());
    assert_eq!(header("content-type")?, "application/json");
    assert!(!posted.body.contains(CONTACT_NAME) && !posted.body.contains(CONTACT_PHONE));
    Ok(notice)
}

/// Waits until so many notices of a kind have been taken.
async fn arrive(receiver: &Receiver, kind: &str, count: usize) -> Result<Vec<Value>> {
    eventually(&format!("{count} × {kind}"), ARRIVES, async || {
        let notices = taken(receiver, kind)?;
        if notices.len() < count { Err(anyhow!("{notices:?}")) } else { Ok(notices) }
    })
    .await
}

const ALL: &str = r#"kinds = ["offered", "decision_due", "limit_missed", "yellow_card", "red_card",
    "card_annulled", "due_changed", "urged", "supervised", "answered", "call_back_due"]"#;

async fn whoever_is_configured_is_told_signed_and_nothing_personal(size: Size) -> Result<()> {
    let oa = Receiver::start()?;
    let zone = zone(size, &[("oa", &oa, ALL)]).await?;
    let (ticket, order) = zone.in_progress().await?;
    let [due] =
        arrive(&oa, "decision_due", 1).await?.try_into().map_err(|all| anyhow!("{all:?}"))?;
    assert_eq!(
        (&due["subject"], &due["service"]),
        (&ticket.name.as_str().into(), &"request".into())
    );
    assert!(due["department"].is_null() && due["due"].is_string(), "{due}");
    let offered = &arrive(&oa, "offered", 1).await?[0];
    assert_eq!(offered["subject"], order.name.as_str());
    assert_eq!(offered["correlation"], ticket.name.as_str());
    assert_eq!(offered["department"], LEAD);
    assert_eq!(offered["zone"], "test-zone");
    let position = offered["position"].as_i64().context("a position")?;
    let entry = zone.world.house("dispatch").journal.entries(position - 1, 1).await?;
    let heard = entry.first().context("an entry")?.heard()?;
    assert_eq!(
        (offered["id"].as_str(), offered["fact"].as_str()),
        (Some(&*heard.id), Some(&*heard.kind))
    );

    // The cards come with their instants, the answer with its department.
    zone.at("2026-03-12T09:00:00+08:00").await?;
    let yellow = &arrive(&oa, "yellow_card", 1).await?[0];
    let red = &arrive(&oa, "red_card", 1).await?[0];
    assert_eq!((&yellow["due"], &yellow["department"]), (&red["due"], &red["department"]));
    zone.by("D02-11").complete(&order.name).await?;
    let answered = &arrive(&oa, "answered", 1).await?[0];
    assert_eq!(
        (&answered["due"], &answered["subject"]),
        (&red["due"], &order.name.as_str().into())
    );
    zone.world.end().await
}

async fn whoever_must_answer_or_call_back_is_told(size: Size) -> Result<()> {
    let (oa, lead) = (Receiver::start()?, Receiver::start()?);
    let of_lead = format!("{ALL}\ndepartments = [{LEAD:?}]");
    let zone = zone(size, &[("oa", &oa, ALL), ("lead", &lead, &of_lead)]).await?;
    let (ticket, order) = zone.in_progress().await?;
    zone.by("D01-11").urge(&order.name).await?;
    zone.at("2026-03-05T09:00:00+08:00").await?;
    let wanted = SuperviseWorkOrderRequest {
        work_order: order.name.clone(),
        note: "请说明进展".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    zone.by("supervisor").orders().supervise_work_order(wanted).await?;
    for kind in ["urged", "supervised"] {
        let told = &arrive(&lead, kind, 1).await?[0];
        assert_eq!(told["subject"], order.name.as_str());
        assert_eq!(told["department"], LEAD);
        assert!(told["due"].is_string(), "{told}");
    }

    // 吹哨办 calls the enterprise; that is no department's matter.
    zone.by("D02-11").complete(&order.name).await?;
    let call = &arrive(&oa, "call_back_due", 1).await?[0];
    assert_eq!(call["subject"], ticket.name.as_str());
    assert!(call["department"].is_null() && call["due"].is_string(), "{call}");
    zone.at("2026-03-05T10:05:00+08:00").await?;
    let vain = Call { number: CONTACT_PHONE, started_at: instant(CALLED), reached: None };
    zone.by("D01-12").call_back(&ticket.name, vain).await?;
    assert_eq!(arrive(&oa, "call_back_due", 2).await?.len(), 2, "it is tried again");
    // Who is content waits for nobody: the verdict makes no such notice.
    let again = instant("2026-03-05T10:02:00+08:00");
    let reached = Call { started_at: again, reached: Some((4, true)), ..vain };
    zone.by("D01-12").call_back(&ticket.name, reached).await?;
    let next = zone.accepted().await?;
    arrive(&oa, "offered", 2).await?;
    zone.by("handler").withdraw(&next.name).await?;
    zone.world.settle().await?;
    assert_eq!(taken(&oa, "call_back_due")?.len(), 2);
    assert_eq!(taken(&lead, "call_back_due")?, Vec::<Value>::new());
    zone.world.end().await
}

async fn a_receiver_of_one_department_is_told_of_its_matters_alone(size: Size) -> Result<()> {
    let (lead, other) = (Receiver::start()?, Receiver::start()?);
    let of = |department| format!("{ALL}\ndepartments = [{department:?}]");
    let receivers = [("lead", &lead, &*of(LEAD)), ("other", &other, &*of(ASSISTING))];
    let zone = zone(size, &receivers).await?;
    let (_, order) = zone.in_progress().await?;
    arrive(&lead, "offered", 1).await?;
    zone.by("D02-11").ask_assistance(&order.name, ASSISTING).await?;
    let asked = arrive(&other, "offered", 1).await?;
    let all: Vec<Value> = other.posted().iter().map(checked).collect::<Result<_>>()?;
    assert!(all.iter().all(|notice| notice["department"] == ASSISTING), "{all:?}");
    assert_eq!(asked.len(), 1);
    let leads: Vec<Value> = lead.posted().iter().map(checked).collect::<Result<_>>()?;
    assert!(leads.iter().all(|notice| notice["department"] == LEAD), "{leads:?}");
    zone.world.end().await
}

async fn a_receiver_that_is_away_loses_nothing_and_holds_nobody_up(size: Size) -> Result<()> {
    let (here, mut away) = (Receiver::start()?, Receiver::away()?);
    let kinds = r#"kinds = ["offered"]"#;
    let zone = zone(size, &[("here", &here, kinds), ("away", &away, kinds)]).await?;
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(zone.accepted().await?.work_order);
    }
    arrive(&here, "offered", 3).await?;
    assert_eq!(taken(&away, "offered")?, Vec::<Value>::new());
    away.come_back()?;
    arrive(&away, "offered", 3).await?;
    away.go_away();
    orders.push(zone.accepted().await?.work_order);
    arrive(&here, "offered", 4).await?;
    away.come_back()?;
    let told = arrive(&away, "offered", 4).await?;
    let subjects: Vec<&str> = told.iter().filter_map(|notice| notice["subject"].as_str()).collect();
    assert_eq!(subjects, orders, "all of them, in order");
    zone.world.end().await
}

async fn a_receiver_that_answers_with_an_error_is_told_again(size: Size) -> Result<()> {
    let oa = Receiver::start()?;
    // It is there and does not take it; 3xx leads nowhere else.
    oa.answer(302);
    let zone = zone(size, &[("oa", &oa, r#"kinds = ["offered"]"#)]).await?;
    let order = zone.accepted().await?.work_order;
    let tried = |count: usize| {
        let posted = oa.posted();
        async move { if posted.len() < count { Err(posted.len()) } else { Ok(posted) } }
    };
    eventually("it is tried", ARRIVES, || tried(1)).await?;
    oa.answer(500);
    let posted = eventually("it is tried again", ARRIVES, || tried(2)).await?;
    oa.answer(200);
    let told = arrive(&oa, "offered", 1).await?;
    assert_eq!(told[0]["subject"], order.as_str());
    assert!(posted.iter().all(|posted| posted.headers["whistle-notice-id"] == told[0]["id"]));
    zone.world.end().await
}
