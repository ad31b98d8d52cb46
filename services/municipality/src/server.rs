//! The gRPC door: which RPC leads to which decision.

use contracts::municipality::{
    self as api, municipality_service_server::MunicipalityServiceServer,
};
use office::{Desk, REQUEST_BYTES_MAX};

use crate::{
    decline_person_erasure, decline_persons_merge, erase_person, merge_persons,
    propose_persons_merge, publish_guideline, publish_survey_result, register_agency,
    remove_real_estate_partner, request_person_erasure, retire_agency, unmerge_persons,
};

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
        publish_guideline(PublishGuidelineRequest, guideline) on register
            => publish_guideline::decide,
        publish_survey_result(PublishSurveyResultRequest, result) on register
            => publish_survey_result::decide,
        remove_real_estate_partner(RemoveRealEstatePartnerRequest, removal) on register
            => remove_real_estate_partner::decide,
        propose_persons_merge(ProposePersonsMergeRequest, proposal) on pair
            => propose_persons_merge::decide,
        merge_persons(MergePersonsRequest, merge) on pair => merge_persons::decide,
        decline_persons_merge(DeclinePersonsMergeRequest, decline) on pair
            => decline_persons_merge::decide,
        unmerge_persons(UnmergePersonsRequest, unmerge) on pair => unmerge_persons::decide,
        request_person_erasure(RequestPersonErasureRequest, erasure) on kept
            => request_person_erasure::decide,
        erase_person(ErasePersonRequest, erasure) on kept => erase_person::decide,
        decline_person_erasure(DeclinePersonErasureRequest, decline) on kept
            => decline_person_erasure::decide,
    }
}
