//! What is decided of a policy, and what it is after that.

use base::DepartmentId;
use calendar::{Calendar, Moment};
use jiff::{Timestamp, ToSpan as _};

use super::check::check;
use super::flaw::{Flaw, FlawKind};
use super::standing::{
    Edition, Policy, PolicyAlarm, PolicyAsk, PolicyCommand, PolicyFact, PolicyWhat,
};
use super::tables::{Action, State, allowed, step};
use super::version::{PolicyVersion, Terms, Validity};
use crate::error::PolicyError;
use crate::lifecycle::application::ApplicationCommand;
use crate::lifecycle::budget::{BudgetCommand, Opening, budget_id};
use crate::lifecycle::{By, Command, ThingId};

/// Decides a command: what happens, or why not. First the end of its validity, whether its alarm has
/// rung or not. Refusals come in the order exists, may, state, limits.
pub fn decide(
    before: Option<&Policy>,
    command: &PolicyCommand,
    moment: Moment<'_>,
) -> Result<Vec<PolicyFact>, PolicyError> {
    let Some(policy) = before else { return begin(command, moment) };
    let now = moment.now.max(policy.changed_at);
    match command {
        PolicyCommand::Ring { alarm: PolicyAlarm::Expire, due_at, matched } => {
            let rung = policy.expires_at() == Some(*due_at) && *due_at <= now;
            let matched = matched.clone();
            let expired = PolicyFact { at: now, by: None, what: PolicyWhat::Expired { matched } };
            Ok(if rung { vec![expired] } else { Vec::new() })
        }
        PolicyCommand::Ask { by, department, ask } => {
            if department != policy.department() {
                return Err(PolicyError::NotOwner { owner: policy.department().clone() });
            }
            let mut policy = policy.clone();
            if policy.expires_at().is_some_and(|at| at <= now) {
                policy.standing.state = step(policy.standing.state, Action::Expire)?;
            }
            let what = asked(&policy, ask, Moment { now, ..moment })?;
            Ok(vec![PolicyFact { at: now, by: Some(by.clone()), what }])
        }
    }
}

/// The first word about a policy: its draft.
fn begin(command: &PolicyCommand, moment: Moment<'_>) -> Result<Vec<PolicyFact>, PolicyError> {
    let PolicyCommand::Ask { by, department, ask: PolicyAsk::Draft { policy, terms } } = command
    else {
        return Err(PolicyError::NotFound { policy: String::new() });
    };
    owned(department, terms)?;
    let version = PolicyVersion { policy: policy.clone(), number: 1, terms: (**terms).clone() };
    let what = PolicyWhat::Drafted { version: Box::new(version) };
    Ok(vec![PolicyFact { at: moment.now, by: Some(by.clone()), what }])
}

/// Whoever drafts a policy drafts it for their own department.
fn owned(department: &DepartmentId, terms: &Terms) -> Result<(), PolicyError> {
    if terms.department == *department {
        return Ok(());
    }
    Err(PolicyError::NotOwner { owner: terms.department.clone() })
}

fn asked(policy: &Policy, ask: &PolicyAsk, moment: Moment<'_>) -> Result<PolicyWhat, PolicyError> {
    match ask {
        PolicyAsk::Draft { terms, .. } => {
            owned(policy.department(), terms)?;
            let version = PolicyVersion {
                policy: policy.id.clone(),
                number: policy.drafted_number()?,
                terms: (**terms).clone(),
            };
            Ok(PolicyWhat::Drafted { version: Box::new(version) })
        }
        PolicyAsk::File { departments } => {
            let edition = policy.edition_for(Action::File)?;
            let flaws = check(&policy.id, &edition.version.terms, departments);
            if !flaws.is_empty() {
                return Err(PolicyError::Flawed { flaws });
            }
            Ok(PolicyWhat::Filed { number: edition.version.number })
        }
        PolicyAsk::Publish => publish(policy, moment),
        PolicyAsk::Open => {
            let edition = policy.edition_for(Action::Open)?;
            in_time(edition.version.terms.validity, moment)?;
            Ok(PolicyWhat::Opened { number: edition.version.number })
        }
        PolicyAsk::Close { reason, matched } => {
            step(policy.state(), Action::Close)?;
            Ok(PolicyWhat::Closed { reason: reason.clone(), matched: matched.clone() })
        }
        PolicyAsk::Repeal { reason, matched } => {
            step(policy.state(), Action::Repeal)?;
            Ok(PolicyWhat::Repealed { reason: reason.clone(), matched: matched.clone() })
        }
    }
}

