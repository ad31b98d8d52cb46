//! The list of doors of a service: which RPC leads to which decision.

use async_trait::async_trait;
use contracts::{
    Event,
    office::{CommandContext, CommandReply},
};
use tonic::{
    Request, Response, Status,
    metadata::{AsciiMetadataValue, MetadataMap},
};

/// The answer to a request.
pub type Passed = Result<Response<CommandReply>, Status>;

/// The doors of a service, for an event that is not known before: each goes through its own.
#[async_trait]
pub trait Doors: Send + Sync {
    /// Proposes the event through the door that takes it.
    ///
    /// # Errors
    /// The event back, when no door of this service takes it.
    async fn pass(&self, event: Event, asked: AskedFor) -> Result<Passed, Event>;
}

/// What comes with an event that another request brought.
#[derive(Clone)]
pub struct AskedFor {
    context: CommandContext,
    authorization: Option<AsciiMetadataValue>,
}

/// Marks a request of an import: an act in it may name the day on which it was decided.
#[derive(Clone, Copy)]
pub(crate) struct Imported;

impl AskedFor {
    pub(crate) fn new(context: CommandContext, metadata: &MetadataMap) -> Self {
        Self { context, authorization: metadata.get("authorization").cloned() }
    }

    /// A request by the same caller.
    pub fn request<R>(self, message: impl FnOnce(CommandContext) -> R) -> Request<R> {
        let mut request = Request::new(message(self.context));
        if let Some(authorization) = self.authorization {
            request.metadata_mut().insert("authorization", authorization);
        }
        request.extensions_mut().insert(Imported);
        request
    }
}

/// Implements a generated service trait on a type with a field `desk: Desk`.
///
/// ```ignore
/// office::doors! {
///     impl municipality_service_server::MunicipalityService for Municipality {
///         record_death(RecordDeathRequest, death) => record_death::decide,
///         register_agency(RegisterAgencyRequest, agency) on register => register_agency::decide,
///         merge_persons(MergePersonsRequest, merge) on pair => merge_persons::decide,
///         erase_person(ErasePersonRequest, erasure) on kept => erase_person::decide,
///     }
/// }
/// ```
/// The generated module must be in scope as `api`. Each line reads: the RPC, its request, the
/// field of the request that holds the proposed event, and the decision, which is taken on a
/// person's file, `on register`, the register of agencies, `on pair`, two persons whose files may
/// be those of one, or `on kept`, all that is kept of a person. `RecordActivity` is added to every
/// service.
#[macro_export]
macro_rules! doors {
    (impl $module:ident::$trait:ident for $service:ident {
        $($method:ident($request:ident, $field:ident) $(on $register:ident)? => $decide:path,)*
    }) => {
        #[$crate::tonic::async_trait]
        impl api::$module::$trait for $service {
            $(
                async fn $method(
                    &self,
                    request: $crate::tonic::Request<api::$request>,
                ) -> Result<$crate::tonic::Response<$crate::CommandReply>, $crate::tonic::Status> {
                    let door = (stringify!($request), stringify!($field));
                    let parts = |request: api::$request| (request.context, request.$field);
                    let desk = &self.desk;
                    $crate::doors!(@on $($register)? desk, (door, request, parts, $decide))
                }
            )*

            async fn record_activity(
                &self,
                request: $crate::tonic::Request<$crate::RecordActivityRequest>,
            ) -> Result<$crate::tonic::Response<$crate::CommandReply>, $crate::tonic::Status> {
                self.desk.record_activity(request).await
            }
        }

        impl ::std::convert::From<$crate::Desk> for $service {
            fn from(desk: $crate::Desk) -> Self {
                Self { desk }
            }
        }

        #[$crate::tonic::async_trait]
        impl $crate::Doors for $service {
            // A request may have fields of its own beside the context and the event.
            #[allow(clippy::needless_update)]
            async fn pass(
                &self,
                event: $crate::Event,
                asked: $crate::AskedFor,
            ) -> ::std::result::Result<$crate::Passed, $crate::Event> {
                $(
                    let event = match ::std::convert::TryFrom::try_from(event) {
                        Ok(event) => {
                            let request = asked.request(|context| api::$request {
                                context: Some(context),
                                $field: Some(event),
                                ..::std::default::Default::default()
                            });
                            let passed = api::$module::$trait::$method(self, request);
                            return Ok(passed.await);
                        }
                        Err(event) => event,
                    };
                )*
                Err(event)
            }
        }
    };
    (@on register $desk:ident, $arguments:tt) => { $desk.perform_on_register $arguments .await };
    (@on pair $desk:ident, $arguments:tt) => { $desk.perform_on_pair $arguments .await };
    (@on kept $desk:ident, $arguments:tt) => { $desk.perform_on_kept $arguments .await };
    (@on $desk:ident, $arguments:tt) => { $desk.perform $arguments .await };
}
