//! Each rule at its edge, on both sides, and all of them under arbitrary messages.
#![allow(clippy::unwrap_used, reason = "tests")]

use contract::common::{Date, WorkTime};
use contract::directory::{CalendarYear, Catalogue, Category, Department, Staff};
use contract::request::{Contact, ListTicketsRequest, Origin, SubmitTicketRequest};
use proptest::prelude::*;
use prost_types::Timestamp;

use super::*;

fn ask() -> SubmitTicketRequest {
    SubmitTicketRequest {
        enterprise: "enterprises/91330100799655058B".to_owned(),
        kind: 2,
        category: "categories/C17".to_owned(),
        title: "停水".to_owned(),
        text: "厂区停水两天\n\t请尽快处理".to_owned(),
        contact: Some(Contact { title: "张三".to_owned(), phone: "13812345678".to_owned() }),
        channel: "网页".to_owned(),
        request_id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        ..SubmitTicketRequest::default()
    }
}

/// What is wrong with a message: `path: problem`.
fn faults<M: Message + Name>(message: &M) -> Vec<String> {
    match check(message) {
        Ok(()) => Vec::new(),
        Err(Refusal::Fields(faults)) => {
            faults.iter().map(|fault| format!("{}: {}", fault.path, fault.problem)).collect()
        }
        Err(other) => panic!("{other}"),
    }
}

fn changed(change: impl FnOnce(&mut SubmitTicketRequest)) -> Vec<String> {
    let mut ask = ask();
    change(&mut ask);
    faults(&ask)
}

#[test]
fn a_sound_request_passes() {
    assert_eq!(faults(&ask()), [""; 0]);
    assert_eq!(changed(|ask| ask.title = "水".repeat(100)), [""; 0], "characters, not bytes");
    assert_eq!(changed(|ask| ask.category = format!("categories/{}", "x".repeat(64))), [""; 0]);
}

#[test]
fn what_must_be_given_is_missed_wherever_it_stands() {
    assert_eq!(changed(|ask| ask.title.clear()), ["title: must be given"]);
    assert_eq!(changed(|ask| ask.title = " \n".to_owned()), ["title: must be given"]);
    assert_eq!(changed(|ask| ask.kind = 0), ["kind: must be given"]);
    assert_eq!(changed(|ask| ask.contact = None), ["contact: must be given"]);
    let phone = |ask: &mut SubmitTicketRequest| ask.contact.as_mut().unwrap().phone.clear();
    assert_eq!(changed(phone), ["contact.phone: must be given"]);
    assert_eq!(
        changed(|ask| ask.origin = Some(Origin::default())),
        ["origin.system: must be given", "origin.number: must be given"]
    );
}

#[test]
fn texts_keep_their_length_and_have_no_control_characters() {
    assert_eq!(
        changed(|ask| ask.title = "水".repeat(101)),
        ["title: has more than 100 characters"]
    );
    for control in ["a\0b", "a\rb", "a\u{7f}", "a\u{85}"] {
        assert_eq!(
            changed(|ask| ask.text = control.to_owned()),
            ["text: holds a control character"]
        );
    }
    let name =
        |ask: &mut SubmitTicketRequest| ask.contact.as_mut().unwrap().title = "张\u{1b}".into();
    assert_eq!(changed(name), ["contact.title: holds a control character"]);
}

#[test]
fn ids_and_names_have_their_form() {
    assert_eq!(changed(|ask| ask.request_id = "1".to_owned()), ["request_id: is not a UUID"]);
    for name in ["C17", "categories/", "tickets/C17", "categories/a/b", "categories/事项"] {
        let said = changed(|ask| ask.category = name.to_owned());
        assert_eq!(said, ["category: is not a name of the form categories/{code}"], "{name}");
    }
    let enterprise = |name: &str| {
        faults(&ListTicketsRequest { enterprise: name.to_owned(), ..ListTicketsRequest::default() })
    };
    assert_eq!(enterprise("enterprises/whatever"), [""; 0], "the credit code has its own reason");
    assert_eq!(enterprise(""), [""; 0], "not given, not looked at");
    for name in ["enterprises/", "enterprises", "enterprises/a/b", "persons/a"] {
        assert_eq!(enterprise(name), ["enterprise: is not a name of the form enterprises/{id}"]);
    }
}

#[test]
fn choices_must_be_known_ones() {
    for number in [99, -1] {
        assert_eq!(changed(|ask| ask.kind = number), ["kind: is not one of the known choices"]);
    }
    let unknown = ListTicketsRequest { state: 99, ..ListTicketsRequest::default() };
    assert_eq!(faults(&unknown), ["state: is not one of the known choices"]);
}

