//! Whether the ledger agrees with itself: the postings are the truth, all else is made of them.

use std::collections::BTreeMap;

use journal::statement::list;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

/// Every difference between what stands in the rows and what the postings make of it, in words; none
/// if the ledger is whole. Reads all postings: for tests, after a restore, and now and then.
pub async fn faults<C: ConnectionTrait>(on: &C) -> Result<Vec<String>, DbErr> {
    let mut faults = Vec::new();
    for Check { what, kept, made } in CHECKS {
        let (kept, made) = (rows(on, kept).await?, rows(on, made).await?);
        let keys: std::collections::BTreeSet<&String> = kept.keys().chain(made.keys()).collect();
        for key in keys {
            let (is, should) = (kept.get(key), made.get(key));
            if is != should {
                faults.push(format!("{what} {key}: {is:?}, but the postings make it {should:?}"));
            }
        }
    }
    Ok(faults)
}

/// Two ways to the same figures: rows of a key and what stands there.
struct Check {
    what: &'static str,
    /// What is kept.
    kept: &'static str,
    /// What the postings make of it.
    made: &'static str,
}

const CHECKS: &[Check] = &[
    Check {
        what: "the total of",
        kept: "SELECT budget || ' ' || account || ' ' || month, \
               debit || ' ' || credit || ' ' || postings FROM ledger_total WHERE until IS NULL",
        made: "SELECT budget || ' ' || account || ' ' || substr(day, 1, 7), \
               CAST(SUM(CASE WHEN 0 < amount THEN amount ELSE 0 END) AS BIGINT) || ' ' || \
               CAST(SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS BIGINT) || ' ' || COUNT(*) \
               FROM posting_leg GROUP BY budget, account, substr(day, 1, 7)",
    },
    Check {
        what: "the versions of the total of",
        kept: "SELECT budget || ' ' || account || ' ' || month, \
               COUNT(*) || ' ' || CAST(SUM(COALESCE(until, 0)) AS BIGINT) || ' ' || \
               CAST(SUM(since) AS BIGINT) FROM ledger_total GROUP BY budget, account, month",
        made: "SELECT budget || ' ' || account || ' ' || substr(day, 1, 7), \
               COUNT(*) || ' ' || CAST(SUM(number) - MIN(number) AS BIGINT) || ' ' || \
               CAST(SUM(number) AS BIGINT) FROM posting_leg \
               GROUP BY budget, account, substr(day, 1, 7)",
    },
    Check {
        what: "what stands in",
        kept: "SELECT name, appropriated || ' ' || reserved || ' ' || in_payment || ' ' || paid \
               || ' ' || returned || ' ' || receivable || ' ' || \
               (appropriated - reserved - in_payment - paid - returned - receivable) FROM budget",
        made: "SELECT b.name, \
               CAST(-SUM(CASE WHEN l.account = 'BUDGET' THEN l.amount ELSE 0 END) AS BIGINT) || ' ' \
               || CAST(SUM(CASE WHEN l.account = 'RESERVED' THEN l.amount ELSE 0 END) AS BIGINT) \
               || ' ' \
               || CAST(SUM(CASE WHEN l.account = 'IN_PAYMENT' THEN l.amount ELSE 0 END) AS BIGINT) \
               || ' ' \
               || CAST(SUM(CASE WHEN l.account = 'PAID' THEN l.amount ELSE 0 END) AS BIGINT) || ' ' \
               || CAST(SUM(CASE WHEN l.account = 'RETURNED' THEN l.amount ELSE 0 END) AS BIGINT) \
               || ' ' \
               || CAST(SUM(CASE WHEN l.account = 'RECEIVABLE' THEN l.amount ELSE 0 END) AS BIGINT) \
               || ' ' \
               || CAST(SUM(CASE WHEN l.account = 'AVAILABLE' THEN l.amount ELSE 0 END) AS BIGINT) \
               FROM budget AS b LEFT JOIN posting_leg AS l ON l.budget = b.name GROUP BY b.name",
    },
    Check {
        what: "what stands of disbursements in",
        kept: "SELECT budget || ' ' || account, CAST(SUM(amount) AS BIGINT) || '' FROM standing \
               GROUP BY budget, account HAVING 0 < SUM(amount)",
        made: "SELECT budget || ' ' || account, CAST(SUM(amount) AS BIGINT) || '' FROM posting_leg \
               WHERE account NOT IN ('BUDGET', 'AVAILABLE') \
               GROUP BY budget, account HAVING SUM(amount) <> 0",
    },
    Check {
        what: "what is set aside in",
        kept: "SELECT name, held || '' FROM budget WHERE held <> 0",
        made: "SELECT budget, CAST(SUM(amount) AS BIGINT) || '' FROM set_aside \
               GROUP BY budget HAVING SUM(amount) <> 0",
    },
    Check {
        what: "the changes of",
        kept: "SELECT name, changes || '' FROM budget",
        made: "SELECT budget, MAX(number) || '' FROM budget_position GROUP BY budget",
    },
];

async fn rows<C: ConnectionTrait>(on: &C, sql: &str) -> Result<BTreeMap<String, String>, DbErr> {
    let pair = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    list(on, sql, []).await?.iter().map(pair).collect()
}
