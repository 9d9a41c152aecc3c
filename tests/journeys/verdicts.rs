//! The enterprise's word: before it is called back, and after its ticket is closed.

use anyhow::Result;
use contract::dispatch::WorkOrderRated;
use contract::request::{AnswerTicketRequest, SubmitTicketRequest, TicketKind, TicketState};
use testkit::Size;
use testkit::hand::{Call, refusal, request_id};
use testkit::zone::plea;

use crate::zone::{DAY_ONE, Zone, facts, instant};

testkit::on_both_sizes!(
    what_is_rated_before_the_call_back_is_called_back_no_more,
    what_is_rated_after_closing_is_kept_and_moves_nothing,
    a_direct_answer_that_is_rated_credits_no_department,
);

const CALLED: &str = "2026-03-05T10:00:00+08:00";

fn call(reached: Option<(i32, bool)>) -> Call<'static> {
    Call { number: "13700001111", started_at: instant(CALLED), reached }
}

/// Shows: request ANSWERED Rate
async fn what_is_rated_before_the_call_back_is_called_back_no_more(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.answered().await?;
    zone.at("2026-03-05T09:00:00+08:00").await?;
    let rated = zone.by("handler").rate(&ticket.name, 4).await?;
    assert_eq!(rated.state(), TicketState::Confirmed);
    zone.at("2026-03-05T10:05:00+08:00").await?;
    let called = zone.by("D01-12").call_back(&ticket.name, call(Some((2, false)))).await;
    assert_eq!(refusal(&called.expect_err("it has said so")).1, "request.whistle STATE_FORBIDS");
    zone.by("D01-12").close(&ticket.name).await?;
    let counted = facts::<WorkOrderRated>(&zone.order_history(&order.name).await?);
    assert_eq!(counted.iter().map(|rated| rated.level).collect::<Vec<_>>(), [4]);
    zone.world.end().await
}

/// Shows: request ANSWERED CallBack; request CLOSED Rate; request refuses RATED_ALREADY; request refuses RATED_TOO_LATE
async fn what_is_rated_after_closing_is_kept_and_moves_nothing(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.answered().await?;
    let (unrated, _) = zone.answered().await?;
    zone.at("2026-03-05T10:05:00+08:00").await?;
    for ticket in [&ticket, &unrated] {
        let called = zone.by("D01-12").call_back(&ticket.name, call(Some((4, true)))).await?;
        assert_eq!(called.state(), TicketState::Confirmed);
        zone.by("D01-12").close(&ticket.name).await?;
    }
    zone.at("2026-03-20T09:00:00+08:00").await?;
    let rated = zone.by("handler").rate(&ticket.name, 1).await?;
    assert_eq!((rated.state(), rated.rating.unwrap().level), (TicketState::Closed, 1));
    let again = zone.by("handler").rate(&ticket.name, 5).await.expect_err("once per round");
    assert_eq!(refusal(&again).1, "request.whistle RATED_ALREADY");
    zone.world.settle().await?;
    let counted = facts::<WorkOrderRated>(&zone.order_history(&order.name).await?);
    let counted: Vec<_> = counted.iter().map(|rated| (rated.level, rated.confirmed)).collect();
    assert_eq!(
        counted,
        [(0, true)],
        "confirmed by call back; what came after closing moves nothing"
    );
    // The thirtieth day is Qingming, 04-04 to 04-06: the last one is the day after.
    zone.at("2026-04-08T09:00:00+08:00").await?;
    let late = zone.by("handler").rate(&unrated.name, 5).await.expect_err("after thirty days");
    assert_eq!(refusal(&late).1, "request.whistle RATED_TOO_LATE");
    zone.world.end().await
}

/// Shows: request SUBMITTED AnswerDirectly
async fn a_direct_answer_that_is_rated_credits_no_department(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let question = SubmitTicketRequest { kind: TicketKind::Consultation.into(), ..plea() };
    let ticket = zone.by("handler").submit(question).await?;
    let wanted = AnswerTicketRequest {
        ticket: ticket.name.clone(),
        answer: "明日上午恢复供水".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    zone.by("D01-11").tickets().answer_ticket(wanted).await?;
    zone.at("2026-03-04T10:00:00+08:00").await?;
    let rated = zone.by("handler").rate(&ticket.name, 5).await?;
    assert_eq!(rated.state(), TicketState::Confirmed);
    // Nothing of it is set aside where no order was made.
    zone.world.end().await
}
