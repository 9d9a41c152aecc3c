//! A small zone for tests: who there is and what can be asked, set up through the public API.

use contract::common::{
    ClockKind, Limit, LimitKind, LimitStart, LimitTier, Role, WorkClass, WorkTime,
};
use contract::directory::{
    Catalogue, Category, ConfirmGrantRequest, CreateDepartmentRequest, CreateEnterpriseRequest,
    Department, Enterprise, Grant, ProposeGrantRequest, PublishCatalogueRequest, PutStaffRequest,
    Staff,
};
use contract::request::{Contact, SubmitTicketRequest, TicketKind};
use tonic::Status;

use crate::hand::{Hand, request_id};

/// Who sets the zone up: the directory must know this administrator already, and the second one.
pub const ADMIN: &str = "persons/admin";
/// Who confirms what the first administrator grants.
pub const SECOND_ADMIN: &str = "persons/admin-2";
/// An enterprise; `handler` acts for it, `envoy` looks after it.
pub const OURS: &str = "enterprises/91350220MA9NF5L62F";
/// Another; `other` acts for it.
pub const THEIRS: &str = "enterprises/913324275817944858";
/// The department that leads [`WATER`].
pub const LEAD: &str = "departments/D02";
/// A department that may assist.
pub const ASSISTING: &str = "departments/D03";
/// A category: first contact within 4 working hours, the answer within 5 working days.
pub const WATER: &str = "categories/C01";
/// The name of the contact that [`plea`] gives: personal.
pub const CONTACT_NAME: &str = "欧阳明月";
/// The phone of the contact that [`plea`] gives: personal.
pub const CONTACT_PHONE: &str = "13987650123";

const DEPARTMENTS: &[(&str, &str)] =
    &[("D01", "吹哨办"), ("D02", "供水公司"), ("D03", "供电公司"), ("D04", "城管局")];

/// The people of the zone: code, department, roles.
const PEOPLE: &[(&str, &str, &[Role])] = &[
    ("D01-01", "D01", &[Role::Lead, Role::Staff]),
    ("D01-11", "D01", &[Role::Dispatcher, Role::Staff]),
    ("D01-12", "D01", &[Role::Dispatcher, Role::Staff]),
    ("D02-01", "D02", &[Role::Lead, Role::Staff]),
    ("D02-11", "D02", &[Role::Staff]),
    ("D02-12", "D02", &[Role::Staff]),
    ("D03-01", "D03", &[Role::Lead, Role::Staff]),
    ("D03-11", "D03", &[Role::Staff]),
    ("D04-11", "D04", &[Role::Staff]),
    ("envoy", "", &[Role::Envoy]),
    ("supervisor", "", &[Role::Supervisor]),
    ("leader", "", &[Role::ZoneLeader]),
    ("auditor", "", &[Role::Auditor]),
];

/// The two administrators, for whoever lets the first ones in.
pub fn admins() -> [Staff; 2] {
    ["admin", "admin-2"].map(|code| staff(code, "", &[Role::Admin]))
}

/// Registers everybody and publishes the catalogue. What one administrator may not give is granted
/// by the two.
pub async fn set_up(admin: &Hand, second: &Hand) -> Result<(), Status> {
    for (code, title) in DEPARTMENTS {
        let department = Some(Department {
            name: format!("departments/{code}"),
            title: (*title).to_owned(),
            head: format!("persons/{code}-01"),
            ..<_>::default()
        });
        let wanted = CreateDepartmentRequest { department, request_id: request_id() };
        admin.directory().create_department(wanted).await?;
    }
    for (code, department, roles) in PEOPLE {
        hire(admin, second, staff(code, department, roles)).await?;
    }
    let wanted = PublishCatalogueRequest {
        catalogue: Some(catalogue()),
        request_id: request_id(),
        ..<_>::default()
    };
    admin.directory().publish_catalogue(wanted).await?;
    for (name, envoy, handler) in [(OURS, "persons/envoy", "handler"), (THEIRS, "", "other")] {
        let enterprise = Some(Enterprise {
            name: name.to_owned(),
            title: format!("{handler}的企业"),
            envoy: envoy.to_owned(),
            handlers: vec![format!("persons/{handler}")],
            ..<_>::default()
        });
        let wanted = CreateEnterpriseRequest { enterprise, request_id: request_id() };
        admin.directory().create_enterprise(wanted).await?;
    }
    Ok(())
}

