//! Words that only some files may say, and words that no file may say.

use crate::source::{File, files};

/// A word of the code, the files at home in it, and why no other says it.
struct OnlyIn {
    word: &'static str,
    homes: &'static [&'static str],
    why: &'static str,
}

const STORE: &[&str] = &[
    "services/*/src/store.rs",
    "services/*/src/store/**",
    "services/*/src/error.rs",
    "services/*/src/error/tests.rs",
    "services/*/tests/**",
    "services/whistle/**",
    "crates/journal/**",
    "crates/runtime/**",
    "crates/testkit/**",
    "tests/**",
];
const DOORS: &[&str] = &[
    "services/*/src/api.rs",
    "services/*/src/api/**",
    "services/*/src/error.rs",
    "services/*/src/error/**",
    "services/*/src/lib.rs",
    "services/*/tests/**",
    "services/console/**",
    "services/whistle/**",
    "crates/contract/**",
    "crates/runtime/**",
    "crates/testkit/**",
    "tests/**",
];
const BROKER: &[&str] = &["crates/journal/**", "crates/testkit/**", "tests/benches/**"];
const CLOCK: &[&str] = &["crates/journal/src/clock.rs", "crates/runtime/src/clock.rs"];
const ENTROPY: &[&str] = &["crates/journal/src/entropy.rs", "crates/runtime/src/entropy.rs"];
const TASKS: &[&str] = &[
    "crates/journal/**",
    "crates/runtime/**",
    "crates/testkit/**",
    "services/*/tests/**",
    "tests/**",
];
const WAITING: &[&str] = &["crates/journal/**", "crates/runtime/**", "crates/testkit/**"];
const SETTINGS: &[&str] = &[
    "crates/runtime/src/config.rs",
    "crates/runtime/src/config/**",
    "crates/testkit/src/infra.rs",
    "crates/testkit/src/infra/**",
    "crates/xtask/**",
    "crates/contract/build.rs",
];
const MEASURES: &[&str] = &[
    "crates/runtime/**",
    "crates/journal/**",
    "crates/testkit/**",
    "crates/xtask/**",
    "services/whistle/**",
    "services/console/**",
    "tests/**",
];

const ONLY_IN: &[OnlyIn] = &[
    OnlyIn { word: "sea_orm", homes: STORE, why: "one file per service speaks to the database" },
    OnlyIn { word: "sqlx", homes: STORE, why: "one file per service speaks to the database" },
    OnlyIn { word: "tonic", homes: DOORS, why: "one file per service speaks gRPC" },
    OnlyIn { word: "lapin", homes: BROKER, why: "the journal alone speaks to the broker" },
    OnlyIn { word: "Timestamp::now", homes: CLOCK, why: "time comes from the clock handed in" },
    OnlyIn { word: "Zoned::now", homes: CLOCK, why: "time comes from the clock handed in" },
    OnlyIn { word: "SystemTime::now", homes: CLOCK, why: "time comes from the clock handed in" },
    OnlyIn { word: "Uuid::now_v7", homes: ENTROPY, why: "ids come from the source handed in" },
    OnlyIn { word: "Uuid::new_v4", homes: ENTROPY, why: "ids come from the source handed in" },
    OnlyIn { word: "tokio::spawn", homes: TASKS, why: "the runtime knows every task" },
    OnlyIn { word: "task::spawn", homes: TASKS, why: "the runtime knows every task" },
    OnlyIn { word: "time::sleep", homes: WAITING, why: "wait for what you wait for" },
    OnlyIn { word: "thread::sleep", homes: WAITING, why: "wait for what you wait for" },
    OnlyIn { word: "env::var", homes: SETTINGS, why: "settings come from the configuration" },
    OnlyIn { word: "f64", homes: MEASURES, why: "neither money nor time is a floating number" },
    OnlyIn { word: "f32", homes: MEASURES, why: "neither money nor time is a floating number" },
];

/// What nobody leaves behind.
const NOWHERE: &[(&str, &str)] = &[
    ("todo!", "do it, or leave it out"),
    ("unimplemented!", "do it, or leave it out"),
    ("dbg!", "log it, or leave it out"),
    ("#[ignore", "a test that is not run promises nothing"),
];

/// What a lifecycle does not know: it is pure.
const NOT_IN_LIFECYCLE: &[&str] = &[
    "async ",
    "sea_orm",
    "tonic",
    "tokio",
    "journal::",
    "runtime::",
    "contract::",
    "crate::api",
    "crate::events",
    "crate::store",
];

pub(crate) fn faults() -> Vec<String> {
    let mut faults = Vec::new();
    for file in files(&["rs"]).iter().filter(|file| !file.fits("tests/tidy/*")) {
        faults.extend(homeless(file));
        faults.extend(left_over(file));
        if file.fits("services/*/src/lifecycle.rs") || file.fits("services/*/src/lifecycle/**") {
            faults.extend(impure(file));
        }
    }
    faults
}

fn homeless(file: &File) -> Vec<String> {
    let abroad = ONLY_IN.iter().filter(|rule| !rule.homes.iter().any(|home| file.fits(home)));
    let fault = |rule: &OnlyIn| {
        let (number, _) = file.code().find(|(_, line)| says(line, rule.word))?;
        Some(format!("{}:{number}: `{}` does not belong here: {}", file.path, rule.word, rule.why))
    };
    abroad.filter_map(fault).collect()
}

fn left_over(file: &File) -> Vec<String> {
    let fault = |(word, why): &(&str, &str)| {
        let (number, _) = file.code().find(|(_, line)| line.contains(word))?;
        Some(format!("{}:{number}: `{word}`: {why}", file.path))
    };
    NOWHERE.iter().filter_map(fault).collect()
}

fn impure(file: &File) -> Vec<String> {
    let fault = |word: &&str| {
        let (number, _) = file.code().find(|(_, line)| says(line, word))?;
        Some(format!("{}:{number}: `{}` in a lifecycle, which is pure", file.path, word.trim()))
    };
    NOT_IN_LIFECYCLE.iter().filter_map(fault).collect()
}

/// Whether the line has the word, not as the end of a longer one.
fn says(line: &str, word: &str) -> bool {
    let part_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(part_of_name))
}

#[test]
fn a_word_is_found_where_it_begins() {
    assert!(says("use tonic::Request;", "tonic") && says("tonic_types::StatusExt", "tonic"));
    assert!(!says("let isotonic = 1;", "tonic") && !says("let x = 0xf64;", "f64"));
}
