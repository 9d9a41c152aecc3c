//! Holds what happens against what the domain says, without the rules' own words.

use std::collections::{BTreeMap, BTreeSet};

use base::{BudgetId, Fen, PersonId};

use super::super::*;
use crate::lifecycle::Command;
use crate::lifecycle::budget::BudgetCommand;

/// A row of the table, as text.
pub(super) fn row((from, action, to): (State, Action, State)) -> String {
    format!("{from} {action} {to}")
}

/// What was seen so far.
#[derive(Default)]
pub(super) struct Watcher {
    filers: BTreeSet<PersonId>,
    reviewers: BTreeSet<PersonId>,
    second_reviewers: BTreeSet<PersonId>,
    held: BTreeMap<BudgetId, i64>,
    committed: i64,
    disbursements: usize,
    moves: BTreeSet<String>,
    /// A review or a waking whose end the next fact says.
    pending: Option<(State, Action)>,
}

impl Watcher {
    pub(super) fn moves(&self) -> &BTreeSet<String> {
        &self.moves
    }

    /// A fact, with the application before and after it.
    pub(super) fn see(
        &mut self,
        before: Option<&Application>,
        after: &Application,
        fact: &ApplicationFact,
    ) {
        self.see_people(fact);
        self.see_money(after, fact);
        if let Some(before) = before {
            self.see_time(before, after, fact);
            self.see_move(before, after, fact);
        }
    }

    /// Nothing is left over once a command is done.
    pub(super) fn rest(&self, application: &Application) {
        assert_eq!(self.pending, None, "a review leads somewhere");
        let held: BTreeMap<BudgetId, i64> =
            application.held.iter().map(|(line, amount)| (line.clone(), amount.0)).collect();
        let standing: BTreeMap<BudgetId, i64> = self
            .held
            .iter()
            .filter(|(_, held)| **held != 0)
            .map(|(l, h)| (l.clone(), *h))
            .collect();
        assert_eq!(held, standing, "what the budget holds is what the application says");
        let approved = application.approved.as_ref().map_or(0, |approved| approved.amount.0);
        assert_eq!(self.committed, approved, "what was approved is reserved, and nothing else");
        assert!(self.disbursements <= 2);
    }

    /// Two ends of one matter are two people.
    fn see_people(&mut self, fact: &ApplicationFact) {
        let Some(by) = &fact.by else { return };
        let who = by.person.clone();
        if matches!(fact.what, What::Reviewed { .. }) {
            assert!(!self.filers.contains(&who) && !self.second_reviewers.contains(&who));
            self.reviewers.insert(who);
        } else if matches!(fact.what, What::SecondReviewed { .. }) {
            assert!(!self.filers.contains(&who) && !self.reviewers.contains(&who));
            self.second_reviewers.insert(who);
        } else if let What::Approved(approved) = &fact.what {
            assert!(!self.filers.contains(&who) && !self.reviewers.contains(&who));
            let leader = approved.office == Office::ZoneLeader;
            assert!(!leader || !self.second_reviewers.contains(&who));
        } else if let What::ObjectionDecided { .. } = &fact.what {
            for concerned in [&self.filers, &self.reviewers, &self.second_reviewers] {
                assert!(!concerned.contains(&who));
            }
        } else if matches!(
            fact.what,
            What::Applied { .. } | What::MatchConfirmed { .. } | What::Supplemented { .. }
        ) {
            self.filers.insert(who);
        }
    }

    /// What follows in the budget never takes back more than was set aside, and reserves once.
    fn see_money(&mut self, after: &Application, fact: &ApplicationFact) {
        for (_, command) in follows(after, fact) {
            let Command::Budget(command) = &command else {
                self.disbursements += usize::from(matches!(command, Command::Disbursement(_)));
                continue;
            };
            assert!(self.take(after, command), "only these are asked of a budget: {command:?}");
        }
        if let What::Approved(approved) = &fact.what {
            assert!(approved.amount <= after.computed && Fen::ZERO < approved.amount);
            let noticed = after.notice_before().is_none()
                || after.notice.as_ref().is_some_and(|notice| {
                    notice.due.at <= fact.at && approved.amount <= notice.amount
                });
            assert!(noticed, "never before the end of its notice");
            assert!(after.objections.iter().all(|objection| !objection.is_open()));
        }
    }

