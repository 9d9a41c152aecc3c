//! Every way in which the rules of a disbursement 拨付 refuse, and what the caller is told of it.

use base::{DisbursementId, Fen};
use jiff::Timestamp;
use runtime::Verdict;
use tonic::Code;

use crate::lifecycle::disbursement::{ATTEMPTS_MAX, Action, State, allowed};

/// Why something was refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisbursementError {
    /// There is no such disbursement, or the caller may not know of it.
    #[error("there is no disbursement {disbursement}")]
    NotFound {
        /// What was asked for; empty where the rules do not know.
        disbursement: String,
    },
    /// An approval gives it once.
    #[error("the disbursement was created before")]
    CreatedAlready,
    /// Nothing, or less than nothing, is to be paid.
    #[error("{amount} is no amount to pay")]
    AmountUnfit {
        /// The amount.
        amount: Fen,
    },
    /// The disbursement does not take the action as it stands.
    #[error("a disbursement in {state} cannot take {action}")]
    StateForbids {
        /// Where it stands.
        state: State,
        /// What was asked of it.
        action: Action,
    },
    /// M7: whose judgement it stands on handles none of its payments.
    #[error("who reviewed {disbursement} does not handle its payment")]
    ReviewerPays {
        /// Which.
        disbursement: DisbursementId,
    },
    /// M7: one proposes what is true, another confirms it.
    #[error("who proposed what is true does not confirm it")]
    SamePersonResolves,
    /// M7: who named an account, first reviewed the application or handled a payment does not verify
    /// the account.
    #[error("who had another part in it does not verify the account")]
    SamePersonVerifies,
    /// M7: who opened a clawback does not decide it.
    #[error("who opened the clawback does not decide it")]
    SamePersonDecides,
    /// It is not as it was approved, or as who pays it saw it.
    #[error("{disbursement} is not as it was approved")]
    EntryChanged {
        /// Which.
        disbursement: DisbursementId,
    },
    /// It is not in that batch.
    #[error("{disbursement} is in another batch")]
    InAnotherBatch {
        /// Which.
        disbursement: DisbursementId,
    },
    /// M8: the bank's file has exactly what was ordered.
    #[error("the file differs from what was ordered in {disbursement}")]
    FileDiffers {
        /// Where.
        disbursement: DisbursementId,
    },
    /// M9: nothing is paid until what was paid before is certainly back.
    #[error("the payment before is not known to be back")]
    FirstPaymentOpen,
    /// Its instruction ids are used up.
    #[error("it was ordered too often")]
    TooManyAttempts,
    /// No such instruction was given for it.
    #[error("no instruction {instruction:?} was given")]
    InstructionUnknown {
        /// Which.
        instruction: String,
    },
    /// The bank reports of the future.
    #[error("the report speaks of {at}, which is yet to come")]
    ReportInFuture {
        /// When.
        at: Timestamp,
    },
    /// What is said to be true lies in the future.
    #[error("what is said to be true lies in the future: {at}")]
    ResolutionInFuture {
        /// When.
        at: Timestamp,
    },
    /// The account is not the applicant's (M7).
    #[error("the account is not the applicant's own")]
    AccountNotTheirs,
    /// The enterprise has not said where to pay.
    #[error("the enterprise has not confirmed an account")]
    AccountUnconfirmed,
    /// Nothing is claimed back, or more than was paid.
    #[error("{amount} cannot be claimed back of {paid}")]
    ClawbackAmount {
        /// What was to be claimed.
        amount: Fen,
        /// What was paid.
        paid: Fen,
    },
    /// The enterprise has too little, or too much, time to state its case.
    #[error("{days} working days are no statement period")]
    StatementDays {
        /// How many.
        days: u32,
    },
    /// The notice does not say on what basis, or what the enterprise can do.
    #[error("the notice says no basis or no remedy")]
    NoticeIncomplete,
    /// The enterprise may still state its case.
    #[error("the enterprise may state its case until {until}")]
    StatementRuns {
        /// Until when.
        until: Timestamp,
    },
    /// There is no decision without its number.
    #[error("the written decision has no number")]
    DocumentMissing,
    /// Only who committed fraud is barred.
    #[error("only fraud bars an enterprise")]
    BarWithoutFraud,
    /// A claim that was decided is not dropped by deciding how it is paid.
    #[error("the claim was decided and stands")]
    ClaimStands,
    /// A referral names the body that recovers the money.
    #[error("it is referred to nobody")]
    ReferredNowhere,
    /// Money is awaited until an instant that is past.
    #[error("{until} is past")]
    RepayInPast {
        /// The instant.
        until: Timestamp,
    },
    /// The instalments do not make what is owed, do not follow one another, or are too many.
    #[error("the instalments do not make the {owed} that is owed, in turn")]
    InstalmentsUnfit {
        /// What is owed.
        owed: Fen,
    },
    /// Nothing came back, or more than is owed.
    #[error("{amount} is no repayment of {owed}")]
    RepaymentAmount {
        /// What came back.
        amount: Fen,
        /// What is owed.
        owed: Fen,
    },
    /// The bank's receipt is recorded already.
    #[error("the receipt {reference:?} is recorded already")]
    RepaidAlready {
        /// Its number.
        reference: String,
    },
    /// Nobody decided that later payments are kept.
    #[error("no decision says that later payments are kept")]
    OffsetNotDecided,
    /// A payment is not kept for itself.
    #[error("a payment is not kept for itself")]
    OffsetItself,
    /// The later payment is another enterprise's.
    #[error("{disbursement} is another enterprise's")]
    OffsetOther {
        /// Which.
        disbursement: DisbursementId,
    },
    /// More is to be kept than is left of the later payment.
    #[error("{amount} cannot be kept of {payable}")]
    OffsetAmount {
        /// What was to be kept.
        amount: Fen,
        /// What is left.
        payable: Fen,
    },
    /// What was ordered once is paid as it was ordered, or not at all.
    #[error("{disbursement} was ordered before")]
    OffsetReissued {
        /// Which.
        disbursement: DisbursementId,
    },
}

