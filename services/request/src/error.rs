//! Every refusal of request, and the one table of what the caller is told of it.

mod refusals;
mod words;

use base::TicketId;
use contract::request::Reason;
use journal::{Trouble, Troubled};
use runtime::{Call, Fault, Problem, Refusal, Verdict, rights};
use tonic::{Code, Status};

use self::words::{chinese_action, chinese_problem, chinese_state, may_ask, way_on};
use crate::lifecycle::Action;

pub use self::refusals::Error;

impl Error {
    /// The same, with the ticket and the method that the rules do not know.
    pub fn of(self, call: &Call, id: &TicketId) -> Error {
        if matches!(&self, Error::TicketNotFound { ticket } if ticket.is_empty()) {
            return Error::TicketNotFound { ticket: id.to_string() };
        }
        self.of_method(call)
    }

    /// The same, with the method that the rules do not know, and without what is not for this
    /// caller to ask.
    pub fn of_method(mut self, call: &Call) -> Error {
        if let Error::StateForbids { open, .. } = &mut self {
            open.retain(|action| may_ask(&call.person, *action));
        }
        if let Error::NotTheirs = self {
            return rights::forbid(&call.method, &call.person).into();
        }
        self
    }
}

impl Fault for Error {
    const DOMAIN: &'static str = "request.whistle";