/// Everybody may read it; the budget lines that no version has opened yet are opened.
fn publish(policy: &Policy, moment: Moment<'_>) -> Result<PolicyWhat, PolicyError> {
    let edition = policy.edition_for(Action::Publish)?;
    let terms = &edition.version.terms;
    in_time(terms.validity, moment)?;
    let new = |line: &&super::Allotment| !policy.lines.contains(&(line.year, line.payer.clone()));
    Ok(PolicyWhat::Published {
        number: edition.version.number,
        expires_at: expiry(terms.validity, moment.calendar)?,
        budgets: terms.budgets.iter().filter(new).cloned().collect(),
    })
}

/// M13: what has ended is neither published nor opened any more.
fn in_time(validity: Validity, moment: Moment<'_>) -> Result<(), PolicyError> {
    if expiry(validity, moment.calendar)? <= moment.now {
        return Err(PolicyError::OutsideValidity { validity });
    }
    Ok(())
}

/// The first instant after the last day, by the zone's clock.
fn expiry(validity: Validity, calendar: &Calendar) -> Result<Timestamp, PolicyError> {
    let after = validity.until.checked_add(1.day()).ok();
    let after = after.and_then(|date| date.to_zoned(calendar.zone().clone()).ok());
    after.map(|zoned| zoned.timestamp()).ok_or_else(|| {
        let text = "有效期的最后一天不在可计算的范围内。";
        PolicyError::Flawed { flaws: vec![Flaw::new(FlawKind::ValidityInvalid, "validity", text)] }
    })
}

impl Policy {
    /// When the version that stands expires, while it can.
    fn expires_at(&self) -> Option<Timestamp> {
        let can = allowed(self.standing.state).contains(&Action::Expire);
        self.standing.expires_at.filter(|_| can)
    }

    /// The version that takes an action: the one that is being prepared, else the one that stands.
    fn edition_for(&self, action: Action) -> Result<&Edition, PolicyError> {
        let takes = |edition: &&Edition| allowed(edition.state).contains(&action);
        let next = self.next.as_ref().filter(takes);
        next.or(Some(&self.standing).filter(takes))
            .ok_or_else(|| PolicyError::StateForbids { state: self.newest().state, action })
    }

    /// The number of the version that a draft makes: that of the one that may still be changed, or the
    /// next. A policy that was repealed is drafted no more.
    fn drafted_number(&self) -> Result<i32, PolicyError> {
        let newest = self.newest();
        match newest.state {
            State::Draft | State::Filed => Ok(newest.version.number),
            State::Published | State::Open | State::Closed | State::Expired => {
                Ok(newest.version.number + 1)
            }
            State::Repealed => {
                Err(PolicyError::StateForbids { state: newest.state, action: Action::Draft })
            }
        }
    }
}

impl Edition {
    fn drafted(version: PolicyVersion, by: By, at: Timestamp) -> Edition {
        Edition {
            state: State::Draft,
            version,
            drafted_by: by,
            drafted_at: at,
            filed_at: None,
            published_at: None,
            opened_at: None,
            ended_at: None,
            end_reason: String::new(),
            expires_at: None,
        }
    }

    fn end(&mut self, state: State, at: Timestamp, reason: &str) {
        self.state = state;
        self.ended_at = Some(at);
        reason.clone_into(&mut self.end_reason);
    }
}

