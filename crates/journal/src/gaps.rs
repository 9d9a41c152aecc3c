//! What a listener has not been given: where events are missing, and when to ask for them again.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::delivery::{Cursors, Delivered};

/// How long a gap may stay before it is asked for again.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How long a source may be silent at first before it is asked whether anything is missing: this
/// listener may be new, or restored from a backup.
const ASK_THE_SILENT_AFTER: Duration = Duration::from_secs(1);

/// Where events are missing since a connection was made.
pub(crate) struct Gaps(BTreeMap<String, Gap>);

struct Gap {
    /// The furthest position that came.
    seen: i64,
    /// Until when the source, of which nothing was heard yet, is waited for.
    silent_until: Option<Instant>,
    /// Where the cursor stood when it was last asked or had moved, and when that was.
    asked: Option<(i64, Instant)>,
}

impl Gaps {
    /// Nothing has come yet.
    pub(crate) fn new(sources: &[&str], now: Instant) -> Gaps {
        let gap = |source: &&str| {
            let silent_until = Some(now + ASK_THE_SILENT_AFTER);
            ((*source).to_owned(), Gap { seen: 0, silent_until, asked: None })
        };
        Gaps(sources.iter().map(gap).collect())
    }

    /// What of the delivered can be applied, in order: without what was heard already and what
    /// lies beyond a gap, which will come again.
    pub(crate) fn sort(&mut self, delivered: Vec<Delivered>, cursors: &Cursors) -> Vec<Delivered> {
        let mut next = cursors.clone();
        let mut wanted = Vec::with_capacity(delivered.len());
        for event in delivered {
            let Some(cursor) = next.get_mut(&event.source) else { continue };
            if let Some(gap) = self.0.get_mut(&event.source) {
                gap.seen = gap.seen.max(event.position);
                gap.silent_until = None;
            }
            if event.position == *cursor + 1 {
                *cursor += 1;
                wanted.push(event);
            }
        }
        wanted
    }

    /// When to look again whether to ask, though nothing may come; `None` if nothing is missing.
    pub(crate) fn look_at(&self, cursors: &Cursors) -> Option<Instant> {
        let looks = self.0.iter().filter_map(|(source, gap)| match gap.asked {
            Some((_, when)) if gap.is_open(at(cursors, source)) => Some(when + ASK_AGAIN_AFTER),
            _ => gap.silent_until,
        });
        looks.min()
    }

    /// Which sources are to be asked now to send again, and from which position on.
    pub(crate) fn ask(&mut self, cursors: &Cursors, now: Instant) -> Vec<(String, i64)> {
        let mut asked = Vec::new();
        for (source, gap) in &mut self.0 {
            let cursor = at(cursors, source);
            let silent = gap.silent_until.is_some_and(|until| until <= now);
            if silent {
                gap.silent_until = None;
            } else if !gap.is_open(cursor) {
                gap.asked = None;
                continue;
            }
            match gap.asked {
                // What was asked for is coming in.
                Some((before, _)) if before < cursor => gap.asked = Some((cursor, now)),
                Some((_, when)) if now < when + ASK_AGAIN_AFTER => {}
                _ => {
                    gap.asked = Some((cursor, now));
                    asked.push((source.clone(), cursor + 1));
                }
            }
        }
        asked
    }
}

impl Gap {
    fn is_open(&self, cursor: i64) -> bool {
        cursor < self.seen
    }
}

fn at(cursors: &Cursors, source: &str) -> i64 {
    cursors.get(source).copied().unwrap_or(0)
}
