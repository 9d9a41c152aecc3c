//! Every refusal of agency, and the one table of what the caller is told of it.

mod refusals;
mod words;

use base::CaseId;
use contract::agency::Reason;
use journal::{Trouble, Troubled};
use runtime::{Call, Fault, Refusal, Verdict, rights};
use tonic::{Code, Status};

use self::refusals::names;
use self::words::{
    chinese_act, chinese_action, chinese_flaw, chinese_item_action, chinese_item_state,
    chinese_state, may_ask, may_ask_of_item, way_on, way_on_of_item,
};

pub use self::refusals::Error;

impl Error {
    /// The same, with the case and the method that the rules do not know.
    pub fn of(self, call: &Call, id: &CaseId) -> Error {
        if matches!(&self, Error::CaseNotFound { case } if case.is_empty()) {
            return Error::CaseNotFound { case: id.to_string() };
        }
        self.of_method(call)
    }

    /// The same, with the method that the rules do not know, and without what is not for this
    /// caller to ask.
    pub fn of_method(mut self, call: &Call) -> Error {
        if let Error::StateForbids { open, .. } | Error::CaseForbids { open, .. } = &mut self {
            open.retain(|action| may_ask(&call.person, *action));
        }
        if let Error::ItemForbids { open, .. } = &mut self {
            open.retain(|action| may_ask_of_item(&call.person, *action));
        }
        if let Error::NotTheirs = self {
            return rights::forbid(&call.method, &call.person).into();
        }
        self
    }
}

impl Fault for Error {
    const DOMAIN: &'static str = "agency.whistle";

