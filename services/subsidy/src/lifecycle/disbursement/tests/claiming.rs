//! Money is claimed back: after the enterprise has had its say, by another person than who opened it.

use base::{DisbursementId, Fen};
use jiff::SignedDuration;

use super::super::sample::{
    LEADER, MAKER, REVIEWER, SETTLED, World, at, by, deputy, refusal, rejected,
};
use super::*;
use crate::error::DisbursementError;

fn opening(amount: i64, fraud: bool) -> ClawbackOpening {
    ClawbackOpening {
        amount: Fen(amount),
        basis: "虚报设备投资额；依据《财政违法行为处罚处分条例》".to_owned(),
        remedy: "可在陈述申辩期内提出意见，可申请行政复议或提起行政诉讼".to_owned(),
        fraud,
        statement_days: 5,
    }
}

fn decision(way: Way) -> ClawbackDecision {
    ClawbackDecision {
        document: "经发决〔2026〕3号".to_owned(),
        statement: "企业未陈述".to_owned(),
        reason: "事实清楚".to_owned(),
        way,
        bar: false,
    }
}

fn open(world: &mut World, id: DisbursementId, amount: i64, fraud: bool) {
    let opening = opening(amount, fraud);
    world.of(id, DisbursementCommand::OpenClawback { by: by(REVIEWER), opening }).unwrap();
}

fn decide(
    world: &mut World,
    id: DisbursementId,
    decision: ClawbackDecision,
) -> Result<(), crate::error::Error> {
    world.of(id, DisbursementCommand::DecideClawback { by: by(LEADER), decision })
}

fn repay(
    world: &mut World,
    id: DisbursementId,
    amount: i64,
    reference: &str,
) -> Result<(), crate::error::Error> {
    world.of(
        id,
        DisbursementCommand::RecordRepayment {
            by: by(MAKER),
            amount: Fen(amount),
            reference: reference.to_owned(),
        },
    )
}

/// One whose claim of so much may be decided: the statement period is over.
fn claimed(world: &mut World, amount: i64, fraud: bool) -> DisbursementId {
    let id = world.paid(1);
    open(world, id, amount, fraud);
    world.ring_for(id);
    world.now += SignedDuration::from_secs(1);
    id
}

fn in_days(world: &World, days: i64) -> jiff::Timestamp {
    world.now + SignedDuration::from_hours(24 * days)
}

/// Opened on Monday 2 March: the enterprise may speak until the close of Monday 9 March.
///
/// Shows: subsidy PAID OpenClawback; subsidy CLAWBACK_OPENED DecideClawback; subsidy REPAYING RecordRepayment; subsidy refuses STATEMENT_RUNS
#[test]
fn money_is_claimed_back_decided_and_repaid_into_its_line() {
    let mut world = World::new();
    let id = world.paid(1);
    let free = world.budget().free().0;
    open(&mut world, id, 200_000, false);
    let until = at("2026-03-09 17:30");
    assert_eq!(world.disbursement(id).clawback.clone().unwrap().statement_until.at, until);
    let pay = Way::AtOnce { until: in_days(&world, 30) };
    world.now = until;
    let early = refusal(decide(&mut world, id, decision(pay.clone())));
    assert_eq!(early, DisbursementError::StatementRuns { until });
    world.ring_for(id);
    assert_eq!(world.told(id).last(), Some(&"StatementEnded"));
    assert_eq!(world.ledger(), [0, 0, 300_000, 0, 0], "nothing is owed before it is decided");
    world.now += SignedDuration::from_secs(1);
    decide(&mut world, id, decision(pay)).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Repaying, [0, 0, 100_000, 0, 200_000]));
    repay(&mut world, id, 50_000, "HK-1").unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Repaying, [0, 0, 100_000, 0, 150_000]));
    repay(&mut world, id, 150_000, "HK-2").unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Repaid, [0, 0, 100_000, 0, 0]));
    assert_eq!(world.budget().free().0, free + 200_000, "it returns to the line that it came from");
    assert!(alarms(world.disbursement(id)).is_empty());
}

