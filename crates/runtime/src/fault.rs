//! From an error to what the caller is told: one table of verdicts per error, one door out.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt::Display;
use std::time::Duration;

use contract::common::Reason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt as _};

use crate::ambient::{Ambient, Language};

/// The domain of the reasons that all services have alike.
pub const COMMON_DOMAIN: &str = "whistle";

/// The longest text in a status, in characters: a status travels in a header of 8 KiB.
const TEXT_CHARS_MAX: usize = 300;
/// The longest metadata value, in characters.
const VALUE_CHARS_MAX: usize = 120;
/// The longest list of words in metadata, in characters. They are our own words, in ASCII.
const LIST_CHARS_MAX: usize = 480;
/// The longest path of a field, and the longest text about it, in characters.
const FIELD_CHARS_MAX: usize = 64;
/// The most fields that one status names.
pub const FIELDS_MAX: usize = 8;

/// What the caller is told of an error, or that it is kept from them.
#[derive(Clone, Debug)]
pub struct Verdict(Words);

#[derive(Clone, Debug)]
enum Words {
    Kept,
    Told(Box<Told>),
}

#[derive(Clone, Debug)]
struct Told {
    code: Code,
    reason: &'static str,
    domain: Option<&'static str>,
    metadata: BTreeMap<&'static str, String>,
    chinese: String,
    fields: Vec<(String, String)>,
    retry_after: Option<Duration>,
}

impl Verdict {
    /// The caller is told. `reason` is the `as_str_name()` of the service's `Reason`; `chinese`
    /// says to people what stands in the way and what to do.
    pub fn told(code: Code, reason: &'static str, chinese: impl Into<String>) -> Verdict {
        Verdict(Words::Told(Box::new(Told {
            code,
            reason: reason.strip_prefix("REASON_").unwrap_or(reason),
            domain: None,
            metadata: BTreeMap::new(),
            chinese: chinese.into(),
            fields: Vec::new(),
            retry_after: None,
        })))
    }

    /// The caller is told no more than that it is our fault; the cause goes to the log.
    pub fn kept() -> Verdict {
        Verdict(Words::Kept)
    }

    /// Adds a value for programs, beside the reason.
    pub fn with(self, key: &'static str, value: impl Display) -> Verdict {
        self.and(|told| {
            told.metadata.insert(key, cut(&value.to_string(), VALUE_CHARS_MAX));
        })
    }

    /// Adds a list of names for programs, beside the reason; a name is whole or left out.
    pub fn with_list(
        self,
        key: &'static str,
        names: impl IntoIterator<Item = impl Display>,
    ) -> Verdict {
        let mut list = String::new();
        for name in names.into_iter().map(|name| name.to_string()) {
            if LIST_CHARS_MAX < list.chars().count() + 1 + name.chars().count() {
                break;
            }
            if !list.is_empty() {
                list.push(' ');
            }
            list.push_str(&name);
        }
        self.and(|told| {
            told.metadata.insert(key, list);
        })
    }

    /// Adds a field of the request and what is wrong with it. The value itself must not be in it.
    pub fn field(self, path: impl Into<String>, problem: impl Into<String>) -> Verdict {
        self.and(|told| told.fields.push((path.into(), problem.into())))
    }

    /// Says when to ask again.
    pub fn retry_after(self, wait: Duration) -> Verdict {
        self.and(|told| told.retry_after = Some(wait))
    }

    /// The reason belongs to this domain and not to the one of the error that delegates to it.
    pub fn of(self, domain: &'static str) -> Verdict {
        self.and(|told| told.domain = Some(domain))
    }

    /// The code that the caller sees.
    pub fn code(&self) -> Code {
        match &self.0 {
            Words::Kept => Code::Internal,
            Words::Told(told) => told.code,
        }
    }

    /// The reason that the caller sees, without its prefix.
    pub fn reason(&self) -> &'static str {
        match &self.0 {
            Words::Kept => "INTERNAL",
            Words::Told(told) => told.reason,
        }
    }

    fn and(mut self, change: impl FnOnce(&mut Told)) -> Verdict {
        if let Words::Told(told) = &mut self.0 {
            change(told);
        }
        self
    }
}

/// An error that may reach a caller. Its `Display` is for people, in English.
pub trait Fault: Error + 'static {
    /// Whose reasons they are: `request.whistle`.
    const DOMAIN: &'static str;

    /// What the caller is told. Delegate to the verdict of a [`crate::Refusal`]; it brings its
    /// own domain.
    fn verdict(&self) -> Verdict;
}

/// Turns a fault into `google.rpc.Status`: code, reason, fields, and a text in the caller's
/// language. What is kept from the caller is logged here, once.
pub fn status<F: Fault>(fault: &F) -> Status {
    let ambient = Ambient::present();
    match fault.verdict().0 {
        Words::Kept => internal(fault, &ambient),
        Words::Told(told) => {
            // What passes by itself and has no cause, such as not having heard yet, is no news.
            if told.code == Code::Unavailable && fault.source().is_some() {
                tracing::warn!(error = %chain(fault), "unavailable");
            }
            told_status(*told, F::DOMAIN, &fault.to_string(), ambient.language)
        }
    }
}

/// An error with all its causes, for the log.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // Transparent errors repeat what they wrap.
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}

fn internal(fault: &(dyn Error + 'static), ambient: &Ambient) -> Status {
    let trace = ambient.trace.as_deref().unwrap_or_default();
    tracing::error!(error = %chain(fault), trace, "internal error");
    let mut told = Told {
        code: Code::Internal,
        reason: "INTERNAL",
        domain: Some(COMMON_DOMAIN),
        metadata: BTreeMap::new(),
        chinese: "系统内部错误，请稍后重试；如仍不行，请把跟踪编号告知管理员。".to_owned(),
        fields: Vec::new(),
        retry_after: None,
    };
    debug_assert!(Reason::Internal.as_str_name().ends_with(told.reason));
    if !trace.is_empty() {
        told.metadata.insert("trace", trace.to_owned());
    }
    told_status(told, COMMON_DOMAIN, "internal error", ambient.language)
}

fn told_status(told: Told, domain: &str, english: &str, language: Language) -> Status {
    let english = cut(english, TEXT_CHARS_MAX);
    let mut details = ErrorDetails::new();
    let metadata: HashMap<String, String> =
        told.metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let subject = ["ticket", "work_order", "name"].iter().find_map(|key| metadata.get(*key));
    if told.code == Code::FailedPrecondition {
        let subject = subject.cloned().unwrap_or_default();
        let violation = PreconditionViolation::new(told.reason, subject, english.clone());
        details.set_precondition_failure(vec![violation]);
    }
    details.set_error_info(told.reason, told.domain.unwrap_or(domain), metadata);
    if !told.fields.is_empty() {
        let violation = |(path, problem): (String, String)| {
            FieldViolation::new(cut(&path, FIELD_CHARS_MAX), cut(&problem, FIELD_CHARS_MAX))
        };
        let fields = told.fields.into_iter().take(FIELDS_MAX).map(violation);
        details.set_bad_request(fields.collect::<Vec<_>>());
    }
    if told.retry_after.is_some() {
        details.set_retry_info(told.retry_after);
    }
    let localized = match language {
        Language::Chinese => cut(&told.chinese, TEXT_CHARS_MAX),
        Language::English => english.clone(),
    };
    details.set_localized_message(language.tag(), localized);
    Status::with_error_details(told.code, english, details)
}

fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
