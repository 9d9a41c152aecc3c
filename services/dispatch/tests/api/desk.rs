//! A small zone with a dispatch desk: departments, people, and work that is asked for.

use anyhow::Result;
use contract::common::{
    Limit, LimitKind, LimitStart, LimitTier, Outcome, Role, WorkClass, WorkKind, WorkRequested,
};
use contract::directory::{Department, DepartmentChanged, Staff, StaffChanged};
use contract::dispatch::dispatch_service_client::DispatchServiceClient;
use contract::dispatch::*;
use jiff::Timestamp;
use journal::Telling;
use runtime::wire;
use testkit::{Caller, Size, World};
use tonic::Status;
use tonic_types::StatusExt as _;

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";
/// What the work is for.
pub(crate) const TICKET: &str = "tickets/00000000-0000-7000-8000-000000000009";

/// The people: code and roles. Their department is what stands before the hyphen.
const PEOPLE: [(&str, &[Role]); 13] = [
    ("D01-11", &[Role::Dispatcher, Role::Staff]),
    ("D01-02", &[Role::Supervisor, Role::Staff]),
    ("D01-05", &[Role::Staff]),
    ("D00-01", &[Role::ZoneLeader]),
    ("D02-01", &[Role::Lead, Role::Staff]),
    ("D02-02", &[Role::Supervisor]),
    ("D02-03", &[Role::Staff]),
    ("D02-11", &[Role::Staff]),
    ("D02-12", &[Role::Staff]),
    ("D02-13", &[Role::Staff]),
    ("D03-11", &[Role::Staff, Role::Lead]),
    ("D04-11", &[Role::Staff, Role::Lead]),
    ("D00-99", &[Role::Auditor]),
];

/// Dispatch with everything it hears of.
pub(crate) struct Desk {
    pub(crate) world: World,
}

impl Desk {
    pub(crate) async fn open(size: Size) -> Result<Desk> {
        let world = World::start(size, &[dispatch::SERVICE], DAY_ONE).await?;
        for code in ["D01", "D02", "D03", "D04", "D05", "D09"] {
            let name = format!("departments/{code}");
            let department = Department {
                name: name.clone(),
                title: code.to_owned(),
                head: format!("persons/{code}-01"),
                duty_officer: format!("persons/{code}-03"),
                ..Department::default()
            };
            let told = DepartmentChanged { department: Some(department) };
            world.tell("directory", Telling::new(&name, &name, &told), "persons/A-1").await?;
        }
        let desk = Desk { world };
        for (code, roles) in PEOPLE {
            desk.tell_of(code, roles, true).await?;
        }
        desk.world.settle().await?;
        Ok(desk)
    }

    /// The directory tells of a person.
    pub(crate) async fn tell_of(&self, code: &str, roles: &[Role], active: bool) -> Result<()> {
        let name = format!("persons/{code}");
        let staff = Staff {
            name: name.clone(),
            title: if code == "D02-11" { "李工".to_owned() } else { code.to_owned() },
            department: format!("departments/{}", &code[..3]),
            roles: roles.iter().map(|role| (*role).into()).collect(),
            active,
            ..Staff::default()
        };
        let told = Telling::new(&name, &name, &StaffChanged { staff: Some(staff) });
        self.world.tell("directory", told, "persons/A-1").await?;
        // What another service tells next must not be heard before it.
        self.world.settle().await
    }

    /// Request asks for a piece of work of D02; gives the order's name.
    pub(crate) async fn offer(&self, number: u32) -> Result<String> {
        self.request(&wanted(number, self.now())).await
    }

    pub(crate) async fn request(&self, wanted: &WorkRequested) -> Result<String> {
        let told = Telling::new(&wanted.source, &wanted.source, wanted);
        self.world.tell("request", told, "persons/D01-11").await?;
        self.world.settle().await?;
        Ok(wanted.work_order.clone())
    }

    /// An order that D02-11 has claimed and contacted.
    pub(crate) async fn in_progress(&self, number: u32) -> Result<String> {
        let order = self.offer(number).await?;
        self.contact("D02-11", &order).await?;
        Ok(order)
    }

    pub(crate) fn now(&self) -> Timestamp {
        journal::Clock::now(self.world.clock.as_ref())
    }

    pub(crate) async fn go_to(&self, instant: &str) -> Result<()> {
        self.world.advance_to(instant.parse()?).await
    }

    pub(crate) fn client(&self, code: &str) -> DispatchServiceClient<Caller> {
        DispatchServiceClient::new(self.world.caller(&format!("persons/{code}")))
    }

    pub(crate) async fn get(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = GetWorkOrderRequest { work_order: order.to_owned() };
        let found = self.client(by).get_work_order(wanted).await?;
        Ok(found.into_inner().work_order.unwrap())
    }

