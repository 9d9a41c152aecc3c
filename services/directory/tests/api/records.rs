//! The good way of enterprises, departments, people and the catalogue.

use anyhow::Result;
use contract::common::{Role, WorkClass};
use contract::directory::{
    Enterprise, GetCatalogueRequest, GetEnterpriseRequest, ListDepartmentsRequest,
    ListEnterprisesRequest, ListStaffRequest, Staff, UpdateDepartmentRequest,
    UpdateEnterpriseRequest,
};
use testkit::Size;
use tonic::Code;

use crate::zone::{
    OURS, THEIRS, Zone, catalogue, department, enterprise, refused, replayed, staff,
};

testkit::on_both_sizes!(
    the_first_admins_are_put_once_by_the_directory_itself,
    create_enterprise_is_told_once_however_often_it_is_asked,
    update_enterprise_puts_it_whole_and_frees_its_former_handlers,
    import_enterprises_registers_all_and_answers_again_alike,
    import_enterprises_takes_a_thousand_and_refuses_more_than_it_holds,
    get_enterprise_shows_an_enterprise_itself_alone,
    list_enterprises_gives_each_once_in_order,
    departments_are_created_changed_and_listed,
    put_staff_gives_rights_and_takes_them,
    list_staff_is_of_a_department_or_of_all,
    catalogues_are_numbered_and_found_by_version,
);

async fn the_first_admins_are_put_once_by_the_directory_itself(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let house = zone.world.house("directory");
    directory::ensure_admins(house, &[staff("persons/third", &[Role::Admin])]).await?;
    assert_eq!(zone.told().await?, [""; 0], "it has somebody already");

    for (entry, subject) in house.journal.entries(0, 2).await?.iter().zip(["admin", "admin-2"]) {
        let heard = entry.heard()?;
        assert_eq!(heard.actor, "systems/directory");
        assert_eq!(heard.subject, format!("persons/{subject}"));
    }
    for mut hand in [zone.admin(), zone.second()] {
        hand.put_staff(zone.put(staff("persons/x", &[Role::Staff]))).await?;
    }
    zone.world.end().await
}

