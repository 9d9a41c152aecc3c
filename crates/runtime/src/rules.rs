//! The limits of every field, as the contract says in the `rules` option: held here, once for all
//! services, before a request is looked at.

mod phone;

use std::collections::HashMap;
use std::sync::LazyLock;

use contract::common::Rules;
use prost::{Message, Name};
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value,
};
use uuid::Uuid;

use crate::descriptors::{self, POOL};
use crate::fault::FIELDS_MAX;
use crate::refusal::{FieldFault, Problem, Refusal};

/// How deep messages may stand in one another; prost itself stops at 100.
const DEPTH_MAX: usize = 32;

/// The instants that a timestamp can hold, in seconds: the years 0001 to 9999.
const INSTANTS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Refuses a message that breaks its rules, naming up to eight fields.
pub fn check<M: Message + Name>(message: &M) -> Result<(), Refusal> {
    check_reflected(&descriptors::reflect(message)?)
}

/// As [`check`], for a message that is read by its descriptor.
pub fn check_reflected(message: &DynamicMessage) -> Result<(), Refusal> {
    let mut walk = Walk { faults: Vec::new() };
    walk.message(message, &mut String::new(), 0);
    if walk.faults.is_empty() { Ok(()) } else { Err(Refusal::Fields(walk.faults)) }
}

/// A field and its rules.
struct Ruled {
    field: FieldDescriptor,
    rules: Rules,
}

/// The rules of all messages, by their full names.
static RULES: LazyLock<HashMap<String, Vec<Ruled>>> = LazyLock::new(|| {
    let ruled = |field: FieldDescriptor| {
        let rules = descriptors::option(&field.options(), "rules").unwrap_or_default();
        Ruled { field, rules }
    };
    let of = |message: MessageDescriptor| {
        (message.full_name().to_owned(), message.fields().map(ruled).collect())
    };
    POOL.all_messages().map(of).collect()
});

struct Walk {
    faults: Vec<FieldFault>,
}

impl Walk {
    fn message(&mut self, message: &DynamicMessage, path: &mut String, depth: usize) {
        let descriptor = message.descriptor();
        let name = descriptor.full_name();
        if name == "google.protobuf.Timestamp" {
            return self.timestamp(message, path);
        }
        let Some(fields) = RULES.get(name) else { return };
        for Ruled { field, rules } in fields {
            if FIELDS_MAX <= self.faults.len() || DEPTH_MAX <= depth {
                return;
            }
            let before = path.len();
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(field.name());
            self.field(message, field, rules, path, depth);
            path.truncate(before);
        }
    }

    fn field(
        &mut self,
        message: &DynamicMessage,
        field: &FieldDescriptor,
        rules: &Rules,
        path: &mut String,
        depth: usize,
    ) {
        if field.supports_presence() && !message.has_field(field) {
            if rules.required {
                self.fault(path, Problem::Required);
            }
            return;
        }
        let value = message.get_field(field);
        let Some(entries) = value.as_list() else {
            return self.value(value.as_ref(), &field.kind(), rules, rules.required, path, depth);
        };
        if rules.required && entries.is_empty() {
            self.fault(path, Problem::Required);
        }
        if rules.max_items != 0 && (rules.max_items as usize) < entries.len() {
            return self.fault(path, Problem::TooMany { max: rules.max_items });
        }
        for (place, entry) in entries.iter().enumerate() {
            if FIELDS_MAX <= self.faults.len() {
                return;
            }
            let before = path.len();
            path.push_str(&format!("[{place}]"));
            // An entry that says nothing is never meant.
            self.value(entry, &field.kind(), rules, true, path, depth);
            path.truncate(before);
        }
    }

