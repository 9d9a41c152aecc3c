//! Any call of the contract by its path: bytes out, bytes in.

use std::time::Duration;

use prost::bytes::{Buf as _, BufMut as _};
use testkit::Caller;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};

/// How long a stream is listened to that says nothing more.
const QUIET_AFTER: Duration = Duration::from_millis(300);
/// How many messages of a stream are looked at.
const MESSAGES_MAX: usize = 2_000;

/// Makes a call of any kind with one message; gives everything that it answers, in one piece.
pub(super) async fn call(caller: Caller, path: &str, message: Vec<u8>) -> Result<Vec<u8>, Status> {
    let mut client = tonic::client::Grpc::new(caller);
    client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    let request = Request::new(tokio_stream::iter([message]));
    let path = path.parse().expect("a path of the contract");
    let mut answers = client.streaming(request, path, Raw).await?.into_inner();
    let mut all = Vec::new();
    for _ in 0..MESSAGES_MAX {
        let Ok(answer) = tokio::time::timeout(QUIET_AFTER, answers.message()).await else { break };
        let Some(answer) = answer? else { break };
        all.extend_from_slice(&answer);
    }
    Ok(all)
}

struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut item = vec![0; from.remaining()];
        from.copy_to_slice(&mut item);
        Ok(Some(item))
    }
}
