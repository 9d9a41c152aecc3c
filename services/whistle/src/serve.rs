//! `whistle serve`: runs the services of the zone, all in one process or some of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use base::PersonId;
use contract::directory::Staff;
use journal::{Sources, SystemClock, SystemEntropy};
use runtime::Site;
use runtime::config::{self, Config};
use runtime::keys::Keys;
use runtime::server::Server;
use runtime::telemetry::Telemetry;
use tokio::signal::unix::{SignalKind, signal};

use crate::connection::Connection;
use crate::demo;
use crate::lines;
use crate::services;
use crate::token;

/// How long the tokens hold that are made at the start.
const TOKEN_DAYS: u16 = 30;

/// What `whistle serve` is asked.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// 配置文件，缺省为当前目录的 whistle.toml (the configuration file).
    #[arg(long, value_name = "FILE", env = "WHISTLE_CONFIG")]
    config: Option<PathBuf>,
    /// 监听地址 (where to listen).
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// 数据目录 (the data directory).
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// 只运行这些服务，以逗号分隔 (run these services alone).
    #[arg(long, value_name = "NAMES")]
    only: Option<String>,
    /// 改用 PostgreSQL (keep data in PostgreSQL).
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// 改用 RabbitMQ (deliver through RabbitMQ).
    #[arg(long, value_name = "URL")]
    amqp_url: Option<String>,
    /// 载入示范园区 (load the demo zone).
    #[arg(long)]
    demo: bool,
    /// 园区文件：首批管理员 (the zone file, which names the first administrators).
    #[arg(long, value_name = "FILE")]
    zone_file: Option<PathBuf>,
}

/// Serves until told to stop.
pub(crate) fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    let config = Config::load(flags.config.as_deref(), &given(&flags))?;
    let admins = admins(flags.zone_file.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config, admins, flags.demo))
}

fn given(flags: &Flags) -> config::Flags {
    config::Flags::default()
        .set("listen", flags.listen.as_ref())
        .set("data_dir", flags.data_dir.as_ref().map(|path| path.display()))
        .set("only", flags.only.as_ref())
        .set("database_url", flags.database_url.as_ref())
        .set("amqp_url", flags.amqp_url.as_ref())
}

async fn serve(config: Config, admins: Vec<Staff>, with_demo: bool) -> anyhow::Result<ExitCode> {
    let telemetry = Telemetry::start(&config)?;
    for variable in &config.unheeded {
        tracing::warn!(variable, "an environment variable is no setting and is ignored");
    }
    let wanted = services::named(config.services())?;
    let sources = Sources { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) };
    // Where the port is taken nothing is left behind: no folder, no keys.
    drop(Server::bind(config.listen).await?);
    let keys = Keys::open(&config, sources.entropy.as_ref())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let started = Site::start(&config, &wanted, sources, &keys);
    let site = tokio::select! {
        site = started => site?,
        _ = interrupted.recv() => return Ok(ExitCode::SUCCESS),
        _ = terminated.recv() => return Ok(ExitCode::SUCCESS),
    };
    services::let_in(&site, &admins).await?;
    let mut holders: Vec<Holder> = admins.iter().map(Holder::of_admin).collect::<Result<_, _>>()?;
    if with_demo {
        load_demo(&site, &config, &keys).await?;
        for (file, what, code) in demo::zone::ONE_OF_EACH_ROLE {
            holders.push(Holder { file: file.to_owned(), what, person: PersonId::new(code)? });
        }
    }
    welcome(&site, &config, &keys, &holders)?;
    let failure = tokio::select! {
        failure = site.failed() => Some(failure),
        _ = interrupted.recv() => None,
        _ = terminated.recv() => None,
    };
    site.stop().await;
    telemetry.shutdown().await;
    match failure {
        None => Ok(ExitCode::SUCCESS),
        Some(failure) => Err(failure).context("服务因故停止（a task failed）"),
    }
}

