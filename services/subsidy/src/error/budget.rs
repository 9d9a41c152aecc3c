//! Every way in which the rules of a budget 预算额度 refuse, and what the caller is told of it.

use base::{BudgetId, Fen};
use runtime::Verdict;
use tonic::Code;

use crate::lifecycle::budget::{Account, Action, State, allowed};

/// Why something was refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// There is no such line.
    #[error("there is no budget {budget}")]
    NotFound {
        /// What was asked for; empty where the rules do not know.
        budget: String,
    },
    /// There is one already.
    #[error("{budget} was opened before")]
    OpenedAlready {
        /// Which.
        budget: BudgetId,
    },
    /// The line is not called after its policy, year and payer.
    #[error("{budget} is to be called {wanted:?}")]
    NameUnfit {
        /// What it was called.
        budget: BudgetId,
        /// What it is to be called; empty if the codes are too long for any name.
        wanted: String,
    },
    /// Whoever proposed a change does not confirm it (M7).
    #[error("whoever proposed the change does not confirm it")]
    SamePerson,
    /// The line does not take the action as it stands.
    #[error("a budget in {state} cannot take {action}")]
    StateForbids {
        /// Where it stands.
        state: State,
        /// What was asked of it.
        action: Action,
    },
    /// An amount that is not above zero, or that cannot be counted.
    #[error("{amount} is no amount to move")]
    AmountUnfit {
        /// The amount.
        amount: Fen,
    },
    /// There is too little left (M2). Nothing is ever cut to what is left.
    #[error("{amount} is more than the {free} that is free")]
    Exceeded {
        /// What is free.
        free: Fen,
        /// What was wanted.
        amount: Fen,
    },
    /// A budget is never cut under what is used.
    #[error("{used} is used: a cut of {cut} is more than the {free} that is free")]
    UnderUsed {
        /// What is set aside, promised, on its way, paid, come back and owed back.
        used: Fen,
        /// What is free.
        free: Fen,
        /// By how much it was to be less.
        cut: Fen,
    },
    /// One change waits for its second person already.
    #[error("the change by {document} is not confirmed yet")]
    ProposalStands {
        /// The number of its document.
        document: String,
    },
    /// No change waits for a second person.
    #[error("no change was proposed")]
    NothingProposed,
    /// A decision is written, and has a number.
    #[error("the number of the document is missing")]
    DocumentMissing,
    /// Less stands there than is to be taken from it.
    #[error("{amount} is more than the {balance} on {account}")]
    BalanceTooSmall {
        /// Where it was to be taken from.
        account: Account,
        /// What stands there.
        balance: Fen,
        /// What was to be taken.
        amount: Fen,
    },
    /// Less is set aside than is to be set free.
    #[error("{amount} is more than the {held} that is set aside")]
    HeldTooSmall {
        /// What is set aside, for all.
        held: Fen,
        /// What was to be set free.
        amount: Fen,
    },
    /// The year is not over.
    #[error("the year {year} is not over")]
    YearRuns {
        /// Which.
        year: i16,
    },
    /// After the year all that is free is decided on, no more and no less.
    #[error("{free} is free, but {carried} is carried over and {lapsed} lapses")]
    NotAllDecided {
        /// What is free.
        free: Fen,
        /// What was to be carried over.
        carried: Fen,
        /// What was to lapse.
        lapsed: Fen,
    },
    /// What is left goes to the same policy and payer, in a later year.
    #[error("what is left of {from} cannot be carried into {into}")]
    CarryUnfit {
        /// From which line.
        from: BudgetId,
        /// Into which.
        into: BudgetId,
    },
}

