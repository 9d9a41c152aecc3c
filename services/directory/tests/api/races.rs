//! Two at once: what one rule may not miss while another change is under way.

use anyhow::Result;
use contract::common::Role;
use contract::directory::{GetCalendarRequest, PublishCalendarYearRequest, Staff};
use futures_util::future::join_all;
use testkit::Size;

use crate::zone::{OURS, Zone, catalogue, enterprise, grant_of, staff, why};

testkit::on_both_sizes!(
    a_race_for_an_enterprise_has_one_winner,
    a_race_for_a_handler_has_one_winner,
    who_becomes_staff_and_handler_at_once_becomes_one_of_them,
    catalogues_and_years_published_at_once_are_numbered_without_a_gap,
    the_same_request_sent_at_once_is_done_once,
    a_grant_confirmed_at_once_by_many_is_confirmed_once,
    roles_that_clash_granted_at_once_come_to_one_of_them,
    admins_who_end_each_other_at_once_leave_two,
);

const AT_ONCE: usize = 8;

async fn a_race_for_an_enterprise_has_one_winner(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let calls = (0..AT_ONCE)
        .map(async |_| zone.admin().create_enterprise(zone.register(enterprise(OURS, &[]))).await);
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for status in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(why(status).reason, "ENTERPRISE_EXISTS");
    }
    assert_eq!(zone.told().await?, ["EnterpriseRegistered"]);
    zone.world.end().await
}

async fn a_race_for_a_handler_has_one_winner(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let calls = (0..AT_ONCE).map(async |number| {
        let name = format!("enterprises/P-{number}");
        zone.admin().create_enterprise(zone.register(enterprise(&name, &["handler"]))).await
    });
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for status in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(why(status).reason, "HANDLER_TAKEN");
    }
    zone.world.end().await
}

async fn who_becomes_staff_and_handler_at_once_becomes_one_of_them(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for number in 0..4 {
        let code = format!("p{number}");
        let (name, person) = (format!("enterprises/P-{number}"), format!("persons/{code}"));
        let (mut one, mut other) = (zone.admin(), zone.admin());
        let handler = one.create_enterprise(zone.register(enterprise(&name, &[&code])));
        let staff = other.put_staff(zone.put(staff(&person, &[Role::Staff])));
        let (handler, staff) = tokio::join!(handler, staff);
        assert!(handler.is_ok() != staff.is_ok(), "{handler:?} {staff:?}");
        let lost = handler.err().or(staff.err()).unwrap();
        assert_eq!(why(&lost).reason, "HANDLER_TAKEN");
    }
    zone.world.end().await
}

async fn catalogues_and_years_published_at_once_are_numbered_without_a_gap(
    size: Size,
) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let calls = (0..AT_ONCE).map(async |_| {
        let wanted = zone.publish(catalogue(&["categories/C01"]));
        let answer = zone.admin().publish_catalogue(wanted).await?.into_inner();
        Ok::<_, tonic::Status>(answer.catalogue.unwrap().version)
    });
    let mut versions = join_all(calls).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7, 8]);

    let year =
        zone.admin().get_calendar(GetCalendarRequest { year: 2026 }).await?.into_inner().year;
    let calls = (0..AT_ONCE).map(async |_| {
        let asked = PublishCalendarYearRequest {
            year: year.clone(),
            request_id: zone.id(),
            ..<_>::default()
        };
        let answer = zone.admin().publish_calendar_year(asked).await?.into_inner();
        Ok::<_, tonic::Status>(answer.year.unwrap().version)
    });
    let mut versions = join_all(calls).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    versions.sort_unstable();
    assert_eq!(versions, [2, 3, 4, 5, 6, 7, 8, 9], "the shipped year was the first");
    zone.world.end().await
}

async fn the_same_request_sent_at_once_is_done_once(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let wanted = zone.register(enterprise(OURS, &["handler"]));
    let calls = (0..AT_ONCE).map(async |_| zone.admin().create_enterprise(wanted.clone()).await);
    let answers = join_all(calls).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let first = answers[0].get_ref();
    assert!(answers.iter().all(|answer| answer.get_ref() == first));
    assert_eq!(zone.told().await?, ["EnterpriseRegistered"]);
    zone.world.end().await
}

async fn a_grant_confirmed_at_once_by_many_is_confirmed_once(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let told = zone.told().await?.len();
    let proposed = zone.propose(grant_of("persons/lead", &[Role::Auditor])).await?;
    let calls =
        (0..AT_ONCE).map(async |_| zone.second().confirm_grant(zone.confirming(&proposed)).await);
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for status in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(why(status).reason, "GRANT_CONFIRMED");
    }
    let once = ["GrantProposed", "GrantConfirmed", "StaffChanged"];
    assert_eq!(zone.told().await?[told..], once);
    zone.world.end().await
}

async fn roles_that_clash_granted_at_once_come_to_one_of_them(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for number in 0..4 {
        let name = format!("persons/p{number}");
        zone.admin().put_staff(zone.put(staff(&name, &[]))).await?;
        let maker = zone.propose(grant_of(&name, &[Role::FinanceMaker])).await?;
        let reviewer = zone.propose(grant_of(&name, &[Role::Reviewer])).await?;
        let (mut one, mut other) = (zone.second(), zone.second());
        let maker = one.confirm_grant(zone.confirming(&maker));
        let reviewer = other.confirm_grant(zone.confirming(&reviewer));
        let (maker, reviewer) = tokio::join!(maker, reviewer);
        assert!(maker.is_ok() != reviewer.is_ok(), "{maker:?} {reviewer:?}");
        let lost = maker.err().or(reviewer.err()).unwrap();
        assert_eq!(why(&lost).reason, "ROLES_CLASH");
    }
    zone.world.end().await
}

async fn admins_who_end_each_other_at_once_leave_two(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.third_admin().await?;
    let calls = ["admin", "admin-2", "third"].map(async |code| {
        let gone = Staff { active: false, ..staff(&format!("persons/{code}"), &[Role::Admin]) };
        zone.admin().put_staff(zone.put(gone)).await
    });
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for status in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(why(status).reason, "ADMINS_TOO_FEW");
    }
    zone.world.end().await
}
