//! The kinds of work that can wait, in words for both sides of the screen.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident => $code:literal, $label:literal, $reason:literal;)*) => {
        /// What is waited for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum WorkKind { $($(#[$doc])* $name,)* }

        impl WorkKind {
            /// Every kind, for filters and the printed table of work.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// A code that a program can act on.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What is to be done, for the person at the screen.
            pub fn label_ja(self) -> &'static str {
                match self { $(Self::$name => $label,)* }
            }

            /// Why it waits, for the person at the screen.
            pub fn reason_ja(self) -> &'static str {
                match self { $(Self::$name => $reason,)* }
            }

            /// The kind with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.code() == code)
            }
        }
    };
}

kinds! {
    /// A referral waits for the receiver's answer.
    ReferralToAnswer => "REFERRAL_TO_ANSWER", "紹介への回答", "紹介が届いています。受理・差戻し・辞退のいずれかで回答してください。";
    /// A returned referral waits for the sender's supplement.
    ReferralToSupplement => "REFERRAL_TO_SUPPLEMENT", "紹介の補足", "紹介が差し戻されています。不足している事項を補足してください。";
    /// A referral that does not move on waits for the core center's help.
    ReferralToHelpWith => "REFERRAL_TO_HELP_WITH", "滞留している紹介の調整", "回答が進んでいない紹介について相談が届いています。関係機関と調整してください。";
    /// The person has left hospital, moved or died while a referral waited.
    ReferralToLapse => "REFERRAL_TO_LAPSE", "紹介を続けるかどうかの確認", "紹介の後に、退院・転居・死亡のいずれかが記録されています。続けない場合は、紹介の失効を登録してください。";
    /// Whoever asked has waited long for the answer.
    AnswerWaitingLong => "ANSWER_WAITING_LONG", "回答待ちが続いています", "回答のない日が続いています（日数は目安です）。相手の機関に確認するか、滞留の理由を記録してください。";
    /// An early consultation waits for the center's answer.
    ConsultationToAnswer => "CONSULTATION_TO_ANSWER", "早期相談への回答", "早期相談の依頼が届いています。参加または辞退で回答してください。";
    /// A center thinks along, and nothing has come of it yet.
    ConsultationToConclude => "CONSULTATION_TO_CONCLUDE", "早期相談の結論", "早期相談が続いています。紹介に進むか、理由を添えて終了してください。";
    /// The person has left hospital, moved or died during an early consultation.
    ConsultationToLapse => "CONSULTATION_TO_LAPSE", "早期相談を続けるかどうかの確認", "早期相談の後に、退院・転居・死亡のいずれかが記録されています。続けない場合は、失効を登録してください。";
    /// A case that another agency wants to hand over waits for this agency's answer.
    HandoverToAnswer => "HANDOVER_TO_ANSWER", "引継ぎへの回答", "ケースの引継ぎの依頼が届いています。受理または辞退で回答してください。";
    /// A hand-over was declined; the case is still the sender's.
    HandoverDeclined => "HANDOVER_DECLINED", "引継ぎの辞退の確認", "引継ぎが辞退されました。ケースは引き続き担当のままです。今後の進め方を決めてください。";
    /// Something stands in the way of the discharge.
    BarrierToOvercome => "BARRIER_TO_OVERCOME", "退院の障壁への取組", "退院の妨げとなっている事柄があります。取組を進め、解消したら登録してください。";
    /// The person could leave, and no day is set.
    DischargeToPlan => "DISCHARGE_TO_PLAN", "退院予定の検討", "退院可能と判断され、妨げとなる事柄もありませんが、退院予定がありません。";
    /// A request for a visit waits for the hospital's answer.
    VisitRequestToAnswer => "VISIT_REQUEST_TO_ANSWER", "病棟訪問の依頼への回答", "病棟訪問の依頼が届いています。訪問日を決めるか、理由を添えて辞退してください。";
    /// An application for a benefit waits for the ward office's decision.
    BenefitToDecide => "BENEFIT_TO_DECIDE", "支給申請の決定", "支給申請を受け付けています。決定または却下を登録してください。";
    /// A case has no support plan yet.
    SupportPlanToMake => "SUPPORT_PLAN_TO_MAKE", "個別支援計画の作成", "ケースが始まりましたが、個別支援計画がまだありません。";
    /// The plan was made for a life at home, and the person is in hospital again.
    SupportPlanToRevise => "SUPPORT_PLAN_TO_REVISE", "個別支援計画の見直し", "再入院がありました。個別支援計画を見直してください。";
    /// The person is home and nobody follows up yet.
    SettlementToStart => "SETTLEMENT_TO_START", "定着支援の開始", "退院しましたが、定着支援がまだ始まっていません。";
    /// The person is home again and the follow-up still rests.
    SettlementToResume => "SETTLEMENT_TO_RESUME", "定着支援の再開", "退院しましたが、定着支援が休止したままです。";
    /// The person is in hospital again and the follow-up still runs.
    SettlementToPause => "SETTLEMENT_TO_PAUSE", "定着支援の休止", "入院中ですが、定着支援が実施中のままです。";
    /// The follow-up has ended and the case is still open.
    CaseToClose => "CASE_TO_CLOSE", "ケースの終結", "定着支援が終了しています。ケースを終結してください。";
    /// The person has died and the case is still open.
    CaseToCloseAfterDeath => "CASE_TO_CLOSE_AFTER_DEATH", "死亡によるケースの終結", "死亡が記録されています。ケースを終結してください。";
    /// No consent in force names the agency that leads the case.
    ConsentEnded => "CONSENT_ENDED", "同意の確認", "担当機関を含む有効な同意がありません。本人の意向を確認してください。";
    /// The planned day of discharge has passed and the person is still in hospital.
    DischargeOverdue => "DISCHARGE_OVERDUE", "退院の記録または予定の見直し", "退院予定日を過ぎています。退院を記録するか、予定を見直してください。";
    /// A checkpoint after the discharge was reached and nobody has looked.
    CheckpointDue => "CHECKPOINT_DUE", "地域生活の状況確認", "退院後の確認時期になりました。生活の状況を確認してください。";
    /// The agency leads an open case, whether or not something waits in it.
    CaseInHand => "CASE_IN_HAND", "担当中のケース", "担当機関として支援しているケースです。";
    /// The day on which the emergency plan is to be looked at again has come.
    EmergencyPlanReviewDue => "EMERGENCY_PLAN_REVIEW_DUE", "緊急時予防・対応プランの見直し", "緊急時予防・対応プランの見直し予定日になりました。";
    /// An emergency waits for a place that takes the person in.
    EmergencyPlacementToFind => "EMERGENCY_PLACEMENT_TO_FIND", "緊急時の受入れ先の調整", "緊急対応中ですが、受入れ先がまだ決まっていません。在宅での継続または受入れ先を調整してください。";
    /// A ward office was told of an emergency and has not said whether it finds a place.
    SpecialPlacementToCoordinate => "SPECIAL_PLACEMENT_TO_COORDINATE", "医療系の受入れの調整", "緊急対応の連絡が届いています。受入れを調整し、結果を登録してください。";
    /// Somebody was taken in and those who help have not met.
    PostEmergencyMeetingToHold => "POST_EMERGENCY_MEETING_TO_HOLD", "緊急受入れ後の会議", "緊急受入れがありました。今後の方向を話し合う会議を速やかに開いてください。";
    /// Everything that an emergency asked for was done, and it is still open.
    EmergencyToClose => "EMERGENCY_TO_CLOSE", "緊急対応の終了", "緊急対応が終わっている場合は、終了を登録してください。終了するまで、同意がなくても関係機関に緊急対応の記録が表示されます。";
    /// Somebody used break-glass access, and nobody else has looked at it.
    BreakGlassToReview => "BREAK_GLASS_TO_REVIEW", "緊急時アクセスの確認", "担当でない職員が緊急時アクセスで記録を閲覧できるようにしました。使用した本人以外の職員が理由を確認し、結果を登録してください。";
    /// Nobody is mainly responsible for a household at risk.
    PrimarySupporterToName => "PRIMARY_SUPPORTER_TO_NAME", "主たる相談支援機関の決定", "緊急時に支援が見込めない世帯ですが、主たる相談支援機関が決まっていません。";
    /// A household at risk has no emergency plan.
    EmergencyPlanToMake => "EMERGENCY_PLAN_TO_MAKE", "緊急時予防・対応プランの作成", "緊急時に支援が見込めない世帯ですが、有効な緊急時予防・対応プランがありません。";
    /// The day on which the individual support plan is to be looked at again has come.
    SupportPlanReviewDue => "SUPPORT_PLAN_REVIEW_DUE", "個別支援計画の定期の見直し", "個別支援計画の見直し予定日になりました。";
    /// The day on which the service-use plan is to be monitored has come.
    MonitoringDue => "MONITORING_DUE", "モニタリングの実施", "サービス等利用計画のモニタリング予定日になりました。";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_code_of_its_own_and_says_why() {
        let codes: BTreeSet<_> = WorkKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), WorkKind::ALL.len());
        for kind in WorkKind::ALL {
            assert_eq!(WorkKind::from_code(kind.code()), Some(*kind));
            assert!(!kind.label_ja().is_ascii() && kind.reason_ja().ends_with('。'));
        }
    }
}
