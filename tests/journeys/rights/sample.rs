//! The least that a call may say: made from the contract's own limits, naming things that are there.

use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value,
};
use runtime::descriptors::POOL;
use testkit::hand::request_id;

use crate::zone::SERVICES;

/// The names of things that are there, by collection.
pub(super) struct Things {
    /// The ticket that is asked about.
    pub(super) ticket: String,
    /// Its order.
    pub(super) order: String,
    /// The case that is asked about.
    pub(super) case: String,
    /// Its item.
    pub(super) item: String,
}

/// The procedure of the case.
pub(super) const PROCEDURE: &str = "procedures/P01";
/// What the item is called in it.
pub(super) const MATTER: &str = "items/a";
/// A material that it needs.
pub(super) const MATERIAL: &str = "plan";

/// An enterprise, a department and a person that nobody needs: what is changed is theirs.
pub(super) const SPARE_ENTERPRISE: &str = "enterprises/P-spare";
pub(super) const SPARE_DEPARTMENT: &str = "departments/D09";
pub(super) const SPARE_PERSON: &str = "persons/spare";

/// What a field says of itself (`whistle.common.v1.rules`).
struct Rules {
    required: bool,
    uuid: bool,
    phone: bool,
    name_of: String,
    min: i64,
}

impl Things {
    /// A message of somebody that keeps its rules. Names are given wherever one may stand, but for a
    /// list, which is to hold everything.
    pub(super) fn message(&self, of: &MessageDescriptor, caller: &str) -> DynamicMessage {
        let lists = ["List", "Watch", "Read"].iter().any(|verb| of.name().starts_with(verb));
        let mut message = self.filled(of, caller, 0, lists);
        // What the contract leaves open because there are several ways to say it.
        if let Some(field) = of.get_field_by_name("journal") {
            message.set_field(&field, Value::String("request".to_owned()));
        }
        message
    }

    fn filled(
        &self,
        of: &MessageDescriptor,
        caller: &str,
        depth: usize,
        lists: bool,
    ) -> DynamicMessage {
        let mut message = DynamicMessage::new(of.clone());
        if of.full_name() == "google.protobuf.Timestamp" {
            // In 2030: nothing that is published from then on is in force in the test.
            let seconds = of.get_field_by_name("seconds").unwrap();
            message.set_field(&seconds, Value::I64(1_900_000_000));
            return message;
        }
        for field in of.fields() {
            let rules = rules(&field);
            // Only a complaint names whom it is about.
            let named = !rules.name_of.is_empty() && field.name() != "complained_department";
            let named = named && depth == 0 && !lists && !field.is_list();
            // The first message of a stream has its head in a field that later ones leave out.
            let head = field.name() == "header";
            let item = field.name() == "item";
            if rules.required || named || head || item || rules.uuid || 0 < rules.min {
                let one = self.value(&field, &rules, caller, depth);
                let value = if field.is_list() { Value::List(vec![one]) } else { one };
                message.set_field(&field, value);
            }
        }
        message
    }

    fn value(&self, field: &FieldDescriptor, rules: &Rules, caller: &str, depth: usize) -> Value {
        let kind = field.kind();
        if let Kind::Message(message) = &kind {
            return Value::Message(self.filled(message, caller, depth + 1, false));
        }
        if matches!(kind, Kind::Enum(_)) {
            return Value::EnumNumber(1);
        }
        if kind == Kind::Bool {
            return Value::Bool(true);
        }
        if kind == Kind::Int32 {
            return Value::I32(i32::try_from(rules.min.max(1)).unwrap());
        }
        if kind == Kind::Int64 {
            return Value::I64(rules.min.max(1));
        }
        assert_eq!(kind, Kind::String, "{}: no value for it", field.full_name());
        if rules.uuid {
            return Value::String(request_id());
        }
        // An item of a case is named after the case; one of a procedure is not.
        if field.name() == "item" {
            return Value::String(if depth == 0 { self.item.clone() } else { MATTER.to_owned() });
        }
        if field.name().ends_with("_sha256") {
            return Value::String("ab".repeat(32));
        }
        if rules.phone {
            return Value::String("13812345678".to_owned());
        }
        // Who is stood in for: whoever asks, for themselves.
        if field.name() == "principal" && caller.starts_with("persons/") {
            return Value::String(caller.to_owned());
        }
        let enterprise = field.full_name() == "whistle.directory.v1.Enterprise.name"
            || field.name() == "enterprise";
        let collection = if enterprise { "enterprises" } else { &rules.name_of };
        Value::String(self.name(collection, depth))
    }

    /// The name of something; what stands deeper is what would be changed.
    fn name(&self, collection: &str, depth: usize) -> String {
        match collection {
            "" => "说明".to_owned(),
            "tickets" => self.ticket.clone(),
            "workOrders" => self.order.clone(),
            "cases" => self.case.clone(),
            "procedures" => PROCEDURE.to_owned(),
            "items" => MATTER.to_owned(),
            "materials" => format!("materials/{MATERIAL}"),
            "enterprises" if depth == 0 => testkit::zone::OURS.to_owned(),
            "enterprises" => SPARE_ENTERPRISE.to_owned(),
            "departments" => SPARE_DEPARTMENT.to_owned(),
            "persons" => SPARE_PERSON.to_owned(),
            "categories" => testkit::zone::WATER.to_owned(),
            other => format!("{other}/{}", request_id()),
        }
    }
}

fn rules(field: &FieldDescriptor) -> Rules {
    let extension = POOL.get_extension_by_name("whistle.common.v1.rules").unwrap();
    let options = field.options();
    let rules = options.get_extension(&extension);
    let rules = rules.as_message().unwrap();
    let of = |name: &str| rules.get_field_by_name(name).unwrap().into_owned();
    Rules {
        required: of("required").as_bool().unwrap(),
        uuid: of("uuid").as_bool().unwrap(),
        phone: of("phone").as_bool().unwrap(),
        name_of: of("name_of").as_str().unwrap().to_owned(),
        min: of("min").as_i64().unwrap(),
    }
}

/// All calls that the zone serves, as the server's reflection tells them: service, method, its
/// message.
pub(super) fn calls() -> Vec<(String, String, String, MessageDescriptor)> {
    let services = POOL.services().filter(|service| {
        let mut words = service.full_name().split('.');
        let package = (words.next(), words.next());
        let (Some("whistle"), Some(package)) = package else { return false };
        ["history", "operations"].contains(&package)
            || SERVICES.iter().any(|service| service.name == package)
    });
    let calls = services.flat_map(|service| {
        let package = service.full_name().split('.').nth(1).unwrap().to_owned();
        let full = service.full_name().to_owned();
        service
            .methods()
            .map(move |method| {
                let path = format!("/{full}/{}", method.name());
                (package.clone(), method.name().to_owned(), path, method.input())
            })
            .collect::<Vec<_>>()
    });
    calls.collect()
}

#[test]
fn every_call_has_a_sample_that_keeps_its_rules() {
    let case = name("cases");
    let item = format!("{case}/{MATTER}");
    let things = Things { ticket: name("tickets"), order: name("workOrders"), case, item };
    for (service, method, _, input) in calls() {
        let sample = things.message(&input, SPARE_PERSON);
        let kept = runtime::rules::check_reflected(&sample);
        assert!(kept.is_ok(), "{service}.{method}: {kept:?} of {}", sample.descriptor().name());
    }
}

fn name(collection: &str) -> String {
    format!("{collection}/{}", request_id())
}
