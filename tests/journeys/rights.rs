//! Rights: every call of the contract, by everybody, against what the zone's roles promise.

mod matrix;
mod raw;
mod sample;

use anyhow::Result;
use contract::common::Role;
use contract::directory::{
    CreateDepartmentRequest, CreateEnterpriseRequest, Department, Enterprise, Staff,
};
use prost::Message as _;
use testkit::hand::{refusal, request_id};
use testkit::{Caller, Size, zone};
use tonic::{Code, Status};

use self::matrix::{CALLERS, MATRIX};
use self::sample::{
    MATERIAL, MATTER, PROCEDURE, SPARE_DEPARTMENT, SPARE_ENTERPRISE, SPARE_PERSON, Things, calls,
};
use crate::agency::office::{Office, matter, needing, procedure};
use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(every_caller_of_every_call_is_answered_or_refused);

/// Those of the callers who are not there in every test's zone: code, department, roles.
const HIRED: &[(&str, &str, &[Role])] = &[
    ("agent", "", &[Role::Agent]),
    ("dispatcher", "departments/D01", &[Role::Dispatcher]),
    ("staff", zone::LEAD, &[Role::Staff]),
    ("lead", zone::LEAD, &[Role::Lead]),
    ("reviewer", "departments/D04", &[Role::Reviewer]),
    ("second-reviewer", "departments/D04", &[Role::SecondReviewer]),
    ("maker", "departments/D04", &[Role::FinanceMaker]),
    ("checker", "departments/D04", &[Role::FinanceChecker]),
    ("hotline", "", &[Role::System]),
    ("elsewhere", "departments/D04", &[Role::Staff, Role::Lead]),
    ("spare", "", &[Role::Envoy]),
];

/// What may not be known of: to whom it is hidden it is not there.
const HIDDEN: &[&str] = &[
    "directory.whistle ENTERPRISE_NOT_FOUND",
    "request.whistle ENTERPRISE_NOT_FOUND",
    "request.whistle TICKET_NOT_FOUND",
    "dispatch.whistle WORK_ORDER_NOT_FOUND",
    "agency.whistle CASE_NOT_FOUND",
    "agency.whistle ENTERPRISE_NOT_FOUND",
    "agency.whistle NOT_HANDED_IN",
];

