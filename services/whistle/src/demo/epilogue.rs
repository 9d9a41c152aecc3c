//! What the book does not show: three tickets of the demo's own, printed apart and not counted.

mod escalated;
mod next_year;
mod redone;

use anyhow::Context as _;
use contract::request::{Contact, SubmitTicketRequest, Ticket, TicketKind};
use jiff::civil::DateTime;

use super::actor::{Actor, RequestIds};
use super::data::{self, Book};
use super::stage::Stage;
use super::zone_time;

/// What a ticket came to: what to print, or what is wrong with it.
pub(crate) type Outcome = Result<String, String>;

/// Plays them one after another.
pub(crate) async fn play<S: Stage>(stage: &S, book: &Book) -> anyhow::Result<Vec<Outcome>> {
    let ids = RequestIds::for_purpose("more");
    let company = Company { stage, book, ids: &ids };
    Ok(vec![
        redone::play(&company).await?,
        escalated::play(&company).await?,
        next_year::play(&company).await?,
    ])
}

/// The people of the zone, for what they do besides the book.
struct Company<'a, S> {
    stage: &'a S,
    book: &'a Book,
    ids: &'a RequestIds,
}

impl<'a, S: Stage> Company<'a, S> {
    /// Waits until an instant on the zone's wall.
    async fn at(&self, instant: DateTime) -> anyhow::Result<()> {
        self.stage.advance_to(instant.to_zoned(zone_time())?.timestamp()).await
    }

    fn person(&self, code: &str) -> anyhow::Result<Actor<'a>> {
        Ok(Actor::new(self.stage.caller(code)?, self.ids))
    }

    /// Who acts for the enterprise of these tickets.
    fn handler(&self) -> anyhow::Result<Actor<'a>> {
        self.person(&self.enterprise()?.id)
    }

    fn dispatcher(&self) -> anyhow::Result<Actor<'a>> {
        let one = self.book.dispatchers().next().context("没有窗口受理员（no dispatcher）")?;
        self.person(&one.id)
    }

    /// The duty officer of a department, who does its work here.
    fn officer(&self, department: &str) -> anyhow::Result<Actor<'a>> {
        let mut all = self.book.departments.iter();
        let found = all.find(|one| one.id == department).context("没有部门（no department）")?;
        self.person(&found.duty_officer)
    }

    fn enterprise(&self) -> anyhow::Result<&'a data::Enterprise> {
        self.book.enterprises.first().context("没有企业（no enterprise）")
    }

    /// A ticket that was submitted and taken in, with its order offered to the category's lead.
    async fn accepted(
        &self,
        category: &data::Category,
        title: &str,
        text: &str,
    ) -> anyhow::Result<Ticket> {
        let enterprise = self.enterprise()?;
        let submission = SubmitTicketRequest {
            enterprise: format!("enterprises/{}", enterprise.uscc),
            kind: TicketKind::Help.into(),
            category: format!("categories/{}", category.id),
            title: title.to_owned(),
            text: text.to_owned(),
            contact: Some(Contact {
                title: enterprise.legal_representative.clone(),
                phone: enterprise.contact_phone.clone(),
            }),
            channel: "手机端".to_owned(),
            ..SubmitTicketRequest::default()
        };
        let ticket = self.handler()?.submit(submission).await?;
        let ticket = self.dispatcher()?.accept(&ticket.name, &category.lead).await?;
        self.settle().await?;
        Ok(ticket)
    }

    /// Lets everything that was told be heard.
    async fn settle(&self) -> anyhow::Result<()> {
        self.stage.advance_to(self.stage.now()).await
    }
}
