//! Who may know of what, and whose work it is (domain.md §2).

use base::{Actor, DepartmentId, EnterpriseId, Person, Role};

use super::By;
use super::application::Application;
use super::policy::{Policy, State};

/// Somebody who asks, with what the directory says of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who it is.
    pub person: Person,
    /// As whom they act: it is recorded with what they do.
    pub actor: Actor,
}

/// The roles that see every application. Admin is not among them: it holds no business.
pub const SEE_ALL: [Role; 6] = [
    Role::Dispatcher,
    Role::Supervisor,
    Role::ZoneLeader,
    Role::FinanceMaker,
    Role::FinanceChecker,
    Role::Auditor,
];
/// The roles that see accounts whole; each time it is recorded.
pub const SEE_ACCOUNTS: [Role; 3] = [Role::FinanceMaker, Role::FinanceChecker, Role::Auditor];
/// The roles that read drafts of policies, besides the department that owns them.
pub const SEE_DRAFTS: [Role; 4] =
    [Role::FinanceMaker, Role::FinanceChecker, Role::Auditor, Role::Admin];

impl Viewer {
    /// Who does it, if they do it.
    pub fn by(&self) -> By {
        By { actor: self.actor.clone(), person: self.person.human().clone() }
    }

    fn has_one_of(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.person.is(*role))
    }

    /// Whether they see every application and disbursement.
    pub fn sees_all(&self) -> bool {
        self.has_one_of(&SEE_ALL)
    }

    /// Whether accounts are shown to them whole.
    pub fn sees_accounts(&self) -> bool {
        self.has_one_of(&SEE_ACCOUNTS)
    }

    /// Whether they are the enterprise itself.
    pub fn is_enterprise(&self, enterprise: &EnterpriseId) -> bool {
        self.person.is(Role::Enterprise) && self.person.enterprise.as_ref() == Some(enterprise)
    }

    /// Whether they do the work of a department.
    pub fn works_for(&self, department: &DepartmentId) -> bool {
        self.has_one_of(&[Role::Staff, Role::Lead]) && self.person.belongs_to(department)
    }

    /// Whether they review for a department, in a role.
    pub fn reviews_for(&self, role: Role, department: &DepartmentId) -> bool {
        self.person.is(role) && self.person.belongs_to(department)
    }

    /// Whether they decide, or look after those who do, in the department that reviews an
    /// application or in the one that reviews it a second time.
    pub fn decides(&self, application: &Application) -> bool {
        let inside =
            self.has_one_of(&[Role::Staff, Role::Lead, Role::Reviewer, Role::SecondReviewer]);
        let own = [&application.department, &application.second_department];
        inside && own.iter().any(|department| self.person.belongs_to(department))
    }

    /// Whether they may know of an application. An envoy's enterprises the rules do not know.
    pub fn sees(&self, application: &Application) -> bool {
        self.sees_all()
            || self.is_enterprise(&application.opening.enterprise)
            || self.decides(application)
    }

    /// Whether they see who inside did what, and why.
    pub fn is_inside(&self, application: &Application) -> bool {
        self.sees_all() || self.decides(application)
    }

    /// Whether they read what is not published yet.
    pub fn sees_drafts_of(&self, policy: &Policy) -> bool {
        self.has_one_of(&SEE_DRAFTS) || self.works_for(policy.department())
    }

    /// Whether they may know of a policy.
    pub fn sees_policy(&self, policy: &Policy) -> bool {
        let published = match policy.state() {
            State::Draft | State::Filed => false,
            State::Published | State::Open | State::Closed | State::Expired => true,
            State::Repealed => policy.standing.published_at.is_some(),
        };
        published || self.sees_drafts_of(policy)
    }
}
