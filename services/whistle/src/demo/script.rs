//! What the demo does (剧本): the book's events as steps of whistle, in order of time.
//!
//! The book is simpler than whistle. Where whistle knows a step that the book does not, it stands
//! here at the instant of the event that needs it: claiming before first contact, the dispatcher's
//! ruling after a pause is asked, the assisting order's own life, assigning an order to whoever
//! acts next, closing after the verdict.

use anyhow::Context as _;
use jiff::Timestamp;

use super::data::{Act, Book, Event, Ticket};

/// One call, by one person, at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// When.
    pub(crate) at: Timestamp,
    /// The ticket, by its place in the book.
    pub(crate) ticket: usize,
    /// Who: the code of a person.
    pub(crate) by: String,
    /// What.
    pub(crate) what: What,
}

/// What a step does. Departments and people by their codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// 企业吹哨.
    Submit,
    /// 派单: the ticket is accepted; this department leads.
    Accept { lead: String },
    /// 退回.
    Return { basis: String },
    /// 改派: the return is upheld; this department gets it.
    DecideReturn { to: String },
    /// 签收. Should it count as claimed by default, the assigner gives it to this person.
    Claim { assigner: String },
    /// 部门报到.
    Contact,
    /// 指派 by the lead of the department.
    Assign { to: String },
    /// 协办: this department is asked.
    AskAssistance { department: String },
    /// 签收 of the assisting order.
    ClaimAssistance { department: String },
    /// 协同报到.
    ContactAssistance { department: String },
    /// 协办 done.
    CompleteAssistance { department: String },
    /// 暂停计时: asked.
    AskPause { note: String },
    /// 暂停计时: granted.
    DecidePause,
    /// 恢复计时: the enterprise supplies what was awaited.
    Supplement,
    /// 超期督办.
    Urge { note: String },
    /// 办复.
    Complete { answer: String },
    /// 企业评价.
    Rate { level: i32 },
    /// 办结.
    Close,
}

/// The channel by which envoys submit.
const ENVOY_CHANNEL: &str = "企业特派员";

/// The steps of all requests, in order of time; at one instant, in order of the book.
pub(crate) fn script(book: &Book) -> anyhow::Result<Vec<Step>> {
    let mut steps = Vec::new();
    for (index, ticket) in book.requests.iter().enumerate() {
        let mut scene = Scene::new(book, index, ticket)?;
        for event in &ticket.events {
            scene.play(event).with_context(|| format!("{} 的 {:?}", ticket.id, event.act))?;
        }
        steps.append(&mut scene.steps);
    }
    steps.sort_by_key(|step| step.at);
    Ok(steps)
}

/// One request on its way through its events.
struct Scene<'a> {
    book: &'a Book,
    index: usize,
    ticket: &'a Ticket,
    /// Who acts for the enterprise.
    handler: String,
    /// Who submits: the enterprise, or its envoy.
    submitter: String,
    /// Who sent it to a department.
    dispatcher: String,
    /// Who has the order.
    claimant: String,
    /// The assisting orders: department and who does it.
    assistance: Vec<(String, String)>,
    /// Who had a hand in the work, so that none of them closes it.
    concerned: Vec<String>,
    steps: Vec<Step>,
}

