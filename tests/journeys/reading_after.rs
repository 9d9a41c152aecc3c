//! Reading what was just written elsewhere: `whistle-after`, on reads and commands, in time and too late.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use contract::common::{MaterialsSupplied, Role};
use contract::directory::{ListDepartmentsRequest, PutStaffRequest, Staff};
use contract::dispatch::{ClaimWorkOrderRequest, GetWorkOrderRequest, WorkOrderState};
use contract::request::GetTicketRequest;
use futures_util::future::{join, try_join_all};
use journal::Telling;
use testkit::Size;
use testkit::hand::{metadata_of, refusal, request_id};
use testkit::zone::LEAD;
use tonic::{Code, Request};
use tonic_types::StatusExt as _;

use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(
    a_call_waits_until_the_service_has_heard_what_it_names,
    a_call_without_a_deadline_waits_five_seconds,
    a_command_waits_as_a_read_does,
    what_is_heard_in_one_batch_is_heard_to_its_end,
    a_service_waits_for_its_own_journal_too,
    who_was_just_registered_is_waited_for_before_it_is_asked_who_calls,
    a_source_that_the_service_does_not_hear_is_refused,
);

/// A message that must be answered only after a position.
fn after<M>(message: M, position: &str) -> Result<Request<M>> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("whistle-after", position.parse()?);
    Ok(request)
}

/// Something that dispatch hears and passes over.
fn nothing_to_do() -> Telling {
    let message = MaterialsSupplied::default();
    Telling::new("tickets/none", "tickets/none", &Unknown { inner: message.work_order })
}

/// A fact that a later release may tell.
#[derive(Clone, PartialEq, prost::Message)]
struct Unknown {
    #[prost(string, tag = "1")]
    inner: String,
}

impl prost::Name for Unknown {
    const NAME: &'static str = "Unknown";
    const PACKAGE: &'static str = "whistle.request.v1";
}

async fn a_call_waits_until_the_service_has_heard_what_it_names(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    let next = zone.world.house("request").journal.head().await? + 1;
    let reading = async {
        let wanted = GetWorkOrderRequest { work_order: ticket.work_order.clone() };
        let mut read = after(wanted, &format!("request@{next}"))?;
        read.set_timeout(Duration::from_secs(30));
        zone.by("D02-11").orders().get_work_order(read).await?;
        anyhow::Ok(zone.world.house("dispatch").journal.heard(&["request"]).await?["request"])
    };
    let writing = zone.world.tell("request", nothing_to_do(), "persons/handler");
    let (heard, written) = join(reading, writing).await;
    written?;
    assert!(next <= heard?, "it was answered before it was heard");
    zone.world.end().await
}

/// Shows: common refuses NOT_YET_HEARD
async fn a_call_without_a_deadline_waits_five_seconds(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    let wanted = GetWorkOrderRequest { work_order: ticket.work_order };
    let asked = Instant::now();
    let read = after(wanted, "request@1000000")?;
    let status = zone.by("D02-11").orders().get_work_order(read).await.expect_err("too early");
    let took = asked.elapsed();
    assert_eq!(refusal(&status), (Code::Unavailable, "whistle NOT_YET_HEARD".to_owned()));
    assert!(status.get_details_retry_info().is_some(), "it says when to ask again");
    let told = ["service", "position"].map(|key| metadata_of(&status, key));
    assert_eq!(told, ["request", "1000000"]);
    assert!((Duration::from_millis(4_900)..Duration::from_secs(15)).contains(&took), "{took:?}");
    zone.world.end().await
}

async fn a_command_waits_as_a_read_does(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    let claim = |position: &str| {
        let (work_order, request_id) = (ticket.work_order.clone(), request_id());
        after(ClaimWorkOrderRequest { work_order, request_id, ..<_>::default() }, position)
    };
    let mut early = claim("request@1000000")?;
    early.set_timeout(Duration::from_millis(300));
    let status = zone.by("D02-11").orders().claim_work_order(early).await.expect_err("too early");
    assert_eq!(refusal(&status), (Code::Unavailable, "whistle NOT_YET_HEARD".to_owned()));
    let order = zone.order(&ticket.work_order).await?;
    assert_eq!(order.state(), WorkOrderState::Offered, "nothing was done");
    let head = zone.world.house("request").journal.head().await?;
    let in_time = claim(&format!("request@{head}"))?;
    let claimed = zone.by("D02-11").orders().claim_work_order(in_time).await?.into_inner();
    assert_eq!(claimed.work_order.unwrap().state(), WorkOrderState::Claimed);
    zone.world.end().await
}

