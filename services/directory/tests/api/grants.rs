//! Grants: proposed by one admin, confirmed by another, and what a system may do within one.

use anyhow::Result;
use contract::common::Role;
use contract::directory::directory_service_client::DirectoryServiceClient;
use contract::directory::{
    Grant, ListDepartmentsRequest, ListEnterprisesRequest, ListGrantsRequest, ListStaffRequest,
    ProposeGrantRequest, Staff,
};
use jiff::ToSpan as _;
use journal::Clock as _;
use testkit::Size;
use tonic::Code;

use crate::zone::{Zone, grant_of, refused, replayed, staff};

testkit::on_both_sizes!(
    a_grant_gives_nothing_until_another_admin_confirms_it,
    both_admins_are_two_people_whatever_their_accounts,
    confirm_grant_refuses_what_cannot_be_confirmed,
    propose_grant_refuses_what_nobody_may_have,
    the_zone_keeps_two_admins_who_are_two_people,
    list_grants_gives_each_once_in_order,
    a_system_acts_for_a_person_by_the_methods_that_were_granted,
    who_is_put_inactive_may_do_nothing_as_soon_as_it_is_heard,
);

const LIST_STAFF: &str = "whistle.directory.v1.DirectoryService/ListStaff";

async fn a_grant_gives_nothing_until_another_admin_confirms_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.admin().put_staff(zone.put(staff("persons/x", &[Role::Envoy]))).await?;
    let list = async || zone.by("x").list_staff(ListStaffRequest::default()).await;

    let grant = grant_of("persons/x", &[Role::Auditor, Role::Supervisor]);
    let wanted = ProposeGrantRequest { grant: Some(grant), request_id: zone.id() };
    let first = zone.admin().propose_grant(wanted.clone()).await?;
    let second = zone.admin().propose_grant(wanted).await?;
    assert!(!replayed(&first) && replayed(&second));
    let grant = first.into_inner().grant.unwrap();
    assert_eq!(second.into_inner().grant.unwrap(), grant);
    assert_eq!((&*grant.proposed_by, &*grant.confirmed_by), ("persons/admin", ""));
    assert_eq!(grant.proposed_time, Some(runtime::wire::time(zone.world.clock.now())));
    zone.world.settle().await?;
    assert_eq!(refused(list().await).reason, "ROLE_FORBIDS");

    let confirming = zone.confirming(&grant);
    let first = zone.second().confirm_grant(confirming.clone()).await?;
    let second = zone.second().confirm_grant(confirming).await?;
    assert!(!replayed(&first) && replayed(&second));
    let confirmed = first.into_inner().grant.unwrap();
    assert_eq!(confirmed.confirmed_by, "persons/admin-2");
    assert_ne!(confirmed.etag, grant.etag);
    zone.world.settle().await?;
    assert!(list().await.is_ok());
    let told = ["StaffChanged", "GrantProposed", "GrantConfirmed", "StaffChanged"];
    assert_eq!(zone.told().await?, told);

    // It is taken away by two, or by one who puts the person without it.
    let revoked = Grant { revokes: true, ..grant_of("persons/x", &[Role::Auditor]) };
    zone.grant(revoked).await?;
    assert!(list().await.is_ok(), "supervisor is left");
    zone.admin().put_staff(zone.put(staff("persons/x", &[Role::Envoy]))).await?;
    zone.world.settle().await?;
    assert_eq!(refused(list().await).reason, "ROLE_FORBIDS");
    zone.world.end().await
}

/// Shows: directory refuses SAME_PERSON
async fn both_admins_are_two_people_whatever_their_accounts(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.admin().put_staff(zone.put(staff("persons/third", &[]))).await?;
    zone.grant(grant_of("persons/third", &[Role::Admin])).await?;
    let again = Staff {
        same_person_as: "persons/admin".to_owned(),
        ..staff("persons/third", &[Role::Admin])
    };
    zone.second().put_staff(zone.put(again)).await?;
    zone.world.settle().await?;

    let told = zone.told().await?.len();
    zone.admin().put_staff(zone.put(staff("persons/x", &[]))).await?;
    let proposed = zone.propose(grant_of("persons/x", &[Role::Auditor])).await?;
    for code in ["admin", "third"] {
        let confirmed = zone.by(code).confirm_grant(zone.confirming(&proposed)).await;
        let refusal = refused(confirmed);
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "SAME_PERSON"), "{code}");
        assert_eq!(refusal.of("person"), "persons/admin");
    }
    assert_eq!(zone.told().await?[told..], ["StaffChanged", "GrantProposed"]);
    zone.second().confirm_grant(zone.confirming(&proposed)).await?;
    zone.world.end().await
}

