//! Who may know of a ticket, and who of its contact (docs/domain.md §2).

use std::collections::BTreeSet;

use base::{Actor, EnterpriseId, Person, PersonId, Role};

use super::fact::What;
use super::may;
use super::ticket::Ticket;
use crate::error::Error;

/// Somebody who asks, with what the directory says of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who it is.
    pub person: Person,
    /// As whom they act: it is recorded with what they do.
    pub actor: Actor,
    /// The enterprises that they look after as 企业特派员.
    pub looks_after: BTreeSet<EnterpriseId>,
}

/// The roles that see every ticket. Admin is not among them: it holds no business.
pub const SEE_ALL: [Role; 4] =
    [Role::Dispatcher, Role::Supervisor, Role::ZoneLeader, Role::Auditor];

impl Viewer {
    /// Whether they see every ticket.
    pub fn sees_all(&self) -> bool {
        SEE_ALL.iter().any(|role| self.person.is(*role))
    }

    /// Whether they are the enterprise itself.
    pub fn is_enterprise(&self, enterprise: &EnterpriseId) -> bool {
        self.person.is(Role::Enterprise) && self.person.enterprise.as_ref() == Some(enterprise)
    }

    /// Whether they look after the enterprise.
    pub fn is_envoy_of(&self, enterprise: &EnterpriseId) -> bool {
        self.person.is(Role::Envoy) && self.looks_after.contains(enterprise)
    }

    /// Whether they hold a role towards a ticket: an enterprise and an envoy of their own.
    pub fn is_as(&self, role: Role, ticket: &Ticket) -> bool {
        let enterprise = &ticket.submission.enterprise;
        self.person.is(role)
            && (role != Role::Enterprise || self.is_enterprise(enterprise))
            && (role != Role::Envoy || self.is_envoy_of(enterprise))
    }

    /// Whether they may know of a ticket: the enterprise and its envoy, whoever submitted it, the
    /// department that leads or has it, and the roles that see all.
    pub fn sees(&self, ticket: &Ticket) -> bool {
        self.sees_all()
            || self.is_of_its_side(ticket)
            || (self.works_for_department() && self.department_has(ticket))
    }

    /// Whether they are of the enterprise's side: itself, its envoy, whoever submitted for it.
    pub fn is_of_its_side(&self, ticket: &Ticket) -> bool {
        let enterprise = &ticket.submission.enterprise;
        self.is_enterprise(enterprise)
            || self.is_envoy_of(enterprise)
            || (self.submits_for_others() && self.actor == ticket.submission.submitted_by)
    }

    /// Whether they may see the contact: the dispatcher, the auditor, the enterprise itself, and
    /// the department that has claimed the ticket; nobody of the department complained of.
    pub fn sees_contact(&self, ticket: &Ticket) -> bool {
        !self.contact_shown_as(ticket).is_empty()
    }

    /// As what they may see the contact: none if they may not. Whoever has such a role by deputation
    /// alone sees it as both.
    pub fn contact_shown_as(&self, ticket: &Ticket) -> Vec<Role> {
        if self.is_complained_of(ticket) {
            return Vec::new();
        }
        let claimed_by = ticket.round.progress.as_ref().and_then(|work| work.claimed_by.as_ref());
        let mut roles = vec![Role::Dispatcher, Role::Auditor];
        if self.is_enterprise(&ticket.submission.enterprise) {
            roles.push(Role::Enterprise);
        }
        if claimed_by.is_some_and(|department| self.person.belongs_to(department)) {
            roles.extend([Role::Staff, Role::Lead]);
        }
        roles.retain(|role| self.person.is(*role));
        roles
    }

    /// Whether they see the files that go with a ticket: whoever knows of it, but nobody of the
    /// department complained of.
    pub fn sees_evidence(&self, ticket: &Ticket) -> bool {
        self.sees(ticket) && !self.is_complained_of(ticket)
    }

    /// Whether they may add files: the enterprise's own side, the dispatcher, and the department
    /// that has it.
    pub fn adds_evidence(&self, ticket: &Ticket) -> bool {
        !self.evidence_added_as(ticket).is_empty()
    }

    /// As what they may add files: none if they may not.
    pub fn evidence_added_as(&self, ticket: &Ticket) -> Vec<Role> {
        if self.is_complained_of(ticket) {
            return Vec::new();
        }
        let mut roles = vec![Role::Dispatcher];
        if self.is_of_its_side(ticket) {
            roles.extend([Role::Enterprise, Role::Envoy, Role::System]);
        }
        if self.department_has(ticket) {
            roles.extend([Role::Staff, Role::Lead]);
        }
        roles.retain(|role| self.person.is(*role));
        roles
    }

