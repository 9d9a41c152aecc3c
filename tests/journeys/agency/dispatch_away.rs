//! Dispatch is away for an hour while agency works on: nothing is lost, and all is caught up as of
//! when it happened.

use std::fs;

use anyhow::{Context as _, Result};
use contract::agency::{Case, ItemState, WithdrawItemRequest};
use contract::dispatch::WorkOrderState;
use runtime::Service;
use runtime::config::{Config, Secret};
use testkit::{Size, World};

use super::office::{Office, ask, item, item_of, matter};
use crate::zone::{DAY_ONE, SERVICES, Zone};

testkit::on_both_sizes!(what_happens_while_dispatch_is_away_is_caught_up);

/// What the processes of the zone stand on, wherever they are started.
#[derive(Default)]
struct Ground {
    database_url: Option<Secret>,
    amqp_url: Option<Secret>,
}

impl Ground {
    fn of(config: &Config) -> Ground {
        let (database_url, amqp_url) = (config.database_url.clone(), config.amqp_url.clone());
        Ground { database_url, amqp_url }
    }

    /// The zone's processes end, and these are started on what they left.
    async fn next(
        &self,
        size: Size,
        before: &Office,
        services: &[Service],
        now: &str,
    ) -> Result<Office> {
        let left = &before.zone.world;
        left.settle().await?;
        left.site.stop().await;
        let world = World::start_with(size, services, now, |config| {
            config.database_url.clone_from(&self.database_url);
            config.amqp_url.clone_from(&self.amqp_url);
            for file in fs::read_dir(left.folder())? {
                let path = file?.path();
                if path.is_file() {
                    let name = path.file_name().context("a file has a name")?;
                    fs::copy(&path, config.data_dir.join(name))?;
                }
            }
            Ok(())
        });
        Ok(Office::at(Zone { world: world.await? }))
    }
}

async fn what_happens_while_dispatch_is_away_is_caught_up(size: Size) -> Result<()> {
    let matters = vec![
        matter("a", "departments/D02", &[]),
        matter("b", "departments/D03", &[]),
        matter("c", "departments/D04", &[]),
        matter("d", "departments/D02", &["a"]),
    ];
    let mut ground = Ground::default();
    let morning = Office::start_with(size, DAY_ONE, matters, |config| {
        ground = Ground::of(config);
        Ok(())
    })
    .await?;
    let case = morning.running().await?;
    for code in ["a", "b", "c"] {
        morning.submit("agent", &case, code).await?;
    }
    let claimed = morning.order(&case, "a").await?.name;
    morning.zone.by("D02-11").claim(&claimed).await?;
    let case = morning.see(&case).await?;

    let others: Vec<Service> = SERVICES
        .iter()
        .map(|service| if service.name == "dispatch" { testkit::away(*service) } else { *service })
        .collect();
    let away = ground.next(size, &morning, &others, "2026-03-04T09:05:00+08:00").await?;
    assert!(away.zone.by("D03-11").claim(&claimed).await.is_err(), "nobody answers");
    an_hour_of_work(&away, &case).await?;

    let back = ground.next(size, &away, SERVICES, "2026-03-04T10:05:00+08:00").await?;
    let now = back.see(&case).await?;
    // Decided at a quarter past and at half past nine, heard after ten.
    for code in ["a", "d"] {
        let decided = item_of(&now, code);
        let issued = decided.permit.as_ref().and_then(|permit| permit.issued_time);
        let orders = back.orders().await?;
        let mut settled = orders.iter().filter(|order| order.completed_time == issued);
        let order = settled.next().with_context(|| format!("the order of {code}"))?;
        assert_eq!(
            (order.state(), order.settled_outcome.as_str()),
            (WorkOrderState::Completed, "ISSUED")
        );
        assert_eq!(order.department, decided.department);
    }
    let withdrawn = back.zone.order(&item_of(&case, "c").work_order).await?;
    assert_eq!(withdrawn.state(), WorkOrderState::Cancelled);
    // What is still to be done goes on as if nothing had been.
    back.zone.by("D03-11").claim(&item_of(&now, "b").work_order).await?;
    let issued = back.issue("D03-11", &case, "b").await?;
    assert_eq!(item_of(&issued, "b").state(), ItemState::Issued);
    back.close().await
}

/// What was asked for is decided and withdrawn, and what becomes ready by it is asked for and
/// decided, all while dispatch knows nothing of it.
async fn an_hour_of_work(away: &Office, case: &Case) -> Result<()> {
    away.accept("D02-11", case, "a").await?;
    away.zone.at("2026-03-04T09:15:00+08:00").await?;
    away.issue("D02-11", case, "a").await?;
    away.submit("agent", case, "d").await?;
    away.accept("D02-12", case, "d").await?;
    away.accept("D03-11", case, "b").await?;
    away.zone.at("2026-03-04T09:30:00+08:00").await?;
    away.issue("D02-12", case, "d").await?;
    ask!(
        away,
        "handler",
        withdraw_item,
        WithdrawItemRequest { item: item(case, "c"), reason: "项目调整".to_owned() }
    )?;
    away.zone.at("2026-03-04T10:05:00+08:00").await
}
