//! The gRPC door: which RPC leads to which decision.

use contracts::core_center::{self as api, core_center_service_server::CoreCenterServiceServer};
use office::{
    Desk, REQUEST_BYTES_MAX,
    shared::{
        add_care_team_member, answer_resource_inquiry, change_consent_scope,
        close_resource_inquiry, record_consent, record_death, register_person,
        remove_care_team_member, send_resource_inquiry, withdraw_consent,
    },
};

use crate::{
    accept_plan_matching, decline_plan_matching, propose_plan_matching, register_provider,
    request_provider_sheet, retire_provider,
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
        register_provider(RegisterProviderRequest, provider) on register
            => register_provider::decide,
        retire_provider(RetireProviderRequest, retirement) on register => retire_provider::decide,
        request_provider_sheet(RequestProviderSheetRequest, request) on register
            => request_provider_sheet::decide,
        send_resource_inquiry(SendResourceInquiryRequest, inquiry) on register
            => send_resource_inquiry::decide,
        answer_resource_inquiry(AnswerResourceInquiryRequest, answer) on register
            => answer_resource_inquiry::decide,
        close_resource_inquiry(CloseResourceInquiryRequest, closing) on register
            => close_resource_inquiry::decide,
        propose_plan_matching(ProposePlanMatchingRequest, proposal)
            => propose_plan_matching::decide,
        accept_plan_matching(AcceptPlanMatchingRequest, answer) => accept_plan_matching::decide,
        decline_plan_matching(DeclinePlanMatchingRequest, answer) => decline_plan_matching::decide,
        register_person(RegisterPersonRequest, person) => register_person::decide,
        record_consent(RecordConsentRequest, consent) => record_consent::decide,
        change_consent_scope(ChangeConsentScopeRequest, scope) => change_consent_scope::decide,
        withdraw_consent(WithdrawConsentRequest, withdrawal) => withdraw_consent::decide,
        add_care_team_member(AddCareTeamMemberRequest, member) => add_care_team_member::decide,
        remove_care_team_member(RemoveCareTeamMemberRequest, member) => remove_care_team_member::decide,
        record_death(RecordDeathRequest, death) => record_death::decide,
    }
}
