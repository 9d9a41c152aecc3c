//! What the program answers without a zone: deadlines, credit codes, proofs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;
use serde_json::Value;

fn whistle(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_whistle"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // Written beside the reading, or both sides would wait once a pipe is full.
        scope.spawn(move || stdin.write_all(input.as_bytes()).ok());
        child.wait_with_output().unwrap()
    })
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn vectors(crate_and_file: &str) -> String {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    std::fs::read_to_string(crates.join(crate_and_file)).unwrap()
}

/// Each line of the input beside its answer.
fn batch(command: &str, file: &str) -> Vec<(Value, Value)> {
    let input = vectors(file);
    let output = whistle(&[command, "--batch"], &input);
    assert!(output.status.success());
    let questions = input.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let answers =
        text(&output.stdout).lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let pairs: Vec<_> = questions.zip(answers).collect();
    assert_eq!(pairs.len(), input.lines().count());
    for (question, answer) in &pairs {
        assert_eq!(question["id"], answer["id"]);
    }
    pairs
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str().map(|text| text.parse().unwrap())
}

#[test]
fn deadline_batch_agrees_with_the_oracle() {
    for (file, count) in
        [("calendar/tests/data/public.jsonl", 1000), ("calendar/tests/data/examples.jsonl", 16)]
    {
        let pairs = batch("deadline", file);
        assert_eq!(pairs.len(), count);
        for (question, answer) in pairs {
            let expected = &question["expect"];
            assert_eq!(instant(&expected["due"]), instant(&answer["due"]), "{question}");
            assert_eq!(expected["status"], answer["status"], "{question}");
        }
    }
}

#[test]
fn uscc_batch_agrees_with_the_public_codes() {
    let pairs = batch("uscc", "base/tests/data/public.jsonl");
    assert_eq!(pairs.len(), 500);
    for (question, answer) in pairs {
        assert_eq!(question["valid"], answer["valid"], "{question}");
        assert_eq!(question["reason"], answer["reason"], "{question}");
    }
}

#[test]
fn verify_batch_agrees_with_the_vectors() {
    let pairs = batch("verify", "proof/tests/data/generated_public.jsonl");
    assert_eq!(pairs.len(), 281);
    for (question, answer) in pairs {
        assert_eq!(question["valid"], answer["valid"], "{question}");
    }
}

