//! Each refusal of the directory, and that it leaves nothing behind.

use anyhow::Result;
use contract::common::fact_value::Kind;
use contract::common::{ClockKind, FactValue, LimitKind, LimitTier, Role, WorkClass};
use contract::directory::{
    Catalogue, Deputy, Enterprise, EnterpriseFact, GetCalendarRequest, GetCatalogueRequest,
    GetEnterpriseRequest, ImportEnterprisesRequest, ListGrantsRequest, ProposeGrantRequest,
    PutDeputyRequest, Staff, SucceedDepartmentRequest, UpdateDepartmentRequest,
    UpdateEnterpriseRequest,
};
use testkit::Size;
use tonic::Code;

use crate::zone::{
    OURS, Refused, THEIRS, Zone, catalogue, department, enterprise, fact, grant_of, limit, refused,
    staff,
};

testkit::on_both_sizes!(
    only_an_admin_changes_the_directory,
    create_enterprise_refuses_what_is_no_credit_code,
    create_enterprise_refuses_what_is_there_and_who_is_taken,
    update_enterprise_refuses_what_is_not_there_or_has_changed,
    import_enterprises_names_the_line_and_registers_none,
    departments_are_refused_twice_and_unknown,
    put_staff_refuses_clashing_roles_and_unknown_departments,
    an_enterprise_has_each_fact_once_with_a_plain_name_and_a_value,
    publish_catalogue_refuses_what_cannot_be_worked_by,
    what_was_never_published_is_not_found,
);

async fn only_an_admin_changes_the_directory(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let told = zone.told().await?.len();
    let theirs = enterprise(THEIRS, &[]);
    let mut lead = zone.by("lead");
    let line = zone.lines(vec![theirs.clone()]);
    let update =
        UpdateEnterpriseRequest { enterprise: Some(theirs.clone()), request_id: zone.id() };
    let change = UpdateDepartmentRequest {
        department: Some(department("departments/D01")),
        request_id: zone.id(),
    };
    let year = contract::directory::PublishCalendarYearRequest {
        year: Some(contract::directory::CalendarYear { year: 2030, ..Default::default() }),
        request_id: zone.id(),
        ..<_>::default()
    };
    let deputy = PutDeputyRequest {
        deputy: Some(Deputy {
            principal: "persons/admin".to_owned(),
            deputy: "persons/lead".to_owned(),
            role: Role::Lead.into(),
            from_time: Some(<_>::default()),
            until_time: Some(<_>::default()),
            ..<_>::default()
        }),
        request_id: zone.id(),
    };
    let succession = SucceedDepartmentRequest {
        department: "departments/D01".to_owned(),
        successor: "departments/D02".to_owned(),
        basis: "示编〔2026〕7号".to_owned(),
        etag: String::new(),
        request_id: zone.id(),
        ..<_>::default()
    };
    let proposed = zone.propose(grant_of("persons/lead", &[Role::Auditor])).await?;
    let told = told + 1;
    let grant = ProposeGrantRequest { grant: Some(proposed.clone()), request_id: zone.id() };
    let refusals = [
        refused(lead.create_enterprise(zone.register(theirs)).await),
        refused(lead.import_enterprises(tokio_stream::iter(line)).await),
        refused(lead.update_enterprise(update).await),
        refused(lead.create_department(zone.found("departments/D09")).await),
        refused(lead.update_department(change).await),
        refused(lead.put_staff(zone.put(staff("persons/lead", &[Role::Admin]))).await),
        refused(lead.publish_catalogue(zone.publish(catalogue(&["categories/C01"]))).await),
        refused(lead.publish_calendar_year(year).await),
        refused(lead.put_deputy(deputy).await),
        refused(lead.succeed_department(succession).await),
        refused(lead.propose_grant(grant).await),
        refused(lead.confirm_grant(zone.confirming(&proposed)).await),
        refused(lead.list_grants(ListGrantsRequest::default()).await),
    ];
    for refusal in &refusals {
        assert_eq!(refusal.said(), (Code::PermissionDenied, "ROLE_FORBIDS"));
    }
    let mut nobody = contract::directory::directory_service_client::DirectoryServiceClient::new(
        zone.world.with_token(None),
    );
    let unknown = refused(nobody.create_department(zone.found("departments/D09")).await);
    assert_eq!(unknown.said(), (Code::Unauthenticated, "TOKEN_INVALID"));
    assert_eq!(zone.told().await?.len(), told);
    zone.world.end().await
}

