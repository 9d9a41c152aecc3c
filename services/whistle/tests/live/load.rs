//! Tickets submitted and accepted without a pause by enterprises that insist, and what must be true
//! of them afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use contract::dispatch::{ListWorkOrdersRequest, WorkOrder};
use contract::history::ReadJournalRequest;
use contract::operations::GetBacklogRequest;
use contract::request::{AcceptTicketRequest, ListTicketsRequest, Ticket};
use journal::{Entropy as _, Heard, SystemEntropy};
use testkit::hand::request_id;
use testkit::zone::plea;
use testkit::{Hand, eventually};
use tokio::task::JoinSet;

/// How long somebody insists: longer than any server of a test is away.
const INSISTS: Duration = Duration::from_secs(50);
/// How long it may take until everything has arrived everywhere.
const SETTLES: Duration = Duration::from_secs(50);

/// A load on a zone.
pub(crate) struct Load {
    workers: JoinSet<Result<Vec<Ticket>>>,
    accepted: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
}

impl Load {
    /// So many pairs of an enterprise and a dispatcher begin.
    pub(crate) fn start(pairs: usize, handler: &Hand, dispatcher: &Hand) -> Load {
        let (accepted, enough) = (Arc::default(), Arc::default());
        let mut load = Load { workers: JoinSet::new(), accepted, enough };
        for _ in 0..pairs {
            let (accepted, enough) = (Arc::clone(&load.accepted), Arc::clone(&load.enough));
            let (handler, dispatcher) = (handler.clone(), dispatcher.clone());
            load.workers.spawn(async move {
                let mut tickets = Vec::new();
                while !enough.load(Ordering::SeqCst) {
                    tickets.push(whistle(&handler, &dispatcher).await?);
                    accepted.fetch_add(1, Ordering::SeqCst);
                }
                Ok(tickets)
            });
        }
        load
    }

    /// Waits until at least one and at most eight more tickets have been accepted, at random.
    pub(crate) async fn goes_on(&self) -> Result<()> {
        let mut random = [0];
        SystemEntropy.fill(&mut random);
        let goal = self.accepted.load(Ordering::SeqCst) + 1 + usize::from(random[0] % 8);
        eventually("the load goes on", INSISTS, async || {
            let accepted = self.accepted.load(Ordering::SeqCst);
            if goal <= accepted { Ok(()) } else { Err(accepted) }
        })
        .await
    }

    /// No more are begun; gives those that were acknowledged.
    pub(crate) async fn ends(mut self) -> Result<Vec<Ticket>> {
        self.enough.store(true, Ordering::SeqCst);
        let mut tickets = Vec::new();
        while let Some(worker) = self.workers.join_next().await {
            tickets.extend(worker??);
        }
        Ok(tickets)
    }
}

/// Submits and accepts one ticket; whoever hears no answer asks again, with the same request id.
pub(crate) async fn whistle(handler: &Hand, dispatcher: &Hand) -> Result<Ticket> {
    let plea = plea();
    let submitted = eventually("a ticket is submitted", INSISTS, async || {
        handler.submit(plea.clone()).await.map_err(|status| status.to_string())
    });
    let ticket = submitted.await?.name;
    let wanted = AcceptTicketRequest { ticket, request_id: request_id(), ..<_>::default() };
    let accepted = eventually("a ticket is accepted", INSISTS, async || {
        let answer = dispatcher.tickets().accept_ticket(wanted.clone()).await;
        answer.map_err(|status| status.to_string())
    });
    accepted.await?.into_inner().ticket.context("a ticket")
}

/// Waits until each of these services has heard everything that was told, and parked nothing.
pub(crate) async fn caught_up(admin: &Hand, services: &[&str]) -> Result<()> {
    eventually("everything is heard everywhere", SETTLES, async || {
        let mut backlogs = BTreeMap::new();
        for service in services {
            let wanted = GetBacklogRequest { journal: (*service).to_owned() };
            let answer = admin.operations(service).get_backlog(wanted).await?;
            backlogs.insert(*service, answer.into_inner());
        }
        for (service, backlog) in &backlogs {
            ensure!(backlog.parked == 0, "{service} has parked something");
            for heard in &backlog.heard {
                let head = backlogs.get(heard.source.as_str()).map_or(0, |source| source.position);
                ensure!(head <= heard.position, "{service} is behind: {heard:?} of {head}");
            }
        }
        Ok(())
    })
    .await
}

/// Exactly these tickets exist, each once, each with exactly one order; journals have no holes.
pub(crate) async fn whole(auditor: &Hand, acknowledged: &[Ticket]) -> Result<()> {
    let expected: BTreeSet<&str> = acknowledged.iter().map(|ticket| &*ticket.name).collect();
    ensure!(expected.len() == acknowledged.len(), "two answers named one ticket");
    let tickets = all_tickets(auditor).await?;
    let found: BTreeSet<&str> = tickets.iter().map(|ticket| &*ticket.name).collect();
    ensure!(found == expected, "{} tickets of {}", found.len(), expected.len());
    let orders = all_orders(auditor).await?;
    let sources: BTreeSet<&str> = orders.iter().map(|order| &*order.source).collect();
    ensure!(sources == expected, "{} sources of {}", sources.len(), expected.len());
    ensure!(orders.len() == expected.len(), "{} orders of {}", orders.len(), expected.len());
    let told = [
        ("request", "TicketSubmitted"),
        ("request", "TicketAccepted"),
        ("request", "WorkRequested"),
        ("dispatch", "WorkOrderOffered"),
    ];
    for (journal, kind) in told {
        let subjects = told_of(auditor, journal, kind).await?;
        let once: BTreeSet<&String> = subjects.iter().collect();
        ensure!(once.len() == subjects.len(), "{kind} was told twice of something");
        ensure!(once.len() == expected.len(), "{} × {kind} of {}", once.len(), expected.len());
    }
    Ok(())
}

/// The subjects of every fact of a kind, from a journal that has no holes.
pub(crate) async fn told_of(auditor: &Hand, journal: &str, kind: &str) -> Result<Vec<String>> {
    let wanted = ReadJournalRequest { journal: journal.to_owned(), after: 0 };
    let mut entries = auditor.history(journal).read_journal(wanted).await?.into_inner();
    let (mut subjects, mut last) = (Vec::new(), 0);
    while let Some(entry) = entries.message().await? {
        ensure!(entry.position == last + 1, "{} follows {last}", entry.position);
        last = entry.position;
        let heard = Heard::read(&entry.envelope).map_err(|trouble| anyhow!(trouble.to_string()))?;
        if heard.kind.ends_with(kind) {
            subjects.push(heard.subject);
        }
    }
    Ok(subjects)
}

async fn all_tickets(auditor: &Hand) -> Result<Vec<Ticket>> {
    let mut wanted = ListTicketsRequest { page_size: 500, ..<_>::default() };
    let mut tickets = Vec::new();
    loop {
        let page = auditor.tickets().list_tickets(wanted.clone()).await?.into_inner();
        tickets.extend(page.tickets);
        if page.next_page_token.is_empty() {
            return Ok(tickets);
        }
        wanted.page_token = page.next_page_token;
    }
}

async fn all_orders(auditor: &Hand) -> Result<Vec<WorkOrder>> {
    let mut wanted = ListWorkOrdersRequest { page_size: 500, ..<_>::default() };
    let mut orders = Vec::new();
    loop {
        let page = auditor.orders().list_work_orders(wanted.clone()).await?.into_inner();
        orders.extend(page.work_orders);
        if page.next_page_token.is_empty() {
            return Ok(orders);
        }
        wanted.page_token = page.next_page_token;
    }
}