#[test]
fn a_batch_answers_what_it_cannot_read_and_goes_on() {
    let bad = r#"{"id":"x","start":"2026-01-05T09:00:00+08:00","intake":"instant","limit":{"working_days":-1}}"#;
    let output = whistle(&["deadline", "--batch"], &format!("nonsense\n\n{bad}\n"));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("有 2 行无法读取"), "{}", text(&output.stderr));
    let answers: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 2);
    assert!(answers.iter().all(|answer| answer["error"].is_string()));
    assert_eq!(answers[1]["id"], "x");
    let first = text(&output.stdout).lines().next().unwrap();
    assert!(first.starts_with(r#"{"id":null,"error":"这一行不是 JSON"#), "{first}");
    // A code that is none is an answer.
    let output = whistle(&["uscc", "--batch"], "{\"id\":1,\"code\":\"x\"}\n");
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(text(&output.stdout).trim(), r#"{"id":1,"valid":false,"reason":"length"}"#);
}

#[test]
fn a_batch_whose_reader_goes_away_ends_in_silence() {
    let program = env!("CARGO_BIN_EXE_whistle");
    let line = "{\"id\":1,\"code\":\"x\"}\\n";
    let script = format!("yes '{line}' | head -c 3000000 | {program} uscc --batch | head -1");
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!(text(&output.stderr).lines().filter(|line| line.contains("panic")).count(), 0);
    assert_eq!(text(&output.stdout).lines().count(), 1);
}

#[test]
fn deadline_tells_the_case_day_by_day() {
    let arguments = ["deadline", "--start", "2026-02-14T09:00", "--working-days", "2"];
    let output = whistle(&arguments, "");
    assert!(output.status.success());
    let told = text(&output.stdout);
    for expected in ["2个工作日", "2026-02-14", "春节", "2026-02-25"] {
        assert!(told.contains(expected), "{expected} in\n{told}");
    }
}

#[test]
fn deadline_takes_pauses_and_a_late_start() {
    let arguments = [
        "deadline",
        "--start",
        "2026-01-09T20:00",
        "--working-minutes",
        "60",
        "--intake",
        "next_opening",
        "--pause",
        "2026-01-12T09:00/2026-01-12T10:00",
    ];
    let output = whistle(&arguments, "");
    assert!(output.status.success());
    let told = text(&output.stdout);
    assert!(told.contains("10:30") && told.contains("挂起"), "{told}");
    let open = whistle(
        &["deadline", "--start", "2026-01-09", "--working-days", "1", "--pause", "2026-01-09/"],
        "",
    );
    assert!(text(&open.stdout).contains("待定"));
}

/// What is wrong is said in Chinese first, with exit code 1 or 2.
#[test]
fn bad_flags_are_refused_in_chinese() {
    let start = ["deadline", "--start", "2026-01-05T09:10"];
    let cases: [(&[&str], &str); 7] = [
        (&["--working-days", "-1"], "参数的值不合要求"),
        (&["--working-days", "1", "--natural-days", "1"], "参数不能同时使用"),
        (&[], "给出期限"),
        (&["--working-days", "1", "--pause", "2026-01-06T09:00"], "FROM/TO"),
        (&["--working-days", "1", "--pause", "2026-01-06/2026-01-05"], "止于其始之前"),
        (&["--working-days", "1", "--calendar", "/nowhere.toml"], "放假安排不可用"),
        (&["--workdays", "1"], "有不认识的参数"),
    ];
    for (flags, expected) in cases {
        let output = whistle(&[&start, flags].concat(), "");
        assert!(!output.status.success(), "{flags:?}");
        let told = text(&output.stderr);
        assert!(told.starts_with("错误：") && told.contains(expected), "{flags:?}: {told}");
    }
    let output = whistle(&["deadline", "--start", "tomorrow", "--working-days", "1"], "");
    assert!(text(&output.stderr).contains("不是时刻"));
}

/// Each fault of a calendar file that the rules know is refused, and says where.
#[test]
fn a_calendar_that_contradicts_itself_is_refused() {
    let good = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/calendar/data/2026.toml"),
    )
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("year.toml");
    let asked = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        let limit = ["deadline", "--start", "2026-01-05", "--working-days", "1"];
        whistle(&[&limit[..], &["--calendar", file]].concat(), "")
    };
    assert!(asked(&good).status.success());
    for bad in ["", "year = 2026", &good.replace("2026-10-01", "2026-02-30")] {
        let output = asked(bad);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("放假安排不可用"), "{}", text(&output.stderr));
    }
}

#[test]
fn uscc_says_what_is_wrong() {
    let output = whistle(&["uscc", "91369901MA511A878Y"], "");
    assert!(output.status.success());
    let output = whistle(&["uscc", "91369901MA511A8780", "x"], "");
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stdout);
    assert!(told.contains("应为“Y”") && told.contains("应为18位，现为1位"), "{told}");
}

#[test]
fn a_token_is_signed_with_the_key_of_the_data_directory() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let arguments = ["token", "--person", "persons/D01-11", "--days", "2", "--data-dir", data];
    let output = whistle(&arguments, "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("没有签名密钥"));

    let files = runtime::keys::KeyFiles::within(folder.path());
    files.token_key(&journal::SystemEntropy).unwrap();
    let output = whistle(&arguments, "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let claims = text(&output.stdout).trim().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["sub"], "persons/D01-11");
    let told = text(&output.stderr);
    for word in ["不核对名册", "persons/D01-11", "CALLER_UNKNOWN"] {
        assert!(told.contains(word), "{word} is not in {told}");
    }
    let help = whistle(&["token", "--help"], "");
    assert!(
        text(&help.stdout).contains("名册中没有的人持令牌调用一律被拒"),
        "{}",
        text(&help.stdout)
    );
    let output = whistle(&["token", "--person", "nobody", "--data-dir", data], "");
    assert!(text(&output.stderr).contains("不是 persons/"));
}

#[test]
fn a_taken_port_leaves_nothing_behind() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let output =
        whistle(&["serve", "--listen", &address, "--data-dir", data.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains(&address), "{}", text(&output.stderr));
    assert!(!data.exists());
}

#[test]
fn a_range_is_told_in_both_languages() {
    for apart in ["0", "61", "x"] {
        let output = whistle(&["doctor", "--token", "t", "--apart", apart], "");
        assert_eq!(output.status.code(), Some(2));
        let told = text(&output.stderr);
        assert!(told.contains("应为 1 至 60 的整数秒") && told.contains("whole number"), "{told}");
    }
}

#[test]
fn help_is_in_both_languages() {
    let output = whistle(&["--help"], "");
    assert!(output.status.success());
    let told = text(&output.stdout);
    assert!(told.contains("企业吹哨") && told.contains("enterprise-service desk"));
}
