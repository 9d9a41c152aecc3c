//! A clawback 追缴: money that was paid is claimed back, after the enterprise has had its say.

use base::{DisbursementId, Fen, PersonId};
use calendar::{Due, Limit};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::fact::What;
use super::limits::{
    BAR_YEARS, INSTALMENTS_MAX, RECEIPT_AFTER, STATEMENT_DAYS_MAX, STATEMENT_DAYS_MIN, Wait,
};
use super::people::people_of;
use super::tables::{Action, State, check};
use crate::error::DisbursementError;
use crate::lifecycle::By;

/// What the enterprise is told: how much is claimed, on what basis, and what it can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClawbackOpening {
    /// How much is claimed back, in fen; at most what was paid.
    pub amount: Fen,
    /// The facts and the legal basis.
    pub basis: String,
    /// What the enterprise can do: state its case, ask for review, sue.
    pub remedy: String,
    /// Whether the enterprise deceived 骗补: then it may be barred.
    pub fraud: bool,
    /// How long it may state its case, in working days.
    pub statement_days: u32,
}

/// A clawback, from its notice to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clawback {
    /// What the enterprise was told.
    pub opening: ClawbackOpening,
    /// Who opened it.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: Timestamp,
    /// Until when the enterprise may state its case. Never shortened.
    pub statement_until: Due,
    /// What was decided last, once it is.
    pub decided: Option<Decided>,
    /// What was paid back, or kept from later payments, so far.
    pub repayments: Vec<Repayment>,
}

/// What is decided of a clawback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClawbackDecision {
    /// The number of the written decision 决定书文号.
    pub document: String,
    /// What the enterprise stated; empty if it said nothing.
    pub statement: String,
    /// The reasons.
    pub reason: String,
    /// How it is paid back, if it is.
    pub way: Way,
    /// Whether the enterprise is barred for three years: only for fraud.
    pub bar: bool,
}

/// How what is claimed is paid back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Way {
    /// Not at all: the claim is dropped.
    Dropped,
    /// At once, until an instant.
    AtOnce {
        /// Until when.
        until: Timestamp,
    },
    /// In instalments 分期.
    Instalments(Vec<Instalment>),
    /// Later payments to the enterprise are kept 抵扣.
    Offset {
        /// Until when, then somebody looks at it again.
        until: Timestamp,
    },
    /// Another body recovers it 移送.
    Referred {
        /// Which.
        to: String,
    },
}

/// A part of a repayment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// Until when.
    pub until: Timestamp,
    /// How much, in fen.
    pub amount: Fen,
}

/// A decision, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What was decided.
    pub decision: ClawbackDecision,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The bar, if there is one.
    pub bar: Option<Bar>,
}

/// A bar 禁申期: the enterprise gets nothing meanwhile (M6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub until: Date,
}

/// Money that was paid back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repayment {
    /// How much, in fen.
    pub amount: Fen,
    /// By what.
    pub means: Means,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// By what something was paid back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Means {
    /// By a transfer of the enterprise.
    Transfer {
        /// The number of the bank's receipt.
        reference: String,
    },
    /// By a later payment that was kept, as was decided in writing.
    Offset {
        /// The later payment.
        against: DisbursementId,
        /// The number of the written decision.
        document: String,
    },
}

impl Clawback {
    /// What was paid back so far, in fen.
    pub fn repaid(&self) -> Fen {
        Fen(self.repayments.iter().map(|one| one.amount.0).sum())
    }

    /// What is still owed, in fen; nothing before it is decided, or if it was dropped.
    pub fn owed(&self) -> Fen {
        let dropped = |one: &Decided| one.decision.way == Way::Dropped;
        match &self.decided {
            Some(decided) if !dropped(decided) => Fen(self.opening.amount.0 - self.repaid().0),
            Some(_) | None => Fen::ZERO,
        }
    }

    /// The bar that stands, if there is one. A later decision of the way takes none back.
    pub fn bar(&self) -> Option<Bar> {
        self.decided.as_ref().and_then(|decided| decided.bar)
    }

