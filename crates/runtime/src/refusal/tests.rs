//! Every common refusal by its name, as a caller sees it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use base::TicketId;
use tonic_types::StatusExt as _;

use super::*;

fn all() -> Vec<(Refusal, Code, &'static str, bool)> {
    let database = |error| Refusal::from(Trouble::Database(error));
    let unreachable = DbErr::Conn(RuntimeErr::Internal("refused".to_owned()));
    vec![
        (TokenError::Missing.into(), Code::Unauthenticated, "TOKEN_INVALID", false),
        (
            Refusal::RoleForbids { method: "/x/Y".to_owned(), may: vec![Role::Lead] },
            Code::PermissionDenied,
            "ROLE_FORBIDS",
            false,
        ),
        (
            Refusal::CallerLeft { method: "/x/Y".to_owned() },
            Code::PermissionDenied,
            "ROLE_FORBIDS",
            false,
        ),
        (
            Refusal::CallerUnknown { person: "persons/x".to_owned() },
            Code::PermissionDenied,
            "CALLER_UNKNOWN",
            false,
        ),
        (
            Refusal::MethodNotGranted { method: "/x/Y".to_owned(), system: "systems/z".to_owned() },
            Code::PermissionDenied,
            "METHOD_NOT_GRANTED",
            false,
        ),
        (Refusal::field("a.b", Problem::Required), Code::InvalidArgument, "FIELD_INVALID", false),
        (Refusal::StaleEtag, Code::Aborted, "STALE_ETAG", false),
        (Trouble::RequestIdReused.into(), Code::AlreadyExists, "REQUEST_ID_REUSED", false),
        (Refusal::PageTokenInvalid, Code::InvalidArgument, "PAGE_TOKEN_INVALID", false),
        (
            Refusal::NotYetHeard { service: "request".to_owned(), position: 7 },
            Code::Unavailable,
            "NOT_YET_HEARD",
            true,
        ),
        (Trouble::Overloaded.into(), Code::ResourceExhausted, "OVERLOADED", true),
        (Refusal::Unavailable { what: "the broker" }, Code::Unavailable, "UNAVAILABLE", true),
        (Trouble::OutcomeUnknown.into(), Code::Unavailable, "UNAVAILABLE", true),
        (database(unreachable), Code::Unavailable, "UNAVAILABLE", true),
        (
            Refusal::JournalNotServed { journal: "x".to_owned() },
            Code::NotFound,
            "JOURNAL_NOT_SERVED",
            false,
        ),
        (Trouble::DeadlinePassed.into(), Code::DeadlineExceeded, "DEADLINE_PASSED", false),
        (database(DbErr::Custom("secret".to_owned())), Code::Internal, "INTERNAL", false),
        (Refusal::damaged("secret"), Code::Internal, "INTERNAL", false),
    ]
}

/// The refusals of files.
fn of_files() -> Vec<(Refusal, Code, &'static str, bool)> {
    let sha256 = [7; 32];
    let refused = [
        (FileFault::NameInvalid, "FILE_NAME_INVALID"),
        (FileFault::TooLarge { bytes_max: 7 }, "FILE_TOO_LARGE"),
        (FileFault::TypeForbidden { found: None }, "FILE_TYPE_FORBIDDEN"),
        (FileFault::HashDiffers { sha256 }, "FILE_HASH_DIFFERS"),
        (FileFault::CutOff { announced: 7, came: 6 }, "FILE_CUT_OFF"),
    ];
    let refused =
        refused.map(|(fault, reason)| (fault.into(), Code::InvalidArgument, reason, false));
    let damaged = FileFault::Damaged { sha256 }.into();
    let mut all = Vec::from(refused);
    all.push((damaged, Code::DataLoss, "FILE_DAMAGED", false));
    all
}

#[test]
fn every_refusal_has_its_code_its_reason_and_a_chinese_text() {
    for (refusal, code, reason, again) in all().into_iter().chain(of_files()) {
        let said = refusal.to_string();
        let status = Status::from(refusal);
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!((status.code(), info.reason.as_str()), (code, reason), "{said}");
        assert_eq!(info.domain, "whistle", "{said}");
        assert_eq!(details.retry_info().is_some(), again, "{said}");
        let localized = details.localized_message().unwrap();
        assert_eq!(localized.locale, "zh-CN");
        assert!(localized.message.ends_with('。'), "{}", localized.message);
        assert!(!status.message().contains("secret"));
    }
}

#[test]
fn every_common_reason_can_be_given() {
    let given = all().into_iter().chain(of_files());
    let given: BTreeSet<_> = given.map(|(_, _, reason, _)| reason).collect();
    let known = (1..1000).filter_map(|number| Reason::try_from(number).ok());
    let known = known.map(|reason| reason.as_str_name().strip_prefix("REASON_").unwrap());
    assert_eq!(given, known.collect());
}

#[test]
fn fields_are_named_with_what_is_wrong_and_what_to_do() {
    let fault = |path: &str, problem| FieldFault { path: path.to_owned(), problem };
    let refusal = Refusal::Fields(vec![
        fault("contact.phone", Problem::Required),
        fault("title", Problem::TooLong { max: 100 }),
    ]);
    assert_eq!(
        refusal.to_string(),
        "`contact.phone` must be given; `title` has more than 100 characters"
    );
    let status = Status::from(refusal);
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().metadata["field"], "contact.phone");
    let said = &details.localized_message().unwrap().message;
    assert_eq!(said, "字段 contact.phone 必须填写；字段 title 不能超过 100 个字，请缩短。");
    let fields = &details.bad_request().unwrap().field_violations;
    assert_eq!(
        (fields[1].field.as_str(), fields[1].description.as_str()),
        ("title", "不能超过 100 个字，请缩短")
    );
}

#[test]
fn a_name_that_is_none_is_told_by_its_field() {
    let error = TicketId::parse("tickets/1").unwrap_err();
    let named = [
        (Refusal::from(error.clone()), "ticket"),
        (Refusal::from(base::WorkOrderId::parse("x").unwrap_err()), "work_order"),
        (Refusal::from(base::CategoryId::parse("x").unwrap_err()), "category"),
        (Refusal::from(base::EnterpriseId::parse("x").unwrap_err()), "enterprise"),
        (Refusal::name("into", &error), "into"),
    ];
    for (refusal, field) in named {
        let info = Status::from(refusal).get_error_details().error_info().unwrap().clone();
        assert_eq!(
            (info.reason.as_str(), info.metadata["field"].as_str()),
            ("FIELD_INVALID", field)
        );
    }
}

#[test]
fn a_lost_connection_passes_and_a_wrong_statement_does_not() {
    let code = |cause: SqlxError| {
        let error = DbErr::Query(RuntimeErr::SqlxError(cause.into()));
        Refusal::from(error).verdict().code()
    };
    let lost = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    for cause in [SqlxError::Io(lost), SqlxError::PoolTimedOut, SqlxError::PoolClosed] {
        assert_eq!(code(cause), Code::Unavailable);
    }
    for cause in [SqlxError::RowNotFound, SqlxError::ColumnNotFound("x".to_owned())] {
        assert_eq!(code(cause), Code::Internal);
    }
}

#[test]
fn only_trouble_is_trouble() {
    assert!(Refusal::from(Trouble::Overloaded).trouble().is_some());
    assert!(Refusal::StaleEtag.trouble().is_none());
}
