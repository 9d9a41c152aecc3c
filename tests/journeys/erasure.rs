//! 个人信息删除: after it, a name, a phone and a number called stand nowhere, and every proof still holds.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use anyhow::Result;
use contract::history::GetInclusionProofRequest;
use contract::request::{CallBack, Contact, GetTicketRequest, SubmitTicketRequest, Ticket};
use journal::statement::list;
use proof::{Checkpoint, Hash, leaf_hash, verify_inclusion};
use prost::Message as _;
use testkit::Size;
use testkit::hand::{Call, refusal};
use testkit::zone::plea;
use tracing::level_filters::LevelFilter;

use crate::plain::{checkpoint, export, hashes, proves};
use crate::secrets::Secrets;
use crate::zone::{DAY_ONE, Zone, instant};

testkit::on_both_sizes!(what_is_erased_stands_nowhere_and_every_proof_holds);

const NAME: &str = "司马青云";
const PHONE: &str = "13612345678";
const CALLED: &str = "13598765432";
const SECRETS: Secrets = Secrets(&[NAME, PHONE, CALLED]);
const JOURNALS: [&str; 3] = ["directory", "request", "dispatch"];

/// Shows: request refuses CONTACT_ERASED
async fn what_is_erased_stands_nowhere_and_every_proof_holds(size: Size) -> Result<()> {
    let log = &*LOG;
    let zone = Zone::start(size, DAY_ONE).await?;
    if let Some(vhost) = zone.world.vhost() {
        vhost.tap("whistle.events")?;
    }
    let ticket = called_back(&zone).await?;
    let seen = reveal(&zone, &ticket).await?;
    assert!(SECRETS.stand_in(&seen.encode_to_vec()), "until then it is shown to the auditor");
    let early = proofs(&zone).await?;
    let sealed = sealed(&zone).await?;
    assert_eq!(stand_in_files(&zone, &sealed)?, size == Size::Embedded);

    zone.by("admin").erase_contact(&ticket.name).await?;
    zone.world.settle().await?;
    let status = reveal(&zone, &ticket).await.expect_err("it is gone");
    assert_eq!(refusal(&status).1, "request.whistle CONTACT_ERASED");
    let erased = zone.by("handler").ticket(&ticket.name).await?;
    assert!(erased.contact_erased_time.is_some());
    assert_eq!(erased.contact.unwrap_or_default(), Contact::default());
    let calls = erased.rounds.iter().flat_map(|round| &round.call_backs);
    assert_eq!(calls.map(|call: &CallBack| call.number.as_str()).collect::<Vec<_>>(), [""]);

    SECRETS.are_nowhere(&zone).await?;
    let read = zone.world.house("request").journal.database().read();
    let kept = list(read, "SELECT field FROM personal WHERE thing = $1", [ticket.name.into()]);
    assert!(kept.await?.is_empty(), "values and salts are gone, even encrypted");
    assert!(!stand_in_files(&zone, &sealed)?, "neither in a free page nor in the engine's log");
    log.is_clean();
    for held in &early {
        held.holds_still(&zone).await?;
    }
    zone.world.end().await
}

/// The personal values of request as they are kept: encrypted.
async fn sealed(zone: &Zone) -> Result<Vec<Vec<u8>>> {
    let read = zone.world.house("request").journal.database().read();
    let rows = list(read, "SELECT sealed FROM personal", []).await?;
    let sealed: Vec<Vec<u8>> =
        rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    assert_eq!(sealed.len(), 2, "a contact and a number called");
    Ok(sealed)
}

/// Whether any of some values stands in the files of the embedded size, the engine's log among them.
fn stand_in_files(zone: &Zone, values: &[Vec<u8>]) -> Result<bool> {
    for file in std::fs::read_dir(zone.world.folder())? {
        let path = file?.path();
        let bytes = if path.is_file() { std::fs::read(&path)? } else { Vec::new() };
        let holds = |value: &Vec<u8>| bytes.windows(value.len()).any(|window| window == value);
        if values.iter().any(holds) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// An answered ticket of which a call back in vain is recorded.
async fn called_back(zone: &Zone) -> Result<Ticket> {
    let contact = Some(Contact { title: NAME.to_owned(), phone: PHONE.to_owned() });
    let ticket = zone.by("handler").submit(SubmitTicketRequest { contact, ..plea() }).await?;
    let ticket = zone.by("D01-11").accept(&ticket.name).await?;
    zone.worked_by("D02-11", &ticket.work_order).await?;
    zone.at("2026-03-05T10:05:00+08:00").await?;
    let started_at = instant("2026-03-05T10:00:00+08:00");
    let call = Call { number: CALLED, started_at, reached: None };
    Ok(zone.by("D01-12").call_back(&ticket.name, call).await?)
}

async fn reveal(zone: &Zone, ticket: &Ticket) -> Result<Ticket, tonic::Status> {
    let wanted =
        GetTicketRequest { ticket: ticket.name.clone(), reveal_contact: true, ..<_>::default() };
    let answer = zone.by("auditor").tickets().get_ticket(wanted).await?;
    Ok(answer.into_inner().ticket.unwrap_or_default())
}

/// What an auditor holds of one journal since before the erasure: a path for each entry.
struct Held {
    journal: &'static str,
    checkpoint: Checkpoint,
    paths: Vec<Vec<Hash>>,
}

async fn proofs(zone: &Zone) -> Result<Vec<Held>> {
    let mut held = Vec::new();
    for journal in JOURNALS {
        let entries = export(zone, journal).await?;
        let checkpoint = checkpoint(zone, journal, entries.len() as u64).await?;
        let size = i64::try_from(checkpoint.size())?;
        let mut paths = Vec::new();
        for position in 1..=size {
            let wanted = GetInclusionProofRequest { journal: journal.to_owned(), position, size };
            let mut history = zone.by("auditor").history(journal);
            let proof = history.get_inclusion_proof(wanted).await?.into_inner();
            paths.push(hashes(&proof.hashes)?);
        }
        held.push(Held { journal, checkpoint, paths });
    }
    Ok(held)
}

impl Held {
    /// Every entry as it is exported now is proved by its old path and the old checkpoint, the last
    /// one also by a path asked for anew; and nothing in them tells what was erased.
    async fn holds_still(&self, zone: &Zone) -> Result<()> {
        let Held { journal, checkpoint, paths } = self;
        let entries = export(zone, journal).await?;
        assert!(paths.len() <= entries.len());
        for entry in &entries {
            assert!(!SECRETS.stand_in(&entry.envelope), "the export of {journal}");
        }
        for (index, (entry, path)) in (0..).zip(entries.iter().zip(paths)) {
            let leaf = leaf_hash(&entry.envelope);
            verify_inclusion(index, checkpoint.size(), leaf, path, checkpoint.root())?;
        }
        proves(zone, journal, &entries[paths.len() - 1], checkpoint).await
    }
}

/// What the zones of this process log, from the first look on.
static LOG: LazyLock<Log> = LazyLock::new(Log::listen);

/// Counts lines and keeps those that tell a secret.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<(u64, Vec<String>)>>);

impl Log {
    fn listen() -> Log {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::DEBUG)
            .with_writer(move || writer.clone())
            .init();
        log
    }

    fn is_clean(&self) {
        let (lines, told) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(0 < *lines, "something was logged");
        assert!(told.is_empty(), "{told:?}");
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.0 += 1;
        if SECRETS.stand_in(line) {
            log.1.push(String::from_utf8_lossy(line).into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
