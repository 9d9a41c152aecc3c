//! A timeline: what began with one thing, from several journals, in one order.

use std::collections::{BTreeMap, HashSet, VecDeque};

use journal::{Heard, Journal, Trouble};

use crate::page::PAGE_SIZE_MAX;

/// Where a page of a timeline begins: after these positions, by journal.
pub(super) type Cursor = BTreeMap<String, i64>;

/// How many entries of each journal are looked at, however small the page: what was caused must
/// see its cause among them.
const LOOK_AHEAD: u64 = PAGE_SIZE_MAX + 1;

/// The entries of these journals that began with one thing, after a cursor, at most `limit`, each
/// with the cursor after it.
pub(super) async fn read(
    journals: impl Iterator<Item = &Journal>,
    correlation: &str,
    mut cursor: Cursor,
    limit: u64,
) -> Result<Vec<(Heard, Cursor)>, Trouble> {
    let mut queues = Vec::new();
    for journal in journals {
        let after = cursor.get(journal.name()).copied().unwrap_or(0);
        let entries = journal.timeline(correlation, after, LOOK_AHEAD).await?;
        let heard = entries.iter().map(journal::reader::Entry::heard);
        queues.push(heard.collect::<Result<VecDeque<_>, _>>()?);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let merged = merge(queues, limit).into_iter().map(|heard| {
        cursor.insert(heard.source.clone(), heard.position);
        (heard, cursor.clone())
    });
    Ok(merged.collect())
}

/// One order of several: by the instant of recording; of what was recorded at the same instant,
/// whatever was caused by another comes after it.
fn merge(mut queues: Vec<VecDeque<Heard>>, limit: usize) -> Vec<Heard> {
    let mut waiting: HashSet<String> =
        queues.iter().flatten().map(|heard| heard.id.clone()).collect();
    let mut merged = Vec::new();
    while merged.len() < limit {
        let fronts = queues.iter().enumerate();
        let fronts = fronts.filter_map(|(at, queue)| Some((at, queue.front()?)));
        let next = fronts.min_by_key(|(at, heard)| {
            let waits = heard.causation.as_ref().is_some_and(|cause| waiting.contains(cause));
            (heard.recorded_at, waits, *at)
        });
        let Some(heard) = next.map(|(at, _)| at).and_then(|at| queues[at].pop_front()) else {
            break;
        };
        waiting.remove(&heard.id);
        merged.push(heard);
    }
    merged
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn heard(source: &str, position: i64, second: i64, causation: Option<&str>) -> Heard {
        let at = Timestamp::from_second(second).unwrap();
        Heard {
            source: source.to_owned(),
            position,
            id: format!("{source}{position}"),
            kind: String::new(),
            subject: String::new(),
            correlation: String::new(),
            causation: causation.map(str::to_owned),
            actor: String::new(),
            device: None,
            occurred_at: at,
            recorded_at: at,
            traceparent: None,
            data: Vec::new(),
        }
    }

    fn ids(merged: &[Heard]) -> Vec<&str> {
        merged.iter().map(|heard| heard.id.as_str()).collect()
    }

    #[test]
    fn what_was_recorded_first_comes_first_and_a_cause_before_its_effect() {
        let request =
            [heard("r", 1, 5, None), heard("r", 2, 7, None), heard("r", 9, 7, Some("d4"))];
        let dispatch = [heard("d", 3, 7, Some("r2")), heard("d", 4, 7, None)];
        let queues = vec![dispatch.into(), request.into()];
        assert_eq!(ids(&merge(queues.clone(), 10)), ["r1", "r2", "d3", "d4", "r9"]);
        assert_eq!(ids(&merge(queues, 2)), ["r1", "r2"], "a page is cut");
    }

    proptest! {
        #[test]
        fn each_journal_keeps_its_order_and_nothing_is_lost(
            steps in proptest::collection::vec((0usize..3, 0i64..3), 0..40),
        ) {
            let mut queues = vec![VecDeque::new(); 3];
            let mut clocks = [0; 3];
            for (journal, later) in steps.iter().copied() {
                clocks[journal] += later;
                let position = i64::try_from(queues[journal].len()).unwrap() + 1;
                let source = ["a", "b", "c"][journal];
                queues[journal].push_back(heard(source, position, clocks[journal], None));
            }
            let merged = merge(queues, usize::MAX);
            prop_assert_eq!(merged.len(), steps.len());
            prop_assert!(merged.windows(2).all(|pair| pair[0].recorded_at <= pair[1].recorded_at));
            for source in ["a", "b", "c"] {
                let own = merged.iter().filter(|heard| heard.source == source);
                prop_assert!(own.zip(1..).all(|(heard, position)| heard.position == position));
            }
        }
    }
}
