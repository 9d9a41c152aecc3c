//! Which facts make a notice: the one table.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 派单: a department has an order to claim.
    Offered,
    /// 待裁定: somebody must decide by an instant.
    DecisionDue,
    /// 逾时: a limit of something that waits ran out.
    LimitMissed,
    /// 黄牌: the answer is due soon.
    YellowCard,
    /// 红牌: the answer is overdue.
    RedCard,
    /// 撤牌: a card that was given proves wrong and counts for nothing.
    CardAnnulled,
    /// 改期: a due instant moved; `due` is where it stands now.
    DueChanged,
    /// 催办: somebody above urges the department, which must answer.
    Urged,
    /// 督办: somebody above supervises the work; the department must answer.
    Supervised,
    /// 办复: a department has answered.
    Answered,
    /// 待回访: an enterprise must be called.
    CallBackDue,
}

impl Kind {
    /// Whether a fact without its due instant makes no such notice: then nothing is waited for.
    pub(super) fn needs_due(self) -> bool {
        matches!(self, Kind::DecisionDue | Kind::CallBackDue)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Whose matter it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Department {
    /// The one that the fact's field `department` names.
    Named,
    /// The one that the order was last offered to.
    OfOrder,
    /// No single department's: 吹哨办 or a zone leader.
    Nobody,
}

/// A fact and the notice that it makes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The full name of the fact's message.
    pub(super) fact: &'static str,
    /// What the notice is about.
    pub(super) kind: Kind,
    /// The field that holds the due instant: a `Due`, or a plain instant.
    pub(super) due: &'static str,
    /// Whose matter it is.
    pub(super) department: Department,
}

/// The fact that gives an order to a department.
pub(super) const OFFERED: &str = "whistle.dispatch.v1.WorkOrderOffered";

/// Every fact of which somebody is told. What is not here makes no notice.
#[rustfmt::skip]
pub(super) const NOTICES: &[Row] = {
    use Department::{Named, Nobody, OfOrder};
    use Kind::{
        Answered, CallBackDue, CardAnnulled, DecisionDue, DueChanged, LimitMissed, Offered, RedCard, Supervised, Urged,
        YellowCard,
    };
    const fn row(fact: &'static str, kind: Kind, due: &'static str, department: Department) -> Row {
        Row { fact, kind, due, department }
    }
    &[
        //  fact                                           notice       due             whose
        row("whistle.request.v1.TicketSubmitted",          DecisionDue, "accept_due",   Nobody),
        row("whistle.request.v1.TicketDissatisfied",       DecisionDue, "redo_due",     Nobody),
        row("whistle.request.v1.TicketRejectionProposed",  DecisionDue, "lapse_due",    Nobody),
        row("whistle.request.v1.TicketAppealed",           DecisionDue, "decision_due", Nobody),
        row("whistle.request.v1.TicketConfirmed",          DecisionDue, "verification_due", Nobody),
        row("whistle.request.v1.TicketPlanReviewDue",      DecisionDue, "review_time",  Nobody),
        row("whistle.request.v1.TicketAnswered",           CallBackDue, "call_back_due", Nobody),
        row("whistle.request.v1.TicketCalledBack",         CallBackDue, "next_due",     Nobody),
        row("whistle.request.v1.TicketWithdrawn",          CallBackDue, "call_back_due", Nobody),
        row("whistle.request.v1.TicketDueChanged",         DueChanged,  "new_due",      Nobody),
        row("whistle.request.v1.TicketLimitMissed",        LimitMissed, "due",          Nobody),
        row(OFFERED,                                       Offered,     "claim_due",    Named),
        row("whistle.dispatch.v1.WorkOrderUnrouted",       DecisionDue, "decision_due", Nobody),
        row("whistle.dispatch.v1.WorkOrderReturned",       DecisionDue, "decision_due", Nobody),
        row("whistle.dispatch.v1.WorkOrderEscalated",      DecisionDue, "decision_due", Nobody),
        row("whistle.dispatch.v1.WorkOrderDeclined",       DecisionDue, "decision_due", Nobody),
        row("whistle.dispatch.v1.WorkOrderPauseAsked",     DecisionDue, "decision_due", Nobody),
        row("whistle.dispatch.v1.WorkOrderExtensionAsked", DecisionDue, "decision_due", Nobody),
        row("whistle.dispatch.v1.WorkOrderReplied",        DecisionDue, "sign_due",     OfOrder),
        row("whistle.dispatch.v1.WorkOrderReleased",       Offered,     "claim_due",    OfOrder),
        row("whistle.dispatch.v1.WorkOrderLimitMissed",    LimitMissed, "due",          OfOrder),
        row("whistle.dispatch.v1.WorkOrderYellowCard",     YellowCard,  "due",          Named),
        row("whistle.dispatch.v1.WorkOrderRedCard",        RedCard,     "due",          Named),
        row("whistle.dispatch.v1.WorkOrderCardAnnulled",   CardAnnulled, "due",         OfOrder),
        row("whistle.dispatch.v1.WorkOrderDueChanged",     DueChanged,  "new_due",      OfOrder),
        row("whistle.dispatch.v1.WorkOrderUrged",          Urged,       "answer_due",   OfOrder),
        row("whistle.dispatch.v1.WorkOrderSupervised",     Supervised,  "answer_due",   OfOrder),
        row("whistle.dispatch.v1.WorkOrderCompleted",      Answered,    "due",          Named),
    ]
};

/// The row of a fact, if it makes a notice.
pub(super) fn row_of(fact: &str) -> Option<&'static Row> {
    NOTICES.iter().find(|row| row.fact == fact)
}