/// Shows: directory refuses CREDIT_CODE_INVALID
async fn create_enterprise_refuses_what_is_no_credit_code(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let create = async |name: &str| {
        refused(zone.admin().create_enterprise(zone.register(enterprise(name, &[]))).await)
    };
    for (code, problem, said) in [
        ("9136", "length", "应为18位"),
        ("91369901MA511A878I", "alphabet", "第18位的“I”"),
        ("91A69901MA511A878Y", "division_code", "第3位属行政区划码，应为数字"),
        ("91369901MA511A8780", "check_digit", "应为“Y”"),
        ("000000000000000000", "placeholder", "全零"),
        ("P-", "provisional", "临时代码"),
        ("P-a/b", "provisional", "临时代码"),
    ] {
        let refusal = create(&format!("enterprises/{code}")).await;
        assert_eq!(refusal.said(), (Code::InvalidArgument, "CREDIT_CODE_INVALID"), "{code}");
        assert_eq!(refusal.of("problem"), problem, "{code}");
        assert!(refusal.chinese.contains(said), "{}", refusal.chinese);
    }
    for name in ["91369901MA511A878Y", "persons/x", ""] {
        assert_eq!(create(name).await.reason, "FIELD_INVALID", "{name:?}");
    }
    assert_eq!(zone.told().await?, [""; 0]);
    zone.admin().create_enterprise(zone.register(enterprise("enterprises/P-2026_1", &[]))).await?;
    zone.world.end().await
}

/// Shows: directory refuses ENTERPRISE_EXISTS; directory refuses HANDLER_TAKEN
async fn create_enterprise_refuses_what_is_there_and_who_is_taken(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let told = zone.told().await?.len();
    let create = async |enterprise: Enterprise| {
        refused(zone.admin().create_enterprise(zone.register(enterprise)).await)
    };
    let there = create(enterprise(OURS, &["handler"])).await;
    assert_eq!(there.said(), (Code::AlreadyExists, "ENTERPRISE_EXISTS"));
    // Who handles another enterprise, and who works for the zone.
    for code in ["handler", "lead", "admin"] {
        let taken = create(enterprise(THEIRS, &["new", code])).await;
        assert_eq!(taken.said(), (Code::FailedPrecondition, "HANDLER_TAKEN"));
        assert_eq!(taken.of("person"), format!("persons/{code}"));
    }
    assert_eq!(zone.told().await?.len(), told);
    // A refused call left nobody taken.
    zone.admin().create_enterprise(zone.register(enterprise(THEIRS, &["new"]))).await?;
    zone.world.end().await
}

/// Shows: directory refuses ENTERPRISE_NOT_FOUND; directory refuses HANDLER_TAKEN
async fn update_enterprise_refuses_what_is_not_there_or_has_changed(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let update = async |enterprise: Enterprise| {
        let asked = UpdateEnterpriseRequest { enterprise: Some(enterprise), request_id: zone.id() };
        zone.admin().update_enterprise(asked).await
    };
    for name in [THEIRS, "enterprises/9136"] {
        let missing = refused(update(enterprise(name, &[])).await);
        assert_eq!(missing.said(), (Code::NotFound, "ENTERPRISE_NOT_FOUND"));
    }
    let taken = refused(update(enterprise(OURS, &["handler", "lead"])).await);
    assert_eq!(taken.said(), (Code::FailedPrecondition, "HANDLER_TAKEN"));

    let asked = GetEnterpriseRequest { enterprise: OURS.to_owned() };
    let read = zone.admin().get_enterprise(asked).await?.into_inner().enterprise.unwrap();
    let mine = Enterprise { title: "先改".to_owned(), ..read.clone() };
    update(mine).await?;
    let late = refused(update(Enterprise { title: "后改".to_owned(), ..read }).await);
    assert_eq!(late.said(), (Code::Aborted, "STALE_ETAG"));
    zone.world.end().await
}

