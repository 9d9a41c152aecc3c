//! Every way in which agency refuses.

use base::{DepartmentId, ItemId, MaterialId, PersonId};
use jiff::Timestamp;
use runtime::Refusal;

use crate::lifecycle::{Act, Action, ItemAction, ItemState, State};

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such case, or the caller may not know of it.
    #[error("there is no case {case}")]
    CaseNotFound {
        /// What was asked for.
        case: String,
    },
    /// The procedure of the case has no such item.
    #[error("the case has no {item}")]
    ItemNotFound {
        /// What was asked for.
        item: ItemId,
    },
    /// No item of the case needs such a material.
    #[error("no item of the case needs {material}")]
    MaterialNotFound {
        /// What was asked for.
        material: MaterialId,
    },
    /// There is no such procedure, or not in that version.
    #[error("there is no {procedure}")]
    ProcedureNotFound {
        /// What was asked for.
        procedure: String,
    },
    /// No such enterprise is known here.
    #[error("there is no {enterprise}")]
    EnterpriseNotFound {
        /// Its name.
        enterprise: String,
    },
    /// No such department.
    #[error("there is no {department}")]
    DepartmentNotFound {
        /// Its name.
        department: DepartmentId,
    },
    /// The procedure cannot be followed to its end.
    #[error("the procedure is flawed: {flaw}, {path}")]
    ProcedureFlawed {
        /// Which rule it breaks first, in the word of the contract.
        flaw: &'static str,
        /// The counter-example.
        path: String,
    },
    /// There is no such agent.
    #[error("there is no active agent {agent}")]
    AgentUnfit {
        /// Who was named.
        agent: PersonId,
    },
    /// Who decided an item of a case is never its agent.
    #[error("{agent} has decided an item of the case and cannot be its agent")]
    AgentDecided {
        /// Who was named.
        agent: PersonId,
    },
    /// The department itself has said that it is not its work.
    #[error("{department} has declined the item")]
    DepartmentDeclined {
        /// Which.
        department: DepartmentId,
    },
    /// The case does not take the action as it stands.
    #[error("a case in {state} cannot take {action}")]
    StateForbids {
        /// Where it stands.
        state: State,
        /// What was asked of it.
        action: Action,
        /// What may be asked of it instead.
        open: Vec<Action>,
    },
    /// The case does not take an action of its items as it stands.
    #[error("items of a case in {state} cannot take {action}")]
    CaseForbids {
        /// Where the case stands.
        state: State,
        /// What was asked of the item.
        action: ItemAction,
        /// What may be asked of the case instead.
        open: Vec<Action>,
    },
    /// The item does not take the action as it stands.
    #[error("an item in {state} cannot take {action}")]
    ItemForbids {
        /// Where it stands.
        state: ItemState,
        /// What was asked of it.
        action: ItemAction,
        /// What may be asked of it instead.
        open: Vec<ItemAction>,
    },
    /// The caller may see it, but it is for somebody else to do.
    #[error("this is for somebody else to do")]
    NotTheirs,
    /// The agent has no live mandate.
    #[error("there is no live mandate: the agent may do nothing")]
    MandateMissing,
    /// The mandate does not cover it.
    #[error("the mandate does not cover {act} for {item}")]
    OutsideMandate {
        /// The item.
        item: ItemId,
        /// What the agent would do.
        act: Act,
    },
    /// The mandate would end before it begins.
    #[error("the mandate would have expired already")]
    MandateExpired,
    /// The mandate covers nothing.
    #[error("the mandate covers nothing")]
    ScopeEmpty,
    /// The procedure leaves that to the enterprise, or has no such item.
    #[error("an agent may not be given that for {item}")]
    ScopeUnfit {
        /// The item.
        item: ItemId,
    },
    /// They are the agent already.
    #[error("they are the agent of the case already")]
    AgentAlready,
    /// Who was agent of a case decides none of its items.
    #[error("who was agent of a case decides none of its items")]
    AgentDecides,
    /// Who was agent of a case, or decided one of its items, does not ask the enterprise how it went.
    #[error("who was agent of the case, or decided in it, does not follow it up")]
    CallerConcerned,
    /// These materials are not there.
    #[error("materials are missing: {}", names(materials))]
    MaterialsMissing {
        /// Which.
        materials: Vec<MaterialId>,
    },
    /// A main material cannot come later.
    #[error("{material} is a main material and cannot be promised")]
    NotDeferrable {
        /// Which.
        material: MaterialId,
    },
    /// It was promised before, or is there.
    #[error("{material} was promised before, or is there")]
    PromisedAlready {
        /// Which.
        material: MaterialId,
    },
    /// Nobody promised it for later.
    #[error("{material} is not there, and not promised for later")]
    PromiseMissing {
        /// Which.
        material: MaterialId,
    },
    /// The enterprise did not give it before.
    #[error("{material} was not given for another case")]
    NotGivenBefore {
        /// Which.
        material: MaterialId,
    },
    /// It was not handed in, or the caller may not read it.
    #[error("{material} was not handed in, or not in that version")]
    NotHandedIn {
        /// Which.
        material: MaterialId,
    },
    /// It has as many versions as a material may have.
    #[error("{material} has {max} versions already")]
    VersionLimit {
        /// Which.
        material: MaterialId,
        /// How many.
        max: usize,
    },
    /// What is promised lies in the past.
    #[error("what is promised lies in the past")]
    PromiseInPast,
    /// A formal permit needs everything.
    #[error("outstanding: {}, land: {land}", names(materials))]
    Outstanding {
        /// The materials that are not there.
        materials: Vec<MaterialId>,
        /// Whether land is lacking.
        land: bool,
    },
    /// An opinion is given only while something is outstanding.
    #[error("nothing is outstanding, or it is a notice period: it is issued or refused")]
    NothingOutstanding,
    /// A statutory notice period is never shortened.
    #[error("the notice period runs until {until}")]
    NoticeRuns {
        /// Its end.
        until: Timestamp,
    },
    /// The number is on another certificate.
    #[error("the certificate number {number} is used already")]
    CertificateUsed {
        /// The number.
        number: String,
    },
    /// Nothing waits for this.
    #[error("nothing waits for {action}")]
    NotAwaited {
        /// What was asked.
        action: ItemAction,
    },
    /// Somebody still has to do something.
    #[error("still open: {}", names(items))]
    ItemsOpen {
        /// The items.
        items: Vec<ItemId>,
    },
    /// The project may not start on commitment.
    #[error("the project is not eligible: {because}")]
    NotEligible {
        /// The trait on the negative list, `CREDIT` or `PROFILE`.
        because: String,
    },
    /// Before there is land it takes a commitment in force.
    #[error("{item} needs land, or a commitment in force")]
    CommitmentMissing {
        /// The item.
        item: ItemId,
    },
    /// A case has one commitment.
    #[error("the case has its commitment already")]
    CommittedAlready,
    /// The land was recorded before.
    #[error("the land was recorded already")]
    LandAlready,
    /// A name chosen by the service was chosen before: our own fault.
    #[error("the case was opened already")]
    OpenedAlready,
    /// A refusal that all services have alike.
    #[error(transparent)]
    Common(#[from] Refusal),
}

#[cfg(test)]
impl PartialEq for Error {
    fn eq(&self, other: &Error) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

pub(super) fn names<T: ToString>(names: &[T]) -> String {
    names.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}
