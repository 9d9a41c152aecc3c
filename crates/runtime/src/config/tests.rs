//! The last word wins, and every wrong word is named with what would do instead.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;

use super::*;

/// Loads from a file's text, variables and flags.
fn load(file: &str, environment: &[(&str, &str)], flags: Flags) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zone.toml");
    fs::write(&path, file).unwrap();
    let variables = environment.iter().map(|(name, value)| (name.into(), value.into()));
    Config::load_with(Some(&path), variables, &flags)
}

fn refusal(file: &str, environment: &[(&str, &str)]) -> String {
    load(file, environment, Flags::default()).unwrap_err().to_string()
}

#[test]
fn without_any_word_the_embedded_size_stands() {
    let config = load("", &[], Flags::default()).unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(config.listen.to_string(), "127.0.0.1:7700");
    assert_eq!(config.data_dir, Path::new("./whistle-data"));
    assert_eq!(config.services(), ["directory", "request", "dispatch", "agency"]);
    assert_eq!(config.audience(), "whistle");
    assert!(config.is_embedded() && config.reflects());
}

#[test]
fn flags_win_over_variables_and_those_over_the_file() {
    let file = "zone = \"file\"\nwriters = 2\nqueue_length = 3\n[log]\nformat = \"json\"\n";
    let variables = [("WHISTLE_WRITERS", "4"), ("WHISTLE_QUEUE_LENGTH", "5")];
    let flags = Flags::default().set("queue_length", Some(6)).set("writers", None::<u32>);
    let config = load(file, &variables, flags).unwrap();
    assert_eq!((config.zone.as_str(), config.writers, config.queue_length), ("file", 4, 6));
    assert_eq!(config.drain_within, 20, "a default");
    assert_eq!(config.log, Log { format: LogFormat::Json, filter: "info".into() });
}

#[test]
fn variables_enter_sections_and_hold_lists_switches_and_texts() {
    let variables = [
        ("WHISTLE_LOG__FORMAT", "json"),
        ("WHISTLE_LOG__FILTER", "warn,runtime=debug"),
        ("WHISTLE_TLS__CERTIFICATE_FILE", "c.pem"),
        ("WHISTLE_TLS__KEY_FILE", "k.pem"),
        ("WHISTLE_ONLY", "request, dispatch"),
        ("WHISTLE_REFLECTION", "false"),
        ("WHISTLE_AUDIENCE", "12"),
        ("WHISTLE_DATABASE_URL", "postgres://u:p@h/d"),
        ("WHISTLE_AMQP_URL", "amqp://u:p@h"),
        ("WHISTLE_JWKS", ""),
        ("OTHER_ZONE", "x"),
    ];
    let config = load("", &variables, Flags::default()).unwrap();
    assert_eq!(config.log, Log { format: LogFormat::Json, filter: "warn,runtime=debug".into() });
    assert_eq!(config.tls.as_ref().unwrap().key_file, Path::new("k.pem"));
    assert_eq!(config.services(), ["request", "dispatch"]);
    assert_eq!(config.audience(), "12", "a number is a text where a text is meant");
    assert_eq!(config.jwks, None, "an empty variable is absent");
    assert!(!config.is_embedded() && !config.reflects());
    assert_eq!(config.database_url.unwrap().expose(), "postgres://u:p@h/d");
}

#[test]
fn variables_that_are_no_settings_are_passed_over_and_remembered() {
    let variables = [
        ("WHISTLE_SERVICE_HOST", "10.0.0.1"),
        ("WHISTLE_PORT", "tcp://10.0.0.1:7700"),
        ("WHISTLE_CONFIG", "zone.toml"),
    ];
    let config = load("", &variables, Flags::default()).unwrap();
    assert_eq!(config.unheeded, ["WHISTLE_PORT", "WHISTLE_SERVICE_HOST"]);
}

