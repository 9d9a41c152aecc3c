//! What a command names beyond its case, which the rules do not know: an agent, a department, the
//! number of a certificate. All of it is looked at in the unit that decides.

use base::{DepartmentId, PersonId, Role};
use calendar::Moment;
use journal::Unit;
use runtime::{Known, Refusal};

use crate::error::Error;
use crate::lifecycle::{Case, CaseAsk, Command, ItemAsk, decide};
use crate::store::take_certificate;

/// The command, where there is whom and what it names. Whoever may not know of the case, or not
/// decide its item, is refused by the rules and learns nothing here.
pub(super) async fn resolved(
    unit: &mut Unit,
    known: &Known,
    case: &Case,
    mut command: Command,
) -> Result<Command, Error> {
    if names_what_may_be_unfit(&command) {
        let calendar = known.calendar(unit.tx()).await?;
        let moment = Moment { now: unit.now(), calendar: &calendar };
        decide(Some(case), &command, moment)?;
    }
    match &mut command {
        Command::Case { ask: CaseAsk::HandOver { to, .. }, .. } => {
            *to = agent(unit, known, to).await?;
        }
        Command::Case { ask: CaseAsk::SignMandate { .. }, .. } => {
            if !known.holds_kept(unit.tx(), &case.agent, Role::Agent).await? {
                return Err(Error::AgentUnfit { agent: case.agent.clone() });
            }
        }
        Command::Item { by, ask: ItemAsk::Redirect { to, .. }, .. } if by.sees(case) => {
            lasts(unit, known, to).await?;
        }
        Command::Item {
            ask: ItemAsk::Issue { certificate } | ItemAsk::Convert { certificate },
            ..
        } => {
            if !is_free(unit, case, certificate).await? {
                return Err(Error::CertificateUsed { number: certificate.clone() });
            }
        }
        Command::Open { .. }
        | Command::Case { .. }
        | Command::Item { .. }
        | Command::AgentActs { .. }
        | Command::Succeed { .. }
        | Command::Hear(_)
        | Command::Recount
        | Command::Ring(_) => {}
    }
    Ok(command)
}

/// Whether a command names somebody who may not be fit, or a number that may be taken. Who asks and
/// how the case stands comes first; but whether there is what is named, before.
fn names_what_may_be_unfit(command: &Command) -> bool {
    matches!(
        command,
        Command::Case { ask: CaseAsk::HandOver { .. } | CaseAsk::SignMandate { .. }, .. }
            | Command::Item { ask: ItemAsk::Issue { .. } | ItemAsk::Convert { .. }, .. }
    )
}

/// The person who is meant, if that is an active agent, and stays one until this unit ends.
async fn agent(unit: &Unit, known: &Known, account: &PersonId) -> Result<PersonId, Error> {
    let found = known.person_kept(unit.tx(), account).await?;
    let fit = found.filter(|person| person.is(Role::Agent));
    let agent = fit.map(|person| person.human().clone());
    agent.ok_or_else(|| Error::AgentUnfit { agent: account.clone() })
}

/// Whether a number of a certificate is the case's: it takes it if it is nobody's.
async fn is_free(unit: &Unit, case: &Case, certificate: &str) -> Result<bool, Error> {
    let taken = take_certificate(unit.tx(), &case.id, certificate).await;
    Ok(taken.map_err(Refusal::from)?)
}

/// Whether there is a department, and nobody has taken its place.
async fn lasts(unit: &Unit, known: &Known, department: &DepartmentId) -> Result<(), Error> {
    let found = known.department_kept(unit.tx(), department).await?;
    let lasting = found.filter(|department| department.successor.is_empty());
    let unknown = || Error::DepartmentNotFound { department: department.clone() };
    lasting.map(drop).ok_or_else(unknown)
}