impl DisbursementError {
    /// What the caller is told.
    #[rustfmt::skip]
    pub fn verdict(&self) -> Verdict {
        let told = |code, reason: &'static str, chinese: &str| Verdict::told(code, reason, chinese);
        match self {
            DisbursementError::NotFound { disbursement } => told(Code::NotFound, "DISBURSEMENT_NOT_FOUND", "没有这笔拨付，或者您无权查看；请核对编号，或请企业、财务人员代查。").with("disbursement", disbursement),
            DisbursementError::CreatedAlready => Verdict::kept(),
            DisbursementError::AmountUnfit { amount } => told(Code::InvalidArgument, "AMOUNT_UNFIT", "拨付金额须为大于零的整数分；请核对金额。").with("amount", amount.plain()),
            DisbursementError::StateForbids { state, action } => told(Code::FailedPrecondition, "DISBURSEMENT_STATE_FORBIDS", &format!("此笔拨付处于“{}”，不能{}；{}", chinese_state(*state), chinese_action(*action), way_on(*state)))
                .with("state", state).with("action", action).with_list("allowed", allowed(*state)),
            DisbursementError::ReviewerPays { disbursement } => told(Code::PermissionDenied, "REVIEWER_PAYS", "您审核过此笔补贴，不能经办或复核其拨付；请由未参与审核的财务人员办理。").with("disbursement", disbursement),
            DisbursementError::SamePersonResolves => told(Code::PermissionDenied, "SAME_PERSON_RESOLVES", "处理意见由您提出，不能由本人确认；请由另一位财务人员核实后确认。"),
            DisbursementError::SamePersonVerifies => told(Code::PermissionDenied, "SAME_PERSON_VERIFIES", "您提供过该账户、初审过此申报或办理过其拨付，不能复核账户；请由其他复核人员办理。"),
            DisbursementError::SamePersonDecides => told(Code::PermissionDenied, "SAME_PERSON_DECIDES", "追缴由您立案，不能由本人决定；请由另一位有权人员决定。"),
            DisbursementError::EntryChanged { disbursement } => told(Code::Aborted, "ENTRY_CHANGED", "此笔拨付与审批时或编批时不一致，不能支付；请核对后重新编批，仍不一致的请报审计核查。").with("disbursement", disbursement),
            DisbursementError::InAnotherBatch { disbursement } => told(Code::FailedPrecondition, "IN_ANOTHER_BATCH", "此笔拨付不在该批次中；请刷新批次后再办。").with("disbursement", disbursement),
            DisbursementError::FileDiffers { disbursement } => told(Code::FailedPrecondition, "FILE_DIFFERS", "支付文件与已批准的批次不一致，未予发送；请按批次现状重新生成文件。").with("disbursement", disbursement),
            DisbursementError::FirstPaymentOpen => told(Code::FailedPrecondition, "FIRST_PAYMENT_OPEN", "此前的支付尚未确认退回，不得再次支付；请先向银行查明结果。"),
            DisbursementError::TooManyAttempts => told(Code::FailedPrecondition, "TOO_MANY_ATTEMPTS", &format!("此笔拨付已下达{ATTEMPTS_MAX}次，不能再次支付；请终止拨付后重新审批。")).with("attempts", ATTEMPTS_MAX),
            DisbursementError::InstructionUnknown { instruction } => told(Code::FailedPrecondition, "INSTRUCTION_UNKNOWN", "没有下达过这条支付指令；请核对指令编号，来源不明的回单请退回银行。").with("instruction", instruction),
            DisbursementError::ReportInFuture { at } => told(Code::InvalidArgument, "REPORT_IN_FUTURE", "回单所记时间晚于现在，未予入账；请银行更正，或校准系统时间后重新导入。").with("at", at),
            DisbursementError::ResolutionInFuture { at } => told(Code::InvalidArgument, "RESOLUTION_IN_FUTURE", "所填到账或退回的时间晚于现在；请按银行凭证填写。").with("at", at),
            DisbursementError::AccountNotTheirs => told(Code::PermissionDenied, "ACCOUNT_NOT_THEIRS", "收款账户的户名与企业登记名称不一致，补贴只能拨付到申报企业自己的账户；请改填本企业账户，或先变更登记名称。"),
            DisbursementError::AccountUnconfirmed => told(Code::FailedPrecondition, "ACCOUNT_UNCONFIRMED", "企业尚未确认收款账户，不能复核；请先由企业确认账户。"),
            DisbursementError::ClawbackAmount { amount, paid } => told(Code::FailedPrecondition, "CLAWBACK_AMOUNT", &format!("追缴金额须大于零且不超过已拨付的{paid}元；请核对金额。")).with("amount", amount.plain()).with("paid", paid.plain()),
            DisbursementError::StatementDays { days } => told(Code::InvalidArgument, "STATEMENT_DAYS", "陈述申辩期须为5至60个工作日；请重新填写。").with("days", days),
            DisbursementError::NoticeIncomplete => told(Code::InvalidArgument, "NOTICE_INCOMPLETE", "追缴告知须写明事实依据和救济途径；请补充后再立案。"),
            DisbursementError::StatementRuns { until } => told(Code::FailedPrecondition, "STATEMENT_RUNS", "企业陈述申辩期未满，不得提前决定；请期满后再办。").with("until", until),
            DisbursementError::DocumentMissing => told(Code::InvalidArgument, "DOCUMENT_MISSING", "追缴须有书面决定；请填写决定书文号。"),
            DisbursementError::BarWithoutFraud => told(Code::FailedPrecondition, "BAR_WITHOUT_FRAUD", "立案时未认定骗补，不能决定禁止申报；请取消禁止申报。"),
            DisbursementError::ClaimStands => told(Code::FailedPrecondition, "CLAIM_STANDS", "追缴决定已经作出，不能以变更还款方式撤销；请另选还款方式，或移送有权机关。"),
            DisbursementError::ReferredNowhere => told(Code::InvalidArgument, "REFERRED_NOWHERE", "移送须写明接收机关；请补充。"),
            DisbursementError::RepayInPast { until } => told(Code::InvalidArgument, "REPAY_IN_PAST", "还款期限已过；请填写今后的期限。").with("until", until),
            DisbursementError::InstalmentsUnfit { owed } => told(Code::InvalidArgument, "INSTALMENTS_UNFIT", &format!("各期金额须大于零且合计为应缴的{owed}元，期限须依次推后，最多36期；请重新填写。")).with("owed", owed.plain()),
            DisbursementError::RepaymentAmount { amount, owed } => told(Code::FailedPrecondition, "REPAYMENT_AMOUNT", &format!("还款金额须大于零且不超过尚欠的{owed}元；请核对银行凭证。")).with("amount", amount.plain()).with("owed", owed.plain()),
            DisbursementError::RepaidAlready { reference } => told(Code::AlreadyExists, "REPAID_ALREADY", "该银行凭证已经登记，不能重复登记；请核对凭证号。").with("reference", reference),
            DisbursementError::OffsetNotDecided => told(Code::FailedPrecondition, "OFFSET_NOT_DECIDED", "没有以后续拨付抵扣的书面决定；请先作出抵扣决定。"),
            DisbursementError::OffsetItself => told(Code::InvalidArgument, "OFFSET_ITSELF", "不能以同一笔拨付抵扣自身；请选择该企业后续的拨付。"),
            DisbursementError::OffsetOther { disbursement } => told(Code::FailedPrecondition, "OFFSET_OTHER", "所选拨付属于其他企业，不能抵扣；请选择该企业自己的拨付。").with("disbursement", disbursement),
            DisbursementError::OffsetAmount { amount, payable } => told(Code::FailedPrecondition, "OFFSET_AMOUNT", &format!("抵扣金额须大于零且不超过该笔可拨付的{payable}元；请核对金额。")).with("amount", amount.plain()).with("left", payable.plain()),
            DisbursementError::OffsetReissued { disbursement } => told(Code::FailedPrecondition, "OFFSET_REISSUED", "该笔拨付曾经下达，不能再作抵扣；请选择尚未下达过的拨付。").with("disbursement", disbursement),
        }
    }
}

