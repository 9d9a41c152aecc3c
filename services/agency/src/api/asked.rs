//! What each request asks of a case, or of one of its items, in the words of the rules.

use std::collections::{BTreeMap, BTreeSet};

use base::{CaseId, DepartmentId, ItemId, MaterialId, PersonId};
use contract::agency::{
    AcceptItemRequest, ArchiveCaseRequest, ConvertItemRequest, CorrectItemRequest,
    DeliverResultsRequest, FollowUpCaseRequest, Grant, HandOverCaseRequest, IssueItemRequest,
    NotAcceptItemRequest, PreIssueItemRequest, PromiseMaterialRequest, ReapplyItemRequest,
    RecheckItemRequest, RecordLandAcquiredRequest, RedirectItemRequest, RefuseItemRequest,
    ResumeCaseRequest, RevokeMandateRequest, SignCommitmentRequest, SignMandateRequest,
    StartCaseRequest, SubmitItemRequest, SupplyCorrectionRequest, SuspendCaseRequest,
    TerminateCaseRequest, VoidItemRequest, WithdrawItemRequest,
};
use jiff::Timestamp;
use prost_types::Timestamp as WireTime;
use runtime::objects::sha256_of;
use runtime::wire::time_from;
use runtime::{Problem, Refusal};

use crate::lifecycle::{CaseAsk, Command, ItemAsk, Scope, Viewer};
use crate::wire;

/// A request that asks something of a case.
pub(super) trait Asks: Send + 'static {
    /// Of which case, and what.
    fn read(self, by: Viewer) -> Result<(CaseId, Command), Refusal>;
}

/// Requests that ask something of a case as a whole.
macro_rules! of_case {
    ($($request:ident => |$asked:ident| $ask:expr;)*) => {$(
        impl Asks for $request {
            fn read(self, by: Viewer) -> Result<(CaseId, Command), Refusal> {
                let $asked = self;
                let id = CaseId::parse(&$asked.case);
                let id = id.map_err(|error| Refusal::name("case", &error))?;
                let ask = $ask;
                Ok((id, Command::Case { by, ask }))
            }
        }
    )*};
}

/// Requests that ask something of one item.
macro_rules! of_item {
    ($($request:ident => |$asked:ident| $ask:expr;)*) => {$(
        impl Asks for $request {
            fn read(self, by: Viewer) -> Result<(CaseId, Command), Refusal> {
                let $asked = self;
                let (id, item) = wire::item_from(&$asked.item)?;
                let ask = $ask;
                Ok((id, Command::Item { by, item, ask }))
            }
        }
    )*};
}

of_case! {
    SignMandateRequest => |asked| CaseAsk::SignMandate {
        scope: scope(&asked.scope)?,
        document_sha256: sha256("document_sha256", &asked.document_sha256)?,
        may_pass_on: asked.may_pass_on,
        expires_at: instant("expires_time", asked.expires_time.as_ref())?,
    };
    RevokeMandateRequest => |asked| CaseAsk::RevokeMandate { reason: asked.reason };
    PromiseMaterialRequest => |asked| CaseAsk::PromiseMaterial {
        material: material("material", &asked.material)?,
        until: instant("until_time", asked.until_time.as_ref())?,
    };
    StartCaseRequest => |asked| CaseAsk::Start;
    SignCommitmentRequest => |asked| CaseAsk::SignCommitment {
        letter_sha256: sha256("letter_sha256", &asked.letter_sha256)?,
        land_until: instant("land_until_time", asked.land_until_time.as_ref())?,
        traits: wire::traits_from("traits", &asked.traits)?,
        credit_clean: asked.credit_clean,
        representative: asked.representative,
    };
    RecordLandAcquiredRequest => |asked| CaseAsk::RecordLandAcquired;
    SuspendCaseRequest => |asked| CaseAsk::Suspend { reason: asked.reason };
    ResumeCaseRequest => |asked| CaseAsk::Resume;
    HandOverCaseRequest => |asked| CaseAsk::HandOver {
        to: PersonId::parse(&asked.agent).map_err(|error| Refusal::name("agent", &error))?,
        reason: asked.reason,
    };
    TerminateCaseRequest => |asked| CaseAsk::Terminate { reason: asked.reason };
    DeliverResultsRequest => |asked| CaseAsk::Deliver;
    FollowUpCaseRequest => |asked| CaseAsk::FollowUp { note: asked.note };
    ArchiveCaseRequest => |asked| CaseAsk::Archive;
}

of_item! {
    SubmitItemRequest => |asked| ItemAsk::Submit;
    CorrectItemRequest => |asked| ItemAsk::Correct {
        materials: materials(&asked.materials)?,
        text: asked.text,
    };
    SupplyCorrectionRequest => |asked| ItemAsk::Supply;
    AcceptItemRequest => |asked| ItemAsk::Accept;
    NotAcceptItemRequest => |asked| ItemAsk::NotAccept {
        reason: asked.reason,
        remedy: asked.remedy,
    };
    PreIssueItemRequest => |asked| ItemAsk::PreIssue { opinion: asked.opinion };
    ConvertItemRequest => |asked| ItemAsk::Convert { certificate: asked.certificate };
    IssueItemRequest => |asked| ItemAsk::Issue { certificate: asked.certificate };
    RefuseItemRequest => |asked| ItemAsk::Refuse { reason: asked.reason, remedy: asked.remedy };
    VoidItemRequest => |asked| ItemAsk::Void { reason: asked.reason };
    RecheckItemRequest => |asked| ItemAsk::Recheck {
        upheld: asked.upheld,
        reason: asked.reason,
    };
    ReapplyItemRequest => |asked| ItemAsk::Reapply { reason: asked.reason };
    RedirectItemRequest => |asked| ItemAsk::Redirect {
        to: DepartmentId::parse(&asked.department)
            .map_err(|error| Refusal::name("department", &error))?,
        reason: asked.reason,
    };
    WithdrawItemRequest => |asked| ItemAsk::Withdraw { reason: asked.reason };
}

/// Reads the name of a material.
pub(super) fn material(field: &str, name: &str) -> Result<MaterialId, Refusal> {
    MaterialId::parse(name).map_err(|error| Refusal::name(field, &error))
}

fn materials(names: &[String]) -> Result<BTreeSet<MaterialId>, Refusal> {
    let named = names.iter().enumerate();
    named.map(|(at, name)| material(&format!("materials[{at}]"), name)).collect()
}

/// What a mandate covers; an item that stands there twice has the acts of both.
fn scope(grants: &[Grant]) -> Result<Scope, Refusal> {
    let mut scope: Scope = BTreeMap::new();
    for (at, grant) in grants.iter().enumerate() {
        let item = ItemId::parse(&grant.item);
        let item = item.map_err(|error| Refusal::name(format!("scope[{at}].item"), &error))?;
        let acts = scope.entry(item).or_default();
        for act in grant.acts() {
            let unsaid = || Refusal::field(format!("scope[{at}].acts"), Problem::Required);
            acts.insert(wire::act_from(act).ok_or_else(unsaid)?);
        }
    }
    Ok(scope)
}

/// A SHA-256 as it is kept: 64 hex digits, small.
fn sha256(field: &str, text: &str) -> Result<String, Refusal> {
    sha256_of(field, text).map(|_| text.to_ascii_lowercase())
}

fn instant(field: &str, at: Option<&WireTime>) -> Result<Timestamp, Refusal> {
    time_from(field, at)?.ok_or_else(|| Refusal::field(field, Problem::Required))
}
