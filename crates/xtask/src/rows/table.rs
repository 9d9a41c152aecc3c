//! The tables whose rows must be shown, read from where they stand.

use testkit::promises::{is_unmounted, named, provoked, rpcs};
use testkit::source::File;

use super::Row;
use super::said::{Said, who_says};

/// Who calls, one mark for each in a line of the rights test's matrix.
const CALLERS: &[&str] = &[
    "ENTERPRISE",
    "ENVOY",
    "AGENT",
    "DISPATCHER",
    "STAFF",
    "LEAD",
    "SUPERVISOR",
    "ZONE_LEADER",
    "REVIEWER",
    "SECOND_REVIEWER",
    "FINANCE_MAKER",
    "FINANCE_CHECKER",
    "AUDITOR",
    "ADMIN",
    "SYSTEM",
    "another enterprise",
    "another department",
    "nobody",
];
/// What the marks of the matrix say.
const MARKS: &[(char, &str)] = &[
    ('y', "answered"),
    ('e', "answered, without the matter"),
    ('n', "not found"),
    ('-', "refused"),
    ('u', "unknown caller"),
];
/// Where the matrix stands.
const MATRIX: &str = "tests/journeys/rights/matrix*";
const RIGHTS_TEST: &str =
    "tests/journeys/rights.rs every_caller_of_every_call_is_answered_or_refused";

/// The rows of a lifecycle's `TRANSITIONS`, and of its `ITEM_TRANSITIONS` if its thing has items.
pub(super) fn transitions(service: &str, sources: &[File], said: &mut [Said]) -> Vec<Row> {
    let tables = ["TRANSITIONS", "ITEM_TRANSITIONS"];
    let of = |table| lines(table, service, sources).into_iter().map(move |line| (table, line));
    let rows = tables.into_iter().flat_map(of).map(|(table, [from, action, to])| {
        // Who does it may stand in a fourth column.
        let to = to.split_once(',').map_or(to.as_str(), |(to, _)| to);
        let (from, to) = (screaming(&from), screaming(to));
        let shown_by = who_says(said, &[format!("{service} {from} {action}")]);
        let table = format!("{service}: {table}");
        Row { table, text: format!("{from} {action} → {to}"), shown_by }
    });
    rows.collect()
}

