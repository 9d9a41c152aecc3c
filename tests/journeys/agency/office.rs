//! The office of these journeys: procedures, two agents, and what is done with a case.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use contract::agency::{
    AcceptItemRequest, Act, Case, GetCaseRequest, Grant, IssueItemRequest, Item, ItemState,
    ListCaseHistoryRequest, ListCasesRequest, MaterialHeader, Matter, MatterKind, Need,
    OpenCaseRequest, Procedure, Profile, PromiseMaterialRequest, PublishProcedureRequest,
    SignMandateRequest, StartCaseRequest, SubmitItemRequest, UploadMaterialRequest,
};
use contract::common::{ClockKind, HistoryEntry, Role, WorkTime};
use contract::directory::Staff;
use contract::dispatch::{ListWorkOrdersRequest, WorkOrder, WorkOrderState};
use jiff::{SignedDuration, Timestamp};
use journal::Clock as _;
use runtime::config::Config;
use testkit::Size;
use testkit::hand::request_id;
use testkit::zone::{self, OURS};
use tonic::Status;

use crate::zone::Zone;

/// The procedure of every case here.
const PROCEDURE: &str = "procedures/P01";
/// The agents, each of a department that decides items as well: code, department.
const AGENTS: &[(&str, &str)] = &[("agent", "departments/D03"), ("agent-2", "departments/D02")];
const EVERY_ACT: [Act; 4] = [Act::Fill, Act::Submit, Act::Collect, Act::Accompany];

/// The zone with its agents.
pub(crate) struct Office {
    pub(crate) zone: Zone,
}

/// One deed on a case by somebody: the case as it then is, or why not. A decision names the case's
/// etag.
macro_rules! ask {
    ($office:expr, $by:expr, $method:ident, $request:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let request = $request {
            request_id: testkit::hand::request_id(),
            $($field: $value,)*
            ..<_>::default()
        };
        let answer = $office.zone.by($by).cases().$method(request).await;
        answer.map(|answer| answer.into_inner().case.unwrap_or_default())
    }};
}
pub(crate) use ask;

impl Office {
    /// The office of a zone whose agents are there.
    pub(crate) fn at(zone: Zone) -> Office {
        Office { zone }
    }

    /// Starts the zone at an instant, with its agents and a procedure of these matters.
    pub(crate) async fn start(size: Size, now: &str, matters: Vec<Matter>) -> Result<Office> {
        Office::start_with(size, now, matters, |_| Ok(())).await
    }

    /// The same, with settings of the test's own.
    pub(crate) async fn start_with(
        size: Size,
        now: &str,
        matters: Vec<Matter>,
        configure: impl FnOnce(&mut Config) -> Result<()>,
    ) -> Result<Office> {
        let office = Office::at(Zone::start_with(size, now, configure).await?);
        let (admin, second) = (office.zone.by("admin"), office.zone.by("admin-2"));
        for (code, department) in AGENTS {
            let staff = Staff {
                name: format!("persons/{code}"),
                title: (*code).to_owned(),
                department: (*department).to_owned(),
                roles: vec![Role::Agent.into(), Role::Staff.into()],
                active: true,
                ..<_>::default()
            };
            zone::hire(&admin, &second, staff).await?;
        }
        office.zone.world.settle().await?;
        office.publish(procedure(matters)).await?;
        Ok(office)
    }

    /// A procedure is published, in its next version.
    pub(crate) async fn publish(&self, procedure: Procedure) -> Result<Procedure> {
        let wanted =
            PublishProcedureRequest { procedure: Some(procedure), request_id: request_id() };
        let answer = self.zone.by("admin").cases().publish_procedure(wanted).await?;
        answer.into_inner().procedure.context("a procedure")
    }

    /// An instant some days from now, as the contract says it.
    pub(crate) fn in_days(&self, days: i64) -> Option<prost_types::Timestamp> {
        let later: Timestamp = self.zone.world.clock.now() + SignedDuration::from_hours(24 * days);
        Some(runtime::wire::time(later))
    }

    /// A case of our enterprise that waits for its mandate.
    pub(crate) async fn opened(&self) -> Result<Case> {
        let opened = ask!(
            self,
            "agent",
            open_case,
            OpenCaseRequest {
                enterprise: OURS.to_owned(),
                procedure: PROCEDURE.to_owned(),
                title: "新建厂房".to_owned(),
            }
        );
        Ok(opened?)
    }

    /// A mandate for every act of every item of a case, for some days.
    pub(crate) fn mandate(&self, case: &Case, days: i64) -> SignMandateRequest {
        let acts: Vec<i32> = EVERY_ACT.iter().map(|act| (*act).into()).collect();
        let scope = case.items.iter().map(|item| Grant { item: code(item), acts: acts.clone() });
        SignMandateRequest {
            case: case.name.clone(),
            scope: scope.collect(),
            document_sha256: "ab".repeat(32),
            expires_time: self.in_days(days),
            request_id: request_id(),
            ..<_>::default()
        }
    }