    fn take(&mut self, after: &Application, command: &BudgetCommand) -> bool {
        let lines: Vec<BudgetId> = after
            .approved
            .iter()
            .flat_map(|approved| &approved.shares)
            .map(|share| share.budget.clone())
            .collect();
        if let BudgetCommand::Hold { amount, .. } = command {
            assert!(Fen::ZERO < *amount);
            let line = after.held.iter().find(|(line, held)| {
                held == amount && self.held.get(line).copied().unwrap_or(0) == 0
            });
            let (line, _) = line.expect("a line that the application holds");
            self.held.insert(line.clone(), amount.0);
            return true;
        }
        if let BudgetCommand::Release { amount, .. } = command {
            let line =
                self.held.iter().find(|(_, held)| **held == amount.0).map(|(l, _)| l.clone());
            self.held.remove(&line.expect("it was set aside"));
            return true;
        }
        if let BudgetCommand::Commit { held, amount, .. } = command {
            assert_eq!(held, amount, "what was set aside is what is reserved");
            let line = lines.iter().find(|line| self.held.get(line) == Some(&held.0));
            self.held.remove(line.expect("it was set aside"));
            self.committed += amount.0;
            return true;
        }
        false
    }

    /// Time never runs back, and a notice is never shortened.
    fn see_time(&self, before: &Application, after: &Application, fact: &ApplicationFact) {
        assert!(before.changed_at <= after.changed_at);
        assert!(fact.what.is_a_note() || before.changed_at <= fact.at);
        if let (Some(old), Some(new)) = (&before.notice, &after.notice) {
            assert!(old.due.at <= new.due.at, "never shortened");
        }
        if let Some(ended) = after.notice.as_ref().and_then(|notice| notice.ended_at) {
            assert!(after.notice.as_ref().is_some_and(|notice| notice.due.at <= ended));
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts end nothing that is pending"
    )]
    fn see_move(&mut self, before: &Application, after: &Application, fact: &ApplicationFact) {
        let from = before.state;
        match &fact.what {
            What::SecondReviewed { .. } => {
                self.pending = Some((from, Action::SecondReview));
                return;
            }
            What::Dequeued => {
                self.pending = Some((from, Action::Dequeue));
                return;
            }
            What::Approved(_) => {
                if let Some((from, action)) = self.pending.take() {
                    self.moves.insert(row((from, action, before.state)));
                }
                self.moves.insert(row((before.state, Action::Approve, after.state)));
                return;
            }
            What::PutOnNotice { .. } | What::Queued { .. } | What::ApprovalAwaited { .. } => {
                let (from, action) = self.pending.take().expect("a review or a waking");
                self.moves.insert(row((from, action, after.state)));
                return;
            }
            _ => {}
        }
        match action_of(&fact.what) {
            Some(action) => {
                self.moves.insert(row((from, action, after.state)));
            }
            None => assert_eq!(from, after.state, "{:?} is no move", fact.what),
        }
    }
}

/// Which action a fact is, if it is one.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other facts are no moves")]
fn action_of(what: &What) -> Option<Action> {
    Some(match what {
        What::MatchConfirmed { .. } => Action::ConfirmMatch,
        What::SupplementAsked { .. } => Action::ReturnForSupplement,
        What::Supplemented { .. } => Action::Supplement,
        What::Accepted { .. } => Action::Accept,
        What::ChecksPassed { .. } => Action::PassChecks,
        What::Refused { action, .. } => *action,
        What::Reviewed { .. } => Action::Review,
        What::NoticeStarted { .. } => Action::StartNotice,
        What::NoticeEnded { .. } => Action::EndNotice,
        What::ObjectionRaised(_) => Action::RaiseObjection,
        What::ObjectionDecided { .. } => Action::DecideObjection,
        What::AccountConfirmed { .. } => Action::ConfirmAccount,
        What::Withdrawn { .. } => Action::Withdraw,
        What::Lapsed { .. } => Action::Lapse,
        What::Redirected { .. } => Action::Redirect,
        What::Sampled { .. } => Action::Sample,
        _ => return None,
    })
}
