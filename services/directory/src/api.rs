//! The RPCs of the directory: read the message, do one thing, answer.

mod people;

use std::sync::Arc;

use base::{DepartmentId, EnterpriseId};
use contract::directory::directory_service_server::DirectoryService;
use contract::directory::{
    ConfirmGrantRequest, ConfirmGrantResponse, CreateDepartmentRequest, CreateDepartmentResponse,
    CreateEnterpriseRequest, CreateEnterpriseResponse, ExplainDeadlineRequest,
    ExplainDeadlineResponse, GetCalendarRequest, GetCalendarResponse, GetCatalogueRequest,
    GetCatalogueResponse, GetEnterpriseRequest, GetEnterpriseResponse, ImportEnterprisesRequest,
    ImportEnterprisesResponse, ListDepartmentsRequest, ListDepartmentsResponse,
    ListDeputiesRequest, ListDeputiesResponse, ListEnterprisesRequest, ListEnterprisesResponse,
    ListGrantsRequest, ListGrantsResponse, ListStaffRequest, ListStaffResponse,
    ProposeGrantRequest, ProposeGrantResponse, PublishCalendarYearRequest,
    PublishCalendarYearResponse, PublishCatalogueRequest, PublishCatalogueResponse,
    PutDeputyRequest, PutDeputyResponse, PutStaffRequest, PutStaffResponse,
    SucceedDepartmentRequest, SucceedDepartmentResponse, UpdateDepartmentRequest,
    UpdateDepartmentResponse, UpdateEnterpriseRequest, UpdateEnterpriseResponse,
};
use runtime::house::House;
use runtime::page::Page;
use runtime::{Call, Changed, Problem, Refusal};
use tonic::{Request, Response, Status, Streaming};

use crate::error::Error;
use crate::lifecycle::{Change, Enterprise, IMPORT_ENTERPRISES_MAX, Name, Record, sees};
use crate::store::{DEPARTMENT, ENTERPRISE, Of, STAFF, Store};
use crate::{NAME, explain, wire};

/// The directory's door for calls.
pub struct Api {
    house: House,
    store: Store,
}

impl Api {
    /// The door of a house.
    pub fn new(house: House) -> Api {
        let store = Store::new(house.clone());
        Api { house, store }
    }

    /// The token of the next page; empty at the end.
    fn next(&self, page: &Page<String>, after: Option<String>) -> Result<String, Refusal> {
        let token = after.map(|after| self.house.pages.next(page, &after)).transpose()?;
        Ok(token.unwrap_or_default())
    }

    /// The year as published here, or else as it is shipped.
    async fn find_year(&self, year: i16) -> Result<Option<Record>, Error> {
        Ok(self.store.calendar().await?.year(year).cloned().map(Record::Year))
    }
}

fn answer<M>(call: &Call, changed: &Changed<Record>, message: M) -> Response<M> {
    call.answer(Some((NAME, changed.position)), changed.replayed, message)
}

/// The etag that a record must still have stands in the record itself.
fn expecting(mut call: Call, etag: Option<&str>) -> Call {
    call.etag = etag.filter(|etag| !etag.is_empty()).map(str::to_owned);
    call
}

fn given<T>(field: &'static str, value: Option<T>) -> Result<T, Refusal> {
    value.ok_or_else(|| Refusal::field(field, Problem::Required))
}

fn no_enterprise(name: &str) -> Error {
    Error::EnterpriseNotFound { enterprise: name.to_owned() }
}

