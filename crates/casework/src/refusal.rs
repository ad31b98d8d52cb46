//! Why an act is refused, in words for both sides of the screen.

use crate::reasons::reasons;

reasons! {
    /// An act that the rules do not allow. Facts are never refused by a rule.
    pub enum Refusal {
        /// The request belongs to a case and names none.
        CaseMissing => "CASE_MISSING", "the request must name a case", "ケースを指定してください。";
        /// No such case that the caller takes part in.
        UnknownCase => "UNKNOWN_CASE", "no such case", "該当するケースが見つかりません。";
        /// No such referral that the caller takes part in.
        UnknownReferral => "UNKNOWN_REFERRAL", "no such referral", "該当する紹介が見つかりません。";
        /// The stay is not known, or not the caller's.
        UnknownEpisode => "UNKNOWN_EPISODE", "no such stay", "該当する入院が見つかりません。";
        /// No such consent.
        UnknownConsent => "UNKNOWN_CONSENT", "no such consent", "該当する同意が見つかりません。";
        /// No such plan.
        UnknownPlan => "UNKNOWN_PLAN", "no such plan", "該当する計画が見つかりません。";
        /// No such request for a visit.
        UnknownVisitRequest => "UNKNOWN_VISIT_REQUEST", "no such request for a visit", "該当する病棟訪問の依頼が見つかりません。";
        /// No such event that the caller's agency recorded.
        UnknownEvent => "UNKNOWN_EVENT", "no such event of this agency", "該当する記録（自機関が登録したもの）が見つかりません。";
        /// A correction or retraction cannot itself be amended.
        AimsAtAmendment => "AIMS_AT_AMENDMENT", "a correction or retraction cannot be amended; amend the original event", "訂正・取消しの記録は訂正できません。元の記録を訂正してください。";
        /// The event was retracted before.
        AlreadyRetracted => "ALREADY_RETRACTED", "the event has been retracted", "この記録はすでに取り消されています。";
        /// A correction replaces an event by one of the same kind.
        OtherKindOfEvent => "OTHER_KIND_OF_EVENT", "an event can only be replaced by one of the same kind", "種類の異なる記録に訂正することはできません。取り消したうえで、改めて記録してください。";
        /// What an act refers to cannot be corrected.
        ReferencesStay => "REFERENCES_STAY", "what an act refers to cannot be corrected; retract it and decide anew", "決定の対象（紹介・計画・機関など）は訂正できません。取り消したうえで、改めて手続きしてください。";
        /// The registration cannot be retracted.
        RegistrationStays => "REGISTRATION_STAYS", "a registration cannot be retracted, only corrected", "本人の登録は取り消せません。内容を訂正してください。";
        /// Later events build on the act.
        OthersBuildOnIt => "OTHERS_BUILD_ON_IT", "later events build on this act; retract them first, the latest first", "この記録に基づく後の記録があるため、取り消せません。後の記録から順に取り消してください。";
        /// No such benefit.
        UnknownBenefit => "UNKNOWN_BENEFIT", "no such benefit", "該当する支給決定が見つかりません。";
        /// The agency is not in the register, or retired.
        UnknownAgency => "UNKNOWN_AGENCY", "no such agency", "該当する機関が登録されていません。";
        /// The agency is of a kind that cannot do this.
        WrongKindOfAgency => "WRONG_KIND_OF_AGENCY", "an agency of this kind cannot be named here", "この種別の機関はここでは指定できません。";
        /// An agency with this id was registered before.
        AgencyAlreadyRegistered => "AGENCY_ALREADY_REGISTERED", "an agency with this id is already registered", "この機関番号はすでに登録されています。";
        /// The stay has ended.
        EpisodeEnded => "EPISODE_ENDED", "the stay has ended", "この入院はすでに終了しています。";
        /// Disclosure needs a consent in force that covers the receiver and the topic.
        ConsentRequired => "CONSENT_REQUIRED", "a consent in force must cover the receiving agency and the topic", "提供先の機関と内容を含む、有効な本人の同意が必要です。";
        /// A track or a reason asks for a ground.
        GroundRequired => "GROUND_REQUIRED", "this track needs a ground", "この事業を利用する理由を選択してください。";
        /// Another referral for the same track waits for an answer.
        OpenReferralExists => "OPEN_REFERRAL_EXISTS", "an open referral for this track exists", "同じ事業の紹介がすでに受付中です。";
        /// A case on the same track is open.
        OpenCaseExists => "OPEN_CASE_EXISTS", "an open case on this track exists", "同じ事業のケースがすでにあります。";
        /// The referral does not wait for an answer.
        ReferralNotWaiting => "REFERRAL_NOT_WAITING", "the referral is not waiting for an answer", "この紹介は回答待ちではありません。";
        /// The referral was not returned.
        ReferralNotReturned => "REFERRAL_NOT_RETURNED", "the referral was not returned", "この紹介は差し戻されていません。";
        /// The referral has been answered for good.
        ReferralEnded => "REFERRAL_ENDED", "the referral has been accepted, declined or withdrawn", "この紹介はすでに受理・辞退・取下げのいずれかになっています。";
        /// The case machine has no such step from here.
        WrongCaseState => "WRONG_CASE_STATE", "the case is not in a state that allows this", "ケースの現在の状態では、この操作はできません。";
        /// The case is closed.
        CaseClosed => "CASE_CLOSED", "the case is closed", "このケースは終結しています。";
        /// The settlement support has not ended and the reason does not say why.
        SettlementNotEnded => "SETTLEMENT_NOT_ENDED", "settlement support has not ended; close with a reason that says why", "定着支援が終了していません。終了していない理由を選択してください。";
        /// Settlement support is already under way.
        SettlementAlreadyStarted => "SETTLEMENT_ALREADY_STARTED", "settlement support has already started", "定着支援はすでに開始しています。";
        /// Settlement support is not under way.
        SettlementNotOpen => "SETTLEMENT_NOT_OPEN", "settlement support is not under way", "定着支援は実施中ではありません。";
        /// Settlement support is not paused.
        SettlementNotPaused => "SETTLEMENT_NOT_PAUSED", "settlement support is not paused", "定着支援は休止していません。";
        /// The person is in hospital.
        NotDischarged => "NOT_DISCHARGED", "the person has not been discharged", "退院が記録されていません。";
        /// The person has died.
        PersonDied => "PERSON_DIED", "the person has died", "死亡が記録されているため、この操作はできません。";
        /// The agency already belongs to the team.
        AlreadyInTeam => "ALREADY_IN_TEAM", "the agency is already in the care team", "この機関はすでに支援チームに入っています。";
        /// Nobody lets themselves in.
        MustBeAddedByAnother => "ADDED_BY_ANOTHER", "an agency joins the care team when another agency of the team adds it", "自機関を支援チームに追加することはできません。すでに支援に入っている他の機関に依頼してください。";
        /// The agency does not belong to the team.
        NotInTeam => "NOT_IN_TEAM", "the agency is not in the care team", "この機関は支援チームに入っていません。";
        /// A plan of this kind is in force.
        PlanAlreadyActive => "PLAN_ALREADY_ACTIVE", "a plan of this kind is already in force; revise it", "有効な計画がすでにあります。見直しとして登録してください。";
        /// The plan is not in force.
        PlanNotActive => "PLAN_NOT_ACTIVE", "the plan is not in force", "この計画は有効ではありません。";
        /// A discharge is planned already.
        DischargeAlreadyPlanned => "DISCHARGE_ALREADY_PLANNED", "a discharge is already planned; cancel it first", "退院予定がすでに登録されています。変更する場合は先に取り消してください。";
        /// No discharge is planned.
        DischargeNotPlanned => "DISCHARGE_NOT_PLANNED", "no discharge is planned", "退院予定が登録されていません。";
        /// A planned date lies in the past.
        PlannedInThePast => "PLANNED_IN_THE_PAST", "the planned date lies in the past", "予定日に過去の日付は指定できません。";
        /// A request for a visit was answered before.
        VisitAlreadyAnswered => "VISIT_ALREADY_ANSWERED", "the request for a visit has been answered", "この病棟訪問の依頼には回答済みです。";
        /// The new track is the old one.
        SameTrack => "SAME_TRACK", "the case is already on this track", "すでにこの事業のケースです。";
        /// The track needs a benefit decision.
        BenefitRequired => "BENEFIT_REQUIRED", "this track needs a benefit decision", "地域移行支援へ移るには、支給決定の登録が必要です。";
        /// A period whose end lies before its beginning.
        PeriodReversed => "PERIOD_REVERSED", "the period ends before it begins", "期間の終わりが始まりより前になっています。";
        /// Two periods of one service overlap.
        BenefitOverlaps => "BENEFIT_OVERLAPS", "a decision for this service covers part of the period", "同じサービスの支給期間が重なっています。";
        /// Family members are contacted only with their permission.
        FamilyPermissionRequired => "FAMILY_PERMISSION_REQUIRED", "a family contact may be kept only with that person's permission", "ご家族の連絡先は、その方の事前の了承がある場合のみ記載できます。";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_refusal_has_a_code_of_its_own_and_says_why_in_both_languages() {
        let codes: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        assert_eq!(codes.len(), Refusal::ALL.len());
        for refusal in Refusal::ALL {
            assert!(refusal.english().is_ascii() && !refusal.english().is_empty());
            assert!(refusal.japanese().ends_with('。'), "{}", refusal.code());
        }
    }
}