/// Shows: directory refuses GRANT_NOT_FOUND; directory refuses GRANT_CONFIRMED; directory refuses GRANT_LAPSED
async fn confirm_grant_refuses_what_cannot_be_confirmed(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let confirm =
        async |grant: &Grant| refused(zone.second().confirm_grant(zone.confirming(grant)).await);
    let proposed = zone.propose(grant_of("persons/lead", &[Role::Auditor])).await?;
    let unknown = Grant { name: format!("grants/{}", zone.id()), ..proposed.clone() };
    assert_eq!(confirm(&unknown).await.said(), (Code::NotFound, "GRANT_NOT_FOUND"));
    let unread = Grant { etag: "before".to_owned(), ..proposed.clone() };
    assert_eq!(confirm(&unread).await.said(), (Code::Aborted, "STALE_ETAG"));
    let blind = Grant { etag: String::new(), ..proposed.clone() };
    assert_eq!(confirm(&blind).await.of("field"), "etag");
    zone.second().confirm_grant(zone.confirming(&proposed)).await?;
    let again = confirm(&proposed).await;
    assert_eq!(again.said(), (Code::FailedPrecondition, "GRANT_CONFIRMED"));
    assert_eq!(again.of("grant"), proposed.name);

    let late = zone.propose(grant_of("persons/lead", &[Role::Supervisor])).await?;
    let maker = zone.propose(grant_of("persons/lead", &[Role::FinanceMaker])).await?;
    zone.grant(grant_of("persons/lead", &[Role::Reviewer])).await?;
    assert_eq!(confirm(&maker).await.said(), (Code::FailedPrecondition, "ROLES_CLASH"));
    zone.world.advance_to(zone.world.clock.now() + (14 * 24).hours()).await?;
    assert_eq!(confirm(&late).await.said(), (Code::FailedPrecondition, "GRANT_LAPSED"));
    zone.world.end().await
}

/// Shows: directory refuses PERSON_NOT_FOUND; directory refuses NOT_A_SYSTEM; directory refuses ROLES_CLASH
async fn propose_grant_refuses_what_nobody_may_have(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let propose = async |grant: Grant| {
        let wanted = ProposeGrantRequest { grant: Some(grant), request_id: zone.id() };
        refused(zone.admin().propose_grant(wanted).await)
    };
    let left = Staff { active: false, ..staff("persons/left", &[Role::Staff]) };
    zone.admin().put_staff(zone.put(left)).await?;
    for name in ["persons/nobody", "persons/handler", "persons/left"] {
        let refusal = propose(grant_of(name, &[Role::Auditor])).await;
        assert_eq!(refusal.said(), (Code::NotFound, "PERSON_NOT_FOUND"));
        assert_eq!(refusal.of("person"), name);
    }
    let clash = propose(grant_of("persons/lead", &[Role::Admin])).await;
    assert_eq!(clash.said(), (Code::FailedPrecondition, "ROLES_CLASH"));
    let method =
        |method: &str| Grant { methods: vec![method.to_owned()], ..grant_of("persons/lead", &[]) };
    let person = propose(method(LIST_STAFF)).await;
    assert_eq!(person.said(), (Code::FailedPrecondition, "NOT_A_SYSTEM"));
    for unknown in [
        "whistle.directory.v1.DirectoryService/DropStaff",
        "/whistle.directory.v1.DirectoryService/ListStaff",
        // One system could be both admins.
        "whistle.directory.v1.DirectoryService/ConfirmGrant",
    ] {
        let refusal = propose(method(unknown)).await;
        assert_eq!((&*refusal.reason, refusal.of("field")), ("FIELD_INVALID", "grant.methods[0]"));
    }
    for roles in [&[][..], &[Role::Enterprise]] {
        let refusal = propose(grant_of("persons/lead", roles)).await;
        assert_eq!((&*refusal.reason, refusal.of("field")), ("FIELD_INVALID", "grant.roles"));
    }
    zone.world.end().await
}

/// Shows: directory refuses ADMINS_TOO_FEW
async fn the_zone_keeps_two_admins_who_are_two_people(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let told = zone.told().await?.len();
    let put = async |staff: Staff| zone.admin().put_staff(zone.put(staff)).await;
    let inactive = || Staff { active: false, ..staff("persons/admin-2", &[Role::Admin]) };
    let joined = Staff {
        same_person_as: "persons/admin".to_owned(),
        ..staff("persons/admin-2", &[Role::Admin])
    };
    for less in [inactive(), staff("persons/admin-2", &[]), staff("persons/admin", &[]), joined] {
        let refusal = refused(put(less.clone()).await);
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "ADMINS_TOO_FEW"), "{less:?}");
        assert_eq!(refusal.of("person"), less.name);
        assert!(refusal.chinese.contains("至少保有2名"), "{}", refusal.chinese);
    }
    let revoking = || Grant { revokes: true, ..grant_of("persons/admin-2", &[Role::Admin]) };
    let wanted = ProposeGrantRequest { grant: Some(revoking()), request_id: zone.id() };
    let refusal = refused(zone.admin().propose_grant(wanted).await);
    assert_eq!(refusal.said(), (Code::FailedPrecondition, "ADMINS_TOO_FEW"));
    assert_eq!(zone.told().await?.len(), told, "nothing happened");

    // With a third one it is fair; what was proposed then is looked at again when it is confirmed.
    zone.third_admin().await?;
    let proposed = zone.propose(revoking()).await?;
    put(staff("persons/third", &[])).await?;
    let refusal = refused(zone.second().confirm_grant(zone.confirming(&proposed)).await);
    assert_eq!(refusal.said(), (Code::FailedPrecondition, "ADMINS_TOO_FEW"));
    zone.third_admin().await?;
    zone.second().confirm_grant(zone.confirming(&proposed)).await?;
    zone.world.settle().await?;
    let list = zone.second().list_grants(ListGrantsRequest::default()).await;
    assert_eq!(refused(list).reason, "ROLE_FORBIDS", "admin-2 is none any more");
    zone.world.end().await
}

