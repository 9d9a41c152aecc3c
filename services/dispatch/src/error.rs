//! Every refusal of dispatch, and the one table of what the caller is told of it.

mod refusals;
mod words;

#[cfg(test)]
mod tests;

use base::Role;
use contract::dispatch::Reason;
use journal::{Trouble, Troubled};
use runtime::{Fault, Problem, Refusal, Verdict};
use tonic::{Code, Status};

pub use self::refusals::Error;
use self::words::{assistance_open, person, state_forbids};
use crate::lifecycle::Action;

impl Error {
    /// Only who holds a role may do this.
    pub fn needs(role: Role, action: Action) -> Error {
        let method = format!("whistle.dispatch.v1.DispatchService/{action}");
        Refusal::RoleForbids { method, may: vec![role] }.into()
    }
}

impl Fault for Error {
    const DOMAIN: &'static str = "dispatch.whistle";

    #[rustfmt::skip]
    #[allow(clippy::too_many_lines, reason = "one table: each refusal has its row")]
    fn verdict(&self) -> Verdict {
        let told = |code, reason: Reason, chinese: &str| Verdict::told(code, reason.as_str_name(), chinese);
        let stops = |reason, chinese| told(Code::FailedPrecondition, reason, chinese);
        let forbids = |reason, chinese| told(Code::PermissionDenied, reason, chinese);
        match self {
            Error::WorkOrderNotFound =>
                told(Code::NotFound, Reason::WorkOrderNotFound, "没有这张工单，或无权查看；请核对工单名称，或从工单列表中查找。"),
            Error::StateForbids { state, action, allowed } =>
                stops(Reason::StateForbids, &state_forbids(*state, *action, allowed))
                    .with("state", state).with("action", action).with_list("allowed", allowed),
            Error::OtherDepartment { department } =>
                forbids(Reason::OtherDepartment, "该工单由其他部门承办，本部门不能进行此操作；如有意见，请联系吹哨办。").with("department", department.as_ref().map(ToString::to_string).unwrap_or_default()),
            Error::NothingToClaim =>
                stops(Reason::NothingToClaim, "本部门目前没有您可以签收的工单；请稍后再试，或从工单列表中查看。"),
            Error::ClaimedAlready { claimant, called } =>
                stops(Reason::ClaimedAlready, &format!("该工单已由{}签收，一单只有一名签收人；请选择其他工单，或请其转交。", person(claimant, called.as_deref()))).with("claimant", claimant),
            Error::NotClaimant { claimant, called } =>
                forbids(Reason::NotClaimant, &format!("只有签收人{}可以进行此操作；请由其办理，或由部门负责人改派。", person(claimant, called.as_deref()))).with("claimant", claimant),
            Error::NobodyClaimed =>
                forbids(Reason::NotClaimant, "工单目前没有签收人，而此操作须由签收人进行；请先签收，暂不能签收的请部门负责人指派。").with("claimant", ""),
            Error::PersonBarred { person } =>
                forbids(Reason::PersonBarred, "该人员与此事项有关联，须回避，不能承办；请由本部门其他人员承办。").with("person", person),
            Error::PersonNotEligible { person } =>
                stops(Reason::PersonNotEligible, "所指人员不是本部门在岗承办人，不能承办此单；请指定本部门的在岗承办人。").with("person", person),
            Error::ReturnTooLate =>
                stops(Reason::ReturnTooLate, "派单已超过1个工作日，不能再退单；请继续办理，需其他部门配合的可申请协办。"),
            Error::ReturnedAlready =>
                stops(Reason::ReturnedAlready, "本部门已退过此单，每个部门只能退一次；请继续办理，需其他部门配合的可申请协办。"),
            Error::ReturnNamesOwn { department } =>
                stops(Reason::ReturnNamesOwn, "退单时所指的主办部门就是本部门，不能以此退单；属本部门职责的请继续办理，否则请指明其他部门，职责不清的请留空。").with("department", department),
            Error::DepartmentNotFound { department } =>
                told(Code::NotFound, Reason::DepartmentNotFound, "没有这个部门；请核对部门名称，从部门目录中选择。").with("department", department),
            Error::DepartmentExcluded { department } =>
                stops(Reason::DepartmentExcluded, "该部门是此投诉所指的单位，须回避，不能主办或协办；请选择其他部门。").with("department", department),
            Error::KindForbids { kind } =>
                stops(Reason::KindForbids, "答复类工单只能退单，审批、评审类工单只能退回提出方；请改用相应的操作。").with("kind", kind),
            Error::Designated { minutes } =>
                stops(Reason::Designated, "主办部门已由管委会领导指定，为最终决定，不能退单；请继续办理，需其他部门配合的可申请协办。").with("minutes", minutes),
            Error::AssistanceStays =>
                stops(Reason::AssistanceStays, "协办单随主办单办理，不能退单、再请协办，也不能单独挂起或延期；请继续办理，有困难的与主办部门协商。"),
            Error::AssistsAlready { department } =>
                stops(Reason::AssistsAlready, "该部门已在协办或主办此单，不必再请；请选择其他部门，或待其办复后再请。").with("department", department),
            Error::AssistanceNotOpen { work_order } =>
                stops(Reason::AssistanceNotOpen, "没有这张协办单，或已办复、已免协办；请刷新工单，从未办复的协办单中选择。").with("work_order", work_order),
            Error::TooLittleTime =>
                stops(Reason::TooLittleTime, "距办复时限不足4个工作小时，来不及协办；请直接联系有关部门，并按时办复。"),
            Error::NotAccepted =>
                stops(Reason::NotAccepted, "该事项尚未受理，办理时限还未起算，不能申请协办或延期；请先在提出方的业务中受理，受理后再申请。"),
            Error::UntilPast =>
                Refusal::field("until_time", Problem::other("must be in the future", "须晚于当前时间，请重新填写挂起的截止时间")).verdict(),
            Error::PauseAskedAlready =>
                stops(Reason::PauseAskedAlready, "已有挂起申请待裁定，不能重复申请；请等待吹哨办裁定。"),
            Error::PauseReasonUsed { reason } =>
                stops(Reason::PauseReasonUsed, "本轮已因同一事由挂起过，每个事由只能用一次；确有其他事由的，请改用该事由申请。").with("reason", reason),
            Error::PauseTooLong =>
                stops(Reason::PauseTooLong, "挂起时间过长，无法推算办理时限；请填写较近的截止时间。"),
            Error::NoPauseAsked =>
                stops(Reason::NoPauseAsked, "没有待裁定的挂起申请，可能已经裁定；请刷新工单查看。"),
            Error::OtherDecides { role } =>
                forbids(Reason::OtherDecides, &format!("此项由{}裁定：首次延期和时限内的挂起由吹哨办，再次延期和超出时限的挂起由管委会领导；请转请其裁定。", role.chinese())).with("role", role),
            Error::RulesOnOwn =>
                forbids(Reason::RulesOnOwn, "退单、挂起、延期由他人裁定：提出人、签收人及其代理人不能自行裁定，部门负责人也不能裁定本部门的延期；请由其他有权人员裁定。"),
            Error::ExtensionAskedAlready =>
                stops(Reason::ExtensionAskedAlready, "已有延期申请待裁定，不能重复申请；请等待裁定。"),
            Error::OverdueAlready =>
                stops(Reason::OverdueAlready, "工单已超期，不能再申请延期，按超期计；请尽快办复。"),
            Error::ExtensionTooLate =>
                stops(Reason::ExtensionTooLate, "延期须在时限届满1个工作日前申请，现已来不及，原时限不变；请按时办复。"),
            Error::UntilNotLater =>
                Refusal::field("until_time", Problem::other("must be after the present due instant", "须晚于现有办复时限，请重新填写延期的截止时间")).verdict(),
            Error::ExtensionTooLong { latest, local } =>
                stops(Reason::ExtensionTooLong, &format!("延期后总时长不得超过原时限的两倍，也不得超过法定时限；请填写不晚于{}的截止时间。", local.strftime("%Y年%-m月%-d日%H:%M"))).with("latest_time", latest),
            Error::NoExtensionAsked =>
                stops(Reason::NoExtensionAsked, "没有待裁定的延期申请，可能已经裁定；请刷新工单查看。"),
            Error::AssistanceOpen { open } =>
                stops(Reason::AssistanceOpen, &assistance_open(open)).with_list("work_orders", open.iter().map(|(order, _)| order)),
            Error::ContactMissing =>
                stops(Reason::ContactMissing, "尚未报到，不能办复；请先报到，或在办复时一并填写联系企业的情况。"),
            Error::OutcomeForbids { outcome } =>
                stops(Reason::OutcomeForbids, "此时不能按该结果办复：“企业未补充”须在待企业补充材料的挂起期满而企业未补充之后，“服务确认”只由企业的评价产生；请选择其他结果，待签发的请退回修改。").with("outcome", outcome),
            Error::PlannedPast =>
                Refusal::field("planned_date", Problem::other("must be in the future", "须晚于今天，请填写计划完成的日期")).verdict(),
            Error::DecidedInOwner { method } =>
                stops(Reason::DecidedInOwner, &format!("审批、评审类工单在提出方的业务中作出决定，不在此办复；请通过 {method} 办理。")).with("method", method),
            Error::SignsOwn =>
                forbids(Reason::SignsOwn, "答复须由承办人以外的负责人签发，不能自签，也不能由承办人的代理人代签；请由其他负责人或其代理人签发。"),
            Error::UrgedAlready =>
                stops(Reason::UrgedAlready, "本次时限内已催办过，每个时限只催办一次；请等待部门办复，时限变更后可再次催办。"),
            Error::SupervisedAlready =>
                stops(Reason::SupervisedAlready, "本次时限内已督办过，每个时限只督办一次；请等待部门答复，时限变更后可再次督办。"),
            Error::NothingToAnswer =>
                stops(Reason::NothingToAnswer, "没有待答复的催办或督办，可能已经答复；请刷新工单查看。"),
            Error::OwnDepartment =>
                forbids(Reason::OwnDepartment, "不能催办、督办本部门，须由本部门以外的人员进行；请联系吹哨办或其他督办人员。"),
            Error::PeriodInvalid =>
                told(Code::InvalidArgument, Reason::PeriodInvalid, "统计期的结束早于开始，或超过5年，无法统计；请重新填写起止日期。"),
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
