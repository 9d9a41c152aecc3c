//! Sets the demo zone up through the public API: departments, people, catalogue, enterprises; then
//! the procedures of its agents.

pub(crate) mod procedures;

use contract::common::{
    ClockKind, Intake, Limit, LimitKind, LimitStart, LimitTier, Role, WorkClass, WorkTime,
};
use contract::directory::directory_service_client::DirectoryServiceClient;
use contract::directory::{
    Catalogue, Category, ConfirmGrantRequest, CreateDepartmentRequest, Department, Enterprise,
    Grant, ImportEnterprisesRequest, ProposeGrantRequest, PublishCatalogueRequest, PutStaffRequest,
    Staff,
};
use tonic::transport::Channel;
use uuid::Uuid;

use super::data::{self, Book};
use crate::connection::{Connection, Refused};

/// The code of the zone's auditor, whom the book does not name.
pub(crate) const AUDITOR: &str = "A01";
/// The code of the zone's leader, whom the book does not name.
pub(crate) const ZONE_LEADER: &str = "Z01";
/// A person for each role, for whoever tries the demo zone by hand: the file name of the token,
/// what the person is, and their code. The handler's envoy is the envoy here; staff and lead are
/// of the power supplier 供电.
pub(crate) const ONE_OF_EACH_ROLE: [(&str, &str, &str); 9] = [
    ("enterprise", "企业经办人", "E003"),
    ("envoy", "企业特派员", "T01"),
    ("agent", "帮代办员", "D01-05"),
    ("dispatcher", "吹哨办", "D01-10"),
    ("staff", "承办人（供电）", "D16-04"),
    ("lead", "部门负责人（供电）", "D16-02"),
    ("supervisor", "督办", "D01-02"),
    ("zone-leader", "管委会领导", ZONE_LEADER),
    ("auditor", "审计", AUDITOR),
];

/// The catalogue holds from here on: before anything happens.
const CATALOGUE_FROM: i64 = 1_735_660_800; // 2025-01-01T00:00:00+08:00

/// Registers everybody and publishes the catalogue; what one administrator may not give is granted
/// by two. Twice is once: the request ids do not change.
pub(crate) async fn set_up(
    book: &Book,
    admin: &Connection,
    second: &Connection,
) -> anyhow::Result<()> {
    let mut setup = Setup { admin, second, asked: 0 };
    for department in &book.departments {
        setup.department(department).await?;
    }
    for person in people(book) {
        setup.person(person).await?;
    }
    setup.catalogue(book).await?;
    setup.enterprises(book).await
}

struct Setup<'a> {
    admin: &'a Connection,
    second: &'a Connection,
    asked: u64,
}

impl Setup<'_> {
    fn client(&self) -> DirectoryServiceClient<Channel> {
        DirectoryServiceClient::new(self.admin.channel())
    }

    fn request_id(&mut self) -> String {
        self.asked += 1;
        request_id("zone", self.asked)
    }

    async fn department(&mut self, department: &data::Department) -> anyhow::Result<()> {
        let wanted = CreateDepartmentRequest {
            department: Some(Department {
                name: format!("departments/{}", department.id),
                title: department.name.clone(),
                short_title: department.short.clone(),
                duties: department.duties.clone(),
                head: format!("persons/{}", department.head),
                duty_officer: format!("persons/{}", department.duty_officer),
                ..<_>::default()
            }),
            request_id: self.request_id(),
        };
        self.client().create_department(self.admin.request(wanted)).await.map_err(Refused::from)?;
        Ok(())
    }

    /// Puts a person with what one administrator may give; the two grant the rest at once.
    async fn person(&mut self, person: Staff) -> anyhow::Result<()> {
        let (given, granted): (Vec<Role>, Vec<Role>) =
            person.roles().partition(|role| !needs_two(*role));
        let grantee = person.name.clone();
        let put = Staff { roles: given.into_iter().map(Into::into).collect(), ..person };
        let wanted = PutStaffRequest { staff: Some(put), request_id: self.request_id() };
        self.client().put_staff(self.admin.request(wanted)).await.map_err(Refused::from)?;
        if granted.is_empty() { Ok(()) } else { self.grant(grantee, &granted).await }
    }

    async fn grant(&mut self, grantee: String, roles: &[Role]) -> anyhow::Result<()> {
        let roles = roles.iter().map(|role| (*role).into()).collect();
        let grant =
            Grant { grantee, roles, reason: "园区初始化任命".to_owned(), ..<_>::default() };
        let wanted = ProposeGrantRequest { grant: Some(grant), request_id: self.request_id() };
        let proposed = self.client().propose_grant(self.admin.request(wanted)).await;
        let proposed = proposed.map_err(Refused::from)?.into_inner().grant.unwrap_or_default();
        let Grant { name, etag, .. } = proposed;
        let wanted = ConfirmGrantRequest {
            grant: name,
            etag,
            request_id: self.request_id(),
            ..<_>::default()
        };
        self.client().confirm_grant(self.second.request(wanted)).await.map_err(Refused::from)?;
        Ok(())
    }

    async fn catalogue(&mut self, book: &Book) -> anyhow::Result<()> {
        let catalogue = Catalogue {
            effective_time: Some(prost_types::Timestamp { seconds: CATALOGUE_FROM, nanos: 0 }),
            categories: book.categories.iter().map(category).collect(),
            ..<_>::default()
        };
        let wanted = PublishCatalogueRequest {
            catalogue: Some(catalogue),
            request_id: self.request_id(),
            ..<_>::default()
        };
        self.client().publish_catalogue(self.admin.request(wanted)).await.map_err(Refused::from)?;
        Ok(())
    }

    async fn enterprises(&mut self, book: &Book) -> anyhow::Result<()> {
        let request_id = self.request_id();
        let enterprises: Vec<_> = book
            .enterprises
            .iter()
            .map(|one| ImportEnterprisesRequest {
                enterprise: Some(enterprise(one)),
                request_id: request_id.clone(),
            })
            .collect();
        let wanted = self.admin.request(tokio_stream::iter(enterprises));
        self.client().import_enterprises(wanted).await.map_err(Refused::from)?;
        Ok(())
    }
}

