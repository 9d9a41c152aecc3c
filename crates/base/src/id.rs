//! Typed ids: each reads and writes the resource name that stands on the wire.
//!
//! `parse` takes the whole name (`departments/D01`), `Display` and serde give it back.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::credit_code::CreditCode;

/// The longest code of a slug id.
pub const CODE_LENGTH_MAX: usize = 64;

/// A text that is not the name of such a resource.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a name of the form {form}")]
pub struct NameError {
    /// The form that was expected.
    pub form: &'static str,
    /// What was given, cut to a length fit for a message.
    pub given: String,
}

impl NameError {
    fn new(form: &'static str, given: &str) -> NameError {
        NameError { form, given: given.chars().take(80).collect() }
    }
}

/// Whether `code` is `[A-Za-z0-9_-]{1,64}`.
pub(crate) fn is_slug(code: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=CODE_LENGTH_MAX).contains(&code.len()) && code.bytes().all(allowed)
}

/// What every id has: text forms and serde, all by way of `parse` and `Display`.
macro_rules! named {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = NameError;
            fn from_str(name: &str) -> Result<Self, NameError> {
                $name::parse(name)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(name: String) -> Result<Self, NameError> {
                $name::parse(&name)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    };
}

/// An id that is a code chosen by people: `[A-Za-z0-9_-]{1,64}`.
macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            const FORM: &str = concat!($prefix, "{code}");

            /// The id of this code.
            pub fn new(code: &str) -> Result<$name, NameError> {
                if is_slug(code) {
                    Ok($name(code.to_owned()))
                } else {
                    Err(NameError::new($name::FORM, code))
                }
            }

            /// Reads the resource name.
            pub fn parse(name: &str) -> Result<$name, NameError> {
                match name.strip_prefix($prefix) {
                    Some(code) if is_slug(code) => Ok($name(code.to_owned())),
                    Some(_) | None => Err(NameError::new($name::FORM, name)),
                }
            }

            /// The code alone, without the collection.
            pub fn code(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        named!($name);
    };
}

/// An id that is a UUID, made by the system.
macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            const FORM: &str = concat!($prefix, "{uuid}");

            /// The id of this UUID.
            pub fn new(uuid: Uuid) -> $name {
                $name(uuid)
            }

            /// Reads the resource name. One spelling only, lower case with hyphens, so that a
            /// name can be compared as text.
            pub fn parse(name: &str) -> Result<$name, NameError> {
                let code = name.strip_prefix($prefix);
                let uuid = code.and_then(|code| {
                    let uuid = Uuid::try_parse(code).ok()?;
                    (uuid.as_hyphenated().to_string() == code).then_some(uuid)
                });
                uuid.map($name).ok_or_else(|| NameError::new($name::FORM, name))
            }

            /// The UUID alone, without the collection.
            pub fn uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0.as_hyphenated())
            }
        }

        named!($name);
    };
}

slug_id!(
    /// A department (部门): `departments/D01`.
    DepartmentId, "departments/"
);
slug_id!(
    /// A person (人员), whoever it is: staff, envoy, agent, or who handles an enterprise's matters.
    PersonId, "persons/"
);
slug_id!(
    /// A category of the catalogue (事项类别): `categories/C17`.
    CategoryId, "categories/"
);
slug_id!(
    /// A system that acts (内部系统): a service of ours, or another system with grants.
    SystemId, "systems/"
);
impl SystemId {
    /// The id of one of our own services, whose name is a constant of the code.
    pub(crate) fn constant(name: &'static str) -> SystemId {
        debug_assert!(is_slug(name), "{name:?} is not a code");
        SystemId(name.to_owned())
    }
}

uuid_id!(
    /// A grant (授权): `grants/{uuid}`.
    GrantId, "grants/"
);
uuid_id!(
    /// A deputation (代理): `deputies/{uuid}`.
    DeputyId, "deputies/"
);
uuid_id!(
    /// A ticket (诉求单): `tickets/{uuid}`.
    TicketId, "tickets/"
);
uuid_id!(
    /// A work order (工单): `workOrders/{uuid}`.
    WorkOrderId, "workOrders/"
);
uuid_id!(
    /// An agency case (帮代办件): `cases/{uuid}`.
    CaseId, "cases/"
);
slug_id!(
    /// A procedure (办理流程): `procedures/P01`.
    ProcedureId, "procedures/"
);
slug_id!(
    /// An item (事项) of a procedure, and of each case that follows it: `items/I01`.
    ItemId, "items/"
);
slug_id!(
    /// A material (材料) that items of a procedure need: `materials/M01`.
    MaterialId, "materials/"
);
slug_id!(
    /// A policy (惠企政策): `policies/P01`.
    PolicyId, "policies/"
);
slug_id!(
    /// The budget (预算额度) of a policy for a year and a payer: `budgets/P01-2026-D04`.
    BudgetId, "budgets/"
);
uuid_id!(
    /// An application (申请) for a subsidy: `applications/{uuid}`.
    ApplicationId, "applications/"
);
uuid_id!(
    /// A disbursement (拨付) by one payer: `disbursements/{uuid}`.
    DisbursementId, "disbursements/"
);
uuid_id!(
    /// A batch (批次) of disbursements that are ordered together: `batches/{uuid}`.
    BatchId, "batches/"
);

/// An enterprise (企业): `enterprises/{统一社会信用代码}`, or `enterprises/P-{code}` for an investor
/// that is not yet registered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnterpriseId(Holder);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Holder {
    Registered(CreditCode),
    /// With its `P-`.
    Provisional(String),
}

impl EnterpriseId {
    const FORM: &str = "enterprises/{credit code} or enterprises/P-{code}";

    /// The id of a registered enterprise.
    pub fn registered(code: CreditCode) -> EnterpriseId {
        EnterpriseId(Holder::Registered(code))
    }

    /// The id of this code: a 统一社会信用代码, or `P-…`.
    pub fn new(code: &str) -> Result<EnterpriseId, NameError> {
        EnterpriseId::of(code).ok_or_else(|| NameError::new(EnterpriseId::FORM, code))
    }

    /// Reads the resource name.
    pub fn parse(name: &str) -> Result<EnterpriseId, NameError> {
        let id = name.strip_prefix("enterprises/").and_then(EnterpriseId::of);
        id.ok_or_else(|| NameError::new(EnterpriseId::FORM, name))
    }

    fn of(code: &str) -> Option<EnterpriseId> {
        // A credit code has no hyphen, so the two never meet.
        match code.strip_prefix("P-") {
            Some(rest) if !rest.is_empty() && is_slug(code) => {
                Some(EnterpriseId(Holder::Provisional(code.to_owned())))
            }
            Some(_) => None,
            None => CreditCode::parse(code).ok().map(EnterpriseId::registered),
        }
    }

    /// The 统一社会信用代码, unless the enterprise is not yet registered.
    pub fn credit_code(&self) -> Option<&CreditCode> {
        match &self.0 {
            Holder::Registered(code) => Some(code),
            Holder::Provisional(_) => None,
        }
    }

    /// The code alone, without the collection.
    pub fn code(&self) -> &str {
        match &self.0 {
            Holder::Registered(code) => code.as_str(),
            Holder::Provisional(code) => code,
        }
    }
}

impl fmt::Display for EnterpriseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "enterprises/{}", self.code())
    }
}

named!(EnterpriseId);
