//! Grants, deputations and the end of a department, to and from the words of the contract.

use base::{DepartmentId, DeputyId, GrantId, PersonId, Role};
use contract::directory;
use jiff::Timestamp;
use runtime::rights::{self, RIGHTS};
use runtime::{Problem, Refusal, etag_of, wire};
use uuid::Uuid;

use super::{id_from, role_of, roles_from, text, time_from};
use crate::lifecycle::{Change, DEPUTISED, Deputy, Grant, Record};

/// A deputation as the contract writes it, if the record is one.
pub fn deputy(record: &Record) -> Option<directory::Deputy> {
    let Record::Deputy(deputy) = record else { return None };
    Some(directory::Deputy {
        name: deputy.id.to_string(),
        principal: deputy.principal.to_string(),
        deputy: deputy.deputy.to_string(),
        role: role_of(deputy.role).into(),
        from_time: Some(wire::time(deputy.from)),
        until_time: Some(wire::time(deputy.until)),
        etag: etag_of(record),
    })
}

/// A deputation from a request. One without a name is new; its name is given when it is put.
pub fn deputy_from(deputy: &directory::Deputy) -> Result<Change, Refusal> {
    let is_new = deputy.name.is_empty();
    let id = if is_new {
        DeputyId::new(Uuid::nil())
    } else {
        id_from("deputy.name", DeputyId::parse(&deputy.name))?
    };
    let role = rights::role(deputy.role()).filter(|role| DEPUTISED.contains(role));
    let deputy = Deputy {
        id,
        principal: id_from("deputy.principal", PersonId::parse(&deputy.principal))?,
        deputy: id_from("deputy.deputy", PersonId::parse(&deputy.deputy))?,
        role: role.ok_or_else(|| Refusal::field("deputy.role", not_deputised()))?,
        from: time_from("deputy.from_time", deputy.from_time.as_ref())?,
        until: time_from("deputy.until_time", deputy.until_time.as_ref())?,
    };
    Ok(Change::PutDeputy { deputy, is_new })
}

fn not_deputised() -> Problem {
    let chinese = DEPUTISED.map(Role::chinese).join("、");
    Problem::other(
        format!("is none of {}", DEPUTISED.map(|role| role.to_string()).join(", ")),
        format!("不在可代理的角色之列，请在{chinese}中选择"),
    )
}

/// A grant as the contract writes it, if the record is one.
pub fn grant(record: &Record) -> Option<directory::Grant> {
    let Record::Grant(grant) = record else { return None };
    Some(directory::Grant {
        name: grant.id.to_string(),
        grantee: grant.grantee.to_string(),
        roles: grant.roles.iter().map(|role| role_of(*role).into()).collect(),
        methods: grant.methods.iter().cloned().collect(),
        revokes: grant.revokes,
        proposed_by: grant.proposed_by.to_string(),
        confirmed_by: text(grant.confirmed_by.as_ref()),
        reason: grant.reason.clone(),
        etag: etag_of(record),
        proposed_time: Some(wire::time(grant.proposed_at)),
    })
}

/// A grant from a request, by whoever proposes it. Name and instant are given when it is proposed.
pub fn grant_from(grant: &directory::Grant, proposed_by: PersonId) -> Result<Grant, Refusal> {
    let roles = roles_from("grant.roles", grant.roles())?;
    for (place, method) in grant.methods.iter().enumerate() {
        if !is_grantable(method) {
            let field = format!("grant.methods[{place}]");
            return Err(Refusal::field(&field, not_grantable()));
        }
    }
    if roles.is_empty() && grant.methods.is_empty() {
        return Err(Refusal::field("grant.roles", Problem::Required));
    }
    Ok(Grant {
        id: GrantId::new(Uuid::nil()),
        grantee: id_from("grant.grantee", PersonId::parse(&grant.grantee))?,
        roles,
        methods: grant.methods.iter().cloned().collect(),
        revokes: grant.revokes,
        reason: grant.reason.clone(),
        proposed_by,
        proposed_at: Timestamp::UNIX_EPOCH,
        confirmed_by: None,
    })
}

/// Whether a system may be let call a method on behalf of somebody. What admins alone may call
/// needs two people at a desk: one system could be both of them.
fn is_grantable(method: &str) -> bool {
    let right = RIGHTS.get(&format!("/{method}"));
    right.is_some_and(|right| right.anyone || right.roles.iter().any(|role| *role != Role::Admin))
}

fn not_grantable() -> Problem {
    Problem::other(
        "is no method of the contract, or one that admins alone may call",
        "不是可授予的接口方法（无此方法，或仅限管理员本人使用），请核对",
    )
}

/// The end of a department from a request.
pub fn succession_from(asked: directory::SucceedDepartmentRequest) -> Result<Change, Refusal> {
    let department = id_from("department", DepartmentId::parse(&asked.department))?;
    let successor = id_from("successor", DepartmentId::parse(&asked.successor))?;
    if department == successor {
        let problem = Problem::other("is the department itself", "不能是该部门自身，请另行指定");
        return Err(Refusal::field("successor", problem));
    }
    Ok(Change::SucceedDepartment { department, successor, basis: asked.basis })
}