    /// Whether they see what stays inside: notes, proposals, and who did what.
    pub fn is_inside(&self) -> bool {
        self.sees_all() || self.works_for_department()
    }

    /// Whether a complaint is about their department.
    pub fn is_complained_of(&self, ticket: &Ticket) -> bool {
        ticket.complained.as_ref().is_some_and(|department| self.person.belongs_to(department))
    }

    /// Whether they had a hand in the work, in any round, or belong to the department that the
    /// complaint is about: the other end of the matter is for another person.
    pub fn had_a_hand_in(&self, ticket: &Ticket) -> bool {
        self.is_complained_of(ticket)
            || ticket.concerned.iter().any(|person| self.is_or_acts_for(person))
    }

    /// Whether they may submit for an enterprise: the enterprise itself, its envoy (any envoy if
    /// it has none of its own), the dispatcher, a system. An enterprise knows of no other.
    pub fn may_submit_for(
        &self,
        enterprise: &EnterpriseId,
        envoy: Option<&PersonId>,
    ) -> Result<(), Error> {
        let is_its_envoy =
            self.person.is(Role::Envoy) && envoy.is_none_or(|envoy| *envoy == self.person.id);
        if self.is_enterprise(enterprise)
            || is_its_envoy
            || self.person.is(Role::Dispatcher)
            || self.person.is(Role::System)
        {
            Ok(())
        } else if self.person.is(Role::Envoy) {
            Err(Error::NotTheirs)
        } else {
            Err(Error::EnterpriseNotFound { enterprise: enterprise.to_string() })
        }
    }

    /// Whether somebody is themselves, or acts for them or through them.
    pub fn is_or_acts_for(&self, person: &PersonId) -> bool {
        self.person.human() == person || self.actor.involves(person)
    }

    /// Who has a part in what they do: they themselves, and whoever they act for.
    pub fn people(&self) -> Vec<PersonId> {
        let human = self.person.human();
        let served = self.actor.on_behalf_of().filter(|served| *served != human);
        [human].into_iter().chain(served).cloned().collect()
    }

    /// Two ends of one matter are two people.
    pub fn is_another_than(&self, first: &[PersonId]) -> Result<(), Error> {
        let same = first.iter().any(|person| self.is_or_acts_for(person));
        if same { Err(Error::SecondPersonNeeded) } else { Ok(()) }
    }

    /// Whether they keep sight of what they submitted on behalf of others.
    pub fn submits_for_others(&self) -> bool {
        self.person.is(Role::Envoy) || self.person.is(Role::System)
    }

    /// Whether they do the work of their department.
    pub fn works_for_department(&self) -> bool {
        self.person.is(Role::Staff) || self.person.is(Role::Lead)
    }

    /// The department that a complaint is about is none of these, whatever is told of it.
    fn department_has(&self, ticket: &Ticket) -> bool {
        let has = ticket.round.progress.as_ref().and_then(|work| work.department.as_ref());
        let leads = ticket.round.lead.as_ref();
        let mut both = has.into_iter().chain(leads);
        !self.is_complained_of(ticket) && both.any(|department| self.person.belongs_to(department))
    }
}

/// Reading the contact unmasked is recorded.
pub(super) fn read_contact(ticket: &Ticket, by: &Viewer) -> Result<Vec<What>, Error> {
    may(ticket, by, true)?;
    if !by.sees_contact(ticket) {
        return Err(Error::ContactHidden);
    }
    if ticket.contact_erased_at.is_some() {
        return Err(Error::ContactErased);
    }
    Ok(vec![What::ContactRead])
}

