//! Evidence 佐证材料: the files that go with a ticket, each in the round that it was added in.

use base::{Actor, File};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fact::What;
use super::sight::Viewer;
use super::ticket::Ticket;
use super::{Action, Case, EVIDENCE_MAX, check, may};
use crate::error::Error;

/// A file that goes with a ticket. Its bytes are kept apart, under their SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The file.
    pub file: File,
    /// Who added it.
    pub added_by: Actor,
    /// When.
    pub added_at: Timestamp,
}

/// Whether somebody may add files to a ticket at all, whatever its state.
pub fn may_add_evidence(ticket: &Ticket, by: &Viewer) -> Result<(), Error> {
    may(ticket, by, by.adds_evidence(ticket))
}

/// The file of a ticket, in whichever round, that somebody asks for.
pub fn find_evidence<'a>(
    ticket: &'a Ticket,
    by: &Viewer,
    sha256: &str,
) -> Result<&'a Evidence, Error> {
    may(ticket, by, true)?;
    let mut all = ticket.rounds().flat_map(|round| &round.evidence);
    let found = all.find(|evidence| by.sees_evidence(ticket) && evidence.file.sha256 == sha256);
    found.ok_or_else(|| Error::EvidenceNotFound { sha256: sha256.to_owned() })
}

/// 上传佐证: the same file twice in a round is there once.
pub(super) fn add(case: &Case<'_>, by: &Viewer, file: &File) -> Result<Vec<What>, Error> {
    let Case { ticket, moment } = case;
    may_add_evidence(ticket, by)?;
    check(ticket, Action::AddEvidence)?;
    let present = &ticket.round.evidence;
    if present.iter().any(|evidence| evidence.file.sha256 == file.sha256) {
        return Ok(Vec::new());
    }
    if EVIDENCE_MAX <= present.len() {
        return Err(Error::EvidenceLimit { max: EVIDENCE_MAX });
    }
    let (file, added_by) = (file.clone(), by.actor.clone());
    let evidence = Evidence { file, added_by, added_at: moment.now };
    Ok(vec![What::EvidenceAdded { evidence, supplied: by.is_of_its_side(ticket) }])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use base::Role;
    use strum::IntoEnumIterator as _;

    use super::super::State;
    use super::super::sample::*;
    use super::*;

    fn tried(ticket: &Ticket, by: Viewer) -> Result<usize, Error> {
        decide_at(Some(ticket), &add_evidence(by, 1), ticket.changed_at).map(|facts| facts.len())
    }

    /// Shows: request SUBMITTED AddEvidence; request ACCEPTED AddEvidence; request ON_PLAN AddEvidence;
    /// request ANSWERED AddEvidence; request DISSATISFIED AddEvidence
    #[test]
    fn a_file_goes_with_a_ticket_while_it_is_open_and_changes_nothing_else() {
        for state in State::iter() {
            let ticket = ticket_in(state);
            let open = [
                State::Submitted,
                State::Accepted,
                State::OnPlan,
                State::Answered,
                State::Dissatisfied,
            ];
            if !open.contains(&state) {
                let refused = tried(&ticket, handler()).expect_err("it is at rest");
                assert!(matches!(refused, Error::StateForbids { .. }), "{state}: {refused}");
                continue;
            }
            let added = after(Some(ticket.clone()), &add_evidence(handler(), 1), ticket.changed_at);
            let evidence = &added.round.evidence;
            assert_eq!((evidence.len(), &evidence[0].file), (1, &file(1)), "{state}");
            assert_eq!(evidence[0].added_by, handler().actor);
            let mut without = added.clone();
            without.round.evidence.clear();
            assert_eq!(without, ticket, "{state}");
            let twice =
                after(Some(added.clone()), &add_evidence(dispatcher(), 1), added.changed_at);
            assert_eq!(twice, added, "twice is once");
        }
    }

    /// Shows: request refuses EVIDENCE_LIMIT
    #[test]
    fn a_round_has_thirty_files_and_not_one_more() {
        let mut ticket = ticket_in(State::Accepted);
        for number in 1..=EVIDENCE_MAX {
            let at = ticket.changed_at;
            ticket = after(Some(ticket), &add_evidence(handler(), number), at);
        }
        let one_more = add_evidence(handler(), EVIDENCE_MAX + 1);
        let refused = decide_at(Some(&ticket), &one_more, ticket.changed_at);
        assert!(matches!(refused, Err(Error::EvidenceLimit { max: EVIDENCE_MAX })));
        let same = decide_at(Some(&ticket), &add_evidence(handler(), 1), ticket.changed_at);
        assert!(same.expect("it is there").is_empty());
    }

    #[test]
    fn who_adds_files_and_who_sees_them() {
        let mut ticket = ticket_in(State::Accepted);
        ticket.round.lead = Some(department("D02"));
        let at = ticket.changed_at;
        let mut ticket = after(Some(ticket), &add_evidence(handler(), 1), at);
        let mut elsewhere = someone("D05-11", Role::Staff);
        elsewhere.person.department = Some(department("D05"));
        let callers = [
            ("enterprise", handler()),
            ("envoy", someone("envoy", Role::Envoy)),
            ("staff", someone("D02-11", Role::Staff)),
            ("elsewhere", elsewhere),
            ("dispatcher", dispatcher()),
            ("supervisor", someone("supervisor", Role::Supervisor)),
            ("auditor", someone("auditor", Role::Auditor)),
            ("admin", someone("admin", Role::Admin)),
        ];
        let drawn = |ticket: &Ticket| -> Vec<String> {
            let marks = callers.iter().map(|(who, by)| {
                let adds = tried(ticket, by.clone()).is_ok();
                let sees = find_evidence(ticket, by, &file(1).sha256).is_ok();
                format!("{who}: {}{}", if adds { 'A' } else { '-' }, if sees { 'S' } else { '-' })
            });
            marks.collect()
        };
        let expected = [
            "enterprise: AS",
            "envoy: AS",
            "staff: AS",
            "elsewhere: --",
            "dispatcher: AS",
            "supervisor: -S",
            "auditor: -S",
            "admin: --",
        ];
        assert_eq!(drawn(&ticket), expected);
        // A complaint about the dispatcher's own department: they see the ticket, not its files.
        let mut complained_of = dispatcher();
        complained_of.person.department = Some(department("D09"));
        ticket.complained = Some(department("D09"));
        assert!(complained_of.sees(&ticket) && tried(&ticket, complained_of.clone()).is_err());
        let hidden = find_evidence(&ticket, &complained_of, &file(1).sha256);
        assert!(matches!(hidden, Err(Error::EvidenceNotFound { .. })));
        assert!(find_evidence(&ticket, &handler(), &file(1).sha256).is_ok());
    }
}
