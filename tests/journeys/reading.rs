//! Reading: what was just written elsewhere, and streams that go on where they were cut.

use std::time::Duration;

use anyhow::{Context as _, Result};
use contract::dispatch::watch_work_orders_response::Item;
use contract::dispatch::{GetWorkOrderRequest, WatchWorkOrdersRequest};
use contract::request::AcceptTicketRequest;
use testkit::Size;
use testkit::hand::{refusal, request_id};
use testkit::zone::plea;
use tokio_stream::StreamExt as _;
use tonic::{Code, Request};
use tonic_types::StatusExt as _;

use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(
    a_read_does_not_miss_what_was_just_written,
    a_watch_stream_goes_on_where_it_was_cut,
);

async fn a_read_does_not_miss_what_was_just_written(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    for _ in 0..10 {
        let ticket = zone.by("handler").submit(plea()).await?;
        let wanted = AcceptTicketRequest {
            ticket: ticket.name.clone(),
            request_id: request_id(),
            ..<_>::default()
        };
        let accepted = zone.by("D01-11").tickets().accept_ticket(wanted).await?;
        let position = accepted.metadata().get("whistle-position").context("a position")?.clone();
        assert!(position.to_str()?.starts_with("request@"));
        let work_order = accepted.into_inner().ticket.context("a ticket")?.work_order;
        let mut read = Request::new(GetWorkOrderRequest { work_order });
        read.metadata_mut().insert("whistle-after", position);
        zone.by("D02-11").orders().get_work_order(read).await?;
    }
    let ticket = zone.accepted().await?;
    let mut early = Request::new(GetWorkOrderRequest { work_order: ticket.work_order });
    early.metadata_mut().insert("whistle-after", "request@1000000".parse()?);
    early.set_timeout(Duration::from_millis(500));
    let status = zone.by("D02-11").orders().get_work_order(early).await.expect_err("too early");
    assert_eq!(refusal(&status), (Code::Unavailable, "whistle NOT_YET_HEARD".to_owned()));
    assert!(status.get_details_retry_info().is_some(), "it says when to ask again");
    zone.world.end().await
}

async fn a_watch_stream_goes_on_where_it_was_cut(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let writing = async {
        for _ in 0..4 {
            let (_, order) = zone.in_progress().await?;
            zone.by("D02-11").complete(&order.name).await?;
        }
        zone.world.settle().await
    };
    let watching = async {
        let (mut seen, mut resume_after) = (Vec::new(), 0);
        // Cut after every third item.
        while seen.len() < 16 {
            let wanted = WatchWorkOrdersRequest { resume_after };
            let stream = zone.by("auditor").orders().watch_work_orders(wanted).await?;
            let mut stream = stream.into_inner().take(3);
            while let Some(item) = stream.next().await {
                match item?.item.context("an item")? {
                    Item::Entry(entry) => {
                        resume_after = entry.position;
                        seen.push(entry);
                    }
                    Item::Heartbeat(heartbeat) => {
                        assert!(resume_after <= heartbeat.position);
                        resume_after = heartbeat.position;
                    }
                }
            }
        }
        anyhow::Ok(seen)
    };
    let (written, seen) = futures_util::future::join(writing, watching).await;
    written?;
    let seen = seen?;
    assert!(seen.windows(2).all(|pair| pair[0].position < pair[1].position));
    let journal = zone.world.house("dispatch").journal.entries(0, 1000).await?;
    let told: Vec<i64> = journal.iter().map(|entry| entry.position).collect();
    let seen: Vec<i64> = seen.iter().map(|entry| entry.position).collect();
    assert_eq!(seen, told, "without gap, without repetition");
    zone.world.end().await
}
