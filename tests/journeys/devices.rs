//! Ratings that come from a phone of somebody else (docs/domain.md §8): they wait, and no figure has them.

use anyhow::{Context as _, Result};
use contract::common::Date;
use contract::dispatch::{GetLeagueRequest, LeagueRow};
use contract::request::{
    Rating, Ticket, TicketState, VerificationCause as Because, VerifyRatingRequest,
};
use testkit::Size;
use testkit::hand::request_id;
use testkit::zone::LEAD;

use crate::secrets::Secrets;
use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(
    a_rating_from_a_phone_of_the_staff_is_not_counted_until_it_is_verified,
    what_is_heard_of_a_device_comes_from_every_service_that_request_hears,
);

const STAFF_PHONE: &str = "a1-staff-phone-5c1f";
const OWN_PHONE: &str = "a2-own-phone-77be";

async fn a_rating_from_a_phone_of_the_staff_is_not_counted_until_it_is_verified(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    if let Some(vhost) = zone.world.vhost() {
        vhost.tap("whistle.events")?;
    }
    let (ticket, other) = (zone.accepted().await?, zone.accepted().await?);
    zone.on_device("D02-11", STAFF_PHONE).claim(&ticket.work_order).await?;
    zone.by("D02-11").contact(&ticket.work_order).await?;
    zone.by("D02-11").complete(&ticket.work_order).await?;
    zone.worked_by("D02-11", &other.work_order).await?;
    // Not in haste, and the enterprise's own word: but the phone is the claimant's.
    zone.at("2026-03-05T09:00:00+08:00").await?;
    let rated = zone.on_device("handler", STAFF_PHONE).rate(&ticket.name, 5).await?;
    assert_eq!(rated.state(), TicketState::Confirmed);
    let rating = rated.rating.context("a rating")?;
    assert!(rating.awaits_verification);
    assert_eq!(rating.verification_causes, [0; 0], "why it waits stays inside");
    zone.on_device("handler", OWN_PHONE).rate(&other.name, 2).await?;
    zone.world.settle().await?;

    let (by, seen) = (zone.by("supervisor"), rating_of(&zone, &ticket).await?);
    assert_eq!(causes(&seen), [Because::StaffDevice]);
    assert_eq!(causes(&rating_of(&zone, &other).await?), []);
    let row = league_of(&zone).await?;
    let satisfied = row.satisfied.context("a rate")?;
    assert_eq!((satisfied.numerator, satisfied.denominator), (0, 1), "the other one alone");
    let [left_out] = satisfied.exclusions.as_slice() else { panic!("{satisfied:?}") };
    assert_eq!((left_out.reason.as_str(), left_out.count), ("AWAITS_VERIFICATION", 1));

    let wanted = VerifyRatingRequest {
        ticket: ticket.name.clone(),
        round: 1,
        counts: true,
        reason: "已电话核实".to_owned(),
        etag: by.ticket(&ticket.name).await?.etag,
        request_id: request_id(),
    };
    by.tickets().verify_rating(wanted).await?;
    zone.world.settle().await?;
    let satisfied = league_of(&zone).await?.satisfied.context("a rate")?;
    assert_eq!((satisfied.numerator, satisfied.denominator), (1, 2));
    assert_eq!(causes(&rating_of(&zone, &ticket).await?), [Because::StaffDevice], "for good");
    Secrets(&[STAFF_PHONE, OWN_PHONE]).are_nowhere(&zone).await?;
    if let Some(vhost) = zone.world.vhost() {
        assert!(vhost.tapped(10_000)?.contains("cloudEvents_device"), "who routes by it can");
    }
    zone.world.end().await
}

/// An administrator in the directory and a claimant in dispatch, each on a phone of their own; what
/// dispatch does because it heard of something comes from no device.
async fn what_is_heard_of_a_device_comes_from_every_service_that_request_hears(
    size: Size,
) -> Result<()> {
    const ADMIN_PHONE: &str = "a3-admin-phone";
    let zone = Zone::start(size, DAY_ONE).await?;
    let wanted = contract::directory::PutStaffRequest {
        staff: Some(contract::directory::Staff {
            name: "persons/D02-13".to_owned(),
            title: "D02-13".to_owned(),
            department: LEAD.to_owned(),
            roles: vec![contract::common::Role::Staff.into()],
            active: true,
            ..<_>::default()
        }),
        request_id: request_id(),
    };
    zone.on_device("admin", ADMIN_PHONE).directory().put_staff(wanted).await?;
    let tickets = [zone.accepted().await?, zone.accepted().await?, zone.accepted().await?];
    zone.on_device("D02-13", STAFF_PHONE).claim(&tickets[1].work_order).await?;
    for ticket in [&tickets[0], &tickets[2]] {
        zone.by("D02-11").claim(&ticket.work_order).await?;
    }
    for (ticket, by) in tickets.iter().zip(["D02-11", "D02-13", "D02-11"]) {
        zone.by(by).contact(&ticket.work_order).await?;
        zone.by(by).complete(&ticket.work_order).await?;
    }
    zone.at("2026-03-05T09:00:00+08:00").await?;
    for (ticket, phone) in tickets.iter().zip([ADMIN_PHONE, STAFF_PHONE, OWN_PHONE]) {
        let rated = zone.on_device("handler", phone).rate(&ticket.name, 5).await?;
        let waits = rated.rating.context("a rating")?.awaits_verification;
        assert_eq!(waits, phone != OWN_PHONE, "{phone}");
    }
    let devices = |entries: Vec<journal::reader::Entry>| -> Result<Vec<String>> {
        let heard = entries.iter().map(|entry| Ok(entry.heard()?));
        let heard: Vec<_> = heard.collect::<Result<_>>()?;
        Ok(heard.into_iter().filter_map(|heard| heard.device.map(|_| heard.kind)).collect())
    };
    let told = devices(zone.world.house("dispatch").journal.entries(0, 10_000).await?)?;
    assert_eq!(told, ["whistle.dispatch.v1.WorkOrderClaimed"], "what the call itself did");
    let told = devices(zone.world.house("directory").journal.entries(0, 10_000).await?)?;
    assert_eq!(told, ["whistle.directory.v1.StaffChanged"]);
    zone.world.end().await
}

/// The rating of a ticket, as the supervisor sees it.
async fn rating_of(zone: &Zone, ticket: &Ticket) -> Result<Rating> {
    zone.by("supervisor").ticket(&ticket.name).await?.rating.context("a rating")
}

fn causes(rating: &Rating) -> Vec<Because> {
    rating.verification_causes().collect()
}

async fn league_of(zone: &Zone) -> Result<LeagueRow> {
    let day = |day| Some(Date { year: 2026, month: 3, day });
    let march = GetLeagueRequest {
        from_date: day(1),
        to_date: day(31),
        first_round: false,
        ..<_>::default()
    };
    let league = zone.by("leader").orders().get_league(march).await?.into_inner();
    league.rows.into_iter().find(|row| row.department == LEAD).context("a row")
}
