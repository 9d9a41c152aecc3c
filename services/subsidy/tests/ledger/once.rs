//! What is had once (M4), and under a cap (M3), whoever asks for it at the same time.

use anyhow::Result;
use base::Fen;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use journal::Trouble;
use subsidy::store::{caps, entitlements};
use testkit::{Size, on_both_sizes};

use crate::books::{Books, application};

on_both_sizes!(
    m4_what_is_given_once_is_had_by_one,
    m4_what_came_to_nothing_may_be_asked_for_again,
    m3_a_cap_is_never_exceeded,
    m3_a_cap_is_held_by_the_engine_too,
);

const KEY: &str = "enterprises/P-ours|P01|2026";

/// Takes what is given once; whether it was had.
async fn take(books: &Books, number: u128) -> Result<bool, Trouble> {
    let done = books.desk.journal.commit(format!("a{number}"), None, move |unit| {
        async move {
            let at = unit.now();
            let other = entitlements::take(unit.tx(), KEY, application(number), at).await?;
            assert_ne!(other, Some(application(number)), "never refused for one's own sake");
            Ok::<_, Trouble>(other.is_none())
        }
        .boxed()
    });
    done.await.map(|done| done.value)
}

/// M4 of domain.md §7.
async fn m4_what_is_given_once_is_had_by_one(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let had = join_all((1..=32).map(|number| take(&books, number))).await;
    let had: Vec<bool> = had.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(had.iter().filter(|had| **had).count(), 1);
    let winner = had.iter().position(|had| *had).expect("one had it") as u128 + 1;
    assert!(take(&books, winner).await?, "it has it still");
    let again = format!("INSERT INTO entitlement VALUES ('{KEY}', 'applications/other', 0)");
    let refused = books.sql(&again).await.expect_err("it is had");
    assert!(refused.to_lowercase().contains("unique constraint"), "{refused}");
    Ok(())
}

async fn m4_what_came_to_nothing_may_be_asked_for_again(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    assert!(take(&books, 1).await?);
    assert!(!take(&books, 2).await?);
    let gives_back = books.desk.journal.commit("a1", None, |unit| {
        async move { Ok::<_, Trouble>(entitlements::give_back(unit.tx(), application(1)).await?) }
            .boxed()
    });
    gives_back.await?;
    assert!(take(&books, 2).await?);
    assert!(!take(&books, 1).await?);
    Ok(())
}

/// Takes under a cap of 1000; whether it was had.
async fn take_under(books: &Books, amount: i64) -> Result<bool, Trouble> {
    let done = books.desk.journal.commit(format!("c{amount}"), None, move |unit| {
        async move { Ok::<_, Trouble>(caps::take(unit.tx(), KEY, Fen(1_000), Fen(amount)).await?) }
            .boxed()
    });
    done.await.map(|done| done.value)
}

/// M3 of domain.md §7.
async fn m3_a_cap_is_never_exceeded(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    assert!(!take_under(&books, 1_001).await?, "more than the cap alone");
    let amounts: Vec<i64> = (1..=64).collect();
    let had = join_all(amounts.iter().map(|amount| take_under(&books, *amount))).await;
    let had: Vec<bool> = had.into_iter().collect::<Result<_, _>>()?;
    let (given, refused): (Vec<_>, Vec<_>) = amounts.iter().zip(&had).partition(|(_, had)| **had);
    let given: i64 = given.iter().map(|(amount, _)| **amount).sum();
    let smallest = refused.iter().map(|(amount, _)| **amount).min().expect("some are refused");
    assert!(given <= 1_000 && 1_000 - given < smallest, "{given} given, {smallest} refused");
    assert_eq!(books.column("SELECT used FROM cap_line").await?, [given]);
    if given < 1_000 {
        assert!(take_under(&books, 1_000 - given).await?, "the last of it");
    }
    let back = books.desk.journal.commit("cap", None, |unit| {
        async move { Ok::<_, Trouble>(caps::give_back(unit.tx(), KEY, Fen(10)).await?) }.boxed()
    });
    back.await?;
    assert!(!take_under(&books, 11).await?);
    assert!(take_under(&books, 10).await?);
    Ok(())
}

/// M3 of domain.md §7.
async fn m3_a_cap_is_held_by_the_engine_too(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    assert!(take_under(&books, 900).await?);
    for sql in [
        "UPDATE cap_line SET used = used + 101",
        "UPDATE cap_line SET cap = 899",
        "UPDATE cap_line SET used = -1",
    ] {
        let refused = books.sql(sql).await.expect_err(sql);
        assert!(refused.to_lowercase().contains("check constraint"), "{sql}: {refused}");
    }
    Ok(())
}
