//! The same reader reads cases, their orders, and what was promised of the whole.

use anyhow::Context as _;
use contract::agency::agency_service_client::AgencyServiceClient;
use contract::agency::{
    Case, GetProcedureRequest, ListCaseHistoryRequest, ListCasesRequest, MandateSigned,
};
use contract::common::{WorkKind, WorkTime};
use contract::directory::ExplainDeadlineRequest;
use contract::directory::directory_service_client::DirectoryServiceClient;
use contract::dispatch::dispatch_service_client::DispatchServiceClient;
use contract::dispatch::{GetLeagueResponse, ListWorkOrdersRequest, WorkOrder};
use jiff::{Timestamp, civil};

use super::{Reader, facts, instant};
use crate::connection::Refused;

/// As much as a page may have.
const PAGE: i32 = 500;

impl Reader {
    /// Every case of the zone.
    pub(crate) async fn cases(&self) -> anyhow::Result<Vec<Case>> {
        let mut client = AgencyServiceClient::new(self.connection.channel());
        let mut wanted = ListCasesRequest { page_size: PAGE, ..<_>::default() };
        let mut cases = Vec::new();
        loop {
            let answer = client.list_cases(self.connection.request(wanted.clone())).await;
            let mut page = answer.map_err(Refused::from)?.into_inner();
            cases.append(&mut page.cases);
            wanted.page_token = page.next_page_token;
            if wanted.page_token.is_empty() {
                return Ok(cases);
            }
        }
    }

    /// When the first mandate of a case was signed.
    pub(crate) async fn mandated(&self, case: &str) -> anyhow::Result<Option<Timestamp>> {
        let case = case.to_owned();
        let wanted = ListCaseHistoryRequest { case, page_size: PAGE, ..<_>::default() };
        let mut client = AgencyServiceClient::new(self.connection.channel());
        let answer = client.list_case_history(self.connection.request(wanted)).await;
        let history = answer.map_err(Refused::from)?.into_inner().entries;
        let signed = facts::<MandateSigned>(&history).next();
        instant(signed.and_then(|signed| signed.mandate).and_then(|mandate| mandate.signed_time))
    }

    /// Every order of the zone that another service decides.
    pub(crate) async fn decisions(&self) -> anyhow::Result<Vec<WorkOrder>> {
        let mut client = DispatchServiceClient::new(self.connection.channel());
        let kind = WorkKind::Decision.into();
        let mut wanted = ListWorkOrdersRequest { kind, page_size: PAGE, ..<_>::default() };
        let mut orders = Vec::new();
        loop {
            let answer = client.list_work_orders(self.connection.request(wanted.clone())).await;
            let mut page = answer.map_err(Refused::from)?.into_inner();
            orders.append(&mut page.work_orders);
            wanted.page_token = page.next_page_token;
            if wanted.page_token.is_empty() {
                return Ok(orders);
            }
        }
    }

    /// What dispatch says of decision work, whenever it was due: what was done by the book's last day
    /// may be due after it.
    pub(crate) async fn decision_league(
        &self,
        as_of: civil::Date,
    ) -> anyhow::Result<GetLeagueResponse> {
        let year = |month, day| civil::Date::new(as_of.year(), month, day);
        self.league(WorkKind::Decision, year(1, 1)?, year(12, 31)?).await
    }

    /// What a procedure promises of its whole.
    pub(crate) async fn promised(&self, procedure: &str) -> anyhow::Result<WorkTime> {
        let wanted = GetProcedureRequest { procedure: procedure.to_owned(), version: 0 };
        let mut client = AgencyServiceClient::new(self.connection.channel());
        let answer = client.get_procedure(self.connection.request(wanted)).await;
        let found = answer.map_err(Refused::from)?.into_inner().procedure;
        found.and_then(|found| found.promised).context("没有承诺时限（nothing is promised）")
    }

    /// When a limit ends, by the zone's own reckoning.
    pub(crate) async fn due(
        &self,
        start: prost_types::Timestamp,
        limit: WorkTime,
    ) -> anyhow::Result<Timestamp> {
        let wanted = ExplainDeadlineRequest {
            start_time: Some(start),
            limit: Some(limit),
            ..ExplainDeadlineRequest::default()
        };
        let mut client = DirectoryServiceClient::new(self.connection.channel());
        let answer = client.explain_deadline(self.connection.request(wanted)).await;
        let due = answer.map_err(Refused::from)?.into_inner().due;
        instant(due.and_then(|due| due.time))?.context("没有期限（no due instant）")
    }
}
