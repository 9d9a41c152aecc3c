//! The database goes away and comes back: what was answered is true, nothing is half true.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use journal::statement::list;
use journal::{Address, Journal, Settings, Trouble, Unit};
use testkit::infra::Postgres;

use crate::stand::{Ground, Replica, Size, eventually, pause, telling};
use crate::writers::put;

/// A row and a fact that belong together.
async fn change(journal: &Journal, number: i64) -> Result<(), Trouble> {
    let done = journal.commit(format!("t{number}"), None, move |unit: &mut Unit| {
        async move {
            put(unit.tx(), &format!("t{number}"), number).await?;
            unit.tell(telling("t", number), "system");
            Ok::<_, Trouble>(())
        }
        .boxed()
    });
    done.await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_may_go_and_come_back() {
    let ground = Ground::new(Size::Embedded).await;
    let server = tokio::task::spawn_blocking(|| {
        let server = Postgres::start().unwrap();
        server.create_database("away").unwrap();
        server
    });
    let mut server = server.await.unwrap();
    let address = Address::Postgres(server.url("away"));
    let settings = Settings { address, queue_length: 100_000, ..ground.settings("alpha") };
    let alpha = Replica::start(Journal::open(settings).await.unwrap());

    let mut answers = Vec::new();
    for round in 0..3 {
        let units = join_all((0..400).map(|number| {
            let journal = alpha.journal.clone();
            async move {
                // Spread over the time in which the server goes.
                pause(number as u64 / 4).await;
                let number = round * 1_000 + number;
                (number, change(&journal, number).await)
            }
        }));
        let outage = tokio::task::spawn_blocking(move || {
            std::thread::sleep(std::time::Duration::from_millis(40));
            server.kill().unwrap();
            server.restart().unwrap();
            server
        });
        let (answered, restarted) = tokio::join!(units, outage);
        server = restarted.unwrap();
        answers.extend(answered);
    }
    let comes_back = || async { change(&alpha.journal, 100_000 + rand_number()).await.is_ok() };
    eventually("later units succeed", comes_back).await;

    let rows =
        list(alpha.read(), "SELECT value FROM thing WHERE value < 100000 ORDER BY value", [])
            .await
            .unwrap();
    let rows: Vec<i64> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    let mut told: Vec<i64> = alpha.expected().await.iter().map(|effect| effect.told).collect();
    told.retain(|number| *number < 100_000);
    told.sort_unstable();
    assert_eq!(rows, told, "a row without its fact, or a fact without its row");
    for (number, answer) in &answers {
        let is_true = rows.binary_search(number).is_ok();
        match answer {
            Ok(()) => assert!(is_true, "{number} was answered and is not true"),
            Err(Trouble::OutcomeUnknown) => {}
            Err(trouble) => assert!(!is_true, "{number} is true in spite of {trouble:?}"),
        }
    }
    let failed = answers.iter().filter(|(_, answer)| answer.is_err()).count();
    assert!(0 < failed, "the server was away");
    let positions = alpha.journal.entries(0, 100_000).await.unwrap();
    assert!(positions.iter().zip(1..).all(|(entry, position)| entry.position == position));
}

fn rand_number() -> i64 {
    static NEXT: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
}

/// A service that hears is not to blame for its database: nothing is parked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_parks_nothing() {
    let ground = Ground::new(Size::Embedded).await;
    let (alpha, beta) = (ground.replica("alpha").await, ground.replica("beta").await);
    let server = tokio::task::spawn_blocking(|| {
        let server = Postgres::start().unwrap();
        server.create_database("away").unwrap();
        server
    });
    let mut server = server.await.unwrap();
    let settings =
        Settings { address: Address::Postgres(server.url("away")), ..ground.settings("omega") };
    let omega = Replica::start(Journal::open(settings).await.unwrap());
    let delivery = ground.delivery(&[&alpha, &beta]);
    let ear = Arc::default();
    let _listener = omega.listen(&delivery, &ear);
    let telling = async {
        for _ in 0..40 {
            alpha.tell_many(10).await;
            pause(10).await;
        }
    };
    let outage = tokio::task::spawn_blocking(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        server.kill().unwrap();
        server.restart().unwrap();
        server
    });
    let ((), server) = tokio::join!(telling, outage);
    let _server = server.unwrap();
    eventually("the database answers", || async { omega.journal.head().await.is_ok() }).await;
    eventually("all is heard", || async {
        let heard = omega.journal.heard(&["alpha"]).await;
        heard.is_ok_and(|heard| heard["alpha"] == 400)
    })
    .await;
    omega.has_heard(&alpha).await;
    assert_eq!(omega.journal.count_parked().await.unwrap(), 0);
}
