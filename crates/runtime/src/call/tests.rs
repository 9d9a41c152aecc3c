//! Who is let in, with what, and in which order it is refused.
#![allow(clippy::unwrap_used, reason = "tests")]

mod decisions;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use base::DepartmentId;
use contract::directory::{ConfirmGrantRequest, Enterprise, ImportEnterprisesRequest};
use contract::request::{AcceptTicketRequest, ListTicketsRequest};
use tonic::Code;
use tonic::metadata::MetadataValue;

use super::*;

const ACCEPT: &str = "/whistle.request.v1.RequestService/AcceptTicket";
const SUBMIT: &str = "/whistle.request.v1.RequestService/SubmitTicket";
const REQUEST_ID: &str = "0198c0de-0000-7000-8000-000000000000";

struct Directory(HashMap<PersonId, Person>);

#[async_trait]
impl People for Directory {
    async fn person(&self, id: &PersonId) -> Result<Option<Person>, Trouble> {
        Ok(self.0.get(id).cloned())
    }

    async fn grants(&self, system: &PersonId, method: &str) -> Result<bool, Trouble> {
        Ok(*system == id("hotline") && method == ACCEPT)
    }
}

/// Nobody may be looked for.
struct Untouched;

#[async_trait]
impl People for Untouched {
    async fn person(&self, id: &PersonId) -> Result<Option<Person>, Trouble> {
        panic!("{id} was looked up")
    }

    async fn grants(&self, system: &PersonId, _: &str) -> Result<bool, Trouble> {
        panic!("{system} was looked up")
    }
}

fn id(code: &str) -> PersonId {
    PersonId::new(code).unwrap()
}

fn directory() -> Directory {
    let person = |code: &str, role, active| {
        let department = Some(DepartmentId::new("D01").unwrap());
        let roles = BTreeSet::from([role]);
        let (id, lent) = (id(code), BTreeMap::new());
        let person =
            Person { id, same_person_as: None, roles, lent, department, enterprise: None, active };
        (person.id.clone(), person)
    };
    let mut people = HashMap::from([
        person("D01-01", Role::Dispatcher, true),
        person("D01-02", Role::Staff, true),
        person("D01-03", Role::Dispatcher, false),
        person("D01-04", Role::Staff, true),
        person("hotline", Role::System, true),
    ]);
    let deputy = people.get_mut(&id("D01-04")).unwrap();
    deputy.roles.insert(Role::Dispatcher);
    deputy.lent.insert(Role::Dispatcher, id("D01-01"));
    people.get_mut(&id("hotline")).unwrap().roles.insert(Role::Dispatcher);
    Directory(people)
}

fn caller(subject: &str) -> Caller {
    let subject = match base::SystemId::parse(subject) {
        Ok(system) => Subject::System(system),
        Err(_) => Subject::Person(PersonId::parse(subject).unwrap()),
    };
    Caller { subject, on_behalf_of: None, department: None, roles: Vec::new() }
}

fn accept() -> AcceptTicketRequest {
    AcceptTicketRequest {
        ticket: format!("tickets/{REQUEST_ID}"),
        etag: "7".to_owned(),
        request_id: REQUEST_ID.to_owned(),
        ..AcceptTicketRequest::default()
    }
}

fn request<M>(message: M, method: &str, caller: Caller) -> Request<M> {
    let mut request = Request::new(message);
    let (method, traceparent) = (method.to_owned(), "00-1-2-01".to_owned());
    request.extensions_mut().insert(Arrival { caller, method, deadline: None, traceparent });
    request
}

async fn admitted<M: Message + Name>(
    request: &Request<M>,
    people: &dyn People,
) -> Result<Call, Refusal> {
    Arrived::read(request)?.enter(people, "test-zone").await
}

async fn admit(subject: &str) -> Result<Call, Refusal> {
    admitted(&request(accept(), ACCEPT, caller(subject)), &directory()).await
}

async fn refused(request: Request<AcceptTicketRequest>) -> (Code, &'static str) {
    let verdict = admitted(&request, &directory()).await.unwrap_err();
    let verdict = crate::Fault::verdict(&verdict);
    (verdict.code(), verdict.reason())
}

