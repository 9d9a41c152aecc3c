//! Deputations: who may put them, and that they hold between their two instants alone.

use anyhow::Result;
use contract::common::Role;
use contract::directory::{
    Deputy, ListDeputiesRequest, ListStaffRequest, PutDeputyRequest, PutDeputyResponse, Staff,
};
use jiff::{Timestamp, ToSpan as _};
use journal::Clock as _;
use testkit::Size;
use tonic::{Code, Response, Status};

use crate::zone::{DAY_ONE, Zone, grant_of, refused, replayed, staff};

testkit::on_both_sizes!(
    a_deputy_has_the_role_between_two_instants_and_no_longer,
    a_deputation_is_ended_at_once_by_whoever_put_it,
    a_deputation_ends_with_the_role_of_the_principal,
    put_deputy_is_for_oneself_or_by_an_admin,
    put_deputy_refuses_whoever_cannot_stand_in,
    list_deputies_gives_each_once_in_order,
);

/// A zone with a dispatcher, a lead of D01 and of D02, and an envoy of D01: she may not list staff.
async fn desk(size: Size) -> Result<Zone> {
    let zone = Zone::furnished(size).await?;
    let people = [
        ("dispatcher", "D01", &[][..]),
        ("envoy", "D01", &[Role::Envoy]),
        ("clerk", "D02", &[Role::Staff]),
        ("second-lead", "D02", &[Role::Lead]),
    ];
    for (code, department, roles) in people {
        let department = format!("departments/{department}");
        let person = Staff { department, ..staff(&format!("persons/{code}"), roles) };
        zone.admin().put_staff(zone.put(person)).await?;
    }
    zone.grant(grant_of("persons/dispatcher", &[Role::Dispatcher])).await?;
    Ok(zone)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Somebody stands in for somebody from ten to eleven o'clock of the first day.
fn deputy(principal: &str, deputy: &str, role: Role) -> Deputy {
    Deputy {
        principal: format!("persons/{principal}"),
        deputy: format!("persons/{deputy}"),
        role: role.into(),
        from_time: Some(runtime::wire::time(at("2026-03-04T10:00:00+08:00"))),
        until_time: Some(runtime::wire::time(at("2026-03-04T11:00:00+08:00"))),
        ..<_>::default()
    }
}

async fn put(
    zone: &Zone,
    by: &str,
    deputy: &Deputy,
) -> Result<Response<PutDeputyResponse>, Status> {
    let wanted = PutDeputyRequest { deputy: Some(deputy.clone()), request_id: zone.id() };
    zone.by(by).put_deputy(wanted).await
}

/// Whether the envoy may do what the dispatcher may.
async fn may_list(zone: &Zone) -> bool {
    zone.by("envoy").list_staff(ListStaffRequest::default()).await.is_ok()
}

async fn a_deputy_has_the_role_between_two_instants_and_no_longer(size: Size) -> Result<()> {
    let zone = desk(size).await?;
    let told = zone.told().await?.len();
    let wanted = PutDeputyRequest {
        deputy: Some(deputy("dispatcher", "envoy", Role::Dispatcher)),
        request_id: zone.id(),
    };
    let first = zone.by("dispatcher").put_deputy(wanted.clone()).await?;
    let second = zone.by("dispatcher").put_deputy(wanted).await?;
    assert!(!replayed(&first) && replayed(&second));
    assert_eq!(first.into_inner(), second.into_inner());
    assert_eq!(zone.told().await?[told..], ["DeputyChanged"]);
    for (instant, may) in [
        (DAY_ONE, false),
        ("2026-03-04T09:59:59.999999+08:00", false),
        ("2026-03-04T10:00:00+08:00", true),
        ("2026-03-04T10:59:59.999999+08:00", true),
        ("2026-03-04T11:00:00+08:00", false),
    ] {
        zone.world.advance_to(at(instant)).await?;
        assert_eq!(may_list(&zone).await, may, "{instant}");
    }
    zone.world.end().await
}

async fn a_deputation_is_ended_at_once_by_whoever_put_it(size: Size) -> Result<()> {
    let zone = desk(size).await?;
    let wanted = deputy("dispatcher", "envoy", Role::Dispatcher);
    let there = put(&zone, "admin", &wanted).await?.into_inner().deputy.unwrap();
    zone.world.advance_to(at("2026-03-04T10:30:00+08:00")).await?;
    assert!(may_list(&zone).await);
    let ended = Deputy { until_time: there.from_time, ..there.clone() };
    put(&zone, "dispatcher", &ended).await?;
    zone.world.settle().await?;
    assert!(!may_list(&zone).await);
    let stale = refused(put(&zone, "dispatcher", &there).await);
    assert_eq!(stale.said(), (Code::Aborted, "STALE_ETAG"));
    zone.world.end().await
}

async fn a_deputation_ends_with_the_role_of_the_principal(size: Size) -> Result<()> {
    let zone = desk(size).await?;
    put(&zone, "dispatcher", &deputy("dispatcher", "envoy", Role::Dispatcher)).await?;
    zone.world.advance_to(at("2026-03-04T10:00:00+08:00")).await?;
    assert!(may_list(&zone).await);
    let without = staff("persons/dispatcher", &[Role::Staff]);
    zone.admin().put_staff(zone.put(without)).await?;
    zone.world.settle().await?;
    assert!(!may_list(&zone).await);
    zone.world.end().await
}

/// Shows: directory refuses ROLE_NOT_HELD
async fn put_deputy_is_for_oneself_or_by_an_admin(size: Size) -> Result<()> {
    let zone = desk(size).await?;
    let wanted = deputy("dispatcher", "envoy", Role::Dispatcher);
    // Neither the deputy nor another holder of some role lends what is not theirs.
    for (by, reason) in [("envoy", "ROLE_FORBIDS"), ("lead", "ROLE_FORBIDS")] {
        let refusal = refused(put(&zone, by, &wanted).await);
        assert_eq!(refusal.said(), (Code::PermissionDenied, reason), "{by}");
    }
    let unheld = refused(put(&zone, "lead", &deputy("lead", "envoy", Role::Dispatcher)).await);
    assert_eq!(unheld.said(), (Code::FailedPrecondition, "ROLE_NOT_HELD"));
    assert_eq!((unheld.of("person"), unheld.of("role")), ("persons/lead", "DISPATCHER"));
    // A deputy passes nothing on.
    put(&zone, "admin", &wanted).await?;
    zone.world.advance_to(at("2026-03-04T10:00:00+08:00")).await?;
    let passed_on = deputy("envoy", "clerk", Role::Dispatcher);
    assert_eq!(refused(put(&zone, "envoy", &passed_on).await).reason, "ROLE_NOT_HELD");
    zone.world.end().await
}

/// Shows: directory refuses DEPUTY_NOT_FOUND; directory refuses DEPUTY_FIXED; directory refuses DEPUTY_ELSEWHERE
/// Shows: directory refuses DEPUTY_TOO_LONG; directory refuses SAME_PERSON; directory refuses ROLES_CLASH
async fn put_deputy_refuses_whoever_cannot_stand_in(size: Size) -> Result<()> {
    let zone = desk(size).await?;
    let put = async |wanted: Deputy| put(&zone, "admin", &wanted).await;
    let dispatcher = |by: &str| deputy("dispatcher", by, Role::Dispatcher);
    let long = Deputy {
        until_time: Some(runtime::wire::time(at("2026-06-02T10:00:01+08:00"))),
        ..dispatcher("envoy")
    };
    let unknown = Deputy { name: format!("deputies/{}", zone.id()), ..dispatcher("envoy") };
    let blind = Deputy { etag: "before".to_owned(), ..dispatcher("envoy") };
    for (wanted, code, reason) in [
        (unknown, Code::NotFound, "DEPUTY_NOT_FOUND"),
        (blind, Code::Aborted, "STALE_ETAG"),
        (dispatcher("nobody"), Code::NotFound, "PERSON_NOT_FOUND"),
        (dispatcher("handler"), Code::NotFound, "PERSON_NOT_FOUND"),
        (dispatcher("dispatcher"), Code::FailedPrecondition, "SAME_PERSON"),
        (dispatcher("admin-2"), Code::FailedPrecondition, "ROLES_CLASH"),
        (deputy("second-lead", "envoy", Role::Lead), Code::FailedPrecondition, "DEPUTY_ELSEWHERE"),
        (deputy("envoy", "clerk", Role::Envoy), Code::InvalidArgument, "FIELD_INVALID"),
        (long, Code::InvalidArgument, "DEPUTY_TOO_LONG"),
    ] {
        assert_eq!(refused(put(wanted.clone()).await).said(), (code, reason), "{wanted:?}");
    }
    put(deputy("second-lead", "clerk", Role::Lead)).await?;
    let there = put(dispatcher("envoy")).await?.into_inner().deputy.unwrap();
    let other = Deputy { deputy: "persons/clerk".to_owned(), ..there };
    assert_eq!(refused(put(other).await).said(), (Code::FailedPrecondition, "DEPUTY_FIXED"));
    zone.world.end().await
}

async fn list_deputies_gives_each_once_in_order(size: Size) -> Result<()> {
    let zone = desk(size).await?;
    let mut names = Vec::new();
    for by in ["envoy", "clerk", "envoy"] {
        let there = put(&zone, "admin", &deputy("dispatcher", by, Role::Dispatcher)).await?;
        names.push(there.into_inner().deputy.unwrap().name);
        // Names are in the order of their instants.
        zone.world.advance_to(zone.world.clock.now() + 1.seconds()).await?;
    }
    let list = async |by: &str, page_size, page_token: &str| -> Result<(Vec<String>, String)> {
        let (deputy, page_token) = (by.to_owned(), page_token.to_owned());
        let asked = ListDeputiesRequest { deputy, page_size, page_token };
        let page = zone.by("lead").list_deputies(asked).await?.into_inner();
        Ok((page.deputies.into_iter().map(|deputy| deputy.name).collect(), page.next_page_token))
    };
    let (first, token) = list("", 2, "").await?;
    assert_eq!(first, names[..2]);
    assert_eq!(list("", 2, &token).await?, (names[2..].to_vec(), String::new()));
    let of_envoy = [names[0].clone(), names[2].clone()];
    assert_eq!(list("persons/envoy", 0, "").await?.0, of_envoy);
    let unseen = zone.by("envoy").list_deputies(ListDeputiesRequest::default()).await;
    assert_eq!(refused(unseen).reason, "ROLE_FORBIDS");
    zone.world.end().await
}