async fn what_is_heard_in_one_batch_is_heard_to_its_end(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    let first = zone.world.house("request").journal.head().await? + 1;
    let telling = (0..300).map(|_| zone.world.tell("request", nothing_to_do(), "persons/handler"));
    let writing = try_join_all(telling);
    let reading = (first..first + 300).step_by(37).map(async |position| {
        let wanted = GetWorkOrderRequest { work_order: ticket.work_order.clone() };
        let mut read = after(wanted, &format!("request@{position}"))?;
        read.set_timeout(Duration::from_secs(30));
        zone.by("D02-11").orders().get_work_order(read).await?;
        let heard = zone.world.house("dispatch").journal.heard(&["request"]).await?["request"];
        assert!(position <= heard, "{position} was not heard: {heard}");
        anyhow::Ok(())
    });
    let (written, read) = join(writing, try_join_all(reading)).await;
    written?;
    read?;
    zone.world.end().await
}

async fn a_service_waits_for_its_own_journal_too(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    for service in ["request", "directory"] {
        let head = zone.world.house(service).journal.head().await?;
        let wanted = GetTicketRequest { ticket: ticket.name.clone(), ..<_>::default() };
        let read = after(wanted, &format!("{service}@{head}"))?;
        zone.by("handler").tickets().get_ticket(read).await.context(service)?;
    }
    // The directory hears itself: it has applied what it told once it has heard it.
    let head = zone.world.house("directory").journal.head().await?;
    for (position, is_well) in [(head, true), (head + 1, false)] {
        let mut read = after(ListDepartmentsRequest::default(), &format!("directory@{position}"))?;
        read.set_timeout(Duration::from_millis(500));
        let answer = zone.by("handler").directory().list_departments(read).await;
        assert_eq!(answer.is_ok(), is_well, "{position}");
    }
    zone.world.end().await
}

async fn who_was_just_registered_is_waited_for_before_it_is_asked_who_calls(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    for (number, code) in ["D02-21", "D02-22", "D02-23", "D02-24"].into_iter().enumerate() {
        let newcomer = Staff {
            name: format!("persons/{code}"),
            title: code.to_owned(),
            department: LEAD.to_owned(),
            roles: vec![Role::Staff.into()],
            active: true,
            ..<_>::default()
        };
        // A flood before the newcomer, so that dispatch has not heard of them yet.
        let flood =
            (0..200).map(|_| zone.world.tell("directory", nothing_to_do(), "persons/admin"));
        try_join_all(flood).await?;
        let wanted = PutStaffRequest { staff: Some(newcomer), request_id: request_id() };
        let put = zone.by("admin").directory().put_staff(wanted).await?;
        let position = put.metadata().get("whistle-position").context("a position")?.to_str()?;
        let wanted = GetWorkOrderRequest { work_order: ticket.work_order.clone() };
        let mut read = after(wanted, position)?;
        read.set_timeout(Duration::from_secs(30));
        zone.by(code).orders().get_work_order(read).await.context(number)?;
    }
    // Nobody at all is told so only then, too.
    let wanted = GetWorkOrderRequest { work_order: ticket.work_order };
    let mut read = after(wanted, "directory@1000000")?;
    read.set_timeout(Duration::from_millis(300));
    let status = zone.by("nobody").orders().get_work_order(read).await.expect_err("nobody");
    assert_eq!(refusal(&status).1, "whistle NOT_YET_HEARD");
    zone.world.end().await
}

/// Shows: common refuses FIELD_INVALID
async fn a_source_that_the_service_does_not_hear_is_refused(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let invalid = (Code::InvalidArgument, "whistle FIELD_INVALID".to_owned());
    for source in ["request@1", "agency@1", "nonsense@0"] {
        let asked = Instant::now();
        let read = after(ListDepartmentsRequest::default(), source)?;
        let status = zone.by("handler").directory().list_departments(read).await;
        let status = status.expect_err("directory hears itself alone");
        assert_eq!(refusal(&status), invalid);
        assert_eq!(metadata_of(&status, "field"), "whistle-after");
        assert!(status.message().contains("does not hear"), "{}", status.message());
        assert!(asked.elapsed() < Duration::from_secs(3), "it is refused at once");
    }
    zone.world.end().await
}
