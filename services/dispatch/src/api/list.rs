//! Orders one by one and in lists, what waits where, and the league.

use base::{DepartmentId, Person, WorkOrderId};
use contract::common::Date as WireDate;
use contract::dispatch::{
    GetLeagueRequest, GetLeagueResponse, GetWorkOrderRequest, GetWorkOrderResponse,
    GetWorkloadResponse, ListWorkOrdersRequest, ListWorkOrdersResponse,
};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan as _};
use runtime::wire::{date_from, time_from};
use runtime::{Call, Problem, Refusal};

use super::Api;
use super::asking::id;
use crate::error::Error;
use crate::league::Count;
use crate::lifecycle::{LIMITS, State, WorkOrder, limits, sight};
use crate::store::{self, Cursor, Filter, Period, Standpoint};
use crate::wire;

/// The longest period of a league, in years.
const PERIOD_YEARS_MAX: i32 = 5;
/// So many orders of a league are held at once.
const LEAGUE_PAGE: u32 = 1_000;
/// So many precedents are shown.
const PRECEDENTS_MAX: i64 = 5;

impl Api {
    /// An order, if somebody may know of it.
    pub(super) async fn get(&self, by: &Person, id: &WorkOrderId) -> Result<WorkOrder, Error> {
        let found = store::find_work_order(self.house.known.read(), id).await;
        let found = found.map_err(Refusal::from)?.filter(|order| sight::sees(order, by));
        found.ok_or(Error::WorkOrderNotFound)
    }

    /// An order as it is shown; who has to find a department for it sees how others were routed.
    pub(super) async fn show(
        &self,
        call: &Call,
        asked: &GetWorkOrderRequest,
    ) -> Result<GetWorkOrderResponse, Error> {
        let order = self.get(&call.person, &id("work_order", &asked.work_order)?).await?;
        let mut precedents = Vec::new();
        if matches!(order.state, State::Unrouted | State::Escalated) {
            let read = self.house.known.read();
            let kept = store::list_precedents(read, &order.category, PRECEDENTS_MAX).await;
            precedents = kept.map_err(Refusal::from)?;
        }
        Ok(GetWorkOrderResponse {
            work_order: Some(wire::work_order(&order)),
            precedents: precedents.iter().filter_map(wire::precedent).collect(),
        })
    }

    /// What waits at each department: of all to who sees all, else at the own one.
    pub(super) async fn workload(&self, call: &Call) -> Result<GetWorkloadResponse, Error> {
        let own = call.person.department.as_ref().filter(|_| !sight::sees_all(&call.person));
        if own.is_none() && !sight::sees_all(&call.person) {
            return Ok(GetWorkloadResponse::default());
        }
        let read = self.house.known.read();
        let calendar = self.house.known.calendar(read).await?;
        let now = self.house.journal.sources().clock.now();
        let tomorrow = calendar.zone().to_datetime(now).date().tomorrow();
        let midnight = tomorrow
            .ok()
            .and_then(|date| calendar.zone().to_timestamp(date.to_datetime(Time::midnight())).ok());
        let until = midnight.unwrap_or(Timestamp::MAX);
        let workloads = store::list_workloads(read, own, (now, until)).await;
        let workloads = workloads.map_err(Refusal::from)?;
        Ok(GetWorkloadResponse { workloads: workloads.iter().map(wire::workload).collect() })
    }

    /// One page of the orders that the caller may know of.
    pub(super) async fn list(
        &self,
        call: &Call,
        asked: &ListWorkOrdersRequest,
    ) -> Result<ListWorkOrdersResponse, Error> {
        let page = self.house.pages.page::<_, Cursor>(&call.method, asked)?;
        let department =
            (!asked.department.is_empty()).then(|| DepartmentId::parse(&asked.department));
        let department = department.transpose();
        let filter = Filter {
            department: department.map_err(|error| Refusal::name("department", &error))?,
            state: wire::state_from(asked.state()),
            kind: wire::work_kind_from(asked.kind()),
            source: Some(asked.source.clone()).filter(|source| !source.is_empty()),
            due_before: time_from("due_before_time", asked.due_before_time.as_ref())?,
            open_only: asked.open_only,
        };
        let (read, after) = (self.house.known.read(), page.after.as_ref());
        let rows = store::list_work_orders(read, &call.person, &filter, after, page.limit()).await;
        let (rows, next_page_token) =
            self.house.pages.cut(&page, rows.map_err(Refusal::from)?, |order| {
                store::place_of(&call.person, order)
            })?;
        let work_orders = rows.iter().map(wire::work_order).collect();
        Ok(ListWorkOrdersResponse { work_orders, next_page_token })
    }

    /// The league of a period, counted now.
    pub(super) async fn league(
        &self,
        asked: &GetLeagueRequest,
    ) -> Result<GetLeagueResponse, Error> {
        let first = date("from_date", asked.from_date.as_ref())?;
        let last = date("to_date", asked.to_date.as_ref())?;
        let bound =
            first.checked_add(PERIOD_YEARS_MAX.years()).map_err(|_| Error::PeriodInvalid)?;
        if last < first || bound < last {
            return Err(Error::PeriodInvalid);
        }
        let read = self.house.known.read();
        let calendar = self.house.known.calendar(read).await?;
        let midnight = |date: Date| {
            let instant = calendar.zone().to_timestamp(date.to_datetime(Time::midnight()));
            instant.unwrap_or(Timestamp::MAX)
        };
        let until = last.tomorrow().map_or(Timestamp::MAX, midnight);
        let now = self.house.journal.sources().clock.now();
        let kind = wire::work_kind_from(asked.kind());
        let first_round = asked.first_round;
        let period = Period { from: midnight(first), until, first_round, kind };
        let closes_by = |promised| limits::after(promised, LIMITS.zone_closes_within, &calendar);
        let standpoint = Standpoint { now, closes_by: &closes_by };
        let (mut count, mut after) = (Count::default(), None);
        loop {
            let page = (after.as_ref(), LEAGUE_PAGE);
            let page = store::list_league_entries(read, period, page, &standpoint).await;
            let (entries, next) = page.map_err(Refusal::from)?;
            entries.into_iter().for_each(|entry| count.add(entry));
            after = next;
            if after.is_none() {
                break;
            }
        }
        let league = count.league();
        let row = |(department, figures): &(DepartmentId, _)| {
            wire::league_row(department.to_string(), figures)
        };
        Ok(GetLeagueResponse {
            rows: league.rows.iter().map(row).collect(),
            zone: Some(wire::zone_row(&league.zone)),
        })
    }
}

fn date(field: &'static str, date: Option<&WireDate>) -> Result<Date, Refusal> {
    let problem = || Problem::other("is not a day", "不是有效日期，请填写实际存在的年、月、日");
    date.and_then(date_from).ok_or_else(|| Refusal::field(field, problem()))
}
