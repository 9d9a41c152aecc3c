//! Every setting in one table: its key, how its text is read, and what its value may be.

use std::ffi::OsString;

use figment::value::{Dict, Value};
use proof::{Algorithm, VerifierKey};
use tracing_subscriber::EnvFilter;

use super::Config;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The key in the file; a dot enters a section. `WHISTLE_LOG__FORMAT` is `log.format`.
    pub key: &'static str,
    /// How the text of a variable or a flag is read.
    pub shape: Shape,
    /// Whether its value may hold a password.
    pub secret: bool,
    /// What its value may be, in Chinese.
    pub chinese: &'static str,
    /// What its value may be, in English.
    pub english: &'static str,
}

/// How the text of a variable or a flag is read. A zone named 12 is a text all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As it stands.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
    /// Texts separated by commas.
    List,
}

const fn text(key: &'static str, chinese: &'static str, english: &'static str) -> Setting {
    Setting { key, shape: Shape::Text, secret: false, chinese, english }
}

const fn secret(key: &'static str, chinese: &'static str, english: &'static str) -> Setting {
    Setting { secret: true, ..text(key, chinese, english) }
}

const fn number(key: &'static str, chinese: &'static str, english: &'static str) -> Setting {
    Setting { shape: Shape::Number, ..text(key, chinese, english) }
}

const fn switch(key: &'static str, chinese: &'static str, english: &'static str) -> Setting {
    Setting { shape: Shape::Switch, ..text(key, chinese, english) }
}

const fn list(key: &'static str, chinese: &'static str, english: &'static str) -> Setting {
    Setting { shape: Shape::List, ..text(key, chinese, english) }
}

/// Every setting.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    text("zone", "小写字母开头，含小写字母、数字和连字符，最长 32 个字符", "1 to 32 lower-case letters, digits and hyphens, a letter first"),
    text("listen", "IP 地址和端口，例如 127.0.0.1:7700", "an IP address and a port, such as 127.0.0.1:7700"),
    text("data_dir", "一个可写的目录", "a directory that can be written to"),
    list("only", "服务名称列表，例如 [\"request\", \"dispatch\"]", "a list of service names, such as [\"request\", \"dispatch\"]"),
    list("services_of_zone", "服务名称列表，不可为空", "a list of service names, not empty"),
    secret("database_url", " postgres:// 地址；不设则使用 SQLite", "a postgres:// address; leave it out for SQLite"),
    secret("amqp_url", " amqp:// 地址；不设则在进程内传递事件", "an amqp:// address; leave it out for delivery within the process"),
    number("writers", " 1 到 64 的整数", "a whole number from 1 to 64"),
    number("queue_length", " 1 到 1000000 的整数", "a whole number from 1 to 1000000"),
    number("calls_at_once", " 1 到 1000000 的整数", "a whole number from 1 to 1000000"),
    number("call_within", " 1 到 3600 的整数（秒）", "a whole number of seconds from 1 to 3600"),
    number("stream_idle_within", " 1 到 3600 的整数（秒）", "a whole number of seconds from 1 to 3600"),
    number("drain_within", " 1 到 3600 的整数（秒）", "a whole number of seconds from 1 to 3600"),
    number("resend_after", " 1 到 3600 的整数（秒）", "a whole number of seconds from 1 to 3600"),
    text("jwks", " JWKS 文件路径或 https:// 地址（http:// 仅限本机）", "the path of a JWKS file or an https:// address (http:// for loopback alone)"),
    text("audience", "非空文本", "a text that is not empty"),
    text("sealing_key_file", "密钥文件路径（64 个十六进制字符）", "the path of a key file (64 hex digits)"),
    text("page_key_file", "密钥文件路径（64 个十六进制字符）", "the path of a key file (64 hex digits)"),
    text("data_key_file", "密钥文件路径（64 个十六进制字符）", "the path of a key file (64 hex digits)"),
    list("old_data_key_files", "曾用数据密钥文件路径列表，每个文件 64 个十六进制字符", "a list of paths of key files (64 hex digits each)"),
    text("notices_file", "通知接收方文件（TOML）的路径", "the path of the file of receivers of notices (TOML)"),
    list("witnesses", "见证人公钥列表，每项为 name+id+base64（副签密钥）", "a list of witnesses' keys, each name+id+base64 (for cosignatures)"),
    switch("reflection", " true 或 false", "true or false"),
    text("otlp_endpoint", " http:// 地址，例如 http://127.0.0.1:4317", "an http:// address, such as http://127.0.0.1:4317"),
    text("log.format", " text 或 json", "text or json"),
    text("log.filter", "日志过滤规则，例如 info,runtime=debug", "a filter, such as info,runtime=debug"),
    text("tls.certificate_file", "服务器证书（PEM）路径", "the path of the server's certificate (PEM)"),
    text("tls.key_file", "服务器私钥（PEM）路径", "the path of the server's private key (PEM)"),
    text("tls.client_ca_file", "客户端 CA 证书（PEM）路径", "the path of the clients' authority (PEM)"),
    text("files.address", "一个可写的目录，或 http://主机:端口/桶 形式的 S3 兼容存储地址（不直接支持 https://，请经本机或集群内的 TLS 代理）", "a directory that can be written to, or http://host:port/bucket of an S3-compatible store (https:// is not spoken here: put a TLS proxy before it)"),
    text("files.region", "非空文本，例如 us-east-1", "a text that is not empty, such as us-east-1"),
    text("files.access_key_id", "访问密钥的编号，非空文本", "the id of the access key, a text that is not empty"),
    secret("files.secret_access_key", "访问密钥，非空文本", "the access key, a text that is not empty"),
    text("bank.orders", "支付指令目录，一个可写的目录", "the folder of payment orders, one that can be written to"),
    text("bank.reports", "银行回执目录，一个可写的目录", "the folder of the bank's reports, one that can be written to"),
    text("bank.payers_file", "付款账户文件（TOML）的路径", "the path of the file of the accounts that pay (TOML)"),
    number("files.bytes_max", " 1 到 1073741824 的整数（字节）", "a whole number of bytes from 1 to 1073741824"),
];

