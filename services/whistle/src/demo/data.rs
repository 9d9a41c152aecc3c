//! The demo zone's book: who there is and what happened, as the files in `deploy/demo` tell it.

pub(crate) mod agency;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use self::agency::{
    AgencyCase, CasesFile, Matter, MattersFile, ProjectsFile, ReadyProcedure, ReadyProject,
};

/// The whole book.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    /// The zone.
    pub(crate) zone: Zone,
    /// The departments.
    pub(crate) departments: Vec<Department>,
    /// The people of the departments.
    pub(crate) staff: Vec<Staff>,
    /// The envoys 企业特派员, one per grid.
    pub(crate) envoys: Vec<Envoy>,
    /// The enterprises.
    pub(crate) enterprises: Vec<Enterprise>,
    /// The catalogue.
    pub(crate) categories: Vec<Category>,
    /// What happened: the requests, in order of number.
    pub(crate) requests: Vec<Ticket>,
    /// What agents help with.
    pub(crate) matters: Vec<Matter>,
    /// The cases of agents, in order of number.
    pub(crate) cases: Vec<AgencyCase>,
    /// The way of projects that may start on commitment.
    pub(crate) ready: ReadyProcedure,
    /// Those projects.
    pub(crate) projects: Vec<ReadyProject>,
}

/// The zone.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Zone {
    /// Its name.
    pub(crate) name: String,
    /// The last day that the book tells of.
    as_of: toml::value::Datetime,
}

/// A department.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Department {
    /// `D01`.
    pub(crate) id: String,
    /// Its full name.
    pub(crate) name: String,
    /// What people call it.
    pub(crate) short: String,
    /// What it is for.
    pub(crate) duties: String,
    /// Its head: `D01-01`.
    pub(crate) head: String,
    /// Its duty officer: `D01-12`.
    pub(crate) duty_officer: String,
}

/// A person of a department.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Staff {
    /// `D01-11`.
    pub(crate) id: String,
    /// The person's name.
    pub(crate) name: String,
    /// `D01`.
    pub(crate) department: String,
    /// The post: 局长, 经办人 …
    pub(crate) role: String,
}

/// An envoy.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Envoy {
    /// `T05`, which is also the code of the grid.
    pub(crate) id: String,
    /// The person's name.
    pub(crate) name: String,
}

/// An enterprise.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Enterprise {
    /// `E023`, which is also the code of the person who acts for it.
    pub(crate) id: String,
    /// Its registered name.
    pub(crate) name: String,
    /// What people call it.
    pub(crate) short: String,
    /// Its credit code.
    pub(crate) uscc: String,
    /// Its industry.
    pub(crate) industry: String,
    /// Its size.
    pub(crate) size: String,
    /// Where it is.
    pub(crate) address: String,
    /// The grid, whose envoy looks after it.
    pub(crate) grid: String,
    /// Whom to ask.
    pub(crate) legal_representative: String,
    /// And under which number.
    pub(crate) contact_phone: String,
}

/// A category of the catalogue.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Category {
    /// `C17`.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// The department that leads.
    pub(crate) lead: String,
    /// The departments that may be asked to assist.
    pub(crate) co: Vec<String>,
    /// First contact within so many minutes of office time.
    pub(crate) response_working_minutes: i32,
    /// The answer within so many working days.
    pub(crate) limit_working_days: i32,
    /// The law behind it, if any.
    pub(crate) legal_basis: Option<String>,
}

/// A request, with what became of it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Ticket {
    /// `CS-2026-0001`.
    pub(crate) id: String,
    /// Whose: `E023`.
    pub(crate) enterprise: String,
    /// `C17`.
    pub(crate) category: String,
    /// The department that did it.
    pub(crate) lead: String,
    /// In one line.
    pub(crate) title: String,
    /// In the enterprise's words.
    pub(crate) text: String,
    /// By which way it came.
    pub(crate) channel: String,
    /// By when first contact was due.
    pub(crate) respond_due_at: Timestamp,
    /// By when the answer was due.
    pub(crate) due_at: Timestamp,
    /// When first contact was made.
    pub(crate) responded_at: Timestamp,
    /// When it was answered.
    pub(crate) done_at: Timestamp,
    /// The enterprise's verdict, 1 to 5.
    pub(crate) rating: i32,
    /// What happened, in order.
    pub(crate) events: Vec<Event>,
}

