//! The formula of a policy, to and from the contract's words.

use base::Fen;
use contract::subsidy as contracted;
use contract::subsidy::amount::Formula as WireFormula;
use runtime::{Problem, Refusal};

use super::facts::{value, value_from};
use super::{fen_if_any, fen_or_zero};
use crate::lifecycle::policy::{Base, Formula, Row, Tier};

/// How deep formulas may stand in one another 就高.
const DEPTH_MAX: u32 = 4;

/// A formula.
pub(super) fn formula(formula: &Formula) -> contracted::Amount {
    let formula = match formula {
        Formula::Flat { amount } => {
            WireFormula::Flat(contracted::FlatAmount { amount_fen: amount.0 })
        }
        Formula::Table { field, rows } => WireFormula::Table(contracted::TableAmount {
            field: field.clone(),
            rows: rows.iter().map(row).collect(),
        }),
        Formula::Percent { base: of, rate_bp, cap } => {
            WireFormula::Percent(contracted::PercentAmount {
                base: Some(base(of)),
                rate_bp: super::number(*rate_bp),
                cap_fen: fen_or_zero(*cap),
            })
        }
        Formula::PerUnit { base: of, unit, cap } => {
            WireFormula::PerUnit(contracted::PerUnitAmount {
                base: Some(base(of)),
                unit_fen: unit.0,
                cap_fen: fen_or_zero(*cap),
            })
        }
        Formula::Tiered { base: of, tiers, cap } => WireFormula::Tiered(contracted::TieredAmount {
            base: Some(base(of)),
            tiers: tiers.iter().map(tier).collect(),
            cap_fen: fen_or_zero(*cap),
        }),
        Formula::HigherOf { of } => WireFormula::HigherOf(contracted::HigherOfAmount {
            amounts: of.iter().map(self::formula).collect(),
        }),
    };
    contracted::Amount { formula: Some(formula) }
}

/// A formula, from a request; `field` says where it stands.
pub(super) fn formula_from(
    field: &str,
    said: Option<&contracted::Amount>,
) -> Result<Formula, Refusal> {
    read(field, said, 0)
}

fn read(field: &str, said: Option<&contracted::Amount>, depth: u32) -> Result<Formula, Refusal> {
    let required = || Refusal::field(field, Problem::Required);
    let said = said.and_then(|said| said.formula.as_ref()).ok_or_else(required)?;
    Ok(match said {
        WireFormula::Flat(flat) => Formula::Flat { amount: Fen(flat.amount_fen) },
        WireFormula::Table(table) => {
            let rows = table.rows.iter().map(row_from).collect();
            Formula::Table { field: table.field.clone(), rows }
        }
        WireFormula::Percent(percent) => Formula::Percent {
            base: base_from(field, percent.base.as_ref())?,
            rate_bp: super::unsigned(percent.rate_bp),
            cap: fen_if_any(percent.cap_fen),
        },
        WireFormula::PerUnit(per_unit) => Formula::PerUnit {
            base: base_from(field, per_unit.base.as_ref())?,
            unit: Fen(per_unit.unit_fen),
            cap: fen_if_any(per_unit.cap_fen),
        },
        WireFormula::Tiered(tiered) => Formula::Tiered {
            base: base_from(field, tiered.base.as_ref())?,
            tiers: tiered.tiers.iter().map(tier_from).collect(),
            cap: fen_if_any(tiered.cap_fen),
        },
        WireFormula::HigherOf(_) if DEPTH_MAX <= depth => {
            let problem = Problem::other("is nested too deeply", "嵌套层数过多，请简化公式");
            return Err(Refusal::field(field, problem));
        }
        WireFormula::HigherOf(several) => {
            let several = several.amounts.iter().enumerate();
            let of = several.map(|(place, one)| {
                read(&format!("{field}.higher_of.amounts[{place}]"), Some(one), depth + 1)
            });
            Formula::HigherOf { of: of.collect::<Result<_, _>>()? }
        }
    })
}

fn row(row: &Row) -> contracted::TableRow {
    contracted::TableRow { value: value(&row.value), amount_fen: row.amount.0 }
}

fn row_from(said: &contracted::TableRow) -> Row {
    Row { value: value_from(said.value.as_ref()), amount: Fen(said.amount_fen) }
}

fn base(base: &Base) -> contracted::Base {
    match base {
        Base::Field(field) => contracted::Base { field: field.clone(), minus: String::new() },
        Base::Minus(field, minus) => {
            contracted::Base { field: field.clone(), minus: minus.clone() }
        }
    }
}

fn base_from(field: &str, said: Option<&contracted::Base>) -> Result<Base, Refusal> {
    let said = said.ok_or_else(|| Refusal::field(format!("{field}.base"), Problem::Required))?;
    Ok(if said.minus.is_empty() {
        Base::Field(said.field.clone())
    } else {
        Base::Minus(said.field.clone(), said.minus.clone())
    })
}

fn tier(tier: &Tier) -> contracted::Tier {
    contracted::Tier {
        from: tier.from,
        amount_fen: tier.amount.0,
        rate_bp: super::number(tier.rate_bp),
    }
}

fn tier_from(said: &contracted::Tier) -> Tier {
    Tier { from: said.from, amount: Fen(said.amount_fen), rate_bp: super::unsigned(said.rate_bp) }
}
