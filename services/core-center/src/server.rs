//! The gRPC door: which RPC leads to which decision.

use contracts::core_center::{self as api, core_center_service_server::CoreCenterServiceServer};
use office::{
    Desk, REQUEST_BYTES_MAX,
    shared::{
        add_care_team_member, change_consent_scope, record_consent, record_death, register_person,
        remove_care_team_member, withdraw_consent,
    },
};

/// The core center's service.
#[derive(Clone)]
pub struct CoreCenter {
    desk: Desk,
}

impl CoreCenter {
    /// The service at this desk.
    pub fn service(desk: Desk) -> CoreCenterServiceServer<Self> {
        let service = CoreCenterServiceServer::new(Self { desk });
        service.max_decoding_message_size(REQUEST_BYTES_MAX)
    }
}

office::doors! {
    impl core_center_service_server::CoreCenterService for CoreCenter {
        register_person(RegisterPersonRequest, person) => register_person::decide,
        record_consent(RecordConsentRequest, consent) => record_consent::decide,
        change_consent_scope(ChangeConsentScopeRequest, scope) => change_consent_scope::decide,
        withdraw_consent(WithdrawConsentRequest, withdrawal) => withdraw_consent::decide,
        add_care_team_member(AddCareTeamMemberRequest, member) => add_care_team_member::decide,
        remove_care_team_member(RemoveCareTeamMemberRequest, member) => remove_care_team_member::decide,
        record_death(RecordDeathRequest, death) => record_death::decide,
    }
}