#[tokio::test]
async fn a_caller_with_the_role_is_let_in() {
    let mut call = admit("persons/D01-01").await.unwrap();
    assert_eq!(call.actor, Actor::Person(id("D01-01")));
    assert_eq!(call.request_id.unwrap().to_string(), REQUEST_ID);
    assert_eq!(call.etag.as_deref(), Some("7"));
    assert_eq!((call.method.as_str(), call.traceparent.as_str()), (ACCEPT, "00-1-2-01"));
    assert!(call.needs(&[Role::Staff, Role::Dispatcher]).is_ok());
    assert!(matches!(call.needs(&[Role::Staff]), Err(Refusal::RoleForbids { .. })));
}

#[tokio::test]
async fn strangers_and_those_without_the_role_or_gone_are_refused() {
    for (subject, reason) in [
        ("persons/D01-02", "ROLE_FORBIDS"),
        ("persons/D01-03", "ROLE_FORBIDS"),
        ("persons/nobody", "CALLER_UNKNOWN"),
    ] {
        let refusal = refused(request(accept(), ACCEPT, caller(subject))).await;
        assert_eq!(refusal, (Code::PermissionDenied, reason), "{subject}");
    }
}

#[tokio::test]
async fn who_did_not_pass_the_gate_is_nobody() {
    assert_eq!(refused(Request::new(accept())).await, (Code::Unauthenticated, "TOKEN_INVALID"));
}

#[tokio::test]
async fn shape_is_looked_at_before_who() {
    let message = AcceptTicketRequest { ticket: "x".to_owned(), ..accept() };
    let request = request(message, ACCEPT, caller("persons/D01-02"));
    let refusal = admitted(&request, &Untouched).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Fields(_)), "{refusal}");
}

#[tokio::test]
async fn a_claim_that_the_directory_does_not_make_is_refused() {
    let sound = [(Some("D01"), &["DISPATCHER"][..]), (Some("departments/D01"), &[]), (None, &[])];
    let unsound = [(Some("D02"), &[][..]), (None, &["ADMIN"]), (None, &["DISPATCHER", "nonsense"])];
    let with = |(department, roles): (Option<&str>, &[&str])| Caller {
        department: department.map(str::to_owned),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..caller("persons/D01-01")
    };
    for claims in sound {
        assert!(admitted(&request(accept(), ACCEPT, with(claims)), &directory()).await.is_ok());
    }
    for claims in unsound {
        let refusal = refused(request(accept(), ACCEPT, with(claims))).await;
        assert_eq!(refusal, (Code::Unauthenticated, "TOKEN_INVALID"), "{claims:?}");
    }
}

#[tokio::test]
async fn a_system_by_itself_may_what_its_role_may() {
    let submit = |caller| request(ListTicketsRequest::default(), SUBMIT, caller);
    let call = admitted(&submit(caller("systems/hotline")), &directory()).await.unwrap();
    assert_eq!(call.actor.to_string(), "systems/hotline");
    assert_eq!(call.person.roles, BTreeSet::from([Role::System]), "no other role is lent");

    let no_system = admitted(&submit(caller("systems/D01-01")), &directory()).await;
    assert!(matches!(no_system, Err(Refusal::RoleForbids { .. })));
    let accepting = refused(request(accept(), ACCEPT, caller("systems/hotline"))).await;
    assert_eq!(accepting, (Code::PermissionDenied, "ROLE_FORBIDS"));
}

#[tokio::test]
async fn a_system_acts_for_a_person_within_its_grant_and_both_are_recorded() {
    let behalf = |of: &str| Caller { on_behalf_of: Some(id(of)), ..caller("systems/hotline") };
    let request_for = |of: &str| request(accept(), ACCEPT, behalf(of));
    let call = admitted(&request_for("D01-01"), &directory()).await.unwrap();
    assert_eq!(call.actor.to_string(), "systems/hotline for persons/D01-01");
    assert_eq!((&call.person.id, call.asker()), (&id("D01-01"), call.actor.to_string()));

    // Whoever is served has the right, or the system has it neither; what was lent stays with them.
    let forbidden = ["D01-02", "D01-03", "D01-04"].map(|of| (of, "ROLE_FORBIDS"));
    for (of, reason) in forbidden.into_iter().chain([("nobody", "CALLER_UNKNOWN")]) {
        let refusal = refused(request_for(of)).await;
        assert_eq!(refusal, (Code::PermissionDenied, reason), "{of}");
    }
    let submit = request(ListTicketsRequest::default(), SUBMIT, behalf("D01-01"));
    let refusal = admitted(&submit, &directory()).await.unwrap_err();
    assert!(matches!(refusal, Refusal::MethodNotGranted { .. }), "{refusal}");
}

