//! An expression of a policy: read and typed when the policy is filed, evaluated over facts in bounded
//! time and memory. What it may be is in `typing`; how it is evaluated is CEL's own.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};

use cel::common::ast::IdedExpr;
use cel::parser::Parser;
use cel::{Context, Env, ExecutionError, ParseErrors};

use super::facts::{Facts, Value};
use super::flaw::{FlawKind, Place};
use super::scan::scan;
use super::schema::{CLAIM, ENTERPRISE, Kind, LIST_VALUES_MAX, Schema, TEXT_CHARS_MAX};
use super::typing::{Type, Typing};

/// How deep brackets may stand in one another.
const DEPTH_MAX: u16 = 24;

/// The functions of standard CEL, made once.
static STANDARD: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// What is wrong with the text of an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: FlawKind,
    pub(super) place: Place,
    /// What is wrong and what to do, in Chinese, without a full stop.
    pub(super) text: String,
}

impl Fault {
    pub(super) fn new(kind: FlawKind, place: Place, text: impl Into<String>) -> Fault {
        Fault { kind, place, text: text.into() }
    }
}

/// What an expression says of the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is true.
    Holds,
    /// It is false.
    Fails,
    /// It needs a fact that is not known.
    Unknown,
    /// It divides by zero.
    DividesByZero,
    /// A number in it is more than can be counted.
    Overflows,
}

/// An expression that was read and typed.
#[derive(Debug)]
pub(super) struct Expression {
    root: IdedExpr,
    fields: BTreeMap<String, Kind>,
    names: Vec<String>,
}

impl Expression {
    /// Reads an expression that is true or false.
    pub(super) fn read(text: &str, schema: &Schema<'_>) -> Result<Expression, Fault> {
        scan(text)?;
        let read = || Parser::new().max_recursion_depth(DEPTH_MAX).parse_with_source_info(text);
        // The reader is a library; should it fail in its own way, the text is to blame.
        let read = catch_unwind(AssertUnwindSafe(read));
        let (root, source) = match read {
            Ok(Ok(read)) => read,
            Ok(Err(errors)) => return Err(syntax(&errors)),
            Err(_) => return Err(not_cel(Place::START)),
        };
        let mut typing = Typing::new(text, &source, schema);
        let found = typing.type_of(&root)?;
        if found != Type::Bool {
            let why = format!("条件的结果须为“是/否”，这里得到的是{}", found.chinese());
            return Err(Fault::new(FlawKind::NotBoolean, typing.place(&root), why));
        }
        let fields = typing.into_fields();
        let names = fields.keys().cloned().collect();
        Ok(Expression { root, fields, names })
    }

    /// The facts that it speaks of, by their dotted names, each once.
    pub(super) fn fields(&self) -> &[String] {
        &self.names
    }

    /// What it says; none if it cannot be evaluated for a reason that is not in the facts, which
    /// reading it has excluded. A fact of a wrong type, or too long, is as one that is not known.
    pub(super) fn evaluate(&self, facts: &Facts) -> Option<Outcome> {
        let evaluate = || {
            let mut context = Context::with_env(Arc::clone(&STANDARD));
            for root in [ENTERPRISE, CLAIM] {
                context.add_variable_from_value(root, self.known(root, facts));
            }
            cel::Value::resolve(&self.root, &context)
        };
        let result = catch_unwind(AssertUnwindSafe(evaluate)).ok()?;
        match result {
            Ok(cel::Value::Bool(true)) => Some(Outcome::Holds),
            Ok(cel::Value::Bool(false)) => Some(Outcome::Fails),
            Ok(_) => None,
            Err(ExecutionError::NoSuchKey(_)) => Some(Outcome::Unknown),
            Err(ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_)) => {
                Some(Outcome::DividesByZero)
            }
            Err(ExecutionError::Overflow(..)) => Some(Outcome::Overflows),
            Err(_) => None,
        }
    }

    /// What is known under a root, as far as the expression speaks of it. What is not known is not
    /// there at all: null would be unequal to everything, and so make `!=` hold.
    fn known(&self, root: &str, facts: &Facts) -> HashMap<String, cel::Value> {
        let mut known = HashMap::new();
        for (name, kind) in &self.fields {
            let Some(field) = name.strip_prefix(root).and_then(|rest| rest.strip_prefix('.'))
            else {
                continue;
            };
            let value = Some(facts.get(name)).filter(|value| kind.fits(value));
            if let Some(value) = value.and_then(cel_value) {
                known.insert(field.to_owned(), value);
            }
        }
        known
    }
}

/// A value as CEL has it; none if there is none, or it is longer than a fact may be.
fn cel_value(value: &Value) -> Option<cel::Value> {
    match value {
        Value::Null => None,
        Value::Bool(known) => Some(cel::Value::Bool(*known)),
        Value::Int(number) => Some(cel::Value::Int(*number)),
        Value::Text(text) if TEXT_CHARS_MAX < text.chars().count() => None,
        Value::Text(text) => Some(cel::Value::String(Arc::new(text.clone()))),
        Value::List(values) if LIST_VALUES_MAX < values.len() => None,
        Value::List(values) => {
            let values: Option<Vec<cel::Value>> = values.iter().map(cel_value).collect();
            Some(cel::Value::List(Arc::new(values?)))
        }
    }
}

/// The first thing that the reader stumbled over.
fn syntax(errors: &ParseErrors) -> Fault {
    let (line, column) = errors.errors.first().map_or((0, 0), |error| error.pos);
    let from_one = |number: isize| u32::try_from(number).unwrap_or(1).max(1);
    not_cel(Place { line: from_one(line), column: from_one(column) })
}

fn not_cel(place: Place) -> Fault {
    Fault::new(FlawKind::Syntax, place, "写法有误，无法理解；请检查此处的括号、引号和运算符")
}