/// M7: who opened it does not decide it, nor does their deputy.
///
/// Shows: subsidy CONFIRMED OpenClawback; subsidy refuses SAME_PERSON_DECIDES
#[test]
fn m7_a_clawback_is_decided_by_another_person() {
    let mut world = World::new();
    let id = world.paid(1);
    world.ring_for(id);
    assert_eq!(world.state(id), State::Confirmed);
    open(&mut world, id, 300_000, false);
    world.ring_for(id);
    world.now += SignedDuration::from_secs(1);
    let decision = decision(Way::AtOnce { until: in_days(&world, 30) });
    for person in [by(REVIEWER), deputy("D02-09", REVIEWER)] {
        let decision = decision.clone();
        let done =
            refusal(world.of(id, DisbursementCommand::DecideClawback { by: person, decision }));
        assert_eq!(done, DisbursementError::SamePersonDecides);
    }
    decide(&mut world, id, decision).unwrap();
}

/// Shows: subsidy refuses CLAWBACK_AMOUNT; subsidy refuses STATEMENT_DAYS; subsidy refuses NOTICE_INCOMPLETE
#[test]
fn a_notice_names_an_amount_that_was_paid_a_basis_a_remedy_and_enough_time() {
    let mut world = World::new();
    let id = world.paid(1);
    let paid = Fen(300_000);
    let bad = |change: fn(&mut ClawbackOpening)| {
        let mut opening = opening(300_000, false);
        change(&mut opening);
        opening
    };
    let cases = [
        (
            bad(|one| one.amount = Fen(0)),
            DisbursementError::ClawbackAmount { amount: Fen(0), paid },
        ),
        (
            bad(|one| one.amount = Fen(-1)),
            DisbursementError::ClawbackAmount { amount: Fen(-1), paid },
        ),
        (
            bad(|one| one.amount = Fen(300_001)),
            DisbursementError::ClawbackAmount { amount: Fen(300_001), paid },
        ),
        (bad(|one| one.statement_days = 4), DisbursementError::StatementDays { days: 4 }),
        (bad(|one| one.statement_days = 61), DisbursementError::StatementDays { days: 61 }),
        (bad(|one| one.basis = " ".to_owned()), DisbursementError::NoticeIncomplete),
        (bad(|one| one.remedy = String::new()), DisbursementError::NoticeIncomplete),
    ];
    for (opening, expected) in cases {
        let command = DisbursementCommand::OpenClawback { by: by(REVIEWER), opening };
        assert_eq!(refusal(world.of(id, command)), expected);
    }
    assert_eq!(world.state(id), State::Paid);
}

#[test]
fn a_dropped_claim_leaves_it_as_paid_as_it_was() {
    for confirmed in [false, true] {
        let mut world = World::new();
        let id = world.paid(1);
        if confirmed {
            world.ring_for(id);
        }
        open(&mut world, id, 300_000, false);
        world.ring_for(id);
        world.now += SignedDuration::from_secs(1);
        decide(&mut world, id, decision(Way::Dropped)).unwrap();
        let state = if confirmed { State::Confirmed } else { State::Paid };
        assert_eq!((world.state(id), world.ledger()), (state, [0, 0, 300_000, 0, 0]));
        assert_eq!(alarms(world.disbursement(id)).len(), usize::from(!confirmed));
        // A new fact opens a new claim.
        open(&mut world, id, 100_000, false);
        assert_eq!(world.state(id), State::ClawbackOpened);
    }
}

/// Instalments: whoever is late with one is told of, and the rest is awaited in turn.
///
/// Shows: subsidy refuses REPAYMENT_AMOUNT; subsidy refuses REPAID_ALREADY
#[test]
fn a_claim_is_repaid_in_instalments() {
    let mut world = World::new();
    let id = claimed(&mut world, 300_000, false);
    let due = [in_days(&world, 10), in_days(&world, 40)];
    let parts = [(due[0], 100_000), (due[1], 200_000)];
    let parts = parts.map(|(until, amount)| Instalment { until, amount: Fen(amount) });
    decide(&mut world, id, decision(Way::Instalments(parts.to_vec()))).unwrap();
    assert_eq!(world.disbursement(id).wait.unwrap().due.at, due[0]);
    repay(&mut world, id, 60_000, "HK-1").unwrap();
    assert_eq!(world.disbursement(id).wait.unwrap().due.at, due[0], "not all of the first part");
    let again = refusal(repay(&mut world, id, 60_000, "HK-1"));
    assert_eq!(again, DisbursementError::RepaidAlready { reference: "HK-1".to_owned() });
    world.ring_for(id);
    world.ring_for(id);
    assert_eq!(world.told_whom(id), [Told::PayerHead, Told::ZoneLeader]);
    for (amount, owed) in [(0, 240_000), (-1, 240_000), (240_001, 240_000)] {
        let done = refusal(repay(&mut world, id, amount, "HK-2"));
        let (amount, owed) = (Fen(amount), Fen(owed));
        assert_eq!(done, DisbursementError::RepaymentAmount { amount, owed });
    }
    repay(&mut world, id, 40_000, "HK-2").unwrap();
    assert_eq!(world.disbursement(id).wait.unwrap().due.at, due[1]);
    repay(&mut world, id, 200_000, "HK-3").unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Repaid, [0; 5]));
}

