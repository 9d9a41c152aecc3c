//! What is known of an enterprise, to and from the contract's words.

use std::collections::BTreeMap;

use contract::common::fact_value::Kind;
use contract::common::{FactValue as WireValue, TextList};
use contract::directory;
use runtime::{Problem, Refusal};

use crate::lifecycle::{EnterpriseFact, FactValue, is_fact_name};

/// As the contract writes them, by name.
pub(super) fn facts(facts: &BTreeMap<String, EnterpriseFact>) -> Vec<directory::EnterpriseFact> {
    let shown = |(name, fact): (&String, &EnterpriseFact)| directory::EnterpriseFact {
        name: name.clone(),
        value: Some(WireValue { kind: Some(kind(&fact.value)) }),
        source: fact.source.clone(),
    };
    facts.iter().map(shown).collect()
}

fn kind(value: &FactValue) -> Kind {
    match value {
        FactValue::Number(number) => Kind::Number(*number),
        FactValue::Text(text) => Kind::Text(text.clone()),
        FactValue::Flag(flag) => Kind::Flag(*flag),
        FactValue::Texts(values) => Kind::Texts(TextList { values: values.clone() }),
    }
}

/// From a request: each has a plain name, once, and a value.
pub(super) fn facts_from(
    facts: Vec<directory::EnterpriseFact>,
) -> Result<BTreeMap<String, EnterpriseFact>, Refusal> {
    let mut known = BTreeMap::new();
    for (place, fact) in facts.into_iter().enumerate() {
        let field = |part: &str| format!("enterprise.facts[{place}].{part}");
        if !is_fact_name(&fact.name) {
            let problem = Problem::other(
                "is no name of lower-case letters, digits and underscores",
                "须以小写字母开头，只含小写字母、数字和下划线",
            );
            return Err(Refusal::field(field("name"), problem));
        }
        let Some(kind) = fact.value.and_then(|value| value.kind) else {
            return Err(Refusal::field(field("value"), Problem::Required));
        };
        let value = match kind {
            Kind::Number(number) => FactValue::Number(number),
            Kind::Text(text) => FactValue::Text(text),
            Kind::Flag(flag) => FactValue::Flag(flag),
            Kind::Texts(list) => FactValue::Texts(list.values),
        };
        let source = fact.source;
        if known.insert(fact.name, EnterpriseFact { value, source }).is_some() {
            let problem = Problem::other("is given twice", "重复给出，请每项只填一次");
            return Err(Refusal::field(field("name"), problem));
        }
    }
    Ok(known)
}