const PREFIX: &str = "WHISTLE_";
/// Variables that are read elsewhere: the file itself is named by one.
const ELSEWHERE: &[&str] = &["config"];

/// The keys whose values have the right type and are still not what a setting may be.
#[rustfmt::skip]
pub(super) fn faults(config: &Config) -> Vec<&'static str> {
    let starts = |text: &str, prefixes: &[&str]| prefixes.iter().any(|prefix| text.len() > prefix.len() && text.starts_with(prefix));
    let seconds = |value: u64| (1..=3600).contains(&value);
    let many = |value: usize| (1..=1_000_000).contains(&value);
    let filled = |path: &Option<std::path::PathBuf>| path.as_ref().is_none_or(|path| !path.as_os_str().is_empty());
    let checks = [
        ("zone", is_word(&config.zone)),
        ("data_dir", !config.data_dir.as_os_str().is_empty()),
        ("only", config.only.iter().all(|name| is_word(name))),
        ("services_of_zone", !config.services_of_zone.is_empty() && config.services_of_zone.iter().all(|name| is_word(name))),
        ("database_url", config.database_url.as_ref().is_none_or(|url| starts(url.expose(), &["postgres://", "postgresql://"]))),
        ("amqp_url", config.amqp_url.as_ref().is_none_or(|url| starts(url.expose(), &["amqp://"]))),
        ("writers", (1..=64).contains(&config.writers)),
        ("queue_length", many(config.queue_length)),
        ("calls_at_once", many(config.calls_at_once)),
        ("call_within", seconds(config.call_within)),
        ("stream_idle_within", seconds(config.stream_idle_within)),
        ("drain_within", seconds(config.drain_within)),
        ("resend_after", seconds(config.resend_after)),
        ("jwks", config.jwks.as_deref().is_none_or(is_file_or_safe_address)),
        ("audience", config.audience.as_deref().is_none_or(|text| !text.trim().is_empty())),
        ("sealing_key_file", filled(&config.sealing_key_file)),
        ("page_key_file", filled(&config.page_key_file)),
        ("data_key_file", filled(&config.data_key_file)),
        ("old_data_key_files", config.old_data_key_files.iter().all(|path| !path.as_os_str().is_empty())),
        ("notices_file", filled(&config.notices_file)),
        ("bank.orders", filled(&config.bank.orders)),
        ("bank.reports", filled(&config.bank.reports)),
        ("bank.payers_file", filled(&config.bank.payers_file)),
        ("witnesses", config.witnesses.iter().all(|text| witness_key(text).is_some())),
        ("otlp_endpoint", config.otlp_endpoint.as_deref().is_none_or(|url| starts(url, &["http://"]) && url.parse::<http::Uri>().is_ok())),
        ("files.address", config.files.address.as_deref().is_none_or(is_folder_or_bucket)),
        ("files.region", !config.files.region.trim().is_empty()),
        ("files.access_key_id", config.files.access_key_id.as_deref().is_none_or(|text| !text.trim().is_empty())),
        ("files.secret_access_key", config.files.secret_access_key.as_ref().is_none_or(|key| !key.expose().trim().is_empty())),
        ("files.bytes_max", config.files.bytes_max.is_none_or(|bytes| (1..=1 << 30).contains(&bytes))),
        ("log.filter", EnvFilter::try_new(&config.log.filter).is_ok()),
    ];
    checks.into_iter().filter(|(_, good)| !good).map(|(key, _)| key).collect()
}