    /// A case whose mandate lasts for a year, and that has begun.
    pub(crate) async fn running(&self) -> Result<Case> {
        let case = self.opened().await?;
        self.begun(self.mandate(&case, 365)).await
    }

    /// A case that has begun under this mandate.
    pub(crate) async fn begun(&self, mandate: SignMandateRequest) -> Result<Case> {
        let case = mandate.case.clone();
        self.zone.by("handler").cases().sign_mandate(mandate).await?;
        Ok(ask!(self, "agent", start_case, StartCaseRequest { case: case })?)
    }

    /// 递交; the work is offered then.
    pub(crate) async fn submit(&self, by: &str, case: &Case, code: &str) -> Result<Case, Status> {
        ask!(self, by, submit_item, SubmitItemRequest { item: item(case, code) })
    }

    /// 受理.
    pub(crate) async fn accept(&self, by: &str, case: &Case, code: &str) -> Result<Case> {
        let etag = self.etag(case).await?;
        Ok(ask!(self, by, accept_item, AcceptItemRequest { item: item(case, code), etag: etag })?)
    }

    /// 出证, with a number that follows from the case and the item.
    pub(crate) async fn issue(&self, by: &str, case: &Case, code: &str) -> Result<Case> {
        let issued = ask!(
            self,
            by,
            issue_item,
            IssueItemRequest {
                item: item(case, code),
                certificate: format!("{}-{code}", case.number),
                etag: self.etag(case).await?,
            }
        );
        Ok(issued?)
    }

    /// 签收, 受理, 出证, by one person of the department.
    pub(crate) async fn decided(&self, by: &str, case: &Case, code: &str) -> Result<Case> {
        let order = self.order(case, code).await?;
        self.zone.by(by).claim(&order.name).await?;
        self.accept(by, case, code).await?;
        self.issue(by, case, code).await
    }

    /// 交材料: a version of a material, as text.
    pub(crate) async fn upload(
        &self,
        by: &str,
        case: &Case,
        material: &str,
        text: &str,
    ) -> Result<Case, Status> {
        let header = MaterialHeader {
            case: case.name.clone(),
            material: format!("materials/{material}"),
            name: format!("{material}.txt"),
            bytes: i64::try_from(text.len()).expect("a short text"),
            request_id: request_id(),
            ..<_>::default()
        };
        let head = UploadMaterialRequest { header: Some(header), chunk: Vec::new() };
        let bytes = UploadMaterialRequest { header: None, chunk: text.as_bytes().to_vec() };
        let parts = tokio_stream::iter([head, bytes]);
        let answer = self.zone.by(by).cases().upload_material(parts).await?;
        Ok(answer.into_inner().case.unwrap_or_default())
    }

    /// 容缺承诺 of the material of [`deferrable`].
    pub(crate) async fn promise(&self, case: &Case, until: &str) -> Result<Case> {
        let promised = ask!(
            self,
            "agent",
            promise_material,
            PromiseMaterialRequest {
                case: case.name.clone(),
                material: LATER.to_owned(),
                until_time: Some(runtime::wire::time(until.parse()?)),
            }
        );
        Ok(promised?)
    }

    /// The case as the auditor sees it, once everything is settled.
    pub(crate) async fn see(&self, case: &Case) -> Result<Case> {
        self.zone.world.settle().await?;
        let wanted = GetCaseRequest { case: case.name.clone(), ..<_>::default() };
        let answer = self.zone.by("auditor").cases().get_case(wanted).await?;
        answer.into_inner().case.context("a case")
    }

    /// What a decision on the case has to name.
    pub(crate) async fn etag(&self, case: &Case) -> Result<String> {
        Ok(self.see(case).await?.etag)
    }

    /// The order that an item has now, once everything is settled.
    pub(crate) async fn order(&self, case: &Case, code: &str) -> Result<WorkOrder> {
        let case = self.see(case).await?;
        self.zone.order(&item_of(&case, code).work_order).await.context("the item has an order")
    }

    /// Every order that was asked for by a case.
    pub(crate) async fn orders(&self) -> Result<Vec<WorkOrder>> {
        let wanted = ListWorkOrdersRequest { page_size: 500, ..<_>::default() };
        let answer = self.zone.by("auditor").orders().list_work_orders(wanted).await?.into_inner();
        let orders = answer.work_orders.into_iter();
        Ok(orders.filter(|order| order.source.starts_with("cases/")).collect())
    }

