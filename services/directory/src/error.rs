//! Every refusal of the directory, and the one table of what the caller is told of it.

mod refusals;

use contract::directory::Reason;
use journal::{Trouble, Troubled};
use runtime::{Fault, Verdict};
use tonic::{Code, Status};

use crate::lifecycle::{ADMINS_MIN, DEPUTY_DAYS_MAX, IMPORT_ENTERPRISES_MAX};

pub use self::refusals::Error;

impl Error {
    /// The refusal of a line of an import, if it is one.
    pub fn at(self, line: Option<usize>) -> Error {
        match line {
            Some(line) if self.trouble().is_none() => Error::Line { line, error: Box::new(self) },
            Some(_) | None => self,
        }
    }

    #[allow(clippy::too_many_lines, reason = "the one table of all refusals")]
    #[rustfmt::skip]
    fn verdict_at(&self, line: Option<usize>) -> Verdict {
        let told = |code, reason: Reason, chinese: &str| {
            let place = line.map(|line| format!("第{line}行：")).unwrap_or_default();
            let verdict = Verdict::told(code, reason.as_str_name(), format!("{place}{chinese}"));
            match line { Some(line) => verdict.with("line", line), None => verdict }
        };
        match self {
            Error::CreditCodeInvalid { problem } =>
                told(Code::InvalidArgument, Reason::CreditCodeInvalid, &format!("统一社会信用代码不正确：{}，请核对。", problem.chinese()))
                    .with("problem", problem.reason()),
            Error::EnterpriseExists { enterprise } =>
                told(Code::AlreadyExists, Reason::EnterpriseExists, "该企业已经登记。").with("enterprise", enterprise),
            Error::EnterpriseNotFound { enterprise } =>
                told(Code::NotFound, Reason::EnterpriseNotFound, "没有登记这家企业。").with("enterprise", enterprise),
            Error::DepartmentExists { department } =>
                told(Code::AlreadyExists, Reason::DepartmentExists, "该部门已经存在。").with("department", department),
            Error::DepartmentNotFound { department } =>
                told(Code::NotFound, Reason::DepartmentNotFound, "没有这个部门，请先建立。").with("department", department),
            Error::DepartmentDissolved { department, successor } =>
                told(Code::FailedPrecondition, Reason::DepartmentDissolved, &format!("该部门已撤并，由 {successor} 承接，请改用承接部门。"))
                    .with("department", department).with("successor", successor),
            Error::PersonNotFound { person } =>
                told(Code::NotFound, Reason::PersonNotFound, "没有这名工作人员，或其已停用，请核对人员编号。").with("person", person),
            Error::SamePersonChain { person } =>
                told(Code::FailedPrecondition, Reason::SamePersonChain, "同一人的其他账号只能指向其首个账号，首个账号不能再指向别的账号，请核对。")
                    .with("person", person),
            Error::SamePerson { person } =>
                told(Code::FailedPrecondition, Reason::SamePerson, "此事须由两个不同的人办理，同一人的不同账号不算两人，请换人办理。")
                    .with("person", person),
            Error::GrantNeeded { role } =>
                told(Code::FailedPrecondition, Reason::GrantNeeded, &format!("“{}”角色须由一名管理员提出授权、另一名管理员确认，请先办理授权。", role.chinese()))
                    .with("role", role),
            Error::AdminsTooFew { person } =>
                told(Code::FailedPrecondition, Reason::AdminsTooFew, &format!("园区须至少保有{ADMINS_MIN}名在任管理员（同一人的不同账号算一人），请先授权另一人为管理员，再停用或免去此人。"))
                    .with("person", person),
            Error::GrantNotFound { id } => told(Code::NotFound, Reason::GrantNotFound, "没有这项授权，请核对。").with("grant", id),
            Error::GrantConfirmed { id } =>
                told(Code::FailedPrecondition, Reason::GrantConfirmed, "该授权已经确认，无须再次确认。").with("grant", id),
            Error::GrantLapsed { id } =>
                told(Code::FailedPrecondition, Reason::GrantLapsed, "该授权逾期未确认，已失效，请重新提出。").with("grant", id),
            Error::NotASystem { person } =>
                told(Code::FailedPrecondition, Reason::NotASystem, "接口方法只能授予内部系统，请先授予其“内部系统”角色。").with("person", person),
            Error::DeputyNotFound { id } => told(Code::NotFound, Reason::DeputyNotFound, "没有这项代理，请核对。").with("deputy", id),
            Error::DeputyFixed =>
                told(Code::FailedPrecondition, Reason::DeputyFixed, "代理的双方和角色不能更改，请结束后另立一项。"),
            Error::DeputyElsewhere { person } =>
                told(Code::FailedPrecondition, Reason::DeputyElsewhere, "部门负责人须由本部门人员代理，请改派。").with("person", person),
            Error::DeputyTooLong =>
                told(Code::InvalidArgument, Reason::DeputyTooLong, &format!("一次代理最长{DEPUTY_DAYS_MAX}天，请缩短期限。"))
                    .with("max_days", DEPUTY_DAYS_MAX),
            Error::RoleNotHeld { person, role } =>
                told(Code::FailedPrecondition, Reason::RoleNotHeld, &format!("被代理人没有“{}”角色，请核对。", role.chinese()))
                    .with("person", person).with("role", role),
            Error::HandlerTaken { person } =>
                told(Code::FailedPrecondition, Reason::HandlerTaken, "该人员已是其他企业的经办人，或是园区工作人员，不能兼任。")
                    .with("person", person),
            Error::RolesClash { one, other } =>
                told(Code::FailedPrecondition, Reason::RolesClash, &format!("同一人不能兼任“{}”和“{}”，请调整角色。", one.chinese(), other.chinese()))
                    .with("roles", format_args!("{one} {other}")),
            Error::CategoryTwice { category } =>
                told(Code::InvalidArgument, Reason::CategoryTwice, "事项目录中有重复的类别，请删除其一。").with("category", category),
            Error::LimitMissing { category, kind } =>
                told(Code::InvalidArgument, Reason::LimitMissing, "类别缺少报到时限或办复时限，请补充。")
                    .with("category", category).with("kind", kind),
            Error::LimitTwice { category, kind, tier } =>
                told(Code::InvalidArgument, Reason::LimitTwice, "类别有两个同种、同级的时限，请删除其一。")
                    .with("category", category).with("kind", kind).with("tier", tier),
            Error::UrgentClock { category, kind } =>
                told(Code::InvalidArgument, Reason::UrgentClock, "应急类事项昼夜计时，其各项时限须按自然小时规定，请改正。")
                    .with("category", category).with("kind", kind),
            Error::ZoneDutyMissing { category } =>
                told(Code::InvalidArgument, Reason::ZoneDutyMissing, "事项目录中有应急类事项，须指定园区总值班人员。")
                    .with("category", category),
            Error::LimitZero { category, kind } =>
                told(Code::InvalidArgument, Reason::LimitZero, "只有工作日时限可以为 0（即办），其他时限至少为 1，请改正。")
                    .with("category", category).with("kind", kind),
            Error::PromiseStart { category } =>
                told(Code::InvalidArgument, Reason::PromiseStart, "对企业承诺的办复时限自提交起算，不得自派单或签收起算；请改为自提交起算，部门内部的时限请列为加码时限。")
                    .with("category", category),
            Error::CatalogueNotFound { version } =>
                told(Code::NotFound, Reason::CatalogueNotFound, "没有该版本的事项目录。").with("version", version),
            Error::CalendarInvalid { problem } =>
                told(Code::InvalidArgument, Reason::CalendarInvalid, &format!("工作日历不能据以计算：{}；请对照放假通知核对放假与调休日期后重新公布。", problem.chinese()))
                    .with("problem", problem),
            Error::CalendarNotFound { year } =>
                told(Code::NotFound, Reason::CalendarNotFound, "该年的工作日历尚未公布。").with("year", year),
            Error::ImportTooLarge =>
                told(Code::InvalidArgument, Reason::ImportTooLarge, &format!("一次最多导入{IMPORT_ENTERPRISES_MAX}家企业，请分批导入。"))
                    .with("max", IMPORT_ENTERPRISES_MAX),
            Error::Line { line, error } => error.verdict_at(Some(*line)),
            Error::Common(refusal) => match line {
                Some(line) => refusal.verdict().with("line", line),
                None => refusal.verdict(),
            },
        }
    }
}

impl Fault for Error {
    const DOMAIN: &'static str = "directory.whistle";

    fn verdict(&self) -> Verdict {
        self.verdict_at(None)
    }
}

impl Troubled for Error {
    fn trouble(&self) -> Option<&Trouble> {
        if let Error::Common(refusal) = self { refusal.trouble() } else { None }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Error {
        Error::Common(trouble.into())
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Status {
        runtime::status(&error)
    }
}