#[tokio::test]
async fn a_deputy_is_recorded_as_both_where_the_deputation_alone_opens_the_door() {
    let deputy = admit("persons/D01-04").await.unwrap();
    assert_eq!(deputy.actor.to_string(), "persons/D01-04 for persons/D01-01");
    assert_eq!(deputy.asker(), "persons/D01-04");
    let list = "/whistle.request.v1.RequestService/ListTickets";
    let listing = request(ListTicketsRequest::default(), list, caller("persons/D01-04"));
    let mut listing = admitted(&listing, &directory()).await.unwrap();
    assert_eq!(listing.actor.to_string(), "persons/D01-04", "staff list too");
    listing.needs(&[Role::Dispatcher, Role::Staff]).unwrap();
    assert_eq!(listing.actor.to_string(), "persons/D01-04", "staff is their own");
    listing.needs(&[Role::Dispatcher]).unwrap();
    assert_eq!(listing.actor.to_string(), "persons/D01-04 for persons/D01-01");
}

#[tokio::test]
async fn a_call_whose_deadline_has_passed_is_not_begun() {
    let mut late = request(accept(), ACCEPT, caller("persons/D01-01"));
    let arrival = late.extensions_mut().get_mut::<Arrival>().unwrap();
    arrival.deadline = Some(Instant::now());
    assert_eq!(refused(late).await, (Code::DeadlineExceeded, "DEADLINE_PASSED"));
    let mut early = request(accept(), ACCEPT, caller("persons/D01-01"));
    let deadline = Some(Instant::now() + Duration::from_secs(60));
    early.extensions_mut().get_mut::<Arrival>().unwrap().deadline = deadline;
    assert_eq!(admitted(&early, &directory()).await.unwrap().deadline, deadline);
}

#[tokio::test]
async fn the_digest_is_of_method_and_content_but_not_of_the_id() {
    let digest = async |message, method| {
        let request = request(message, method, caller("persons/D01-01"));
        admitted(&request, &directory()).await.unwrap().digest
    };
    let first = digest(accept(), ACCEPT).await;
    let anybody = admit("persons/D01-01").await.unwrap();
    let other_id = "0198c0de-0000-7000-8000-000000000001".to_owned();
    assert_eq!(
        first,
        digest(AcceptTicketRequest { request_id: other_id, ..accept() }, ACCEPT).await
    );
    let other_lead = AcceptTicketRequest { lead: "departments/D02".to_owned(), ..accept() };
    assert_ne!(first, digest(other_lead, ACCEPT).await);
    let confirm = "/whistle.directory.v1.DirectoryService/ConfirmGrant";
    let confirming = |validate_only| ConfirmGrantRequest {
        grant: format!("grants/{REQUEST_ID}"),
        etag: "7".to_owned(),
        request_id: REQUEST_ID.to_owned(),
        validate_only,
    };
    let read = |validate_only| {
        let mut call = anybody.clone();
        call.method = confirm.to_owned();
        call.check(&confirming(validate_only)).unwrap();
        (call.validate_only, call.digest)
    };
    let (trial, real) = (read(true), read(false));
    assert_eq!((trial.0, real.0), (true, false));
    assert_eq!(trial.1, real.1, "a trial has the digest of what it tries");
    assert_ne!(first, digest(accept(), "/whistle.request.v1.RequestService/CloseTicket").await);
}

