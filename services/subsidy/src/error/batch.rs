//! Every way in which the rules of a batch 批次 refuse, and what the caller is told of it.

use base::DisbursementId;
use runtime::Verdict;
use tonic::Code;

use crate::lifecycle::batch::{Action, ENTRIES_MAX, State, allowed};

/// Why something was refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// There is no such batch, or the caller may not know of it.
    #[error("there is no batch {batch}")]
    NotFound {
        /// What was asked for; empty where the rules do not know.
        batch: String,
    },
    /// It is made once.
    #[error("the batch was created before")]
    CreatedAlready,
    /// A batch pays somebody.
    #[error("a batch without entries")]
    Empty,
    /// A batch is changed in one unit, which has its limits.
    #[error("{entries} entries are too many for one batch")]
    TooMany {
        /// How many.
        entries: usize,
    },
    /// A batch names a disbursement twice.
    #[error("{disbursement} is named twice")]
    EntryTwice {
        /// Which.
        disbursement: DisbursementId,
    },
    /// One department pays all of a batch.
    #[error("{disbursement} is paid by another department")]
    PayerDiffers {
        /// Which.
        disbursement: DisbursementId,
    },
    /// The sum cannot be counted.
    #[error("the sum of the entries cannot be counted")]
    TooMuch,
    /// M7: who made it does not check it.
    #[error("who made the batch does not check it")]
    SamePersonChecks,
    /// The batch does not take the action as it stands.
    #[error("a batch in {state} cannot take {action}")]
    StateForbids {
        /// Where it stands.
        state: State,
        /// What was asked of it.
        action: Action,
    },
    /// Its entries are not those that were put together.
    #[error("the entries are not those that were put together")]
    EntriesChanged,
    /// A file without payments, or payments without a file.
    #[error("a file has payments, and payments have a file")]
    FileUnfit,
    /// The file pays what the batch does not.
    #[error("the batch orders no {instruction:?}")]
    LineUnknown {
        /// The instruction.
        instruction: String,
    },
    /// M8: an instruction is given once.
    #[error("{instruction:?} is given twice")]
    InstructionTwice {
        /// The instruction.
        instruction: String,
    },
    /// What was written is not what was sent.
    #[error("the file that was written is not the one that was sent")]
    FileDiffers,
    /// Two reports of one name say different things.
    #[error("the report {message:?} was taken in before, and said something else")]
    ReportReused {
        /// The id of the message.
        message: String,
    },
    /// The report speaks of what this batch did not send.
    #[error("{instruction:?} is of another batch")]
    ReportForeign {
        /// The instruction.
        instruction: String,
    },
    /// M8: orders, file and results balance entry by entry.
    #[error("the batch does not balance in {disbursement}")]
    Unbalanced {
        /// Where.
        disbursement: DisbursementId,
    },
}

impl BatchError {
    /// What the caller is told.
    #[rustfmt::skip]
    pub fn verdict(&self) -> Verdict {
        let told = |code, reason: &'static str, chinese: &str| Verdict::told(code, reason, chinese);
        match self {
            BatchError::NotFound { batch } => told(Code::NotFound, "BATCH_NOT_FOUND", "没有这个批次，或者您无权查看；请核对编号。").with("batch", batch),
            BatchError::CreatedAlready => Verdict::kept(),
            BatchError::Empty => told(Code::InvalidArgument, "BATCH_EMPTY", "批次中没有任何拨付；请至少选择一笔。"),
            BatchError::TooMany { entries } => told(Code::InvalidArgument, "BATCH_TOO_LARGE", &format!("一个批次最多{ENTRIES_MAX}笔；请分批编制。")).with("entries", entries).with("entries_max", ENTRIES_MAX),
            BatchError::EntryTwice { disbursement } => told(Code::InvalidArgument, "ENTRY_TWICE", "同一笔拨付在批次中出现两次；请去掉重复的一笔。").with("disbursement", disbursement),
            BatchError::PayerDiffers { disbursement } => told(Code::FailedPrecondition, "PAYERS_DIFFER", "一个批次只能有一个支付部门，所列拨付属于其他部门；请分部门编批。").with("disbursement", disbursement),
            BatchError::TooMuch => told(Code::InvalidArgument, "AMOUNT_UNFIT", "批次合计超出可记账的范围；请分批编制。"),
            BatchError::SamePersonChecks => told(Code::PermissionDenied, "SAME_PERSON_CHECKS", "批次由您经办，不能由本人复核；请由另一位复核人办理。"),
            BatchError::StateForbids { state, action } => told(Code::FailedPrecondition, "BATCH_STATE_FORBIDS", &format!("批次处于“{}”，不能{}；{}", chinese_state(*state), chinese_action(*action), way_on(*state)))
                .with("state", state).with("action", action).with_list("allowed", allowed(*state)),
            BatchError::EntriesChanged => told(Code::Aborted, "ENTRY_CHANGED", "批次内容与编制时不一致，未予批准；请退回后重新编批，并报审计核查。"),
            BatchError::FileUnfit => told(Code::FailedPrecondition, "FILE_DIFFERS", "支付文件与支付明细不对应，未予发送；请按批次现状重新生成文件。"),
            BatchError::LineUnknown { instruction } => told(Code::FailedPrecondition, "FILE_DIFFERS", "支付文件含有批次以外的支付，未予发送；请按批次现状重新生成文件。").with("instruction", instruction),
            BatchError::InstructionTwice { instruction } => told(Code::AlreadyExists, "INSTRUCTION_USED", "同一支付指令出现两次，未予发送；请按批次现状重新生成文件。").with("instruction", instruction),
            BatchError::FileDiffers => told(Code::FailedPrecondition, "FILE_DIFFERS", "写出的支付文件与登记发送的不一致；请核对文件，勿交付银行。"),
            BatchError::ReportReused { message } => told(Code::AlreadyExists, "REPORT_REUSED", "同一编号的回单此前已导入且内容不同，未予入账；请银行以新编号重发。").with("message", message),
            BatchError::ReportForeign { instruction } => told(Code::FailedPrecondition, "REPORT_OF_OTHER_BATCH", "回单中的支付不属于该批次，整份未予入账；请核对回单对应的批次，或退回银行。").with("instruction", instruction),
            BatchError::Unbalanced { disbursement } => told(Code::FailedPrecondition, "BATCH_UNBALANCED", "批次与其支付结果不平；请核查所列拨付，并报审计。").with("disbursement", disbursement),
        }
    }
}

fn chinese_state(state: State) -> &'static str {
    match state {
        State::Created => "待复核",
        State::Approved => "已批准",
        State::Rejected => "已退回",
        State::Sent => "已发送",
        State::Settled => "已回执",
    }
}

fn chinese_action(action: Action) -> &'static str {
    match action {
        Action::Approve => "批准",
        Action::Reject => "退回",
        Action::Send => "发送银行",
        Action::RecordFile => "登记文件",
        Action::Report => "导入回单",
        Action::Answer => "登记结果",
    }
}

fn way_on(state: State) -> &'static str {
    match state {
        State::Created => "请先由复核人批准或退回。",
        State::Approved => "请待系统发送银行。",
        State::Rejected => "请重新编批。",
        State::Sent => "请待银行回单。",
        State::Settled => "各笔均已有结果，请查看拨付明细。",
    }
}
