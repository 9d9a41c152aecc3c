//! A connection to a zone as one caller: the public gRPC API and a bearer token.

use std::fmt;

use anyhow::Context as _;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

/// Whom to ask, and as whom.
#[derive(clap::Args)]
pub(crate) struct ConnectionFlags {
    /// 服务地址 (where the zone is served).
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7700")]
    address: String,
    /// 调用人的令牌 (the caller's token).
    #[arg(long, env = "WHISTLE_TOKEN", hide_env_values = true)]
    token: String,
}

/// A caller of the zone.
#[derive(Clone)]
pub(crate) struct Connection {
    channel: Channel,
    authorization: MetadataValue<Ascii>,
}

impl Connection {
    /// Connects as the flags say.
    pub(crate) async fn open(flags: &ConnectionFlags) -> anyhow::Result<Connection> {
        Connection::to(&flags.address, &flags.token).await
    }

    /// Connects to an address as the caller who holds a token.
    pub(crate) async fn to(address: &str, token: &str) -> anyhow::Result<Connection> {
        let endpoint = Endpoint::from_shared(address.to_owned())
            .with_context(|| format!("地址不合格式（not an address）：{address}"))?;
        let channel = endpoint
            .connect()
            .await
            .with_context(|| format!("连不上（cannot connect to）{address}"))?;
        Connection::new(channel, token)
    }

    /// The caller who holds this token.
    pub(crate) fn new(channel: Channel, token: &str) -> anyhow::Result<Connection> {
        let mut authorization: MetadataValue<Ascii> = format!("Bearer {}", token.trim())
            .parse()
            .context("令牌含有不能发送的字符（the token cannot be sent）")?;
        authorization.set_sensitive(true);
        Ok(Connection { channel, authorization })
    }

    /// The channel to make clients of.
    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// A message from this caller.
    pub(crate) fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.authorization.clone());
        request
    }
}

/// A refusal by the zone, told in its own Chinese words where it has some.
#[derive(Debug)]
pub(crate) struct Refused(Box<Status>);

impl Refused {
    /// The code of the refusal.
    pub(crate) fn code(&self) -> Code {
        self.0.code()
    }
}

impl From<Status> for Refused {
    fn from(status: Status) -> Refused {
        Refused(Box::new(status))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = &self.0;
        if let Some(localized) = status.get_details_localized_message() {
            write!(f, "{}（{}）", localized.message, status.message())?;
        } else {
            f.write_str(status.message())?;
        }
        match status.get_details_error_info() {
            Some(info) => write!(f, " [{:?} {}/{}]", status.code(), info.domain, info.reason),
            None => write!(f, " [{:?}]", status.code()),
        }
    }
}

impl std::error::Error for Refused {}
