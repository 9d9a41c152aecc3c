//! What holds across claims: who pays which part, what is never claimed twice (M4), and the most that
//! one enterprise gets (M3).

use base::{DepartmentId, EnterpriseId, Fen};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::facts::{Facts, Value};
use super::version::{Per, PolicyVersion};

/// What each payer pays of a total, in the order of the version's shares. Each part is rounded down to
/// the fen; what is left over goes to the last payer (domain.md §7), so the parts are the total.
/// A payer whose part is nothing is left out.
pub fn shares(version: &PolicyVersion, total: Fen) -> Vec<(DepartmentId, Fen)> {
    let shares = &version.terms.shares;
    let whole: i128 = shares.iter().map(|share| i128::from(share.parts)).sum();
    let mut left = total;
    let mut paid = Vec::with_capacity(shares.len());
    for (index, share) in shares.iter().enumerate() {
        let part = if index + 1 == shares.len() {
            left
        } else {
            let part = i128::from(total.0) * i128::from(share.parts) / whole.max(1);
            // A part is never more than the total, so it fits.
            Fen(i64::try_from(part).unwrap_or(total.0))
        };
        left = Fen(left.0 - part.0);
        if part != Fen::ZERO {
            paid.push((share.payer.clone(), part));
        }
    }
    paid
}

/// So many live claims may bear one key, and no more: live is what was neither rejected, withdrawn
/// nor lapsed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Repetition {
    /// What is counted: printable ASCII, at most 256 characters.
    pub key: String,
    /// How many claims may bear it, at least 1.
    pub times: u32,
}

/// M4. Every key that a claim bears, each with how many may bear it: how often one enterprise may
/// have the policy (`once`), and that the same project, title or invoice is claimed once in a period,
/// under this policy and, if it cannot be stacked, under any other that cannot. `date` is the day of
/// the application by the zone's clock; a period is its calendar year, unless the policy is 一次性.
pub fn repetitions(
    version: &PolicyVersion,
    enterprise: &EnterpriseId,
    facts: &Facts,
    date: Date,
) -> Vec<Repetition> {
    let terms = &version.terms;
    let mut keys = Vec::new();
    if let Some(once) = terms.once {
        let period = period(once.per, date);
        let key = format!("once/{}/{}/{period}", version.policy.code(), enterprise.code());
        keys.push(Repetition { key, times: once.times });
    }
    if terms.subject.is_some() {
        keys.push(Repetition { key: duplicate_key(version, enterprise, facts, date), times: 1 });
    }
    if !terms.stackable {
        let subject = subject(version, facts);
        let key = format!("exclusive/{}/{}/{subject}", enterprise.code(), date.year());
        keys.push(Repetition { key, times: 1 });
    }
    keys
}

/// M4. The key of what a claim is about: policy, enterprise, period and subject. Two claims of one
/// thing have one key, whatever the spaces and the case of the words. It is unique among live claims
/// if the version names a subject; how often the policy may be had at all, [`repetitions`] tells too.
pub fn duplicate_key(
    version: &PolicyVersion,
    enterprise: &EnterpriseId,
    facts: &Facts,
    date: Date,
) -> String {
    let per = version.terms.once.map_or(Per::Year, |once| once.per);
    let (policy, enterprise) = (version.policy.code(), enterprise.code());
    format!("subject/{policy}/{enterprise}/{}/{}", period(per, date), subject(version, facts))
}

fn period(per: Per, date: Date) -> String {
    match per {
        Per::Ever => "ever".to_owned(),
        Per::Year => date.year().to_string(),
    }
}

/// What a claim is about, as the first 32 hexadecimal digits of its SHA-256; `-` if it is about
/// nothing in particular.
fn subject(version: &PolicyVersion, facts: &Facts) -> String {
    let Some(field) = &version.terms.subject else { return "-".to_owned() };
    let value = match facts.get(field) {
        Value::Text(words) => {
            let plain = words.chars().filter(|letter| !letter.is_whitespace());
            Value::Text(plain.flat_map(char::to_lowercase).collect())
        }
        value @ (Value::Bool(_) | Value::Int(_) | Value::List(_) | Value::Null) => value.clone(),
    };
    let digest = Sha256::digest(value.to_string().as_bytes());
    let mut digits = hex::encode(digest);
    digits.truncate(32);
    digits
}

/// M3. The most that may be paid under one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CapLine {
    /// What is summed up: printable ASCII, at most 256 characters.
    pub key: String,
    /// The most that the sum may be.
    pub limit: Fen,
    /// What the cap is, for people: `本政策每家企业年度上限`.
    pub name: String,
}

/// M3. The caps that a payment to an enterprise in a year counts against: of the policy for ever, of
/// the policy in the year, and of the zone in the year across all policies (`annual`, a setting).
/// The cap of an item is in [`super::amount`] already.
pub fn cap_lines(
    version: &PolicyVersion,
    enterprise: &EnterpriseId,
    year: i16,
    annual: Option<Fen>,
) -> Vec<CapLine> {
    let (policy, enterprise) = (version.policy.code(), enterprise.code());
    let line = |key: String, limit: Option<Fen>, name: &str| {
        limit.map(|limit| CapLine { key, limit, name: name.to_owned() })
    };
    let caps = &version.terms.caps;
    let lines = [
        line(format!("cap/{policy}/{enterprise}/ever"), caps.enterprise, "本政策每家企业累计上限"),
        line(format!("cap/{policy}/{enterprise}/{year}"), caps.year, "本政策每家企业年度上限"),
        line(format!("cap/*/{enterprise}/{year}"), annual, "各项政策合计的企业年度上限"),
    ];
    lines.into_iter().flatten().collect()
}

/// M3. The first cap that an amount would break, each handed in with what is used of it; a sum that is
/// no number breaks it too. An amount is never cut to what is left.
pub fn broken_cap(lines: &[(CapLine, Fen)], amount: Fen) -> Option<&(CapLine, Fen)> {
    lines.iter().find(|(line, used)| used.checked_add(amount).is_none_or(|sum| line.limit < sum))
}
