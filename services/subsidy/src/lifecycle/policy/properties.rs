//! Whatever is claimed, and whatever is written into a criterion.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base::Fen;
use calendar::Calendar;
use jiff::ToSpan as _;
use proptest::prelude::*;

use super::expression::Expression;
use super::sample::{
    criterion, department, departments, facts, instant, lead, policy_id, terms, text, version_of,
};
use super::*;
use crate::error::EvaluationError;

fn base() -> Base {
    Base::Field("claim.interest_fen".to_owned())
}

fn cap() -> impl Strategy<Value = Option<Fen>> {
    proptest::option::of((1..i64::MAX).prop_map(Fen))
}

/// Any formula over one number that may be filed, but for the table.
fn formula() -> impl Strategy<Value = Formula> {
    let flat = (1..i64::MAX).prop_map(|amount| Formula::Flat { amount: Fen(amount) });
    let percent = (1..=WHOLE_BP, cap()).prop_map(|(rate_bp, cap)| Formula::Percent {
        base: base(),
        rate_bp,
        cap,
    });
    let unit = (1..1_000_000_000i64, cap()).prop_map(|(unit, cap)| Formula::PerUnit {
        base: base(),
        unit: Fen(unit),
        cap,
    });
    let tier = (1..1_000_000_000i64, 0..1_000_000_000i64, 1..=WHOLE_BP);
    let tiered = (proptest::collection::vec(tier, 1..6), cap()).prop_map(|(steps, cap)| {
        let (mut from, mut amount) = (0, 0);
        let mut tiers = Vec::new();
        for (further, more, rate_bp) in steps {
            tiers.push(Tier { from, amount: Fen(amount), rate_bp });
            from += further;
            amount += more;
        }
        Formula::Tiered { base: base(), tiers, cap }
    });
    let one = prop_oneof![flat, percent, unit, tiered].boxed();
    let several = proptest::collection::vec(one.clone(), 2..5);
    prop_oneof![4 => one, 1 => several.prop_map(|of| Formula::HigherOf { of })]
}

/// What an amount may not exceed, by its own caps.
fn most(formula: &Formula) -> Option<Fen> {
    match formula {
        Formula::Flat { amount } => Some(*amount),
        Formula::Table { rows, .. } => rows.iter().map(|row| row.amount).max(),
        Formula::Percent { cap, .. }
        | Formula::PerUnit { cap, .. }
        | Formula::Tiered { cap, .. } => *cap,
        Formula::HigherOf { of } => {
            let most: Option<Vec<Fen>> = of.iter().map(most).collect();
            most.and_then(|most| most.into_iter().max())
        }
    }
}

/// What is due, nothing counting as zero; none if it cannot be counted.
fn due(version: &PolicyVersion, base: i64) -> Option<Fen> {
    match amount(version, &facts().with("claim.interest_fen", Value::Int(base))) {
        Ok(due) => Some(due),
        Err(EvaluationError::NothingDue) => Some(Fen::ZERO),
        Err(error) => {
            assert_eq!(error, EvaluationError::Overflow);
            None
        }
    }
}

/// Texts that look like criteria, so that the reader gets further than the first word.
fn criterion_text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "enterprise",
        "claim",
        ".",
        "size",
        "interest_fen",
        "banks",
        "first",
        "contract",
        "==",
        "!=",
        ">=",
        "<",
        "&&",
        "||",
        "!",
        "+",
        "-",
        "*",
        "/",
        "%",
        "?",
        ":",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "in",
        "has(",
        "all(b,",
        "exists(",
        "'小型'",
        "\"",
        "'",
        "1",
        "0",
        "9223372036854775807",
        "true",
        "null",
        "0.5",
        "2u",
        "b'x'",
        "r'",
        "\n",
        "//",
        "`",
        "\\",
        "claim.interest_fen",
        "enterprise.size",
        "claim.banks.all(b, b == '1')",
        "claim.first",
    ]);
    proptest::collection::vec(words, 0..24).prop_map(|words| words.join(" "))
}

fn value() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        ".{0,8}".prop_map(Value::Text),
    ];
    let list = proptest::collection::vec(one.clone(), 0..4).prop_map(Value::List);
    prop_oneof![4 => one, 1 => list]
}