    pub(crate) async fn claim(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = ClaimWorkOrderRequest {
            work_order: order.to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).claim_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn assign(
        &self,
        by: &str,
        order: &str,
        to: &str,
    ) -> Result<WorkOrder, Status> {
        let wanted = AssignWorkOrderRequest {
            work_order: order.to_owned(),
            person: format!("persons/{to}"),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).assign_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn hand_over(
        &self,
        by: &str,
        order: &str,
        to: &str,
    ) -> Result<WorkOrder, Status> {
        let wanted = HandOverWorkOrderRequest {
            work_order: order.to_owned(),
            person: format!("persons/{to}"),
            reason: "出差".to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).hand_over_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn contact(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = RecordContactRequest {
            work_order: order.to_owned(),
            proof: "电话".to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).record_contact(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn give_back(
        &self,
        by: &str,
        order: &str,
        names: &str,
    ) -> Result<WorkOrder, Status> {
        let wanted = ReturnWorkOrderRequest {
            work_order: order.to_owned(),
            basis: "三定规定".to_owned(),
            names_department: names.to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).return_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn decide_return(
        &self,
        by: &str,
        order: &str,
        (decision, department): (Decision, &str),
    ) -> Result<WorkOrder, Status> {
        let wanted = DecideReturnRequest {
            work_order: order.to_owned(),
            decision: decision.into(),
            department: department.to_owned(),
            reason: "理由".to_owned(),
            etag: self.get("D01-11", order).await.map(|order| order.etag).unwrap_or("x".into()),
            request_id: self.world.request_id(),
            ..<_>::default()
        };
        let answer = self.client(by).decide_return(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn assist(
        &self,
        by: &str,
        order: &str,
        department: &str,
    ) -> Result<WorkOrder, Status> {
        let wanted = AskAssistanceRequest {
            work_order: order.to_owned(),
            department: department.to_owned(),
            text: "请协同".to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).ask_assistance(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn ask_pause(
        &self,
        by: &str,
        order: &str,
        (reason, until): (PauseReason, &str),
    ) -> Result<WorkOrder, Status> {
        let until: Timestamp = until.parse().unwrap();
        let wanted = AskPauseRequest {
            work_order: order.to_owned(),
            reason: reason.into(),
            note: "待补充".to_owned(),
            until_time: Some(wire::time(until)),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).ask_pause(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn decide_pause(
        &self,
        by: &str,
        order: &str,
        decision: Decision,
    ) -> Result<WorkOrder, Status> {
        let wanted = DecidePauseRequest {
            work_order: order.to_owned(),
            decision: decision.into(),
            reason: "同意".to_owned(),
            etag: self.get("D01-11", order).await.map(|order| order.etag).unwrap_or("x".into()),
            request_id: self.world.request_id(),
            ..<_>::default()
        };
        let answer = self.client(by).decide_pause(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn complete(
        &self,
        by: &str,
        order: &str,
        proof: &str,
    ) -> Result<WorkOrder, Status> {
        let wanted = CompleteWorkOrderRequest {
            work_order: order.to_owned(),
            outcome: Outcome::Solved.into(),
            answer: "已修复".to_owned(),
            internal_note: "内部".to_owned(),
            proof: proof.to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
            planned_date: None,
        };
        let answer = self.client(by).complete_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn urge(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = UrgeWorkOrderRequest {
            work_order: order.to_owned(),
            note: "请抓紧".to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).urge_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    /// What dispatch has told, without the package.
    pub(crate) async fn told(&self) -> Result<Vec<String>> {
        let told = self.world.told("dispatch").await?;
        Ok(told.iter().map(|name| name.rsplit('.').next().unwrap().to_owned()).collect())
    }
}

/// First contact within 4 working hours, the answer within 5 working days.
pub(crate) fn wanted(number: u32, submitted_at: Timestamp) -> WorkRequested {
    let limit = |kind: LimitKind, limit: calendar::Limit| Limit {
        kind: kind.into(),
        tier: LimitTier::Promised.into(),
        time: Some(wire::work_time(limit)),
        start: LimitStart::Submitted.into(),
        intake: 0,
    };
    WorkRequested {
        work_order: format!("workOrders/00000000-0000-7000-8000-{number:012}"),
        round: 1,
        kind: WorkKind::Answer.into(),
        source: TICKET.to_owned(),
        source_number: "CS-2026-000001".to_owned(),
        title: "路灯不亮".to_owned(),
        text: "请修复".to_owned(),
        enterprise: "enterprises/P-ours".to_owned(),
        category: "categories/C05".to_owned(),
        lead: "departments/D02".to_owned(),
        suggested_assisting: vec!["departments/D03".to_owned()],
        work_class: WorkClass::C.into(),
        limits: vec![
            limit(LimitKind::Contact, calendar::Limit::WorkingMinutes(240)),
            limit(LimitKind::Reply, calendar::Limit::WorkingDays(5)),
        ],
        rule_version: 1,
        submitted_time: Some(wire::time(submitted_at)),
        barred: vec!["persons/D02-13".to_owned()],
        excluded_departments: vec!["departments/D09".to_owned()],
        zone_duty: String::new(),
    }
}

/// The reason of a refusal, and one value of its metadata.
pub(crate) fn reason<T: std::fmt::Debug>(refused: Result<T, Status>) -> String {
    let details = refused.expect_err("a refusal").get_error_details();
    details.error_info().expect("a reason").reason.clone()
}

pub(crate) fn metadata(status: &Status, key: &str) -> String {
    let details = status.get_error_details();
    details.error_info().and_then(|info| info.metadata.get(key).cloned()).unwrap_or_default()
}
