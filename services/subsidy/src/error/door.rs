//! Every way in which a call is refused by what its rules do not know: who and what there is in the
//! zone, whose work it is, what may be read.

use base::DepartmentId;
use runtime::Verdict;
use tonic::Code;

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// No such enterprise is known here, or the caller may not ask for it.
    #[error("there is no {enterprise}")]
    EnterpriseNotFound {
        /// Its name.
        enterprise: String,
    },
    /// No such department, or another has taken its place.
    #[error("there is no {department}")]
    DepartmentNotFound {
        /// Its name.
        department: String,
    },
    /// Another department decides it.
    #[error("it is of {owner}")]
    NotOwner {
        /// Which.
        owner: DepartmentId,
    },
    /// The account, or the number of its bank, is none.
    #[error("{field} is none")]
    AccountUnfit {
        /// Which field.
        field: &'static str,
    },
    /// The account is held by somebody else than the applicant (M7).
    #[error("the account is not the applicant's")]
    AccountNotTheirs,
    /// The account is shown whole to finance and auditor alone.
    #[error("the account is not shown whole to the caller")]
    AccountHidden,
    /// It answers an order that was not sent from here.
    #[error("no order {message} was sent from here")]
    ReportOfOtherBatch {
        /// The message that it answers.
        message: String,
    },
    /// What is asked as of lies in the future.
    #[error("what is asked as of lies in the future")]
    AsOfInFuture,
    /// More groups than an answer holds.
    #[error("more than {groups_max} groups")]
    TooManyGroups {
        /// The most.
        groups_max: usize,
    },
    /// Nothing fits, so nothing can be drawn.
    #[error("nothing fits, so nothing can be drawn")]
    PopulationEmpty,
    /// The cursor is forged, damaged or of another export.
    #[error("the cursor is not one of this export")]
    CursorInvalid,
    /// A workbook is made in one go.
    #[error("a workbook is made in one go")]
    NotResumable,
}

impl DoorError {
    /// What the caller is told.
    #[rustfmt::skip]
    pub fn verdict(&self) -> Verdict {
        let told = |code, reason, chinese: &str| Verdict::told(code, reason, chinese);
        match self {
            DoorError::EnterpriseNotFound { enterprise } =>
                told(Code::NotFound, "ENTERPRISE_NOT_FOUND", "没有登记这家企业，或者您无权查询；请核对企业名称代码，未登记的请先请管理员登记。").with("enterprise", enterprise),
            DoorError::DepartmentNotFound { department } =>
                told(Code::NotFound, "DEPARTMENT_NOT_FOUND", "没有这个部门，或该部门已撤并；请核对部门代码。").with("department", department),
            DoorError::NotOwner { owner } =>
                told(Code::PermissionDenied, "NOT_OWNER", "此事由其他部门负责，您所在部门不能办理；请转由负责的部门办理。").with("owner", owner),
            DoorError::AccountUnfit { field } =>
                told(Code::InvalidArgument, "ACCOUNT_UNFIT", "收款账号须为 5 至 34 位字母、数字或连字符，行号须为 12 位数字；请对照开户许可证核对后重填。").with("field", field),
            DoorError::AccountNotTheirs =>
                told(Code::FailedPrecondition, "ACCOUNT_NOT_THEIRS", "收款账户的户名不是本企业的登记名称，不能拨付；请填写本企业自己的账户。"),
            DoorError::AccountHidden =>
                told(Code::PermissionDenied, "ACCOUNT_HIDDEN", "完整账号只向财政经办、复核和审计人员显示；请不勾选显示账号，或请上述人员查询。"),
            DoorError::ReportOfOtherBatch { message } =>
                told(Code::FailedPrecondition, "REPORT_OF_OTHER_BATCH", "回单所答复的支付指令不是从这里发出的，未予入账；请核对是否传错文件。").with("message", message),
            DoorError::AsOfInFuture =>
                told(Code::InvalidArgument, "AS_OF_IN_FUTURE", "查询时点在将来，没有数据；请填写现在或过去的时点。"),
            DoorError::TooManyGroups { groups_max } =>
                told(Code::FailedPrecondition, "TOO_MANY_GROUPS", "分组过多，无法一次汇总；请缩小筛选范围或减少分组项。").with("groups_max", groups_max),
            DoorError::PopulationEmpty =>
                told(Code::FailedPrecondition, "POPULATION_EMPTY", "无件：没有符合条件的申报，无法抽样；请放宽条件后再抽。"),
            DoorError::CursorInvalid =>
                told(Code::InvalidArgument, "CURSOR_INVALID", "续传位置无效或不属于这次导出；请从头导出。"),
            DoorError::NotResumable =>
                told(Code::FailedPrecondition, "NOT_RESUMABLE", "XLSX 须一次生成，不能续传；请从头导出，或改用 CSV、Parquet。"),
        }
    }
}