/// Reads a text, and evaluates it over facts if it can be read: neither ever panics.
fn try_text(expression: &str, known: &[Value]) {
    let names = ["enterprise.size", "claim.interest_fen", "claim.banks", "claim.first"];
    let facts: Facts =
        names.iter().map(|name| (*name).to_owned()).zip(known.iter().cloned()).collect();
    let criteria = vec![criterion("one", expression, "如此")];
    let version = version_of(Terms { criteria, ..terms() });
    let flaws = check(&version.policy, &version.terms, &departments());
    match Expression::read(expression, &Schema::of(&version.terms)) {
        Ok(_) => {
            assert_eq!(flaws, []);
            // What may be filed never fails to be evaluated, whatever is known.
            failing(&version, &facts).expect("what is filed can be evaluated");
        }
        Err(fault) => {
            assert_eq!(flaws.first().and_then(|flaw| flaw.place), Some(fault.place));
            let lines = u32::try_from(expression.split('\n').count()).unwrap();
            assert!(fault.place.line <= lines.max(1), "{} of {expression:?}", fault.place);
        }
    }
}

proptest! {
    #[test]
    fn m1_an_amount_never_exceeds_its_caps(
        formula in formula(),
        item in cap(),
        base in any::<i64>(),
    ) {
        let own = most(&formula);
        let caps = Caps { item, ..Caps::default() };
        let version = version_of(Terms { amount: formula, caps, ..terms() });
        prop_assert_eq!(check(&version.policy, &version.terms, &departments()), []);
        if let Some(due) = due(&version, base) {
            prop_assert!(Fen::ZERO <= due);
            prop_assert!(own.is_none_or(|own| due <= own));
            prop_assert!(item.is_none_or(|item| due <= item));
        }
    }

    #[test]
    fn m1_whoever_does_more_gets_no_less(
        formula in formula(),
        one in 0..1_000_000_000_000i64,
        more in 0..1_000_000_000_000i64,
    ) {
        let version = version_of(Terms { amount: formula, ..terms() });
        if let (Some(less), Some(more)) = (due(&version, one), due(&version, one + more)) {
            prop_assert!(less <= more);
        }
    }

    #[test]
    fn the_parts_of_all_payers_are_the_total(
        parts in proptest::collection::vec(1..1_000_000u32, 1..10),
        total in 0..i64::MAX,
    ) {
        let share = |(index, parts): (usize, &u32)| {
            Share { payer: department(&format!("D{index:02}")), parts: *parts }
        };
        let list: Vec<Share> = parts.iter().enumerate().map(share).collect();
        let version = version_of(Terms { shares: list, ..terms() });
        let paid = shares(&version, Fen(total));
        prop_assert_eq!(Fen::checked_sum(paid.iter().map(|(_, part)| *part)), Some(Fen(total)));
        let whole: i128 = parts.iter().copied().map(i128::from).sum();
        for (payer, part) in &paid {
            prop_assert!(Fen::ZERO < *part);
            let index: usize = payer.code()[1..].parse().unwrap();
            let exact = i128::from(total) * i128::from(parts[index]) / whole;
            let odd = i128::from(part.0) - exact;
            let last = index + 1 == parts.len();
            prop_assert!(odd == 0 || last && (0..10).contains(&odd));
        }
    }

    #[test]
    fn no_text_of_words_brings_the_reader_down(
        expression in criterion_text(),
        known in proptest::collection::vec(value(), 4),
    ) {
        try_text(&expression, &known);
    }

    #[test]
    fn no_text_at_all_brings_the_reader_down(
        expression in "\\PC{0,60}",
        known in proptest::collection::vec(value(), 4),
    ) {
        try_text(&expression, &known);
    }

    #[test]
    fn a_criterion_fails_for_whatever_is_not_known(
        size in proptest::option::of(prop::sample::select(vec!["小型", "大型", "失信"])),
        interest in proptest::option::of(any::<i64>()),
    ) {
        let criteria = vec![
            criterion("unequal", "enterprise.size != '失信'", "如此"),
            criterion("either", "claim.interest_fen > 0 || enterprise.size == '小型'", "如此"),
        ];
        let version = version_of(Terms { criteria, ..terms() });
        let facts = Facts::new()
            .with("enterprise.size", size.map_or(Value::Null, text))
            .with("claim.interest_fen", interest.map_or(Value::Null, Value::Int));
        let failing = failing(&version, &facts).unwrap();
        let codes: Vec<&str> = failing.iter().map(|failing| failing.code.as_str()).collect();
        let unequal = size.is_some_and(|size| size != "失信");
        let either = interest.is_some_and(|fen| 0 < fen) || size == Some("小型");
        prop_assert_eq!(codes.contains(&"unequal"), !unequal);
        prop_assert_eq!(codes.contains(&"either"), !either);
    }

    #[test]
    fn a_snapshot_is_the_same_whatever_order_its_facts_came_in(
        mut known in proptest::collection::btree_map("[a-z]{1,4}", value(), 0..8)
            .prop_map(|known| known.into_iter().collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let facts: Facts = known.iter().cloned().collect();
        known.reverse();
        let turned: Facts = known.into_iter().collect();
        prop_assert_eq!(facts.sha256(), turned.sha256());
        let row = serde_json::to_string(&facts).unwrap();
        let read: Facts = serde_json::from_str(&row).unwrap();
        prop_assert_eq!(read.sha256(), facts.sha256());
    }

    /// Whatever is asked, in whatever order: folding the facts is the row, one version is open at
    /// most, numbers rise, no budget line is opened twice, and what can expire has its alarm armed.
    #[test]
    fn no_life_of_a_policy_breaks_its_rules(path in proptest::collection::vec((0..8u8, 0..40i64), 1..40)) {
        let calendar = Calendar::published();
        let mut now = instant("2026-11-01T09:00:00+08:00");
        let (mut policy, mut all) = (None, Vec::new());
        let mut lines = Vec::new();
        for (what, days) in path {
            now = now.checked_add((days * 24).hours()).unwrap();
            let command = command(what, &policy, now);
            let before = policy.clone();
            let facts = decide(policy.as_ref(), &command, calendar::Moment { now, calendar: &calendar });
            for fact in facts.unwrap_or_default() {
                policy = apply(policy, &fact);
                if let PolicyWhat::Published { budgets, .. } = &fact.what {
                    lines.extend(budgets.iter().map(|line| line.year));
                }
                all.push(fact);
            }
            let folded: Option<Policy> = all.iter().fold(None, apply);
            prop_assert_eq!(&folded, &policy);
            if let Some(policy) = &policy {
                watch(before.as_ref(), policy);
            }
        }
        let opened = lines.len();
        lines.sort_unstable();
        lines.dedup();
        prop_assert_eq!(lines.len(), opened);
    }
}

fn command(what: u8, policy: &Option<Policy>, now: jiff::Timestamp) -> PolicyCommand {
    let due_at = policy.as_ref().and_then(|policy| policy.standing.expires_at).unwrap_or(now);
    let (reason, matched) = (String::new(), Vec::new());
    let mut terms = terms();
    if what == 7 {
        terms.validity.until = sample::date("2027-12-31");
        let year = Allotment { year: 2027, payer: department("D04"), amount: Fen(1) };
        terms.budgets.push(year);
    }
    let ask = match what {
        1 => PolicyAsk::File { departments: departments() },
        2 => PolicyAsk::Publish,
        3 => PolicyAsk::Open,
        4 => PolicyAsk::Close { reason, matched },
        5 => PolicyAsk::Repeal { reason, matched },
        6 => return PolicyCommand::Ring { alarm: PolicyAlarm::Expire, due_at, matched },
        _ => PolicyAsk::Draft { policy: policy_id("P05"), terms: Box::new(terms) },
    };
    PolicyCommand::Ask { by: lead(), department: department("D02"), ask }
}

/// What holds of every policy, whatever was done to it.
fn watch(before: Option<&Policy>, policy: &Policy) {
    assert!(before.is_none_or(|before| before.changed_at <= policy.changed_at));
    let number = policy.standing.version.number;
    assert!(before.is_none_or(|before| before.standing.version.number <= number));
    if let Some(next) = &policy.next {
        assert_eq!(next.version.number.checked_sub(number).map(|ahead| 0 < ahead), Some(true));
        assert!(matches!(next.state, State::Draft | State::Filed | State::Published));
    }
    let can_expire = allowed(policy.state()).contains(&Action::Expire);
    assert_eq!(alarms(policy).len(), usize::from(can_expire));
}