    /// Until when the next money is awaited while so much is owed; none if nobody awaits it here.
    pub(super) fn awaited_until(&self, owed: Fen) -> Option<Timestamp> {
        match &self.decided.as_ref()?.decision.way {
            Way::AtOnce { until } | Way::Offset { until } => Some(*until),
            // What was paid since covers the first of them: the last are still owed.
            Way::Instalments(instalments) => {
                let mut open = owed.0;
                let mut late_first = instalments.iter().rev();
                let first_open = late_first.find(|one| {
                    open = open.saturating_sub(one.amount.0);
                    open <= 0
                });
                first_open.map(|one| one.until)
            }
            Way::Dropped | Way::Referred { .. } => None,
        }
    }
}

/// Begins to claim money back.
pub(super) fn open(
    draft: &mut Draft<'_>,
    by: &By,
    opening: &ClawbackOpening,
) -> Result<(), DisbursementError> {
    check(draft.disbursement.state, Action::OpenClawback)?;
    let paid = draft.disbursement.entitlement.amount;
    if opening.amount <= Fen::ZERO || paid < opening.amount {
        return Err(DisbursementError::ClawbackAmount { amount: opening.amount, paid });
    }
    let days = opening.statement_days;
    if !(STATEMENT_DAYS_MIN..=STATEMENT_DAYS_MAX).contains(&days) {
        return Err(DisbursementError::StatementDays { days });
    }
    if opening.basis.trim().is_empty() || opening.remedy.trim().is_empty() {
        return Err(DisbursementError::NoticeIncomplete);
    }
    let wait = Wait::starting(draft.moment, Limit::WorkingDays(days));
    let (opening, opened_by) = (opening.clone(), by.person.clone());
    draft.happen(What::ClawbackOpened { opening, by: opened_by, wait });
    Ok(())
}

/// Decides on it, or decides anew how what is owed is paid back.
pub(super) fn decide(
    draft: &mut Draft<'_>,
    by: &By,
    decision: &ClawbackDecision,
) -> Result<(), DisbursementError> {
    // Who decides is another than who opened it: that comes before how it stands.
    let claim = draft.disbursement.clawback.clone();
    if claim.as_ref().is_some_and(|claim| people_of(by).contains(&claim.opened_by)) {
        return Err(DisbursementError::SamePersonDecides);
    }
    check(draft.disbursement.state, Action::DecideClawback)?;
    let Some(claim) = claim else {
        let state = draft.disbursement.state;
        return Err(DisbursementError::StateForbids { state, action: Action::DecideClawback });
    };
    if draft.moment.now <= claim.statement_until.at {
        return Err(DisbursementError::StatementRuns { until: claim.statement_until.at });
    }
    if decision.document.trim().is_empty() {
        return Err(DisbursementError::DocumentMissing);
    }
    if decision.bar && !claim.opening.fraud {
        return Err(DisbursementError::BarWithoutFraud);
    }
    let again = claim.decided.is_some();
    let owed = if again { claim.owed() } else { claim.opening.amount };
    fits(draft, &decision.way, owed, again)?;
    let standing = claim.bar();
    let bar = standing.or_else(|| decision.bar.then(|| bar_from(draft)));
    let decided =
        Decided { decision: decision.clone(), by: by.person.clone(), at: draft.moment.now, bar };
    let (to, wait) = after_decision(draft, &claim, &decided, owed);
    draft.happen(What::ClawbackDecided { decided, first: !again, amount: owed, to, wait });
    Ok(())
}

/// Whether what is owed can be paid back in that way.
fn fits(draft: &Draft<'_>, way: &Way, owed: Fen, again: bool) -> Result<(), DisbursementError> {
    let now = draft.moment.now;
    match way {
        Way::Dropped if again => Err(DisbursementError::ClaimStands),
        Way::Dropped => Ok(()),
        Way::Referred { to } if to.trim().is_empty() => Err(DisbursementError::ReferredNowhere),
        Way::Referred { .. } => Ok(()),
        Way::AtOnce { until } | Way::Offset { until } if *until <= now => {
            Err(DisbursementError::RepayInPast { until: *until })
        }
        Way::AtOnce { .. } | Way::Offset { .. } => Ok(()),
        Way::Instalments(instalments) => {
            let positive = instalments.iter().all(|one| Fen::ZERO < one.amount);
            let ordered = instalments.windows(2).all(|pair| pair[0].until < pair[1].until);
            let sum = Fen::checked_sum(instalments.iter().map(|one| one.amount));
            if INSTALMENTS_MAX < instalments.len() || !positive || !ordered || sum != Some(owed) {
                return Err(DisbursementError::InstalmentsUnfit { owed });
            }
            match instalments.first() {
                Some(first) if first.until <= now => {
                    Err(DisbursementError::RepayInPast { until: first.until })
                }
                Some(_) | None => Ok(()),
            }
        }
    }
}