impl BudgetError {
    /// What the caller is told.
    #[rustfmt::skip]
    pub fn verdict(&self) -> Verdict {
        let told = |code, reason: &'static str, chinese: &str| Verdict::told(code, reason, chinese);
        match self {
            BudgetError::NotFound { budget } => told(Code::NotFound, "BUDGET_NOT_FOUND", "没有为这项政策、年度和支付部门下达预算；请先下达预算，或核对政策、年度和部门。").with("budget", budget),
            BudgetError::OpenedAlready { budget } => told(Code::AlreadyExists, "BUDGET_OPENED_ALREADY", "这项政策在该年度、该部门的预算已经下达；如需增减，请按文号提出预算调整。").with("budget", budget),
            BudgetError::NameUnfit { budget, wanted } => told(Code::InvalidArgument, "BUDGET_NAME_UNFIT", "预算额度的名称与其政策、年度、支付部门不符，或代码过长；请按“政策-年度-部门”命名。").with("budget", budget).with("wanted", wanted),
            BudgetError::SamePerson => told(Code::PermissionDenied, "BUDGET_SAME_PERSON", "预算调整由您提出，不能由本人复核；请由另一位有权人员复核。"),
            BudgetError::StateForbids { state, action } => told(Code::FailedPrecondition, "BUDGET_STATE_FORBIDS", &format!("预算额度“{}”，不能{}；{}", chinese_state(*state), chinese_action(*action), way_on(*state)))
                .with("state", state).with("action", action).with_list("allowed", allowed(*state)),
            BudgetError::AmountUnfit { amount } => told(Code::InvalidArgument, "AMOUNT_UNFIT", "金额须为大于零的整数分，且不超出可记账的范围；请核对金额。").with("amount", amount.plain()),
            BudgetError::Exceeded { free, amount } => told(Code::FailedPrecondition, "BUDGET_EXCEEDED", &format!("预算余额不足：可用{free}元，需{amount}元，不得部分安排；请待预算追加或有额度释放后再办。"))
                .with("free", free.plain()).with("amount", amount.plain()),
            BudgetError::UnderUsed { used, free, cut } => told(Code::FailedPrecondition, "BUDGET_UNDER_USED", &format!("预算不得调减到已占用金额以下：已占用{used}元，最多可调减{free}元；请减少调减金额。"))
                .with("used", used.plain()).with("free", free.plain()).with("cut", cut.plain()),
            BudgetError::ProposalStands { document } => told(Code::FailedPrecondition, "ADJUSTMENT_STANDS", "已有一项预算调整待复核；请先复核或撤回，再提出新的调整。").with("document", document),
            BudgetError::NothingProposed => told(Code::FailedPrecondition, "NOTHING_PROPOSED", "没有待复核的预算调整，可能已经复核或撤回；请刷新后再看，或先提出调整。"),
            BudgetError::DocumentMissing => told(Code::InvalidArgument, "DOCUMENT_MISSING", "没有填写文号，预算的下达、调整、抵扣和年终处理都须有书面决定；请填写文号。"),
            BudgetError::BalanceTooSmall { account, balance, amount } => told(Code::FailedPrecondition, "BALANCE_TOO_SMALL", &format!("“{}”科目余额不足：现有{balance}元，需转出{amount}元，可能已经处理；请刷新后核对金额。", chinese_account(*account)))
                .with("account", account).with("balance", balance.plain()).with("amount", amount.plain()),
            BudgetError::HeldTooSmall { held, amount } => told(Code::FailedPrecondition, "HELD_TOO_SMALL", &format!("预留余额不足：现有预留{held}元，需释放{amount}元，可能已经释放；请刷新后核对金额。"))
                .with("held", held.plain()).with("amount", amount.plain()),
            BudgetError::YearRuns { year } => told(Code::FailedPrecondition, "BUDGET_YEAR_RUNS", &format!("{year}年度尚未结束，不能办理年终处理；请在年度结束后再办。")).with("year", year),
            BudgetError::NotAllDecided { free, carried, lapsed } => told(Code::FailedPrecondition, "YEAR_END_INCOMPLETE", &format!("年终结转与收回之和须等于剩余可用额度{free}元，不得遗漏；请按剩余额度重新填写。"))
                .with("free", free.plain()).with("carried", carried.plain()).with("lapsed", lapsed.plain()),
            BudgetError::CarryUnfit { from, into } => told(Code::FailedPrecondition, "CARRY_UNFIT", "只能结转到同一政策、同一支付部门以后年度的预算；请选择正确的预算额度。").with("from", from).with("into", into),
        }
    }
}

fn chinese_state(state: State) -> &'static str {
    match state {
        State::Open => "执行中",
        State::Closed => "已年终处理",
    }
}

fn way_on(state: State) -> &'static str {
    match state {
        State::Open => "请核对所办事项后再试。",
        State::Closed => "请使用以后年度的预算额度。",
    }
}

fn chinese_action(action: Action) -> &'static str {
    match action {
        Action::ProposeAdjustment => "提出预算调整",
        Action::ConfirmAdjustment => "复核预算调整",
        Action::DropAdjustment => "撤回预算调整",
        Action::Hold => "预留额度",
        Action::Release => "释放预留",
        Action::Commit => "占用额度",
        Action::Order => "下达支付指令",
        Action::Pay => "记支付成功",
        Action::Bounce => "记退票",
        Action::Reverse => "记到账后退回",
        Action::Reissue => "重新拨付",
        Action::Lapse => "终止拨付",
        Action::OpenReceivable => "决定追缴",
        Action::Waive => "撤销追缴",
        Action::Repay => "记追缴收回",
        Action::Offset => "抵扣收回",
        Action::Withhold => "以拨付抵扣",
        Action::CloseYear => "办理年终处理",
        Action::CarryIn => "接收上年结转",
    }
}

fn chinese_account(account: Account) -> &'static str {
    match account {
        Account::Budget => "预算指标",
        Account::Available => "可用额度",
        Account::Reserved => "已承诺",
        Account::InPayment => "在途",
        Account::Paid => "已支付",
        Account::Returned => "退票",
        Account::Receivable => "应收追缴",
    }
}
