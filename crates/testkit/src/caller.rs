//! A gRPC channel that calls as somebody.

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// A channel on which somebody calls.
pub type Caller = InterceptedService<Channel, As>;

/// Brings a token with every call, and says from which device it is made.
#[derive(Clone, Debug)]
pub struct As {
    token: Option<MetadataValue<Ascii>>,
    device: Option<MetadataValue<Ascii>>,
}

impl As {
    /// Whoever the token says.
    pub fn new(token: impl AsRef<str>) -> As {
        let token = format!("Bearer {}", token.as_ref()).parse().expect("a token is ASCII");
        As { token: Some(token), device: None }
    }

    /// Nobody: no token.
    pub fn nobody() -> As {
        As { token: None, device: None }
    }

    /// The same, from a device as their app names it.
    #[must_use]
    pub fn on_device(self, device: &str) -> As {
        As { device: Some(device.parse().expect("a device is ASCII")), ..self }
    }

    /// This caller on a channel.
    pub fn on(self, channel: Channel) -> Caller {
        InterceptedService::new(channel, self)
    }
}

impl Interceptor for As {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let brought = [("authorization", &self.token), ("whistle-device", &self.device)];
        for (key, value) in brought {
            if let Some(value) = value {
                request.metadata_mut().insert(key, value.clone());
            }
        }
        Ok(request)
    }
}
