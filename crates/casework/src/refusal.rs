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
        FamilyPermissionRequired => "FAMILY_PERMISSION_REQUIRED", "a family contact may be kept only with that person's prior permission (Yokohama, cooperation guideline for community living bases, on accepting and responding to emergencies)", "ご家族の緊急連絡先は、その方の事前の了承がある場合のみ記載できます（「横浜市地域生活支援拠点機能構築のための連携ガイドライン」緊急時の受入れ・対応「緊急時予防・対応プラン」）。";
        /// The ward office supports no self-plan of the person.
        SelfPlanRequired => "SELF_PLAN_REQUIRED", "the matching model picks candidates among those whose self-plan the ward office supports (Kawasaki, report of the council for fiscal 2022)", "候補者は、区がセルフプランの作成を支援している方から抽出します（川崎市地域自立支援協議会 令和４年度実施報告書「計画相談マッチングモデル」）。";
        /// A matching of this person is under way.
        MatchingUnderWay => "MATCHING_UNDER_WAY", "a matching for this person is under way", "この方のマッチングはすでに進行中です。";
        /// No such matching.
        UnknownMatching => "UNKNOWN_MATCHING", "no such matching", "該当するマッチングが見つかりません。";
        /// The matching waits for an answer, or has come about.
        MatchingNotOpen => "MATCHING_NOT_OPEN", "an office has been proposed already", "すでに事業所を提案しています。回答を登録してください。";
        /// The office does not take on new plans.
        PlansNotAccepted => "PLANS_NOT_ACCEPTED", "the matching model proposes offices that have said that they take on new plans (Kawasaki, report of the council for fiscal 2022)", "新規の受入れが可能と回答している事業所だけを提案できます（川崎市地域自立支援協議会 令和４年度実施報告書「計画相談マッチングモデル」）。";
        /// The provider is of a kind that cannot do this.
        WrongKindOfProvider => "WRONG_KIND_OF_PROVIDER", "a provider of this kind cannot be named here", "この種別の事業所はここでは指定できません。";
        /// No such provider.
        UnknownProvider => "UNKNOWN_PROVIDER", "no such provider", "該当する事業所が登録されていません。";
        /// The provider has been retired.
        ProviderRetired => "PROVIDER_RETIRED", "the provider has been retired", "この事業所は廃止されています。";
        /// A provider with this name and kind is in the ward already.
        ProviderAlreadyRegistered => "PROVIDER_ALREADY_REGISTERED", "a provider of this name and kind is already registered in the ward", "同じ区に、同じ名称・種類の事業所がすでに登録されています。";
        /// No such inquiry.
        UnknownInquiry => "UNKNOWN_INQUIRY", "no such inquiry", "該当する照会が見つかりません。";
        /// The inquiry needs no more answers.
        InquiryClosed => "INQUIRY_CLOSED", "the inquiry has been closed", "この照会はすでに終了しています。";
        /// Only the agency that asked ends its inquiry.
        InquiryOfAnother => "INQUIRY_OF_ANOTHER", "only the agency that sent an inquiry closes it", "照会を終了できるのは、照会した機関だけです。";
        /// The provider was not asked.
        ProviderNotAsked => "PROVIDER_NOT_ASKED", "the inquiry did not go to this provider", "この事業所には照会していません。";
        /// An answer other than yes says why, or on what conditions.
        ReasonRequired => "REASON_REQUIRED", "an answer other than yes gives its reasons", "不可または条件付きの場合は、理由・条件を選択してください。";
        /// No such tenant information sheet.
        UnknownTenantSheet => "UNKNOWN_TENANT_SHEET", "no such tenant information sheet", "該当する入居者情報共有シートが見つかりません。";
        /// The sheet was withdrawn.
        TenantSheetWithdrawn => "TENANT_SHEET_WITHDRAWN", "the tenant information sheet has been withdrawn", "この入居者情報共有シートは取り下げられています。";
        /// No such survey.
        UnknownSurvey => "UNKNOWN_SURVEY", "no such survey", "該当する調査が見つかりません。";
        /// The survey's result is out.
        SurveyClosed => "SURVEY_CLOSED", "the result of the survey is out", "この調査の結果はすでに公表されています。";
        /// The hospital is not among those that the survey asks.
        NotSurveyed => "NOT_SURVEYED", "the survey does not ask this hospital", "この調査の対象の病院ではありません。";
        /// Cells and total do not agree.
        SumsDisagree => "SUMS_DISAGREE", "the total is not the sum of the cells", "内訳の合計と総数が一致しません。";
        /// Two cells speak of the same people.
        CellTwice => "CELL_TWICE", "two cells have the same categories", "同じ区分の内訳が重複しています。";
        /// The guideline is out in this edition or a later one.
        EditionNotNewer => "EDITION_NOT_NEWER", "this edition or a later one is already out", "この版以降のものがすでに発行されています。版を上げてください。";
        /// No such partner store.
        UnknownPartner => "UNKNOWN_PARTNER", "no such partner store", "該当する協力不動産店が登録されていません。";
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
