//! The zone of the tests: who there is, a procedure, and a hand for calls.

use anyhow::{Context as _, Result};
use contract::agency::agency_service_client::AgencyServiceClient;
use contract::agency::{
    AcceptItemRequest, Act, Case, GetCaseRequest, Grant, Item, ItemState, Matter, MatterKind, Need,
    OpenCaseRequest, Procedure, Profile, PublishProcedureRequest, SignMandateRequest,
    StartCaseRequest, SubmitItemRequest,
};
use contract::common::{ClockKind, Role, WorkTime};
use contract::directory::{
    Department, DepartmentChanged, Enterprise, EnterpriseRegistered, Staff, StaffChanged,
};
use jiff::{SignedDuration, Timestamp};
use journal::{Clock as _, Telling};
use prost::{Message, Name};
use testkit::{Caller, Size, World};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";
pub(crate) const OURS: &str = "enterprises/P-ours";
pub(crate) const THEIRS: &str = "enterprises/P-theirs";
pub(crate) const PROCEDURE: &str = "procedures/P01";

/// The people of the zone: code, department, roles.
const PEOPLE: &[(&str, &str, &[Role])] = &[
    ("D01-11", "departments/D01", &[Role::Dispatcher]),
    ("D02-11", "departments/D02", &[Role::Staff]),
    ("D02-12", "departments/D02", &[Role::Staff]),
    ("D03-11", "departments/D03", &[Role::Staff]),
    ("agent", "", &[Role::Agent]),
    ("another-agent", "", &[Role::Agent]),
    ("auditor", "", &[Role::Auditor]),
    ("admin", "", &[Role::Admin]),
];

/// A world with agency alone; the directory and dispatch are stood in for.
pub(crate) struct Zone {
    pub(crate) world: World,
}

/// A caller's hand on the service.
pub(crate) type Hand = AgencyServiceClient<Caller>;

impl Zone {
    pub(crate) async fn start(size: Size) -> Result<Zone> {
        let zone = Zone { world: World::start(size, &[agency::SERVICE], DAY_ONE).await? };
        for (name, handler) in [(OURS, "persons/handler"), (THEIRS, "persons/other-handler")] {
            let enterprise = Enterprise {
                name: name.to_owned(),
                title: "企业".to_owned(),
                handlers: vec![handler.to_owned()],
                ..Enterprise::default()
            };
            zone.know(name, &EnterpriseRegistered { enterprise: Some(enterprise) }).await?;
        }
        for department in ["departments/D01", "departments/D02", "departments/D03"] {
            let told = Department { name: department.to_owned(), ..Department::default() };
            zone.know(department, &DepartmentChanged { department: Some(told) }).await?;
        }
        for (code, department, roles) in PEOPLE {
            let department = (*department).to_owned();
            zone.staff(Staff { department, ..person(code, roles) }).await?;
        }
        zone.world.settle().await?;
        Ok(zone)
    }

    /// The directory tells of a person.
    pub(crate) async fn staff(&self, staff: Staff) -> Result<()> {
        let name = staff.name.clone();
        self.know(&name, &StaffChanged { staff: Some(staff) }).await
    }

    /// Dispatch tells a fact of a case.
    pub(crate) async fn dispatch<M: Message + Name>(&self, case: &Case, fact: &M) -> Result<()> {
        let told = Telling::new("workOrders/it", &case.name, fact);
        self.world.tell("dispatch", told, "persons/D02-11").await?;
        self.world.settle().await
    }

    /// The facts of a kind that agency told, and who did each.
    pub(crate) async fn facts<M: Message + Name + Default>(&self) -> Result<Vec<(M, String)>> {
        let entries = self.world.house("agency").journal.entries(0, 1000).await?;
        let of_kind = entries.iter().filter(|entry| entry.kind == M::full_name());
        let told = of_kind.map(|entry| {
            let heard = entry.heard()?;
            Ok((heard.decode()?, heard.actor))
        });
        told.collect()
    }

    /// The directory tells a fact.
    pub(crate) async fn know<M: Message + Name>(&self, subject: &str, fact: &M) -> Result<()> {
        let told = Telling::new(subject, subject, fact);
        self.world.tell("directory", told, "persons/admin").await?;
        // What another service tells next must not be heard before it.
        self.world.settle().await
    }

    /// The hand of a person, such as `handler`.
    pub(crate) fn by(&self, code: &str) -> Hand {
        AgencyServiceClient::new(self.world.caller(&format!("persons/{code}")))
    }

    pub(crate) fn id(&self) -> String {
        self.world.request_id()
    }

    /// An instant some days from now.
    pub(crate) fn in_days(&self, days: i64) -> Option<prost_types::Timestamp> {
        let later: Timestamp = self.world.clock.now() + SignedDuration::from_hours(24 * days);
        Some(runtime::wire::time(later))
    }

    pub(crate) async fn published(&self, procedure: Procedure) -> Result<Procedure> {
        let (procedure, request_id) = (Some(procedure), self.id());
        let request = PublishProcedureRequest { procedure, request_id };
        let response = self.by("admin").publish_procedure(request).await?;
        response.into_inner().procedure.context("a procedure")
    }

    pub(crate) fn opening(&self) -> OpenCaseRequest {
        OpenCaseRequest {
            enterprise: OURS.to_owned(),
            procedure: PROCEDURE.to_owned(),
            title: "新建厂房".to_owned(),
            project_code: String::new(),
            request_id: self.id(),
        }
    }

    pub(crate) async fn opened(&self, procedure: Procedure) -> Result<Case> {
        self.published(procedure).await?;
        let response = self.by("agent").open_case(self.opening()).await?;
        response.into_inner().case.context("a case")
    }