async fn an_enterprise_has_each_fact_once_with_a_plain_name_and_a_value(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let told = zone.told().await?.len();
    let once = || fact("staff", Kind::Number(28));
    let unvalued = EnterpriseFact { value: Some(FactValue { kind: None }), ..once() };
    for (facts, field) in [
        (vec![once(), once()], "enterprise.facts[1].name"),
        (vec![fact("信用", Kind::Flag(true))], "enterprise.facts[0].name"),
        (vec![once(), unvalued], "enterprise.facts[1].value"),
        (vec![EnterpriseFact { source: String::new(), ..once() }], "enterprise.facts[0].source"),
    ] {
        let wanted = Enterprise { facts, ..enterprise(THEIRS, &["new"]) };
        let wrong = refused(zone.admin().create_enterprise(zone.register(wanted)).await);
        assert_eq!(wrong.said(), (Code::InvalidArgument, "FIELD_INVALID"));
        assert_eq!(wrong.of("field"), field);
    }
    assert_eq!(zone.told().await?.len(), told);
    zone.world.end().await
}

/// Shows: directory refuses CREDIT_CODE_INVALID; directory refuses HANDLER_TAKEN
async fn import_enterprises_names_the_line_and_registers_none(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let told = zone.told().await?.len();
    let good = || enterprise("enterprises/P-good", &["good"]);
    let import = async |lines: Vec<ImportEnterprisesRequest>| {
        refused(zone.admin().import_enterprises(tokio_stream::iter(lines)).await)
    };
    let untitled = Enterprise { title: String::new(), ..enterprise(THEIRS, &[]) };
    for (wrong, code, reason) in [
        (enterprise("enterprises/9136", &[]), Code::InvalidArgument, "CREDIT_CODE_INVALID"),
        (enterprise(OURS, &[]), Code::AlreadyExists, "ENTERPRISE_EXISTS"),
        (good(), Code::AlreadyExists, "ENTERPRISE_EXISTS"),
        (enterprise(THEIRS, &["handler"]), Code::FailedPrecondition, "HANDLER_TAKEN"),
        (enterprise(THEIRS, &["good"]), Code::FailedPrecondition, "HANDLER_TAKEN"),
        (enterprise(THEIRS, &["lead"]), Code::FailedPrecondition, "HANDLER_TAKEN"),
        (untitled, Code::InvalidArgument, "FIELD_INVALID"),
    ] {
        let refusal: Refused = import(zone.lines(vec![good(), wrong])).await;
        assert_eq!((refusal.said(), refusal.of("line")), ((code, reason), "2"));
        if reason != "FIELD_INVALID" {
            assert!(refusal.chinese.starts_with("第2行："), "{}", refusal.chinese);
        }
    }
    let mut unnamed = zone.lines(vec![good()]);
    unnamed[0].request_id = String::new();
    assert_eq!(import(unnamed).await.of("field"), "request_id");
    assert_eq!(import(Vec::new()).await.of("field"), "request_id");
    assert_eq!(zone.told().await?.len(), told);
    let done =
        zone.admin().import_enterprises(tokio_stream::iter(zone.lines(vec![good()]))).await?;
    assert_eq!(done.into_inner().count, 1);
    zone.world.end().await
}