#[test]
fn numbers_keep_their_bounds() {
    let date = |year, month, day| faults(&Date { year, month, day });
    assert_eq!(date(1, 12, 31), [""; 0]);
    assert_eq!(
        date(0, 13, 32),
        ["year: is less than 1", "month: is greater than 12", "day: is greater than 31",]
    );
    let time = |amount| faults(&WorkTime { amount, clock_kind: 1 });
    assert_eq!(time(0), [""; 0]);
    assert_eq!(time(-1), ["amount: is less than 0"]);
    assert_eq!(time(100_001), ["amount: is greater than 100000"]);
}

#[test]
fn entries_are_counted_and_each_is_looked_at() {
    let staff = |roles| Staff {
        name: "persons/D01-11".to_owned(),
        title: "李四".to_owned(),
        roles,
        ..Staff::default()
    };
    assert_eq!(faults(&staff(vec![5; 15])), [""; 0]);
    assert_eq!(faults(&staff(vec![5; 16])), ["roles: has more than 15 entries"]);
    assert_eq!(faults(&staff(vec![5, 0])), ["roles[1]: must be given"]);
    let categories = vec![Category {
        name: "categories/C1".to_owned(),
        title: "用水".to_owned(),
        lead: "D01".to_owned(),
        suggested_assisting: vec!["departments/D02".to_owned(), String::new()],
        work_class: 3,
        ..Category::default()
    }];
    let effective_time = Some(Timestamp::default());
    assert_eq!(
        faults(&Catalogue { effective_time, categories, ..Catalogue::default() }),
        [
            "categories[0].lead: is not a name of the form departments/{code}",
            "categories[0].suggested_assisting[1]: must be given",
            "categories[0].limits: must be given",
        ]
    );
    let nothing = Catalogue { effective_time, ..Catalogue::default() };
    assert_eq!(faults(&nothing), ["categories: must be given"]);
}

#[test]
fn instants_are_of_the_years_1_to_9999() {
    let at = |seconds, nanos| {
        let effective_time = Some(Timestamp { seconds, nanos });
        let categories = Vec::new();
        let said = faults(&Catalogue { effective_time, categories, ..Catalogue::default() });
        said.into_iter().find(|said| said.starts_with("effective_time"))
    };
    let refused = "effective_time: is not an instant of the years 1 to 9999";
    for (seconds, nanos) in [(*INSTANTS.start(), 0), (*INSTANTS.end(), 999_999_999), (0, 0)] {
        assert_eq!(at(seconds, nanos), None);
    }
    for (seconds, nanos) in [
        (*INSTANTS.start() - 1, 0),
        (*INSTANTS.end() + 1, 0),
        (i64::MAX, 0),
        (i64::MIN, 0),
        (0, -1),
        (0, 1_000_000_000),
    ] {
        assert_eq!(at(seconds, nanos).as_deref(), Some(refused), "{seconds} {nanos}");
    }
}

#[test]
fn no_more_than_eight_faults_are_told() {
    let year = CalendarYear {
        year: 2026,
        notices: vec![contract::directory::calendar_year::Notice::default(); 20],
        ..CalendarYear::default()
    };
    assert_eq!(faults(&year).len(), FIELDS_MAX);
}

#[test]
fn a_fault_never_tells_the_value() {
    let secret = "机密\u{1}".to_owned();
    let department =
        Department { title: secret.clone(), name: secret.clone(), ..Department::default() };
    let error = check(&department).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("机密"));
}

/// All messages that a method takes.
fn requests() -> Vec<MessageDescriptor> {
    let methods = POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    methods.map(|method| method.input()).collect()
}

#[test]
fn no_request_holds_a_map_which_no_rule_reaches() {
    let holds_map = |message: &MessageDescriptor| message.fields().any(|field| field.is_map());
    let whistle = POOL.all_messages().filter(|message| message.full_name().starts_with("whistle."));
    assert!(!requests().is_empty());
    assert_eq!(whistle.filter(holds_map).count(), 0);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        which in any::<prop::sample::Index>(),
    ) {
        let requests = requests();
        let descriptor = requests[which.index(requests.len())].clone();
        if let Ok(message) = DynamicMessage::decode(descriptor, bytes.as_slice()) {
            let _ = check_reflected(&message);
        }
    }

    /// Damaged but mostly sound requests reach deeper than noise does.
    #[test]
    fn a_damaged_request_never_panics(
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = ask().encode_to_vec();
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let descriptor = descriptors::describe::<SubmitTicketRequest>().unwrap();
        if let Ok(message) = DynamicMessage::decode(descriptor, bytes.as_slice()) {
            let _ = check_reflected(&message);
        }
    }
}