fn chinese_state(state: State) -> &'static str {
    match state {
        State::Payable => "待拨付",
        State::Batched => "已编批",
        State::Ordered => "已下达",
        State::Sent => "已发送",
        State::Unknown => "结果不明",
        State::Paid => "已到账",
        State::Confirmed => "企业已确认",
        State::Returned => "退票",
        State::Lapsed => "终止拨付",
        State::Exception => "异常",
        State::ClawbackOpened => "追缴立案",
        State::Repaying => "追缴中",
        State::Repaid => "追缴完毕",
        State::Referred => "已移送",
    }
}

fn chinese_action(action: Action) -> &'static str {
    match action {
        Action::Batch => "编入批次",
        Action::Unbatch => "退出批次",
        Action::Order => "下达",
        Action::Send => "发送银行",
        Action::Pay => "登记到账",
        Action::Return => "登记退票",
        Action::Reverse => "登记退回",
        Action::MissReport => "登记逾期未回",
        Action::Inquire => "查询",
        Action::Except => "登记异常",
        Action::ProposeResolution => "提出处理意见",
        Action::Resolve => "确认处理意见",
        Action::ConfirmReceipt => "确认收款",
        Action::ConfirmAccount => "确认收款账户",
        Action::VerifyAccount => "复核收款账户",
        Action::Lapse => "终止拨付",
        Action::OpenClawback => "追缴立案",
        Action::DecideClawback => "作出追缴决定",
        Action::RecordRepayment => "登记还款",
        Action::Offset => "抵扣",
        Action::Withhold => "被抵扣",
    }
}

fn way_on(state: State) -> &'static str {
    match state {
        State::Payable => "请先编批、复核。",
        State::Batched => "请先由复核人批准或退回批次。",
        State::Ordered => "请待系统发送银行。",
        State::Sent => "请待银行回单。",
        State::Unknown => "请先向银行查明结果。",
        State::Paid => "请核对到账情况后再试。",
        State::Confirmed => "如须收回，请追缴立案。",
        State::Returned => "请企业确认账户并经复核后再拨付。",
        State::Lapsed => "如仍须支付，请重新申报审批。",
        State::Exception => "请由两人核实并提出、确认处理意见。",
        State::ClawbackOpened => "请待陈述申辩期满后作出决定。",
        State::Repaying => "请按追缴决定登记还款或抵扣。",
        State::Repaid => "追缴已经办结。",
        State::Referred => "请待接收机关处理，收回的款项请登记还款。",
    }
}
