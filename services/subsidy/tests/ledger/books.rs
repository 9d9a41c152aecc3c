//! Books to be kept: the rows of budgets in a database of their own, with the room and its writers.

use std::borrow::Cow;
use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use base::{
    Actor, ApplicationId, BudgetId, DepartmentId, DisbursementId, Fen, Person, PersonId, PolicyId,
};
use calendar::{Calendar, Moment};
use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use journal::statement::{execute, list};
use journal::{
    Address, Clock as _, Journal, ManualClock, Settings, Sources, SystemEntropy, Telling, Trouble,
    Troubled,
};
use runtime::{Call, Fault, Known, Lifecycle, Refusal, Room, Verdict};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use subsidy::error::BudgetError;
use subsidy::ledger::TrialBalance;
use subsidy::lifecycle::budget::{
    Budget, BudgetCommand, BudgetFact, Money, Opening, alarms, apply, budget_id, decide, follows,
};
use subsidy::lifecycle::{By, Command, ThingId};
use subsidy::store;
use subsidy::store::ledger::{AsOf, Scope, faults, list_totals};
use tempfile::TempDir;
use testkit::Size;
use testkit::infra::Database;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T01:00:00Z";

/// The lines alone, for a room: their rules and rows.
pub(crate) struct Lines;

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Rules(#[from] BudgetError),
    #[error(transparent)]
    Common(#[from] Refusal),
}

impl Fault for Refused {
    const DOMAIN: &'static str = "subsidy.whistle";

    fn verdict(&self) -> Verdict {
        match self {
            Refused::Rules(error) => error.verdict(),
            Refused::Common(refusal) => refusal.verdict(),
        }
    }
}

impl Troubled for Refused {
    fn trouble(&self) -> Option<&Trouble> {
        if let Refused::Common(refusal) = self { refusal.trouble() } else { None }
    }
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Refused {
        Refused::Common(trouble.into())
    }
}

#[async_trait]
impl Lifecycle for Lines {
    type Id = BudgetId;
    type Thing = Budget;
    type Command = BudgetCommand;
    type Fact = BudgetFact;
    type Error = Refused;

    fn decide(
        before: Option<&Budget>,
        command: &BudgetCommand,
        moment: Moment<'_>,
    ) -> Result<Vec<BudgetFact>, Refused> {
        Ok(decide(before, command, moment)?)
    }

    fn apply(before: Option<Budget>, fact: &BudgetFact) -> Option<Budget> {
        apply(before, fact)
    }

    fn alarms(thing: &Budget) -> Vec<(Cow<'static, str>, Timestamp)> {
        alarms(thing).into_iter().map(|(kind, at)| (Cow::Owned(kind), at)).collect()
    }

    fn follows(thing: &Budget, fact: &BudgetFact) -> Vec<(BudgetId, BudgetCommand)> {
        let of_lines = |(id, command)| match (id, command) {
            (ThingId::Budget(id), Command::Budget(command)) => (id, command),
            other => panic!("only lines follow from lines: {other:?}"),
        };
        follows(thing, fact).into_iter().map(of_lines).collect()
    }

    fn tell(thing: &Budget, _: &BudgetFact) -> Vec<Telling> {
        let message = prost_types::Duration { seconds: thing.changes, nanos: 0 };
        vec![Telling::new(&thing.id, &thing.id, &message)]
    }

    async fn find_locked(tx: &DatabaseTransaction, id: &BudgetId) -> Result<Option<Budget>, DbErr> {
        store::budget::find_locked(tx, id).await
    }

    async fn put(tx: &DatabaseTransaction, thing: &Budget, is_new: bool) -> Result<(), DbErr> {
        store::budget::put(tx, thing, is_new).await
    }
}

/// The ground of one test, thrown away with it.
pub(crate) struct Books {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) desk: Desk,
    folder: TempDir,
    database: Option<Database>,
}

/// One replica: a journal with its writers, and the room.
pub(crate) struct Desk {
    pub(crate) journal: Journal,
    pub(crate) room: Room<Lines>,
    writers: Vec<JoinHandle<()>>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.writers.iter().for_each(JoinHandle::abort);
    }
}

impl Books {
    pub(crate) async fn open(size: Size) -> Result<Books> {
        let made = tokio::task::spawn_blocking(move || {
            (size == Size::Real).then(|| Database::create("ledger")).transpose()
        });
        let (database, folder) = (made.await??, TempDir::new()?);
        let clock = Arc::new(ManualClock::at(DAY_ONE.parse()?));
        let address = address(&folder, database.as_ref());
        let desk = Desk::open(address, &clock).await?;
        Ok(Books { clock, desk, folder, database })
    }

    /// Another replica on the same database.
    pub(crate) async fn replica(&self) -> Result<Desk> {
        Desk::open(address(&self.folder, self.database.as_ref()), &self.clock).await
    }

    pub(crate) fn read(&self) -> &DatabaseConnection {
        self.desk.journal.database().read()
    }

    /// Opens the line of a policy and year, with so much.
    pub(crate) async fn opened(&self, policy: &str, year: i16, amount: i64) -> Result<BudgetId> {
        let opening = opening(policy, year, amount)?;
        let id = opening.id.clone();
        self.desk.ask(&id, BudgetCommand::Open(opening)).await?;
        Ok(id)
    }

    /// Lets time pass.
    pub(crate) fn later(&self, hours: i64) {
        self.clock.move_to(self.clock.now() + SignedDuration::from_hours(hours));
    }

    pub(crate) async fn budget(&self, id: &BudgetId) -> Result<Budget> {
        let found = store::budget::find_budget(self.read(), id).await?;
        found.ok_or_else(|| anyhow::anyhow!("there is no {id}"))
    }