/// The policy after a fact. Folding all its facts gives the policy.
pub fn apply(before: Option<Policy>, fact: &PolicyFact) -> Option<Policy> {
    let PolicyFact { at, by, what } = fact;
    if let PolicyWhat::Drafted { version } = what {
        let edition = Edition::drafted((**version).clone(), by.clone()?, *at);
        return Some(drafted(before, edition));
    }
    let mut policy = before?;
    policy.changed_at = *at;
    match what {
        PolicyWhat::Drafted { .. } => {}
        PolicyWhat::Filed { number } => {
            let edition = policy.edition_mut(*number);
            edition.state = State::Filed;
            edition.filed_at = Some(*at);
        }
        PolicyWhat::Published { number, expires_at, budgets } => {
            let edition = policy.edition_mut(*number);
            edition.state = State::Published;
            edition.published_at = Some(*at);
            edition.expires_at = Some(*expires_at);
            policy.lines.extend(budgets.iter().map(|line| (line.year, line.payer.clone())));
        }
        PolicyWhat::Opened { number } => {
            policy.stand(*number);
            policy.standing.state = State::Open;
            policy.standing.opened_at.get_or_insert(*at);
            policy.standing.ended_at = None;
            policy.standing.end_reason.clear();
        }
        PolicyWhat::Closed { reason, .. } => policy.standing.end(State::Closed, *at, reason),
        PolicyWhat::Expired { .. } => policy.standing.end(State::Expired, *at, ""),
        PolicyWhat::Repealed { reason, .. } => {
            policy.standing.end(State::Repealed, *at, reason);
            policy.next = None;
        }
    }
    Some(policy)
}

fn drafted(before: Option<Policy>, edition: Edition) -> Policy {
    let at = edition.drafted_at;
    let Some(mut policy) = before else {
        return Policy {
            id: edition.version.policy.clone(),
            standing: edition,
            next: None,
            lines: std::collections::BTreeSet::new(),
            changed_at: at,
        };
    };
    policy.changed_at = at;
    if edition.version.number == policy.standing.version.number {
        policy.standing = edition;
    } else {
        policy.next = Some(edition);
    }
    policy
}

impl Policy {
    /// The version of a number: there are two at most.
    fn edition_mut(&mut self, number: i32) -> &mut Edition {
        match &mut self.next {
            Some(next) if next.version.number == number => next,
            Some(_) | None => &mut self.standing,
        }
    }

    /// The version of a number stands from now on.
    fn stand(&mut self, number: i32) {
        if self.next.as_ref().is_some_and(|next| next.version.number == number)
            && let Some(next) = self.next.take()
        {
            self.standing = next;
        }
    }
}

/// The alarm of a policy, by the word by which it is rung: the end of its validity.
pub fn alarms(policy: &Policy) -> Vec<(String, Timestamp)> {
    let expires_at = policy.expires_at();
    expires_at.map(|at| (PolicyAlarm::Expire.to_string(), at)).into_iter().collect()
}

/// What a fact makes of other things, in the same unit: its budget lines are opened, and what waited
/// for its enterprise's will lapses with it.
pub fn follows(policy: &Policy, fact: &PolicyFact) -> Vec<(ThingId, Command)> {
    match &fact.what {
        PolicyWhat::Published { number, budgets, .. } => {
            let edition = policy.next.as_ref().filter(|next| next.version.number == *number);
            let terms = &edition.unwrap_or(&policy.standing).version.terms;
            let Some(by) = &fact.by else { return Vec::new() };
            let open = |line: &super::Allotment| {
                // Its name was checked when the version was filed.
                let id = budget_id(&policy.id, line.year, &line.payer).ok()?;
                let opening = Opening {
                    id: id.clone(),
                    policy: policy.id.clone(),
                    year: line.year,
                    payer: line.payer.clone(),
                    amount: line.amount,
                    document: terms.basis.number.clone(),
                    by: by.clone(),
                };
                Some((ThingId::Budget(id), Command::Budget(BudgetCommand::Open(opening))))
            };
            budgets.iter().filter_map(open).collect()
        }
        PolicyWhat::Closed { matched, .. }
        | PolicyWhat::Expired { matched }
        | PolicyWhat::Repealed { matched, .. } => {
            let lapse = |id: &base::ApplicationId| {
                (ThingId::Application(*id), Command::Application(ApplicationCommand::PolicyEnded))
            };
            matched.iter().map(lapse).collect()
        }
        PolicyWhat::Drafted { .. } | PolicyWhat::Filed { .. } | PolicyWhat::Opened { .. } => {
            Vec::new()
        }
    }
}
