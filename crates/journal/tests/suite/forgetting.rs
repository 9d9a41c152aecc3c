//! What a unit deletes for good stands neither in the embedded engine's file nor in its log.

use std::fs;
use std::path::Path;

use futures_util::FutureExt as _;
use journal::statement::{execute, find};
use journal::{Address, Journal, Settings, Trouble, Unit};
use sea_orm::TransactionTrait as _;
use tempfile::TempDir;

use crate::on_both_sizes;
use crate::stand::{Ground, Replica, Size};
use crate::writers::put;

on_both_sizes!(
    what_is_deleted_for_good_is_gone_once_it_is_answered,
    what_a_reader_held_up_is_gone_after_the_next_commit,
    what_a_process_left_is_gone_when_the_next_one_opens,
);

const SECRET: &str = "a value that must be gone one day";

async fn keep(journal: &Journal, name: &'static str) {
    let done = journal.commit(name, None, move |unit: &mut Unit| {
        async move { put(unit.tx(), name, 1).await }.boxed()
    });
    done.await.unwrap();
}

/// Deletes the secret, for good or as anything else.
async fn delete(journal: &Journal, for_good: bool) {
    let done = journal.commit(SECRET, None, move |unit: &mut Unit| {
        async move {
            if for_good {
                unit.forgets();
            }
            execute(unit.tx(), "DELETE FROM thing WHERE name = $1", [SECRET.into()]).await?;
            Ok::<_, Trouble>(())
        }
        .boxed()
    });
    done.await.unwrap();
}

/// Whether the secret stands in any file of a folder; PostgreSQL has none of its own here.
fn stands_in(address: &Address) -> bool {
    let Address::Folder(folder) = address else { return false };
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()))
}

async fn what_is_deleted_for_good_is_gone_once_it_is_answered(size: Size) {
    let ground = Ground::new(size).await;
    let replica = ground.replica("alpha").await;
    for name in ["before", SECRET, "after"] {
        keep(&replica.journal, name).await;
    }
    assert_eq!(stands_in(&ground.address()), size == Size::Embedded);
    delete(&replica.journal, true).await;
    assert!(!stands_in(&ground.address()));
}

async fn what_a_reader_held_up_is_gone_after_the_next_commit(size: Size) {
    let ground = Ground::new(size).await;
    let replica = ground.replica("alpha").await;
    keep(&replica.journal, SECRET).await;
    let reading = replica.read().begin().await.unwrap();
    find(&reading, "SELECT COUNT(*) FROM thing", []).await.unwrap();
    delete(&replica.journal, true).await;
    let count = find(&reading, "SELECT COUNT(*) FROM thing", []).await.unwrap().unwrap();
    let seen = if size == Size::Embedded { 1_i64 } else { 0 };
    assert_eq!(count.try_get_by_index::<i64>(0).unwrap(), seen, "the reader sees what it saw");
    reading.rollback().await.unwrap();
    keep(&replica.journal, "next").await;
    assert!(!stands_in(&ground.address()));
}

async fn what_a_process_left_is_gone_when_the_next_one_opens(size: Size) {
    let ground = Ground::new(size).await;
    let replica = ground.replica("alpha").await;
    keep(&replica.journal, SECRET).await;
    // It was killed after the commit and before its log was emptied.
    delete(&replica.journal, false).await;
    let copy = TempDir::new().unwrap();
    let left = match ground.address() {
        Address::Folder(folder) => Address::Folder(copied(&folder, copy.path())),
        Address::Postgres(url) => Address::Postgres(url),
    };
    assert_eq!(stands_in(&left), size == Size::Embedded);
    let settings = Settings { address: left.clone(), ..ground.settings("alpha") };
    let next = Replica::start(Journal::open(settings).await.unwrap());
    assert!(!stands_in(&left));
    keep(&next.journal, "it goes on").await;
}

/// The files as a process that was killed leaves them.
fn copied(from: &Path, to: &Path) -> std::path::PathBuf {
    for file in fs::read_dir(from).unwrap() {
        let path = file.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
    to.to_owned()
}