impl Ticket {
    /// First contact came after its limit.
    pub(crate) fn contacted_late(&self) -> bool {
        self.respond_due_at < self.responded_at
    }

    /// The answer came after its limit.
    pub(crate) fn answered_late(&self) -> bool {
        self.due_at < self.done_at
    }
}

/// One line of a request's history.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Event {
    /// When.
    pub(crate) at: Timestamp,
    /// What.
    pub(crate) act: Act,
    /// Who: `D01-11` or `E023`.
    pub(crate) by: String,
    /// To which department.
    #[serde(default)]
    pub(crate) to: Option<String>,
    /// In words.
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// What the book knows to have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Act {
    /// The enterprise asks.
    #[serde(rename = "企业吹哨")]
    Submit,
    /// The dispatcher sends it to a department.
    #[serde(rename = "派单")]
    Dispatch,
    /// The department sends it back.
    #[serde(rename = "退回")]
    Return,
    /// The dispatcher sends it to another.
    #[serde(rename = "改派")]
    Reroute,
    /// The department makes first contact.
    #[serde(rename = "部门报到")]
    Contact,
    /// An assisting department joins.
    #[serde(rename = "协同报到")]
    Assist,
    /// The clock stands still.
    #[serde(rename = "暂停计时")]
    Pause,
    /// The clock goes on.
    #[serde(rename = "恢复计时")]
    Resume,
    /// Overdue: the department is urged.
    #[serde(rename = "超期督办")]
    Urge,
    /// The department answers.
    #[serde(rename = "办结")]
    Complete,
    /// The enterprise gives its verdict.
    #[serde(rename = "企业评价")]
    Rate,
}

#[derive(Deserialize)]
struct DepartmentsFile {
    departments: Vec<Department>,
    staff: Vec<Staff>,
    commissioners: Vec<Envoy>,
}

#[derive(Deserialize)]
struct EnterprisesFile {
    enterprises: Vec<Enterprise>,
}

#[derive(Deserialize)]
struct CategoriesFile {
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct RequestsFile {
    requests: Vec<Ticket>,
}

impl Book {
    /// The book that the program carries with it.
    pub(crate) fn embedded() -> anyhow::Result<Book> {
        let DepartmentsFile { departments, staff, commissioners } =
            json("departments.json", include_str!("../../../../deploy/demo/departments.json"))?;
        let EnterprisesFile { enterprises } =
            json("enterprises.json", include_str!("../../../../deploy/demo/enterprises.json"))?;
        let CategoriesFile { categories } =
            json("categories.json", include_str!("../../../../deploy/demo/categories.json"))?;
        let RequestsFile { requests } =
            json("requests.json", include_str!("../../../../deploy/demo/requests.json"))?;
        let MattersFile { matters } =
            json("matters.json", include_str!("../../../../deploy/demo/matters.json"))?;
        let CasesFile { cases } =
            json("agency_cases.json", include_str!("../../../../deploy/demo/agency_cases.json"))?;
        let ready =
            json("ready_steps.json", include_str!("../../../../deploy/demo/ready_steps.json"))?;
        let ProjectsFile { projects } = json(
            "ready_projects.json",
            include_str!("../../../../deploy/demo/ready_projects.json"),
        )?;
        let zone = toml::from_str(include_str!("../../../../deploy/demo/zone.toml"))
            .context("zone.toml 读不出（cannot be read）")?;
        Ok(Book {
            zone,
            departments,
            staff,
            envoys: commissioners,
            enterprises,
            categories,
            requests,
            matters,
            cases,
            ready,
            projects,
        })
    }

    /// The last day that the book tells of.
    pub(crate) fn as_of(&self) -> anyhow::Result<Date> {
        let text = self.zone.as_of.to_string();
        text.parse().with_context(|| format!("zone.toml：“{text}”不是日期（not a date）"))
    }

    /// The enterprise of this code.
    pub(crate) fn enterprise(&self, id: &str) -> anyhow::Result<&Enterprise> {
        let found = self.enterprises.iter().find(|enterprise| enterprise.id == id);
        found.with_context(|| format!("没有企业 {id}（no such enterprise）"))
    }