/// Shows: subsidy refuses INSTALMENTS_UNFIT; subsidy refuses REPAY_IN_PAST; subsidy refuses REFERRED_NOWHERE; subsidy refuses DOCUMENT_MISSING
#[test]
fn a_decision_says_how_all_of_it_is_paid_back_and_has_a_number() {
    let mut world = World::new();
    let id = claimed(&mut world, 300_000, false);
    let (soon, late) = (in_days(&world, 10), in_days(&world, 20));
    let now = world.now;
    let parts = |parts: &[(jiff::Timestamp, i64)]| {
        let parts =
            parts.iter().map(|(until, amount)| Instalment { until: *until, amount: Fen(*amount) });
        Way::Instalments(parts.collect())
    };
    let unfit = || DisbursementError::InstalmentsUnfit { owed: Fen(300_000) };
    let past = || DisbursementError::RepayInPast { until: now };
    let cases = [
        (parts(&[]), unfit()),
        (parts(&[(soon, 299_999)]), unfit()),
        (parts(&[(soon, 300_001)]), unfit()),
        (parts(&[(late, 100_000), (soon, 200_000)]), unfit()),
        (parts(&[(soon, 100_000), (soon, 200_000)]), unfit()),
        (parts(&[(soon, 400_000), (late, -100_000)]), unfit()),
        (parts(&[(soon, i64::MAX), (late, i64::MAX)]), unfit()),
        (parts(&[(now, 300_000)]), past()),
        (Way::AtOnce { until: now }, past()),
        (Way::Offset { until: now }, past()),
        (Way::Referred { to: " ".to_owned() }, DisbursementError::ReferredNowhere),
    ];
    for (way, expected) in cases {
        assert_eq!(refusal(decide(&mut world, id, decision(way))), expected);
    }
    let mut many = vec![(soon, 1); INSTALMENTS_MAX + 1];
    for (place, part) in many.iter_mut().enumerate() {
        part.0 += SignedDuration::from_secs(i64::try_from(place).unwrap());
    }
    many[0].1 = 300_000 - i64::try_from(INSTALMENTS_MAX).unwrap();
    assert_eq!(refusal(decide(&mut world, id, decision(parts(&many)))), unfit());
    let unnumbered = ClawbackDecision { document: " ".to_owned(), ..decision(Way::Dropped) };
    assert_eq!(refusal(decide(&mut world, id, unnumbered)), DisbursementError::DocumentMissing);
    assert_eq!((world.state(id), world.ledger()), (State::ClawbackOpened, [0, 0, 300_000, 0, 0]));
}

/// Three years, with an end date; only for fraud, and no later decision takes it back.
///
/// Shows: subsidy refuses BAR_WITHOUT_FRAUD
#[test]
fn fraud_bars_for_three_years() {
    let mut world = World::new();
    let id = claimed(&mut world, 300_000, true);
    let until = in_days(&world, 30);
    let barred = ClawbackDecision { bar: true, ..decision(Way::AtOnce { until }) };
    decide(&mut world, id, barred.clone()).unwrap();
    let bar = world.disbursement(id).clawback.clone().unwrap().bar().unwrap();
    assert_eq!(
        (bar.from.to_string(), bar.until.to_string()),
        ("2026-03-09".to_owned(), "2029-03-08".to_owned())
    );
    let referred = decision(Way::Referred { to: "开发区人民法院".to_owned() });
    decide(&mut world, id, referred).unwrap();
    assert_eq!(world.disbursement(id).clawback.clone().unwrap().bar(), Some(bar));

    let mut honest = World::new();
    let id = claimed(&mut honest, 300_000, false);
    let barred = ClawbackDecision { bar: true, ..decision(Way::AtOnce { until }) };
    assert_eq!(refusal(decide(&mut honest, id, barred)), DisbursementError::BarWithoutFraud);
}

