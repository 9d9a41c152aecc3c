//! Every call that can be made of the program is made by a test over gRPC, and tests of a zone run on both sizes.

use testkit::promises::is_unmounted;

use crate::source::{File, files};

/// Where services are tried over gRPC.
const TRIED: &[&str] = &["services/*/tests/**", "tests/journeys/**", "crates/runtime/src/**"];
/// Where every test runs on both sizes.
const BOTH_SIZES: &[&str] = &[
    "services/directory/tests/**",
    "services/request/tests/**",
    "services/dispatch/tests/**",
    "services/agency/tests/**",
    "services/subsidy/tests/api/**",
    "tests/journeys/**",
];

pub(crate) fn faults() -> Vec<String> {
    let contract = files(&["proto"]);
    let sources = files(&["rs"]);
    let within = |file: &File, places: &[&str]| places.iter().any(|place| file.fits(place));
    let mut faults = Vec::new();
    for file in contract.iter() {
        let service = file.path.split('/').nth(2).unwrap_or_default();
        if is_unmounted(service, &sources) {
            continue;
        }
        for method in methods(&file.text) {
            let tried = |source: &&File| within(source, TRIED) && calls(&source.text, &method);
            if !sources.iter().any(|source| tried(&source)) {
                faults.push(format!("{service}: no test calls `{method}`"));
            }
        }
    }
    for source in sources.iter().filter(|source| within(source, BOTH_SIZES)) {
        if source.text.contains("#[tokio::test") {
            faults.push(format!("{}: use testkit::on_both_sizes!", source.path));
        }
    }
    assert!(contract.iter().any(|file| methods(&file.text).len() > 5), "no calls were found");
    faults
}

/// Whether a text makes a call: itself, or by a macro that is handed the method.
fn calls(text: &str, method: &str) -> bool {
    let handed = format!(" {method},");
    text.contains(&format!(".{method}(")) || (text.contains("ask!(") && text.contains(&handed))
}

/// The methods of a contract, as the generated client names them.
fn methods(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("rpc "));
    lines.filter_map(|line| line.split('(').next()).map(snake).collect()
}

/// `SubmitTicket` → `submit_ticket`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[test]
fn methods_are_read_from_the_contract() {
    let text = "service S {\n  rpc SubmitTicket(A) returns (B) {\n  rpc GetLeague(C) returns (D);";
    assert_eq!(methods(text), ["submit_ticket", "get_league"]);
    assert!(calls("hand.get_league(x)", "get_league"));
    assert!(calls("ask!(\n    zone,\n    \"agent\",\n    start_case,\n", "start_case"));
    assert!(!calls("fn start_case, get_league,", "get_league"));
}
