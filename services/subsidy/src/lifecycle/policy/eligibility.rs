//! Who: each criterion of a policy over the facts of one enterprise, with what is known of it beside
//! what is wanted.

use serde::{Deserialize, Serialize};

use super::expression::{Expression, Outcome};
use super::facts::{Facts, Value};
use super::schema::Schema;
use super::version::{Criterion, PolicyVersion};
use crate::error::EvaluationError;

/// A criterion that does not hold, with the enterprise's values beside what is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// The code of the criterion.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Its text in CEL.
    pub expression: String,
    /// What is known: each fact that it speaks of, by its dotted name.
    pub actual: Vec<(String, Value)>,
    /// What is wanted, for people.
    pub wanted: String,
    /// The whole of it for people: `企业规模：要求中型、小型或微型企业；企业规模为“大型”。`
    pub text: String,
}

/// The criteria of a version, read once, for many enterprises.
#[derive(Debug)]
pub struct Eligibility<'a> {
    version: &'a PolicyVersion,
    criteria: Vec<(&'a Criterion, Expression)>,
}

impl<'a> Eligibility<'a> {
    /// Reads the criteria. Fails only if one is no expression: such a version is never filed.
    pub fn of(version: &'a PolicyVersion) -> Result<Eligibility<'a>, EvaluationError> {
        let schema = Schema::of(&version.terms);
        let mut criteria = Vec::with_capacity(version.terms.criteria.len());
        for criterion in &version.terms.criteria {
            let expression = Expression::read(&criterion.expression, &schema);
            let broken = |_| EvaluationError::Expression { criterion: criterion.code.clone() };
            criteria.push((criterion, expression.map_err(broken)?));
        }
        Ok(Eligibility { version, criteria })
    }

    /// The criteria that do not hold, all of them, in the order of the policy; none if the enterprise
    /// is eligible. What is not known makes a criterion fail, unless it holds without that.
    pub fn failing(&self, facts: &Facts) -> Result<Vec<Failing>, EvaluationError> {
        let mut failing = Vec::new();
        for (criterion, expression) in &self.criteria {
            let outcome = expression
                .evaluate(facts)
                .ok_or_else(|| EvaluationError::Expression { criterion: criterion.code.clone() })?;
            if outcome != Outcome::Holds {
                failing.push(self.told(criterion, expression, outcome, facts));
            }
        }
        Ok(failing)
    }

    fn told(
        &self,
        criterion: &Criterion,
        expression: &Expression,
        outcome: Outcome,
        facts: &Facts,
    ) -> Failing {
        let schema = Schema::of(&self.version.terms);
        let of = |field: &String| (field.clone(), facts.get(field).clone());
        let actual: Vec<(String, Value)> = expression.fields().iter().map(of).collect();
        let known = actual.iter().map(|(field, value)| schema.told(field, value));
        let known = known.collect::<Vec<_>>().join("，");
        let why = match outcome {
            Outcome::Holds | Outcome::Fails => "",
            Outcome::Unknown => "，资料不全，无法判断",
            Outcome::DividesByZero => "，除数为零，无法计算",
            Outcome::Overflows => "，数值过大，无法计算",
        };
        let text = format!("{}：要求{}；{known}{why}。", criterion.name, criterion.wanted);
        Failing {
            code: criterion.code.clone(),
            name: criterion.name.clone(),
            expression: criterion.expression.clone(),
            actual,
            wanted: criterion.wanted.clone(),
            text,
        }
    }
}

/// The criteria that do not hold, as [`Eligibility::failing`] has it, for one enterprise.
pub fn failing(version: &PolicyVersion, facts: &Facts) -> Result<Vec<Failing>, EvaluationError> {
    Eligibility::of(version)?.failing(facts)
}
