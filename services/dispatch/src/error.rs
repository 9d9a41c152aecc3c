//! Every refusal of dispatch, and the one table of what the caller is told of it.

mod refusals;

use contract::dispatch::Reason;
use journal::{Trouble, Troubled};
use runtime::{Fault, Problem, Refusal, Verdict};
use tonic::{Code, Status};

pub use self::refusals::Error;

impl Fault for Error {
    const DOMAIN: &'static str = "dispatch.whistle";

    #[rustfmt::skip]
    fn verdict(&self) -> Verdict {
        let told = |code, reason: Reason, chinese: &str| Verdict::told(code, reason.as_str_name(), chinese);
        let stops = |reason, chinese| told(Code::FailedPrecondition, reason, chinese);
        let forbids = |reason, chinese| told(Code::PermissionDenied, reason, chinese);
        match self {
            Error::WorkOrderNotFound =>
                told(Code::NotFound, Reason::WorkOrderNotFound, "没有这张工单，或无权查看；请核对工单名称，或从工单列表中查找。"),
            Error::StateForbids { state, action, allowed } =>
                stops(Reason::StateForbids, "工单当前状态不能进行此操作；请刷新工单，从允许的操作中选择。")
                    .with("state", state).with("action", action).with("allowed", joined(allowed)),
            Error::OtherDepartment { department } =>
                forbids(Reason::OtherDepartment, "该工单由其他部门承办，本部门不能进行此操作；如有意见，请联系吹哨办。").with("department", department),
            Error::ClaimedAlready { claimant } =>
                stops(Reason::ClaimedAlready, "该工单已由所示人员签收，一单只有一名签收人；请选择其他工单，或请签收人转交。").with("claimant", claimant),
            Error::NotClaimant { claimant } =>
                forbids(Reason::NotClaimant, "只有签收人可以进行此操作；请由签收人办理，或由部门负责人改派。").with("claimant", claimant),
            Error::NobodyClaimed =>
                forbids(Reason::NotClaimant, "工单尚无人签收，而此操作须由签收人进行；请先签收。").with("claimant", ""),
            Error::PersonBarred { person } =>
                forbids(Reason::PersonBarred, "该人员与此事项有关联，须回避，不能承办；请由本部门其他人员承办。").with("person", person),
            Error::PersonNotEligible { person } =>
                stops(Reason::PersonNotEligible, "所指人员不是本部门在岗承办人，不能承办此单；请指定本部门的在岗承办人。").with("person", person),
            Error::ReturnTooLate =>
                stops(Reason::ReturnTooLate, "派单已超过1个工作日，不能再退单；请继续办理，需其他部门配合的可申请协办。"),
            Error::ReturnedAlready =>
                stops(Reason::ReturnedAlready, "本部门已退过此单，每个部门只能退一次；请继续办理，需其他部门配合的可申请协办。"),
            Error::DepartmentNotFound { department } =>
                told(Code::NotFound, Reason::DepartmentNotFound, "没有这个部门；请核对部门名称，从部门目录中选择。").with("department", department),
            Error::DepartmentHadIt { department } =>
                stops(Reason::DepartmentHadIt, "该部门已承办过此单，不能再派回；请改派其他部门，或不同意退单。").with("department", department),
            Error::AssistanceStays =>
                stops(Reason::AssistanceStays, "协办单随主办单办理，不能退单、再请协办或单独挂起；请继续办理，有困难的与主办部门协商。"),
            Error::AssistsAlready { department } =>
                stops(Reason::AssistsAlready, "该部门已在协办或主办此单，不必再请；请选择其他部门，或待其办复后再请。").with("department", department),
            Error::TooLittleTime =>
                stops(Reason::TooLittleTime, "距办复时限不足4个工作小时，来不及协办；请直接联系有关部门，并按时办复。"),
            Error::UntilPast =>
                Refusal::field("until_time", Problem::other("must be in the future", "须晚于当前时间，请重新填写挂起的截止时间")).verdict(),
            Error::PauseAskedAlready =>
                stops(Reason::PauseAskedAlready, "已有挂起申请待裁定，不能重复申请；请等待吹哨办裁定。"),
            Error::PauseReasonUsed { reason } =>
                stops(Reason::PauseReasonUsed, "本轮已因同一事由挂起过，每个事由只能用一次；确有其他事由的，请改用该事由申请。").with("reason", reason),
            Error::PauseTooLong =>
                stops(Reason::PauseTooLong, "挂起总时长会超过原办理时限，不能受理；请缩短挂起的截止时间。"),
            Error::NoPauseAsked =>
                stops(Reason::NoPauseAsked, "没有待裁定的挂起申请，可能已经裁定；请刷新工单查看。"),
            Error::AssistanceOpen { work_orders } =>
                stops(Reason::AssistanceOpen, "所列协办单尚未办复，也未超期，此时不能办复；请待其办复，或超期后再办复。").with("work_orders", joined(work_orders)),
            Error::ContactMissing =>
                stops(Reason::ContactMissing, "尚未报到，不能办复；请先报到，或在办复时一并填写联系企业的情况。"),
            Error::SignatureNeeded =>
                stops(Reason::SignatureNeeded, "甲、乙类事项的答复须经部门负责人签发，本版本尚不支持，不能办复；请联系管理员将该类别改为丙类后重新派单。"),
            Error::UrgedAlready =>
                stops(Reason::UrgedAlready, "本次时限内已催办过，每个时限只催办一次；请等待部门办复，时限变更后可再次催办。"),
            Error::OwnDepartment =>
                forbids(Reason::OwnDepartment, "不能催办本部门，须由本部门以外的人员催办；请联系吹哨办或其他督办人员。"),
            Error::PeriodInvalid =>
                told(Code::InvalidArgument, Reason::PeriodInvalid, "统计期的结束早于开始，或超过5年，无法统计；请重新填写起止日期。"),
            Error::Common(refusal) => refusal.verdict(),
        }
    }
}

fn joined(words: &[impl ToString]) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
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
