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
                told(Code::NotFound, Reason::WorkOrderNotFound, "没有这张工单。"),
            Error::StateForbids { state, action, allowed } =>
                stops(Reason::StateForbids, "工单当前状态不能进行此操作。")
                    .with("state", state).with("action", action).with("allowed", joined(allowed)),
            Error::OtherDepartment { department } =>
                forbids(Reason::OtherDepartment, "该工单属于其他部门。").with("department", department),
            Error::ClaimedAlready { claimant } =>
                stops(Reason::ClaimedAlready, "该工单已被他人签收。").with("claimant", claimant),
            Error::NotClaimant { claimant } =>
                forbids(Reason::NotClaimant, "只有签收人可以进行此操作。").with("claimant", claimant),
            Error::NobodyClaimed =>
                forbids(Reason::NotClaimant, "工单尚无人签收，只有签收人可以进行此操作。").with("claimant", ""),
            Error::PersonBarred { person } =>
                forbids(Reason::PersonBarred, "该人员须回避，不能承办此事项。").with("person", person),
            Error::PersonNotEligible { person } =>
                stops(Reason::PersonNotEligible, "所指人员不是本部门在岗承办人。").with("person", person),
            Error::ReturnTooLate =>
                stops(Reason::ReturnTooLate, "派单已超过1个工作日，不能退单。"),
            Error::ReturnedAlready =>
                stops(Reason::ReturnedAlready, "本部门已退过此单，不能再退。"),
            Error::DepartmentNotFound { department } =>
                told(Code::NotFound, Reason::DepartmentNotFound, "没有这个部门。").with("department", department),
            Error::DepartmentHadIt { department } =>
                stops(Reason::DepartmentHadIt, "该部门已承办过此单，请改派其他部门。").with("department", department),
            Error::AssistanceStays =>
                stops(Reason::AssistanceStays, "协办单不能退单、再请协办或单独挂起。"),
            Error::AssistsAlready { department } =>
                stops(Reason::AssistsAlready, "该部门已在协办或主办此单。").with("department", department),
            Error::TooLittleTime =>
                stops(Reason::TooLittleTime, "距办复时限不足4个工作小时，不能再请协办。"),
            Error::UntilPast =>
                Refusal::field("until_time", Problem::other("must be in the future", "须晚于当前时间")).verdict(),
            Error::PauseAskedAlready =>
                stops(Reason::PauseAskedAlready, "已有挂起申请待裁定。"),
            Error::PauseReasonUsed { reason } =>
                stops(Reason::PauseReasonUsed, "本轮已因同一事由挂起过。").with("reason", reason),
            Error::PauseTooLong =>
                stops(Reason::PauseTooLong, "挂起总时长不能超过原办理时限。"),
            Error::NoPauseAsked =>
                stops(Reason::NoPauseAsked, "没有待裁定的挂起申请。"),
            Error::AssistanceOpen { work_orders } =>
                stops(Reason::AssistanceOpen, "协办单尚未办结且未超期。").with("work_orders", joined(work_orders)),
            Error::ContactMissing =>
                stops(Reason::ContactMissing, "尚未报到，请填写联系企业的情况。"),
            Error::SignatureNeeded =>
                stops(Reason::SignatureNeeded, "甲、乙类事项的答复须经部门负责人签发，本版本尚不支持。"),
            Error::UrgedAlready =>
                stops(Reason::UrgedAlready, "本次时限内已催办过。"),
            Error::OwnDepartment =>
                forbids(Reason::OwnDepartment, "不能催办本部门。"),
            Error::PeriodInvalid =>
                told(Code::InvalidArgument, Reason::PeriodInvalid, "统计期的结束早于开始，或超过5年。"),
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
