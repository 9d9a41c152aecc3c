//! The course of a case as a whole: opened, mandated, started, suspended, handed over, delivered,
//! followed up, archived.

use base::{DepartmentId, ItemId, PersonId, Role};
use calendar::{Limit, Moment};

use super::alarm::Alarm;
use super::case::Opening;
use super::command::{CaseAsk, Command};
use super::draft::Draft;
use super::fact::{Fact, What};
use super::item::ItemState;
use super::limits::{
    ARCHIVED_AFTER, FOLLOW_UP_WITHIN, HAND_OVER_WITHIN, MANDATE_WITHIN, START_WITHIN,
    SUBMIT_WITHIN, SUPPLY_WITHIN, SUSPENDED_WITHIN, Wait, date,
};
use super::mandate::{Act, Mandate, MandateEnd, Scope};
use super::sight::Viewer;
use super::tables::check;
use super::{Action, State};
use crate::error::Error;

/// What a command does where there is no case yet.
pub(super) fn begin(command: &Command, moment: Moment<'_>) -> Result<Vec<Fact>, Error> {
    match command {
        Command::Open { id, by, opening } => {
            let own = by.person.is(Role::Agent) && *by.person.human() == opening.agent;
            if !own {
                return Err(Error::NotTheirs);
            }
            let (id, opening) = (*id, Box::new(Opening::clone(opening)));
            let wait = Wait::starting(moment, MANDATE_WITHIN);
            Ok(vec![Fact { at: moment.now, what: What::Opened { id, opening, wait } }])
        }
        // What is not here cannot be waited for: it is not an error, it is not ours.
        Command::Hear(_)
        | Command::Recount
        | Command::Ring(_)
        | Command::Succeed { .. }
        | Command::AgentActs { .. } => Ok(Vec::new()),
        Command::Case { .. } | Command::Item { .. } => {
            Err(Error::CaseNotFound { case: String::new() })
        }
    }
}

/// 签署委托书: by the enterprise alone; nobody signs for it. One signed later takes the place of
/// the one before 续办.
pub(super) fn sign_mandate(draft: &mut Draft<'_>, by: &Viewer, ask: &CaseAsk) -> Result<(), Error> {
    let CaseAsk::SignMandate { scope, document_sha256, may_pass_on, expires_at } = ask else {
        return Ok(());
    };
    let case = &draft.case;
    of_enterprise(draft, by)?;
    check(case.state, Action::SignMandate)?;
    if *expires_at <= draft.moment.now {
        return Err(Error::MandateExpired);
    }
    fits(draft, scope)?;
    let mandate = Box::new(Mandate {
        agent: case.agent.clone(),
        scope: scope.clone(),
        signatory: by.person.human().clone(),
        document_sha256: document_sha256.clone(),
        may_pass_on: *may_pass_on,
        expires: date(*expires_at, draft.moment),
        signed_at: draft.moment.now,
    });
    let before_start = matches!(case.state, State::Consulting | State::Mandated);
    let wait = before_start.then(|| Wait::starting(draft.moment, START_WITHIN));
    draft.happen(What::MandateSigned { mandate, wait });
    Ok(())
}

/// A mandate covers some act of some item, and none that the procedure leaves to the enterprise.
fn fits(draft: &Draft<'_>, scope: &Scope) -> Result<(), Error> {
    if scope.values().all(|acts| acts.is_empty()) {
        return Err(Error::ScopeEmpty);
    }
    for (item, acts) in scope {
        let matter = draft.case.procedure().matter(item);
        if !matter.is_some_and(|matter| acts.is_subset(&matter.acts)) {
            return Err(Error::ScopeUnfit { item: item.clone() });
        }
    }
    Ok(())
}

/// 撤销委托: by the enterprise.
pub(super) fn revoke_mandate(
    draft: &mut Draft<'_>,
    by: &Viewer,
    reason: &str,
) -> Result<(), Error> {
    of_enterprise(draft, by)?;
    check(draft.case.state, Action::EndMandate)?;
    if draft.case.mandate.is_none() {
        return Err(Error::MandateMissing);
    }
    end_mandate(draft, MandateEnd::Revoked, reason);
    Ok(())
}