/// Three years from the day of the decision; the last day is the day before its third return.
fn bar_from(draft: &Draft<'_>) -> Bar {
    let zone = draft.moment.calendar.zone().clone();
    let from = draft.moment.now.to_zoned(zone).date();
    let years = jiff::Span::new().years(BAR_YEARS);
    let until = from.checked_add(years).and_then(Date::yesterday).unwrap_or(Date::MAX);
    Bar { from, until }
}

fn after_decision(
    draft: &Draft<'_>,
    claim: &Clawback,
    decided: &Decided,
    owed: Fen,
) -> (State, Option<Wait>) {
    let decided_claim = Clawback { decided: Some(decided.clone()), ..claim.clone() };
    match decided.decision.way {
        Way::Dropped if draft.disbursement.receipt.is_some() => (State::Confirmed, None),
        Way::Dropped => (State::Paid, Some(Wait::starting(draft.moment, RECEIPT_AFTER))),
        Way::Referred { .. } => (State::Referred, None),
        Way::AtOnce { .. } | Way::Instalments(_) | Way::Offset { .. } => {
            let until = decided_claim.awaited_until(owed);
            (State::Repaying, until.map(|until| Wait::until(until, draft.moment)))
        }
    }
}

/// The enterprise has paid something back.
pub(super) fn record(
    draft: &mut Draft<'_>,
    by: &By,
    amount: Fen,
    reference: &str,
) -> Result<(), DisbursementError> {
    check(draft.disbursement.state, Action::RecordRepayment)?;
    let claim = draft.disbursement.clawback.clone();
    let known = claim.iter().flat_map(|claim| &claim.repayments).any(
        |one| matches!(&one.means, Means::Transfer { reference: known } if known == reference),
    );
    if known {
        return Err(DisbursementError::RepaidAlready { reference: reference.to_owned() });
    }
    repay(draft, by, amount, Means::Transfer { reference: reference.to_owned() })
}

/// Some of a later payment is kept, as was decided in writing.
pub(super) fn offset(
    draft: &mut Draft<'_>,
    by: &By,
    against: DisbursementId,
    amount: Fen,
) -> Result<(), DisbursementError> {
    check(draft.disbursement.state, Action::Offset)?;
    let decided = draft.disbursement.clawback.as_ref().and_then(|claim| claim.decided.as_ref());
    let document = decided.and_then(|decided| match decided.decision.way {
        Way::Offset { .. } => Some(decided.decision.document.clone()),
        Way::Dropped | Way::AtOnce { .. } | Way::Instalments(_) | Way::Referred { .. } => None,
    });
    let Some(document) = document else { return Err(DisbursementError::OffsetNotDecided) };
    if against == draft.disbursement.id {
        return Err(DisbursementError::OffsetItself);
    }
    repay(draft, by, amount, Means::Offset { against, document })
}

fn repay(
    draft: &mut Draft<'_>,
    by: &By,
    amount: Fen,
    means: Means,
) -> Result<(), DisbursementError> {
    let Some(claim) = draft.disbursement.clawback.clone() else {
        let state = draft.disbursement.state;
        return Err(DisbursementError::StateForbids { state, action: Action::RecordRepayment });
    };
    let owed = claim.owed();
    if amount <= Fen::ZERO || owed < amount {
        return Err(DisbursementError::RepaymentAmount { amount, owed });
    }
    let all = amount == owed;
    let to = if all { State::Repaid } else { draft.disbursement.state };
    let until = claim.awaited_until(Fen(owed.0 - amount.0)).filter(|_| !all);
    let now = draft.moment;
    // What was awaited already and is still not there rings on as it did.
    let wait = until.map(|until| match draft.disbursement.wait {
        Some(wait) if wait.due.at == until => wait,
        Some(_) | None => Wait::until(until, now),
    });
    let repayment = Repayment { amount, means, by: by.person.clone(), at: now.now };
    draft.happen(What::Repaid { repayment, to, wait });
    Ok(())
}
