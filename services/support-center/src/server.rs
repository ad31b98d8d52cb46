//! The gRPC door: which RPC leads to which decision.

use contracts::support_center::{
    self as api, support_center_service_server::SupportCenterServiceServer,
};
use office::{
    Desk, REQUEST_BYTES_MAX,
    shared::{
        accept_referral, add_care_team_member, answer_resource_inquiry, change_barrier_owner,
        change_consent_scope, close_resource_inquiry, conclude_early_consultation,
        decline_early_consultation, decline_referral, end_referral_stall, escalate_referral,
        identify_barrier, join_early_consultation, lapse_early_consultation, lapse_referral,
        note_referral_stall, record_consent, record_death, register_person,
        remove_care_team_member, resolve_barrier, return_referral, send_resource_inquiry,
        withdraw_consent,
    },
};

use crate::{
    accept_case_handover, change_track, close_case, create_emergency_plan,
    create_individual_support_plan, create_service_use_plan, decline_case_handover,
    end_community_transition_support, end_service_use_plan, end_settlement_support, hand_over_case,
    identify_transition_candidate, open_case, pause_settlement_support, record_community_status,
    record_settlement_follow_up, record_ward_visit, reopen_case, request_hospital_visit,
    resume_case, resume_settlement_support, retire_emergency_plan, revise_emergency_plan,
    revise_individual_support_plan, revise_service_use_plan, revise_tenant_info_sheet,
    share_emergency_plan, share_individual_support_plan, share_tenant_info_sheet,
    start_community_transition_support, start_settlement_support, suspend_case,
    withdraw_case_handover, withdraw_tenant_info_sheet,
};

/// The support center's service.
#[derive(Clone)]
pub struct SupportCenter {
    desk: Desk,
}

impl SupportCenter {
    /// The service at this desk.
    pub fn service(desk: Desk) -> SupportCenterServiceServer<Self> {
        let service = SupportCenterServiceServer::new(Self { desk });
        service.max_decoding_message_size(REQUEST_BYTES_MAX)
    }
}