/// The mandate ends: before the start the case waits for another one.
pub(super) fn end_mandate(draft: &mut Draft<'_>, end: MandateEnd, reason: &str) {
    let mandated = draft.case.state == State::Mandated;
    let wait = mandated.then(|| Wait::starting(draft.moment, MANDATE_WITHIN));
    draft.happen(What::MandateEnded { end, reason: reason.to_owned(), wait });
}

/// 启动: everything that waits for nothing is ready at once.
pub(super) fn start(draft: &mut Draft<'_>, by: &Viewer) -> Result<(), Error> {
    stands(draft, by, Action::Start)?;
    draft.happen(What::Started);
    Ok(())
}

/// 中止: nothing more is submitted; what departments have goes on.
pub(super) fn suspend(draft: &mut Draft<'_>, by: &Viewer, reason: &str) -> Result<(), Error> {
    stands(draft, by, Action::Suspend)?;
    let wait = Wait::starting(draft.moment, SUSPENDED_WITHIN);
    draft.happen(What::Suspended { reason: reason.to_owned(), wait });
    Ok(())
}

/// 续办: by the enterprise, or by its agent with a live mandate.
pub(super) fn resume(draft: &mut Draft<'_>, by: &Viewer) -> Result<(), Error> {
    stands(draft, by, Action::Resume)?;
    draft.happen(What::Resumed { by_itself: false });
    wait_anew(draft);
    Ok(())
}

/// Who applies has all their time again, once the case goes on.
pub(super) fn wait_anew(draft: &mut Draft<'_>) {
    let waiting: Vec<(ItemId, Limit)> = draft
        .case
        .items
        .iter()
        .filter(|(_, item)| item.state.is_the_applicants())
        .map(|(id, item)| {
            let ready = item.state == ItemState::Ready;
            (id.clone(), if ready { SUBMIT_WITHIN } else { SUPPLY_WITHIN })
        })
        .collect();
    for (item, limit) in waiting {
        let wait = Wait::starting(draft.moment, limit);
        draft.happen(What::DueChanged { alarm: Alarm::Item(item), wait });
    }
}

/// 交接: by the agent or by the dispatcher, to nobody who has decided an item. The mandate goes along
/// if it may be passed on; else it ends, and the enterprise signs another.
pub(super) fn hand_over(
    draft: &mut Draft<'_>,
    by: &Viewer,
    to: &PersonId,
    reason: &str,
) -> Result<(), Error> {
    if !by.is_agent_of(&draft.case) && !by.person.is(Role::Dispatcher) {
        return Err(Error::NotTheirs);
    }
    check(draft.case.state, Action::HandOver)?;
    if *to == draft.case.agent {
        return Err(Error::AgentAlready);
    }
    if draft.case.deciders.contains(to) {
        return Err(Error::AgentDecided { agent: to.clone() });
    }
    if draft.case.mandate.as_ref().is_some_and(|mandate| !mandate.may_pass_on) {
        end_mandate(draft, MandateEnd::HandedOver, reason);
    }
    draft.happen(What::AgentChanged { agent: to.clone(), reason: reason.to_owned() });
    Ok(())
}

/// 终止: by the agent, the enterprise or the dispatcher. It ends the agent's acts alone: what runs
/// runs on, and the rest is the enterprise's again. A case that has not started is over.
pub(super) fn terminate(draft: &mut Draft<'_>, by: &Viewer, reason: &str) -> Result<(), Error> {
    if !by.is_of_its_side(&draft.case) && !by.person.is(Role::Dispatcher) {
        return Err(Error::NotTheirs);
    }
    check(draft.case.state, Action::Terminate)?;
    let runs = matches!(draft.case.state, State::Running | State::Suspended);
    if runs && draft.case.mandate.is_none() {
        return Err(Error::MandateMissing);
    }
    if runs {
        end_mandate(draft, MandateEnd::Terminated, reason);
    }
    let suspended = draft.case.state == State::Suspended;
    draft.happen(What::Terminated { reason: reason.to_owned() });
    if suspended {
        wait_anew(draft);
    }
    Ok(())
}

