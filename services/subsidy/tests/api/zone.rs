//! The zone of the tests: who there is, a policy, and hands for calls.

use anyhow::{Context as _, Result};
use contract::common::Role;
use contract::common::fact_value::Kind;
use contract::directory::{
    Department, DepartmentChanged, Enterprise, EnterpriseFact, EnterpriseRegistered, Staff,
    StaffChanged,
};
use contract::subsidy::application_service_client::ApplicationServiceClient;
use contract::subsidy::disbursement_service_client::DisbursementServiceClient;
use contract::subsidy::policy_service_client::PolicyServiceClient;
use contract::subsidy::{
    AcceptApplicationRequest, Application, ApplyRequest, Batch, CreateBatchRequest, Disbursement,
    DraftPolicyRequest, FilePolicyRequest, GetApplicationRequest, GetBatchRequest,
    GetDisbursementRequest, GetPolicyRequest, OpenPolicyRequest, Policy, PolicyVersion,
    PublishPolicyRequest, ReviewApplicationRequest, SecondReviewApplicationRequest,
};
use journal::Telling;
use prost::{Message, Name};
use testkit::{Caller, Size, World};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

pub(crate) use crate::terms::{account, criterion, policy, stated, value};

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";
pub(crate) const OURS: &str = "enterprises/91369901MA511A878Y";
pub(crate) const THEIRS: &str = "enterprises/91369901MAN4CRMB1R";
pub(crate) const OUR_TITLE: &str = "示范市岳舟能源设备有限公司";
pub(crate) const POLICY: &str = "policies/P05";
pub(crate) const BUDGET: &str = "budgets/P05-2026-D04";
/// The number of our account.
pub(crate) const NUMBER: &str = "6999720717678258338";

/// The people of the zone: code, department, roles.
const PEOPLE: &[(&str, &str, &[Role])] = &[
    ("dispatcher", "departments/D01", &[Role::Dispatcher]),
    ("lead", "departments/D02", &[Role::Lead]),
    ("checker", "departments/D02", &[Role::Staff]),
    ("reviewer", "departments/D02", &[Role::Reviewer]),
    ("both", "departments/D02", &[Role::Reviewer, Role::Staff]),
    ("elsewhere", "departments/D03", &[Role::Staff, Role::Reviewer, Role::Lead]),
    ("second", "departments/D04", &[Role::SecondReviewer]),
    ("finance-maker", "departments/D04", &[Role::FinanceMaker]),
    ("finance-checker", "departments/D04", &[Role::FinanceChecker]),
    ("zone-leader", "", &[Role::ZoneLeader]),
    ("envoy", "", &[Role::Envoy]),
    ("auditor", "", &[Role::Auditor]),
    ("admin", "", &[Role::Admin]),
];

/// A world with subsidy alone; the directory and dispatch are stood in for.
pub(crate) struct Zone {
    pub(crate) world: World,
}

impl Zone {
    pub(crate) async fn start(size: Size) -> Result<Zone> {
        let zone = Zone { world: World::start(size, &[subsidy::SERVICE], DAY_ONE).await? };
        zone.payers()?;
        for (name, title, handler) in [
            (OURS, OUR_TITLE, "persons/handler"),
            (THEIRS, "示范市另一家有限公司", "persons/other-handler"),
        ] {
            zone.enterprise(enterprise(name, title, handler, "正常")).await?;
        }
        for code in ["D01", "D02", "D03", "D04"] {
            let name = format!("departments/{code}");
            let told = Department { name: name.clone(), ..Department::default() };
            zone.know(&name, &DepartmentChanged { department: Some(told) }).await?;
        }
        for (code, department, roles) in PEOPLE {
            let staff = Staff {
                name: format!("persons/{code}"),
                title: (*code).to_owned(),
                department: (*department).to_owned(),
                roles: roles.iter().map(|role| (*role).into()).collect(),
                active: true,
                ..Staff::default()
            };
            let name = staff.name.clone();
            zone.know(&name, &StaffChanged { staff: Some(staff) }).await?;
        }
        zone.world.settle().await?;
        Ok(zone)
    }

    /// Says from which account the zone pays.
    fn payers(&self) -> Result<()> {
        let folder = self.world.folder().join("bank");
        std::fs::create_dir_all(&folder)?;
        let text = "[[payers]]\ndepartment = \"departments/D04\"\nname = \"示范经开区财政局\"\n\
                    account = \"3600000000000001\"\nbank = \"102999000009\"\n";
        Ok(std::fs::write(folder.join("payers.toml"), text)?)
    }