#[test]
fn a_key_that_is_no_setting_is_named_with_all_that_are() {
    for (file, key) in [
        ("zome = \"x\"", "zome"),
        ("[log]\nformst = \"text\"", "log.formst"),
        ("[logs]\nformat = \"text\"", "logs"),
    ] {
        let said = refusal(file, &[]);
        assert!(said.contains(&format!("没有名为 {key} 的配置项")), "{said}");
        assert!(said.contains(&format!("there is no setting {key}")), "{said}");
        assert!(said.contains("zone.toml") && said.contains("services_of_zone"), "{said}");
    }
    let flags = Flags::default().set("zome", Some("x"));
    assert!(matches!(load("", &[], flags), Err(ConfigError::Unknown { key, .. }) if key == "zome"));
}

/// A witness's key, for cosignatures.
const WITNESS_KEY: &str = "witness.example+82bca4dd+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
/// A key of the same name for a log.
const LOG_KEY: &str = "witness.example+7ae038f4+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";

/// Each setting with a value that will not do, as a variable.
const BAD: &[(&str, &[&str])] = &[
    ("zone", &["Zone", "-z", "园区", "a b", "123456789012345678901234567890123"]),
    ("listen", &["7700", "localhost", "127.0.0.1", "127.0.0.1:70000"]),
    ("only", &["Request"]),
    ("services_of_zone", &["re quest", ","]),
    ("database_url", &["sqlite://x", "postgres://", "host/db"]),
    ("amqp_url", &["amqps://h", "http://h"]),
    ("writers", &["0", "65", "-1", "many", "1.5"]),
    ("queue_length", &["0", "1000001"]),
    ("calls_at_once", &["0"]),
    ("call_within", &["0", "3601"]),
    ("stream_idle_within", &["0", "3601"]),
    ("drain_within", &["0", "3601", "20s"]),
    ("resend_after", &["0"]),
    ("jwks", &["http://keys.example", "ftp://x", "http://127.0.0.1.example/", "https://"]),
    ("audience", &[" "]),
    ("witnesses", &["name", LOG_KEY]),
    ("reflection", &["yes"]),
    ("otlp_endpoint", &["127.0.0.1:4317", "http://"]),
    ("files.address", &["https://s3.example/b", "http://h:9000", "http://h/a/b", "s3://b"]),
    ("files.region", &[" "]),
    ("files.access_key_id", &[" "]),
    ("files.secret_access_key", &[" "]),
    ("files.bytes_max", &["0", "1073741825", "20MB"]),
    ("log.format", &["xml"]),
    ("log.filter", &["a=b=c"]),
];

#[test]
fn every_bad_value_is_named_with_its_source_and_what_would_do() {
    for (key, values) in BAD {
        let setting = setting::find(key).unwrap();
        let variable = setting::variable(key);
        for value in *values {
            let error = load("", &[(&variable, value)], Flags::default()).unwrap_err();
            let said = error.to_string();
            let ConfigError::Bad { key: named, source_name, value: shown, .. } = error else {
                panic!("{key} = {value}: {said}")
            };
            assert_eq!((named.as_str(), &source_name), (*key, &variable), "{said}");
            assert!(said.contains(setting.chinese) && said.contains(setting.english), "{said}");
            let hidden = shown == "…";
            assert_eq!(hidden, setting.secret, "{said}");
            assert!(
                hidden || setting.shape == Shape::List || shown.contains(value.trim()),
                "{said}"
            );
        }
    }
}

#[test]
fn a_bad_value_is_named_where_it_was_given() {
    let said = refusal("writers = \"many\"", &[]);
    assert!(said.contains("writers 的值 \"many\"") && said.contains("zone.toml"), "{said}");
    let flags = Flags::default().set("drain_within", Some("x"));
    let said = load("", &[], flags).unwrap_err().to_string();
    assert!(said.contains("--drain-within"), "{said}");
    assert!(refusal("only = [\"request\", 3]", &[]).contains("setting only"));
    assert!(refusal("log = \"text\"", &[]).contains("setting log"));
    assert!(refusal("[zone]\na = 1", &[]).contains("setting zone"));
    let said = refusal("database_url = [\"postgres://u:hunter2@h\"]", &[]);
    assert!(said.contains("database_url") && !said.contains("hunter2"), "{said}");
}

