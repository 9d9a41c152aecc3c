//! The RPCs of grants and deputations, and the dissolution of a department.

use base::{GrantId, PersonId, Role};
use contract::directory::{
    ConfirmGrantRequest, ConfirmGrantResponse, ListDeputiesRequest, ListDeputiesResponse,
    ListGrantsRequest, ListGrantsResponse, ProposeGrantRequest, ProposeGrantResponse,
    PutDeputyRequest, PutDeputyResponse, SucceedDepartmentRequest, SucceedDepartmentResponse,
};
use runtime::Refusal;
use tonic::{Request, Response, Status};

use super::{Api, answer, expecting, given};
use crate::lifecycle::Change;
use crate::store::{DEPUTY, GRANT, Of};
use crate::wire;

impl Api {
    pub(super) async fn succeed(
        &self,
        request: Request<SucceedDepartmentRequest>,
    ) -> Result<Response<SucceedDepartmentResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let change = wire::succession_from(request.into_inner())?;
        let changed = self.store.change(&call, change).await?;
        let department = wire::department(&changed.thing);
        Ok(answer(&call, &changed, SucceedDepartmentResponse { department }))
    }

    pub(super) async fn deputise(
        &self,
        request: Request<PutDeputyRequest>,
    ) -> Result<Response<PutDeputyResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let deputy = given("deputy", request.into_inner().deputy)?;
        let mut call = expecting(call, Some(&deputy.etag));
        // Somebody else's office is lent by an admin alone.
        if deputy.principal != call.person.id.to_string() {
            call.needs(&[Role::Admin])?;
        }
        let changed = self.store.change(&call, wire::deputy_from(&deputy)?).await?;
        let deputy = wire::deputy(&changed.thing);
        Ok(answer(&call, &changed, PutDeputyResponse { deputy }))
    }

    pub(super) async fn deputies(
        &self,
        request: Request<ListDeputiesRequest>,
    ) -> Result<Response<ListDeputiesResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let page = self.house.pages.page(&call.method, request.get_ref())?;
        let of = of_person("deputy", &request.get_ref().deputy)?;
        let (records, after) = self.store.list(DEPUTY, of, &page).await?;
        let deputies = records.iter().filter_map(wire::deputy).collect();
        let next_page_token = self.next(&page, after)?;
        Ok(call.answer(None, false, ListDeputiesResponse { deputies, next_page_token }))
    }

    pub(super) async fn propose(
        &self,
        request: Request<ProposeGrantRequest>,
    ) -> Result<Response<ProposeGrantResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let grant = given("grant", request.into_inner().grant)?;
        let grant = wire::grant_from(&grant, call.person.id.clone())?;
        let changed = self.store.change(&call, Change::ProposeGrant(grant)).await?;
        let grant = wire::grant(&changed.thing);
        Ok(answer(&call, &changed, ProposeGrantResponse { grant }))
    }

    pub(super) async fn confirm(
        &self,
        request: Request<ConfirmGrantRequest>,
    ) -> Result<Response<ConfirmGrantResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let id = GrantId::parse(&request.get_ref().grant).map_err(Refusal::from)?;
        let change = Change::ConfirmGrant { id, by: call.person.id.clone() };
        let changed = self.store.change(&call, change).await?;
        let grant = wire::grant(&changed.thing);
        Ok(answer(&call, &changed, ConfirmGrantResponse { grant }))
    }

    pub(super) async fn grants(
        &self,
        request: Request<ListGrantsRequest>,
    ) -> Result<Response<ListGrantsResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let page = self.house.pages.page(&call.method, request.get_ref())?;
        let of = of_person("grantee", &request.get_ref().grantee)?;
        let (records, after) = self.store.list(GRANT, of, &page).await?;
        let grants = records.iter().filter_map(wire::grant).collect();
        let next_page_token = self.next(&page, after)?;
        Ok(call.answer(None, false, ListGrantsResponse { grants, next_page_token }))
    }
}

/// A list narrowed to a person, if one is named.
fn of_person(field: &str, name: &str) -> Result<Of, Refusal> {
    if name.is_empty() {
        return Ok(Of::All);
    }
    PersonId::parse(name).map(Of::Person).map_err(|error| Refusal::name(field, &error))
}
