//! Every way in which the payment rail refuses: a payment order that no bank could carry out, a file
//! of the bank that is not what it should be.

use std::io;

use runtime::Verdict;
use runtime::vault::VaultError;
use tonic::Code;

use crate::rail::Place;

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum RailError {
    /// The file is larger than any of its kind. Nothing of it was read.
    #[error("the file has {bytes} bytes, {bytes_max} are the most")]
    TooLarge {
        /// How many bytes it has.
        bytes: u64,
        /// The most.
        bytes_max: u64,
    },
    /// The file ends in the middle.
    #[error("the file is cut off in {place}")]
    Truncated {
        /// Where it ends.
        place: Place,
    },
    /// The file is no XML.
    #[error("the file is not well formed: {place} {problem}")]
    Malformed {
        /// Where.
        place: Place,
        /// What is wrong.
        problem: String,
    },
    /// The file holds what would make a reader open other files or grow without end.
    #[error("the file holds {what} in {place}")]
    Forbidden {
        /// Where.
        place: Place,
        /// What it holds.
        what: &'static str,
    },
    /// The file is another message than is read here.
    #[error("the file is a {found} and not a {wanted}")]
    OtherKind {
        /// Where that is seen.
        place: Place,
        /// The namespace or the element that was found.
        found: String,
        /// The namespace that is read.
        wanted: &'static str,
    },
    /// The file lacks something that it must have.
    #[error("{place} has no {element}")]
    Missing {
        /// Where it should be.
        place: Place,
        /// What.
        element: &'static str,
    },
    /// The file says something twice that can be said once.
    #[error("{place} is there twice")]
    Repeated {
        /// Where, the second time.
        place: Place,
    },
    /// A value of the file is not what it may be.
    #[error("{place} is {given:?} and not {wanted}")]
    Unfit {
        /// Where.
        place: Place,
        /// What was given, cut to a length fit for a message.
        given: String,
        /// What was expected.
        wanted: &'static str,
    },
    /// A status that no code list has, or that says nothing of a payment. It is not guessed at.
    #[error("{place} is the unknown status {given:?}")]
    StatusUnknown {
        /// Where.
        place: Place,
        /// The status.
        given: String,
    },
    /// The totals of an order are not those of its entries.
    #[error("{place} says {said}, its entries make {made}")]
    TotalDiffers {
        /// Where.
        place: Place,
        /// What is said.
        said: String,
        /// What the entries make.
        made: String,
    },
    /// A payment order that no bank could carry out: it is not written.
    #[error("the payment order cannot be written: {entry}: {problem}")]
    OrderUnfit {
        /// Which entry, by its reference; empty for the order as a whole.
        entry: String,
        /// What is wrong.
        problem: OrderProblem,
    },
    /// Another file of this name was handed to the bank before.
    #[error("another file {name} was handed over before")]
    OrderDiffers {
        /// The name.
        name: String,
    },
    /// The account of an enterprise cannot be opened: with our keys, or at all.
    #[error("the account of an enterprise cannot be opened")]
    Sealed(#[from] VaultError),
    /// The folders of the rail cannot be read or written at the moment.
    #[error("the folder of the payment rail cannot be used: {what}")]
    Folder {
        /// What was done.
        what: String,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
}

/// What is wrong with a payment order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderProblem {
    /// It pays nobody.
    Empty,
    /// It has more entries than one file may.
    TooManyEntries,
    /// Two entries have one reference.
    ReferenceTwice,
    /// An amount is zero, negative, or longer than the schema lets it be.
    Amount,
    /// The sum of the amounts is longer than the schema lets it be.
    Sum,
    /// A name is empty, longer than 140 characters, or holds control characters.
    Name,
    /// A purpose is empty or holds control characters.
    Purpose,
    /// The department that pays has no account to pay from.
    Payer,
    /// An instruction id is not one that banks carry.
    Reference,
    /// The account is not the one that was approved.
    AccountChanged,
}

impl OrderProblem {
    /// In Chinese, for people.
    pub fn chinese(self) -> &'static str {
        match self {
            OrderProblem::Empty => "没有任何付款明细",
            OrderProblem::TooManyEntries => "付款明细超过单个文件的上限",
            OrderProblem::ReferenceTwice => "两笔付款使用了同一指令编号",
            OrderProblem::Amount => "金额为零、为负或超过银行报文的位数上限",
            OrderProblem::Sum => "合计金额超过银行报文的位数上限",
            OrderProblem::Name => "户名为空、超过 140 个字或含有控制字符",
            OrderProblem::Purpose => "用途为空或含有控制字符",
            OrderProblem::Payer => "付款部门没有配置付款账户",
            OrderProblem::Reference => "指令编号不符合银行报文要求",
            OrderProblem::AccountChanged => "收款账户与审批时不一致",
        }
    }
}

impl RailError {
    /// A failure of the folders, and what was being done.
    pub(crate) fn folder(what: impl Into<String>) -> impl FnOnce(io::Error) -> RailError {
        move |cause| RailError::Folder { what: what.into(), cause }
    }

