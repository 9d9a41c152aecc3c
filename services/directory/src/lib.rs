//! directory 一企一档: who there is, what can be asked, which days are worked.
//!
//! It owns seven things, each kept whole under its name:
//!
//! | thing | name | told as |
//! |---|---|---|
//! | enterprise 企业 | `enterprises/{credit code}`, `enterprises/P-…` | `EnterpriseRegistered`, `EnterpriseChanged` |
//! | department 部门 | `departments/{code}` | `DepartmentChanged`, `DepartmentSucceeded` |
//! | person of the zone 人员 | `persons/{code}` | `StaffChanged` |
//! | deputation 代理 | `deputies/{uuid}` | `DeputyChanged` |
//! | grant 授权 | `grants/{uuid}` | `GrantProposed`, `GrantConfirmed` |
//! | version of the catalogue 事项目录 | `catalogues/{version}` | `CataloguePublished` |
//! | year of the working calendar 工作日历 | `calendarYears/{year}` | `CalendarYearPublished` |
//!
//! A record has no states: it is put, whole, and put again. What the rules ask is whether it may
//! stand beside the others: a person acts for one enterprise or for the zone, a category names
//! departments that there are, a year does not contradict itself. So that two calls cannot each
//! miss what the other does, the directory changes one call at a time.
//!
//! A grant alone has a life: one admin proposes it, another, who is another person, confirms it
//! within 14 days, or it lapses; then it changes the record of its grantee. No other way leads to a
//! sensitive role, but for the first admins, whom the zone file names.
//!
//! RPCs: `CreateEnterprise`, `ImportEnterprises`, `UpdateEnterprise`, `GetEnterprise`,
//! `ListEnterprises`, `CreateDepartment`, `UpdateDepartment`, `SucceedDepartment`,
//! `ListDepartments`, `PutStaff`, `ListStaff`, `PutDeputy`, `ListDeputies`, `ProposeGrant`,
//! `ConfirmGrant`, `ListGrants`, `PublishCatalogue`, `GetCatalogue`, `PublishCalendarYear`,
//! `GetCalendar`, `ExplainDeadline`.
//!
//! All services hear it, and it hears itself: it knows callers as every other service does.
//! Time does nothing here: no alarm is ever set.

pub mod alarms;
pub mod api;
pub mod error;
pub mod events;
pub mod explain;
pub mod lifecycle;
pub mod store;
pub mod wire;

use std::sync::Arc;

use contract::directory::directory_service_server::DirectoryServiceServer;
use journal::Step;
use runtime::house::{Doors, House, Service};

pub use self::store::ensure_admins;

/// The directory, for the process that serves it.
pub const SERVICE: Service = Service { name: NAME, steps, mount };

/// Its name: of its journal, its schema, its queue.
pub const NAME: &str = "directory";

fn steps() -> Vec<Step> {
    vec![
        Step {
            version: 1001,
            name: "create the records",
            sql: include_str!("../migrations/0001_create_records.sql"),
        },
        Step {
            version: 1002,
            name: "extend the record by grants and deputies",
            sql: include_str!("../migrations/0002_extend_record.sql"),
        },
    ]
}

fn mount(house: House) -> Doors {
    let events = Arc::new(events::Ears::new(house.known.clone()));
    let api = api::Api::new(house);
    Doors {
        calls: Box::new(move |routes| {
            routes.add_service(DirectoryServiceServer::new(api));
        }),
        events,
        time: Arc::new(alarms::Silence),
    }
}
