//! What is true, as two people say: of an exception, or of a payment whose result is unknown.

use base::Fen;

use super::super::super::budget::BudgetCommand;
use super::super::super::{Command, ThingId};
use super::super::sample::{
    CHECKER, MAKER, REVIEWER, SECOND_REVIEWER, SETTLED, World, budget_id, by, deputy, disbursement,
    refusal, rejected,
};
use super::*;
use crate::error::{BudgetError, DisbursementError, Error};

fn say(who: base::PersonId, resolution: &Resolution) -> DisbursementCommand {
    DisbursementCommand::ResolveException {
        by: by(who.code()),
        resolution: resolution.clone(),
        reason: "银行对账单".to_owned(),
    }
}

/// One whose wrong amount two people look at.
fn excepted(world: &mut World) -> base::DisbursementId {
    let id = world.payable(1);
    world.sent(&[id]);
    world.say(Report { amount: Some(Fen(1)), ..world.word(id, SETTLED) }).unwrap();
    id
}

fn paid(world: &World, id: base::DisbursementId) -> Resolution {
    let instruction = world.disbursement(id).attempts[0].instruction.clone();
    Resolution::Paid { instruction, at: world.now }
}

/// M7: one proposes, another confirms.
///
/// Shows: subsidy EXCEPTION ProposeResolution; subsidy EXCEPTION Resolve; subsidy refuses SAME_PERSON_RESOLVES
#[test]
fn m7_an_exception_takes_two_people() {
    let mut world = World::new();
    let id = excepted(&mut world);
    let resolution = paid(&world, id);
    world.of(id, say(by(MAKER).person, &resolution)).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Exception, [0, 300_000, 0, 0, 0]));
    let again = refusal(world.of(id, say(by(MAKER).person, &resolution)));
    assert_eq!(again, DisbursementError::SamePersonResolves);
    let reason = "银行对账单".to_owned();
    let for_them = DisbursementCommand::ResolveException {
        by: deputy("D04-09", MAKER),
        resolution: resolution.clone(),
        reason,
    };
    assert_eq!(refusal(world.of(id, for_them)), DisbursementError::SamePersonResolves);
    let reviewer = refusal(world.of(id, say(by(REVIEWER).person, &resolution)));
    assert_eq!(reviewer, DisbursementError::ReviewerPays { disbursement: id });
    world.of(id, say(by(CHECKER).person, &resolution)).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Paid, [0, 0, 300_000, 0, 0]));
    assert_eq!(world.told(id)[4..], ["Excepted", "ResolutionProposed", "Resolved"]);
    // The bank repeats what two people have looked at, and then agrees with them.
    world.say(Report { amount: Some(Fen(1)), at: world.now, ..world.word(id, SETTLED) }).unwrap();
    assert_eq!(world.state(id), State::Paid);
    world.report(id, SETTLED).unwrap();
    assert_eq!(world.state(id), State::Paid);
}

/// Who says something else proposes that instead: two must say the same.
#[test]
fn two_people_who_differ_decide_nothing() {
    let mut world = World::new();
    let id = excepted(&mut world);
    let (paid, back) = (paid(&world, id), Resolution::Returned { at: world.now });
    world.of(id, say(by(MAKER).person, &paid)).unwrap();
    world.of(id, say(by(CHECKER).person, &back)).unwrap();
    assert_eq!(world.state(id), State::Exception);
    assert_eq!(
        refusal(world.of(id, say(by(CHECKER).person, &back))),
        DisbursementError::SamePersonResolves
    );
    world.of(id, say(by(MAKER).person, &back)).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Returned, [0, 0, 0, 300_000, 0]));
}

/// Shows: subsidy UNKNOWN ProposeResolution; subsidy UNKNOWN Resolve
#[test]
fn what_is_unknown_may_be_known_from_paper() {
    for back in [false, true] {
        let mut world = World::new();
        let id = world.payable(1);
        world.sent(&[id]);
        world.ring_for(id);
        let at = world.now;
        let resolution = if back { Resolution::Returned { at } } else { paid(&world, id) };
        world.resolve(id, &resolution).unwrap();
        let ledger = if back { [0, 0, 0, 300_000, 0] } else { [0, 0, 300_000, 0, 0] };
        assert_eq!(world.ledger(), ledger);
        let attempt = &world.disbursement(id).attempts[0];
        assert_eq!(
            attempt.rejected.as_ref().map(|one| one.code.as_str()),
            back.then_some(RESOLVED)
        );
        assert_eq!(world.disbursement(id).may_be_ordered(), back);
    }
}

/// The bank speaks after one person did: what it says counts.
#[test]
fn a_report_takes_a_proposal_away() {
    let mut world = World::new();
    let id = world.payable(1);
    world.sent(&[id]);
    world.ring_for(id);
    let resolution = Resolution::Returned { at: world.now };
    world.of(id, say(by(MAKER).person, &resolution)).unwrap();
    world.report(id, SETTLED).unwrap();
    assert!(world.disbursement(id).proposal.is_none());
    let done = refusal(world.of(id, say(by(CHECKER).person, &resolution)));
    let (state, action) = (State::Paid, Action::ProposeResolution);
    assert_eq!(done, DisbursementError::StateForbids { state, action });
}

