//! The one table of what the caller is told of a refusal of an application.

use runtime::Verdict;
use tonic::Code;

use super::words::{chinese_action, chinese_part, chinese_state, way_on};
use super::{ApplicationError, codes};
use crate::error::{EvaluationError, PolicyError};
use crate::lifecycle::application::{CREDIT_FACT, allowed};
use crate::lifecycle::policy::{Failing, Repetition};

/// The most characters of what a rejection says of failing criteria: more than one notice holds.
const CRITERIA_MAX: usize = 8;

impl ApplicationError {
    /// What the caller is told. `metadata.criterion` names what does not hold, whatever refused it.
    #[rustfmt::skip]
    pub fn verdict(&self) -> Verdict {
        use ApplicationError as E;
        let told = |code, reason| Verdict::told(code, reason, self.chinese());
        match self {
            E::NotFound { application } => told(Code::NotFound, "APPLICATION_NOT_FOUND").with("application", application),
            E::OpenedAlready => Verdict::kept(),
            E::ObjectionNotFound { number } => told(Code::NotFound, "OBJECTION_NOT_FOUND").with("objection", number),
            E::SamePerson { part, had } => told(Code::PermissionDenied, "SAME_PERSON").with("part", part).with("had", had),
            E::StateForbids { state, action } => told(Code::FailedPrecondition, "APPLICATION_STATE_FORBIDS")
                .with("state", state).with("action", action).with_list("allowed", allowed(*state)),
            E::Policy(error) => error.verdict(),
            E::SnapshotUnfit => told(Code::FailedPrecondition, "SNAPSHOT_UNFIT"),
            E::Dishonest => told(Code::FailedPrecondition, "CREDIT_RECORD").with("criterion", CREDIT_FACT.0),
            E::Barred { until } => told(Code::FailedPrecondition, "ENTERPRISE_BARRED").with("until", until),
            E::NotEligible { failing } => not_eligible(told(Code::FailedPrecondition, "NOT_ELIGIBLE"), failing),
            E::ByMatching => told(Code::FailedPrecondition, "BY_MATCHING"),
            E::NotByMatching { mode } => told(Code::FailedPrecondition, "NOT_BY_MATCHING").with("mode", mode),
            E::Duplicate { key } => told(Code::AlreadyExists, "DUPLICATE_CLAIM")
                .with("key", &key.key).with("times", key.times).with("criterion", counted(key)),
            E::CapExceeded { line, used, .. } => told(Code::FailedPrecondition, "CAP_EXCEEDED")
                .with("cap", &line.key).with("limit", line.limit.0).with("used", used.0),
            E::DocumentUnfit { document } => told(Code::InvalidArgument, "DOCUMENT_HASH_UNFIT").with("document", document),
            E::AccountForeign => told(Code::FailedPrecondition, "ACCOUNT_NOT_THEIRS"),
            E::AccountUnconfirmed => told(Code::FailedPrecondition, "ACCOUNT_UNCONFIRMED"),
            E::SupplementedOnce => told(Code::FailedPrecondition, "SUPPLEMENTED_ONCE"),
            E::NothingNamed => told(Code::InvalidArgument, "NOTHING_NAMED"),
            E::ReasonMissing => told(Code::InvalidArgument, "DECISION_UNEXPLAINED"),
            E::AmountRaised { computed } => told(Code::FailedPrecondition, "AMOUNT_RAISED").with("computed", computed.0),
            E::AmountUnfit { amount } => told(Code::InvalidArgument, "AMOUNT_UNFIT").with("amount", amount.0),
            E::LoweringUnexplained => told(Code::InvalidArgument, "LOWERING_UNEXPLAINED"),
            E::BudgetMissing { budget } => told(Code::FailedPrecondition, "BUDGET_MISSING").with("budget", budget),
            E::SecondReviewedAlready => told(Code::FailedPrecondition, "SECOND_REVIEWED_ALREADY"),
            E::SecondReviewMissing => told(Code::FailedPrecondition, "SECOND_REVIEW_MISSING"),
            E::NoticeUnwanted => told(Code::FailedPrecondition, "NOTICE_NOT_WANTED"),
            E::NoticeAlready => told(Code::FailedPrecondition, "NOTICE_ALREADY"),
            E::NoticeListUnfit { application } => told(Code::FailedPrecondition, "NOTICE_LIST_UNFIT").with("application", application),
            E::NoticeMissing => told(Code::FailedPrecondition, "NOTICE_MISSING"),
            E::NoticeRuns { until } => told(Code::FailedPrecondition, "NOTICE_RUNS").with("until", until),
            E::NotOnNotice => told(Code::FailedPrecondition, "NOT_ON_NOTICE"),
            E::ObjectionUnwritten => told(Code::InvalidArgument, "OBJECTION_UNWRITTEN"),
            E::ObjectionOpen { number } => told(Code::FailedPrecondition, "OBJECTION_OPEN").with("objection", number),
            E::ObjectionDecided { number } => told(Code::FailedPrecondition, "OBJECTION_DECIDED_ALREADY").with("objection", number),
            E::AboveThreshold { threshold } => told(Code::PermissionDenied, "ABOVE_THRESHOLD").with("threshold", threshold.0),
            E::MinutesMissing => told(Code::InvalidArgument, "MINUTES_MISSING"),
            E::NotDeclined => told(Code::FailedPrecondition, "NOT_DECLINED"),
            E::DepartmentDeclined { department } => told(Code::FailedPrecondition, "DEPARTMENT_DECLINED").with("department", department),
            E::SampleUnfit => told(Code::FailedPrecondition, "SAMPLE_UNFIT"),
        }
    }

