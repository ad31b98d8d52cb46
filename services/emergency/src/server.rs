//! The gRPC door: which RPC leads to which decision.

use contracts::emergency::{self as api, emergency_service_server::EmergencyServiceServer};
use office::{Desk, REQUEST_BYTES_MAX};

use crate::{
    change_primary_supporter, clear_household_risk, close_emergency, extend_emergency_stay,
    identify_household_at_risk, record_emergency_follow_up, record_emergency_stay_end,
    record_family_stay_end, record_family_stay_start, record_home_continuation,
    record_home_return_support, record_placement_acceptance, record_placement_refusal,
    record_post_emergency_meeting, record_special_placement, record_stay_extension_refusal,
    record_stay_extension_request, record_ward_office_notification, request_emergency_placement,
    review_break_glass_access, start_emergency_stay, use_break_glass_access,
};

/// The service, at a desk of one of the three agencies.
#[derive(Clone)]
pub struct Emergency {
    desk: Desk,
}

impl Emergency {
    /// The service at this desk.
    pub fn service(desk: Desk) -> EmergencyServiceServer<Self> {
        let service = EmergencyServiceServer::new(Self { desk });
        service.max_decoding_message_size(REQUEST_BYTES_MAX)
    }
}

office::doors! {
    impl emergency_service_server::EmergencyService for Emergency {
        identify_household_at_risk(IdentifyHouseholdAtRiskRequest, household)
            => identify_household_at_risk::decide,
        clear_household_risk(ClearHouseholdRiskRequest, clearing) => clear_household_risk::decide,
        change_primary_supporter(ChangePrimarySupporterRequest, change)
            => change_primary_supporter::decide,
        record_home_continuation(RecordHomeContinuationRequest, arrangement)
            => record_home_continuation::decide,
        record_ward_office_notification(RecordWardOfficeNotificationRequest, notification)
            => record_ward_office_notification::decide,
        record_special_placement(RecordSpecialPlacementRequest, coordination)
            => record_special_placement::decide,
        request_emergency_placement(RequestEmergencyPlacementRequest, placement)
            => request_emergency_placement::decide,
        record_placement_acceptance(RecordPlacementAcceptanceRequest, answer)
            => record_placement_acceptance::decide,
        record_placement_refusal(RecordPlacementRefusalRequest, answer)
            => record_placement_refusal::decide,
        start_emergency_stay(StartEmergencyStayRequest, stay) => start_emergency_stay::decide,
        record_stay_extension_request(RecordStayExtensionRequestRequest, extension)
            => record_stay_extension_request::decide,
        record_stay_extension_refusal(RecordStayExtensionRefusalRequest, answer)
            => record_stay_extension_refusal::decide,
        extend_emergency_stay(ExtendEmergencyStayRequest, answer) => extend_emergency_stay::decide,
        record_emergency_stay_end(RecordEmergencyStayEndRequest, ending)
            => record_emergency_stay_end::decide,
        record_post_emergency_meeting(RecordPostEmergencyMeetingRequest, meeting)
            => record_post_emergency_meeting::decide,
        record_home_return_support(RecordHomeReturnSupportRequest, support)
            => record_home_return_support::decide,
        record_emergency_follow_up(RecordEmergencyFollowUpRequest, follow_up)
            => record_emergency_follow_up::decide,
        close_emergency(CloseEmergencyRequest, closing) => close_emergency::decide,
        use_break_glass_access(UseBreakGlassAccessRequest, access)
            => use_break_glass_access::decide,
        review_break_glass_access(ReviewBreakGlassAccessRequest, review)
            => review_break_glass_access::decide,
        record_family_stay_start(RecordFamilyStayStartRequest, stay)
            => record_family_stay_start::decide,
        record_family_stay_end(RecordFamilyStayEndRequest, ending)
            => record_family_stay_end::decide,
    }
}
