//! Every refusal of request, and the one table of what the caller is told of it.

mod refusals;

use base::TicketId;
use contract::request::Reason;
use journal::{Trouble, Troubled};
use runtime::{Call, Fault, Refusal, Verdict};
use tonic::{Code, Status};

use crate::lifecycle::{Action, State, allowed};

pub use self::refusals::Error;

impl Error {
    /// The same, with the ticket and the method that the rules do not know.
    pub fn of(self, call: &Call, id: &TicketId) -> Error {
        if let Error::TicketNotFound { .. } = self {
            return Error::TicketNotFound { ticket: id.to_string() };
        }
        self.of_method(call)
    }

    /// The same, with the method that the rules do not know.
    pub fn of_method(self, call: &Call) -> Error {
        if let Error::NotTheirs = self {
            return Refusal::RoleForbids { method: call.method.clone() }.into();
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
            Error::StateForbids { state, action } =>
                told(Code::FailedPrecondition, Reason::StateForbids, &format!("诉求单处于“{}”，不能{}；{}", chinese_state(*state), chinese_action(*action), way_on(*state)))
                    .with("state", state).with("action", action).with("allowed", allowed(*state).iter().map(Action::to_string).collect::<Vec<_>>().join(" ")),
            Error::CreditCodeInvalid { problem } =>
                told(Code::InvalidArgument, Reason::CreditCodeInvalid, "统一社会信用代码不正确，未能识别企业；请对照营业执照核对全部18位后重新提交。")
                    .with("problem", problem),
            Error::EnterpriseNotFound { enterprise } =>
                told(Code::NotFound, Reason::EnterpriseNotFound, "没有登记这家企业，或者您不是它的经办人；请核对企业名称代码，未登记的请先请管理员登记。").with("enterprise", enterprise),
            Error::CategoryNotFound { category } =>
                told(Code::NotFound, Reason::CategoryNotFound, "现行事项目录中没有这一类别；请查询现行目录，改选其中的类别。").with("category", category),
            Error::DepartmentNotFound { department } =>
                told(Code::NotFound, Reason::DepartmentNotFound, "没有这个部门，不能指定其主办；请核对部门代码，或留空按事项目录确定主办部门。").with("department", department),
            Error::RatedAlready { round } =>
                told(Code::FailedPrecondition, Reason::RatedAlready, "本轮已经评价过，每轮只能评价一次；如有补充，请联系吹哨办。").with("round", round),
            Error::CloserConcerned =>
                told(Code::PermissionDenied, Reason::CloserConcerned, "您经手过此诉求，经手人不能办结；请由未经手的吹哨办人员办结。"),
            Error::ContactHidden =>
                told(Code::PermissionDenied, Reason::ContactHidden, "联系人只向吹哨办、已签收的部门、审计和企业本身公开，您不能查看；请先由本部门签收，或请吹哨办代为联系。"),
            Error::NotTheirs => Refusal::RoleForbids { method: String::new() }.verdict(),
            Error::SubmittedAlready => Verdict::kept(),
            Error::Common(refusal) => refusal.verdict(),
        }
    }
}

fn chinese_state(state: State) -> &'static str {
    match state {
        State::Submitted => "已吹哨",
        State::Accepted => "已受理",
        State::Answered => "已办复",
        State::Confirmed => "已认可",
        State::Dissatisfied => "不满意",
        State::Closed => "已办结",
    }
}

fn chinese_action(action: Action) -> &'static str {
    match action {
        Action::Accept => "受理",
        Action::Supplement => "补充",
        Action::Answer => "办复",
        Action::Rate => "评价",
        Action::Close => "办结",
    }
}

/// What may be done instead.
fn way_on(state: State) -> String {
    let allowed = allowed(state).into_iter();
    // The answer comes from the department, not from whoever is told this.
    let open = allowed.filter(|action| *action != Action::Answer).map(chinese_action);
    let open: Vec<&str> = open.collect();
    match (state, open.is_empty()) {
        (State::Dissatisfied, _) => "请等待吹哨办处理。".to_owned(),
        (_, true) => "如仍需帮助，请重新吹哨。".to_owned(),
        (_, false) => format!("当前可以{}。", open.join("、")),
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
