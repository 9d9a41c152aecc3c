//! Budget lines: their amounts are changed by two people, their years end by written decision.

use base::{BudgetId, Fen};
use contract::subsidy::{
    AdjustBudgetRequest, AdjustBudgetResponse, CloseYearRequest, CloseYearResponse,
    ConfirmBudgetRequest, ConfirmBudgetResponse,
};
use futures_util::FutureExt as _;
use runtime::{Changed, Plan, Problem, Refusal};
use tonic::Response;

use super::{Api, Asking};
use crate::error::Error;
use crate::lifecycle::budget::{Budget, BudgetCommand, Carry, Change};
use crate::lifecycle::{Command, Thing, ThingId};
use crate::wire;

impl Api {
    /// Proposes another amount for a line.
    pub(super) async fn adjust(
        &self,
        asking: &Asking,
        asked: AdjustBudgetRequest,
    ) -> Result<Response<AdjustBudgetResponse>, Error> {
        let change = match (asked.raise_fen, asked.cut_fen) {
            (raise, 0) if raise != 0 => Change::Raise(Fen(raise)),
            (0, cut) if cut != 0 => Change::Cut(Fen(cut)),
            _ => {
                let problem = Problem::other(
                    "or `cut_fen`, one of them, must be given",
                    "与调减金额须且只须填写一项",
                );
                return Err(Refusal::field("raise_fen", problem).into());
            }
        };
        let (by, document) = (asking.by.by(), asked.document_number);
        let command = BudgetCommand::ProposeAdjustment { by, change, document };
        let changed = self.change_budget(asking, budget_id("budget", &asked.budget)?, command);
        let changed = changed.await?;
        let budget = Some(wire::policy::budget(line(&changed)?));
        Ok(self.answer(asking, &changed, AdjustBudgetResponse { budget }))
    }

    /// Confirms what was proposed, or takes it back.
    pub(super) async fn confirm(
        &self,
        asking: &Asking,
        asked: &ConfirmBudgetRequest,
    ) -> Result<Response<ConfirmBudgetResponse>, Error> {
        let by = asking.by.by();
        let command = if asked.confirmed {
            BudgetCommand::ConfirmAdjustment { by }
        } else {
            BudgetCommand::DropAdjustment { by }
        };
        let changed = self.change_budget(asking, budget_id("budget", &asked.budget)?, command);
        let changed = changed.await?;
        let budget = Some(wire::policy::budget(line(&changed)?));
        Ok(self.answer(asking, &changed, ConfirmBudgetResponse { budget }))
    }

    /// Decides what becomes of what is free at the end of a year.
    pub(super) async fn close(
        &self,
        asking: &Asking,
        asked: CloseYearRequest,
    ) -> Result<Response<CloseYearResponse>, Error> {
        let carry = if asked.carry_into.is_empty() && asked.carry_fen == 0 {
            None
        } else {
            let into = budget_id("carry_into", &asked.carry_into)?;
            Some(Carry { into, amount: Fen(asked.carry_fen) })
        };
        let command = BudgetCommand::CloseYear {
            by: asking.by.by(),
            document: asked.document_number,
            carry,
            lapse: Fen(asked.lapse_fen),
        };
        let changed = self.change_budget(asking, budget_id("budget", &asked.budget)?, command);
        let changed = changed.await?;
        let budget = Some(wire::policy::budget(line(&changed)?));
        Ok(self.answer(asking, &changed, CloseYearResponse { budget }))
    }

    async fn change_budget(
        &self,
        asking: &Asking,
        id: BudgetId,
        command: BudgetCommand,
    ) -> Result<Changed<Thing>, Error> {
        let thing = ThingId::Budget(id);
        self.change_with(asking, thing.clone(), move |_| {
            let plan = Plan::Ask(thing.clone(), Command::Budget(command.clone()));
            async move { Ok(plan) }.boxed()
        })
        .await
    }
}

/// The line that was changed.
fn line(changed: &Changed<Thing>) -> Result<&Budget, Error> {
    let none = || Refusal::damaged("a budget was asked for");
    Ok(changed.thing.budget().ok_or_else(none)?)
}

/// Reads the name of a line.
pub(super) fn budget_id(field: &str, name: &str) -> Result<BudgetId, Refusal> {
    BudgetId::parse(name).map_err(|error| Refusal::name(field, &error))
}
