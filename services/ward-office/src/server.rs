//! The gRPC door: which RPC leads to which decision.

use contracts::ward_office::{self as api, ward_office_service_server::WardOfficeServiceServer};
use office::{
    Desk, REQUEST_BYTES_MAX,
    shared::{
        add_care_team_member, answer_resource_inquiry, change_consent_scope,
        close_resource_inquiry, record_consent, record_death, register_person,
        remove_care_team_member, send_resource_inquiry, withdraw_consent,
    },
};

use crate::{
    assign_primary_supporter, end_benefit, extract_plan_matching_candidate, issue_benefit_decision,
    refuse_benefit,
};

/// The ward office's service.
#[derive(Clone)]
pub struct WardOffice {
    desk: Desk,
}

impl WardOffice {
    /// The service at this desk.
    pub fn service(desk: Desk) -> WardOfficeServiceServer<Self> {
        let service = WardOfficeServiceServer::new(Self { desk });
        service.max_decoding_message_size(REQUEST_BYTES_MAX)
    }
}

office::doors! {
    impl ward_office_service_server::WardOfficeService for WardOffice {
        issue_benefit_decision(IssueBenefitDecisionRequest, decision) => issue_benefit_decision::decide,
        refuse_benefit(RefuseBenefitRequest, refusal) => refuse_benefit::decide,
        end_benefit(EndBenefitRequest, ending) => end_benefit::decide,
        assign_primary_supporter(AssignPrimarySupporterRequest, assignment) => assign_primary_supporter::decide,
        extract_plan_matching_candidate(ExtractPlanMatchingCandidateRequest, candidate)
            => extract_plan_matching_candidate::decide,
        send_resource_inquiry(SendResourceInquiryRequest, inquiry) on register
            => send_resource_inquiry::decide,
        answer_resource_inquiry(AnswerResourceInquiryRequest, answer) on register
            => answer_resource_inquiry::decide,
        close_resource_inquiry(CloseResourceInquiryRequest, closing) on register
            => close_resource_inquiry::decide,
        register_person(RegisterPersonRequest, person) => register_person::decide,
        record_consent(RecordConsentRequest, consent) => record_consent::decide,
        change_consent_scope(ChangeConsentScopeRequest, scope) => change_consent_scope::decide,
        withdraw_consent(WithdrawConsentRequest, withdrawal) => withdraw_consent::decide,
        add_care_team_member(AddCareTeamMemberRequest, member) => add_care_team_member::decide,
        remove_care_team_member(RemoveCareTeamMemberRequest, member) => remove_care_team_member::decide,
        record_death(RecordDeathRequest, death) => record_death::decide,
    }
}
