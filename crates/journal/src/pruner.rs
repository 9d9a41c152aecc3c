//! Forgetting: answers that are remembered so that asking twice is asking once go after a week.

use futures_util::FutureExt as _;
use jiff::SignedDuration;
use sea_orm::Value;

use crate::statement::{execute, find};
use crate::{Journal, Trouble};

/// How long an answer is remembered.
pub const REMEMBERED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many answers one unit forgets: a small step, so that nobody waits for it.
const ANSWERS_PER_UNIT: i64 = 500;

impl Journal {
    /// Forgets the answers that are older than a week; gives how many. Writes nothing if there are none.
    pub async fn prune(&self) -> Result<u64, Trouble> {
        let now = self.sources().clock.now();
        let before = now.saturating_sub(REMEMBERED_FOR).map_or(i64::MIN, |at| at.as_microsecond());
        let mut count = 0;
        loop {
            let sql = "SELECT 1 FROM remembered WHERE at < $1 LIMIT 1";
            if find(self.database().read(), sql, [before.into()]).await?.is_none() {
                return Ok(count);
            }
            let done = self.commit_own("prune", move |unit| {
                async move {
                    let sql = "DELETE FROM remembered WHERE (caller, request_id) IN \
                               (SELECT caller, request_id FROM remembered WHERE at < $1 \
                                ORDER BY at, caller, request_id LIMIT $2)";
                    let values: [Value; 2] = [before.into(), ANSWERS_PER_UNIT.into()];
                    Ok::<_, Trouble>(execute(unit.tx(), sql, values).await?)
                }
                .boxed()
            });
            count += done.await?.value;
        }
    }
}
