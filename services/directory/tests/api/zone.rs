//! The zone of the tests: its first admins, some people, and what may be asked.

use std::collections::HashMap;

use anyhow::Result;
use contract::common::fact_value::Kind;
use contract::common::{
    ClockKind, FactValue, Limit, LimitKind, LimitStart, LimitTier, Role, WorkClass, WorkTime,
};
use contract::directory::directory_service_client::DirectoryServiceClient;
use contract::directory::{
    Catalogue, Category, ConfirmGrantRequest, CreateDepartmentRequest, CreateEnterpriseRequest,
    Department, Enterprise, EnterpriseFact, Grant, ImportEnterprisesRequest, ProposeGrantRequest,
    PublishCatalogueRequest, PutStaffRequest, Staff,
};
use testkit::{Caller, Size, World};
use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";
/// Two enterprises by their credit codes.
pub(crate) const OURS: &str = "enterprises/91369901MA511A878Y";
pub(crate) const THEIRS: &str = "enterprises/91369901MAN4CRMB1R";

/// A world with the directory alone.
pub(crate) struct Zone {
    pub(crate) world: World,
}

/// A caller's hand on the service.
pub(crate) type Hand = DirectoryServiceClient<Caller>;

impl Zone {
    /// A zone that has its first two admins and nothing else.
    pub(crate) async fn start(size: Size) -> Result<Zone> {
        let zone = Zone { world: World::start(size, &[directory::SERVICE], DAY_ONE).await? };
        let admins = ["persons/admin", "persons/admin-2"].map(|name| staff(name, &[Role::Admin]));
        directory::ensure_admins(zone.world.house("directory"), &admins).await?;
        zone.world.settle().await?;
        Ok(zone)
    }

    /// The same, with two departments, a lead, and an enterprise that has a handler.
    pub(crate) async fn furnished(size: Size) -> Result<Zone> {
        let zone = Zone::start(size).await?;
        for name in ["departments/D01", "departments/D02"] {
            zone.admin().create_department(zone.found(name)).await?;
        }
        let lead = Staff {
            department: "departments/D01".to_owned(),
            ..staff("persons/lead", &[Role::Lead])
        };
        zone.admin().put_staff(zone.put(lead)).await?;
        zone.admin().create_enterprise(zone.register(enterprise(OURS, &["handler"]))).await?;
        zone.world.settle().await?;
        Ok(zone)
    }

    /// The hand of a person, such as `lead`.
    pub(crate) fn by(&self, code: &str) -> Hand {
        DirectoryServiceClient::new(self.world.caller(&format!("persons/{code}")))
    }

    pub(crate) fn admin(&self) -> Hand {
        self.by("admin")
    }

    /// The other admin.
    pub(crate) fn second(&self) -> Hand {
        self.by("admin-2")
    }

    /// Proposes a grant as the admin.
    pub(crate) async fn propose(&self, grant: Grant) -> Result<Grant, Status> {
        let wanted = ProposeGrantRequest { grant: Some(grant), request_id: self.id() };
        let proposed = self.admin().propose_grant(wanted).await?.into_inner();
        Ok(proposed.grant.unwrap_or_default())
    }

    /// The wish to confirm a grant as it was read.
    pub(crate) fn confirming(&self, grant: &Grant) -> ConfirmGrantRequest {
        let Grant { name, etag, .. } = grant.clone();
        ConfirmGrantRequest { grant: name, etag, request_id: self.id(), ..<_>::default() }
    }

    /// Grants something by both admins, and waits until it is heard.
    pub(crate) async fn grant(&self, grant: Grant) -> Result<()> {
        let proposed = self.propose(grant).await?;
        self.second().confirm_grant(self.confirming(&proposed)).await?;
        self.world.settle().await
    }

    /// Makes `persons/third` an admin, too.
    pub(crate) async fn third_admin(&self) -> Result<()> {
        self.admin().put_staff(self.put(staff("persons/third", &[]))).await?;
        self.grant(grant_of("persons/third", &[Role::Admin])).await
    }

    pub(crate) fn id(&self) -> String {
        self.world.request_id()
    }

    pub(crate) fn register(&self, enterprise: Enterprise) -> CreateEnterpriseRequest {
        CreateEnterpriseRequest { enterprise: Some(enterprise), request_id: self.id() }
    }

    pub(crate) fn found(&self, name: &str) -> CreateDepartmentRequest {
        CreateDepartmentRequest { department: Some(department(name)), request_id: self.id() }
    }

    pub(crate) fn put(&self, staff: Staff) -> PutStaffRequest {
        PutStaffRequest { staff: Some(staff), request_id: self.id() }
    }

    pub(crate) fn publish(&self, catalogue: Catalogue) -> PublishCatalogueRequest {
        PublishCatalogueRequest {
            catalogue: Some(catalogue),
            request_id: self.id(),
            ..<_>::default()
        }
    }

