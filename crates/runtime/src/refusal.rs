//! The refusals that all services have alike: `whistle.common.v1.Reason`, of the domain `whistle`.

use std::fmt;
use std::time::Duration;

use base::{NameError, Role};
use contract::common::Reason;
use journal::{Trouble, Troubled};
use sea_orm::{DbErr, RuntimeErr, SqlxError};
use tonic::{Code, Status};

use crate::ambient::{Ambient, Language};
use crate::fault::{self, COMMON_DOMAIN, Fault, Verdict};
use crate::objects::FileFault;
use crate::rights;
use crate::token::TokenError;

/// When to ask again after something that passes by itself.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A refusal that is not of one service's rules.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody is known to call: no token, or one that does not hold.
    #[error("{0}")]
    TokenInvalid(#[from] TokenError),
    /// The caller's roles do not include one that may do this.
    #[error("the caller's roles do not allow {method}")]
    RoleForbids {
        /// The full name of the method, or of what was asked within it.
        method: String,
        /// Who may: roles that the caller does not hold.
        may: Vec<Role>,
    },
    /// The directory knows the caller, who has left.
    #[error("the caller has left, and may not call {method}")]
    CallerLeft {
        /// The full name of the method.
        method: String,
    },
    /// The token is good, but the directory knows nobody of that name.
    #[error("the directory does not know {person}")]
    CallerUnknown {
        /// Whom the token names: `persons/{code}`.
        person: String,
    },
    /// No confirmed grant lets the system call this on behalf of a person.
    #[error("{system} has no grant to call {method} on behalf of a person")]
    MethodNotGranted {
        /// The full name of the method.
        method: String,
        /// The system: `systems/{code}`.
        system: String,
    },
    /// Fields of the request break their rules.
    #[error("{}", Fields(.0))]
    Fields(Vec<FieldFault>),
    /// The thing has changed since the etag was read.
    #[error("the thing has changed since it was read; read it again")]
    StaleEtag,
    /// The page token is not one that we gave for this query.
    #[error("the page token is damaged or belongs to another query; begin at the first page")]
    PageTokenInvalid,
    /// What `whistle-after` names has not been heard here yet.
    #[error("{service}@{position} has not been heard here yet; try again")]
    NotYetHeard {
        /// The service whose journal it is.
        service: String,
        /// The position waited for.
        position: i64,
    },
    /// Something that we need cannot be reached.
    #[error("{what} cannot be reached; try again")]
    Unavailable {
        /// What it is: `the broker`.
        what: &'static str,
    },
    /// A file is not kept, or not given.
    #[error(transparent)]
    File(#[from] FileFault),
    /// This process does not serve that journal.
    #[error("the journal {journal:?} is not served here")]
    JournalNotServed {
        /// The journal that was asked for.
        journal: String,
    },
    /// A unit of work did not become true for reasons outside the rules: overload, a passed
    /// deadline, a request id used before, the database.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// One field of a request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The path from the request: `contact.phone`, `categories[2].lead`.
    pub path: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a field. Never holds the value itself, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It must be given.
    #[error("must be given")]
    Required,
    /// It has too many characters.
    #[error("has more than {max} characters")]
    TooLong {
        /// The most characters.
        max: u32,
    },
    /// It is not a UUID.
    #[error("is not a UUID")]
    NotUuid,
    /// It is not a telephone number.
    #[error("is not a telephone number such as 13812345678 or 0516-87654321-801")]
    NotPhone,
    /// It is not a resource name of the collection.
    #[error("is not a name of the form {form}")]
    NotName {
        /// The form that was expected: `tickets/{uuid}`.
        form: String,
    },
    /// It is below its least value.
    #[error("is less than {min}")]
    TooSmall {
        /// The least value.
        min: i64,
    },
    /// It is above its greatest value.
    #[error("is greater than {max}")]
    TooGreat {
        /// The greatest value.
        max: i64,
    },
    /// It has too many entries.
    #[error("has more than {max} entries")]
    TooMany {
        /// The most entries.
        max: u32,
    },
    /// It is not one of the choices that are known here.
    #[error("is not one of the known choices")]
    UnknownChoice,
    /// It holds a control character other than a line feed or a tab.
    #[error("holds a control character")]
    ControlCharacter,
    /// It is an instant outside the years 0001 to 9999, or not an instant.
    #[error("is not an instant of the years 1 to 9999")]
    NotAnInstant,
    /// Something that only the service knows.
    #[error("{english}")]
    Other {
        /// `is after the end`.
        english: String,
        /// `晚于结束时间`.
        chinese: String,
    },
}

impl Problem {
    /// Something that only the service knows: a predicate in either language.
    pub fn other(english: impl Into<String>, chinese: impl Into<String>) -> Problem {
        Problem::Other { english: english.into(), chinese: chinese.into() }
    }

    /// What is wrong and what to do.
    pub fn chinese(&self) -> String {
        match self {
            Problem::Required => "必须填写".to_owned(),
            Problem::TooLong { max } => format!("不能超过 {max} 个字，请缩短"),
            Problem::NotUuid => "须为 UUID".to_owned(),
            Problem::NotPhone => {
                "须为电话号码，如 13812345678、0516-87654321-801，境外号码以 + 开头".to_owned()
            }
            Problem::NotName { form } => format!("须为 {form} 形式的名称"),
            Problem::TooSmall { min } => format!("不能小于 {min}"),
            Problem::TooGreat { max } => format!("不能大于 {max}"),
            Problem::TooMany { max } => format!("不能超过 {max} 项，请减少"),
            Problem::UnknownChoice => "不在可选范围内，请重新选择".to_owned(),
            Problem::ControlCharacter => "含有不可见的控制字符，请删除".to_owned(),
            Problem::NotAnInstant => "须为公元 1 年至 9999 年之间的时间".to_owned(),
            Problem::Other { chinese, .. } => chinese.clone(),
        }
    }
}

impl Refusal {
    /// A field that breaks its rules.
    pub fn field(path: impl Into<String>, problem: Problem) -> Refusal {
        Refusal::Fields(vec![FieldFault { path: path.into(), problem }])
    }

    /// A field that does not hold a name of the expected form.
    pub fn name(path: impl Into<String>, error: &NameError) -> Refusal {
        Refusal::field(path, Problem::NotName { form: error.form.to_owned() })
    }

    /// Something stored or compiled in that cannot be as it is: our own fault.
    pub fn damaged(what: impl fmt::Display) -> Refusal {
        Refusal::Trouble(Trouble::Damaged(what.to_string()))
    }
}

struct Fields<'a>(&'a [FieldFault]);