async fn create_enterprise_is_told_once_however_often_it_is_asked(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let wanted = zone.register(enterprise(OURS, &["handler"]));
    let first = zone.admin().create_enterprise(wanted.clone()).await?;
    assert!(!replayed(&first));
    assert_eq!(first.metadata().get("whistle-position").unwrap(), "directory@3");
    let second = zone.admin().create_enterprise(wanted.clone()).await?;
    assert!(replayed(&second));
    let (first, second) = (first.into_inner(), second.into_inner());
    assert_eq!(first, second);
    let kept = first.enterprise.unwrap();
    assert!(!kept.etag.is_empty());
    assert_eq!(Enterprise { etag: String::new(), ..kept }, wanted.enterprise.clone().unwrap());
    assert_eq!(zone.told().await?, ["EnterpriseRegistered"]);

    let other = zone.register(enterprise(THEIRS, &[]));
    let other =
        contract::directory::CreateEnterpriseRequest { request_id: wanted.request_id, ..other };
    let reused = refused(zone.admin().create_enterprise(other).await);
    assert_eq!(reused.said(), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
    zone.world.end().await
}

async fn update_enterprise_puts_it_whole_and_frees_its_former_handlers(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let told = zone.told().await?.len();
    let wanted = enterprise(OURS, &["another"]);
    let update = |enterprise: &Enterprise| UpdateEnterpriseRequest {
        enterprise: Some(enterprise.clone()),
        request_id: zone.id(),
    };
    let put =
        zone.admin().update_enterprise(update(&wanted)).await?.into_inner().enterprise.unwrap();
    assert_eq!(put.handlers, ["persons/another"]);
    assert_eq!(zone.told().await?[told..], ["EnterpriseChanged"]);

    // The same once more changes nothing; its etag holds.
    let same = zone.admin().update_enterprise(update(&put)).await?.into_inner().enterprise.unwrap();
    assert_eq!((&same, zone.told().await?.len()), (&put, told + 1));

    // Who acted for it may act for another now, and may no longer see it.
    zone.admin().create_enterprise(zone.register(enterprise(THEIRS, &["handler"]))).await?;
    zone.world.settle().await?;
    let ours = GetEnterpriseRequest { enterprise: OURS.to_owned() };
    let theirs = GetEnterpriseRequest { enterprise: THEIRS.to_owned() };
    assert!(zone.by("handler").get_enterprise(ours.clone()).await.is_err());
    assert!(zone.by("handler").get_enterprise(theirs).await.is_ok());
    assert!(zone.by("another").get_enterprise(ours).await.is_ok());
    zone.world.end().await
}

async fn import_enterprises_registers_all_and_answers_again_alike(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let lines =
        zone.lines(vec![enterprise(OURS, &["handler"]), enterprise("enterprises/P-1", &[])]);
    let import = async |lines| zone.admin().import_enterprises(tokio_stream::iter(lines)).await;
    let first = import(lines.clone()).await?;
    assert!(!replayed(&first));
    let second = import(lines.clone()).await?;
    assert!(replayed(&second));
    assert_eq!((first.into_inner().count, second.into_inner().count), (2, 2));
    assert_eq!(zone.told().await?, ["EnterpriseRegistered"; 2]);

    let mut other = lines;
    other.swap(0, 1);
    assert_eq!(refused(import(other).await).said(), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
    zone.world.end().await
}

/// Shows: directory refuses IMPORT_TOO_LARGE
async fn import_enterprises_takes_a_thousand_and_refuses_more_than_it_holds(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let named = |number: usize| enterprise(&format!("enterprises/P-{number:05}"), &[]);
    let lines = zone.lines((0..1_000).map(named).collect());
    // That ten thousand are not too many is tried on the rules.
    let one_more = zone.lines((0..10_001).map(named).collect());

    let refused = refused(zone.admin().import_enterprises(tokio_stream::iter(one_more)).await);
    assert_eq!(refused.said(), (Code::InvalidArgument, "IMPORT_TOO_LARGE"));
    assert_eq!((refused.of("max"), zone.told().await?.len()), ("10000", 0));
    let done = zone.admin().import_enterprises(tokio_stream::iter(lines)).await?.into_inner();
    assert_eq!((done.count, zone.told().await?.len()), (1_000, 1_000));
    zone.world.end().await
}

async fn get_enterprise_shows_an_enterprise_itself_alone(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    zone.admin().create_enterprise(zone.register(enterprise(THEIRS, &["other"]))).await?;
    zone.world.settle().await?;
    let get = async |code: &str, name: &str| {
        zone.by(code).get_enterprise(GetEnterpriseRequest { enterprise: name.to_owned() }).await
    };

    for (code, name) in [("handler", OURS), ("other", THEIRS), ("lead", OURS), ("lead", THEIRS)] {
        assert_eq!(get(code, name).await?.into_inner().enterprise.unwrap().name, name);
    }
    let missing = "enterprises/P-nobody";
    for (code, name) in [("handler", THEIRS), ("handler", missing), ("lead", missing)] {
        let refused = refused(get(code, name).await);
        assert_eq!(refused.said(), (Code::NotFound, "ENTERPRISE_NOT_FOUND"));
    }
    let listed = zone.by("handler").list_enterprises(ListEnterprisesRequest::default()).await;
    assert_eq!(refused(listed).reason, "ROLE_FORBIDS");
    zone.world.end().await
}

async fn list_enterprises_gives_each_once_in_order(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let names: Vec<String> = (0..7).map(|number| format!("enterprises/P-{number}")).collect();
    let lines = zone.lines(names.iter().rev().map(|name| enterprise(name, &[])).collect());
    zone.admin().import_enterprises(tokio_stream::iter(lines)).await?;

    let mut seen = Vec::new();
    let mut asked = ListEnterprisesRequest { page_size: 3, page_token: String::new() };
    loop {
        let page = zone.admin().list_enterprises(asked.clone()).await?.into_inner();
        assert!(page.enterprises.len() <= 3);
        seen.extend(page.enterprises.into_iter().map(|enterprise| enterprise.name));
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
    }
    assert_eq!(seen, names);

    let all = ListEnterprisesRequest { page_size: 7, page_token: String::new() };
    let all = zone.admin().list_enterprises(all).await?.into_inner();
    assert_eq!((all.enterprises.len(), &*all.next_page_token), (7, ""), "nothing more");
    let forged = ListEnterprisesRequest { page_size: 3, page_token: "AAAA".to_owned() };
    let forged = refused(zone.admin().list_enterprises(forged).await);
    assert_eq!(forged.said(), (Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
    let negative = ListEnterprisesRequest { page_size: -1, page_token: String::new() };
    assert_eq!(refused(zone.admin().list_enterprises(negative).await).reason, "FIELD_INVALID");
    zone.world.end().await
}

async fn departments_are_created_changed_and_listed(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for name in ["departments/D02", "departments/D01"] {
        let made = zone.admin().create_department(zone.found(name)).await?.into_inner();
        assert_eq!(made.department.unwrap().name, name);
    }
    let mut wanted = department("departments/D01");
    wanted.title = "投资促进局".to_owned();
    let update = UpdateDepartmentRequest { department: Some(wanted), request_id: zone.id() };
    let first = zone.admin().update_department(update.clone()).await?;
    let second = zone.admin().update_department(update).await?;
    assert!(!replayed(&first) && replayed(&second));
    assert_eq!(zone.told().await?, ["DepartmentChanged"; 3]);

    let listed =
        zone.admin().list_departments(ListDepartmentsRequest::default()).await?.into_inner();
    let listed: Vec<_> = listed.departments.into_iter().map(|of| (of.name, of.title)).collect();
    let expected = [("departments/D01", "投资促进局"), ("departments/D02", "经济发展局")];
    assert!(listed.iter().map(|(name, title)| (&**name, &**title)).eq(expected), "{listed:?}");
    zone.world.end().await
}

async fn put_staff_gives_rights_and_takes_them(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let list = async || zone.by("lead").list_staff(ListStaffRequest::default()).await;
    assert_eq!(refused(list().await).reason, "CALLER_UNKNOWN", "nobody knows the person yet");

    let lead = staff("persons/lead", &[Role::Staff, Role::Lead, Role::Lead]);
    let wanted = zone.put(lead);
    let first = zone.admin().put_staff(wanted.clone()).await?;
    let second = zone.admin().put_staff(wanted).await?;
    assert!(!replayed(&first) && replayed(&second));
    let put = first.into_inner().staff.unwrap();
    assert_eq!(put.roles().collect::<Vec<_>>(), [Role::Staff, Role::Lead], "each once");
    zone.world.settle().await?;
    assert!(list().await.is_ok());

    let gone = Staff { active: false, ..put };
    zone.admin().put_staff(zone.put(gone)).await?;
    zone.world.settle().await?;
    assert_eq!(refused(list().await).reason, "ROLE_FORBIDS");
    assert_eq!(zone.told().await?, ["StaffChanged"; 2]);
    zone.world.end().await
}

async fn list_staff_is_of_a_department_or_of_all(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    for code in ["D02-2", "D02-1", "D02-3"] {
        let department = "departments/D02".to_owned();
        let name = format!("persons/{code}");
        let person = Staff { department, ..staff(&name, &[Role::Staff]) };
        zone.admin().put_staff(zone.put(person)).await?;
    }
    let list =
        async |department: &str, page_size, page_token: &str| -> Result<(Vec<String>, String)> {
            let (department, page_token) = (department.to_owned(), page_token.to_owned());
            let asked = ListStaffRequest { department, page_size, page_token };
            let page = zone.admin().list_staff(asked).await?.into_inner();
            Ok((page.staff.into_iter().map(|of| of.name).collect(), page.next_page_token))
        };

    let all = [
        "persons/D02-1",
        "persons/D02-2",
        "persons/D02-3",
        "persons/admin",
        "persons/admin-2",
        "persons/lead",
    ];
    let mut found = list("", 0, "").await?.0;
    found.sort();
    assert_eq!(found, all);
    let (first, token) = list("departments/D02", 2, "").await?;
    assert_eq!(first, all[..2]);
    assert_eq!(list("departments/D02", 2, &token).await?, (vec![all[2].to_owned()], String::new()));
    // A token is bound to the query that it was given for.
    let asked = ListStaffRequest { page_size: 2, page_token: token, ..Default::default() };
    assert_eq!(refused(zone.admin().list_staff(asked).await).reason, "PAGE_TOKEN_INVALID");
    zone.world.end().await
}

async fn catalogues_are_numbered_and_found_by_version(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let told = zone.told().await?.len();
    let mut wanted = catalogue(&["categories/C02", "categories/C01"]);
    wanted.zone_duty = "persons/lead".to_owned();
    wanted.categories[0].work_class = WorkClass::A.into();
    wanted.categories[1].accepts_by_itself = true;
    let first = zone.publish(wanted);
    let published =
        zone.admin().publish_catalogue(first.clone()).await?.into_inner().catalogue.unwrap();
    let again = zone.admin().publish_catalogue(first.clone()).await?;
    assert!(replayed(&again));
    assert_eq!(again.into_inner().catalogue.unwrap(), published);
    let mut expected = first.catalogue.unwrap();
    expected.version = 1;
    assert_eq!(published, expected, "as it was given");
    // One that is refused takes no number.
    let twice = zone.publish(catalogue(&["categories/C01", "categories/C01"]));
    assert!(zone.admin().publish_catalogue(twice).await.is_err());
    zone.admin().publish_catalogue(zone.publish(catalogue(&["categories/C03"]))).await?;
    assert_eq!(zone.told().await?[told..], ["CataloguePublished"; 2]);

    for (asked, version, name) in
        [(0, 2, "categories/C03"), (1, 1, "categories/C02"), (2, 2, "categories/C03")]
    {
        let asked = GetCatalogueRequest { version: asked };
        let found = zone.by("handler").get_catalogue(asked).await?.into_inner().catalogue.unwrap();
        assert_eq!((found.version, &*found.categories[0].name), (version, name));
    }
    zone.world.end().await
}