impl<'a> Scene<'a> {
    fn new(book: &'a Book, index: usize, ticket: &'a Ticket) -> anyhow::Result<Scene<'a>> {
        let enterprise = book.enterprise(&ticket.enterprise)?;
        let by_envoy = ticket.channel == ENVOY_CHANNEL;
        let submitter = if by_envoy { &enterprise.grid } else { &enterprise.id };
        Ok(Scene {
            book,
            index,
            ticket,
            handler: enterprise.id.clone(),
            submitter: submitter.clone(),
            dispatcher: String::new(),
            claimant: String::new(),
            assistance: Vec::new(),
            concerned: Vec::new(),
            steps: Vec::new(),
        })
    }

    fn play(&mut self, event: &Event) -> anyhow::Result<()> {
        let to = || event.to.clone().context("没有写明部门（names no department）");
        let note = event.note.clone().unwrap_or_default();
        let by = event.by.clone();
        match event.act {
            Act::Submit => self.add(event, self.submitter.clone(), What::Submit),
            Act::Dispatch => {
                self.dispatcher.clone_from(&event.by);
                self.add(event, by, What::Accept { lead: to()? });
            }
            Act::Return => self.add(event, by, What::Return { basis: note }),
            Act::Reroute => self.add(event, by, What::DecideReturn { to: to()? }),
            Act::Contact => self.contact(event)?,
            Act::Assist => self.assist(event)?,
            Act::Pause => {
                self.give_to(event)?;
                self.add(event, by, What::AskPause { note });
                self.add(event, self.dispatcher.clone(), What::DecidePause);
            }
            Act::Resume => self.add(event, self.handler.clone(), What::Supplement),
            Act::Urge => self.add(event, by, What::Urge { note }),
            Act::Complete => self.complete(event, note)?,
            Act::Rate => self.rate(event)?,
        }
        Ok(())
    }

    fn contact(&mut self, event: &Event) -> anyhow::Result<()> {
        let assigner = self.book.assigner(&self.ticket.lead)?.id.clone();
        self.add(event, event.by.clone(), What::Claim { assigner });
        self.add(event, event.by.clone(), What::Contact);
        self.claimed_by(&event.by);
        Ok(())
    }

    fn assist(&mut self, event: &Event) -> anyhow::Result<()> {
        let department = self.book.person(&event.by)?.department.clone();
        let of = || department.clone();
        self.add(event, self.claimant.clone(), What::AskAssistance { department: of() });
        self.add(event, event.by.clone(), What::ClaimAssistance { department: of() });
        self.add(event, event.by.clone(), What::ContactAssistance { department: of() });
        self.concerned.push(event.by.clone());
        self.assistance.push((department, event.by.clone()));
        Ok(())
    }

    fn complete(&mut self, event: &Event, answer: String) -> anyhow::Result<()> {
        for (department, by) in std::mem::take(&mut self.assistance) {
            self.add(event, by, What::CompleteAssistance { department });
        }
        self.give_to(event)?;
        self.add(event, event.by.clone(), What::Complete { answer });
        Ok(())
    }

    fn rate(&mut self, event: &Event) -> anyhow::Result<()> {
        self.add(event, self.handler.clone(), What::Rate { level: self.ticket.rating });
        let free = |code: &&str| !self.concerned.iter().any(|person| person == code);
        let others = self.book.dispatchers().map(|person| person.id.as_str());
        let mut closers = std::iter::once(self.dispatcher.as_str()).chain(others);
        let closer = closers.find(free).context("没有可办结的受理员（nobody may close it）")?;
        self.add(event, closer.to_owned(), What::Close);
        Ok(())
    }

    /// Whoever acts next must have the order.
    fn give_to(&mut self, event: &Event) -> anyhow::Result<()> {
        if self.claimant != event.by {
            let assigner = self.book.assigner(&self.ticket.lead)?.id.clone();
            self.add(event, assigner, What::Assign { to: event.by.clone() });
            self.claimed_by(&event.by);
        }
        Ok(())
    }

    fn claimed_by(&mut self, person: &str) {
        person.clone_into(&mut self.claimant);
        self.concerned.push(person.to_owned());
    }

    fn add(&mut self, event: &Event, by: String, what: What) {
        self.steps.push(Step { at: event.at, ticket: self.index, by, what });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> Vec<Step> {
        script(&Book::embedded().unwrap()).unwrap()
    }

    fn count(steps: &[Step], kind: impl Fn(&What) -> bool) -> usize {
        steps.iter().filter(|step| kind(&step.what)).count()
    }

    #[test]
    fn every_event_of_the_book_and_every_step_it_does_not_have_is_played() {
        let steps = steps();
        let drawn: [(&str, usize, usize); 18] = [
            ("submit", count(&steps, |w| matches!(w, What::Submit)), 83),
            ("accept", count(&steps, |w| matches!(w, What::Accept { .. })), 83),
            ("return", count(&steps, |w| matches!(w, What::Return { .. })), 5),
            ("decide return", count(&steps, |w| matches!(w, What::DecideReturn { .. })), 5),
            ("claim", count(&steps, |w| matches!(w, What::Claim { .. })), 83),
            ("contact", count(&steps, |w| matches!(w, What::Contact)), 83),
            ("assign", count(&steps, |w| matches!(w, What::Assign { .. })), 69),
            ("ask assistance", count(&steps, |w| matches!(w, What::AskAssistance { .. })), 45),
            ("claim it", count(&steps, |w| matches!(w, What::ClaimAssistance { .. })), 45),
            ("contact by it", count(&steps, |w| matches!(w, What::ContactAssistance { .. })), 45),
            ("complete it", count(&steps, |w| matches!(w, What::CompleteAssistance { .. })), 45),
            ("ask pause", count(&steps, |w| matches!(w, What::AskPause { .. })), 8),
            ("decide pause", count(&steps, |w| matches!(w, What::DecidePause)), 8),
            ("supplement", count(&steps, |w| matches!(w, What::Supplement)), 8),
            ("urge", count(&steps, |w| matches!(w, What::Urge { .. })), 3),
            ("complete", count(&steps, |w| matches!(w, What::Complete { .. })), 83),
            ("rate", count(&steps, |w| matches!(w, What::Rate { .. })), 83),
            ("close", count(&steps, |w| matches!(w, What::Close)), 83),
        ];
        for (kind, found, expected) in drawn {
            assert_eq!(found, expected, "{kind}");
        }
        assert_eq!(steps.len(), drawn.iter().map(|(_, found, _)| found).sum::<usize>());
    }

    #[test]
    fn time_never_runs_back() {
        assert!(steps().is_sorted_by_key(|step| step.at));
    }

    #[test]
    fn a_ticket_keeps_the_order_of_its_life() {
        let steps = steps();
        let book = Book::embedded().unwrap();
        for index in 0..book.requests.len() {
            let life: Vec<_> = steps.iter().filter(|step| step.ticket == index).collect();
            assert!(matches!(life.first().unwrap().what, What::Submit));
            assert!(matches!(life.last().unwrap().what, What::Close));
            let at = |kind: fn(&What) -> bool| life.iter().position(|step| kind(&step.what));
            let contact = at(|what| matches!(what, What::Contact)).unwrap();
            assert!(at(|what| matches!(what, What::Accept { .. })).unwrap() < contact);
            let complete = at(|what| matches!(what, What::Complete { .. })).unwrap();
            assert!(contact < complete);
            for (place, step) in life.iter().enumerate() {
                if let What::CompleteAssistance { .. } = step.what {
                    assert!(place < complete);
                }
            }
        }
    }

    #[test]
    fn whoever_acts_has_the_order_and_whoever_closes_had_no_hand_in_it() {
        let steps = steps();
        for index in 0..83 {
            let mut claimant = String::new();
            let mut hands = Vec::new();
            for step in steps.iter().filter(|step| step.ticket == index) {
                if let What::Claim { .. } = step.what {
                    claimant.clone_from(&step.by);
                }
                if let What::Assign { to } = &step.what {
                    claimant.clone_from(to);
                }
                let by_claimant = matches!(
                    step.what,
                    What::Contact
                        | What::AskAssistance { .. }
                        | What::AskPause { .. }
                        | What::Complete { .. }
                );
                assert!(!by_claimant || step.by == claimant);
                assert!(step.what != What::Close || !hands.contains(&step.by));
                hands.push(claimant.clone());
            }
        }
    }

    #[test]
    fn envoys_submit_what_came_by_envoy() {
        let steps = steps();
        let submits = steps.iter().filter(|step| step.what == What::Submit);
        let by_envoy = submits.filter(|step| step.by.starts_with('T')).count();
        assert_eq!(by_envoy, 23);
    }
}