    /// The lines of an import under one request id.
    pub(crate) fn lines(&self, enterprises: Vec<Enterprise>) -> Vec<ImportEnterprisesRequest> {
        let id = self.id();
        let lines = enterprises.into_iter().map(|enterprise| ImportEnterprisesRequest {
            enterprise: Some(enterprise),
            request_id: id.clone(),
        });
        lines.collect()
    }

    /// What the directory has told, without the package and without its first admins.
    pub(crate) async fn told(&self) -> Result<Vec<String>> {
        let told = self.world.told("directory").await?;
        let short = |name: &String| name.rsplit('.').next().unwrap_or_default().to_owned();
        Ok(told.iter().skip(2).map(short).collect())
    }
}

pub(crate) fn enterprise(name: &str, handlers: &[&str]) -> Enterprise {
    Enterprise {
        name: name.to_owned(),
        title: "示范市岳舟能源设备有限公司".to_owned(),
        short_title: "岳舟".to_owned(),
        industry: "新能源".to_owned(),
        size: "小型".to_owned(),
        address: "绿源路173号".to_owned(),
        envoy: "persons/envoy".to_owned(),
        handlers: handlers.iter().map(|code| format!("persons/{code}")).collect(),
        etag: String::new(),
        facts: vec![
            fact("credit_status", Kind::Text("正常".to_owned())),
            fact("revenue_2025_fen", Kind::Number(14_954_200_000)),
        ],
    }
}

/// Something that is known of an enterprise.
pub(crate) fn fact(name: &str, kind: Kind) -> EnterpriseFact {
    let value = Some(FactValue { kind: Some(kind) });
    EnterpriseFact { name: name.to_owned(), value, source: "登记机关".to_owned() }
}

pub(crate) fn department(name: &str) -> Department {
    Department {
        name: name.to_owned(),
        title: "经济发展局".to_owned(),
        short_title: "经发局".to_owned(),
        duties: "项目与企业服务".to_owned(),
        head: "persons/lead".to_owned(),
        ..<_>::default()
    }
}

pub(crate) fn staff(name: &str, roles: &[Role]) -> Staff {
    Staff {
        name: name.to_owned(),
        title: "王立".to_owned(),
        department: String::new(),
        roles: roles.iter().map(|role| (*role).into()).collect(),
        active: true,
        ..<_>::default()
    }
}

/// A grant of roles to a person.
pub(crate) fn grant_of(grantee: &str, roles: &[Role]) -> Grant {
    Grant {
        grantee: grantee.to_owned(),
        roles: roles.iter().map(|role| (*role).into()).collect(),
        reason: "任命".to_owned(),
        ..<_>::default()
    }
}

/// A catalogue of these categories, each with the limits that it needs.
pub(crate) fn catalogue(names: &[&str]) -> Catalogue {
    let categories = names.iter().map(|name| Category {
        name: (*name).to_owned(),
        title: "供水".to_owned(),
        lead: "departments/D01".to_owned(),
        suggested_assisting: vec!["departments/D02".to_owned()],
        work_class: WorkClass::C.into(),
        limits: vec![
            limit(LimitKind::Contact, 240, ClockKind::WorkingMinutes),
            limit(LimitKind::Reply, 5, ClockKind::WorkingDays),
        ],
        legal_basis: "城市供水条例".to_owned(),
        accepts_by_itself: false,
    });
    let effective_time = Some(runtime::wire::time(DAY_ONE.parse().unwrap()));
    Catalogue { effective_time, categories: categories.collect(), ..<_>::default() }
}

pub(crate) fn limit(kind: LimitKind, amount: i32, clock: ClockKind) -> Limit {
    Limit {
        kind: kind.into(),
        tier: LimitTier::Promised.into(),
        time: Some(WorkTime { amount, clock_kind: clock.into() }),
        start: LimitStart::Submitted.into(),
        intake: contract::common::Intake::Instant.into(),
    }
}

/// Why a call was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) code: Code,
    pub(crate) reason: String,
    pub(crate) metadata: HashMap<String, String>,
    pub(crate) chinese: String,
}

impl Refused {
    /// Code and reason, to compare.
    pub(crate) fn said(&self) -> (Code, &str) {
        (self.code, &self.reason)
    }

    pub(crate) fn of(&self, key: &str) -> &str {
        self.metadata.get(key).map_or("", String::as_str)
    }
}

/// The refusal of a call that must be refused.
pub(crate) fn refused<T>(answer: Result<Response<T>, Status>) -> Refused {
    let Err(status) = answer else { panic!("it was not refused") };
    why(&status)
}

/// What a status says.
pub(crate) fn why(status: &Status) -> Refused {
    let details = status.get_error_details();
    let Some(info) = details.error_info() else { panic!("no reason: {status:?}") };
    let chinese = details.localized_message().map(|text| text.message.clone());
    Refused {
        code: status.code(),
        reason: info.reason.clone(),
        metadata: info.metadata.clone(),
        chinese: chinese.unwrap_or_default(),
    }
}

/// Whether an answer was given before.
pub(crate) fn replayed<T>(answer: &Response<T>) -> bool {
    answer.metadata().get("whistle-replayed").is_some()
}