    /// Whether it lies in what the file says, so that reading it again gives the same.
    pub fn is_of_the_file(&self) -> bool {
        !matches!(self, RailError::Folder { .. } | RailError::Sealed(_))
    }

    /// Why the file is refused, for people: what stands in the reason beside a refused file.
    pub fn chinese(&self) -> String {
        match self {
            RailError::TooLarge { bytes, bytes_max } => {
                format!(
                    "文件有 {bytes} 字节，超过上限 {bytes_max} 字节，未予读取；请核对是否传错文件，或请银行分批出具。"
                )
            }
            RailError::Truncated { place } => {
                format!("文件不完整，在 {place} 处中断，未予入账；请重新取得完整文件。")
            }
            RailError::Malformed { place, .. } => {
                format!("文件不是规范的 XML（{place}），未予入账；请银行重新出具。")
            }
            RailError::Forbidden { place, .. } => {
                format!(
                    "文件含有不允许的内容（文档类型、外部实体或非 UTF-8 编码，{place}），未予读取；请银行按 ISO 20022 规范重新出具。"
                )
            }
            RailError::OtherKind { found, wanted, .. } => {
                format!("文件是 {found}，不是 {wanted}；请核对是否传错文件。")
            }
            RailError::Missing { place, element } => {
                format!("文件缺少 {element}（{place}），未予入账；请银行补全后重新出具。")
            }
            RailError::Repeated { place } => {
                format!("文件中 {place} 重复出现，含义不明，未予入账；请银行更正后重新出具。")
            }
            RailError::Unfit { place, given, .. } => {
                format!("文件中 {place} 的值“{given}”不合规范，未予入账；请银行更正后重新出具。")
            }
            RailError::StatusUnknown { place, given } => {
                format!(
                    "文件中 {place} 的状态“{given}”不在代码表中，无法判断是否到账，未予入账；请向银行查询该笔结果。"
                )
            }
            RailError::TotalDiffers { place, said, made } => {
                format!(
                    "文件的合计（{place}）为 {said}，明细合计为 {made}，两者不符；请核对明细后重新出具。"
                )
            }
            RailError::OrderUnfit { entry, problem } => {
                format!("支付指令 {entry} 不能生成：{}；请更正后重新制单。", problem.chinese())
            }
            RailError::OrderDiffers { name } => {
                format!(
                    "名为 {name} 的支付文件此前已交付银行且内容不同，为防止重复支付，未予覆盖；请查明后另行制单。"
                )
            }
            RailError::Sealed(_) => "收款账户无法解密；请联系管理员核对数据密钥。".to_owned(),
            RailError::Folder { .. } => {
                "支付文件目录暂时无法读写；请稍后再试，仍不行请联系管理员。".to_owned()
            }
        }
    }

    /// What the caller is told.
    pub fn verdict(&self) -> Verdict {
        let told = |code, reason| Verdict::told(code, reason, self.chinese());
        let refused =
            |reason, place: &Place| told(Code::InvalidArgument, reason).with("place", place);
        match self {
            RailError::TooLarge { bytes, bytes_max } => {
                told(Code::InvalidArgument, "BANK_FILE_TOO_LARGE")
                    .with("bytes", bytes)
                    .with("bytes_max", bytes_max)
            }
            RailError::Truncated { place } => refused("BANK_FILE_TRUNCATED", place),
            RailError::Malformed { place, problem } => {
                refused("BANK_FILE_MALFORMED", place).with("problem", problem)
            }
            RailError::Forbidden { place, what } => {
                refused("BANK_FILE_FORBIDDEN", place).with("what", what)
            }
            RailError::OtherKind { place, found, wanted } => {
                refused("BANK_FILE_OTHER_KIND", place).with("found", found).with("wanted", wanted)
            }
            RailError::Missing { place, element } => {
                refused("BANK_FILE_INCOMPLETE", place).with("element", element)
            }
            RailError::Repeated { place } => refused("BANK_FILE_AMBIGUOUS", place),
            RailError::Unfit { place, given, wanted } => {
                refused("BANK_FILE_VALUE_UNFIT", place).with("given", given).with("wanted", wanted)
            }
            RailError::StatusUnknown { place, given } => {
                refused("BANK_STATUS_UNKNOWN", place).with("given", given)
            }
            RailError::TotalDiffers { place, said, made } => {
                refused("BANK_FILE_TOTAL_DIFFERS", place).with("said", said).with("made", made)
            }
            RailError::OrderUnfit { entry, problem } => {
                told(Code::FailedPrecondition, "PAYMENT_ORDER_UNFIT")
                    .with("entry", entry)
                    .with("problem", problem)
            }
            RailError::OrderDiffers { name } => {
                told(Code::FailedPrecondition, "PAYMENT_ORDER_DIFFERS").with("name", name)
            }
            RailError::Sealed(_) => Verdict::kept(),
            RailError::Folder { .. } => told(Code::Unavailable, "PAYMENT_RAIL_UNAVAILABLE"),
        }
    }
}
