//! Reading cases: who asks sees what they may, and when it will be finished.

use base::{CaseId, DepartmentId, EnterpriseId, ItemId, NameError, PersonId};
use calendar::{Calendar, Moment};
use contract::agency::{
    ForecastCaseRequest, ForecastCaseResponse, GetCaseRequest, ListCasesRequest, ListCasesResponse,
};
use runtime::wire::work_time_from;
use runtime::{Problem, Refusal};

use super::{Api, Asking};
use crate::error::Error;
use crate::lifecycle::{Case, Viewer, WhatIf, clocks, forecast};
use crate::store::{self, Cursor, Filter};
use crate::wire;

impl Api {
    /// A case as it is now, if the caller may know of it.
    pub(super) async fn seen(&self, by: &Viewer, id: &CaseId) -> Result<Case, Error> {
        let case = store::find_case(self.house.known.read(), id).await;
        let case = case.map_err(Refusal::from)?.filter(|case| by.sees(case));
        case.ok_or_else(|| Error::CaseNotFound { case: id.to_string() })
    }

    /// The case that is asked for in one of two ways, if the caller may know of it.
    pub(super) async fn find(&self, by: &Viewer, asked: &GetCaseRequest) -> Result<Case, Error> {
        match (asked.case.as_str(), asked.number.as_str()) {
            (name, "") if !name.is_empty() => self.seen(by, &id(name)?).await,
            ("", number) if !number.is_empty() => {
                let found = store::find_by_number(self.house.known.read(), number).await;
                let found = found.map_err(Refusal::from)?.filter(|case| by.sees(case));
                found.ok_or_else(|| Error::CaseNotFound { case: number.to_owned() })
            }
            _ => {
                let problem = Problem::other(
                    "or `number`, one of them, must be given",
                    "与编号须且只须填写一项",
                );
                Err(Refusal::field("case", problem).into())
            }
        }
    }

    /// One page of cases.
    pub(super) async fn list(
        &self,
        asking: &Asking,
        asked: &ListCasesRequest,
    ) -> Result<ListCasesResponse, Error> {
        let page = self.house.pages.page::<_, Cursor>(&asking.call.method, asked)?;
        let filter = Filter {
            state: wire::state_from(asked.state()),
            enterprise: named("enterprise", &asked.enterprise, EnterpriseId::parse)?,
            agent: named("agent", &asked.agent, PersonId::parse)?,
            department: named("department", &asked.department, DepartmentId::parse)?,
        };
        let (by, read) = (&asking.by, self.house.known.read());
        let rows = store::list_cases(read, by, &filter, page.after.as_ref(), page.limit()).await;
        let rows = rows.map_err(Refusal::from)?;
        let (rows, next_page_token) = self
            .house
            .pages
            .cut(&page, rows, |case| (case.opened_at.as_microsecond(), case.id.to_string()))?;
        let cases = rows.iter().map(|case| wire::case(case, by)).collect();
        Ok(ListCasesResponse { cases, next_page_token })
    }

    /// When a case will be finished, as things stand or if an item takes longer.
    pub(super) async fn forecast(
        &self,
        asking: &Asking,
        asked: &ForecastCaseRequest,
    ) -> Result<ForecastCaseResponse, Error> {
        let case = self.seen(&asking.by, &id(&asked.case)?).await?;
        let what_if = what_if(&case, asked)?;
        let calendar = self.house.known.calendar(self.house.known.read()).await?;
        let moment = self.moment(&calendar);
        let forecast = wire::forecast(&forecast(&case, what_if.as_ref(), moment));
        Ok(ForecastCaseResponse { forecast: Some(forecast) })
    }

    /// The two clocks of a case, as of now.
    pub(super) async fn clocks(&self, case: &Case) -> Result<contract::agency::Clocks, Error> {
        let calendar = self.house.known.calendar(self.house.known.read()).await?;
        Ok(wire::clocks(&clocks(case, self.moment(&calendar))))
    }

    fn moment<'a>(&self, calendar: &'a Calendar) -> Moment<'a> {
        Moment { now: self.house.journal.sources().clock.now(), calendar }
    }
}

fn what_if(case: &Case, asked: &ForecastCaseRequest) -> Result<Option<WhatIf>, Error> {
    if asked.longer_item.is_empty() {
        return Ok(None);
    }
    let item = ItemId::parse(&asked.longer_item);
    let item = item.map_err(|error| Refusal::name("longer_item", &error))?;
    if case.item(&item).is_none() {
        return Err(Error::ItemNotFound { item });
    }
    let longer = asked.longer.as_ref().and_then(work_time_from);
    let longer = longer.ok_or_else(|| Refusal::field("longer", Problem::Required))?;
    Ok(Some(WhatIf { item, longer }))
}

/// Reads a name, if there is one.
fn named<T>(
    field: &str,
    name: &str,
    parse: fn(&str) -> Result<T, NameError>,
) -> Result<Option<T>, Refusal> {
    let named = (!name.is_empty()).then(|| parse(name));
    named.transpose().map_err(|error| Refusal::name(field, &error))
}

/// Reads the name of a case.
pub(super) fn id(name: &str) -> Result<CaseId, Refusal> {
    CaseId::parse(name).map_err(|error| Refusal::name("case", &error))
}
