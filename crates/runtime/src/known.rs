//! What this service knows of the zone, as the directory told it: people, enterprises, departments,
//! the catalogue, the calendar. Every service keeps its own copy and asks nobody.

mod people;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::{CategoryId, DepartmentId, EnterpriseId};
use calendar::Calendar;
use contract::directory::{
    CalendarYear, CalendarYearPublished, Catalogue, CataloguePublished, Category, Department,
    DepartmentChanged, DepartmentSucceeded, Deputy, DeputyChanged, Enterprise, EnterpriseChanged,
    EnterpriseRegistered, GrantConfirmed, GrantProposed, ListDeputiesResponse, StaffChanged,
};
use jiff::Timestamp;
use journal::statement::{execute, find, for_share, list};
use journal::{Clock, Heard, Trouble, Unit};
use prost::{Message, Name};
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult};

use crate::wire;

const ENTERPRISE: &str = "ENTERPRISE";
const HANDLER: &str = "HANDLER";
const DEPARTMENT: &str = "DEPARTMENT";
const STAFF: &str = "STAFF";
/// The deputations of a person, under the person's name.
const DEPUTIES: &str = "DEPUTIES";
const CATALOGUE: &str = "CATALOGUE";
const CALENDAR_YEAR: &str = "CALENDAR_YEAR";

/// What a service knows of the zone. Finders take a connection, so that they see the same inside a
/// unit of work as outside.
#[derive(Clone)]
pub struct Known(Arc<Inner>);

struct Inner {
    read: DatabaseConnection,
    clock: Arc<dyn Clock>,
    office: Calendar,
    calendar: Mutex<Option<Counted>>,
    catalogues: Mutex<HashMap<String, Arc<Catalogue>>>,
}

/// A calendar, and the versions of the years that it was made of.
type Counted = (Vec<(String, i64)>, Calendar);

/// A category of the catalogue in force, and its version.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruled {
    /// The category.
    pub category: Category,
    /// The version of the catalogue.
    pub rule_version: i32,
    /// Who is on duty for the whole zone, the last of the duty chain of class urgent:
    /// `persons/{code}`, or empty.
    pub zone_duty: String,
}

impl Known {
    /// Nothing but the zone's office hours and the years that are shipped. The clock says which
    /// deputations hold.
    pub fn new(read: DatabaseConnection, clock: Arc<dyn Clock>, office: Calendar) -> Known {
        let (calendar, catalogues) = (Mutex::default(), Mutex::default());
        Known(Arc::new(Inner { read, clock, office, calendar, catalogues }))
    }

    /// Takes in what the directory told; false if it told nothing of the zone.
    pub async fn hear(&self, unit: &mut Unit, heard: &Heard) -> Result<bool, Trouble> {
        let position = heard.position;
        if heard.kind == EnterpriseRegistered::full_name() {
            let told: EnterpriseRegistered = heard.decode()?;
            put_enterprise(unit, told.enterprise.as_ref(), position).await?;
        } else if heard.kind == EnterpriseChanged::full_name() {
            let told: EnterpriseChanged = heard.decode()?;
            put_enterprise(unit, told.enterprise.as_ref(), position).await?;
        } else if heard.kind == DepartmentChanged::full_name() {
            let told: DepartmentChanged = heard.decode()?;
            let Some(department) = told.department else { return Err(without("department")) };
            put(unit, DEPARTMENT, &department.name, position, &department).await?;
        } else if heard.kind == StaffChanged::full_name() {
            let told: StaffChanged = heard.decode()?;
            let Some(staff) = told.staff else { return Err(without("staff")) };
            put(unit, STAFF, &staff.name, position, &staff).await?;
        } else if heard.kind == DeputyChanged::full_name() {
            let told: DeputyChanged = heard.decode()?;
            let Some(deputy) = told.deputy else { return Err(without("deputy")) };
            put_deputy(unit, deputy, position).await?;
        } else if heard.kind == CataloguePublished::full_name() {
            let told: CataloguePublished = heard.decode()?;
            let Some(catalogue) = told.catalogue else { return Err(without("catalogue")) };
            let effective =
                catalogue.effective_time.as_ref().and_then(journal::envelope::from_proto);
            let Some(effective) = effective else { return Err(without("effective_time")) };
            let name = format!("{:08}", catalogue.version);
            put(unit, CATALOGUE, &name, effective.as_microsecond(), &catalogue).await?;
        } else if heard.kind == CalendarYearPublished::full_name() {
            let told: CalendarYearPublished = heard.decode()?;
            let Some(year) = told.year else { return Err(without("year")) };
            // What cannot be counted with is parked, not passed over.
            wire::year_from(&year).map_err(|problem| Trouble::Damaged(problem.to_string()))?;
            let name = format!("{:04}", year.year);
            put(unit, CALENDAR_YEAR, &name, i64::from(year.version), &year).await?;
        } else {
            // `DepartmentChanged` and `StaffChanged` say what comes of these.
            let of_the_zone = [
                DepartmentSucceeded::full_name(),
                GrantProposed::full_name(),
                GrantConfirmed::full_name(),
            ];
            return Ok(of_the_zone.contains(&heard.kind));
        }
        Ok(true)
    }