async fn list_grants_gives_each_once_in_order(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let mut proposed = Vec::new();
    for role in [Role::Auditor, Role::Supervisor, Role::Dispatcher] {
        proposed.push(zone.propose(grant_of("persons/lead", &[role])).await?);
        zone.world.advance_to(zone.world.clock.now() + 1.seconds()).await?;
    }
    zone.grant(grant_of("persons/lead", &[Role::Auditor])).await?;
    zone.admin().put_staff(zone.put(staff("persons/x", &[]))).await?;
    zone.propose(grant_of("persons/x", &[Role::Auditor])).await?;
    let list = async |grantee: &str, page_size, page_token: &str| -> Result<(Vec<Grant>, String)> {
        let (grantee, page_token) = (grantee.to_owned(), page_token.to_owned());
        let asked = ListGrantsRequest { grantee, page_size, page_token };
        let page = zone.by("lead").list_grants(asked).await?.into_inner();
        Ok((page.grants, page.next_page_token))
    };
    let (first, token) = list("persons/lead", 3, "").await?;
    assert_eq!(first, proposed);
    let (rest, token) = list("persons/lead", 3, &token).await?;
    assert_eq!((rest.len(), &*rest[0].confirmed_by, &*token), (1, "persons/admin-2", ""));
    assert_eq!(list("", 0, "").await?.0.len(), 5);
    zone.world.end().await
}

async fn a_system_acts_for_a_person_by_the_methods_that_were_granted(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    zone.admin().put_staff(zone.put(staff("persons/hotline", &[]))).await?;
    let hotline = |person: &str| {
        DirectoryServiceClient::new(zone.world.system_for("systems/hotline", person))
    };
    let granted = Grant {
        methods: vec![LIST_STAFF.to_owned()],
        ..grant_of("persons/hotline", &[Role::System])
    };
    zone.grant(granted.clone()).await?;
    let listed = hotline("persons/lead").list_staff(ListStaffRequest::default()).await?;
    assert!(!listed.into_inner().staff.is_empty());
    // No further than the person, and by no other method.
    let stranger = hotline("persons/handler").list_staff(ListStaffRequest::default()).await;
    assert_eq!(refused(stranger).said(), (Code::PermissionDenied, "ROLE_FORBIDS"));
    let other = hotline("persons/lead").list_departments(ListDepartmentsRequest::default()).await;
    let other = refused(other);
    assert_eq!(other.said(), (Code::PermissionDenied, "METHOD_NOT_GRANTED"));
    assert_eq!(other.of("system"), "systems/hotline");
    assert!(other.of("method").ends_with("/ListDepartments"), "{}", other.of("method"));
    // By itself it is a system, and nothing else.
    let mut alone = DirectoryServiceClient::new(zone.world.caller("systems/hotline"));
    assert!(alone.list_enterprises(ListEnterprisesRequest::default()).await.is_ok());
    let put = alone.put_staff(zone.put(staff("persons/x", &[]))).await;
    assert_eq!(refused(put).reason, "ROLE_FORBIDS");

    zone.grant(Grant { revokes: true, ..granted }).await?;
    let revoked = hotline("persons/lead").list_staff(ListStaffRequest::default()).await;
    assert_eq!(refused(revoked).reason, "ROLE_FORBIDS", "it is no system any more");
    zone.world.end().await
}

async fn who_is_put_inactive_may_do_nothing_as_soon_as_it_is_heard(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let proposed = zone.propose(grant_of("persons/lead", &[Role::Auditor])).await?;
    zone.third_admin().await?;
    let gone = Staff { active: false, ..staff("persons/admin-2", &[Role::Admin]) };
    zone.admin().put_staff(zone.put(gone)).await?;
    zone.world.settle().await?;
    let confirmed = zone.second().confirm_grant(zone.confirming(&proposed)).await;
    assert_eq!(refused(confirmed).reason, "ROLE_FORBIDS");
    let back = zone.admin().put_staff(zone.put(staff("persons/admin-2", &[Role::Admin]))).await;
    assert_eq!(refused(back).reason, "GRANT_NEEDED", "nobody comes back as an admin by one");
    zone.world.end().await
}
