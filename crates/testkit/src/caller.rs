//! A gRPC channel that calls as somebody.

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// A channel on which somebody calls.
pub type Caller = InterceptedService<Channel, As>;

/// Brings a token with every call.
#[derive(Clone, Debug)]
pub struct As(Option<MetadataValue<Ascii>>);

impl As {
    /// Whoever the token says.
    pub fn new(token: impl AsRef<str>) -> As {
        As(Some(format!("Bearer {}", token.as_ref()).parse().expect("a token is ASCII")))
    }

    /// Nobody: no token.
    pub fn nobody() -> As {
        As(None)
    }

    /// This caller on a channel.
    pub fn on(self, channel: Channel) -> Caller {
        InterceptedService::new(channel, self)
    }
}

impl Interceptor for As {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}