/// Shows: directory refuses DEPARTMENT_EXISTS; directory refuses DEPARTMENT_NOT_FOUND
async fn departments_are_refused_twice_and_unknown(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let twice = refused(zone.admin().create_department(zone.found("departments/D01")).await);
    assert_eq!(twice.said(), (Code::AlreadyExists, "DEPARTMENT_EXISTS"));
    let unknown = UpdateDepartmentRequest {
        department: Some(department("departments/D09")),
        request_id: zone.id(),
    };
    let unknown = refused(zone.admin().update_department(unknown).await);
    assert_eq!(unknown.said(), (Code::NotFound, "DEPARTMENT_NOT_FOUND"));
    assert_eq!(unknown.of("department"), "departments/D09");
    let mut old = department("departments/D01");
    old.etag = "before".to_owned();
    let old = UpdateDepartmentRequest { department: Some(old), request_id: zone.id() };
    let old = refused(zone.admin().update_department(old).await);
    assert_eq!(old.said(), (Code::Aborted, "STALE_ETAG"));
    zone.world.end().await
}

/// Shows: directory refuses DEPARTMENT_NOT_FOUND; directory refuses ROLES_CLASH
/// Shows: directory refuses GRANT_NEEDED; directory refuses SAME_PERSON_CHAIN
async fn put_staff_refuses_clashing_roles_and_unknown_departments(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let put = async |staff: Staff| refused(zone.admin().put_staff(zone.put(staff)).await);
    let unknown =
        Staff { department: "departments/D09".to_owned(), ..staff("persons/x", &[Role::Staff]) };
    assert_eq!(put(unknown).await.said(), (Code::NotFound, "DEPARTMENT_NOT_FOUND"));
    let taken = put(staff("persons/handler", &[Role::Staff])).await;
    assert_eq!(taken.said(), (Code::FailedPrecondition, "HANDLER_TAKEN"));
    let clash = put(staff("persons/admin", &[Role::Admin, Role::Staff])).await;
    assert_eq!(clash.said(), (Code::FailedPrecondition, "ROLES_CLASH"));
    assert_eq!(clash.of("roles"), "ADMIN STAFF");
    for role in [Role::Dispatcher, Role::Admin, Role::System] {
        let alone = put(staff("persons/x", &[Role::Staff, role])).await;
        assert_eq!(alone.said(), (Code::FailedPrecondition, "GRANT_NEEDED"));
        assert_eq!(format!("ROLE_{}", alone.of("role")), role.as_str_name());
    }
    let same = |first: &str| Staff {
        same_person_as: first.to_owned(),
        ..staff("persons/x", &[Role::Staff])
    };
    let nobody = put(same("persons/nobody")).await;
    assert_eq!(nobody.said(), (Code::NotFound, "PERSON_NOT_FOUND"));
    zone.admin().put_staff(zone.put(same("persons/lead"))).await?;
    let chain = Staff { name: "persons/y".to_owned(), ..same("persons/x") };
    let chain = put(chain).await;
    assert_eq!(chain.said(), (Code::FailedPrecondition, "SAME_PERSON_CHAIN"));
    assert_eq!(chain.of("person"), "persons/x");
    let handler = put(staff("persons/x", &[Role::Enterprise])).await;
    assert_eq!((&*handler.reason, handler.of("field")), ("FIELD_INVALID", "staff.roles"));
    let read_before = Staff { etag: "before".to_owned(), ..staff("persons/nobody", &[]) };
    assert_eq!(put(read_before).await.said(), (Code::Aborted, "STALE_ETAG"));
    zone.world.end().await
}