    /// An enterprise, if it is registered.
    pub async fn enterprise<C: ConnectionTrait>(
        &self,
        on: &C,
        id: &EnterpriseId,
    ) -> Result<Option<Enterprise>, Trouble> {
        get(on, ENTERPRISE, &id.to_string()).await
    }

    /// The enterprises that are registered, by name, after a name.
    pub async fn enterprises<C: ConnectionTrait>(
        &self,
        on: &C,
        after: &str,
        limit: u64,
    ) -> Result<Vec<Enterprise>, Trouble> {
        let sql = "SELECT body FROM known WHERE kind = $1 AND name > $2 ORDER BY name LIMIT $3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = list(on, sql, [ENTERPRISE.into(), after.into(), limit.into()]).await?;
        let read = |row: &QueryResult| {
            let body: Vec<u8> = row.try_get_by_index(0)?;
            Enterprise::decode(body.as_slice()).map_err(damaged)
        };
        rows.iter().map(read).collect()
    }

    /// A department, if there is one.
    pub async fn department<C: ConnectionTrait>(
        &self,
        on: &C,
        id: &DepartmentId,
    ) -> Result<Option<Department>, Trouble> {
        get(on, DEPARTMENT, &id.to_string()).await
    }

    /// A department, if there is one, as it stays until this unit ends: whoever is given work in it
    /// is not dissolved meanwhile.
    pub async fn department_kept<C: ConnectionTrait>(
        &self,
        on: &C,
        id: &DepartmentId,
    ) -> Result<Option<Department>, Trouble> {
        let sql = format!("{GET}{}", for_share(on));
        get_by(on, &sql, DEPARTMENT, &id.to_string()).await
    }