office::doors! {
    impl support_center_service_server::SupportCenterService for SupportCenter {
        accept_referral(AcceptReferralRequest, acceptance) => accept_referral::decide,
        return_referral(ReturnReferralRequest, answer) => return_referral::decide,
        decline_referral(DeclineReferralRequest, answer) => decline_referral::decide,
        open_case(OpenCaseRequest, opening) => open_case::decide,
        change_track(ChangeTrackRequest, change) => change_track::decide,
        suspend_case(SuspendCaseRequest, suspension) => suspend_case::decide,
        resume_case(ResumeCaseRequest, resumption) => resume_case::decide,
        close_case(CloseCaseRequest, closing) => close_case::decide,
        reopen_case(ReopenCaseRequest, reopening) => reopen_case::decide,
        request_hospital_visit(RequestHospitalVisitRequest, request)
            => request_hospital_visit::decide,
        record_ward_visit(RecordWardVisitRequest, visit) => record_ward_visit::decide,
        create_individual_support_plan(CreateIndividualSupportPlanRequest, plan)
            => create_individual_support_plan::decide,
        revise_individual_support_plan(ReviseIndividualSupportPlanRequest, plan)
            => revise_individual_support_plan::decide,
        share_individual_support_plan(ShareIndividualSupportPlanRequest, share)
            => share_individual_support_plan::decide,
        create_service_use_plan(CreateServiceUsePlanRequest, plan)
            => create_service_use_plan::decide,
        revise_service_use_plan(ReviseServiceUsePlanRequest, plan)
            => revise_service_use_plan::decide,
        end_service_use_plan(EndServiceUsePlanRequest, ending) => end_service_use_plan::decide,
        create_emergency_plan(CreateEmergencyPlanRequest, plan) => create_emergency_plan::decide,
        revise_emergency_plan(ReviseEmergencyPlanRequest, plan) => revise_emergency_plan::decide,
        share_emergency_plan(ShareEmergencyPlanRequest, share) => share_emergency_plan::decide,
        retire_emergency_plan(RetireEmergencyPlanRequest, retirement)
            => retire_emergency_plan::decide,
        share_tenant_info_sheet(ShareTenantInfoSheetRequest, share)
            => share_tenant_info_sheet::decide,
        revise_tenant_info_sheet(ReviseTenantInfoSheetRequest, sheet)
            => revise_tenant_info_sheet::decide,
        withdraw_tenant_info_sheet(WithdrawTenantInfoSheetRequest, withdrawal)
            => withdraw_tenant_info_sheet::decide,
        send_resource_inquiry(SendResourceInquiryRequest, inquiry) on register
            => send_resource_inquiry::decide,
        answer_resource_inquiry(AnswerResourceInquiryRequest, answer) on register
            => answer_resource_inquiry::decide,
        close_resource_inquiry(CloseResourceInquiryRequest, closing) on register
            => close_resource_inquiry::decide,
        start_community_transition_support(StartCommunityTransitionSupportRequest, start)
            => start_community_transition_support::decide,
        end_community_transition_support(EndCommunityTransitionSupportRequest, ending)
            => end_community_transition_support::decide,
        start_settlement_support(StartSettlementSupportRequest, start)
            => start_settlement_support::decide,
        record_settlement_follow_up(RecordSettlementFollowUpRequest, follow_up)
            => record_settlement_follow_up::decide,
        pause_settlement_support(PauseSettlementSupportRequest, pause)
            => pause_settlement_support::decide,
        resume_settlement_support(ResumeSettlementSupportRequest, resumption)
            => resume_settlement_support::decide,
        end_settlement_support(EndSettlementSupportRequest, ending)
            => end_settlement_support::decide,
        record_community_status(RecordCommunityStatusRequest, observation)
            => record_community_status::decide,
        hand_over_case(HandOverCaseRequest, handover) => hand_over_case::decide,
        accept_case_handover(AcceptCaseHandoverRequest, acceptance) => accept_case_handover::decide,
        decline_case_handover(DeclineCaseHandoverRequest, answer) => decline_case_handover::decide,
        withdraw_case_handover(WithdrawCaseHandoverRequest, withdrawal)
            => withdraw_case_handover::decide,
        join_early_consultation(JoinEarlyConsultationRequest, answer)
            => join_early_consultation::decide,
        decline_early_consultation(DeclineEarlyConsultationRequest, answer)
            => decline_early_consultation::decide,
        conclude_early_consultation(ConcludeEarlyConsultationRequest, conclusion)
            => conclude_early_consultation::decide,
        lapse_early_consultation(LapseEarlyConsultationRequest, lapse)
            => lapse_early_consultation::decide,
        lapse_referral(LapseReferralRequest, lapse) => lapse_referral::decide,
        note_referral_stall(NoteReferralStallRequest, stall) => note_referral_stall::decide,
        end_referral_stall(EndReferralStallRequest, end) => end_referral_stall::decide,
        escalate_referral(EscalateReferralRequest, question) => escalate_referral::decide,
        identify_barrier(IdentifyBarrierRequest, barrier) => identify_barrier::decide,
        change_barrier_owner(ChangeBarrierOwnerRequest, change) => change_barrier_owner::decide,
        resolve_barrier(ResolveBarrierRequest, end) => resolve_barrier::decide,
        identify_transition_candidate(IdentifyTransitionCandidateRequest, candidate)
            => identify_transition_candidate::decide,
        register_person(RegisterPersonRequest, person) => register_person::decide,
        record_consent(RecordConsentRequest, consent) => record_consent::decide,
        change_consent_scope(ChangeConsentScopeRequest, scope) => change_consent_scope::decide,
        withdraw_consent(WithdrawConsentRequest, withdrawal) => withdraw_consent::decide,
        add_care_team_member(AddCareTeamMemberRequest, member) => add_care_team_member::decide,
        remove_care_team_member(RemoveCareTeamMemberRequest, member)
            => remove_care_team_member::decide,
        record_death(RecordDeathRequest, death) => record_death::decide,
    }
}