    /// The directory tells of an enterprise.
    pub(crate) async fn enterprise(&self, enterprise: Enterprise) -> Result<()> {
        let name = enterprise.name.clone();
        self.know(&name, &EnterpriseRegistered { enterprise: Some(enterprise) }).await
    }

    /// The directory tells a fact.
    pub(crate) async fn know<M: Message + Name>(&self, subject: &str, fact: &M) -> Result<()> {
        let told = Telling::new(subject, subject, fact);
        self.world.tell("directory", told, "persons/admin").await?;
        // What another service tells next must not be heard before it.
        self.world.settle().await
    }

    /// The facts of a kind that subsidy told.
    pub(crate) async fn facts<M: Message + Name + Default>(&self) -> Result<Vec<M>> {
        let entries = self.world.house("subsidy").journal.entries(0, 10_000).await?;
        let of_kind = entries.iter().filter(|entry| entry.kind == M::full_name());
        of_kind.map(|entry| Ok(entry.heard()?.decode()?)).collect()
    }

    fn caller(&self, code: &str) -> Caller {
        self.world.caller(&format!("persons/{code}"))
    }

    /// A person's hand on policies.
    pub(crate) fn policies(&self, code: &str) -> PolicyServiceClient<Caller> {
        PolicyServiceClient::new(self.caller(code))
    }

    /// A person's hand on applications.
    pub(crate) fn applications(&self, code: &str) -> ApplicationServiceClient<Caller> {
        ApplicationServiceClient::new(self.caller(code))
    }

    /// A person's hand on payments.
    pub(crate) fn payments(&self, code: &str) -> DisbursementServiceClient<Caller> {
        DisbursementServiceClient::new(self.caller(code))
    }

    pub(crate) fn id(&self) -> String {
        self.world.request_id()
    }

    pub(crate) fn draft(&self, version: PolicyVersion) -> DraftPolicyRequest {
        DraftPolicyRequest {
            policy: POLICY.to_owned(),
            version: Some(version),
            request_id: self.id(),
            ..DraftPolicyRequest::default()
        }
    }

    pub(crate) async fn drafted(&self, version: PolicyVersion) -> Result<Policy> {
        let response = self.policies("lead").draft_policy(self.draft(version)).await?;
        response.into_inner().policy.context("a policy")
    }

    pub(crate) async fn filed(&self, version: PolicyVersion) -> Result<Policy> {
        let policy = self.drafted(version).await?;
        let asked = FilePolicyRequest {
            policy: POLICY.to_owned(),
            etag: policy.etag,
            request_id: self.id(),
            ..FilePolicyRequest::default()
        };
        let response = self.policies("lead").file_policy(asked).await?;
        response.into_inner().policy.context("a policy")
    }

    pub(crate) async fn published(&self, version: PolicyVersion) -> Result<Policy> {
        let policy = self.filed(version).await?;
        let asked = PublishPolicyRequest {
            policy: POLICY.to_owned(),
            etag: policy.etag,
            request_id: self.id(),
            ..PublishPolicyRequest::default()
        };
        let response = self.policies("lead").publish_policy(asked).await?;
        response.into_inner().policy.context("a policy")
    }

    pub(crate) async fn opened(&self, version: PolicyVersion) -> Result<Policy> {
        let policy = self.published(version).await?;
        let asked = OpenPolicyRequest {
            policy: POLICY.to_owned(),
            etag: policy.etag,
            request_id: self.id(),
            ..OpenPolicyRequest::default()
        };
        let response = self.policies("lead").open_policy(asked).await?;
        response.into_inner().policy.context("a policy")
    }

    /// The policy as the auditor sees it.
    pub(crate) async fn policy(&self) -> Result<Policy> {
        let asked = GetPolicyRequest { policy: POLICY.to_owned(), version: 0 };
        let response = self.policies("auditor").get_policy(asked).await?;
        response.into_inner().policy.context("a policy")
    }

    pub(crate) fn application(&self, interest_fen: i64) -> ApplyRequest {
        ApplyRequest {
            enterprise: OURS.to_owned(),
            policy: POLICY.to_owned(),
            claim: vec![stated("interest_fen", Kind::Number(interest_fen))],
            documents: Vec::new(),
            payee: Some(account(OUR_TITLE, NUMBER)),
            request_id: self.id(),
            ..ApplyRequest::default()
        }
    }

    pub(crate) async fn applied(&self, interest_fen: i64) -> Result<Application> {
        let asked = self.application(interest_fen);
        let response = self.applications("handler").apply(asked).await?;
        response.into_inner().application.context("an application")
    }

    pub(crate) fn accept(&self, kept: &Application) -> AcceptApplicationRequest {
        AcceptApplicationRequest {
            application: kept.name.clone(),
            etag: kept.etag.clone(),
            request_id: self.id(),
            ..AcceptApplicationRequest::default()
        }
    }