#[tonic::async_trait]
impl DirectoryService for Api {
    async fn create_enterprise(
        &self,
        request: Request<CreateEnterpriseRequest>,
    ) -> Result<Response<CreateEnterpriseResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let enterprise = given("enterprise", request.into_inner().enterprise)?;
        let enterprise = wire::enterprise_from(enterprise)?;
        let change = Change::RegisterEnterprise { enterprise, line: None };
        let changed = self.store.change(&call, change).await?;
        let enterprise = wire::enterprise(&changed.thing);
        Ok(answer(&call, &changed, CreateEnterpriseResponse { enterprise }))
    }

    async fn import_enterprises(
        &self,
        request: Request<Streaming<ImportEnterprisesRequest>>,
    ) -> Result<Response<ImportEnterprisesResponse>, Status> {
        let mut call = self.house.admit_stream(&request).await?;
        let enterprises = read_lines(&mut call, request.into_inner()).await?;
        let id = given("request_id", call.request_id)?;
        let change = Change::ImportEnterprises { id, enterprises };
        let changed = self.store.change(&call, change).await?;
        let count = wire::count(&changed.thing);
        Ok(answer(&call, &changed, ImportEnterprisesResponse { count }))
    }

    async fn update_enterprise(
        &self,
        request: Request<UpdateEnterpriseRequest>,
    ) -> Result<Response<UpdateEnterpriseResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let enterprise = given("enterprise", request.into_inner().enterprise)?;
        let call = expecting(call, Some(&enterprise.etag));
        // Whatever is not a code was never registered.
        let name = enterprise.name.clone();
        EnterpriseId::parse(&name).map_err(|_| no_enterprise(&name))?;
        let change = Change::UpdateEnterprise(wire::enterprise_from(enterprise)?);
        let changed = self.store.change(&call, change).await?;
        let enterprise = wire::enterprise(&changed.thing);
        Ok(answer(&call, &changed, UpdateEnterpriseResponse { enterprise }))
    }

    async fn get_enterprise(
        &self,
        request: Request<GetEnterpriseRequest>,
    ) -> Result<Response<GetEnterpriseResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let name = request.into_inner().enterprise;
        let id = EnterpriseId::parse(&name).map_err(|_| no_enterprise(&name))?;
        if !sees(&call.person, &id) {
            return Err(no_enterprise(&name).into());
        }
        let record = self.store.find(&Name::Enterprise(id)).await?;
        let record = record.ok_or_else(|| no_enterprise(&name))?;
        let enterprise = wire::enterprise(&record);
        Ok(call.answer(None, false, GetEnterpriseResponse { enterprise }))
    }

    async fn list_enterprises(
        &self,
        request: Request<ListEnterprisesRequest>,
    ) -> Result<Response<ListEnterprisesResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let page = self.house.pages.page(&call.method, request.get_ref())?;
        let (records, after) = self.store.list(ENTERPRISE, Of::All, &page).await?;
        let enterprises = records.iter().filter_map(wire::enterprise).collect();
        let next_page_token = self.next(&page, after)?;
        let message = ListEnterprisesResponse { enterprises, next_page_token };
        Ok(call.answer(None, false, message))
    }

    async fn create_department(
        &self,
        request: Request<CreateDepartmentRequest>,
    ) -> Result<Response<CreateDepartmentResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let department = given("department", request.into_inner().department)?;
        let change = Change::CreateDepartment(wire::department_from(department)?);
        let changed = self.store.change(&call, change).await?;
        let department = wire::department(&changed.thing);
        Ok(answer(&call, &changed, CreateDepartmentResponse { department }))
    }

    async fn update_department(
        &self,
        request: Request<UpdateDepartmentRequest>,
    ) -> Result<Response<UpdateDepartmentResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let department = given("department", request.into_inner().department)?;
        let call = expecting(call, Some(&department.etag));
        let change = Change::UpdateDepartment(wire::department_from(department)?);
        let changed = self.store.change(&call, change).await?;
        let department = wire::department(&changed.thing);
        Ok(answer(&call, &changed, UpdateDepartmentResponse { department }))
    }

    async fn succeed_department(
        &self,
        request: Request<SucceedDepartmentRequest>,
    ) -> Result<Response<SucceedDepartmentResponse>, Status> {
        self.succeed(request).await
    }

    async fn list_departments(
        &self,
        request: Request<ListDepartmentsRequest>,
    ) -> Result<Response<ListDepartmentsResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let page = self.house.pages.page(&call.method, request.get_ref())?;
        let (records, after) = self.store.list(DEPARTMENT, Of::All, &page).await?;
        let departments = records.iter().filter_map(wire::department).collect();
        let next_page_token = self.next(&page, after)?;
        let message = ListDepartmentsResponse { departments, next_page_token };
        Ok(call.answer(None, false, message))
    }

    async fn put_staff(
        &self,
        request: Request<PutStaffRequest>,
    ) -> Result<Response<PutStaffResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let staff = given("staff", request.into_inner().staff)?;
        let call = expecting(call, Some(&staff.etag));
        let change = Change::PutStaff(wire::staff_from(staff)?);
        let changed = self.store.change(&call, change).await?;
        let staff = wire::staff(&changed.thing);
        Ok(answer(&call, &changed, PutStaffResponse { staff }))
    }

    async fn list_staff(
        &self,
        request: Request<ListStaffRequest>,
    ) -> Result<Response<ListStaffResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let page = self.house.pages.page(&call.method, request.get_ref())?;
        let department = &request.get_ref().department;
        let of = match department.as_str() {
            "" => Of::All,
            name => Of::Department(DepartmentId::parse(name).map_err(Refusal::from)?),
        };
        let (records, after) = self.store.list(STAFF, of, &page).await?;
        let staff = records.iter().filter_map(wire::staff).collect();
        let next_page_token = self.next(&page, after)?;
        Ok(call.answer(None, false, ListStaffResponse { staff, next_page_token }))
    }

    async fn put_deputy(
        &self,
        request: Request<PutDeputyRequest>,
    ) -> Result<Response<PutDeputyResponse>, Status> {
        self.deputise(request).await
    }

    async fn list_deputies(
        &self,
        request: Request<ListDeputiesRequest>,
    ) -> Result<Response<ListDeputiesResponse>, Status> {
        self.deputies(request).await
    }

    async fn propose_grant(
        &self,
        request: Request<ProposeGrantRequest>,
    ) -> Result<Response<ProposeGrantResponse>, Status> {
        self.propose(request).await
    }

    async fn confirm_grant(
        &self,
        request: Request<ConfirmGrantRequest>,
    ) -> Result<Response<ConfirmGrantResponse>, Status> {
        self.confirm(request).await
    }

    async fn list_grants(
        &self,
        request: Request<ListGrantsRequest>,
    ) -> Result<Response<ListGrantsResponse>, Status> {
        self.grants(request).await
    }

    async fn publish_catalogue(
        &self,
        request: Request<PublishCatalogueRequest>,
    ) -> Result<Response<PublishCatalogueResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let catalogue = given("catalogue", request.into_inner().catalogue)?;
        let change = Change::PublishCatalogue(wire::catalogue_from(&catalogue)?);
        let changed = self.store.change(&call, change).await?;
        let catalogue = wire::catalogue(&changed.thing);
        Ok(answer(&call, &changed, PublishCatalogueResponse { catalogue }))
    }

    async fn get_catalogue(
        &self,
        request: Request<GetCatalogueRequest>,
    ) -> Result<Response<GetCatalogueResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let version = request.into_inner().version;
        let record = self.store.find_catalogue(version).await?;
        let record = record.ok_or(Error::CatalogueNotFound { version })?;
        let catalogue = wire::catalogue(&record);
        Ok(call.answer(None, false, GetCatalogueResponse { catalogue }))
    }

    async fn publish_calendar_year(
        &self,
        request: Request<PublishCalendarYearRequest>,
    ) -> Result<Response<PublishCalendarYearResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let year = given("year", request.into_inner().year)?;
        let change = Change::PublishYear(wire::year_from(&year)?);
        let changed = self.store.change(&call, change).await?;
        let year = wire::year(&changed.thing);
        Ok(answer(&call, &changed, PublishCalendarYearResponse { year }))
    }

    async fn get_calendar(
        &self,
        request: Request<GetCalendarRequest>,
    ) -> Result<Response<GetCalendarResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let year = request.into_inner().year;
        let missing = || Error::CalendarNotFound { year };
        let record = self.find_year(i16::try_from(year).map_err(|_| missing())?).await?;
        let record = record.ok_or_else(missing)?;
        Ok(call.answer(None, false, GetCalendarResponse { year: wire::year(&record) }))
    }

    async fn explain_deadline(
        &self,
        request: Request<ExplainDeadlineRequest>,
    ) -> Result<Response<ExplainDeadlineResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let asked = request.into_inner();
        let start = wire::time_from("start_time", asked.start_time.as_ref())?;
        let limit = wire::work_time_from("limit", asked.limit.as_ref())?;
        let pauses = explain::pauses_from(&asked.pauses)?;
        let intake = runtime::wire::intake_from(asked.intake());
        let calendar = self.store.calendar().await?;
        let explanation = calendar.explain(start, intake, limit, &pauses);
        Ok(call.answer(None, false, explain::answer(&explanation)?))
    }
}

/// Reads the lines of an import, and stops at the first that is wrong.
async fn read_lines(
    call: &mut Call,
    mut lines: Streaming<ImportEnterprisesRequest>,
) -> Result<Arc<[Enterprise]>, Status> {
    let mut enterprises = Vec::new();
    while let Some(message) = lines.message().await? {
        if IMPORT_ENTERPRISES_MAX <= enterprises.len() {
            return Err(Error::ImportTooLarge.into());
        }
        let enterprise = read_line(call, message);
        enterprises.push(enterprise.map_err(|error| error.at(Some(enterprises.len() + 1)))?);
    }
    Ok(enterprises.into())
}

fn read_line(call: &mut Call, message: ImportEnterprisesRequest) -> Result<Enterprise, Error> {
    call.check(&message)?;
    // It stands in the first message.
    given("request_id", call.request_id)?;
    wire::enterprise_from(given("enterprise", message.enterprise)?)
}
