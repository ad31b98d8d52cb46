//! Where an answer differs from what the declaration alone would lead one to expect, and the rule that
//! says so. What is not listed here fails.

use contracts::{EventKind, Office};

use crate::standing::relation::Relation;

/// The rule, as a footnote of the page.
pub fn explanation(kind: &EventKind, relation: Relation, office: Office) -> Option<&'static str> {
    let name = kind.name.as_str();
    let is_merging = name.starts_with("Persons");
    let is_erasing = name.starts_with("PersonEras");
    match (relation, office, name) {
        _ if is_merging => Some(
            "二つのファイルの統合に関する記録は、市の本人確認担当者だけが閲覧できます。\
             Events of merging are for identity officers alone, also those of one's own agency.",
        ),
        _ if is_erasing => Some(
            "消去に関する記録は、どの機関にも表示されません。\
             Nobody reads of erasing, not even who recorded it.",
        ),
        (Relation::Lead, _, "BreakGlassAccessUsed" | "BreakGlassAccessReviewed") => Some(
            "緊急時アクセスの使用と確認は、本人を担当する機関が確認できるよう全部が表示されます。\
             Whoever is responsible for the person sees in full how glass was broken, to review it.",
        ),
        (_, _, "EventRetracted") => Some(
            "取り消された記録は、記録した機関のほかには概要だけが残ります。\
             Of what was retracted others than its recorder keep the stub.",
        ),
        (_, _, "EventCorrected") => Some(
            "訂正は、対象の記録と同じ範囲で、その記録に印として表示されます（ここでは病棟訪問）。\
             A correction is seen as its target is (here a ward visit), as a mark on it.",
        ),
        (Relation::Lead, _, "CaseOpened" | "CaseHandoverAccepted" | "ReferralSubmitted") => Some(
            "この記録によって主担当が替わるため、以前の主担当としては表示されません。\
             The event itself makes another agency responsible.",
        ),
        (Relation::WithoutConsent, _, _) if kind.options.shown_in_emergency => Some(
            "緊急対応の間は、関与する機関（病院を除く）は同意がなくても閲覧できます。\
             While an emergency is open, those who take part see it without a consent, hospitals aside.",
        ),
        (Relation::Called, Office::Hospital, "EmergencyReported") => Some(
            "病院は、知らせを受けた宛先として閲覧します。\
             A hospital sees the call for help as one whom it names.",
        ),
        (Relation::Addressee, Office::Municipality, "CaseHandoverAccepted") => Some(
            "引継ぎ元は、引き継ぐまでの記録を主担当として閲覧できます（市が主担当になることはありません）。\
             Whom it names handed the case on and keeps what it saw as the one responsible; the \
             municipality leads no case.",
        ),
        (Relation::Called, _, "EmergencyClosed") => Some(
            "緊急対応の終了とともに、同意なしの閲覧は終わります。\
             With the end of the emergency ends what is shown without a consent.",
        ),
        _ => None,
    }
}
