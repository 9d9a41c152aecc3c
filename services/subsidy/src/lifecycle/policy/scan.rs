//! What a text must be before it is read as an expression at all: short, and shallow enough for any
//! reader's stack, whatever is written.

use super::expression::Fault;
use super::flaw::{FlawKind, Place};

/// The longest text of an expression, in characters.
pub const EXPRESSION_CHARS_MAX: usize = 2_000;
/// The most signs by which one part of an expression can stand inside another: so deep can it be.
/// They are counted inside quotes too, so that no quoting hides one.
const NESTING_SIGNS_MAX: usize = 160;
/// The most opening brackets.
const BRACKETS_MAX: usize = 48;

/// Refuses a text that could cost too much to read.
pub(super) fn scan(text: &str) -> Result<(), Fault> {
    // Bytes first: a text of a megabyte is not even counted.
    let over = 4 * EXPRESSION_CHARS_MAX < text.len();
    if over || EXPRESSION_CHARS_MAX < text.chars().count() {
        let why = format!("表达式超过{EXPRESSION_CHARS_MAX}个字符，请缩短或拆成几条条件");
        return Err(Fault::new(FlawKind::TooCostly, Place::START, why));
    }
    let (mut signs, mut brackets) = (0, 0);
    for (offset, sign) in text.char_indices() {
        match sign {
            '(' | '[' | '{' => brackets += 1,
            '.' | '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' | '&' | '|' | '?' | ':' => {
                signs += 1;
            }
            // `in` is the one operator that is a word; any two such letters count.
            'i' if text[offset..].starts_with("in") => signs += 1,
            _ => {}
        }
        if NESTING_SIGNS_MAX < signs || BRACKETS_MAX < brackets {
            let why = "表达式的运算符或括号过多，请拆成几条条件";
            return Err(Fault::new(FlawKind::TooCostly, place_of(text, offset), why));
        }
    }
    Ok(())
}

/// The place of a byte of a text; its end if it is beyond.
pub(super) fn place_of(text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let lines = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    let from_one = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
    Place { line: from_one(lines), column: from_one(column) }
}
