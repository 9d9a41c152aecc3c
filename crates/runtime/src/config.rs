//! Configuration: defaults, then a file, then `WHISTLE_*`, then flags; the last word wins.
//!
//! [`SETTINGS`] lists every setting with what its value may be; a test holds it and [`Config`]
//! together.

mod bank;
mod error;
mod secret;
mod setting;

use std::ffi::OsString;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::providers::{Format as _, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Provider as _};
use proof::VerifierKey;
use serde::Deserialize;

pub use bank::BankPlaces;
pub use error::ConfigError;
pub use secret::Secret;
pub(crate) use setting::is_safe_address;
pub use setting::{SETTINGS, Setting, Shape};

/// The file that is read, if it is there, when none is named.
pub const FILE: &str = "whistle.toml";

/// Everything that a process is told from outside.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The zone's name (园区), which is also the audience of its tokens unless told otherwise.
    pub zone: String,
    /// Where gRPC and HTTP are listened for.
    pub listen: SocketAddr,
    /// Where the SQLite files and the keys of the embedded size lie.
    pub data_dir: PathBuf,
    /// The services of this process; empty: all that the zone has.
    pub only: Vec<String>,
    /// Every service of the zone, whose queues each process declares at the broker.
    pub services_of_zone: Vec<String>,
    /// PostgreSQL; absent: SQLite files in `data_dir`.
    pub database_url: Option<Secret>,
    /// RabbitMQ; absent: delivery within the process.
    pub amqp_url: Option<Secret>,
    /// Writers of each service on PostgreSQL; SQLite has one.
    pub writers: usize,
    /// How many units of work may wait for a writer.
    pub queue_length: usize,
    /// How many calls may be answered at once; further ones are refused as overloaded.
    pub calls_at_once: usize,
    /// Seconds that a call may take that brings no deadline of its own; it is also the longest.
    pub call_within: u64,
    /// Seconds that a stream of a caller's messages, such as a file, may stand still; it may take as
    /// long as it keeps coming.
    pub stream_idle_within: u64,
    /// Seconds that running calls and tasks have to finish when the process is told to stop.
    pub drain_within: u64,
    /// Seconds after which a listener asks again for events that are missing.
    pub resend_after: u64,
    /// The keys that tokens are verified with: a file or an address; absent: the own key.
    pub jwks: Option<String>,
    /// The audience that tokens must name; absent: the zone.
    pub audience: Option<String>,
    /// 64 hex digits, from which the key that seals each journal is derived.
    pub sealing_key_file: Option<PathBuf>,
    /// 64 hex digits that page tokens are signed with.
    pub page_key_file: Option<PathBuf>,
    /// 64 hex digits that personal values are encrypted with.
    pub data_key_file: Option<PathBuf>,
    /// The keys that personal values were encrypted with before: these still open them.
    pub old_data_key_files: Vec<PathBuf>,
    /// The receivers of notices; absent: nobody is told.
    pub notices_file: Option<PathBuf>,
    /// The keys of the witnesses who may cosign checkpoints, `name+id+base64`.
    pub witnesses: Vec<String>,
    /// Whether callers may ask for the contracts; absent: in the embedded size alone.
    pub reflection: Option<bool>,
    /// The OpenTelemetry collector; absent: traces are not sent.
    pub otlp_endpoint: Option<String>,
    /// What is logged, and how.
    pub log: Log,
    /// TLS; absent: plain text, for a loopback address or behind a proxy.
    pub tls: Option<Tls>,
    /// Where the files that callers upload are kept.
    pub files: Files,
    /// Where the files of the payment rail pass.
    pub bank: Bank,
    /// `WHISTLE_*` variables that are no settings: ignored, because an orchestrator may set such
    /// (Kubernetes does for a service named whistle), and logged, because they may be mistyped.
    #[serde(skip)]
    pub unheeded: Vec<String>,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// The form of a line.
    pub format: LogFormat,
    /// What is let through, as tracing-subscriber's directives.
    pub filter: String,
}

/// The form of a line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line, for a collector.
    Json,
}