/// Shows: subsidy refuses RESOLUTION_IN_FUTURE
#[test]
fn what_is_true_has_happened_and_is_of_an_instruction_of_ours() {
    let mut world = World::new();
    let id = excepted(&mut world);
    let later = world.now + jiff::SignedDuration::from_secs(1);
    let done = refusal(world.of(id, say(by(MAKER).person, &Resolution::Returned { at: later })));
    assert_eq!(done, DisbursementError::ResolutionInFuture { at: later });
    let instruction = "another".to_owned();
    let other = Resolution::Paid { instruction: instruction.clone(), at: world.now };
    let done = refusal(world.of(id, say(by(MAKER).person, &other)));
    assert_eq!(done, DisbursementError::InstructionUnknown { instruction });
}

/// Wherever it stood, the ledger ends where the state does.
#[test]
fn every_exception_ends_where_two_people_say_and_so_does_the_ledger() {
    let paid = (State::Paid, [0, 0, 300_000, 0, 0]);
    let returned = (State::Returned, [0, 0, 0, 300_000, 0]);
    let starts = [
        (State::Payable, paid, (State::Payable, [300_000, 0, 0, 0, 0])),
        (State::Ordered, paid, returned),
        (State::Sent, paid, returned),
        (State::Returned, paid, returned),
        (State::Lapsed, paid, (State::Lapsed, [0; 5])),
    ];
    for (from, if_paid, if_returned) in starts {
        for (is_paid, expected) in [(true, if_paid), (false, if_returned)] {
            let mut world = World::new();
            let id = world.returned(1);
            world.hours(1);
            let paid_after_all = world.word(id, SETTLED);
            if from == State::Lapsed {
                let (by, reason) = (by(CHECKER), "注销".to_owned());
                world.of(id, DisbursementCommand::Lapse { by, reason }).unwrap();
            } else if from != State::Returned {
                world.confirm_account(id, "0548").unwrap();
                world.verify_account(id, SECOND_REVIEWER).unwrap();
            }
            if from == State::Ordered {
                world.ordered(&[id]);
            } else if from == State::Sent {
                world.sent(&[id]);
            }
            assert_eq!(world.state(id), from);
            world.say(paid_after_all.clone()).unwrap();
            let (instruction, at) = (paid_after_all.instruction, world.now);
            let resolution = if is_paid {
                Resolution::Paid { instruction, at }
            } else {
                Resolution::Returned { at }
            };
            world.resolve(id, &resolution).unwrap();
            assert_eq!((world.state(id), world.ledger()), expected, "{from}, {is_paid}");
            let open = world.disbursement(id).attempts.iter().filter(|one| one.may_be_paid());
            assert_eq!(open.count(), usize::from(is_paid), "{from}: M9");
        }
    }
}

#[test]
fn a_payment_that_was_called_paid_may_turn_out_to_be_back() {
    let mut world = World::new();
    let id = world.payable(1);
    world.sent(&[id]);
    world.hours(1);
    let back = world.word(id, rejected());
    world.hours(1);
    world.report(id, SETTLED).unwrap();
    world.say(back).unwrap();
    world.resolve(id, &Resolution::Returned { at: world.now }).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Returned, [0, 0, 0, 300_000, 0]));
}

/// M2: what lapsed gave its place away. If it turns out to be paid, there is room for it in the
/// budget, or it is said that there is none; never a fen over.
#[test]
fn m2_what_lapsed_and_was_paid_after_all_needs_room_in_the_budget() {
    let mut world = World::with_budget(Fen(300_000));
    let id = world.returned(1);
    world.hours(1);
    let paid_after_all = world.word(id, SETTLED);
    let (checker, reason) = (by(CHECKER), "注销".to_owned());
    world.of(id, DisbursementCommand::Lapse { by: checker, reason }).unwrap();
    let other = world.approve(2, "P-002", Fen(1)).unwrap();
    world.say(paid_after_all).unwrap();
    let resolution = paid(&world, id);
    let done = world.resolve(id, &resolution).expect_err("refused");
    let exceeded = BudgetError::Exceeded { free: Fen(299_999), amount: Fen(300_000) };
    assert!(matches!(&done, Error::Budget(error) if *error == exceeded), "{done}");
    assert_eq!((world.state(id), world.ledger()), (State::Exception, [1, 0, 0, 0, 0]));
    let (checker, reason) = (by(CHECKER), "撤销".to_owned());
    world.of(other, DisbursementCommand::Lapse { by: checker, reason }).unwrap();
    world.of(id, say(by(CHECKER).person, &resolution)).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Paid, [0, 0, 300_000, 0, 0]));
}

/// M2: what follows in the budget is part of the same unit; if it is refused there, nothing happened.
#[test]
fn m2_what_the_budget_refuses_did_not_happen() {
    let mut world = World::new();
    let id = world.payable(1);
    // Behind the rules, the line forgets what it promised.
    let application = world.disbursement(id).entitlement.application;
    let mut poor = World::new();
    let commit = BudgetCommand::Commit {
        application,
        disbursement: disbursement(2),
        held: Fen::ZERO,
        amount: Fen(299_999),
    };
    poor.ask(ThingId::Budget(budget_id()), Command::Budget(commit)).unwrap();
    let line = poor.things[&ThingId::Budget(budget_id())].clone();
    world.things.insert(ThingId::Budget(budget_id()), line);
    let batch = world.make(MAKER, &[id]).unwrap();
    let approve = super::super::super::batch::BatchCommand::Approve { by: by(CHECKER) };
    let done = world.of_batch(batch, approve).expect_err("refused");
    assert!(matches!(done, Error::Budget(BudgetError::BalanceTooSmall { .. })), "{done}");
    assert_eq!(world.state(id), State::Batched);
    assert!(world.disbursement(id).attempts.is_empty());
}