impl fmt::Display for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, FieldFault { path, problem }) in self.0.iter().enumerate() {
            let before = if place == 0 { "" } else { "; " };
            write!(f, "{before}`{path}` {problem}")?;
        }
        Ok(())
    }
}

impl Fault for Refusal {
    const DOMAIN: &'static str = COMMON_DOMAIN;

    fn verdict(&self) -> Verdict {
        let told = |code, reason: Reason, chinese: &str| {
            Verdict::told(code, reason.as_str_name(), chinese).of(COMMON_DOMAIN)
        };
        match self {
            Refusal::TokenInvalid(error) => {
                told(Code::Unauthenticated, Reason::TokenInvalid, error.chinese())
            }
            Refusal::RoleForbids { method, may } => {
                told(Code::PermissionDenied, Reason::RoleForbids, &rights::chinese_of(may))
                    .with("method", method)
                    .with("roles", rights::words_of(may))
            }
            Refusal::CallerLeft { method } => told(
                Code::PermissionDenied,
                Reason::RoleForbids,
                "您的账号已停用，不能再办理；如仍在岗，请联系管理员恢复。",
            )
            .with("method", method),
            Refusal::CallerUnknown { person } => told(
                Code::PermissionDenied,
                Reason::CallerUnknown,
                &format!(
                    "名册中没有此人（{person}）；请核对令牌是为谁签发的，或请管理员先登记此人。"
                ),
            )
            .with("person", person),
            Refusal::MethodNotGranted { method, system } => told(
                Code::PermissionDenied,
                Reason::MethodNotGranted,
                "该系统未获授权代人进行此操作，请由两名管理员办理授权。",
            )
            .with("method", method)
            .with("system", system),
            Refusal::Fields(faults) => fields_verdict(faults),
            Refusal::StaleEtag => {
                told(Code::Aborted, Reason::StaleEtag, "内容已被他人修改，请刷新后重试。")
            }
            Refusal::PageTokenInvalid => told(
                Code::InvalidArgument,
                Reason::PageTokenInvalid,
                "翻页标记无效或不属于本次查询，请从第一页重新开始。",
            )
            .with("field", "page_token"),
            Refusal::NotYetHeard { service, position } => {
                told(Code::Unavailable, Reason::NotYetHeard, "相关信息尚未同步，请稍后重试。")
                    .with("service", service)
                    .with("position", position)
                    .retry_after(RETRY_AFTER)
            }
            Refusal::Unavailable { what } => {
                told(Code::Unavailable, Reason::Unavailable, "系统暂时无法连接，请稍后重试。")
                    .with("what", what)
                    .retry_after(RETRY_AFTER)
            }
            Refusal::File(fault) => fault.verdict(),
            Refusal::JournalNotServed { journal } => {
                told(Code::NotFound, Reason::JournalNotServed, "本进程不提供该服务的日志。")
                    .with("journal", journal)
            }
            Refusal::Trouble(trouble) => trouble_verdict(trouble),
        }
    }
}