    /// What stands in the way, why, and what to do: for people, and as a rejection keeps it.
    #[rustfmt::skip]
    pub fn chinese(&self) -> String {
        use ApplicationError as E;
        match self {
            E::NotFound { .. } => "没有这件申报，或者您无权查看；请核对编号，或请企业、企业特派员代查。".to_owned(),
            E::OpenedAlready => "这件申报已经登记；请刷新后再看。".to_owned(),
            E::ObjectionNotFound { number } => format!("这件申报没有第{number}号异议；请刷新后核对异议编号。"),
            E::SamePerson { part, had } =>
                format!("您曾是这件申报的{}，不能再做{}；请由其他人员办理。", chinese_part(*had), chinese_part(*part)),
            E::StateForbids { state, action } =>
                format!("申报处于“{}”，不能{}；{}", chinese_state(*state), chinese_action(*action), way_on(*state)),
            // What a policy refuses is told by its own verdict; a rejection keeps this alone of it.
            E::Policy(PolicyError::Evaluation(EvaluationError::NothingDue)) =>
                "按核实的资料和奖补标准计算的金额为零，不予奖补；如资料有误，请更正后重新申报。".to_owned(),
            E::Policy(error) => error.to_string(),
            E::SnapshotUnfit => "核验资料没有来源、取自将来或与其哈希值不符，不能据以审核；请重新取数后再办。".to_owned(),
            E::Dishonest => "企业有失信记录，不能享受惠企政策；请完成信用修复后再申报。".to_owned(),
            E::Barred { until } => format!("企业因骗取资金被禁止申报，截至{}；期满后可以申报，如有异议请向主管部门提出。", until.strftime("%Y-%m-%d")),
            E::NotEligible { failing } => {
                let texts: Vec<&str> = failing.iter().take(CRITERIA_MAX).map(|of| of.text.as_str()).collect();
                format!("不符合申报条件：{}如资料有误，请更正后重新申报。", texts.concat())
            }
            E::ByMatching => "该政策免申即享，无需申报；符合条件的企业由系统匹配，请等待确认通知。".to_owned(),
            E::NotByMatching { mode } => format!("该政策为{}，须由企业申报，不能匹配发放；请通知企业申报。", mode.chinese()),
            E::Duplicate { key } => format!("同一企业、同一事项已申报或享受{}次，达到上限，不能重复申报；请查询已有申报，或待下一期再申报。", key.times),
            E::CapExceeded { line, used, amount } =>
                format!("本次金额{amount}元加上已用{used}元，超过{}{}元，不予奖补；请待下一年度或额度释放后再申报。", line.name, line.limit),
            E::DocumentUnfit { .. } => "材料的哈希值不是64位小写十六进制的SHA-256；请重新上传该材料。".to_owned(),
            E::AccountForeign => "收款账户不是申报企业自己的账户；请填写本企业的账户。".to_owned(),
            E::AccountUnconfirmed => "收款账户尚未经企业确认，不能批准；请企业先确认收款账户。".to_owned(),
            E::SupplementedOnce => "已经一次性告知过补正内容，不能再次退回；请受理，或说明理由不予受理。".to_owned(),
            E::NothingNamed => "没有写明缺什么；请一次性列出全部需要补正的内容。".to_owned(),
            E::ReasonMissing => "没有写明理由和救济途径；请以书面形式补充后再办。".to_owned(),
            E::AmountRaised { computed } => format!("审核金额不能高于按政策计算的{computed}元；请改为该金额或说明理由后调低。"),
            E::AmountUnfit { .. } => "审核金额必须大于零；不予奖补的请按不予通过办理。".to_owned(),
            E::LoweringUnexplained => "调低金额必须写明理由，企业可以提出异议；请补充理由。".to_owned(),
            E::BudgetMissing { .. } => "没有这一年度、这一出资部门的预算额度，不能预留；请先由财政开立预算额度。".to_owned(),
            E::SecondReviewedAlready => "这件申报已经复核，不能重复复核；请按流程等待公示或批准。".to_owned(),
            E::SecondReviewMissing => "这件申报尚未复核，不能批准；请先由复核人复核。".to_owned(),
            E::NoticeUnwanted => "按政策规定，这件申报目前不公示；请核对政策的公示方式。".to_owned(),
            E::NoticeAlready => "这件申报已按现金额公示，无需重复公示；请等待公示期满。".to_owned(),
            E::NoticeListUnfit { .. } => "公示名单与申报现状不符、重复列名、缺少公示地点或超过条数上限；请按最新金额重新生成名单。".to_owned(),
            E::NoticeMissing => "这件申报尚未按现金额公示，不能批准；请先公示。".to_owned(),
            E::NoticeRuns { .. } => "公示期未满，不得缩短；请期满后再批准。".to_owned(),
            E::NotOnNotice => "这件申报不在公示期内，不能提出异议；如认为有误，请向主管部门或审计反映。".to_owned(),
            E::ObjectionUnwritten => "异议须以书面形式实名提出；请写明事实和理由。".to_owned(),
            E::ObjectionOpen { number } => format!("第{number}号异议尚未处理；请先由无关人员处理该异议。"),
            E::ObjectionDecided { number } => format!("第{number}号异议已经处理，不能重复处理；请刷新后再看。"),
            E::AboveThreshold { threshold } => format!("金额超过{threshold}元，须由管委会领导批准；请附会议纪要报管委会领导。"),
            E::MinutesMissing => "超过限额的批准须附会议纪要的编号和文件；请补充后再批准。".to_owned(),
            E::NotDeclined => "没有部门退回这件审核，无需改派；请刷新后再看。".to_owned(),
            E::DepartmentDeclined { .. } => "该部门已退回这件审核，不能再派给它；请改派其他部门。".to_owned(),
            E::SampleUnfit => "抽样没有种子、数量不符或没有抽中这件申报，不能登记；请用公布的种子重新抽样。".to_owned(),
        }
    }
}

/// All criteria that do not hold: the first by itself, the codes and what they looked at as lists.
fn not_eligible(verdict: Verdict, failing: &[Failing]) -> Verdict {
    let first = failing.first().map_or("", |failing| failing.code.as_str());
    let looked_at = failing.iter().flat_map(|failing| &failing.actual).map(|(field, _)| field);
    verdict.with("criterion", first).with("criteria", codes(failing)).with_list("fields", looked_at)
}

/// What of a policy is counted under a key: `once`, `subject`, `exclusive`.
fn counted(key: &Repetition) -> &str {
    key.key.split('/').next().unwrap_or_default()
}