/// Puts a person of the zone, and grants what one administrator may not give.
pub async fn hire(admin: &Hand, second: &Hand, staff: Staff) -> Result<(), Status> {
    let given = |role: &Role| matches!(role, Role::Staff | Role::Lead | Role::Agent | Role::Envoy);
    let (given, granted): (Vec<Role>, Vec<Role>) = staff.roles().partition(given);
    let grantee = staff.name.clone();
    let put = Staff { roles: given.into_iter().map(Into::into).collect(), ..staff };
    let wanted = PutStaffRequest { staff: Some(put), request_id: request_id() };
    admin.directory().put_staff(wanted).await?;
    if granted.is_empty() {
        return Ok(());
    }
    let roles = granted.into_iter().map(Into::into).collect();
    let grant = Grant { grantee, roles, reason: "任命".to_owned(), ..<_>::default() };
    grant_by_two(admin, second, grant).await
}

/// Proposes a grant as one administrator and confirms it as another.
pub async fn grant_by_two(admin: &Hand, second: &Hand, grant: Grant) -> Result<(), Status> {
    let wanted = ProposeGrantRequest { grant: Some(grant), request_id: request_id() };
    let proposed = admin.directory().propose_grant(wanted).await?.into_inner();
    let Grant { name, etag, .. } = proposed.grant.unwrap_or_default();
    let wanted =
        ConfirmGrantRequest { grant: name, etag, request_id: request_id(), ..<_>::default() };
    second.directory().confirm_grant(wanted).await?;
    Ok(())
}

/// What [`OURS`] asks for.
pub fn plea() -> SubmitTicketRequest {
    SubmitTicketRequest {
        enterprise: OURS.to_owned(),
        kind: TicketKind::Help.into(),
        category: WATER.to_owned(),
        title: "厂区停水".to_owned(),
        text: "厂区停水两天".to_owned(),
        contact: Some(Contact { title: CONTACT_NAME.to_owned(), phone: CONTACT_PHONE.to_owned() }),
        channel: "手机端".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    }
}

/// What can be asked, from long ago on.
pub fn catalogue() -> Catalogue {
    let limit = |kind: LimitKind, amount, clock: ClockKind| Limit {
        kind: kind.into(),
        tier: LimitTier::Promised.into(),
        time: Some(WorkTime { amount, clock_kind: clock.into() }),
        start: LimitStart::Submitted.into(),
        intake: 0,
    };
    let water = Category {
        name: WATER.to_owned(),
        title: "供水".to_owned(),
        lead: LEAD.to_owned(),
        suggested_assisting: vec![ASSISTING.to_owned()],
        work_class: WorkClass::C.into(),
        limits: vec![
            limit(LimitKind::Contact, 240, ClockKind::WorkingMinutes),
            limit(LimitKind::Reply, 5, ClockKind::WorkingDays),
        ],
        legal_basis: String::new(),
        accepts_by_itself: false,
    };
    let effective_time = Some(runtime::wire::time(jiff::Timestamp::UNIX_EPOCH));
    Catalogue { effective_time, categories: vec![water], ..<_>::default() }
}

fn staff(code: &str, department: &str, roles: &[Role]) -> Staff {
    let department =
        if department.is_empty() { String::new() } else { format!("departments/{department}") };
    Staff {
        name: format!("persons/{code}"),
        title: code.to_owned(),
        department,
        roles: roles.iter().map(|role| (*role).into()).collect(),
        active: true,
        ..<_>::default()
    }
}