/// The certificate of the server and, for mutual TLS, whose clients are let in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The server's certificate chain, PEM.
    pub certificate_file: PathBuf,
    /// The server's private key, PEM.
    pub key_file: PathBuf,
    /// The authority that clients' certificates must be signed by, PEM; absent: none asked for.
    pub client_ca_file: Option<PathBuf>,
}

/// Where uploaded files are kept, and how large one may be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// A folder, or `http://host:port/bucket` of an S3-compatible store; absent: the folder `files`
    /// in `data_dir`.
    pub address: Option<String>,
    /// The region that requests to an S3-compatible store are signed for.
    pub region: String,
    /// The name of the key that they are signed with.
    pub access_key_id: Option<String>,
    /// The key that they are signed with.
    pub secret_access_key: Option<Secret>,
    /// The most bytes of one file; absent: 20 MB of a ticket's, 50 MB of a case's.
    pub bytes_max: Option<u64>,
}

/// Where the files of the payment rail (支付指令与回执) pass; absent: in the folder `bank` in `data_dir`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bank {
    /// The folder that the bank takes payment orders from.
    pub orders: Option<PathBuf>,
    /// The folder that the bank puts its reports into.
    pub reports: Option<PathBuf>,
    /// The file that says from which account each department pays, TOML.
    pub payers_file: Option<PathBuf>,
}

impl Files {
    /// Whether the address is one of an S3-compatible store, not a folder.
    pub fn is_remote(&self) -> bool {
        self.address.as_ref().is_some_and(|address| address.contains("://"))
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            zone: "whistle".into(),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7700),
            data_dir: "./whistle-data".into(),
            only: Vec::new(),
            services_of_zone: ["directory", "request", "dispatch", "agency"]
                .map(String::from)
                .into(),
            database_url: None,
            amqp_url: None,
            writers: 8,
            queue_length: 1024,
            calls_at_once: 1024,
            call_within: 30,
            stream_idle_within: 30,
            drain_within: 20,
            resend_after: 5,
            jwks: None,
            audience: None,
            sealing_key_file: None,
            page_key_file: None,
            data_key_file: None,
            old_data_key_files: Vec::new(),
            notices_file: None,
            witnesses: Vec::new(),
            reflection: None,
            otlp_endpoint: None,
            log: Log::default(),
            tls: None,
            files: Files::default(),
            bank: Bank::default(),
            unheeded: Vec::new(),
        }
    }
}

impl Default for Log {
    fn default() -> Log {
        Log { format: LogFormat::Text, filter: "info".into() }
    }
}

impl Default for Files {
    fn default() -> Files {
        Files {
            address: None,
            region: "us-east-1".into(),
            access_key_id: None,
            secret_access_key: None,
            bytes_max: None,
        }
    }
}

impl Config {
    /// Reads the settings of this process. A named file must be there; [`FILE`] may be missing.
    pub fn load(file: Option<&Path>, flags: &Flags) -> Result<Config, ConfigError> {
        Config::load_with(file, std::env::vars_os(), flags)
    }

    /// As [`Config::load`], with an environment that is handed in.
    pub fn load_with(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: &Flags,
    ) -> Result<Config, ConfigError> {
        let (environment, unheeded) = setting::of_environment(environment);
        let (named, path) = file.map_or((false, Path::new(FILE)), |file| (true, file));
        let figment = Figment::new()
            .merge(Layer { name: path.display().to_string(), dict: of_file(path, named)? })
            .merge(Layer::of(ENVIRONMENT, &environment))
            .merge(Layer::of(FLAGS, &flags.0));
        if let Some((key, _)) = flags.0.iter().find(|(key, _)| setting::find(key).is_none()) {
            return Err(ConfigError::Unknown { key: key.clone(), source_name: FLAGS.into() });
        }
        let read = figment.extract::<Config>();
        let mut config = read.map_err(|error| ConfigError::of(&figment, &error))?;
        config.unheeded = unheeded;
        config.check(&figment)?;
        Ok(config)
    }

    /// The services of this process: those named, or all of the zone.
    pub fn services(&self) -> &[String] {
        if self.only.is_empty() { &self.services_of_zone } else { &self.only }
    }