    /// A category of the catalogue that is in force at an instant. For a department that has been
    /// dissolved since, its successor stands.
    pub async fn category<C: ConnectionTrait>(
        &self,
        on: &C,
        id: &CategoryId,
        at: Timestamp,
    ) -> Result<Option<Ruled>, Trouble> {
        let sql = "SELECT name FROM known WHERE kind = $1 AND version <= $2 \
                   ORDER BY version DESC, name DESC LIMIT 1";
        let row = find(on, sql, [CATALOGUE.into(), at.as_microsecond().into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let name: String = row.try_get_by_index(0)?;
        let Some(catalogue) = self.catalogue(on, &name).await? else { return Ok(None) };
        let id = id.to_string();
        let category = catalogue.categories.iter().find(|category| category.name == id);
        let Some(mut category) = category.cloned() else { return Ok(None) };
        category.lead = lasting(on, category.lead).await?;
        let mut assisting = Vec::new();
        for department in category.suggested_assisting {
            let department = lasting(on, department).await?;
            if department != category.lead && !assisting.contains(&department) {
                assisting.push(department);
            }
        }
        category.suggested_assisting = assisting;
        let (rule_version, zone_duty) = (catalogue.version, catalogue.zone_duty.clone());
        Ok(Some(Ruled { category, rule_version, zone_duty }))
    }

    /// The working calendar: the shipped years, and those published or amended since.
    pub async fn calendar<C: ConnectionTrait>(&self, on: &C) -> Result<Calendar, Trouble> {
        let sql = "SELECT name, version FROM known WHERE kind = $1 ORDER BY name";
        let mut versions: Vec<(String, i64)> = Vec::new();
        for row in list(on, sql, [CALENDAR_YEAR.into()]).await? {
            versions.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        }
        let cached = self.0.calendar.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((of, calendar)) = cached
            && of == versions
        {
            return Ok(calendar);
        }
        let mut calendar = self.0.office.clone();
        for (name, _) in &versions {
            if let Some(year) = get::<CalendarYear, C>(on, CALENDAR_YEAR, name).await? {
                let year = wire::year_from(&year)
                    .map_err(|problem| Trouble::Damaged(problem.to_string()))?;
                calendar = calendar.with_year(year);
            }
        }
        let mut cache = self.0.calendar.lock().unwrap_or_else(PoisonError::into_inner);
        *cache = Some((versions, calendar.clone()));
        Ok(calendar)
    }

    /// Where finders look outside a unit of work.
    pub fn read(&self) -> &DatabaseConnection {
        &self.0.read
    }

    /// A published catalogue never changes, so it is read once.
    async fn catalogue<C: ConnectionTrait>(
        &self,
        on: &C,
        name: &str,
    ) -> Result<Option<Arc<Catalogue>>, Trouble> {
        let lock = || self.0.catalogues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(catalogue) = lock().get(name) {
            return Ok(Some(Arc::clone(catalogue)));
        }
        let Some(catalogue) = get::<Catalogue, C>(on, CATALOGUE, name).await? else {
            return Ok(None);
        };
        let catalogue = Arc::new(catalogue);
        lock().insert(name.to_owned(), Arc::clone(&catalogue));
        Ok(Some(catalogue))
    }
}

/// The department itself, or whichever has taken its place.
async fn lasting<C: ConnectionTrait>(on: &C, department: String) -> Result<String, Trouble> {
    let mut lasting = department;
    // A successor lasts when it is named, so this comes to an end.
    while let Some(known) = get::<Department, C>(on, DEPARTMENT, &lasting).await?
        && !known.successor.is_empty()
    {
        lasting = known.successor;
    }
    Ok(lasting)
}

/// Keeps an enterprise, and each of the people who act for it or did.
async fn put_enterprise(
    unit: &mut Unit,
    enterprise: Option<&Enterprise>,
    position: i64,
) -> Result<(), Trouble> {
    let Some(enterprise) = enterprise else { return Err(without("enterprise")) };
    let before: Option<Enterprise> = get(unit.tx(), ENTERPRISE, &enterprise.name).await?;
    let former = before.map(|before| before.handlers).unwrap_or_default();
    for person in former.iter().filter(|person| !enterprise.handlers.contains(person)) {
        put(unit, HANDLER, person, position, enterprise).await?;
    }
    for person in &enterprise.handlers {
        put(unit, HANDLER, person, position, enterprise).await?;
    }
    put(unit, ENTERPRISE, &enterprise.name, position, enterprise).await
}

/// Keeps a deputation among those of the deputy; those that have ended are forgotten.
async fn put_deputy(unit: &mut Unit, deputy: Deputy, position: i64) -> Result<(), Trouble> {
    let name = deputy.deputy.clone();
    let kept: Option<ListDeputiesResponse> = get(unit.tx(), DEPUTIES, &name).await?;
    let mut kept = kept.unwrap_or_default();
    kept.deputies.retain(|before| before.name != deputy.name);
    kept.deputies.push(deputy);
    let now = unit.now();
    let ended = |deputy: &Deputy| {
        let until = deputy.until_time.as_ref().and_then(journal::envelope::from_proto);
        until.is_none_or(|until| until <= now)
    };
    kept.deputies.retain(|deputy| !ended(deputy));
    put(unit, DEPUTIES, &name, position, &kept).await
}

async fn put<M: Message>(
    unit: &mut Unit,
    kind: &str,
    name: &str,
    version: i64,
    body: &M,
) -> Result<(), Trouble> {
    let sql = "INSERT INTO known (kind, name, version, body) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (kind, name) DO UPDATE SET version = excluded.version, body = excluded.body";
    let values = [kind.into(), name.into(), version.into(), body.encode_to_vec().into()];
    execute(unit.tx(), sql, values).await?;
    Ok(())
}

const GET: &str = "SELECT body FROM known WHERE kind = $1 AND name = $2";

async fn get<M: Message + Default, C: ConnectionTrait>(
    on: &C,
    kind: &str,
    name: &str,
) -> Result<Option<M>, Trouble> {
    get_by(on, GET, kind, name).await
}

async fn get_by<M: Message + Default, C: ConnectionTrait>(
    on: &C,
    sql: &str,
    kind: &str,
    name: &str,
) -> Result<Option<M>, Trouble> {
    let Some(row) = find(on, sql, [kind.into(), name.into()]).await? else { return Ok(None) };
    let body: Vec<u8> = row.try_get_by_index(0)?;
    M::decode(body.as_slice()).map(Some).map_err(damaged)
}

fn without(field: &str) -> Trouble {
    Trouble::Damaged(format!("a fact of the directory without {field}"))
}

fn damaged(error: impl std::fmt::Display) -> Trouble {
    Trouble::Damaged(format!("what is known of the zone: {error}"))
}
