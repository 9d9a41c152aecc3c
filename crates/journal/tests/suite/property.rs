//! Whatever is dropped and in whatever order things happen: the effects are the journal.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::faults::{Faults, Faulty};
use crate::stand::{Ground, Scribe, Size, Task, pause};

/// What happens next.
#[derive(Clone, Debug)]
enum Happening {
    /// So many units commit.
    Commit(i64),
    /// A publisher starts; the one before is dropped wherever it is. It may hang after a confirm
    /// and lose some messages.
    Publisher { hangs: bool, loses: Vec<i64> },
    /// A listener starts; the one before is dropped wherever it is. It may hang before accepting.
    Listener { hangs: bool },
    /// The one or the other is dropped.
    Drop { publisher: bool },
    /// So many milliseconds go by.
    Wait(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let loses = prop::collection::vec(1..60_i64, 0..4);
    prop_oneof![
        3 => (1..12_i64).prop_map(Happening::Commit),
        2 => (prop::bool::weighted(0.2), loses)
            .prop_map(|(hangs, loses)| Happening::Publisher { hangs, loses }),
        2 => prop::bool::weighted(0.2).prop_map(|hangs| Happening::Listener { hangs }),
        1 => any::<bool>().prop_map(|publisher| Happening::Drop { publisher }),
        2 => (0..40_u64).prop_map(Happening::Wait),
    ]
}

async fn effects_are_the_journal(size: Size, happenings: Vec<Happening>) {
    let ground = Ground::new(size).await;
    let (alpha, beta) = (ground.replica("alpha").await, ground.replica("beta").await);
    let omega = ground.replica("omega").await;
    let delivery = ground.delivery(&[&alpha, &beta]);
    let ear = Arc::new(Scribe::default());
    let (mut publisher, mut listener): (Option<Task>, Option<Task>) = (None, None);
    for happening in happenings {
        match happening {
            Happening::Commit(count) => alpha.tell_many(count).await,
            Happening::Publisher { hangs, loses } => {
                let faults =
                    Faults { hangs_after_confirm: hangs, lost: loses.into(), ..Faults::default() };
                publisher = Some(alpha.publish(&Faulty::of(&delivery, faults).0));
            }
            Happening::Listener { hangs } => {
                let faults = Faults { hangs_before_accept: hangs, ..Faults::default() };
                listener = Some(omega.listen(&Faulty::of(&delivery, faults).0, &ear));
            }
            Happening::Drop { publisher: true } => publisher = None,
            Happening::Drop { publisher: false } => listener = None,
            Happening::Wait(millis) => pause(millis).await,
        }
    }
    drop((publisher, listener));
    let _tasks = [alpha.publish(&delivery), omega.listen(&delivery, &ear)];
    alpha.tell_many(1).await;
    omega.has_heard(&alpha).await;
    assert_eq!(omega.journal.count_parked().await.unwrap(), 0);
}

fn run(size: Size, cases: u32) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.unwrap();
    let config =
        Config { cases, max_shrink_iters: 20, failure_persistence: None, ..Config::default() };
    let happenings = prop::collection::vec(happening(), 4..24);
    let ran = TestRunner::new(config).run(&happenings, |happenings| {
        runtime.block_on(effects_are_the_journal(size, happenings));
        Ok(())
    });
    ran.unwrap();
}

#[test]
fn whatever_happens_the_effects_are_the_journal_embedded() {
    run(Size::Embedded, 24);
}

/// A dropped publisher leaves its lease behind, for which the next waits: few cases.
#[test]
fn whatever_happens_the_effects_are_the_journal_real() {
    run(Size::Real, 4);
}
