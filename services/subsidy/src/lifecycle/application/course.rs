//! What happens beside the decisions: who has the work, what is told, samples.

use std::sync::Arc;

use base::DepartmentId;

use super::alarm::{Alarm, lapse};
use super::draft::Draft;
use super::fact::{ApplicationFact, LapseCause, What};
use super::kept::Application;
use super::limits::Owner;
use super::sampling::Draw;
use super::tables::{Action, State, check};
use super::work::Purpose;
use crate::error::ApplicationError;

/// The policy takes no more: what waits for the enterprise's will lapses.
pub(super) fn policy_ended(draft: &mut Draft<'_>) {
    if draft.application.state == State::Matched {
        lapse(draft, LapseCause::PolicyEnded);
    }
}

/// 改派: after the department said that it is not its work; to another one.
pub(super) fn redirect(
    draft: &mut Draft<'_>,
    (to, reason): (&DepartmentId, &str),
) -> Result<(), ApplicationError> {
    check(draft.application.state, Action::Redirect)?;
    let order = draft.application.order.as_ref().filter(|order| order.declined);
    let Some(order) = order.cloned() else {
        return Err(ApplicationError::NotDeclined);
    };
    if draft.application.department_for(order.purpose) == to {
        return Err(ApplicationError::DepartmentDeclined { department: to.clone() });
    }
    if reason.trim().is_empty() {
        return Err(ApplicationError::ReasonMissing);
    }
    let (department, reason) = (to.clone(), reason.to_owned());
    draft.happen(What::Redirected { department, reason, order: order.id });
    Ok(())
}

/// A department is dissolved: its successor has the work from now on. Which payer's money was set
/// aside or approved does not change with it.
pub(super) fn succeed(draft: &mut Draft<'_>, department: &DepartmentId, successor: &DepartmentId) {
    let application = &draft.application;
    let concerned = [&application.department, &application.second_department];
    if !application.state.is_final() && concerned.contains(&department) {
        let (department, successor) = (department.clone(), successor.clone());
        draft.happen(What::DepartmentSucceeded { department, successor });
    }
}

/// 抽样: what was drawn is recorded with each that was chosen. The same draw again is nothing new.
pub(super) fn sample(
    draft: &mut Draft<'_>,
    draw: &Arc<Draw>,
    spreads: bool,
) -> Result<(), ApplicationError> {
    check(draft.application.state, Action::Sample)?;
    let chosen = draw.chosen.contains(&draft.application.id.to_string());
    if !chosen || draw.seed.trim().is_empty() || !draw.fits() {
        return Err(ApplicationError::SampleUnfit);
    }
    if !draft.application.draws.contains(draw) {
        draft.happen(What::Sampled { draw: Arc::clone(draw), spreads });
    }
    Ok(())
}

impl Application {
    #[expect(clippy::wildcard_enum_match_arm, reason = "`take_in` names the facts of each part")]
    pub(super) fn take_course(&mut self, fact: &ApplicationFact) {
        match &fact.what {
            What::WorkDeclined { .. } => {
                if let Some(order) = &mut self.order {
                    order.declined = true;
                }
            }
            What::Redirected { department, .. } => self.is_redirected(department),
            What::Progressed { progress } => self.progress = Some(progress.clone()),
            What::LimitMissed { alarm, rings_at, .. } => {
                if let Some(wait) = self.wait_of(*alarm) {
                    wait.told_times += 1;
                    wait.rings_at = rings_at.unwrap_or(wait.rings_at);
                } else if let Some(promised) = &mut self.promised {
                    promised.missed = true;
                }
            }
            What::DueChanged { alarm, wait: new } => {
                if let Some(wait) = self.wait_of(*alarm) {
                    *wait = *new;
                }
            }
            What::PromiseChanged { promised } => self.promised = Some(promised.clone()),
            What::NoticeChanged { notice } => {
                self.notice = Some((**notice).clone());
                if let Some(wait) = self.wait.as_mut().filter(|wait| wait.owner == Owner::System) {
                    (wait.due, wait.rings_at) = (notice.due, notice.due.at);
                }
            }
            What::DepartmentSucceeded { department, successor } => {
                for own in [&mut self.department, &mut self.second_department] {
                    if own == department {
                        own.clone_from(successor);
                    }
                }
            }
            _ => {}
        }
    }

    fn is_redirected(&mut self, department: &DepartmentId) {
        let Some(order) = &mut self.order else { return };
        order.declined = false;
        match order.purpose {
            Purpose::Review => self.department.clone_from(department),
            Purpose::SecondReview => self.second_department.clone_from(department),
        }
    }

    /// What is awaited under an alarm, if it is a wait: the promise and the notice are none.
    fn wait_of(&mut self, alarm: Alarm) -> Option<&mut super::limits::Wait> {
        match alarm {
            Alarm::State => self.wait.as_mut(),
            Alarm::Objection(number) => {
                let mut objections = self.objections.iter_mut();
                objections.find(|objection| objection.number == number).map(|of| &mut of.wait)
            }
            Alarm::Promise | Alarm::Notice => None,
        }
    }
}
