//! What is remarkable about a fact that was recorded all the same.

use crate::reasons::reasons;

reasons! {
    /// A fact that breaks a rule. It is recorded, and this is said about it.
    pub enum Flag {
        /// Two stays at the same time.
        OverlappingStay => "OVERLAPPING_STAY", "another stay is still open", "別の入院が終了していません。";
        /// A stay ends before it begins.
        EndedBeforeAdmission => "ENDED_BEFORE_ADMISSION", "the stay ends before it begins", "入院日より前の日付です。";
        /// The stay had ended before.
        StayAlreadyEnded => "STAY_ALREADY_ENDED", "the stay had already ended", "この入院はすでに終了しています。";
        /// The stay is not known, or another hospital's.
        StayUnknown => "STAY_UNKNOWN", "no such stay of this hospital is known", "該当する入院の記録がありません。";
        /// A visit on a day without a stay.
        VisitOutsideStay => "VISIT_OUTSIDE_STAY", "the person was not in hospital on that day", "この日に入院の記録がありません。";
        /// A readmission without an earlier stay.
        NoEarlierStay => "NO_EARLIER_STAY", "no earlier stay is known", "以前の入院の記録がありません。";
        /// Something after the person's death.
        AfterDeath => "AFTER_DEATH", "the person had died before that day", "死亡日より後の日付です。";
        /// A second death.
        DeathRecordedTwice => "DEATH_RECORDED_TWICE", "a death has already been recorded", "死亡はすでに記録されています。";
        /// A fact of a closed case.
        CaseClosed => "CASE_CLOSED", "the case is closed", "このケースは終結しています。";
        /// A consent that was no longer in force was changed or withdrawn.
        ConsentNotInForce => "CONSENT_NOT_IN_FORCE", "the consent was no longer in force", "この同意はすでに有効ではありません。";
        /// A consent that is not known.
        ConsentUnknown => "CONSENT_UNKNOWN", "no such consent is known", "該当する同意の記録がありません。";
        /// A change of a consent's scope that is older than the scope; the later will holds.
        OlderThanTheScope => "OLDER_THAN_THE_SCOPE", "a later change of this consent's scope is on file and holds", "より新しい同意範囲の変更が登録されているため、反映されません。";
        /// A second registration of the same person.
        RegisteredTwice => "REGISTERED_TWICE", "the person has already been registered", "この方はすでに登録されています。";
        /// A follow-up while settlement support does not run.
        SettlementNotOpen => "SETTLEMENT_NOT_OPEN", "settlement support was not under way", "定着支援が実施中ではありません。";
        /// Support outside the period of the benefit.
        OutsideBenefitPeriod => "OUTSIDE_BENEFIT_PERIOD", "no benefit decision covers that day", "この日を含む支給決定がありません。";
        /// A benefit that is not known.
        BenefitUnknown => "BENEFIT_UNKNOWN", "no such benefit is known", "該当する支給決定の記録がありません。";
        /// A checkpoint was observed twice.
        CheckpointTwice => "CHECKPOINT_TWICE", "this checkpoint has already been observed", "この時点の状況はすでに記録されています。";
        /// A step that the case machine does not have.
        UnexpectedInCase => "UNEXPECTED_IN_CASE", "the case was not in a state that expects this", "ケースの状態と合わない記録です。";
        /// Something was noted about a referral that no longer waits.
        ReferralAnswered => "REFERRAL_ANSWERED", "the referral no longer waits for an answer", "この紹介は回答待ちではありません。";
        /// Whoever takes care of a barrier does not share the matter.
        OwnerNotInvolved => "OWNER_NOT_INVOLVED", "the agency named does not take part in this matter", "取り組む機関が支援に入っていません。";
        /// A barrier was resolved twice.
        BarrierAlreadyResolved => "BARRIER_ALREADY_RESOLVED", "the barrier had already been resolved", "この障壁はすでに解消しています。";
        /// Something ended before it began.
        EndedBeforeItBegan => "ENDED_BEFORE_IT_BEGAN", "it ends before it begins", "始まった日より前の日付です。";
        /// The person went home although something stood in the way.
        BarriersOpen => "BARRIERS_OPEN", "barriers to discharge are still open", "退院の障壁が解消されないまま残っています。";
        /// Something about a stay on a day outside it.
        OutsideTheStay => "OUTSIDE_THE_STAY", "the day does not lie in the stay", "入院期間の外の日付です。";
        /// The person could leave already.
        AlreadyReady => "ALREADY_READY", "the person had already been declared ready; the earlier day holds", "退院可能の判断はすでに登録されています。先に登録された日が有効です。";
        /// The person had not been declared ready.
        NotReady => "NOT_READY", "the person had not been declared ready for discharge", "退院可能の判断が登録されていません。";
        /// The ward named as the old one is not the ward on file.
        WardDiffers => "WARD_DIFFERS", "the ward on file is another", "登録されている区と異なります。";
        /// A fact of an emergency of which no call for help is on file.
        EmergencyUnknown => "EMERGENCY_UNKNOWN", "no such emergency is known", "該当する緊急対応の記録がありません。";
        /// A fact of an emergency that is over.
        EmergencyClosed => "EMERGENCY_CLOSED", "the emergency is closed", "この緊急対応は終了しています。";
        /// A second emergency of the same person.
        AnotherEmergencyOpen => "ANOTHER_EMERGENCY_OPEN", "another emergency of this person is open", "この方の別の緊急対応が終了していません。";
        /// A second answer.
        AnsweredBefore => "ANSWERED_BEFORE", "an answer has already been recorded", "回答はすでに記録されています。";
        /// A medical way was looked for before the ward office was told.
        WardOfficeNotTold => "WARD_OFFICE_NOT_TOLD", "no earlier notice to the ward office about this way is on file", "この事業についての区福祉保健センターへの連絡が記録されていません。";
        /// Two places took the person in at the same time.
        EmergencyStayOverlaps => "EMERGENCY_STAY_OVERLAPS", "another stay of this emergency has not ended by then", "別の緊急受入れの期間と重なっています。";
        /// The stay had ended before.
        EmergencyStayEndedBefore => "EMERGENCY_STAY_ENDED_BEFORE", "the stay had already ended", "この緊急受入れはすでに終了しています。";
        /// A stay ends before it begins.
        EmergencyStayReversed => "EMERGENCY_STAY_REVERSED", "the stay ends before it begins", "開始日より前の終了日です。";
        /// A stay was longer than seven days in a row, for the reason that was given.
        StayLimitExceeded => "STAY_LIMIT_EXCEEDED", "the stay at a corporate activity home lasted more than seven days in a row; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response, short stay at a corporate activity home); that the first and the last day both count, and homes without a day between together, is this system's own reading", "法人地域活動ホームの利用が連続7日を超えています。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応　法人地域活動ホームのショートステイ）では連続7日までです（初日・最終日を含め、間を空けない別のホームの利用も通算するのは、本システムの数え方です）。";
        /// The same, and nobody said why.
        LimitBreachUnexplained => "LIMIT_BREACH_UNEXPLAINED", "the stay at a corporate activity home lasted more than seven days in a row, and why is not said; Yokohama's guideline on cooperation for community living bases (emergency acceptance and response, short stay at a corporate activity home); that the first and the last day both count, and homes without a day between together, is this system's own reading", "法人地域活動ホームの利用が連続7日を超えていますが、理由が記録されていません。「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（緊急時の受入れ・対応　法人地域活動ホームのショートステイ）では連続7日までです（初日・最終日を含め、間を空けない別のホームの利用も通算するのは、本システムの数え方です）。";
        /// A stay is not extended and no next place was asked.
        NextPlaceNotAsked => "NEXT_PLACE_NOT_ASKED", "no next place was asked", "次の受入れ先への打診が記録されていません。";
        /// A meeting on a day before anybody was taken in.
        MeetingBeforeAcceptance => "MEETING_BEFORE_ACCEPTANCE", "the meeting was held before the place accepted", "受入れの承諾より前の日付の会議です。";
        /// A meeting later than expected.
        MeetingLate => "MEETING_LATE", "the meeting was held more than seven days after the acceptance (our own measure of promptly)", "受入れの承諾から7日を過ぎて開かれた会議です（本システムの目安）。";
        /// A way out of a facility that began before anybody had looked at it with the person.
        NotAssessedBefore => "NOT_ASSESSED_BEFORE", "no assessment was recorded before the start", "開始前のアセスメントが登録されていません。";
        /// A plan in the place of a service-use plan, although one is in force.
        ServiceUsePlanInForce => "SERVICE_USE_PLAN_IN_FORCE", "a service-use plan is in force", "有効なサービス等利用計画があります。";
        /// An answer to something that was not proposed, or was answered before.
        MatchingNotProposed => "MATCHING_NOT_PROPOSED", "nothing was waiting for this answer", "回答待ちの提案がありません。";
        /// Something about a provider that had been retired.
        ProviderRetired => "PROVIDER_RETIRED", "the provider had been retired", "この事業所は廃止されています。";
        /// An answer to an inquiry that had been closed.
        InquiryClosed => "INQUIRY_CLOSED", "the inquiry had been closed", "この照会はすでに終了しています。";
        /// It speaks of an earlier day than what is on file, which holds.
        OlderThanOnFile => "OLDER_THAN_ON_FILE", "a later one is on file and holds", "より新しい内容が登録されているため、反映されません。";
    }
}

impl Flag {
    /// The flag with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|flag| flag.code() == code)
    }

    /// Whether it says that something is not on file. To whoever would not be shown the thing if it
    /// were, the flag itself would tell that it is not.
    pub fn tells_of_absence(self) -> bool {
        matches!(self, Self::NoEarlierStay | Self::OwnerNotInvolved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_is_found_by_its_code() {
        for flag in Flag::ALL {
            assert_eq!(Flag::from_code(flag.code()), Some(*flag));
            assert!(flag.japanese().ends_with('。') && flag.english().is_ascii());
        }
    }
}
