//! What can be wrong with settings: which one, its value, where it came from, what would do.

use std::path::PathBuf;

use figment::value::Value;
use figment::{Figment, error::Kind};

use super::setting::{self, SETTINGS};
use super::{ENVIRONMENT, FLAGS};

/// Why the settings were refused, in Chinese and English.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("无法读取配置文件 {path}：请检查路径和权限 / the configuration file {path} cannot be read: check its path and permissions", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The file is not TOML.
    #[error("配置文件 {path} 不是有效的 TOML：{problem} / the configuration file {path} is not TOML: {problem}", path = path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// What and where.
        problem: String,
    },
    /// There is no such setting.
    #[error("没有名为 {key} 的配置项（来自 {source_name}），可用的有：{all} / there is no setting {key} (from {source_name}); there are: {all}", all = all_keys())]
    Unknown {
        /// The key that was given.
        key: String,
        /// Where it was given.
        source_name: String,
    },
    /// The value will not do.
    #[error(
        "配置项 {key} 的值 {value} 无效（来自 {source_name}）：应为{chinese} / the setting {key} is {value} (from {source_name}): it must be {english}"
    )]
    Bad {
        /// The setting.
        key: String,
        /// Its value; `…` if it may hold a secret.
        value: String,
        /// Where it was given.
        source_name: String,
        /// What would do, in Chinese.
        chinese: &'static str,
        /// What would do, in English.
        english: &'static str,
    },
    /// A setting that another one needs is missing.
    #[error("缺少配置项 {key}：应为{chinese} / the setting {key} is missing: it must be {english}")]
    Missing {
        /// The setting.
        key: String,
        /// What would do, in Chinese.
        chinese: &'static str,
        /// What would do, in English.
        english: &'static str,
    },
    /// A service is to run that the zone does not have.
    #[error(
        "only 中的服务 {service} 不在 services_of_zone 中：请补充或改正 / the service {service} in `only` is not in `services_of_zone`: add or correct it"
    )]
    ServiceOutsideZone {
        /// The service.
        service: String,
    },
    /// Services run apart, and nothing carries events between them.
    #[error(
        "本进程只运行园区的部分服务，需要 amqp_url（RabbitMQ）在服务之间传递事件；或去掉 only / this process runs only some of the zone's services: set amqp_url (RabbitMQ) to carry events between them, or leave out `only`"
    )]
    BrokerMissing,
}

impl ConfigError {
    pub(super) fn of(figment: &Figment, error: &figment::Error) -> ConfigError {
        let key = error.path.join(".");
        let Kind::MissingField(name) = &error.kind else {
            return ConfigError::bad(figment, &key);
        };
        let key = if key.is_empty() { name.to_string() } else { format!("{key}.{name}") };
        ConfigError::missing(&key)
    }

    pub(super) fn missing(key: &str) -> ConfigError {
        let (chinese, english) = wanted(key);
        ConfigError::Missing { key: key.into(), chinese, english }
    }

    pub(super) fn bad(figment: &Figment, key: &str) -> ConfigError {
        // An element of a list is reported as its list: `only.0` is `only`.
        let key = key.trim_end_matches(|c: char| c == '.' || c.is_ascii_digit());
        let (chinese, english) = wanted(key);
        let given = figment.find_metadata(key).map_or("default", |metadata| &*metadata.name);
        let source_name = match given {
            ENVIRONMENT => setting::variable(key),
            FLAGS => format!("--{}", key.replace(['_', '.'], "-")),
            other => other.to_owned(),
        };
        let secret = setting::find(key).is_some_and(|setting| setting.secret);
        let value = match figment.find_value(key) {
            Ok(_) if secret => "…".into(),
            Ok(value) => show(&value),
            Err(_) => "?".into(),
        };
        ConfigError::Bad { key: key.into(), value, source_name, chinese, english }
    }
}

fn wanted(key: &str) -> (&'static str, &'static str) {
    let section = ("一个小节", "a section of settings");
    setting::find(key).map_or(section, |setting| (setting.chinese, setting.english))
}

fn all_keys() -> String {
    SETTINGS.iter().map(|setting| setting.key).collect::<Vec<_>>().join(", ")
}

fn show(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("\"{text}\""),
        Value::Bool(_, flag) => flag.to_string(),
        Value::Num(_, number) => number
            .to_i128()
            .map_or_else(|| format!("{:?}", number.to_actual()), |whole| whole.to_string()),
        Value::Array(_, items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
        }
        Value::Char(..) | Value::Empty(..) | Value::Dict(..) => value.to_actual().to_string(),
    }
}