    /// Whether the process stands alone on SQLite, with nothing installed.
    pub fn is_embedded(&self) -> bool {
        self.database_url.is_none()
    }

    /// The audience that tokens must name.
    pub fn audience(&self) -> &str {
        self.audience.as_deref().unwrap_or(&self.zone)
    }

    /// The keys of the witnesses.
    pub fn witness_keys(&self) -> Vec<VerifierKey> {
        self.witnesses.iter().filter_map(|text| setting::witness_key(text)).collect()
    }

    /// Whether callers may ask for the contracts (`grpc.reflection`).
    pub fn reflects(&self) -> bool {
        self.reflection.unwrap_or(self.is_embedded())
    }

    /// `call_within` as a span.
    pub fn call_within(&self) -> Duration {
        Duration::from_secs(self.call_within)
    }

    /// `stream_idle_within` as a span.
    pub fn stream_idle_within(&self) -> Duration {
        Duration::from_secs(self.stream_idle_within)
    }

    /// `drain_within` as a span.
    pub fn drain_within(&self) -> Duration {
        Duration::from_secs(self.drain_within)
    }

    /// `resend_after` as a span.
    pub fn resend_after(&self) -> Duration {
        Duration::from_secs(self.resend_after)
    }

    /// What the type of a setting cannot say.
    fn check(&self, figment: &Figment) -> Result<(), ConfigError> {
        if let Some(key) = setting::faults(self).first() {
            return Err(ConfigError::bad(figment, key));
        }
        if let Some(service) = self.only.iter().find(|name| !self.services_of_zone.contains(name)) {
            return Err(ConfigError::ServiceOutsideZone { service: service.clone() });
        }
        let apart = self.services_of_zone.iter().any(|name| !self.services().contains(name));
        if apart && self.amqp_url.is_none() {
            return Err(ConfigError::BrokerMissing);
        }
        let keys = [
            ("files.access_key_id", self.files.access_key_id.is_some()),
            ("files.secret_access_key", self.files.secret_access_key.is_some()),
        ];
        if let Some((key, _)) = keys.iter().find(|(_, given)| self.files.is_remote() && !given) {
            return Err(ConfigError::missing(key));
        }
        Ok(())
    }
}

/// What the command line says: settings by their key, lists separated by commas.
#[derive(Clone, Default)]
pub struct Flags(Vec<(String, String)>);

impl Flags {
    /// Sets a setting, if the flag was given.
    #[must_use]
    pub fn set(mut self, key: &str, value: Option<impl ToString>) -> Flags {
        self.0.extend(value.map(|value| (key.to_owned(), value.to_string())));
        self
    }
}

const ENVIRONMENT: &str = "environment";
const FLAGS: &str = "flags";

/// One source of settings, in the order of precedence.
struct Layer {
    name: String,
    dict: Dict,
}

impl Layer {
    fn of(name: &str, pairs: &[(String, String)]) -> Layer {
        let mut all = Value::from(Dict::new());
        for (key, text) in pairs {
            let shape = setting::find(key).map_or(Shape::Text, |setting| setting.shape);
            all = setting::join(all, figment::util::nest(key, shape.value(text)));
        }
        Layer { name: name.into(), dict: all.into_dict().unwrap_or_default() }
    }
}

impl figment::Provider for Layer {
    fn metadata(&self) -> figment::Metadata {
        figment::Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<figment::value::Map<figment::Profile, Dict>, figment::Error> {
        Ok(figment::Profile::Default.collect(self.dict.clone()))
    }
}

fn of_file(path: &Path, named: bool) -> Result<Dict, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && !named => return Ok(Dict::new()),
        Err(cause) => return Err(ConfigError::Unreadable { path: path.into(), cause }),
    };
    let mut read = Toml::string(&text)
        .data()
        .map_err(|error| ConfigError::NotToml { path: path.into(), problem: error.to_string() })?;
    let dict = read.remove(&figment::Profile::Default).unwrap_or_default();
    if let Some(key) = setting::unknown(&dict) {
        return Err(ConfigError::Unknown { key, source_name: path.display().to_string() });
    }
    Ok(dict)
}

#[cfg(test)]
mod tests;