/// The rows of a lifecycle's `HEARD`.
pub(super) fn heard(service: &str, sources: &[File], said: &mut [Said]) -> Vec<Row> {
    let rows = lines("HEARD", service, sources).into_iter().map(|[state, fact, effect]| {
        // `Some(Review)`: what the thing has, where that is not its state.
        let state =
            state.strip_prefix("Some(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(&state);
        let state = screaming(state);
        let one = format!("{service} hears {fact} in {state}");
        let all = format!("{service} hears every fact in every state");
        let shown_by = who_says(said, std::slice::from_ref(&one));
        let walked = who_says(said, &[all]);
        let table = format!("{service}: HEARD");
        Row { table, text: format!("{fact} in {state}: {effect}"), shown_by: shown_by.or(walked) }
    });
    rows.collect()
}

/// The values of a service's `Reason`, or of the one that all share.
pub(super) fn reasons(
    service: &str,
    contract: &[File],
    sources: &[File],
    said: &mut [Said],
) -> Vec<Row> {
    let own = format!("proto/whistle/{service}/v1/*");
    let names =
        contract.iter().filter(|file| file.fits(&own)).flat_map(|file| reasons_of(&file.text));
    let rows = names.map(|reason| {
        let shown_by = who_says(said, &[format!("{service} refuses {reason}")]);
        let named = || match service {
            "common" => {
                named(&reason, sources.iter().filter(|file| !file.fits("crates/testkit/**")))
            }
            service => provoked(service, &reason, sources),
        };
        let shown_by = shown_by.or_else(named);
        Row { table: format!("{service}: Reason"), text: reason, shown_by }
    });
    rows.collect()
}

/// The cells of the rights: each caller of each rpc.
pub(super) fn cells(contract: &[File], sources: &[File]) -> Vec<Row> {
    let matrix: Vec<[String; 3]> = sources
        .iter()
        .filter(|file| file.fits(MATRIX))
        .flat_map(|file| marked(&file.text))
        .collect();
    let mut rows = Vec::new();
    let served = contract.iter().filter(|file| file.fits("proto/whistle/**")).flat_map(rpcs);
    for rpc in served.filter(|rpc| !is_unmounted(&rpc.service, sources)) {
        let line = matrix
            .iter()
            .find(|[service, method, _]| (service, method) == (&rpc.service, &rpc.name));
        let marks: Vec<char> =
            line.map(|[_, _, marks]| marks.chars().collect()).unwrap_or_default();
        let marks: Vec<char> = marks.into_iter().filter(|mark| *mark != ' ').collect();
        rows.extend(CALLERS.iter().enumerate().map(|(place, caller)| {
            let mark =
                marks.get(place).and_then(|mark| MARKS.iter().find(|(known, _)| known == mark));
            let table = format!("rights: {}.{}", rpc.service, rpc.name);
            let text = format!("{caller}: {}", mark.map_or("?", |(_, text)| text));
            Row { table, text, shown_by: mark.map(|_| RIGHTS_TEST.to_owned()) }
        }));
    }
    rows
}

/// The lines of a table of threes, wherever in a service's lifecycle it stands.
fn lines(table: &str, service: &str, sources: &[File]) -> Vec<[String; 3]> {
    let one = format!("services/{service}/src/lifecycle.rs");
    let parts = format!("services/{service}/src/lifecycle/**");
    let start = format!("pub const {table}: ");
    let files = sources.iter().filter(|file| file.fits(&one) || file.fits(&parts));
    let tables = files.filter_map(|file| file.text.split_once(&start).map(|(_, rest)| rest));
    let inside = tables.filter_map(|rest| rest.split_once("&[\n").map(|(_, rest)| rest));
    let inside =
        inside.filter_map(|rest| rest.split_once("\n    ]").or_else(|| rest.split_once("\n]")));
    inside.flat_map(|(body, _)| body.lines().filter_map(three)).collect()
}

/// The three words of a line such as `(Submitted, Accept, Accepted),`; each may have parentheses of
/// its own: `(Some(Review), WorkMoved, Ignored("over, long ago")),`.
fn three(line: &str) -> Option<[String; 3]> {
    let (mut words, mut depth) = (vec![String::new()], 0);
    for letter in line.trim().strip_prefix('(')?.chars() {
        match letter {
            ')' if depth == 0 => break,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if letter == ',' && depth == 0 && words.len() < 3 {
            words.push(String::new());
        } else if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    words.iter().map(|word| word.trim().to_owned()).collect::<Vec<_>>().try_into().ok()
}

/// The three texts of a line such as `("request", "SubmitTicket", "yy-y…"),`.
fn marked(text: &str) -> Vec<[String; 3]> {
    let quoted = |word: String| word.trim_matches('"').to_owned();
    let lines = text.lines().filter(|line| line.trim().starts_with("(\""));
    lines.filter_map(three).map(|words| words.map(quoted)).collect()
}

/// The values of the enum `Reason` of a contract, without their prefix; the first is never sent.
fn reasons_of(text: &str) -> Vec<String> {
    let Some((_, rest)) = text.split_once("\nenum Reason {") else { return Vec::new() };
    let body = rest.split_once("\n}").map(|(body, _)| body).unwrap_or_default();
    let names =
        body.lines().filter_map(|line| line.trim().strip_prefix("REASON_")?.split_once(" ="));
    names.map(|(name, _)| name.to_owned()).filter(|name| name != "UNSPECIFIED").collect()
}

/// `InProgress` → `IN_PROGRESS`.
fn screaming(name: &str) -> String {
    let mut screaming = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !screaming.is_empty() {
            screaming.push('_');
        }
        screaming.extend(letter.to_uppercase());
    }
    screaming
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn rows_are_read_from_the_lifecycle_and_shown_by_who_says_so() {
        let text = "pub const TRANSITIONS: &[(State, Action, State)] = {\n    use {Action::*};\n    &[\n        \
                    // from\n        (InProgress, AskPause, InProgress), // a word\n\n        \
                    (InProgress, Complete, Completed, &[Claimant]),\n    ]\n};\n(No, Row, Here),\n";
        let sources = [file("services/dispatch/src/lifecycle.rs", text)];
        let says = |text: &str| Said { text: text.to_owned(), test: "t".to_owned(), used: false };
        let mut said = [says("dispatch IN_PROGRESS AskPause"), says("dispatch OFFERED Claim")];
        let rows = transitions("dispatch", &sources, &mut said);
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        assert_eq!(
            texts,
            ["IN_PROGRESS AskPause → IN_PROGRESS", "IN_PROGRESS Complete → COMPLETED"]
        );
        assert_eq!((&rows[0].shown_by, &rows[1].shown_by), (&Some("t".to_owned()), &None));
        assert_eq!((said[0].used, said[1].used), (true, false), "what is no row is seen");
    }

    #[test]
    fn one_test_may_walk_all_that_is_heard() {
        let text = "pub const HEARD: &[(State, Kind, Effect)] = {\n    &[\n        \
                    (Closed, WorkMoved, Ignored(\"over, long ago\")),\n        \
                    (Some(Review), WorkMoved, Late), // (not yet),\n    ]\n};\n";
        let sources = [file("services/request/src/lifecycle/hear.rs", text)];
        let every = "request hears every fact in every state";
        let mut said = [Said { text: every.to_owned(), test: "t".to_owned(), used: false }];
        let rows = heard("request", &sources, &mut said);
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        let ignored = "WorkMoved in CLOSED: Ignored(\"over, long ago\")";
        assert_eq!(texts, [ignored, "WorkMoved in REVIEW: Late"]);
        assert!(rows.iter().all(|row| row.shown_by.is_some()) && said[0].used);
    }

    #[test]
    fn reasons_and_cells_are_read_from_the_contract() {
        let text = "service S {\n  rpc GetX(A) returns (B);\n  rpc PutX(A) returns (B);\n}\n\nenum Reason {\n  \
                    // Never sent.\n  REASON_UNSPECIFIED = 0;\n  // No.\n  REASON_NOT_THEIRS = 1;\n}\n";
        let contract = [file("proto/whistle/request/v1/service.proto", text)];
        let matrix = "    (\"request\", \"GetX\", \"yyyyyyyyyyyyyyy nn u\"),\n";
        let test = "fn a() {}\nfn not_theirs() { refused(\"NOT_THEIRS\") }\n";
        let sources = [
            file("tests/journeys/rights/matrix.rs", matrix),
            file("services/request/tests/api/a.rs", test),
        ];
        let rows = reasons("request", &contract, &sources, &mut []);
        assert_eq!(rows[0].shown_by.as_deref(), Some("services/request/tests/api/a.rs not_theirs"));
        let cells = cells(&contract, &sources);
        let shown = cells.iter().filter(|row| row.shown_by.is_some()).count();
        assert_eq!((cells.len(), shown), (2 * CALLERS.len(), CALLERS.len()));
        assert_eq!(cells[CALLERS.len() - 1].text, "nobody: unknown caller");
    }
}