    #[rustfmt::skip]
    fn verdict(&self) -> Verdict {
        let told = |code, reason: Reason, chinese: &str| Verdict::told(code, reason.as_str_name(), chinese);
        match self {
            Error::TicketNotFound { ticket } =>
                told(Code::NotFound, Reason::TicketNotFound, "没有这张诉求单，或者您无权查看；请核对编号，或请诉求企业、吹哨办代查。").with("ticket", ticket),
            Error::StateForbids { state, action, open } =>
                told(Code::FailedPrecondition, Reason::StateForbids, &format!("诉求单处于“{}”，不能{}；{}", chinese_state(*state), chinese_action(*action), way_on(*state, open)))
                    .with("state", state).with("action", action).with("allowed", open.iter().map(Action::to_string).collect::<Vec<_>>().join(" ")),
            Error::CreditCodeInvalid { problem } =>
                told(Code::InvalidArgument, Reason::CreditCodeInvalid, &format!("统一社会信用代码不正确：{}；请对照营业执照核对全部18位后重新提交。", problem.chinese()))
                    .with("problem", problem.reason()),
            Error::EnterpriseNotFound { enterprise } =>
                told(Code::NotFound, Reason::EnterpriseNotFound, "没有登记这家企业，或者您不是它的经办人；请核对企业名称代码，未登记的请先请管理员登记。").with("enterprise", enterprise),
            Error::CategoryNotFound { category } =>
                told(Code::NotFound, Reason::CategoryNotFound, "现行事项目录中没有这一类别；请查询现行目录，改选其中的类别。").with("category", category),
            Error::DepartmentNotFound { department } =>
                told(Code::NotFound, Reason::DepartmentNotFound, "没有这个部门，不能指定其主办；请核对部门代码，或留空按事项目录确定主办部门。").with("department", department),
            Error::RatedAlready { round } =>
                told(Code::FailedPrecondition, Reason::RatedAlready, "本轮已经评价过，每轮只能评价一次；如有补充，请联系吹哨办。").with("round", round),
            Error::CloserConcerned =>
                told(Code::PermissionDenied, Reason::CloserConcerned, "您经手过此诉求，或属于被投诉单位，不能办结或审定不予解决；请由未经手的吹哨办或管委会人员办理。"),
            Error::DepartmentExcluded { department } =>
                told(Code::FailedPrecondition, Reason::DepartmentExcluded, "该部门是被投诉单位，不能主办或协办此诉求；请另行指定部门，或留空待派单。").with("department", department),
            Error::SecondPersonNeeded =>
                told(Code::PermissionDenied, Reason::SecondPersonNeeded, "此事由您提出，须由另一人决定；请由吹哨办其他人员或管委会办理。"),
            Error::MergeUnfit { problem } =>
                told(Code::FailedPrecondition, Reason::MergeUnfit, &format!("不能并入该诉求单：{}；请核对两单，并入同一企业更早的未办结诉求单。", chinese_problem(problem))).with("problem", problem),
            Error::NotConsultation { kind } =>
                told(Code::FailedPrecondition, Reason::NotConsultation, "只有咨询可以直接答复，此诉求不是咨询；请受理后由主办部门办理。").with("kind", kind),
            Error::CallerConcerned =>
                told(Code::PermissionDenied, Reason::CallerConcerned, "您经手过此诉求，或属于被投诉单位，不能回访；请由未经手的吹哨办人员回访。"),
            Error::CallOutOfTime =>
                told(Code::InvalidArgument, Reason::CallOutOfTime, "通话早于所回访的事项，或尚未结束；请核对通话开始时间与时长。"),
            Error::CallRecordedAlready =>
                told(Code::FailedPrecondition, Reason::CallRecordedAlready, "这次通话与本轮已记录的通话录音相同或时间重叠，每次通话只记录一次；请核对开始时间、时长和录音，确为另一次通话的请更正后记录。"),
            Error::EvidenceNotFound { sha256 } =>
                told(Code::NotFound, Reason::EvidenceNotFound, "此诉求单没有这份佐证材料，或者您无权查看；请核对诉求单所列材料。").with("sha256", sha256),
            Error::EvidenceLimit { max } =>
                told(Code::FailedPrecondition, Reason::EvidenceLimit, &format!("本轮佐证材料已满{max}份；请合并后留待下一轮，或联系吹哨办。")).with("max", max),
            Error::LeadUnasked => Refusal::field("lead", Problem::other("is for a zone leader to name", "主办部门由管委会指定，请留空")).verdict(),
            Error::LevelMissing => Refusal::field("level", Problem::Required).verdict(),
            Error::LevelUnasked => Refusal::field("level", Problem::other("is given though nobody was asked for it", "未接通或已撤回的诉求，不填满意度")).verdict(),
            Error::RatedTooLate =>
                told(Code::FailedPrecondition, Reason::RatedTooLate, "办结已超过30日，不能再评价；如仍需帮助，请重新吹哨。"),
            Error::ReopenTooLate =>
                told(Code::FailedPrecondition, Reason::ReopenTooLate, "办结已超过30日，不能重新打开；如仍需帮助，请重新吹哨。"),
            Error::ReopenLimit { times } =>
                told(Code::FailedPrecondition, Reason::ReopenLimit, "重新打开已满3次，须由管委会决定；请联系管委会或挂点领导。").with("times", times),
            Error::AppealedAlready =>
                told(Code::FailedPrecondition, Reason::AppealedAlready, "每张诉求单只能申诉一次，已经申诉过；如对裁定不服，可依法另行救济。"),
            Error::AppealTooLate =>
                told(Code::FailedPrecondition, Reason::AppealTooLate, "作出决定已超过30日，不能再申诉；如有新情况，请重新吹哨。"),
            Error::DeciderConcerned =>
                told(Code::PermissionDenied, Reason::DeciderConcerned, "您经手过此诉求或原决定，不能裁定申诉；请由未参与的人员裁定。"),
            Error::NotAwaited { action } =>
                told(Code::FailedPrecondition, Reason::NotAwaited, &format!("目前没有待“{}”的事项，可能已经处理；请刷新后再看。", chinese_action(*action))).with("action", action),
            Error::NoRatingAwaits { round } =>
                told(Code::FailedPrecondition, Reason::NotAwaited, &format!("第{round}轮没有待核实的评价，可能已经核实或到期计入；请刷新后再看。")).with("action", "VERIFY_RATING").with("round", round),
            Error::VerifierConcerned =>
                told(Code::PermissionDenied, Reason::VerifierConcerned, "您经手过此诉求，或属于被投诉单位，不能核实其评价；请由未参与的督办人员核实。"),
            Error::ContactErased =>
                told(Code::FailedPrecondition, Reason::ContactErased, "联系人信息已应企业要求删除，无法查看；如需联系，请向企业重新了解。"),
            Error::ContactHidden =>
                told(Code::PermissionDenied, Reason::ContactHidden, "联系人只向吹哨办、已签收的部门、审计和企业本身公开，被投诉单位一律不能查看；请先由本部门签收，或请吹哨办代为联系。"),
            Error::NotTheirs => Refusal::RoleForbids { method: String::new(), may: Vec::new() }.verdict(),
            Error::SubmittedAlready => Verdict::kept(),
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