    fn value(
        &mut self,
        value: &Value,
        kind: &Kind,
        rules: &Rules,
        required: bool,
        path: &mut String,
        depth: usize,
    ) {
        match value {
            Value::Message(message) => self.message(message, path, depth + 1),
            Value::String(text) => self.text(text, rules, required, path),
            Value::EnumNumber(number) => {
                let known =
                    kind.as_enum().is_some_and(|choices| choices.get_value(*number).is_some());
                if !known {
                    self.fault(path, Problem::UnknownChoice);
                } else if required && *number == 0 {
                    self.fault(path, Problem::Required);
                }
            }
            Value::I32(number) => self.number((*number).into(), rules, path),
            Value::I64(number) => self.number((*number).into(), rules, path),
            Value::U32(number) => self.number((*number).into(), rules, path),
            Value::U64(number) => self.number((*number).into(), rules, path),
            Value::Bytes(bytes) if rules.required && bytes.is_empty() => {
                self.fault(path, Problem::Required);
            }
            Value::Bytes(_)
            | Value::Bool(_)
            | Value::F32(_)
            | Value::F64(_)
            | Value::List(_)
            | Value::Map(_) => {}
        }
    }

    fn text(&mut self, text: &str, rules: &Rules, required: bool, path: &str) {
        if text.is_empty() || (required && text.trim().is_empty()) {
            if required {
                self.fault(path, Problem::Required);
            }
            return;
        }
        if rules.max_chars != 0 && (rules.max_chars as usize) < text.chars().count() {
            self.fault(path, Problem::TooLong { max: rules.max_chars });
        } else if text.chars().any(|char| char.is_control() && char != '\n' && char != '\t') {
            self.fault(path, Problem::ControlCharacter);
        } else if rules.uuid && Uuid::try_parse(text).is_err() {
            self.fault(path, Problem::NotUuid);
        } else if rules.phone && !phone::is_one(text) {
            self.fault(path, Problem::NotPhone);
        } else if !rules.name_of.is_empty()
            && let Err(form) = name(&rules.name_of, text)
        {
            self.fault(path, Problem::NotName { form });
        }
    }

    fn number(&mut self, number: i128, rules: &Rules, path: &str) {
        match (rules.min, rules.max) {
            (Some(min), _) if number < min.into() => self.fault(path, Problem::TooSmall { min }),
            (_, Some(max)) if i128::from(max) < number => {
                self.fault(path, Problem::TooGreat { max });
            }
            _ if rules.required && number == 0 => self.fault(path, Problem::Required),
            _ => {}
        }
    }

    fn timestamp(&mut self, message: &DynamicMessage, path: &str) {
        let seconds = message.get_field_by_name("seconds").and_then(|value| value.as_i64());
        let nanos = message.get_field_by_name("nanos").and_then(|value| value.as_i32());
        let sound = seconds.is_some_and(|seconds| INSTANTS.contains(&seconds))
            && nanos.is_some_and(|nanos| (0..1_000_000_000).contains(&nanos));
        if !sound {
            self.fault(path, Problem::NotAnInstant);
        }
    }

    fn fault(&mut self, path: &str, problem: Problem) {
        self.faults.push(FieldFault { path: path.to_owned(), problem });
    }
}

/// Whether a text is a resource name of a collection; else the form that it should have.
/// An enterprise's credit code is not looked at: who asks for one says so with its own reason.
fn name(collection: &str, text: &str) -> Result<(), String> {
    let typed = match collection {
        "cases" => base::CaseId::parse(text).map(drop),
        "categories" => base::CategoryId::parse(text).map(drop),
        "departments" => base::DepartmentId::parse(text).map(drop),
        "deputies" => base::DeputyId::parse(text).map(drop),
        "grants" => base::GrantId::parse(text).map(drop),
        "persons" => base::PersonId::parse(text).map(drop),
        "procedures" => base::ProcedureId::parse(text).map(drop),
        "systems" => base::SystemId::parse(text).map(drop),
        "tickets" => base::TicketId::parse(text).map(drop),
        "workOrders" => base::WorkOrderId::parse(text).map(drop),
        _ => return untyped(collection, text),
    };
    typed.map_err(|error| error.form.to_owned())
}

fn untyped(collection: &str, text: &str) -> Result<(), String> {
    let id = text.strip_prefix(collection).and_then(|rest| rest.strip_prefix('/'));
    match id {
        Some(id) if !id.is_empty() && !id.contains('/') => Ok(()),
        Some(_) | None => Err(format!("{collection}/{{id}}")),
    }
}

#[cfg(test)]
mod tests;