    #[rustfmt::skip]
    fn verdict(&self) -> Verdict {
        let told = |code, reason: Reason, chinese: &str| Verdict::told(code, reason.as_str_name(), chinese);
        match self {
            Error::CaseNotFound { case } => told(Code::NotFound, Reason::CaseNotFound, "没有这个帮代办件，或者您无权查看；请核对编号，或请企业、帮代办员代查。").with("case", case),
            Error::ItemNotFound { item } => told(Code::NotFound, Reason::ItemNotFound, "此件的办理流程中没有这个事项；请按此件所列事项核对。").with("item", item),
            Error::MaterialNotFound { material } => told(Code::NotFound, Reason::MaterialNotFound, "没有事项需要这份材料；请按办理流程的材料清单核对。").with("material", material),
            Error::ProcedureNotFound { procedure } => told(Code::NotFound, Reason::ProcedureNotFound, "没有这个办理流程或该版本；请查询现行办理流程后重选。").with("procedure", procedure),
            Error::EnterpriseNotFound { enterprise } =>
                told(Code::NotFound, Reason::EnterpriseNotFound, "没有登记这家企业；请核对企业名称代码，未登记的请先请管理员登记。").with("enterprise", enterprise),
            Error::DepartmentNotFound { department } => told(Code::NotFound, Reason::DepartmentNotFound, "没有这个部门，不能改派；请核对部门代码。").with("department", department),
            Error::ProcedureFlawed { flaw, path } =>
                told(Code::FailedPrecondition, Reason::ProcedureFlawed, &format!("办理流程不能发布：{}；请按反例修改后再发布，可先试行检查。", chinese_flaw(flaw))).with("flaw", flaw).with("path", path),
            Error::AgentUnfit { agent } =>
                told(Code::FailedPrecondition, Reason::AgentUnfit, "没有这位在岗的帮代办员，不能交接，也不能委托；请另选在岗的帮代办员，由其接手后再委托。").with("agent", agent),
            Error::AgentDecided { agent } =>
                told(Code::FailedPrecondition, Reason::AgentUnfit, "此人审批过此件的事项，不能再作其帮代办员；请另选帮代办员。").with("agent", agent),
            Error::DepartmentDeclined { department } =>
                told(Code::FailedPrecondition, Reason::DepartmentDeclined, "该部门已退回此事项，不能再派给它；请改派其他部门。").with("department", department),
            Error::StateForbids { state, action, open } =>
                told(Code::FailedPrecondition, Reason::StateForbids, &format!("此件处于“{}”，不能{}；{}", chinese_state(*state), chinese_action(*action), way_on(*state, open)))
                    .with("state", state).with("action", action).with("allowed", names(open)),
            Error::CaseForbids { state, action, open } =>
                told(Code::FailedPrecondition, Reason::CaseForbids, &format!("此件处于“{}”，其事项不能{}；{}", chinese_state(*state), chinese_item_action(*action), way_on(*state, open)))
                    .with("state", state).with("action", action),
            Error::ItemForbids { state, action, open } =>
                told(Code::FailedPrecondition, Reason::ItemForbids, &format!("事项处于“{}”，不能{}；{}", chinese_item_state(*state), chinese_item_action(*action), way_on_of_item(*state, open)))
                    .with("state", state).with("action", action).with("allowed", names(open)),
            Error::MandateMissing => told(Code::PermissionDenied, Reason::MandateMissing, "没有有效的委托书，帮代办员不能代办；请企业签署委托书，或由企业自行办理。"),
            Error::OutsideMandate { item, act } =>
                told(Code::PermissionDenied, Reason::OutsideMandate, &format!("委托书未包括此事项的“{}”；请企业另行签署委托书，或由企业自行办理。", chinese_act(*act))).with("item", item).with("act", act),
            Error::MandateExpired => told(Code::InvalidArgument, Reason::MandateExpired, "委托书的截止时间已过；请填写今后的截止时间。"),
            Error::ScopeEmpty => told(Code::InvalidArgument, Reason::ScopeEmpty, "委托书没有委托任何事项；请至少选择一个事项和一种代办行为。"),
            Error::ScopeUnfit { item } =>
                told(Code::InvalidArgument, Reason::ScopeUnfit, "办理流程没有这个事项，或者该行为须由企业自行办理；请按办理流程修改委托范围。").with("item", item),
            Error::AgentAlready => told(Code::FailedPrecondition, Reason::AgentAlready, "对方已经是此件的帮代办员，无需交接；请另选帮代办员。"),
            Error::AgentDecides => told(Code::PermissionDenied, Reason::AgentDecides, "您曾是此件的帮代办员，不能审批其事项；请由本部门其他人员办理。"),
            Error::CallerConcerned => told(Code::PermissionDenied, Reason::CallerConcerned, "您曾是此件的帮代办员，或审批过其事项，不能回访；请由未经手的人员回访。"),
            Error::MaterialsMissing { materials } =>
                told(Code::FailedPrecondition, Reason::MaterialsMissing, "主审材料不齐；请先提交所列材料。").with("materials", names(materials)),
            Error::NotDeferrable { material } =>
                told(Code::FailedPrecondition, Reason::NotDeferrable, "主审材料不能容缺；请直接提交该材料。").with("material", material),
            Error::PromisedAlready { material } =>
                told(Code::FailedPrecondition, Reason::PromisedAlready, "该材料已经提交或已承诺过，只能承诺一次；请按期提交。").with("material", material),
            Error::PromiseMissing { material } =>
                told(Code::FailedPrecondition, Reason::PromiseMissing, "该材料尚未提交，也没有尚未到期的容缺承诺；请提交材料（承诺逾期的仍可补交），从未承诺过的也可先承诺补交日期。").with("material", material),
            Error::NotGivenBefore { material } =>
                told(Code::FailedPrecondition, Reason::NotGivenBefore, "企业办理其他事项时没有提交过该材料，不能免提交；请上传文件。").with("material", material),
            Error::NotHandedIn { material } =>
                told(Code::NotFound, Reason::NotHandedIn, "该材料或该版本尚未提交，或者您无权查阅；请按此件所列材料核对。").with("material", material),
            Error::VersionLimit { material, max } =>
                told(Code::FailedPrecondition, Reason::VersionLimit, &format!("该材料已提交{max}个版本，不能再交；请以已提交的版本申报，部门补正告知要求的仍可提交。")).with("material", material).with("max", max),
            Error::PromiseInPast => told(Code::InvalidArgument, Reason::PromiseInPast, "承诺的时间已过；请填写今后的时间。"),
            Error::Outstanding { materials, land } =>
                told(Code::FailedPrecondition, Reason::Outstanding, "尚缺容缺材料或土地，不能出具正式批准；可先出具预审意见，待补齐后转正式。").with("materials", names(materials)).with("land", land),
            Error::NothingOutstanding => told(Code::FailedPrecondition, Reason::NothingOutstanding, "材料已齐或属公示，不出具预审意见；请直接出证或不予许可。"),
            Error::NoticeRuns { until } =>
                told(Code::FailedPrecondition, Reason::NoticeRuns, "法定公示期未满，不得缩短；请期满后再办。").with("until", until),
            Error::CertificateUsed { number } => told(Code::AlreadyExists, Reason::CertificateUsed, "该证照编号已经使用；请核对编号。").with("number", number),
            Error::NotAwaited { action } =>
                told(Code::FailedPrecondition, Reason::NotAwaited, &format!("目前没有待“{}”的事项，可能已经处理；请刷新后再看。", chinese_item_action(*action))).with("action", action),
            Error::ItemsOpen { items } =>
                told(Code::FailedPrecondition, Reason::ItemsOpen, "还有事项未办结；请待其办结，或由企业撤回后再送达。").with("items", names(items)),
            Error::NotEligible { because } =>
                told(Code::FailedPrecondition, Reason::NotEligible, "项目不符合承诺可开工的条件（负面清单、信用或流程）；请按常规流程办理。").with("because", because),
            Error::CommitmentMissing { item } => told(Code::FailedPrecondition, Reason::CommitmentMissing, "尚未取得土地，须有有效的承诺书才能办理；请企业先签署承诺书，或取得土地后再办。").with("item", item),
            Error::CommittedAlready => told(Code::FailedPrecondition, Reason::CommittedAlready, "此件已签署过承诺书，不能重复签署；请按已签署的承诺办理。"),
            Error::LandAlready => told(Code::FailedPrecondition, Reason::LandAlready, "取得土地的时间已经登记，无需重复登记；请刷新后再看。"),
            Error::NotTheirs => Refusal::RoleForbids { method: String::new(), may: Vec::new() }.verdict(),
            Error::OpenedAlready => Verdict::kept(),
            Error::Common(refusal) => refusal.verdict(),
        }
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