/// The kinds of notices that the facts of a service make.
pub(super) fn kinds_of(service: &str) -> impl Iterator<Item = Kind> {
    let package = format!("whistle.{service}.");
    NOTICES.iter().filter(move |row| row.fact.starts_with(&package)).map(|row| row.kind)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeSet;

    use super::*;
    use crate::descriptors::POOL;

    #[test]
    fn every_row_names_a_fact_of_the_contract_and_its_fields() {
        for row in NOTICES {
            let fact = POOL.get_message_by_name(row.fact).unwrap_or_else(|| panic!("{}", row.fact));
            let due = fact.get_field_by_name(row.due).unwrap();
            let due = due.kind().as_message().unwrap().full_name().to_owned();
            assert!([DUE, "google.protobuf.Timestamp"].contains(&&*due), "{}", row.fact);
            let named = fact.get_field_by_name("department").is_some();
            assert!(named || row.department != Department::Named, "{}", row.fact);
        }
    }

    #[test]
    fn a_fact_makes_one_notice_and_every_kind_is_made() {
        let facts: BTreeSet<&str> = NOTICES.iter().map(|row| row.fact).collect();
        assert_eq!(facts.len(), NOTICES.len());
        let kinds: BTreeSet<Kind> = NOTICES.iter().map(|row| row.kind).collect();
        assert_eq!(kinds.len(), 11);
        assert_eq!(Kind::DecisionDue.to_string(), "decision_due");
        assert_eq!(kinds_of("directory").count(), 0);
        assert!(kinds_of("request").any(|kind| kind == Kind::DecisionDue));
    }

    const DUE: &str = "whistle.common.v1.Due";

    /// Due instants of which nobody is told where they are set, and why.
    #[rustfmt::skip]
    const UNTOLD: &[(&str, &str, &str)] = &[
        ("whistle.dispatch.v1.WorkOrderOffered",    "contact_due", "the offer tells when to claim; a missed contact is told"),
        ("whistle.dispatch.v1.WorkOrderOffered",    "reply_due",   "the cards tell of it"),
        ("whistle.dispatch.v1.WorkOrderContacted",  "due",         "the limit that was kept or missed; who missed it is told"),
        ("whistle.dispatch.v1.WorkOrderAccepted",   "reply_due",   "the cards tell of it"),
        ("whistle.dispatch.v1.WorkOrderDueChanged", "old_due",     "the new one is told"),
        ("whistle.request.v1.TicketAnswered",       "plan_due",    "the plan is reviewed before, and that is told"),
        ("whistle.request.v1.TicketConfirmed",      "close_due",   "it closes by itself"),
        ("whistle.request.v1.TicketDissatisfied",   "verification_due", "the redoing is due before, and that is told"),
        ("whistle.request.v1.TicketDueChanged",     "old_due",     "the new one is told"),
        ("whistle.request.v1.TicketLimitMissed",    "next_due",    "it is told again then"),
    ];

    /// A limit must reach somebody: whoever decides, signs, claims, answers or calls hears of it.
    #[test]
    fn every_due_instant_of_a_fact_makes_a_notice_or_is_untold_for_a_reason() {
        let mut limits = BTreeSet::new();
        for package in ["whistle.dispatch.v1", "whistle.request.v1"] {
            let facts = POOL.all_messages().filter(|message| {
                let is_fact = message.parent_file().name().ends_with("events.proto");
                is_fact && message.package_name() == package
            });
            for fact in facts {
                let fields = fact.fields().filter(|field| {
                    field.kind().as_message().is_some_and(|kind| kind.full_name() == DUE)
                });
                limits.extend(
                    fields.map(|field| (fact.full_name().to_owned(), field.name().to_owned())),
                );
            }
        }
        assert!(20 < limits.len(), "no limits were found");
        for (fact, field) in &limits {
            let told = row_of(fact).is_some_and(|row| row.due == field);
            let untold = UNTOLD.iter().filter(|untold| (untold.0, untold.1) == (fact, field));
            assert_eq!(usize::from(told) + untold.count(), 1, "{fact}.{field}");
        }
        for (fact, field, _) in UNTOLD {
            assert!(limits.contains(&((*fact).to_owned(), (*field).to_owned())), "{fact}.{field}");
        }
    }
}
