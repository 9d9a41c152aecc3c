//! Words that rules are made of: typed ids, 统一社会信用代码, money in 分, files, who acts, and roles.
//!
//! Nothing here reads a clock, a disk or a socket, and nothing here depends on another crate of
//! the workspace.

pub mod actor;
pub mod credit_code;
pub mod file;
pub mod id;
pub mod money;
pub mod person;
pub mod role;

pub use actor::Actor;
pub use credit_code::{CreditCode, CreditCodeError};
pub use file::File;
pub use id::{
    ApplicationId, BatchId, BudgetId, CaseId, CategoryId, DepartmentId, DeputyId, DisbursementId,
    EnterpriseId, GrantId, ItemId, MaterialId, NameError, PersonId, PolicyId, ProcedureId,
    SystemId, TicketId, WorkOrderId,
};
pub use money::{Fen, FenError};
pub use person::Person;
pub use role::Role;
