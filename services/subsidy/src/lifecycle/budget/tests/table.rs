//! Every line of the table, and every line that is not in it.

use base::Fen;

use super::*;

/// A line with 100 on each account, 100 set aside for application 1, and a proposal, in a state.
fn rich(state: State) -> Budget {
    let order = |number| BudgetCommand::Order(money(number, 100));
    let pay = |number| BudgetCommand::Pay(money(number, 100));
    let budget = line(
        600,
        &[
            hold(1, 100),
            commit(2, 0, 100),
            commit(3, 0, 100),
            order(3),
            commit(4, 0, 100),
            order(4),
            pay(4),
            commit(5, 0, 100),
            order(5),
            BudgetCommand::Bounce(money(5, 100)),
            commit(6, 0, 100),
            order(6),
            pay(6),
            BudgetCommand::OpenReceivable(money(6, 100)),
        ],
    );
    let budget = match state {
        State::Open => budget,
        State::Closed => after(Some(budget), &close_year(None, 0), NEXT_YEAR),
    };
    // A proposal may stand while the year is closed.
    Budget { proposal: proposed(), ..budget }
}

fn proposed() -> Option<Proposal> {
    let budget = line(500, &[propose("maker", Change::Raise(Fen(1)))]);
    budget.proposal
}

/// A command of each action that fits [`rich`].
fn command_of(action: Action, free: Fen) -> BudgetCommand {
    let document = || "9号".to_owned();
    match action {
        Action::ProposeAdjustment => propose("maker", Change::Raise(Fen(5))),
        Action::ConfirmAdjustment => BudgetCommand::ConfirmAdjustment { by: by("checker") },
        Action::DropAdjustment => BudgetCommand::DropAdjustment { by: by("maker") },
        Action::Hold => hold(7, 1),
        Action::Release => release(1, 100),
        Action::Commit => commit(1, 100, 100),
        Action::Order => BudgetCommand::Order(money(2, 100)),
        Action::Pay => BudgetCommand::Pay(money(3, 100)),
        Action::Bounce => BudgetCommand::Bounce(money(3, 100)),
        Action::Reverse => BudgetCommand::Reverse(money(4, 100)),
        Action::Reissue => BudgetCommand::Reissue(money(5, 100)),
        Action::Lapse => BudgetCommand::Lapse { money: money(5, 100), from: LapseFrom::Returned },
        Action::OpenReceivable => BudgetCommand::OpenReceivable(money(4, 100)),
        Action::Waive => BudgetCommand::Waive(money(6, 100)),
        Action::Repay => BudgetCommand::Repay(money(6, 100)),
        Action::Offset => BudgetCommand::Offset { money: money(6, 100), document: document() },
        Action::Withhold => BudgetCommand::Withhold { money: money(2, 100), document: document() },
        Action::CloseYear => close_year(None, free.0),
        Action::CarryIn => BudgetCommand::CarryIn {
            from: opening(2025, 0).id,
            policy: opening(2025, 0).policy,
            payer: opening(2025, 0).payer,
            year: 2025,
            amount: Fen(10),
            document: document(),
        },
    }
}

#[test]
fn each_line_of_the_table_leads_where_it_says_and_nothing_else_leads_anywhere() {
    for state in State::iter() {
        for action in Action::iter() {
            let mut budget = rich(state);
            if action == Action::ProposeAdjustment {
                budget.proposal = None;
            }
            if action == Action::Hold {
                budget = Budget { budget: Fen(601), ..budget };
            }
            let command = command_of(action, budget.free());
            let decided = decide_at(Some(&budget), &command, NEXT_YEAR);
            let line = TRANSITIONS.iter().find(|(from, by, _)| (*from, *by) == (state, action));
            match (line, decided) {
                (Some((_, _, to)), Ok(facts)) => {
                    let after = facts.iter().fold(Some(budget), apply);
                    assert_eq!(after.map(|after| after.state), Some(*to), "{state} {action}");
                }
                (None, Err(BudgetError::StateForbids { state: told, action: asked })) => {
                    assert_eq!((told, asked), (state, action));
                }
                (line, decided) => panic!("{state} {action}: {line:?}, but {decided:?}"),
            }
        }
    }
}