    /// The person of this code.
    pub(crate) fn person(&self, id: &str) -> anyhow::Result<&Staff> {
        let found = self.staff.iter().find(|person| person.id == id);
        found.with_context(|| format!("没有人员 {id}（no such person）"))
    }

    /// The matter of this code.
    pub(crate) fn matter(&self, id: &str) -> anyhow::Result<&Matter> {
        let found = self.matters.iter().find(|matter| matter.id == id);
        found.with_context(|| format!("没有事项 {id}（no such matter）"))
    }

    /// Who decides for a department, if this person may not: of its 经办人 the first, where it has
    /// none its 值班员.
    pub(crate) fn decider(&self, department: &str, barred: &str) -> anyhow::Result<&Staff> {
        let people = || self.staff.iter().filter(|person| person.department == department);
        let of = |role: &str| people().find(|person| person.role == role && person.id != barred);
        let found = of("经办人").or_else(|| of("值班员"));
        found.with_context(|| format!("{department} 没有可审批的人（nobody may decide）"))
    }

    /// An agent 帮代办员 who is none of these people.
    pub(crate) fn agent(&self, barred: &[&str]) -> anyhow::Result<&Staff> {
        let mut agents = self.staff.iter().filter(|person| person.role == "帮代办员");
        let found = agents.find(|person| !barred.contains(&person.id.as_str()));
        found.context("没有可委托的帮代办员（no agent is free）")
    }

    /// Who assigns the orders of a department: its 分管负责人.
    pub(crate) fn assigner(&self, department: &str) -> anyhow::Result<&Staff> {
        let mut people = self.staff.iter().filter(|person| person.department == department);
        let found = people.find(|person| person.role == "分管负责人");
        found.with_context(|| format!("{department} 没有分管负责人（has no lead）"))
    }

    /// The people who may close tickets: 窗口受理员.
    pub(crate) fn dispatchers(&self) -> impl Iterator<Item = &Staff> {
        self.staff.iter().filter(|person| person.role == "窗口受理员")
    }
}

fn json<T: DeserializeOwned>(name: &str, text: &str) -> anyhow::Result<T> {
    serde_json::from_str(text).with_context(|| format!("{name} 读不出（cannot be read）"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_holds_the_zone_of_the_news() {
        let book = Book::embedded().unwrap();
        assert_eq!(book.zone.name, "示范经开区");
        assert_eq!(book.as_of().unwrap(), jiff::civil::date(2026, 5, 31));
        assert_eq!(book.departments.len(), 18);
        assert_eq!(book.staff.len(), 116);
        assert_eq!(book.envoys.len(), 10);
        assert_eq!(book.enterprises.len(), 140);
        assert_eq!(book.categories.len(), 24);
        assert_eq!(book.requests.len(), 83);
        assert_eq!(book.requests.iter().filter(|ticket| ticket.contacted_late()).count(), 4);
        assert_eq!(book.requests.iter().filter(|ticket| ticket.answered_late()).count(), 3);
        assert_eq!(book.matters.len(), 20);
        assert_eq!(book.cases.len(), 145);
        assert_eq!(book.cases.iter().filter(|case| case.is_late()).count(), 4);
        assert_eq!((book.ready.steps.len(), book.projects.len()), (12, 25));
    }

    #[test]
    fn whatever_the_book_names_is_in_it() {
        let book = Book::embedded().unwrap();
        for ticket in &book.requests {
            let enterprise = book.enterprise(&ticket.enterprise).unwrap();
            assert!(book.envoys.iter().any(|envoy| envoy.id == enterprise.grid));
            assert!(book.assigner(&ticket.lead).is_ok());
        }
        assert_eq!(book.dispatchers().count(), 2);
        for case in &book.cases {
            let matter = book.matter(&case.matter).unwrap();
            assert_eq!(matter.department, case.department, "{}", case.id);
            assert!(book.enterprise(&case.enterprise).is_ok(), "{}", case.id);
            let decider = book.decider(&case.department, &case.agent).unwrap();
            assert_ne!(decider.role, "帮代办员", "{}", case.id);
        }
    }
}
