//! Reading applications: who asks sees what they may.

use base::{ApplicationId, EnterpriseId, PolicyId, Role};
use contract::subsidy::{
    GetApplicationRequest, ListApplicationHistoryRequest, ListApplicationHistoryResponse,
    ListApplicationsRequest, ListApplicationsResponse,
};
use runtime::watching::entry_of;
use runtime::{Problem, Refusal};

use super::applying::is_envoy_of;
use super::{Api, Asking};
use crate::error::{ApplicationError, Error};
use crate::lifecycle::application::{Application, State};
use crate::store::applications::{self, ApplicationFilter, Cursor, SeenBy};
use crate::wire;
use crate::wire::application::id_from;

/// What services tell one another: whoever is outside does not see it.
const BETWEEN_SERVICES: &str = "whistle.common.v1.";
/// What stays inside: where the work stands, who is told of a limit, what is noted of checks.
const INSIDE: &[&str] = &[
    "ApplicationProgressed",
    "ApplicationLimitMissed",
    "ApplicationDeclined",
    "ApplicationRedirected",
    "ApplicationDepartmentSucceeded",
    "ApplicationHeardLate",
    "ApplicationSampled",
    "SplittingSeen",
    "RecordRead",
];

impl Api {
    /// An application as it is now, if the caller may know of it.
    pub(super) async fn seen_application(
        &self,
        asking: &Asking,
        id: &ApplicationId,
    ) -> Result<Application, Error> {
        let found = applications::find_application(self.house.known.read(), id).await?;
        self.if_seen(asking, found, &id.to_string()).await
    }

    /// The application that is asked for in one of two ways.
    pub(super) async fn find(
        &self,
        asking: &Asking,
        asked: &GetApplicationRequest,
    ) -> Result<Application, Error> {
        match (asked.application.as_str(), asked.number.as_str()) {
            (name, "") if !name.is_empty() => self.seen_application(asking, &id_from(name)?).await,
            ("", number) if !number.is_empty() => {
                let found = applications::find_by_number(self.house.known.read(), number).await?;
                self.if_seen(asking, found, number).await
            }
            _ => {
                let problem = Problem::other(
                    "or `number`, one of them, must be given",
                    "与编号须且只须填写一项",
                );
                Err(Refusal::field("application", problem).into())
            }
        }
    }

    async fn if_seen(
        &self,
        asking: &Asking,
        found: Option<Application>,
        name: &str,
    ) -> Result<Application, Error> {
        if let Some(kept) = found {
            let enterprise = &kept.opening.enterprise;
            if asking.by.sees(&kept) || self.looks_after(asking, enterprise).await? {
                return Ok(kept);
            }
        }
        Err(ApplicationError::NotFound { application: name.to_owned() }.into())
    }

    /// Whether the caller is the envoy of an enterprise.
    async fn looks_after(&self, asking: &Asking, enterprise: &EnterpriseId) -> Result<bool, Error> {
        if !asking.by.person.is(Role::Envoy) {
            return Ok(false);
        }
        let known = &self.house.known;
        let found = known.enterprise(known.read(), enterprise).await?;
        Ok(found.is_some_and(|enterprise| is_envoy_of(&asking.by, &enterprise)))
    }

    /// One page of applications.
    pub(super) async fn list_of_applications(
        &self,
        asking: &Asking,
        asked: &ListApplicationsRequest,
    ) -> Result<ListApplicationsResponse, Error> {
        let page = self.house.pages.page::<_, Cursor>(&asking.call.method, asked)?;
        let enterprise = (!asked.enterprise.is_empty())
            .then(|| EnterpriseId::parse(&asked.enterprise))
            .transpose()
            .map_err(|error| Refusal::name("enterprise", &error))?;
        let policy = (!asked.policy.is_empty())
            .then(|| PolicyId::parse(&asked.policy))
            .transpose()
            .map_err(|error| Refusal::name("policy", &error))?;
        let state = wire::application::state_from(asked.state());
        let seen_by = self.own_of(asking, enterprise.as_ref()).await?;
        let filter = ApplicationFilter { policy, enterprise, state, seen_by };
        let read = self.house.known.read();
        let rows =
            applications::list_applications(read, &filter, page.after.as_ref(), page.limit());
        let rows = rows.await?;
        let in_queue = state == Some(State::Queued);
        let (rows, next_page_token) = self.house.pages.cut(&page, rows, |kept| {
            let at = kept.queued_at.filter(|_| in_queue).unwrap_or(kept.opened_at);
            (at.as_microsecond(), kept.id.to_string())
        })?;
        let applications = rows.iter().map(|kept| self.shown_application(asking, kept)).collect();
        Ok(ListApplicationsResponse { applications, next_page_token })
    }

    /// What makes an application one that the caller may know of; none for who sees all.
    async fn own_of(
        &self,
        asking: &Asking,
        asked_for: Option<&EnterpriseId>,
    ) -> Result<Option<SeenBy>, Error> {
        if asking.by.sees_all() {
            return Ok(None);
        }
        let person = &asking.by.person;
        let mut enterprises = Vec::new();
        if person.is(Role::Enterprise) {
            enterprises.extend(person.enterprise.clone());
        }
        if let Some(enterprise) = asked_for
            && self.looks_after(asking, enterprise).await?
        {
            enterprises.push(enterprise.clone());
        }
        let inside = [Role::Staff, Role::Lead, Role::Reviewer, Role::SecondReviewer];
        let works = inside.iter().any(|role| person.is(*role));
        let department = person.department.clone().filter(|_| works);
        Ok(Some(SeenBy { enterprises, department }))
    }

    /// One page of everything that happened to an application.
    pub(super) async fn history(
        &self,
        asking: &Asking,
        asked: &ListApplicationHistoryRequest,
    ) -> Result<ListApplicationHistoryResponse, Error> {
        let page = self.house.pages.page::<_, i64>(&asking.call.method, asked)?;
        let kept = self.seen_application(asking, &id_from(&asked.application)?).await?;
        let after = page.after.unwrap_or(0);
        let entries = self.house.journal.history(&asked.application, after, page.limit()).await?;
        let (entries, next_page_token) =
            self.house.pages.cut(&page, entries, |entry| entry.position)?;
        let inside = asking.by.is_inside(&kept);
        let mut shown = Vec::with_capacity(entries.len());
        for entry in &entries {
            let mut heard = entry.heard()?;
            let kind = heard.kind.rsplit('.').next().unwrap_or_default();
            let hidden = heard.kind.starts_with(BETWEEN_SERVICES) || INSIDE.contains(&kind);
            if !inside {
                if hidden {
                    continue;
                }
                if heard.actor != asking.by.actor.to_string() {
                    heard.actor.clear();
                }
            }
            shown.push(entry_of(heard));
        }
        Ok(ListApplicationHistoryResponse { entries: shown, next_page_token })
    }
}