/// Keys that came over plain HTTP could be anyone's, unless they never left the machine.
fn is_file_or_safe_address(text: &str) -> bool {
    if text.contains("://") { is_safe_address(text) } else { !text.is_empty() }
}

/// An `https://` address, or `http://` on this machine.
pub(crate) fn is_safe_address(text: &str) -> bool {
    match text.split_once("://") {
        Some(("https", rest)) => !rest.is_empty(),
        Some(("http", rest)) => {
            let host = rest.split(['/', '?']).next().unwrap_or_default();
            let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
            matches!(host, "127.0.0.1" | "[::1]" | "localhost")
        }
        Some(_) | None => false,
    }
}

/// The key of a witness: one for cosignatures, not for a log's own.
pub(super) fn witness_key(text: &str) -> Option<VerifierKey> {
    let key: VerifierKey = text.parse().ok()?;
    (key.algorithm() == Algorithm::Cosignature).then_some(key)
}

/// A folder, or the plain address of one bucket.
fn is_folder_or_bucket(text: &str) -> bool {
    match text.split_once("://") {
        None => !text.is_empty(),
        Some(("http", rest)) => {
            let bucket = rest.split_once('/').map(|(_, bucket)| bucket.trim_end_matches('/'));
            let named = bucket.is_some_and(|name| !name.is_empty() && !name.contains(['/', '?']));
            named && text.parse::<http::Uri>().is_ok_and(|uri| uri.host().is_some())
        }
        Some(_) => false,
    }
}

fn is_word(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

impl Shape {
    /// The value that a text means; one that does not fit stays a text and is refused later.
    pub(super) fn value(self, text: &str) -> Value {
        let text = text.trim();
        match self {
            Shape::Text => Value::from(text),
            Shape::Number => text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from),
            Shape::Switch => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
            Shape::List => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Value::from(parts.map(String::from).collect::<Vec<_>>())
            }
        }
    }
}

/// The setting of a key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The variable of a key.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
}

/// The settings among the variables, and the names of those that look like settings and are
/// none. An empty variable counts as absent.
pub(super) fn of_environment(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> (Vec<(String, String)>, Vec<String>) {
    let (mut settings, mut unheeded) = (Vec::new(), Vec::new());
    for (name, value) in environment {
        let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) else { continue };
        let Some(key) = name.strip_prefix(PREFIX) else { continue };
        let key = key.to_ascii_lowercase().replace("__", ".");
        if find(&key).is_some() {
            if !value.is_empty() {
                settings.push((key, value));
            }
        } else if !ELSEWHERE.contains(&key.as_str()) {
            unheeded.push(name);
        }
    }
    unheeded.sort();
    (settings, unheeded)
}

/// The first key of a file that is no setting.
pub(super) fn unknown(dict: &Dict) -> Option<String> {
    for (name, value) in dict {
        if !SETTINGS.iter().any(|setting| setting.key.split('.').next() == Some(name)) {
            return Some(name.clone());
        }
        if let Value::Dict(_, inner) = value
            && find(name).is_none()
        {
            let mut full = inner.keys().map(|inner| format!("{name}.{inner}"));
            if let Some(key) = full.find(|key| find(key).is_none()) {
                return Some(key);
            }
        }
    }
    None
}

/// Both values, section by section.
pub(super) fn join(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Dict(tag, mut one), Value::Dict(_, other)) => {
            for (key, value) in other {
                let joined = match one.remove(&key) {
                    Some(before) => join(before, value),
                    None => value,
                };
                one.insert(key, joined);
            }
            Value::Dict(tag, one)
        }
        (_, other) => other,
    }
}