/// Shows: directory refuses CATEGORY_TWICE; directory refuses LIMIT_MISSING
/// Shows: directory refuses LIMIT_TWICE; directory refuses LIMIT_ZERO
/// Shows: directory refuses URGENT_CLOCK; directory refuses ZONE_DUTY_MISSING
/// Shows: directory refuses PERSON_NOT_FOUND
async fn publish_catalogue_refuses_what_cannot_be_worked_by(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    let publish = async |catalogue: Catalogue| {
        refused(zone.admin().publish_catalogue(zone.publish(catalogue)).await)
    };
    let good = || catalogue(&["categories/C01"]);
    let mut unknown = good();
    unknown.categories[0].suggested_assisting.push("departments/D09".to_owned());
    let unknown = publish(unknown).await;
    assert_eq!(unknown.said(), (Code::NotFound, "DEPARTMENT_NOT_FOUND"));
    assert_eq!(unknown.of("department"), "departments/D09");
    let twice = publish(catalogue(&["categories/C01", "categories/C01"])).await;
    assert_eq!(twice.said(), (Code::InvalidArgument, "CATEGORY_TWICE"));
    for place in [0, 1] {
        let mut missing = good();
        missing.categories[0].limits.remove(place);
        let missing = publish(missing).await;
        assert_eq!(missing.said(), (Code::InvalidArgument, "LIMIT_MISSING"));
        assert_eq!(missing.of("category"), "categories/C01");
    }
    let mut double = good();
    double.categories[0].limits.push(limit(LimitKind::Reply, 3, ClockKind::WorkingDays));
    assert_eq!(publish(double.clone()).await.said(), (Code::InvalidArgument, "LIMIT_TWICE"));
    let mut urgent = good();
    urgent.categories[0].work_class = WorkClass::Urgent.into();
    let by_the_office = publish(urgent.clone()).await;
    assert_eq!(by_the_office.said(), (Code::InvalidArgument, "URGENT_CLOCK"));
    for (place, kind) in [LimitKind::Contact, LimitKind::Reply].into_iter().enumerate() {
        urgent.categories[0].limits[place] = limit(kind, 2, ClockKind::NaturalHours);
    }
    let nobody_on_duty = publish(urgent).await;
    assert_eq!(nobody_on_duty.said(), (Code::InvalidArgument, "ZONE_DUTY_MISSING"));
    assert_eq!(nobody_on_duty.of("category"), "categories/C01");
    let unknown = Catalogue { zone_duty: "persons/nobody".to_owned(), ..good() };
    assert_eq!(publish(unknown).await.said(), (Code::NotFound, "PERSON_NOT_FOUND"));
    let mut zero = good();
    zero.categories[0].limits[1] = limit(LimitKind::Reply, 0, ClockKind::WorkingMinutes);
    assert_eq!(publish(zero).await.said(), (Code::InvalidArgument, "LIMIT_ZERO"));
    let mut negative = good();
    negative.categories[0].limits[1] = limit(LimitKind::Reply, -1, ClockKind::WorkingDays);
    assert_eq!(
        publish(negative).await.of("field"),
        "catalogue.categories[0].limits[1].time.amount"
    );
    let mut timeless = good();
    timeless.effective_time = None;
    assert_eq!(publish(timeless).await.of("field"), "catalogue.effective_time");

    // The same kind of another tier is another limit.
    double.categories[0].limits[2].tier = LimitTier::Tightened.into();
    let published = zone.admin().publish_catalogue(zone.publish(double)).await?.into_inner();
    assert_eq!(published.catalogue.unwrap().version, 1, "what was refused took no number");
    zone.world.end().await
}

/// Shows: directory refuses CATALOGUE_NOT_FOUND; directory refuses CALENDAR_NOT_FOUND
async fn what_was_never_published_is_not_found(size: Size) -> Result<()> {
    let zone = Zone::furnished(size).await?;
    for version in [0, 7] {
        let missing = zone.admin().get_catalogue(GetCatalogueRequest { version }).await;
        assert_eq!(refused(missing).said(), (Code::NotFound, "CATALOGUE_NOT_FOUND"));
    }
    for year in [1990, 9999] {
        let missing = zone.admin().get_calendar(GetCalendarRequest { year }).await;
        assert_eq!(refused(missing).said(), (Code::NotFound, "CALENDAR_NOT_FOUND"));
    }
    zone.world.end().await
}
