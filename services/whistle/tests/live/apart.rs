//! Services as processes of their own on PostgreSQL and RabbitMQ, dispatch with two replicas.

use anyhow::{Context as _, Result, ensure};
use contract::common::{Outcome, Role};
use contract::directory::{ListDepartmentsRequest, PutStaffRequest, Staff};
use contract::dispatch::WorkOrderState;
use contract::request::{Ticket, TicketState};
use std::time::Duration;
use testkit::hand::{metadata_of, refusal, request_id};
use testkit::infra::{Database, Vhost};
use testkit::zone::{LEAD, set_up};
use testkit::{Hand, eventually};
use tokio::task::JoinSet;
use tonic::Code;

use crate::load::{caught_up, whistle};
use crate::program::{Home, Program, START_WITHIN};

pub(crate) const SERVICES: [&str; 4] = ["directory", "request", "dispatch", "agency"];
/// How long a fact may take from one service to another.
pub(crate) const TRAVELS: Duration = Duration::from_secs(20);

/// A zone of processes.
pub(crate) struct Apart {
    pub(crate) home: Home,
    pub(crate) directory: Program,
    pub(crate) request: Program,
    pub(crate) dispatch: Program,
    pub(crate) agency: Program,
}

impl Apart {
    /// Starts one process for each service and sets the small zone up.
    pub(crate) async fn start(database: &str, amqp: &str) -> Result<Apart> {
        let home = Home::real(database, amqp)?;
        let directory = home.serve_only("directory", "directory")?;
        let request = home.serve_only("request", "request")?;
        let dispatch = home.serve_only("dispatch", "dispatch")?;
        let agency = home.serve_only("agency", "agency")?;
        let zone = Apart { home, directory, request, dispatch, agency };
        for program in [&zone.directory, &zone.request, &zone.dispatch, &zone.agency] {
            program.ready().await?;
        }
        let admin = zone.by("admin")?;
        let second = zone.by("admin-2")?;
        eventually("the administrators are known", START_WITHIN, async || {
            second.directory().list_departments(ListDepartmentsRequest::default()).await
        })
        .await?;
        set_up(&admin, &second).await?;
        caught_up(&admin, &SERVICES).await?;
        Ok(zone)
    }

    /// The hand of a person.
    pub(crate) fn by(&self, person: &str) -> Result<Hand> {
        self.by_way_of(person, &self.dispatch)
    }

    /// The hand of a person who reaches dispatch at this replica.
    fn by_way_of(&self, person: &str, dispatch: &Program) -> Result<Hand> {
        let home = &self.home;
        Ok(Hand::apart(
            home.caller(person, &self.directory)?,
            home.caller(person, &self.request)?,
            home.caller(person, dispatch)?,
            home.caller(person, &self.agency)?,
        ))
    }
}

/// Waits until a ticket has come to a state.
pub(crate) async fn reaches(hand: &Hand, ticket: &str, state: TicketState) -> Result<Ticket> {
    eventually("the ticket moves", TRAVELS, async || {
        let ticket = hand.ticket(ticket).await?;
        ensure!(ticket.state() == state, "{:?}", ticket.state());
        Ok(ticket)
    })
    .await
}

/// Waits until an order is there.
pub(crate) async fn arrives(hand: &Hand, order: &str) -> Result<()> {
    eventually("the order arrives", TRAVELS, async || hand.order(order).await.map(|_| ())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journey_through_five_processes() -> Result<()> {
    let (database, vhost) = (Database::create("apart")?, Vhost::create("apart")?);
    let mut zone = Apart::start(&database.url(), &vhost.url()).await?;
    let mut twin = zone.home.serve_only("twin", "dispatch")?;
    twin.ready().await?;
    let (handler, dispatcher) = (zone.by("handler")?, zone.by("D01-12")?);
    let (here, there) = (zone.by("D02-11")?, zone.by_way_of("D02-11", &twin)?);

    let ticket = whistle(&handler, &zone.by("D01-11")?).await?;
    arrives(&there, &ticket.work_order).await?;
    there.claim(&ticket.work_order).await?;
    // What one replica has committed, the other sees.
    let contacted = here.contact(&ticket.work_order).await?;
    assert_eq!(contacted.state(), WorkOrderState::InProgress);
    there.complete(&ticket.work_order).await?;
    let answered = reaches(&handler, &ticket.name, TicketState::Answered).await?;
    assert_eq!(answered.outcome(), Outcome::Solved);
    handler.rate(&ticket.name, 5).await?;
    dispatcher.close(&ticket.name).await?;
    reaches(&handler, &ticket.name, TicketState::Closed).await?;
    caught_up(&zone.by("admin")?, &SERVICES).await?;

    the_race_has_one_winner(&zone, &twin).await?;
    let Apart { directory, request, dispatch, agency, .. } = &mut zone;
    for program in [directory, request, dispatch, agency, &mut twin] {
        let ended = program.stop()?;
        assert!(ended.success(), "{}", program.told());
        assert!(!program.told().contains("panicked"), "{}", program.told());
    }
    Ok(())
}

/// Twenty people race for one order, half of them at each replica.
async fn the_race_has_one_winner(zone: &Apart, twin: &Program) -> Result<()> {
    let admin = zone.by("admin")?;
    let people: Vec<String> = (0..20).map(|number| format!("R{number:02}")).collect();
    for person in &people {
        let staff = Staff {
            name: format!("persons/{person}"),
            title: person.clone(),
            department: LEAD.to_owned(),
            roles: vec![Role::Staff.into()],
            active: true,
            ..<_>::default()
        };
        let wanted = PutStaffRequest { staff: Some(staff), request_id: request_id() };
        admin.directory().put_staff(wanted).await?;
    }
    caught_up(&admin, &SERVICES).await?;
    for _ in 0..5 {
        let ticket = whistle(&zone.by("handler")?, &zone.by("D01-11")?).await?;
        arrives(&zone.by("D02-11")?, &ticket.work_order).await?;
        let mut race = JoinSet::new();
        for (number, person) in people.iter().enumerate() {
            let replica = if number % 2 == 0 { &zone.dispatch } else { twin };
            let (hand, order) = (zone.by_way_of(person, replica)?, ticket.work_order.clone());
            let person = format!("persons/{person}");
            race.spawn(async move { (person, hand.claim(&order).await) });
        }
        let outcomes = race.join_all().await;
        let winners = outcomes.iter().filter(|(_, outcome)| outcome.is_ok());
        let winners: Vec<&String> = winners.map(|(person, _)| person).collect();
        assert_eq!(winners.len(), 1, "{outcomes:?}");
        let lost = (Code::FailedPrecondition, "dispatch.whistle CLAIMED_ALREADY".to_owned());
        for status in outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().err()) {
            assert_eq!(refusal(status), lost);
            assert_eq!(&metadata_of(status, "claimant"), winners[0]);
        }
        let order = zone.by("auditor")?.order(&ticket.work_order).await.context("the order")?;
        assert_eq!(&order.claimant, winners[0]);
    }
    Ok(())
}