fn fields_verdict(faults: &[FieldFault]) -> Verdict {
    let texts =
        faults.iter().map(|fault| format!("字段 {} {}", fault.path, fault.problem.chinese()));
    let chinese = format!("{}。", texts.collect::<Vec<_>>().join("；"));
    let first = faults.first().map(|fault| fault.path.as_str()).unwrap_or_default();
    let reason = Reason::FieldInvalid.as_str_name();
    let mut verdict = Verdict::told(Code::InvalidArgument, reason, chinese)
        .of(COMMON_DOMAIN)
        .with("field", first);
    let language = Ambient::present().language;
    for FieldFault { path, problem } in faults {
        let said = match language {
            Language::Chinese => problem.chinese(),
            Language::English => problem.to_string(),
        };
        verdict = verdict.field(path, said);
    }
    verdict
}

fn trouble_verdict(trouble: &Trouble) -> Verdict {
    let told = |code, reason: Reason, chinese: &str| {
        Verdict::told(code, reason.as_str_name(), chinese).of(COMMON_DOMAIN)
    };
    match trouble {
        Trouble::Overloaded => {
            told(Code::ResourceExhausted, Reason::Overloaded, "系统繁忙，请稍后重试。")
                .retry_after(RETRY_AFTER)
        }
        Trouble::DeadlinePassed => told(
            Code::DeadlineExceeded,
            Reason::DeadlinePassed,
            "请求在处理前已超过时限，未作任何改动，请重试。",
        ),
        Trouble::OutcomeUnknown => told(
            Code::Unavailable,
            Reason::Unavailable,
            "暂时无法确认是否办理成功，请用同一请求编号重试。",
        )
        .retry_after(RETRY_AFTER),
        Trouble::RequestIdReused => told(
            Code::AlreadyExists,
            Reason::RequestIdReused,
            "该请求编号已用于其他内容，请更换编号。",
        ),
        Trouble::Database(error) if passes(trouble, error) => {
            told(Code::Unavailable, Reason::Unavailable, "数据库暂时无法连接，请稍后重试。")
                .retry_after(RETRY_AFTER)
        }
        Trouble::Database(_) | Trouble::Damaged(_) => Verdict::kept(),
    }
}

/// Whether a database error passes by itself: it cannot be reached, is being stopped or started,
/// or others were in the way.
fn passes(trouble: &Trouble, error: &DbErr) -> bool {
    if let Some(code) = trouble.database_code() {
        // PostgreSQL: connection, resources, shutdown, conflict. SQLite: busy, and its variants.
        const PASSING: [&str; 5] = ["08", "53", "57P", "40", "55P03"];
        return PASSING.iter().any(|class| code.len() == 5 && code.starts_with(class))
            || ["5", "261", "517", "773"].contains(&code.as_str());
    }
    if matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) {
        return true;
    }
    let (DbErr::Exec(cause) | DbErr::Query(cause)) = error else { return false };
    let RuntimeErr::SqlxError(cause) = cause else { return false };
    matches!(
        **cause,
        SqlxError::Io(_)
            | SqlxError::Tls(_)
            | SqlxError::PoolTimedOut
            | SqlxError::PoolClosed
            | SqlxError::WorkerCrashed
    )
}

impl Troubled for Refusal {
    fn trouble(&self) -> Option<&Trouble> {
        if let Refusal::Trouble(trouble) = self { Some(trouble) } else { None }
    }
}

impl From<NameError> for Refusal {
    /// The field is taken to be called after what it names: `ticket` for `tickets/{uuid}`.
    /// Where it is not, use [`Refusal::name`].
    fn from(error: NameError) -> Refusal {
        let collection = error.form.split('/').next().unwrap_or_default();
        let field = match collection {
            "categories" => "category",
            "deputies" => "deputy",
            "workOrders" => "work_order",
            plural => plural.strip_suffix('s').unwrap_or(plural),
        };
        Refusal::name(field, &error)
    }
}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Refusal {
        Refusal::Trouble(Trouble::Database(error))
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Status {
        fault::status(&refusal)
    }
}

#[cfg(test)]
mod tests;
