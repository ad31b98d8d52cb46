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
        /// No such hand-over that waits.
        UnknownHandover => "UNKNOWN_HANDOVER", "no such hand-over is waiting", "回答待ちの引継ぎが見つかりません。";
        /// No such early consultation.
        UnknownConsultation => "UNKNOWN_CONSULTATION", "no such early consultation", "該当する早期相談が見つかりません。";
        /// No such barrier.
        UnknownBarrier => "UNKNOWN_BARRIER", "no such barrier to discharge", "該当する退院の障壁が見つかりません。";
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
        /// What an act decided cannot be corrected.
        ActStays => "ACT_STAYS", "what an act decided cannot be corrected, only its text; retract it and decide anew", "決定・手続きの内容（日付・対象・種類など）は訂正できません。訂正できるのは文章だけです。取り消したうえで、改めて手続きしてください。";
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
        ReferralEnded => "REFERRAL_ENDED", "the referral has been accepted, declined or withdrawn, or has lapsed", "この紹介はすでに受理・辞退・取下げ・失効のいずれかになっています。";
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
        /// Only the agency that leads the case does this.
        NotTheLead => "NOT_THE_LEAD", "only the agency responsible for the case can do this", "この操作ができるのは、ケースの担当機関だけです。";
        /// A hand-over waits for an answer.
        HandoverWaiting => "HANDOVER_WAITING", "a hand-over of this case is waiting for an answer; take it back first", "このケースの引継ぎが回答待ちです。先に引継ぎを取り下げてください。";
        /// A case is not handed to the one who has it.
        HandoverToSelf => "HANDOVER_TO_SELF", "the agency already leads this case", "すでにこのケースの担当機関です。";
        /// The lead does not leave the team of its case.
        LeadStays => "LEAD_STAYS", "the agency responsible for the case leaves it by handing it over or closing it", "担当機関は支援チームから外せません。ケースの引継ぎまたは終結を登録してください。";
        /// A choice of "other" says nothing by itself.
        NoteRequired => "NOTE_REQUIRED", "the choice 'other' needs a note", "「その他」を選んだときは、補足を入力してください。";
        /// The early consultation has come to its end.
        ConsultationEnded => "CONSULTATION_ENDED", "the early consultation has ended", "この早期相談はすでに終了しています。";
        /// The early consultation was answered before.
        ConsultationAnswered => "CONSULTATION_ANSWERED", "the early consultation has been answered", "この早期相談には回答済みです。";
        /// An early consultation becomes a referral by submitting one.
        ConsultationRefers => "CONSULTATION_REFERS", "an early consultation becomes a referral when a referral names it", "紹介に進む場合は、この早期相談の番号を付けて紹介を登録してください。";
        /// The two already think together.
        OpenConsultationExists => "OPEN_CONSULTATION_EXISTS", "an early consultation with this agency is open", "この機関への早期相談がすでに進行中です。";
        /// What would make the answer needless is not on file.
        LapseCauseNotOnFile => "LAPSE_CAUSE_NOT_ON_FILE", "the discharge, the move or the death must be on file first", "退院・転居・死亡のいずれかが記録されていません。先に記録してください。";
        /// The core center was asked before.
        AlreadyEscalated => "ALREADY_ESCALATED", "this core center has already been asked for help", "この基幹相談支援センターにはすでに相談しています。";
        /// Another ward's core center.
        CoreCenterOfAnotherWard => "CORE_CENTER_OF_ANOTHER_WARD", "the core center works in another ward than the person's", "本人の居住区を担当する基幹相談支援センターを指定してください。";
        /// The barrier no longer stands in the way.
        BarrierResolved => "BARRIER_RESOLVED", "the barrier has been resolved", "この障壁はすでに解消しています。";
        /// The agency takes care of it already.
        SameOwner => "SAME_OWNER", "this agency already takes care of the barrier", "すでにこの機関が取り組んでいます。";
        /// A stay of less than a year.
        JimokuraNeedsAYear => "JIMOKURA_NEEDS_A_YEAR", "Jimokura is for stays of one year or more (Niiza City, subcommittee for transition to and settlement in the community, evaluation of fiscal 2024 and goals for fiscal 2025)", "「じもくら」の対象は、入院期間が1年以上の方です（新座市 地域移行・定着支援部会「令和6年度評価結果及び令和7年度目標設定」）。";
        /// Family members are contacted only with their permission.
        FamilyPermissionRequired => "FAMILY_PERMISSION_REQUIRED", "a family contact may be kept only with that person's prior permission (Yokohama, cooperation guideline for community living bases, on accepting and responding to emergencies)", "ご家族の緊急連絡先は、その方の事前の了承がある場合のみ記載できます（「横浜市地域生活支援拠点機能構築のための連携ガイドライン」緊急時の受入れ・対応「緊急時予防・対応プラン」）。";
        /// No such emergency.
        UnknownEmergency => "UNKNOWN_EMERGENCY", "no such emergency", "該当する緊急対応が見つかりません。";
        /// No such place was asked in this emergency.
        UnknownPlacement => "UNKNOWN_PLACEMENT", "no such request to take the person in", "該当する受入れ依頼が見つかりません。";
        /// No such stay in this emergency.
        UnknownEmergencyStay => "UNKNOWN_EMERGENCY_STAY", "no such stay in this emergency", "該当する緊急受入れが見つかりません。";
        /// No such request for a later end.
        UnknownExtension => "UNKNOWN_EXTENSION", "no such request to extend a stay", "該当する延長の依頼が見つかりません。";
        /// No such stay of the family.
        UnknownFamilyStay => "UNKNOWN_FAMILY_STAY", "no such stay of the family", "該当する家族の緊急滞在が見つかりません。";
        /// The emergency is over.
        EmergencyOver => "EMERGENCY_OVER", "the emergency has been closed", "この緊急対応は終了しています。";
        /// Staying at home is tried first.
        HomeContinuationFirst => "HOME_CONTINUATION_FIRST", "staying at home comes first: record that it was tried and is not enough, or say why it was not tried; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response)", "まず在宅での継続を調整してください。在宅では継続できないことを記録するか、調整しない理由を選択してください。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応）による順序です。";
        /// A corporate activity home takes in for a caregiver's sake only.
        CaregiverReasonRequired => "CAREGIVER_REASON_REQUIRED", "the reason why the main caregiver cannot care is required; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response, short stay at a corporate activity home)", "主たる介護者の急病・緊急入院・行方不明・死亡等のやむを得ない事情を選択してください。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応　法人地域活動ホームのショートステイ）の利用条件です。";
        /// Rest and ceremonies can be planned.
        PlannableAbsence => "PLANNABLE_ABSENCE", "rest and ceremonies can be planned and are no emergency; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response, short stay at a corporate activity home)", "休息（レスパイト）や冠婚等、あらかじめ予定できる理由では緊急利用できません。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応　法人地域活動ホームのショートステイ）の利用条件です。";
        /// The home was not contacted on the start's day or the two before.
        ContactNotInTime => "CONTACT_NOT_IN_TIME", "the home must have been contacted two days before the stay, the day before, or on its first day; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response, short stay at a corporate activity home)", "受入れ開始の前々日・前日・当日のいずれかに法人地域活動ホームへ連絡したことが必要です。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応　法人地域活動ホームのショートステイ）の利用条件です。";
        /// In principle the home in the own ward.
        OtherWardReasonRequired => "OTHER_WARD_REASON_REQUIRED", "in principle the home in the ward of residence takes the person in: say why another is asked; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response, short stay at a corporate activity home)", "原則として居住区の法人地域活動ホームを利用します。他の区を利用する理由を選択してください。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応　法人地域活動ホームのショートステイ）の原則です。";
        /// A short stay is tried before.
        ShortStayFirst => "SHORT_STAY_FIRST", "a short stay comes first: record that it was refused, or say why it was not tried; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response)", "まず短期入所を調整してください。受け入れられなかったことを記録するか、調整しない理由を選択してください。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応）による順序です。";
        /// The ward office is told before.
        WardOfficeFirst => "WARD_OFFICE_FIRST", "the ward office must have been told before this way is taken; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response, where medical care is needed)", "この事業の利用には、先に区福祉保健センターへの連絡が必要です。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応　医療的ケア等が必要な場合）の手順です。";
        /// The place has not said that it takes the person in.
        PlacementNotAccepted => "PLACEMENT_NOT_ACCEPTED", "the place has not accepted the request", "この受入れ依頼はまだ承諾されていません。";
        /// A stay came of this request already.
        EmergencyStayStarted => "EMERGENCY_STAY_STARTED", "a stay has already begun on this request", "この受入れ依頼による緊急受入れはすでに開始しています。";
        /// The stay is over.
        EmergencyStayEnded => "EMERGENCY_STAY_ENDED", "the stay has ended", "この緊急受入れはすでに終了しています。";
        /// Seven days in a row at most.
        SevenDaysAtMost => "SEVEN_DAYS_AT_MOST", "a stay at a corporate activity home lasts at most seven days in a row, the next place has to be sought; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response, short stay at a corporate activity home); that the first and the last day both count, and homes without a day between together, is this system's own reading", "法人地域活動ホームのショートステイの緊急利用は連続7日までです。次の受入れ先を調整してください。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応　法人地域活動ホームのショートステイ）の利用条件です（初日・最終日を含め、間を空けない別のホームの利用も通算するのは、本システムの数え方です）。";
        /// The request for a later end was answered before.
        ExtensionAnswered => "EXTENSION_ANSWERED", "the request to extend the stay has been answered", "この延長の依頼には回答済みです。";
        /// The person is still in the place that took them in.
        EmergencyStayOpen => "EMERGENCY_STAY_OPEN", "a stay has not ended", "緊急受入れが終了していません。";
        /// Whoever was taken in is met about.
        MeetingRequired => "MEETING_REQUIRED", "after somebody was taken in, a meeting about what comes next is held promptly: record it, or say why there was none; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response, the meeting after acceptance)", "緊急受入れ後の会議を記録するか、開かなかった理由を選択してください。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応　緊急受入れ後の会議）により、受入れ後は速やかに会議を開きます。";
        /// Both conditions make a household at risk.
        HouseholdConditions => "HOUSEHOLD_CONDITIONS", "both must hold: an emergency may come, and support is hard to get; Yokohama's guideline on cooperation for community living bases (knowing households without support beforehand)", "「緊急事態が想定されること」と「必要な支援を得にくいこと」の両方に当てはまる世帯が対象です。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の支援が見込めない世帯の事前把握）の要件です。";
        /// Nobody said that the household is at risk.
        HouseholdNotAtRisk => "HOUSEHOLD_NOT_AT_RISK", "the household is not on file as one at risk", "緊急時に支援が見込めない世帯として把握されていません。";
        /// Somebody is mainly responsible already.
        PrimarySupporterNamed => "PRIMARY_SUPPORTER_NAMED", "an agency is already mainly responsible; change it", "主たる相談支援機関がすでに決まっています。変更として登録してください。";
        /// Somebody else, or nobody, is mainly responsible.
        PrimarySupporterDiffers => "PRIMARY_SUPPORTER_DIFFERS", "the agency named is not the one that is mainly responsible", "主たる相談支援機関として登録されている機関と異なります。";
        /// The new one is the old one.
        SamePrimarySupporter => "SAME_PRIMARY_SUPPORTER", "this agency is already mainly responsible", "すでにこの機関が主たる相談支援機関です。";
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
        /// Only identity officers put persons' files together and take them apart.
        NotIdentityOfficer => "NOT_IDENTITY_OFFICER", "only identity officers merge and unmerge persons", "本人記録の統合は、本人確認の担当職員だけが行えます。";
        /// Only an account officer of the same agency ends the access of somebody else.
        NotAccountOfficer => "NOT_ACCOUNT_OFFICER", "only an account officer of the same agency ends the access of others", "ほかの職員の利用を終了できるのは、同じ機関のアカウント担当職員だけです。";
        /// A person is not merged with themselves.
        MergedWithItself => "MERGED_WITH_ITSELF", "a person cannot be merged with themselves", "同じ本人番号どうしは統合できません。";
        /// One of the two takes part in a merge.
        AlreadyMerged => "ALREADY_MERGED", "one of the two is merged already; take that merge back first", "いずれかの本人記録はすでに統合されています。先にその統合を取り消してください。";
        /// The same merge waits for an answer.
        MergeProposalExists => "MERGE_PROPOSAL_EXISTS", "a proposal to merge these two is waiting for an answer", "同じ統合の提案が回答待ちです。";
        /// No such proposal that waits for an answer.
        UnknownMergeProposal => "UNKNOWN_MERGE_PROPOSAL", "no such proposal to merge is waiting for an answer", "回答待ちの統合の提案が見つかりません。";
        /// Two officers agree, not one with themselves.
        SameOfficer => "SAME_OFFICER", "a merge is approved by another officer than the one who proposed it", "統合の承認は、提案した職員とは別の職員が行ってください。";
        /// The person's file holds no other.
        NotMerged => "NOT_MERGED", "no other person is merged into this one", "この本人記録に統合された記録はありません。";
        /// Only what came since the merge is shared out.
        NotSinceTheMerge => "NOT_SINCE_THE_MERGE", "only events recorded since the merge can be named, and no corrections or retractions", "指定できるのは、統合後に登録された記録（訂正・取消しを除く）だけです。";
        /// All events of a case go to one person.
        CaseTornApart => "CASE_TORN_APART", "all events of a case belong to one person; name all of them or none", "一つのケースの記録は、すべて同じ本人に属するように指定してください。";
        /// No emergency of the person is under way.
        NoOpenEmergency => "NO_OPEN_EMERGENCY", "break-glass access needs an emergency that is open", "緊急時アクセスは、緊急対応中の方に限り使用できます。";
        /// The person lives in another ward than the agency works in.
        NotOfTheWard => "NOT_OF_THE_WARD", "break-glass access is for the agencies of the person's ward of residence", "緊急時アクセスを使用できるのは、本人の居住区を担当する機関だけです。";
        /// The same member of staff has broken glass already, and the hour is not over.
        BreakGlassInForce => "BREAK_GLASS_IN_FORCE", "this member of staff already has break-glass access; it cannot be prolonged", "すでに緊急時アクセスを使用中です。使用中の延長はできません。";
        /// No such use of break-glass access.
        UnknownBreakGlass => "UNKNOWN_BREAK_GLASS", "no such use of break-glass access", "該当する緊急時アクセスが見つかりません。";
        /// The use was reviewed before.
        BreakGlassReviewed => "BREAK_GLASS_REVIEWED", "this use of break-glass access has been reviewed", "この緊急時アクセスはすでに確認されています。";
        /// Nobody reviews what they did themselves.
        OwnBreakGlass => "OWN_BREAK_GLASS", "a use of break-glass access is reviewed by another member of staff than the one who used it", "緊急時アクセスの確認は、使用した職員とは別の職員が行ってください。";
        /// Only responsible agencies review.
        NotResponsible => "NOT_RESPONSIBLE", "only agencies responsible for the person review break-glass access", "緊急時アクセスの確認は、本人を担当する機関が行います。";
        /// That glass was broken, and what was said about it, cannot be taken back.
        BreakGlassStays => "BREAK_GLASS_STAYS", "a use of break-glass access and its review cannot be retracted", "緊急時アクセスの使用と確認の記録は取り消せません。";
        /// Only erasure officers have persons' records erased.
        NotErasureOfficer => "NOT_ERASURE_OFFICER", "only erasure officers have records of a person erased", "本人記録の消去は、消去の担当職員だけが行えます。";
        /// A request to erase the person waits for an answer.
        ErasureRequestExists => "ERASURE_REQUEST_EXISTS", "a request to erase this person is waiting for an answer", "この本人の消去の起案が承認待ちです。";
        /// No such request that waits for an answer.
        UnknownErasureRequest => "UNKNOWN_ERASURE_REQUEST", "no such request to erase is waiting for an answer", "承認待ちの消去の起案が見つかりません。";
        /// Two officers agree, not one with themselves.
        ErasureNeedsAnotherOfficer => "ERASURE_NEEDS_ANOTHER_OFFICER", "an erasure is approved by another officer than the one who requested it", "消去の承認は、起案した職員とは別の職員が行ってください。";
        /// Files were merged or unmerged since the request.
        ErasureRequestOutdated => "ERASURE_REQUEST_OUTDATED", "files were merged or unmerged since the request; decline it and request anew", "起案のあとに本人記録の統合または取消しがありました。却下してから起案し直してください。";
        /// A case is open, or a referral waits for an answer.
        CaseUnderWay => "CASE_UNDER_WAY", "a case is open or a referral is waiting for an answer; close it first", "終結していないケース、または回答待ちの紹介があります。先に終結してください。";
        /// The person is in hospital.
        StayUnderWay => "STAY_UNDER_WAY", "a stay in hospital has not ended", "終了していない入院があります。";
        /// An emergency is open.
        EmergencyUnderWay => "EMERGENCY_UNDER_WAY", "an emergency has not been closed", "終結していない緊急対応があります。";
        /// Somebody has broken glass, and nobody has said anything about it.
        BreakGlassUnreviewed => "BREAK_GLASS_UNREVIEWED", "a use of break-glass access has not been reviewed", "確認されていない緊急時アクセスがあります。";
        /// The municipality has set no time of retention for this ground.
        RetentionNotSet => "RETENTION_NOT_SET", "no period of retention is configured for this ground; nothing is erased without one", "この理由による消去の保存期間が設定されていません。設定されるまで消去できません。";
        /// The time of retention has not ended.
        RetentionRunning => "RETENTION_RUNNING", "the configured period of retention has not ended", "設定された保存期間が満了していません。";
        /// Keys cannot go without those of somebody else.
        RecordsEntangled => "RECORDS_ENTANGLED", "after an unmerge, events of this person and of another lie under the same key, so neither can be erased alone", "統合の取消しにより、この本人と他の方の記録が同じ鍵で保護されているため、個別に消去できません。";
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
