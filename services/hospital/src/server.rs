//! The gRPC door: which RPC leads to which decision.

use contracts::hospital::{self as api, hospital_service_server::HospitalServiceServer};
use office::{
    Desk, REQUEST_BYTES_MAX,
    shared::{
        accept_referral, add_care_team_member, change_barrier_owner, change_consent_scope,
        conclude_early_consultation, decline_early_consultation, decline_referral,
        end_referral_stall, escalate_referral, identify_barrier, join_early_consultation,
        lapse_early_consultation, lapse_referral, note_referral_stall, record_consent,
        record_death, register_person, remove_care_team_member, resolve_barrier, return_referral,
        withdraw_consent,
    },
};

use crate::{
    cancel_discharge_plan, declare_ready_for_discharge, decline_hospital_visit,
    open_inpatient_episode, plan_discharge, record_discharge, record_readmission, record_transfer,
    request_early_consultation, schedule_hospital_visit, share_medical_summary,
    submit_long_stay_census, submit_referral, submit_survey_response, supplement_referral,
    withdraw_ready_for_discharge, withdraw_referral,
};

/// The hospital's service.
#[derive(Clone)]
pub struct Hospital {
    desk: Desk,
}

impl Hospital {
    /// The service at this desk.
    pub fn service(desk: Desk) -> HospitalServiceServer<Self> {
        let service = HospitalServiceServer::new(Self { desk });
        service.max_decoding_message_size(REQUEST_BYTES_MAX)
    }
}

office::doors! {
    impl hospital_service_server::HospitalService for Hospital {
        open_inpatient_episode(OpenInpatientEpisodeRequest, episode) => open_inpatient_episode::decide,
        submit_referral(SubmitReferralRequest, referral) => submit_referral::decide,
        supplement_referral(SupplementReferralRequest, supplement) => supplement_referral::decide,
        withdraw_referral(WithdrawReferralRequest, withdrawal) => withdraw_referral::decide,
        schedule_hospital_visit(ScheduleHospitalVisitRequest, visit) => schedule_hospital_visit::decide,
        decline_hospital_visit(DeclineHospitalVisitRequest, answer) => decline_hospital_visit::decide,
        share_medical_summary(ShareMedicalSummaryRequest, summary) => share_medical_summary::decide,
        plan_discharge(PlanDischargeRequest, plan) => plan_discharge::decide,
        cancel_discharge_plan(CancelDischargePlanRequest, cancellation) => cancel_discharge_plan::decide,
        record_discharge(RecordDischargeRequest, discharge) => record_discharge::decide,
        record_transfer(RecordTransferRequest, transfer) => record_transfer::decide,
        record_readmission(RecordReadmissionRequest, readmission) => record_readmission::decide,
        request_early_consultation(RequestEarlyConsultationRequest, question)
            => request_early_consultation::decide,
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
        join_early_consultation(JoinEarlyConsultationRequest, answer)
            => join_early_consultation::decide,
        decline_early_consultation(DeclineEarlyConsultationRequest, answer)
            => decline_early_consultation::decide,
        accept_referral(AcceptReferralRequest, acceptance) => accept_referral::decide,
        return_referral(ReturnReferralRequest, answer) => return_referral::decide,
        decline_referral(DeclineReferralRequest, answer) => decline_referral::decide,
        declare_ready_for_discharge(DeclareReadyForDischargeRequest, readiness)
            => declare_ready_for_discharge::decide,
        withdraw_ready_for_discharge(WithdrawReadyForDischargeRequest, withdrawal)
            => withdraw_ready_for_discharge::decide,
        submit_survey_response(SubmitSurveyResponseRequest, response) on register
            => submit_survey_response::decide,
        submit_long_stay_census(SubmitLongStayCensusRequest, census) on register
            => submit_long_stay_census::decide,
        register_person(RegisterPersonRequest, person) => register_person::decide,
        record_consent(RecordConsentRequest, consent) => record_consent::decide,
        change_consent_scope(ChangeConsentScopeRequest, scope) => change_consent_scope::decide,
        withdraw_consent(WithdrawConsentRequest, withdrawal) => withdraw_consent::decide,
        add_care_team_member(AddCareTeamMemberRequest, member) => add_care_team_member::decide,
        remove_care_team_member(RemoveCareTeamMemberRequest, member) => remove_care_team_member::decide,
        record_death(RecordDeathRequest, death) => record_death::decide,
    }
}
