//! Facts and what a claim states, to and from the contract's words.

use contract::common::fact_value::Kind;
use contract::common::{FactValue, TextList};
use contract::subsidy as contracted;
use runtime::wire::time;
use runtime::{Problem, Refusal};

use crate::lifecycle::policy::{CLAIM, Facts, Failing, Snapshot, Value};

/// A value; `None` if it is not known.
pub fn value(value: &Value) -> Option<FactValue> {
    let kind = match value {
        Value::Null => return None,
        Value::Bool(flag) => Kind::Flag(*flag),
        Value::Int(number) => Kind::Number(*number),
        Value::Text(text) => Kind::Text(text.clone()),
        Value::List(values) => Kind::Texts(TextList { values: values.iter().map(word).collect() }),
    };
    Some(FactValue { kind: Some(kind) })
}

/// One of several values, as text.
fn word(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::List(_) => value.to_string(),
    }
}

/// A value that was said; not known if nothing was.
pub fn value_from(said: Option<&FactValue>) -> Value {
    match said.and_then(|said| said.kind.as_ref()) {
        None => Value::Null,
        Some(Kind::Flag(flag)) => Value::Bool(*flag),
        Some(Kind::Number(number)) => Value::Int(*number),
        Some(Kind::Text(text)) => Value::Text(text.clone()),
        Some(Kind::Texts(list)) => {
            Value::List(list.values.iter().cloned().map(Value::Text).collect())
        }
    }
}

/// What a claim states, each field once, by its full name.
pub fn claim_from(said: &[contracted::ClaimValue]) -> Result<Facts, Refusal> {
    let mut claim = Facts::new();
    for (place, stated) in said.iter().enumerate() {
        let name = format!("{CLAIM}.{}", stated.field);
        if claim.iter().any(|(known, _)| known == name) {
            let problem = Problem::other("is stated twice", "重复填写，请每项只填一次");
            return Err(Refusal::field(format!("claim[{place}].field"), problem));
        }
        let value = value_from(stated.value.as_ref());
        if value == Value::Null {
            return Err(Refusal::field(format!("claim[{place}].value"), Problem::Required));
        }
        claim.put(name, value);
    }
    Ok(claim)
}

/// What of these facts a claim states.
pub fn claim(facts: &Facts) -> Vec<contracted::ClaimValue> {
    let stated = facts.iter().filter_map(|(name, known)| {
        let field = name.strip_prefix(CLAIM)?.strip_prefix('.')?.to_owned();
        Some(contracted::ClaimValue { field, value: value(known) })
    });
    stated.collect()
}

/// Facts, by name.
pub fn facts(facts: &Facts) -> Vec<contracted::Fact> {
    let fact = |(name, known): (&str, &Value)| contracted::Fact {
        field: name.to_owned(),
        value: value(known),
    };
    facts.iter().map(fact).collect()
}

/// What was known when a decision was made.
pub fn snapshot(snapshot: &Snapshot) -> contracted::Snapshot {
    contracted::Snapshot {
        facts: facts(&snapshot.facts),
        source: snapshot.source.clone(),
        taken_time: Some(time(snapshot.taken_at)),
        sha256: snapshot.sha256.clone(),
    }
}

/// A criterion that does not hold.
pub fn failing(failing: &Failing) -> contracted::Failing {
    let actual = failing
        .actual
        .iter()
        .map(|(name, known)| contracted::Fact { field: name.clone(), value: value(known) });
    contracted::Failing {
        criterion: failing.code.clone(),
        title: failing.name.clone(),
        expression: failing.expression.clone(),
        actual: actual.collect(),
        wanted: failing.wanted.clone(),
        text: failing.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_goes_to_the_wire_and_back() {
        let stated = Facts::new()
            .with("claim.interest_fen", Value::Int(4_972_841))
            .with("claim.project", Value::Text("二期".to_owned()))
            .with("claim.is_new", Value::Bool(true))
            .with("claim.titles", Value::List(vec![Value::Text("甲".to_owned())]));
        let known = stated.clone().with("enterprise.size", Value::Text("中型".to_owned()));
        assert_eq!(claim_from(&claim(&known)).unwrap(), stated);
    }

    #[test]
    fn a_claim_states_each_field_once_with_a_value() {
        let stated = |value| contracted::ClaimValue { field: "months".to_owned(), value };
        let six = || stated(Some(FactValue { kind: Some(Kind::Number(6)) }));
        assert!(claim_from(&[six(), six()]).is_err());
        assert!(claim_from(&[stated(None)]).is_err());
        assert!(claim_from(&[stated(Some(FactValue { kind: None }))]).is_err());
    }
}