/// A request id that is the same in every run: its number among those of a purpose.
pub(crate) fn request_id(purpose: &str, number: u64) -> String {
    let purpose = purpose.bytes().fold(0, |sum: u64, byte| (sum << 8) | u64::from(byte));
    // Version and variant as of a UUID made by an application (RFC 9562, version 8).
    Uuid::from_u64_pair(((purpose << 16) & !0xf000) | 0x8000, (0b10 << 62) | number).to_string()
}

fn people(book: &Book) -> Vec<Staff> {
    let staff = book.staff.iter().map(|person| Staff {
        department: format!("departments/{}", person.department),
        ..known(&person.id, &person.name, &roles(&person.role, &person.department))
    });
    let envoys = book.envoys.iter().map(|envoy| known(&envoy.id, &envoy.name, &[Role::Envoy]));
    let above = [
        known(AUDITOR, "审计员", &[Role::Auditor]),
        known(ZONE_LEADER, "挂点领导", &[Role::ZoneLeader]),
    ];
    staff.chain(envoys).chain(above).collect()
}

fn known(code: &str, title: &str, roles: &[Role]) -> Staff {
    Staff {
        name: format!("persons/{code}"),
        title: title.to_owned(),
        department: String::new(),
        roles: roles.iter().map(|role| *role as i32).collect(),
        active: true,
        ..<_>::default()
    }
}

/// Whether one administrator alone may not give a role.
fn needs_two(role: Role) -> bool {
    !matches!(role, Role::Staff | Role::Lead | Role::Agent | Role::Envoy)
}

/// What a post may do. Everybody is staff of their department besides.
fn roles(post: &str, department: &str) -> Vec<Role> {
    let own: &[Role] = match (post, department) {
        ("局长", "D04") => &[Role::Lead, Role::FinanceChecker],
        ("分管负责人", "D01") => &[Role::Lead, Role::Supervisor],
        ("局长" | "分管负责人" | "总经理", _) => &[Role::Lead],
        ("窗口受理员", _) => &[Role::Dispatcher],
        ("帮代办中心主任", _) => &[Role::Lead, Role::Agent],
        ("帮代办员", _) => &[Role::Agent],
        ("复核员", _) => &[Role::SecondReviewer],
        ("国库支付员", _) => &[Role::FinanceMaker],
        _ => &[],
    };
    own.iter().copied().chain([Role::Staff]).collect()
}

fn category(category: &data::Category) -> Category {
    let limit = |kind: LimitKind, tier: LimitTier, amount: i32, clock: ClockKind| Limit {
        kind: kind.into(),
        tier: tier.into(),
        time: Some(WorkTime { amount, clock_kind: clock.into() }),
        start: LimitStart::Submitted.into(),
        intake: Intake::Instant.into(),
    };
    let (minutes, days) = (category.response_working_minutes, category.limit_working_days);
    // The book knows one limit; it serves as promised and as tightened.
    let limits = [LimitTier::Promised, LimitTier::Tightened].into_iter().flat_map(|tier| {
        [
            limit(LimitKind::Contact, tier, minutes, ClockKind::WorkingMinutes),
            limit(LimitKind::Reply, tier, days, ClockKind::WorkingDays),
        ]
    });
    Category {
        name: format!("categories/{}", category.id),
        title: category.name.clone(),
        lead: format!("departments/{}", category.lead),
        suggested_assisting: category.co.iter().map(|id| format!("departments/{id}")).collect(),
        work_class: WorkClass::C.into(),
        limits: limits.collect(),
        legal_basis: category.legal_basis.clone().unwrap_or_default(),
        accepts_by_itself: false,
    }
}

fn enterprise(enterprise: &data::Enterprise) -> Enterprise {
    Enterprise {
        name: format!("enterprises/{}", enterprise.uscc),
        title: enterprise.name.clone(),
        short_title: enterprise.short.clone(),
        industry: enterprise.industry.clone(),
        size: enterprise.size.clone(),
        address: enterprise.address.clone(),
        envoy: format!("persons/{}", enterprise.grid),
        handlers: vec![format!("persons/{}", enterprise.id)],
        ..Enterprise::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_have_the_roles_that_the_mapping_gives_them() {
        let book = Book::embedded().unwrap();
        let people = people(&book);
        assert_eq!(people.len(), 116 + 10 + 2);
        let holders = |role: Role| {
            let holds = |person: &&Staff| person.roles.contains(&(role as i32));
            people.iter().filter(holds).map(|person| person.name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(holders(Role::Dispatcher), ["persons/D01-10", "persons/D01-11"]);
        assert_eq!(holders(Role::Supervisor), ["persons/D01-02"]);
        assert_eq!(holders(Role::FinanceChecker), ["persons/D04-01"]);
        assert_eq!(holders(Role::Lead).len(), 15 + 18 + 3 + 1);
        assert_eq!(holders(Role::Agent).len(), 6 + 1);
        assert_eq!(holders(Role::Staff).len(), 116);
        assert_eq!(holders(Role::Envoy).len(), 10);
    }

    #[test]
    fn request_ids_are_uuids_and_no_two_are_alike() {
        let first = request_id("zone", 1);
        assert_eq!(Uuid::parse_str(&first).unwrap().get_version_num(), 8);
        assert_ne!(first, request_id("zone", 2));
        assert_ne!(first, request_id("play", 1));
    }
}
