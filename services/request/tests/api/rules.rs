//! What the directory publishes while tickets wait: a year of the calendar, another catalogue.

use anyhow::Result;
use contract::common::WorkRequested;
use contract::directory::{CalendarYear, CalendarYearPublished, calendar_year};
use contract::request::{Ticket, TicketDueChanged, TicketState};
use jiff::civil::date;
use runtime::wire;
use testkit::Size;

use crate::life::facts;
use crate::zone::{Zone, due};

testkit::on_both_sizes!(
    a_published_year_moves_open_due_instants,
    a_category_that_left_the_catalogue_is_accepted_by_the_one_it_was_submitted_under,
);

/// The year 2027, its first days off.
fn year(version: i32) -> CalendarYearPublished {
    let year = CalendarYear {
        year: 2027,
        notices: vec![calendar_year::Notice {
            number: "国办发明电〔2026〕1号".to_owned(),
            title: "通知".to_owned(),
            issued_date: Some(wire::date(date(2026, 11, 1))),
            url: String::new(),
        }],
        holidays: vec![calendar_year::Holiday {
            title: "元旦".to_owned(),
            notice: "国办发明电〔2026〕1号".to_owned(),
            from_date: Some(wire::date(date(2027, 1, 1))),
            to_date: Some(wire::date(date(2027, 1, 3))),
            work_dates: Vec::new(),
        }],
        version,
    };
    CalendarYearPublished { year: Some(year) }
}

async fn a_published_year_moves_open_due_instants(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.world.advance_to("2026-12-30T09:00:00+08:00".parse()?).await?;
    let far = zone.rated(5, true).await?;
    let accepted = zone.accepted().await?;
    // Half an hour before the close of the last working day of the year.
    zone.world.advance_to("2026-12-31T17:00:00+08:00".parse()?).await?;
    let late = zone.submitted().await?;
    let shown = |ticket: &Ticket| ticket.due.map(|due| (due.time.unwrap(), due.provisional));
    let instant = |at: &str| due(at).unwrap().time.unwrap();
    assert_eq!(shown(&late), Some((instant("2027-01-01T12:00:00+08:00"), true)));
    assert_eq!(shown(&far), Some((instant("2027-01-04T17:30:00+08:00"), true)));

    zone.know("calendar/2027", &year(1)).await?;
    zone.world.settle().await?;
    let (late, far) = (zone.see(&late).await?, zone.see(&far).await?);
    assert_eq!(shown(&late), Some((instant("2027-01-04T12:00:00+08:00"), false)));
    assert_eq!(shown(&far), Some((instant("2027-01-05T17:30:00+08:00"), false)));
    assert_eq!(zone.see(&accepted).await?, accepted, "nothing of its own is due");
    let moved = facts::<TicketDueChanged>(&zone).await?;
    assert_eq!(moved.len(), 3);
    let told = moved.iter().find(|fact| fact.limit == "VERIFY_RATING").unwrap();
    assert_eq!((&told.ticket, told.new_due), (&far.name, far.rating.unwrap().verification_due));
    assert_eq!(told.new_due, far.due, "both are reckoned from the same word");
    let told = moved.iter().find(|fact| fact.ticket == late.name).unwrap();
    assert_eq!((told.state(), told.cause.as_str()), (TicketState::Submitted, "CALENDAR"));
    assert_eq!(told.old_due.unwrap().time, Some(instant("2027-01-01T12:00:00+08:00")));
    assert_eq!(told.new_due, late.due);

    // An amendment that changes no day that is read moves nothing.
    zone.know("calendar/2027", &year(2)).await?;
    zone.world.settle().await?;
    assert_eq!(facts::<TicketDueChanged>(&zone).await?.len(), 3);
    // It is late by the new instant, not by the old one; what was met is left alone.
    zone.world.advance_to("2027-01-04T12:00:00+08:00".parse()?).await?;
    zone.by("D01-11").accept_ticket(zone.accept(&late)).await?;
    let accepted = facts::<contract::request::TicketAccepted>(&zone).await?;
    assert!(!accepted.last().unwrap().late);
    zone.world.end().await
}

async fn a_category_that_left_the_catalogue_is_accepted_by_the_one_it_was_submitted_under(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    zone.publish(2, "2026-03-04T10:00:00+08:00", &["categories/C02"]).await?;
    zone.world.advance_to("2026-03-04T11:00:00+08:00".parse()?).await?;
    zone.by("D01-11").accept_ticket(zone.accept(&ticket)).await?;
    assert_eq!(facts::<WorkRequested>(&zone).await?.remove(0).rule_version, 1);
    zone.by("handler").submit_ticket(zone.plea()).await.expect_err("no new one of it");
    zone.world.end().await
}