/// 个人信息删除: by an admin, who sees nothing of the ticket by it.
pub(super) fn erase_contact(by: &Viewer, reason: &str) -> Result<Vec<What>, Error> {
    if !by.person.is(Role::Admin) {
        return Err(Error::NotTheirs);
    }
    Ok(vec![What::ContactErased { reason: reason.to_owned() }])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use base::Role;

    use super::super::State;
    use super::super::sample::*;
    use super::Viewer;
    use crate::error::Error;

    #[test]
    fn who_may_submit_for_an_enterprise() {
        let ours = enterprise();
        let theirs = base::EnterpriseId::new("P-theirs").expect("an enterprise");
        let may = |by: &Viewer, whose, envoy: Option<&str>| {
            by.may_submit_for(whose, envoy.map(person).as_ref())
        };
        let envoy = someone("envoy", Role::Envoy);
        assert!(may(&handler(), &ours, None).is_ok());
        assert!(matches!(may(&handler(), &theirs, None), Err(Error::EnterpriseNotFound { .. })));
        assert!(may(&envoy, &ours, Some("envoy")).is_ok());
        assert!(may(&envoy, &theirs, None).is_ok());
        assert!(matches!(may(&envoy, &theirs, Some("another")), Err(Error::NotTheirs)));
        assert!(may(&dispatcher(), &theirs, Some("another")).is_ok());
        assert!(may(&someone("hotline", Role::System), &theirs, Some("another")).is_ok());
    }

    #[test]
    fn who_may_know_of_a_ticket_and_of_its_contact() {
        let submitted = ticket_in(State::Submitted);
        let now = instant(DAY_ONE);
        let accepted = ticket_in(State::Accepted);
        let accepted = after(Some(accepted), &moved(offered_to("D02"), DAY_ONE), now);
        let claimed = after(Some(accepted.clone()), &moved(claimed_by("D02"), DAY_ONE), now);
        let mut stranger = handler();
        stranger.person.enterprise = base::EnterpriseId::new("P-theirs").ok();
        let mut elsewhere = someone("D05-11", Role::Staff);
        elsewhere.person.department = Some(department("D05"));
        let drawn: Vec<String> = [
            ("enterprise", handler()),
            ("another enterprise", stranger),
            ("envoy", someone("envoy", Role::Envoy)),
            ("staff", someone("D02-11", Role::Staff)),
            ("staff elsewhere", elsewhere),
            ("lead", someone("D02-01", Role::Lead)),
            ("dispatcher", dispatcher()),
            ("supervisor", someone("supervisor", Role::Supervisor)),
            ("zone leader", someone("leader", Role::ZoneLeader)),
            ("auditor", someone("auditor", Role::Auditor)),
            ("admin", someone("admin", Role::Admin)),
            ("reviewer", someone("reviewer", Role::Reviewer)),
        ]
        .iter()
        .map(|(who, viewer)| {
            let marks = [&submitted, &accepted, &claimed].map(|ticket| {
                match (viewer.sees(ticket), viewer.sees_contact(ticket)) {
                    (true, true) => 'C',
                    (true, false) => 'T',
                    (false, _) => '-',
                }
            });
            format!("{who}: {}", String::from_iter(marks))
        })
        .collect();
        let expected = [
            "enterprise: CCC",
            "another enterprise: ---",
            "envoy: TTT",
            "staff: -TC",
            "staff elsewhere: ---",
            "lead: -TC",
            "dispatcher: CCC",
            "supervisor: TTT",
            "zone leader: TTT",
            "auditor: CCC",
            "admin: ---",
            "reviewer: ---",
        ];
        assert_eq!(drawn, expected);
    }

    /// Whatever is told of who has it.
    #[test]
    fn the_department_complained_of_never_knows_of_the_ticket() {
        let now = instant(DAY_ONE);
        for stands in [offered_to("D02"), claimed_by("D02")] {
            let mut complaint = ticket_in(State::Accepted);
            complaint.complained = Some(department("D02"));
            let told = after(Some(complaint), &moved(stands, DAY_ONE), now);
            for by in [someone("D02-11", Role::Staff), someone("D02-01", Role::Lead)] {
                assert!(!by.sees(&told) && !by.sees_contact(&told) && !by.adds_evidence(&told));
            }
        }
    }

    /// Whoever is a dispatcher by deputation alone sees it as that, and as nothing of their own.
    #[test]
    fn the_contact_is_shown_in_a_role_that_shows_it() {
        let mut claimant = someone("D02-11", Role::Staff);
        claimant.person.roles.insert(Role::Dispatcher);
        let claimed = after(
            Some(ticket_in(State::Accepted)),
            &moved(claimed_by("D02"), DAY_ONE),
            instant(DAY_ONE),
        );
        assert_eq!(claimant.contact_shown_as(&claimed), [Role::Dispatcher, Role::Staff]);
        let offered = ticket_in(State::Accepted);
        assert_eq!(claimant.contact_shown_as(&offered), [Role::Dispatcher]);
        assert_eq!(someone("supervisor", Role::Supervisor).contact_shown_as(&claimed), []);
    }
}
