//! How a request reaches an office.

use std::{collections::BTreeMap, future::Future};

use contracts::Office;
use prost::bytes::{Buf, BufMut};
use tonic::{
    Request, Status,
    body::Body,
    client::{Grpc, GrpcService},
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::{Body as HttpBody, StdError, http::uri::PathAndQuery},
};

use crate::Persona;

/// Carries an encoded request to the office of a persona, and its encoded reply back.
pub trait Transport {
    /// Calls the RPC with this path.
    fn call(
        &mut self,
        persona: &Persona,
        path: &str,
        request: Vec<u8>,
    ) -> impl Future<Output = Result<Vec<u8>, Status>> + Send;
}

/// gRPC, over a channel or straight into a router of the same process.
pub struct GrpcTransport<T, K> {
    offices: BTreeMap<Office, T>,
    tokens: K,
}

impl<T, K: Fn(&Persona) -> String> GrpcTransport<T, K> {
    /// A transport that reaches no office yet. `tokens` is asked before each call, after the clock
    /// was set.
    pub fn new(tokens: K) -> Self {
        Self { offices: BTreeMap::new(), tokens }
    }

    /// The same, reaching this office through this service.
    #[must_use]
    pub fn reaching(mut self, office: Office, service: T) -> Self {
        self.offices.insert(office, service);
        self
    }

    fn request(&self, persona: &Persona, bytes: Vec<u8>) -> Result<Request<Vec<u8>>, Status> {
        let bearer = format!("Bearer {}", (self.tokens)(persona));
        let bearer = bearer.parse().map_err(|_| Status::internal("the token is no header"))?;
        let mut request = Request::new(bytes);
        request.metadata_mut().insert("authorization", bearer);
        Ok(request)
    }

    fn client(&self, office: Office) -> Result<Grpc<T>, Status>
    where
        T: Clone,
    {
        let service = self.offices.get(&office).cloned();
        service.map(Grpc::new).ok_or_else(|| Status::unavailable("no way to this office"))
    }
}

impl<T, K> Transport for GrpcTransport<T, K>
where
    T: GrpcService<Body> + Clone + Send,
    T::Future: Send,
    T::ResponseBody: HttpBody + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError>,
    K: Fn(&Persona) -> String + Send,
{
    fn call(
        &mut self,
        persona: &Persona,
        path: &str,
        request: Vec<u8>,
    ) -> impl Future<Output = Result<Vec<u8>, Status>> + Send {
        let prepared = self.client(persona.office).and_then(|client| {
            let path = path.parse().map_err(|_| Status::internal("the path is no path"))?;
            Ok((client, self.request(persona, request)?, path))
        });
        async move {
            let (client, request, path) = prepared?;
            send(client, request, path).await
        }
    }
}

async fn send<T>(
    mut client: Grpc<T>,
    request: Request<Vec<u8>>,
    path: PathAndQuery,
) -> Result<Vec<u8>, Status>
where
    T: GrpcService<Body>,
    T::ResponseBody: HttpBody + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError>,
{
    let unavailable = |error: T::Error| Status::from_error(error.into());
    client.ready().await.map_err(unavailable)?;
    Ok(client.unary(request, path, RawCodec).await?.into_inner())
}

/// Messages that are bytes already.
struct RawCodec;

impl Codec for RawCodec {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for RawCodec {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, message: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&message);
        Ok(())
    }
}

impl Decoder for RawCodec {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining()).to_vec()))
    }
}
