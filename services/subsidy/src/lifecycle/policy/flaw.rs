//! What is wrong with a policy that was to be filed: each flaw with its place.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter};

/// A place in the text of an expression: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column in that line.
    pub column: u32,
}

impl Place {
    /// Where a text begins.
    pub const START: Place = Place { line: 1, column: 1 };
}

/// As compilers write it: `1:14`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Which rule a policy breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum FlawKind {
    /// The expression is no CEL.
    Syntax,
    /// There is no such field of an enterprise or of the claim.
    UnknownField,
    /// A field or a value is of another type than its place wants.
    WrongType,
    /// The expression is neither true nor false.
    NotBoolean,
    /// The expression is too long, too deep, or could take too long.
    TooCostly,
    /// There is no such function, or none that is allowed here.
    UnknownFunction,
    /// Two entries have one name.
    NamedTwice,
    /// An amount or a rate is negative, zero, or over what can be counted.
    AmountInvalid,
    /// It ends before it begins.
    ValidityInvalid,
    /// A payer has a share and no budget, or a budget and no share.
    PayerWithoutBudget,
    /// There is no such department.
    UnknownDepartment,
    /// The notice has no days.
    NoticeInvalid,
    /// Tiers do not rise.
    TiersNotRising,
    /// A name is none.
    NameInvalid,
    /// 免申即享 needs something that the enterprise would have to state.
    ClaimWithoutApplication,
    /// More is promised than the mode allows, or in another clock.
    PromiseInvalid,
    /// It cannot be told what two claims are about, although that decides.
    SubjectMissing,
    /// Something that a policy must have is not there, or there is too much of it.
    SizeInvalid,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Which rule it breaks.
    pub kind: FlawKind,
    /// Where in the terms: `criteria[0].expression`.
    pub field: String,
    /// Where in the text of an expression, if it is in one.
    pub place: Option<Place>,
    /// What is wrong and what to do, in Chinese.
    pub text: String,
}

impl Flaw {
    /// A flaw that is in no expression.
    pub fn new(kind: FlawKind, field: impl Into<String>, text: impl Into<String>) -> Flaw {
        Flaw { kind, field: field.into(), place: None, text: text.into() }
    }
}
