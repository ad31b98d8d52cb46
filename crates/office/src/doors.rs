//! The list of doors of a service: which RPC leads to which decision.

/// Implements a generated service trait on a type with a field `desk: Desk`.
///
/// ```ignore
/// office::doors! {
///     impl municipality_service_server::MunicipalityService for Municipality {
///         record_death(RecordDeathRequest, death) => record_death::decide,
///         register_agency(RegisterAgencyRequest, agency) on register => register_agency::decide,
///     }
/// }
/// ```
/// The generated module must be in scope as `api`. Each line reads: the RPC, its request, the
/// field of the request that holds the proposed event, and the decision, which is taken on a
/// person's file or `on register`, the register of agencies. `RecordActivity` is added to every
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
    };
    (@on register $desk:ident, $arguments:tt) => { $desk.perform_on_register $arguments .await };
    (@on $desk:ident, $arguments:tt) => { $desk.perform $arguments .await };
}