/// The first administrators: those that the zone file names, or two. Fewer could grant nothing.
fn admins(zone_file: Option<&Path>) -> anyhow::Result<Vec<Staff>> {
    #[derive(serde::Deserialize)]
    struct Zone {
        admins: Vec<Admin>,
    }
    #[derive(serde::Deserialize)]
    struct Admin {
        person: PersonId,
        title: String,
    }
    let Some(path) = zone_file else { return Ok(services::first_admins()) };
    let unreadable =
        || format!("园区文件无法使用（the zone file cannot be used）：{}", path.display());
    let text = std::fs::read_to_string(path).with_context(unreadable)?;
    let zone: Zone = toml::from_str(&text).with_context(unreadable)?;
    let people: BTreeSet<&PersonId> = zone.admins.iter().map(|admin| &admin.person).collect();
    anyhow::ensure!(
        2 <= people.len() && people.len() == zone.admins.len(),
        "园区文件须写明至少两名不同的管理员（the zone file must name two admins or more, each once）"
    );
    let admins = zone.admins.iter();
    Ok(admins.map(|admin| services::admin(&admin.person.to_string(), &admin.title)).collect())
}

/// Who gets a token at the start.
struct Holder {
    file: String,
    what: &'static str,
    person: PersonId,
}

impl Holder {
    fn of_admin(admin: &Staff) -> Result<Holder, base::NameError> {
        let person = PersonId::parse(&admin.name)?;
        Ok(Holder { file: person.code().to_owned(), what: "管理员", person })
    }
}

/// Sets the demo zone up through the public API, once.
async fn load_demo(site: &Site, config: &Config, keys: &Keys) -> anyhow::Result<()> {
    let key =
        keys.token().context("示范园区需要自带密钥（the demo zone needs the own token key）")?;
    let address = format!("http://{}", site.address());
    let channel = tonic::transport::Endpoint::from_shared(address)?.connect().await?;
    let admin = |code: &str| {
        let token = token::sign(key, &PersonId::new(code)?, config.audience(), 1)?;
        Connection::new(channel.clone(), &token)
    };
    let (first, second) = (admin(services::FIRST_ADMIN)?, admin(services::SECOND_ADMIN)?);
    let book = demo::data::Book::embedded()?;
    site.process().settle().await?;
    demo::zone::set_up(&book, &first, &second).await?;
    site.process().settle().await?;
    if site.process().service(agency::SERVICE.name).is_some() {
        demo::zone::procedures::publish(&book, &first).await?;
    }
    Ok(site.process().settle().await?)
}

/// Writes a token for each of these people, if tokens come from here, and says where all is.
fn welcome(site: &Site, config: &Config, keys: &Keys, holders: &[Holder]) -> anyhow::Result<()> {
    lines::print(format_args!("whistle 已就绪（ready）：http://{}", site.address()))?;
    if config.is_embedded() {
        lines::print(format_args!("数据与密钥（data and keys）：{}", config.data_dir.display()))?;
    }
    let Some(key) = keys.token() else { return Ok(()) };
    let folder = config.data_dir.join("tokens");
    std::fs::create_dir_all(&folder)?;
    for Holder { file, what, person } in holders {
        let token = token::sign(key, person, config.audience(), TOKEN_DAYS)?;
        let file = folder.join(format!("{file}.token"));
        token::write(&file, &token)?;
        lines::print(format_args!("{what} {person} 的令牌（token）：{}", file.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> anyhow::Result<Vec<String>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("zone.toml");
        std::fs::write(&path, text)?;
        Ok(admins(Some(&path))?.into_iter().map(|admin| admin.name).collect())
    }

    #[test]
    fn a_zone_begins_with_two_admins_or_more_each_another() {
        let admin =
            |code: &str| format!("[[admins]]\nperson = \"persons/{code}\"\ntitle = \"王\"\n");
        let two = named(&(admin("A1") + &admin("A2"))).unwrap();
        assert_eq!(two, ["persons/A1", "persons/A2"]);
        for few in ["admins = []".to_owned(), admin("A1"), admin("A1") + &admin("A1")] {
            let refused = named(&few).unwrap_err().to_string();
            assert!(refused.contains("至少两名"), "{refused}");
        }
        let first: Vec<String> = admins(None).unwrap().into_iter().map(|it| it.name).collect();
        assert_eq!(first, ["persons/admin", "persons/admin-2"]);
    }
}