    /// What happened to a case.
    pub(crate) async fn history(&self, case: &Case) -> Result<Vec<HistoryEntry>> {
        let case = case.name.clone();
        let wanted = ListCaseHistoryRequest { case, page_size: 500, ..<_>::default() };
        let answer = self.zone.by("auditor").cases().list_case_history(wanted).await?;
        Ok(answer.into_inner().entries)
    }

    /// Both services say the same: every order was asked for once, every open one is that of one
    /// item, and no item waits for an order that is over or was never there. Then the world ends.
    pub(crate) async fn close(self) -> Result<()> {
        let world = &self.zone.world;
        world.settle().await?;
        let orders = self.orders().await?;
        let told = world.told("agency").await?;
        let asked = told.iter().filter(|kind| kind.ends_with(".WorkRequested")).count();
        assert_eq!(orders.len(), asked, "each piece of work is one order");
        let orders: BTreeMap<&str, &WorkOrder> =
            orders.iter().map(|order| (order.name.as_str(), order)).collect();
        let over = [WorkOrderState::Completed, WorkOrderState::Cancelled];
        let mut open: Vec<&str> = orders
            .iter()
            .filter(|(_, order)| !over.contains(&order.state()))
            .map(|(name, _)| *name)
            .collect();
        let wanted = ListCasesRequest { page_size: 500, ..<_>::default() };
        let cases = self.zone.by("auditor").cases().list_cases(wanted).await?.into_inner().cases;
        for (case, item) in
            cases.iter().flat_map(|case| case.items.iter().map(move |it| (case, it)))
        {
            if item.work_order.is_empty() {
                continue;
            }
            let order = orders.get(item.work_order.as_str()).context("the order of an item")?;
            assert_eq!((&order.source, &order.department), (&case.name, &item.department));
            assert!(open.contains(&order.name.as_str()), "{} waits for what is over", item.name);
            open.retain(|name| *name != order.name);
        }
        assert_eq!(open, [""; 0], "orders that nobody waits for");
        self.zone.world.end().await
    }
}

/// The name of an item of a case.
pub(crate) fn item(case: &Case, code: &str) -> String {
    format!("{}/items/{code}", case.name)
}

/// An item of a case.
pub(crate) fn item_of<'a>(case: &'a Case, code: &str) -> &'a Item {
    let name = item(case, code);
    case.items.iter().find(|item| item.name == name).expect("an item of the procedure")
}

/// Where the items of a case stand, in the order of the procedure.
pub(crate) fn states(case: &Case) -> Vec<ItemState> {
    case.items.iter().map(Item::state).collect()
}

/// `items/{code}` of an item.
fn code(item: &Item) -> String {
    item.name.splitn(3, '/').nth(2).unwrap_or_default().to_owned()
}

/// So many working days.
pub(crate) fn days(amount: i32) -> Option<WorkTime> {
    Some(WorkTime { amount, clock_kind: ClockKind::WorkingDays.into() })
}

/// A matter of a department that waits for others and needs nothing: 20 working days by law, 5 as
/// promised.
pub(crate) fn matter(code: &str, department: &str, after: &[&str]) -> Matter {
    Matter {
        item: format!("items/{code}"),
        title: format!("事项{code}"),
        category: "categories/C90".to_owned(),
        department: department.to_owned(),
        kind: MatterKind::Review.into(),
        statutory: days(20),
        promised: days(5),
        certificate: "许可证".to_owned(),
        acts: EVERY_ACT.iter().map(|act| (*act).into()).collect(),
        after: after.iter().map(|code| format!("items/{code}")).collect(),
        ..Matter::default()
    }
}

/// The material that may come later 容缺.
const LATER: &str = "materials/later";

/// The same, but it needs a material that may come later.
pub(crate) fn deferrable(matter: Matter) -> Matter {
    let later =
        Need { material: LATER.to_owned(), title: "环评批复".to_owned(), deferrable: true };
    Matter { needs: vec![later], ..matter }
}

/// The same, but it needs these main materials 主审.
pub(crate) fn needing(codes: &[&str], matter: Matter) -> Matter {
    let needs = codes.iter().map(|code| Need {
        material: format!("materials/{code}"),
        title: (*code).to_owned(),
        deferrable: false,
    });
    Matter { needs: needs.collect(), ..matter }
}

/// The same, but it may run on opinions of those that it waits for 平行推进.
pub(crate) fn on_opinion(matter: Matter) -> Matter {
    Matter { on_opinion: true, ..matter }
}

/// A procedure that promises 80 working days.
pub(crate) fn procedure(matters: Vec<Matter>) -> Procedure {
    Procedure {
        name: PROCEDURE.to_owned(),
        title: "工程建设项目审批".to_owned(),
        profile: Profile::Standard.into(),
        promised: days(80),
        matters,
        ..Procedure::default()
    }
}
