//! The gRPC door: which RPC leads to which decision.

use contracts::municipality::{
    self as api, municipality_service_server::MunicipalityServiceServer,
};
use office::{Desk, REQUEST_BYTES_MAX};

use crate::{register_agency, retire_agency};

/// The municipality's service.
#[derive(Clone)]
pub struct Municipality {
    desk: Desk,
}

impl Municipality {
    /// The service at this desk.
    pub fn service(desk: Desk) -> MunicipalityServiceServer<Self> {
        let service = MunicipalityServiceServer::new(Self { desk });
        service.max_decoding_message_size(REQUEST_BYTES_MAX)
    }
}

office::doors! {
    impl municipality_service_server::MunicipalityService for Municipality {
        register_agency(RegisterAgencyRequest, agency) on register => register_agency::decide,
        retire_agency(RetireAgencyRequest, retirement) on register => retire_agency::decide,
    }
}