#[tokio::test]
async fn a_stream_is_checked_message_by_message() {
    let mut first = admit("persons/D01-01").await.unwrap();
    first.request_id = None;
    let mut second = first.clone();
    let enterprise = |title: &str| ImportEnterprisesRequest {
        enterprise: Some(Enterprise {
            name: "enterprises/91330100799655058B".to_owned(),
            title: title.to_owned(),
            ..Enterprise::default()
        }),
        request_id: String::new(),
    };
    let named = ImportEnterprisesRequest { request_id: REQUEST_ID.to_owned(), ..enterprise("甲") };
    first.check(&named).unwrap();
    assert_eq!(first.request_id.unwrap().to_string(), REQUEST_ID);
    second.check(&named).unwrap();
    assert_eq!(first.digest, second.digest);
    first.check(&enterprise("乙")).unwrap();
    second.check(&enterprise("丙")).unwrap();
    assert_ne!(first.digest, second.digest);
    assert!(matches!(first.check(&enterprise("")), Err(Refusal::Fields(_))));
}

#[tokio::test]
async fn an_older_etag_is_stale_and_none_is_never() {
    let mut call = admit("persons/D01-01").await.unwrap();
    assert!(call.expects("7").is_ok());
    assert!(matches!(call.expects("8"), Err(Refusal::StaleEtag)));
    call.etag = None;
    assert!(call.expects("8").is_ok());
}

#[tokio::test]
async fn what_must_have_been_heard_is_read_or_refused() {
    let with = |after: &str| {
        let mut request = request(accept(), ACCEPT, caller("persons/D01-01"));
        let after = MetadataValue::try_from(after).unwrap();
        request.metadata_mut().insert("whistle-after", after);
        request
    };
    let arrived = Arrived::read(&with("request@1234")).unwrap();
    assert_eq!(arrived.after(), Some(&After { service: "request".to_owned(), position: 1234 }));
    let long = format!("{}@1", "x".repeat(65));
    for text in ["", "request", "request@", "request@-1", "@1", "request@1@2", "request@x", &long] {
        let refusal = refused(with(text)).await;
        assert_eq!(refusal, (Code::InvalidArgument, "FIELD_INVALID"), "{text:?}");
    }
}

#[tokio::test]
async fn the_device_of_a_call_is_known_as_its_hash_alone_and_refused_if_it_cannot_be_one() {
    let from = |device: &str| {
        let mut request = request(accept(), ACCEPT, caller("persons/D01-01"));
        request.metadata_mut().insert("whistle-device", device.parse().unwrap());
        request
    };
    assert_eq!(admit("persons/D01-01").await.unwrap().device, None);
    let call = admitted(&from("phone-1"), &directory()).await.unwrap();
    let device = call.device.clone().unwrap();
    assert!(device.len() == 32 && device.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(!format!("{call:?}").contains("phone-1"));
    assert_eq!(call.digest, admit("persons/D01-01").await.unwrap().digest, "it is no content");
    assert_eq!(refused(from("my phone")).await, (Code::InvalidArgument, "FIELD_INVALID"));
}

#[tokio::test]
async fn an_answer_tells_its_position_and_whether_it_was_given_before() {
    let call = admit("persons/D01-01").await.unwrap();
    let said = |response: Response<()>, key| {
        response.metadata().get(key).map(|value| value.to_str().unwrap().to_owned())
    };
    let fresh = call.answer(Some(("request", 9)), false, ());
    assert_eq!(said(fresh, "whistle-position").as_deref(), Some("request@9"));
    assert_eq!(said(call.answer(Some(("request", 9)), false, ()), "whistle-replayed"), None);
    let trial = Call { validate_only: true, ..call.clone() };
    let tried = || trial.answer(Some(("request", 9)), false, ());
    assert_eq!(said(tried(), "whistle-validated-only").as_deref(), Some("true"));
    assert_eq!(said(tried(), "whistle-position"), None, "nothing became true anywhere");
    assert_eq!(said(call.answer(None, false, ()), "whistle-validated-only"), None);
    let again = call.answer(None, true, ());
    assert_eq!(said(again, "whistle-replayed").as_deref(), Some("true"));
    assert_eq!(said(call.answer(None, true, ()), "whistle-position"), None);
}