#[test]
fn what_another_setting_needs_is_asked_for() {
    let said = refusal("[tls]\ncertificate_file = \"c.pem\"", &[]);
    assert!(said.contains("缺少配置项 tls.key_file"), "{said}");
    for (given, missing) in [
        ("secret_access_key = \"k\"", "files.access_key_id"),
        ("access_key_id = \"k\"", "files.secret_access_key"),
    ] {
        let said = refusal(&format!("[files]\naddress = \"http://h:1/b\"\n{given}"), &[]);
        assert!(said.contains(&format!("缺少配置项 {missing}")), "{said}");
    }
    let outside = load("only = [\"subsidy\"]", &[], Flags::default()).unwrap_err();
    assert!(matches!(outside, ConfigError::ServiceOutsideZone { service } if service == "subsidy"));
    let apart = load("only = [\"request\"]", &[], Flags::default()).unwrap_err();
    assert!(matches!(apart, ConfigError::BrokerMissing));
    let alone = "only = [\"request\"]\nservices_of_zone = [\"request\"]";
    assert!(load(alone, &[], Flags::default()).is_ok());
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_named() {
    let gone = Config::load_with(Some(Path::new("no/such.toml")), [], &Flags::default());
    let gone = gone.unwrap_err();
    assert!(matches!(gone, ConfigError::Unreadable { .. }));
    assert!(gone.to_string().contains("no/such.toml"));
    let said = refusal("zone = ", &[]);
    assert!(said.contains("不是有效的 TOML") && said.contains("zone.toml"), "{said}");
    let none_named = Config::load_with(None, [], &Flags::default());
    assert_eq!(none_named.unwrap(), Config::default());
}

#[test]
fn secrets_are_not_printed() {
    let file = "database_url = \"postgres://u:hunter2@h/d\"\namqp_url = \"amqp://u:hunter2@h\"";
    let printed = format!("{:?}", load(file, &[], Flags::default()).unwrap());
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[test]
fn every_setting_is_in_the_table_and_every_line_of_it_is_a_setting() {
    // What `Config` reads, by its own account: each key of the table with a value that will do.
    let good = |setting: &Setting| match (setting.key, setting.shape) {
        ("listen", _) => "\"127.0.0.1:1\"".to_owned(),
        ("database_url", _) => "\"postgres://h/d\"".into(),
        ("amqp_url", _) => "\"amqp://h\"".into(),
        ("otlp_endpoint", _) => "\"http://h:1\"".into(),
        ("log.format", _) => "\"text\"".into(),
        ("witnesses", _) => format!("[{WITNESS_KEY:?}]"),
        (_, Shape::Number) => "7".into(),
        (_, Shape::Switch) => "true".into(),
        (_, Shape::List) => "[\"a\"]".into(),
        (_, Shape::Text) => "\"a\"".into(),
    };
    let lines: Vec<String> =
        SETTINGS.iter().map(|setting| format!("{} = {}", setting.key, good(setting))).collect();
    let config = load(&lines.join("\n"), &[], Flags::default()).unwrap();
    let printed = format!("{config:#?}");
    // One line per field of `Config`, `Log`, `Tls`, `Files` and `Bank`; none is left as it was.
    for absent in ["None", "7700", "Text, "] {
        assert!(!printed.contains(absent), "{printed}");
    }
    let source = include_str!("../config.rs");
    let structs = source.split("pub struct ").skip(1).take(5);
    let bodies = structs.filter_map(|text| text.split("\n}").next());
    let fields = bodies.flat_map(str::lines).filter(|line| line.starts_with("    pub "));
    let names = fields.filter_map(|line| line.trim().strip_prefix("pub ")?.split(':').next());
    let sections = ["log", "tls", "files", "bank", "unheeded"];
    assert_eq!(names.filter(|name| !sections.contains(name)).count(), SETTINGS.len());
}
