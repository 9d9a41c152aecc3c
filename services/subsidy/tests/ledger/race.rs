//! Many want the last of a budget: never a fen over, never a fen stranded.

use anyhow::Result;
use base::{BudgetId, Fen};
use futures_util::future::join_all;
use subsidy::error::BudgetError;
use testkit::{Size, on_both_sizes};

use crate::books::{Books, Desk, Refused, commit, hold, release};

on_both_sizes!(
    sixty_four_race_for_the_last_of_a_budget,
    sixty_four_on_two_replicas_race_for_the_last_of_a_budget,
    what_is_set_free_in_the_race_is_had_by_others,
);

const CLIENTS: u128 = 64;
const TURNS: u128 = 10;

/// What each asks for in each turn: from 1 to 97 fen, so that the last of it fits some.
fn amount_of(client: u128, turn: u128) -> i64 {
    i64::try_from((client * 31 + turn * 17) % 97 + 1).expect("it is small")
}

/// What one client was given, and the amounts that it was refused.
#[derive(Default)]
struct Outcome {
    given: i64,
    refused: Vec<i64>,
}

/// One client asks for all of its amounts, one after the other.
async fn ask_in_turn(desk: &Desk, line: &BudgetId, client: u128) -> Outcome {
    let mut outcome = Outcome::default();
    for turn in 0..TURNS {
        let amount = amount_of(client, turn);
        let number = client * TURNS + turn;
        match desk.ask(line, commit(number, 0, amount)).await {
            Ok(_) => outcome.given += amount,
            Err(Refused::Rules(BudgetError::Exceeded { free, amount: asked })) => {
                assert!(free < asked, "{free} would have done for {asked}");
                outcome.refused.push(amount);
            }
            Err(other) => panic!("neither given nor refused: {other:?}"),
        }
    }
    outcome
}

/// What holds after any race for a line.
async fn holds(books: &Books, line: &BudgetId, outcomes: &[Outcome]) -> Result<()> {
    let budget = books.budget(line).await?;
    let given: i64 = outcomes.iter().map(|outcome| outcome.given).sum();
    assert_eq!(budget.reserved, Fen(given), "what was given is what was promised");
    assert!(budget.reserved <= budget.budget, "never a fen over");
    let smallest = outcomes.iter().flat_map(|outcome| &outcome.refused).min();
    let smallest = smallest.expect("not all can have had what they asked for");
    assert!(budget.free() < Fen(*smallest), "nobody was refused what there was");
    // What is left is had to the last fen.
    let left = budget.free();
    if Fen::ZERO < left {
        books.desk.ask(line, commit(1_000_000, 0, left.0)).await?;
    }
    assert_eq!(books.budget(line).await?.free(), Fen::ZERO);
    assert!(books.desk.ask(line, commit(1_000_001, 0, 1)).await.is_err());
    books.agree().await
}

async fn sixty_four_race_for_the_last_of_a_budget(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let line = books.opened("P01", 2026, 20_000).await?;
    let clients = (0..CLIENTS).map(|client| ask_in_turn(&books.desk, &line, client));
    let outcomes = join_all(clients).await;
    holds(&books, &line, &outcomes).await
}

async fn sixty_four_on_two_replicas_race_for_the_last_of_a_budget(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let line = books.opened("P01", 2026, 20_000).await?;
    // A SQLite file is of one process, and has one writer.
    let other = if size == Size::Real { Some(books.replica().await?) } else { None };
    let desks = [&books.desk, other.as_ref().unwrap_or(&books.desk)];
    let clients = (0..CLIENTS).map(|client| {
        let desk = desks[usize::from(client % 2 == 1)];
        ask_in_turn(desk, &line, client)
    });
    let outcomes = join_all(clients).await;
    holds(&books, &line, &outcomes).await
}

/// Every third gives back what was set aside for it; in the end all is promised or free.
async fn what_is_set_free_in_the_race_is_had_by_others(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let line = books.opened("P01", 2026, 1_500).await?;
    let clients = (0..CLIENTS).map(|client| {
        let (desk, line) = (&books.desk, &line);
        async move {
            let amount = amount_of(client, 0);
            match desk.ask(line, hold(client, amount)).await {
                Ok(_) if client % 3 == 0 => {
                    desk.ask(line, release(client, amount)).await.map(|_| 0)
                }
                Ok(_) => desk.ask(line, commit(client, amount, amount)).await.map(|_| amount),
                Err(Refused::Rules(BudgetError::Exceeded { .. })) => Ok(0),
                Err(other) => Err(other),
            }
        }
    });
    let given = join_all(clients).await.into_iter().sum::<Result<i64, Refused>>()?;
    let budget = books.budget(&line).await?;
    assert_eq!((budget.reserved, budget.held), (Fen(given), Fen::ZERO));
    assert_eq!(budget.free(), Fen(1_500 - given));
    books.agree().await
}