    pub(crate) async fn accepted(&self, interest_fen: i64) -> Result<Application> {
        let kept = self.applied(interest_fen).await?;
        let response = self.applications("checker").accept_application(self.accept(&kept)).await?;
        response.into_inner().application.context("an application")
    }

    pub(crate) fn review(&self, kept: &Application, amount_fen: i64) -> ReviewApplicationRequest {
        ReviewApplicationRequest {
            application: kept.name.clone(),
            amount_fen,
            opinion: "属实".to_owned(),
            etag: kept.etag.clone(),
            request_id: self.id(),
            ..ReviewApplicationRequest::default()
        }
    }

    pub(crate) async fn reviewed(&self, interest_fen: i64) -> Result<Application> {
        let kept = self.accepted(interest_fen).await?;
        let asked = self.review(&kept, kept.computed_fen);
        let response = self.applications("reviewer").review_application(asked).await?;
        response.into_inner().application.context("an application")
    }

    pub(crate) fn second(&self, kept: &Application) -> SecondReviewApplicationRequest {
        SecondReviewApplicationRequest {
            application: kept.name.clone(),
            opinion: "同意".to_owned(),
            etag: kept.etag.clone(),
            request_id: self.id(),
            ..SecondReviewApplicationRequest::default()
        }
    }

    /// An application that was approved by its second review.
    pub(crate) async fn approved(&self, interest_fen: i64) -> Result<Application> {
        let kept = self.reviewed(interest_fen).await?;
        let asked = self.second(&kept);
        let response = self.applications("second").second_review_application(asked).await?;
        response.into_inner().application.context("an application")
    }

    pub(crate) async fn batched(&self, disbursements: &[String]) -> Result<Batch> {
        let asked = CreateBatchRequest {
            disbursements: disbursements.to_vec(),
            request_id: self.id(),
            ..CreateBatchRequest::default()
        };
        let response = self.payments("finance-maker").create_batch(asked).await?;
        response.into_inner().batch.context("a batch")
    }

    /// The application as the auditor sees it.
    pub(crate) async fn see(&self, kept: &Application) -> Result<Application> {
        let asked = get(&kept.name);
        let response = self.applications("auditor").get_application(asked).await?;
        response.into_inner().application.context("an application")
    }

    /// The batch as the auditor sees it.
    pub(crate) async fn see_batch(&self, batch: &Batch) -> Result<Batch> {
        let asked = GetBatchRequest { batch: batch.name.clone() };
        let response = self.payments("auditor").get_batch(asked).await?;
        response.into_inner().batch.context("a batch")
    }

    /// A disbursement as the auditor sees it.
    pub(crate) async fn see_paid(&self, name: &str) -> Result<Disbursement> {
        let asked = GetDisbursementRequest { disbursement: name.to_owned(), reveal_account: false };
        let response = self.payments("auditor").get_disbursement(asked).await?;
        response.into_inner().disbursement.context("a disbursement")
    }
}

pub(crate) fn get(name: &str) -> GetApplicationRequest {
    GetApplicationRequest { application: name.to_owned(), ..GetApplicationRequest::default() }
}

pub(crate) fn enterprise(name: &str, title: &str, handler: &str, credit: &str) -> Enterprise {
    Enterprise {
        name: name.to_owned(),
        title: title.to_owned(),
        industry: "新能源".to_owned(),
        size: "小型".to_owned(),
        envoy: "persons/envoy".to_owned(),
        handlers: vec![handler.to_owned()],
        facts: vec![EnterpriseFact {
            name: "credit_status".to_owned(),
            value: value(Kind::Text(credit.to_owned())),
            source: "信用平台".to_owned(),
        }],
        ..Enterprise::default()
    }
}

/// Asserts how a call is refused.
macro_rules! refused {
    ($call:expr, $code:expr, $reason:expr) => {{
        let status = $call.await.expect_err("it is refused");
        assert_eq!(crate::zone::refusal(&status), ($code, $reason.to_owned()), "{status:?}");
        status
    }};
}
pub(crate) use refused;

/// The code, domain and reason of a refusal.
pub(crate) fn refusal(status: &Status) -> (Code, String) {
    let details = status.get_error_details();
    let info = details.error_info().map(|info| format!("{} {}", info.domain, info.reason));
    (status.code(), info.unwrap_or_default())
}

/// A value that a refusal tells beside its reason.
pub(crate) fn metadata_of(status: &Status, key: &str) -> String {
    let details = status.get_error_details();
    let value = details.error_info().and_then(|info| info.metadata.get(key).cloned());
    value.unwrap_or_default()
}