    /// A mandate for every act of every item of a case.
    pub(crate) fn mandate(&self, case: &Case) -> SignMandateRequest {
        let all = [Act::Fill, Act::Submit, Act::Collect, Act::Accompany];
        let scope = case.items.iter().map(|item| Grant {
            item: code(item),
            acts: all.iter().map(|act| (*act).into()).collect(),
        });
        SignMandateRequest {
            case: case.name.clone(),
            scope: scope.collect(),
            document_sha256: "ab".repeat(32),
            may_pass_on: false,
            expires_time: self.in_days(60),
            etag: String::new(),
            request_id: self.id(),
        }
    }

    pub(crate) async fn mandated(&self, procedure: Procedure) -> Result<Case> {
        let case = self.opened(procedure).await?;
        let response = self.by("handler").sign_mandate(self.mandate(&case)).await?;
        response.into_inner().case.context("a case")
    }

    pub(crate) async fn running(&self, procedure: Procedure) -> Result<Case> {
        let case = self.mandated(procedure).await?;
        self.started(&case).await
    }

    pub(crate) async fn started(&self, case: &Case) -> Result<Case> {
        let (case, request_id) = (case.name.clone(), self.id());
        let request = StartCaseRequest { case, etag: String::new(), request_id };
        let response = self.by("agent").start_case(request).await?;
        response.into_inner().case.context("a case")
    }

    pub(crate) async fn submitted(&self, case: &Case, code: &str) -> Result<Case> {
        let (item, request_id) = (item(case, code), self.id());
        let request = SubmitItemRequest { item, etag: String::new(), request_id };
        let response = self.by("agent").submit_item(request).await?;
        response.into_inner().case.context("a case")
    }

    pub(crate) async fn accepted(&self, case: &Case, code: &str) -> Result<Case> {
        let case = self.submitted(case, code).await?;
        let request = self.accept(&case, code);
        let response = self.by("D02-11").accept_item(request).await?;
        response.into_inner().case.context("a case")
    }

    pub(crate) fn accept(&self, case: &Case, code: &str) -> AcceptItemRequest {
        AcceptItemRequest {
            item: item(case, code),
            etag: case.etag.clone(),
            request_id: self.id(),
            validate_only: false,
        }
    }

    /// The case as it is now, as the auditor sees it.
    pub(crate) async fn see(&self, case: &Case) -> Result<Case> {
        let response = self.by("auditor").get_case(get(&case.name)).await?;
        response.into_inner().case.context("a case")
    }
}

/// An active person, of no department.
pub(crate) fn person(code: &str, roles: &[Role]) -> Staff {
    Staff {
        name: format!("persons/{code}"),
        title: code.to_owned(),
        roles: roles.iter().map(|role| (*role).into()).collect(),
        active: true,
        ..Staff::default()
    }
}

pub(crate) fn get(name: &str) -> GetCaseRequest {
    GetCaseRequest { case: name.to_owned(), number: String::new() }
}

/// The name of an item of a case.
pub(crate) fn item(case: &Case, code: &str) -> String {
    format!("{}/items/{code}", case.name)
}

/// `items/{code}` of an item.
fn code(item: &Item) -> String {
    item.name.splitn(3, '/').nth(2).unwrap_or_default().to_owned()
}

/// Where an item stands.
pub(crate) fn state(case: &Case, code: &str) -> ItemState {
    let name = item(case, code);
    let mut items = case.items.iter().filter(|item| item.name == name);
    items.next().expect("an item").state()
}

pub(crate) fn days(amount: i32) -> Option<WorkTime> {
    Some(WorkTime { amount, clock_kind: ClockKind::WorkingDays.into() })
}

/// A matter of department D02 that waits for others and needs nothing.
pub(crate) fn matter(code: &str, after: &[&str]) -> Matter {
    let all = [Act::Fill, Act::Submit, Act::Collect, Act::Accompany];
    Matter {
        item: format!("items/{code}"),
        title: format!("事项{code}"),
        category: "categories/C90".to_owned(),
        department: "departments/D02".to_owned(),
        kind: MatterKind::Review.into(),
        statutory: days(20),
        promised: days(5),
        certificate: "许可证".to_owned(),
        acts: all.iter().map(|act| (*act).into()).collect(),
        after: after.iter().map(|code| format!("items/{code}")).collect(),
        ..Matter::default()
    }
}

/// A material that may be promised, or not.
pub(crate) fn need(code: &str, deferrable: bool) -> Need {
    Need { material: format!("materials/{code}"), title: code.to_owned(), deferrable }
}

pub(crate) fn procedure(matters: Vec<Matter>) -> Procedure {
    Procedure {
        name: PROCEDURE.to_owned(),
        title: "工程建设项目审批".to_owned(),
        profile: Profile::Standard.into(),
        promised: days(80),
        matters,
        negative_list: vec!["HAZARDOUS_CHEMICALS".to_owned()],
        ..Procedure::default()
    }
}

/// Asserts how a call is refused.
macro_rules! refused {
    ($call:expr, $code:expr, $reason:expr) => {{
        let status = $call.await.expect_err("it is refused");
        assert_eq!(crate::zone::refusal(&status), ($code, $reason.to_owned()), "{status:?}");
        status
    }};
}
pub(crate) use refused;

/// The code, domain and reason of a refusal.
pub(crate) fn refusal(status: &Status) -> (Code, String) {
    let details = status.get_error_details();
    let info = details.error_info().map(|info| format!("{} {}", info.domain, info.reason));
    (status.code(), info.unwrap_or_default())
}

/// A value that a refusal tells beside its reason.
pub(crate) fn metadata_of(status: &Status, key: &str) -> String {
    let details = status.get_error_details();
    let value = details.error_info().and_then(|info| info.metadata.get(key).cloned());
    value.unwrap_or_default()
}
