//! A department is dissolved by naming the one that takes its place.

use anyhow::Result;
use contract::common::Role;
use contract::directory::{
    DepartmentSucceeded, ListDepartmentsRequest, Staff, SucceedDepartmentRequest,
    UpdateDepartmentRequest,
};
use testkit::Size;
use tonic::Code;

use crate::zone::{Zone, catalogue, department, refused, replayed, staff};

testkit::on_both_sizes!(
    a_department_is_dissolved_once_and_kept_with_its_successor,
    succeed_department_refuses_who_is_not_there_or_no_more,
    nothing_new_names_a_dissolved_department,
    the_catalogue_in_force_means_the_successor,
);

fn succeed(zone: &Zone, department: &str, successor: &str) -> SucceedDepartmentRequest {
    SucceedDepartmentRequest {
        department: format!("departments/{department}"),
        successor: format!("departments/{successor}"),
        basis: "示编〔2026〕7号".to_owned(),
        etag: String::new(),
        request_id: zone.id(),
        ..<_>::default()
    }
}

async fn a_department_is_dissolved_once_and_kept_with_its_successor(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let told = zone.told().await?.len();
    let wanted = succeed(&zone, "D01", "D02");
    let first = zone.admin().succeed_department(wanted.clone()).await?;
    let second = zone.admin().succeed_department(wanted).await?;
    assert!(!replayed(&first) && replayed(&second));
    let kept = first.into_inner().department.unwrap();
    assert_eq!((&*kept.name, &*kept.successor), ("departments/D01", "departments/D02"));
    assert_eq!(zone.told().await?[told..], ["DepartmentChanged", "DepartmentSucceeded"]);
    let head = zone.world.house("directory").journal.head().await?;
    let last = &zone.world.house("directory").journal.entries(head - 1, 1).await?[0];
    let told: DepartmentSucceeded = last.heard()?.decode()?;
    assert_eq!((&*told.successor, &*told.basis), ("departments/D02", "示编〔2026〕7号"));

    let listed = zone.admin().list_departments(ListDepartmentsRequest::default()).await?;
    let successors = listed.into_inner().departments.into_iter().map(|it| it.successor);
    assert_eq!(successors.collect::<Vec<_>>(), ["departments/D02", ""]);
    zone.world.end().await
}

/// Shows: directory refuses DEPARTMENT_NOT_FOUND; directory refuses DEPARTMENT_DISSOLVED
async fn succeed_department_refuses_who_is_not_there_or_no_more(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let ask = async |one: &str, other: &str| {
        refused(zone.admin().succeed_department(succeed(&zone, one, other)).await)
    };
    for (one, other) in [("D09", "D01"), ("D01", "D09")] {
        let missing = ask(one, other).await;
        assert_eq!(missing.said(), (Code::NotFound, "DEPARTMENT_NOT_FOUND"));
        assert_eq!(missing.of("department"), "departments/D09");
    }
    let itself = ask("D01", "D01").await;
    assert_eq!((&*itself.reason, itself.of("field")), ("FIELD_INVALID", "successor"));
    let stale =
        SucceedDepartmentRequest { etag: "before".to_owned(), ..succeed(&zone, "D01", "D02") };
    let stale = refused(zone.admin().succeed_department(stale).await);
    assert_eq!(stale.said(), (Code::Aborted, "STALE_ETAG"));
    zone.admin().succeed_department(succeed(&zone, "D01", "D02")).await?;
    for (one, other) in [("D01", "D02"), ("D02", "D01")] {
        let dissolved = ask(one, other).await;
        assert_eq!(dissolved.said(), (Code::FailedPrecondition, "DEPARTMENT_DISSOLVED"));
        assert_eq!(dissolved.of("department"), "departments/D01");
        assert_eq!(dissolved.of("successor"), "departments/D02");
    }
    zone.world.end().await
}

async fn nothing_new_names_a_dissolved_department(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    zone.admin().succeed_department(succeed(&zone, "D01", "D02")).await?;
    let update = UpdateDepartmentRequest {
        department: Some(department("departments/D01")),
        request_id: zone.id(),
    };
    let of_it = |name: &str, active| Staff {
        department: "departments/D01".to_owned(),
        active,
        ..staff(name, &[Role::Lead])
    };
    let publish = zone.publish(catalogue(&["categories/C01"]));
    for refusal in [
        refused(zone.admin().update_department(update).await),
        refused(zone.admin().put_staff(zone.put(of_it("persons/new", true))).await),
        refused(zone.admin().publish_catalogue(publish).await),
    ] {
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "DEPARTMENT_DISSOLVED"));
    }
    // Who was of it may leave from there.
    zone.admin().put_staff(zone.put(of_it("persons/lead", false))).await?;
    zone.world.end().await
}

async fn the_catalogue_in_force_means_the_successor(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let mut published = catalogue(&["categories/C01"]);
    published.categories[0].suggested_assisting =
        vec!["departments/D02".to_owned(), "departments/D03".to_owned()];
    zone.admin().create_department(zone.found("departments/D03")).await?;
    zone.admin().create_department(zone.found("departments/D04")).await?;
    zone.admin().publish_catalogue(zone.publish(published)).await?;
    zone.admin().succeed_department(succeed(&zone, "D01", "D02")).await?;
    zone.admin().succeed_department(succeed(&zone, "D02", "D04")).await?;
    zone.world.settle().await?;

    let known = &zone.world.house("directory").known;
    let id = base::CategoryId::parse("categories/C01")?;
    let at = crate::zone::DAY_ONE.parse()?;
    let ruled = known.category(known.read(), &id, at).await?.unwrap();
    assert_eq!(ruled.category.lead, "departments/D04", "through both");
    assert_eq!(ruled.category.suggested_assisting, ["departments/D03"], "nobody assists itself");
    zone.world.end().await
}