/// 送达: nothing is open any more. By the enterprise, or by its agent who may collect what there is.
pub(super) fn deliver(draft: &mut Draft<'_>, by: &Viewer) -> Result<(), Error> {
    stands(draft, by, Action::Deliver)?;
    let (case, now) = (&draft.case, draft.moment.now);
    let open = case.open_items();
    if !open.is_empty() {
        return Err(Error::ItemsOpen { items: open });
    }
    let (issued, without): (Vec<_>, Vec<_>) =
        case.all_items().partition(|(item, _)| item.state == ItemState::Issued);
    for (_, matter) in &issued {
        by.applies(case, &matter.item, Act::Collect, now)?;
    }
    let without = without.into_iter().map(|(_, matter)| matter.item.clone()).collect();
    let wait = Wait::starting(draft.moment, FOLLOW_UP_WITHIN);
    draft.happen(What::Delivered { without, wait });
    Ok(())
}

/// 回访: by a dispatcher who was never its agent, and has decided none of its items.
pub(super) fn follow_up(draft: &mut Draft<'_>, by: &Viewer, note: &str) -> Result<(), Error> {
    if !by.person.is(Role::Dispatcher) {
        return Err(Error::NotTheirs);
    }
    check(draft.case.state, Action::FollowUp)?;
    if by.was_agent_of(&draft.case) || by.has_decided(&draft.case) {
        return Err(Error::CallerConcerned);
    }
    let wait = Wait::starting(draft.moment, ARCHIVED_AFTER);
    draft.happen(What::FollowedUp { note: note.to_owned(), wait });
    Ok(())
}

/// 归档: by the agent or the dispatcher; by itself after a while.
pub(super) fn archive(draft: &mut Draft<'_>, by: &Viewer) -> Result<(), Error> {
    if !by.is_agent_of(&draft.case) && !by.person.is(Role::Dispatcher) {
        return Err(Error::NotTheirs);
    }
    check(draft.case.state, Action::Archive)?;
    draft.happen(What::Archived { by_itself: false });
    Ok(())
}

/// Who is agent of a case may be none any more: the mandate stays, for it may be passed on, and
/// another agent is awaited. Where the enterprise goes on alone, nobody is.
pub(super) fn agent_acts(draft: &mut Draft<'_>, agent: &PersonId, acts: bool) {
    let case = &draft.case;
    let action = if acts { Action::RegainAgent } else { Action::LoseAgent };
    if *agent != case.agent || check(case.state, action).is_err() {
        return;
    }
    if acts && case.hand_over.is_some() {
        draft.happen(What::AgentReturned);
    } else if !acts && case.hand_over.is_none() && case.needs_agent() {
        let wait = Wait::starting(draft.moment, HAND_OVER_WITHIN);
        draft.happen(What::AgentLeft { wait });
    }
}

/// A department's items go to its successor.
pub(super) fn succeed(draft: &mut Draft<'_>, department: &DepartmentId, successor: &DepartmentId) {
    let has = draft.case.items.values().any(|item| item.department == *department);
    if has && draft.case.state != State::Archived {
        let (department, successor) = (department.clone(), successor.clone());
        draft.happen(What::DepartmentSucceeded { department, successor });
    }
}

/// For the enterprise itself.
pub(super) fn of_enterprise(draft: &Draft<'_>, by: &Viewer) -> Result<(), Error> {
    if by.is_enterprise(&draft.case.opening.enterprise) { Ok(()) } else { Err(Error::NotTheirs) }
}

/// For the enterprise or its agent: who it is comes before the state, the mandate after it.
pub(super) fn stands(draft: &Draft<'_>, by: &Viewer, action: Action) -> Result<(), Error> {
    if !by.is_of_its_side(&draft.case) {
        return Err(Error::NotTheirs);
    }
    check(draft.case.state, action)?;
    by.stands_for(&draft.case, draft.moment.now)
}
