//! Every way in which the directory refuses.

use base::{CategoryId, DepartmentId, DeputyId, EnterpriseId, GrantId, PersonId, Role};
use runtime::Refusal;
use runtime::wire::YearProblem;

use crate::lifecycle::{
    ADMINS_MIN, CodeProblem, DEPUTY_DAYS_MAX, IMPORT_ENTERPRISES_MAX, LimitKind, LimitTier,
};

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the fields say what was named")]
pub enum Error {
    /// Neither a 统一社会信用代码 nor `P-…`.
    #[error("not a unified social credit code: {problem}")]
    CreditCodeInvalid { problem: CodeProblem },
    /// It is registered.
    #[error("{enterprise} is registered already")]
    EnterpriseExists { enterprise: EnterpriseId },
    /// It is not registered, or the caller may not know of it.
    #[error("there is no enterprise {enterprise:?}")]
    EnterpriseNotFound { enterprise: String },
    /// It is there.
    #[error("{department} exists already")]
    DepartmentExists { department: DepartmentId },
    /// It is not there.
    #[error("there is no {department}")]
    DepartmentNotFound { department: DepartmentId },
    /// Another has taken its place.
    #[error("{department} has been dissolved; {successor} has taken its place")]
    DepartmentDissolved { department: DepartmentId, successor: DepartmentId },
    /// Nobody of the zone, or no longer.
    #[error("there is no {person} who works for the zone, or they have left")]
    PersonNotFound { person: PersonId },
    /// First accounts are not second ones.
    #[error("{person} cannot be the first account: accounts of one person form no chain")]
    SamePersonChain { person: PersonId },
    /// Two people are needed.
    #[error("this needs another person than {person}, whatever the account")]
    SamePerson { person: PersonId },
    /// What one admin may not give.
    #[error(
        "the role {role} is given by a grant alone, proposed by one admin, confirmed by another"
    )]
    GrantNeeded { role: Role },
    /// What two admins must agree on could be done by nobody any more.
    #[error("without {person} the zone has fewer than {ADMINS_MIN} admins")]
    AdminsTooFew { person: PersonId },
    /// It was never proposed.
    #[error("there is no {id}")]
    GrantNotFound { id: GrantId },
    /// Once is enough.
    #[error("{id} has been confirmed already")]
    GrantConfirmed { id: GrantId },
    /// Nobody confirmed it in time.
    #[error("{id} was proposed too long ago; propose it anew")]
    GrantLapsed { id: GrantId },
    /// Methods are called on behalf of a person by systems.
    #[error("{person} is no system: methods are granted to a holder of the role SYSTEM")]
    NotASystem { person: PersonId },
    /// It was never put.
    #[error("there is no {id}")]
    DeputyNotFound { id: DeputyId },
    /// What was done under it names both.
    #[error("a deputation keeps its principal, its deputy and its role; end it and put another")]
    DeputyFixed,
    /// A lead's office is the department's.
    #[error("{person} is not of the department of the lead who is to be stood in for")]
    DeputyElsewhere { person: PersonId },
    /// Whoever is away for longer is succeeded.
    #[error("a deputation lasts at most {DEPUTY_DAYS_MAX} days")]
    DeputyTooLong,
    /// Nobody lends what they have not.
    #[error("{person} does not hold the role {role}")]
    RoleNotHeld { person: PersonId, role: Role },
    /// A person acts for one enterprise, or for the zone.
    #[error("{person} acts for another enterprise or works for the zone")]
    HandlerTaken { person: PersonId },
    /// Two roles that nobody holds together.
    #[error("one person may not hold {one} together with {other}")]
    RolesClash { one: Role, other: Role },
    /// One category for each code.
    #[error("{category} stands twice")]
    CategoryTwice { category: CategoryId },
    /// Dispatch cannot do without it.
    #[error("{category} has no limit of the kind {kind}")]
    LimitMissing { category: CategoryId, kind: LimitKind },
    /// Which of them would hold?
    #[error("{category} has two limits of the kind {kind} and the tier {tier}")]
    LimitTwice { category: CategoryId, kind: LimitKind, tier: LimitTier },
    /// What is urgent does not wait for the office to open.
    #[error("{category} is urgent, so its limit {kind} runs in natural hours")]
    UrgentClock { category: CategoryId, kind: LimitKind },
    /// The duty chain of what is urgent ends with somebody.
    #[error("{category} is urgent, so the catalogue names who is on duty for the whole zone")]
    ZoneDutyMissing { category: CategoryId },
    /// A limit that is over when it begins.
    #[error("the limit {kind} of {category} must be at least 1; only working days may be 0")]
    LimitZero { category: CategoryId, kind: LimitKind },
    /// The enterprise counts from when it submitted.
    #[error("the answer promised by {category} is due from the submission on")]
    PromiseStart { category: CategoryId },
    /// It was never published.
    #[error("there is no catalogue of version {version}")]
    CatalogueNotFound { version: i32 },
    /// It cannot be counted with.
    #[error("the calendar contradicts itself: {problem}")]
    CalendarInvalid { problem: YearProblem },
    /// Its notice has not been issued, or nobody has entered it.
    #[error("no calendar of {year} has been published")]
    CalendarNotFound { year: i32 },
    /// More than one import may hold.
    #[error("an import holds at most {IMPORT_ENTERPRISES_MAX} enterprises")]
    ImportTooLarge,
    /// A line of an import was refused, and so all of it.
    #[error("line {line}: {error}")]
    Line { line: usize, error: Box<Error> },
    /// A refusal that all services have alike.
    #[error(transparent)]
    Common(#[from] Refusal),
}