async fn every_caller_of_every_call_is_answered_or_refused(size: Size) -> Result<()> {
    let office = Office::at(Zone::start(size, DAY_ONE).await?);
    people(&office.zone).await?;
    let needing = needing(&[MATERIAL], matter("a", zone::LEAD, &[]));
    office.publish(procedure(vec![needing])).await?;
    let zone = &office.zone;
    let mut faults = Vec::new();
    let (mut reading, mut changing) = (Vec::new(), Vec::new());
    for call in calls() {
        let reads = ["Get", "List", "Watch", "Read", "Explain", "Download"];
        let reads = reads.iter().any(|verb| call.1.starts_with(verb));
        if reads { &mut reading } else { &mut changing }.push(call);
    }
    let ((ticket_of, order), (case_of, item)) = (ticket(&office).await?, case(&office).await?);
    let mut things = Things { ticket: ticket_of, order, case: case_of, item };
    for (service, method, path, input) in reading.iter().chain(&changing) {
        let line = MATRIX.iter().find(|(of, name, _)| (of, name) == (&&**service, &&**method));
        let Some((_, _, marks)) = line else {
            faults.push(format!("{service}.{method}: say in the matrix who may call it"));
            continue;
        };
        // What one call has changed the next one finds as it was.
        match service.as_str() {
            _ if reading.iter().any(|(_, name, ..)| name == method) => {}
            "agency" => (things.case, things.item) = case(&office).await?,
            "directory" => {}
            _ => (things.ticket, things.order) = ticket(&office).await?,
        }
        let marks: Vec<char> = marks.chars().filter(|mark| *mark != ' ').collect();
        assert_eq!(marks.len(), CALLERS.len(), "{service}.{method}");
        // Whoever is refused comes first: nothing has changed yet.
        let mut callers: Vec<(&str, char)> = CALLERS.iter().copied().zip(marks).collect();
        callers.sort_by_key(|(_, mark)| *mark == 'y');
        for (caller, mark) in callers {
            let message = things.message(input, caller).encode_to_vec();
            let answer = raw::call(by(zone, caller), path, message).await;
            let told = told(service, method, &answer, &things);
            if told != mark {
                let why = answer
                    .err()
                    .map(|status| format!("{} {:?}", refusal(&status).1, status.message()));
                faults
                    .push(format!("{service}.{method} by {caller:?}: {told}, not {mark}: {why:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    office.zone.world.end().await
}

/// The mark of an answer.
fn told(service: &str, method: &str, answer: &Result<Vec<u8>, Status>, things: &Things) -> char {
    match answer {
        Ok(bytes) => {
            let of_matters = ["request", "dispatch", "agency"].contains(&service);
            let lists = ["List", "Watch"].iter().any(|verb| method.starts_with(verb));
            let holds = |name: &str| bytes.windows(name.len()).any(|part| part == name.as_bytes());
            let known = [&things.ticket, &things.order, &things.case, PROCEDURE];
            let is_there = known.into_iter().any(holds);
            if of_matters && lists && !is_there { 'e' } else { 'y' }
        }
        Err(status) => match (status.code(), refusal(status).1.as_str()) {
            (Code::Unauthenticated, _) => 'u',
            (Code::PermissionDenied, "whistle ROLE_FORBIDS") => '-',
            (Code::NotFound, reason) if HIDDEN.contains(&reason) => 'n',
            (Code::Internal | Code::Unknown | Code::Unimplemented | Code::Unavailable, _) => '!',
            _ => 'y',
        },
    }
}

fn by(zone: &Zone, caller: &str) -> Caller {
    if caller.is_empty() { zone.world.with_token(None) } else { zone.world.caller(caller) }
}

/// A ticket of our enterprise whose order our department has, in the midst of its work; and the order.
async fn ticket(office: &Office) -> Result<(String, String)> {
    let (ticket, order) = office.zone.in_progress().await?;
    Ok((ticket.name, order.name))
}

/// A case of our enterprise with an item that our department reviews; and the item.
async fn case(office: &Office) -> Result<(String, String)> {
    let case = office.running().await?;
    office.upload("agent", &case, MATERIAL, "总平面图").await?;
    office.submit("agent", &case, "a").await?;
    let case = office.accept("staff", &case, "a").await?;
    let item = format!("{}/{MATTER}", case.name);
    Ok((case.name, item))
}

/// Everybody who calls, and what is changed by those who may.
async fn people(zone: &Zone) -> Result<()> {
    let (admin, second) = (zone.by("admin"), zone.by("admin-2"));
    let name = SPARE_DEPARTMENT.to_owned();
    let department = Some(Department { name, title: "备用".to_owned(), ..<_>::default() });
    let wanted = CreateDepartmentRequest { department, request_id: request_id() };
    admin.directory().create_department(wanted).await?;
    let name = SPARE_ENTERPRISE.to_owned();
    let enterprise = Some(Enterprise { name, title: "备用".to_owned(), ..<_>::default() });
    let wanted = CreateEnterpriseRequest { enterprise, request_id: request_id() };
    admin.directory().create_enterprise(wanted).await?;
    for (code, department, roles) in HIRED {
        let staff = Staff {
            name: format!("persons/{code}"),
            title: (*code).to_owned(),
            department: (*department).to_owned(),
            roles: roles.iter().map(|role| (*role).into()).collect(),
            active: true,
            ..<_>::default()
        };
        zone::hire(&admin, &second, staff).await?;
    }
    assert!(SPARE_PERSON.ends_with("spare"));
    zone.world.settle().await?;
    Ok(())
}
