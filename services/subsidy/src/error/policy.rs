//! Every way in which the rules of a policy 惠企政策 refuse, and what the caller is told of it.

mod words;

use base::DepartmentId;
use runtime::{Fault as _, Refusal, Verdict};
use tonic::Code;

use self::words::{chinese_action, chinese_state, way_on};
use crate::lifecycle::policy::{Action, ClaimFault, Flaw, State, Validity, allowed};

/// The most fields that one refusal names: a status travels in a header.
const FIELDS_MAX: usize = 8;

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// There is no such policy, or the caller may not know of it.
    #[error("there is no policy {policy}")]
    NotFound {
        /// What was asked for.
        policy: String,
    },
    /// The department does not own it.
    #[error("the policy is of {owner}")]
    NotOwner {
        /// Which does.
        owner: DepartmentId,
    },
    /// Where it stands, that is not done.
    #[error("a policy in {state} cannot take {action}")]
    StateForbids {
        /// Where it stands.
        state: State,
        /// What was asked.
        action: Action,
    },
    /// It cannot be followed: each flaw with its place.
    #[error("the policy is flawed: {}", flaws.first().map_or("", |flaw| flaw.field.as_str()))]
    Flawed {
        /// What is wrong, at least one.
        flaws: Vec<Flaw>,
    },
    /// It takes no applications.
    #[error("the policy is {state} and takes no applications")]
    NotOpen {
        /// Where it stands.
        state: State,
    },
    /// M13: outside its validity.
    #[error("the policy holds from {} until {}", validity.from, validity.until)]
    OutsideValidity {
        /// When it holds.
        validity: Validity,
    },
    /// What a claim states does not do.
    #[error("the claim is wrong: {}", faults.first().map_or("", |(field, _, _)| field.as_str()))]
    ClaimInvalid {
        /// Each fact by its dotted name, its label and what is wrong, at least one.
        faults: Vec<(String, String, ClaimFault)>,
    },
    /// The facts give no answer.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
}

/// Why the facts give no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// A fact that the amount needs is not known.
    #[error("{field} is not known")]
    Unknown {
        /// Its dotted name.
        field: String,
    },
    /// A fact that the amount needs is no number.
    #[error("{field} is no number")]
    NotNumber {
        /// Its dotted name.
        field: String,
    },
    /// The amount is more than money can be.
    #[error("the amount is more than can be counted")]
    Overflow,
    /// The formula gives nothing.
    #[error("the amount is nothing")]
    NothingDue,
    /// The text of a criterion is no expression: our own fault, for such a policy is never filed.
    #[error("the criterion {criterion} is no expression")]
    Expression {
        /// Its code.
        criterion: String,
    },
}

impl PolicyError {
    /// What the caller is told.
    #[rustfmt::skip]
    pub fn verdict(&self) -> Verdict {
        let told = |code, reason: &'static str, chinese: &str| Verdict::told(code, reason, chinese);
        match self {
            PolicyError::NotFound { policy } =>
                told(Code::NotFound, "POLICY_NOT_FOUND", "没有这项政策，或者您无权查看；请核对政策代码。").with("policy", policy),
            PolicyError::NotOwner { owner } =>
                Refusal::RoleForbids { method: String::new(), may: Vec::new() }.verdict().with("owner", owner),
            PolicyError::StateForbids { state, action } =>
                told(Code::FailedPrecondition, "POLICY_STATE_FORBIDS", &format!("政策处于“{}”，不能{}；{}", chinese_state(*state), chinese_action(*action), way_on(*state)))
                    .with("state", state).with("action", action).with_list("allowed", allowed(*state)),
            PolicyError::Flawed { flaws } => flawed(flaws),
            PolicyError::NotOpen { state } =>
                told(Code::FailedPrecondition, "POLICY_NOT_OPEN", &format!("政策处于“{}”，目前不受理申报；请在开放申报期间办理，或查询其他可申报的政策。", chinese_state(*state)))
                    .with("state", state),
            PolicyError::OutsideValidity { validity } =>
                told(Code::FailedPrecondition, "OUTSIDE_VALIDITY", &format!("不在政策有效期内（{}至{}），不能申报；请在有效期内办理，或查询其他可申报的政策。", validity.from, validity.until))
                    .with("from", validity.from).with("until", validity.until),
            PolicyError::ClaimInvalid { faults } => claim_invalid(faults),
            PolicyError::Evaluation(error) => error.verdict(),
        }
    }
}

impl EvaluationError {
    /// What the caller is told.
    #[rustfmt::skip]
    pub fn verdict(&self) -> Verdict {
        let told = |code, reason: &'static str, chinese: &str| Verdict::told(code, reason, chinese);
        match self {
            EvaluationError::Unknown { field } | EvaluationError::NotNumber { field } =>
                told(Code::FailedPrecondition, "FACT_MISSING", "计算金额所需的资料缺失，无法核定；请补充所列资料后再办。").with("field", field),
            EvaluationError::Overflow =>
                told(Code::InvalidArgument, "AMOUNT_OUT_OF_RANGE", "按所填数据计算的金额超出可计数的范围；请核对所填数字。"),
            EvaluationError::NothingDue =>
                told(Code::FailedPrecondition, "NOTHING_DUE", "按奖补标准计算的金额为零，不能申报；请核对所填数据与政策标准。"),
            EvaluationError::Expression { .. } => Verdict::kept(),
        }
    }
}

/// The first flaw is told whole; all of them, each with its place, stand as fields.
fn flawed(flaws: &[Flaw]) -> Verdict {
    let Some(first) = flaws.first() else { return Verdict::kept() };
    let place = first.place.map_or(String::new(), |place| place.to_string());
    let chinese = format!("政策不能备案：{}请修改后重新备案。", first.text);
    let mut verdict = Verdict::told(Code::FailedPrecondition, "POLICY_FLAWED", chinese)
        .with("flaw", first.kind)
        .with("field", &first.field)
        .with("place", place);
    for flaw in flaws.iter().take(FIELDS_MAX) {
        let at = flaw.place.map_or(String::new(), |place| format!("（{place}）"));
        verdict = verdict.field(flaw.field.clone(), format!("{}{at}", flaw.text));
    }
    verdict
}

/// All that is wrong, at once.
fn claim_invalid(faults: &[(String, String, ClaimFault)]) -> Verdict {
    let Some((field, _, fault)) = faults.first() else { return Verdict::kept() };
    let names = faults.iter().take(FIELDS_MAX);
    let names: Vec<String> =
        names.map(|(_, label, fault)| format!("{label}{}", fault.chinese())).collect();
    let chinese = format!("申报内容不符合要求：{}；请一次性改正后重新提交。", names.join("，"));
    let mut verdict = Verdict::told(Code::InvalidArgument, "CLAIM_INVALID", chinese)
        .with("field", field)
        .with("fault", fault);
    for (field, label, fault) in faults.iter().take(FIELDS_MAX) {
        verdict = verdict.field(field.clone(), format!("{label}{}", fault.chinese()));
    }
    verdict
}
