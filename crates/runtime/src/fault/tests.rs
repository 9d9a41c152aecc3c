//! What a caller is told, and what never.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io;

use super::*;
use crate::Refusal;

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("a ticket in {state} cannot be reopened")]
    StateForbids { state: &'static str },
    #[error("the disk of the archive is full")]
    Disk(#[source] io::Error),
    #[error(transparent)]
    Common(#[from] Refusal),
}

impl Fault for Error {
    const DOMAIN: &'static str = "request.whistle";

    fn verdict(&self) -> Verdict {
        match self {
            Error::StateForbids { state } => Verdict::told(
                Code::FailedPrecondition,
                "REASON_STATE_FORBIDS",
                "该诉求当前状态不能重开。",
            )
            .with("state", state)
            .with("ticket", "tickets/1"),
            Error::Disk(_) => Verdict::kept(),
            Error::Common(refusal) => refusal.verdict(),
        }
    }
}

fn english() -> Ambient {
    Ambient { language: Language::English, trace: Some("4bf92f3577b34da6a3ce929d0e0e4736".into()) }
}

#[test]
fn a_told_fault_has_code_reason_domain_and_text() {
    let status = status(&Error::StateForbids { state: "CLOSED" });
    let details = status.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(status.message(), "a ticket in CLOSED cannot be reopened");
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("STATE_FORBIDS", "request.whistle"));
    assert_eq!(info.metadata["state"], "CLOSED");
    let localized = details.localized_message().unwrap();
    assert_eq!(localized.locale, "zh-CN");
    assert_eq!(localized.message, "该诉求当前状态不能重开。");
    let violation = &details.precondition_failure().unwrap().violations[0];
    assert_eq!(
        (violation.r#type.as_str(), violation.subject.as_str()),
        ("STATE_FORBIDS", "tickets/1")
    );
}

#[test]
fn who_asks_for_english_gets_english() {
    let status = english().within(|| status(&Error::StateForbids { state: "CLOSED" }));
    let localized = status.get_error_details().localized_message().unwrap().clone();
    assert_eq!(localized.locale, "en");
    assert_eq!(localized.message, "a ticket in CLOSED cannot be reopened");
}

#[test]
fn an_internal_cause_is_never_sent_but_its_trace_is() {
    let cause = io::Error::other("postgres://user:secret@db");
    let status = english().within(|| status(&Error::Disk(cause)));
    assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
    let details = status.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("INTERNAL", "whistle"));
    assert_eq!(info.metadata["trace"], "4bf92f3577b34da6a3ce929d0e0e4736");
    let sent = format!("{status:?} {}", String::from_utf8_lossy(status.details()));
    assert!(!sent.contains("secret") && !sent.contains("archive"), "{sent}");
}

#[test]
fn a_common_refusal_keeps_its_own_domain() {
    let status = status(&Error::from(Refusal::StaleEtag));
    let info = status.get_error_details().error_info().unwrap().clone();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("STALE_ETAG", "whistle"));
    assert_eq!(status.code(), Code::Aborted);
}

#[test]
fn the_chain_names_every_cause_once() {
    let error = Error::Disk(io::Error::other("no space left"));
    assert_eq!(chain(&error), "the disk of the archive is full: no space left");
    assert_eq!(chain(&Error::from(Refusal::StaleEtag)), Refusal::StaleEtag.to_string());
}

#[test]
fn a_status_stays_small_whatever_is_said() {
    let mut verdict = Verdict::told(Code::InvalidArgument, "REASON_X", "字".repeat(5000));
    for _ in 0..100 {
        verdict =
            verdict.field("段".repeat(500), "错".repeat(500)).with("field", "值".repeat(5000));
    }
    let Words::Told(told) = verdict.0 else { unreachable!() };
    let status = told_status(*told, "x", &"e".repeat(5000), Language::Chinese);
    assert!(status.message().chars().count() <= TEXT_CHARS_MAX + 1);
    // A third more in base64 is still below 8 KiB.
    assert!(status.details().len() < 6 * 1024, "{}", status.details().len());
    assert_eq!(
        status.get_error_details().bad_request().unwrap().field_violations.len(),
        FIELDS_MAX
    );
}