    pub(crate) async fn trial(&self, as_of: AsOf) -> Result<TrialBalance> {
        let totals = list_totals(self.read(), &Scope::default(), as_of).await?;
        TrialBalance::of_totals(&totals).ok_or_else(|| anyhow::anyhow!("too large"))
    }

    /// Whether the ledger agrees with itself, and is balanced.
    pub(crate) async fn agree(&self) -> Result<()> {
        assert_eq!(faults(self.read()).await?, [""; 0]);
        let trial = self.trial(AsOf::Now).await?;
        assert!(trial.is_balanced(), "{trial:?}");
        let (debits, credits) = trial.debits_and_credits().expect("they add up");
        assert_eq!(debits, credits);
        Ok(())
    }

    /// Says this to the database, whatever the rules; gives how many rows it changed.
    pub(crate) async fn sql(&self, sql: &str) -> Result<u64, String> {
        let text = sql.to_owned();
        let done = self.desk.journal.commit("sql", None, move |unit| {
            let text = text.clone();
            async move { Ok::<_, Trouble>(execute(unit.tx(), &text, []).await?) }.boxed()
        });
        done.await.map(|done| done.value).map_err(|trouble| format!("{trouble:?}"))
    }

    /// The first column of a query.
    pub(crate) async fn column(&self, sql: &str) -> Result<Vec<i64>> {
        let rows = list(self.read(), sql, []).await?;
        Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
    }
}

impl Desk {
    async fn open(address: Address, clock: &Arc<ManualClock>) -> Result<Desk> {
        let sources = Sources { clock: clock.clone(), entropy: Arc::new(SystemEntropy) };
        let journal = Journal::open(Settings {
            name: "subsidy",
            zone: "test-zone".to_owned(),
            address,
            writers: 4,
            queue_length: 1_000,
            steps: store::LEDGER.to_vec(),
            sources,
        })
        .await?;
        let writers = (0..journal.database().writers()).map(|_| {
            let journal = journal.clone();
            tokio::spawn(async move { journal.write(CancellationToken::new()).await })
        });
        let writers = writers.collect();
        let read = journal.database().read().clone();
        let known = Known::new(read, clock.clone(), Calendar::published());
        Ok(Desk { room: Room::new(journal.clone(), known), journal, writers })
    }

    /// Asks something of a line; gives the line and the journal's position.
    pub(crate) async fn ask(
        &self,
        id: &BudgetId,
        command: BudgetCommand,
    ) -> Result<(Budget, i64), Refused> {
        let done = self.room.change(&call(), id, command).await?;
        Ok((done.thing, done.position))
    }

    /// Asks several things of a line, one after the other.
    pub(crate) async fn ask_all(
        &self,
        id: &BudgetId,
        commands: impl IntoIterator<Item = BudgetCommand>,
    ) -> Result<(), Refused> {
        for command in commands {
            self.ask(id, command).await?;
        }
        Ok(())
    }
}

fn address(folder: &TempDir, database: Option<&Database>) -> Address {
    match database {
        Some(database) => Address::Postgres(database.url()),
        None => Address::Folder(folder.path().join("data")),
    }
}

fn call() -> Call {
    let id = PersonId::new("finance").expect("a person");
    let person = Person {
        id: id.clone(),
        same_person_as: None,
        roles: Default::default(),
        lent: Default::default(),
        department: None,
        enterprise: None,
        active: true,
    };
    Call {
        person,
        actor: Actor::Person(id),
        method: "/whistle.subsidy.v1.DisbursementService/Test".to_owned(),
        request_id: None,
        digest: [0; 32],
        etag: None,
        validate_only: false,
        deadline: None,
        traceparent: String::new(),
        device: None,
    }
}

pub(crate) fn by(code: &str) -> By {
    let person = PersonId::new(code).expect("a person");
    By { actor: Actor::Person(person.clone()), person }
}

pub(crate) fn opening(policy: &str, year: i16, amount: i64) -> Result<Opening> {
    let (policy, payer) = (PolicyId::new(policy)?, DepartmentId::new("D04")?);
    let id = budget_id(&policy, year, &payer)?;
    let document = "经开财〔2026〕1号, \"试\"; \\".to_owned();
    Ok(Opening { id, policy, year, payer, amount: Fen(amount), document, by: by("maker") })
}

pub(crate) fn money(number: u128, amount: i64) -> Money {
    Money { disbursement: DisbursementId::new(Uuid::from_u128(number)), amount: Fen(amount) }
}

pub(crate) fn application(number: u128) -> ApplicationId {
    ApplicationId::new(Uuid::from_u128(number))
}

pub(crate) fn hold(number: u128, amount: i64) -> BudgetCommand {
    BudgetCommand::Hold { application: application(number), amount: Fen(amount) }
}

pub(crate) fn release(number: u128, amount: i64) -> BudgetCommand {
    BudgetCommand::Release { application: application(number), amount: Fen(amount) }
}

pub(crate) fn commit(number: u128, held: i64, amount: i64) -> BudgetCommand {
    BudgetCommand::Commit {
        application: application(number),
        disbursement: DisbursementId::new(Uuid::from_u128(number)),
        held: Fen(held),
        amount: Fen(amount),
    }
}

/// From the approval to the payment.
pub(crate) fn paid(number: u128, amount: i64) -> [BudgetCommand; 3] {
    let pay = BudgetCommand::Pay(money(number, amount));
    [commit(number, 0, amount), BudgetCommand::Order(money(number, amount)), pay]
}