/// Shows: subsidy REPAYING DecideClawback; subsidy REFERRED RecordRepayment; subsidy refuses CLAIM_STANDS
#[test]
fn how_it_is_paid_back_is_decided_anew_and_the_claim_stands() {
    let mut world = World::new();
    let id = claimed(&mut world, 300_000, false);
    let until = in_days(&world, 30);
    decide(&mut world, id, decision(Way::AtOnce { until })).unwrap();
    repay(&mut world, id, 100_000, "HK-1").unwrap();
    let dropped = refusal(decide(&mut world, id, decision(Way::Dropped)));
    assert_eq!(dropped, DisbursementError::ClaimStands);
    let rest = Instalment { until, amount: Fen(200_000) };
    decide(&mut world, id, decision(Way::Instalments(vec![rest]))).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Repaying, [0, 0, 0, 0, 200_000]));
    // What was paid before the decision is no part of the instalments: the rest is still awaited.
    repay(&mut world, id, 150_000, "HK-2").unwrap();
    assert_eq!(world.disbursement(id).wait.unwrap().due.at, until);
    decide(&mut world, id, decision(Way::Referred { to: "法院".to_owned() })).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Referred, [0, 0, 0, 0, 50_000]));
    repay(&mut world, id, 20_000, "HK-3").unwrap();
    assert_eq!(world.state(id), State::Referred);
    repay(&mut world, id, 30_000, "HK-4").unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Repaid, [0; 5]));
}

/// The bank takes the money back while the enterprise speaks: nothing is left to claim. While it is
/// owed, the report is kept for who keeps the claim.
///
/// Shows: subsidy CLAWBACK_OPENED Reverse
#[test]
fn money_that_comes_back_by_the_bank_ends_a_claim_that_is_not_decided() {
    let mut world = World::new();
    let id = world.paid(1);
    open(&mut world, id, 300_000, false);
    world.hours(1);
    world.report(id, rejected()).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Returned, [0, 0, 0, 300_000, 0]));

    let mut world = World::new();
    let id = claimed(&mut world, 300_000, false);
    let until = in_days(&world, 30);
    decide(&mut world, id, decision(Way::AtOnce { until })).unwrap();
    world.report(id, rejected()).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Repaying, [0, 0, 0, 0, 300_000]));
    assert_eq!(world.disbursement(id).kept_reports.len(), 1);
    world.report(id, SETTLED).unwrap();
    assert_eq!(world.disbursement(id).kept_reports.len(), 1, "what is known already is not kept");
}

/// The decision has its own limit; who is late with it is told of.
#[test]
fn a_claim_that_nobody_decides_is_told_of() {
    let mut world = World::new();
    let id = claimed(&mut world, 300_000, false);
    world.ring_for(id);
    assert_eq!(world.now, at("2026-03-16 17:30"));
    assert_eq!(world.told_whom(id), [Told::PayerHead]);
    assert_eq!(world.state(id), State::ClawbackOpened);
}

/// An amended calendar may lengthen the statement period, and never shortens it.
#[test]
fn a_statement_period_is_never_shortened() {
    // Before a holiday of seven days the published calendar gives more time than plain weekends do.
    let mut world = World::new();
    let id = world.paid(1);
    world.now = at("2026-09-29 10:00");
    open(&mut world, id, 300_000, false);
    let until = world.disbursement(id).clawback.clone().unwrap().statement_until;
    let published = world.calendar.clone();
    let office = published.office_hours().clone();
    let plain = calendar::Calendar::new(office, published.zone().clone());
    world.calendar = plain.clone();
    world.of(id, DisbursementCommand::Recount).unwrap();
    assert_eq!(world.disbursement(id).clawback.clone().unwrap().statement_until, until);

    let mut world = World::new();
    let id = world.paid(1);
    world.now = at("2026-09-29 10:00");
    world.calendar = plain;
    open(&mut world, id, 300_000, false);
    world.calendar = published;
    world.of(id, DisbursementCommand::Recount).unwrap();
    assert_eq!(world.disbursement(id).clawback.clone().unwrap().statement_until.at, until.at);
    assert!(alarms(world.disbursement(id)).iter().all(|(_, at)| *at == until.at));
    world.ring_for(id);
    assert_eq!(world.told(id).last(), Some(&"StatementEnded"));
    assert!(
        refusal(decide(&mut world, id, decision(Way::Dropped)))
            == DisbursementError::StatementRuns { until: until.at }
    );
}
