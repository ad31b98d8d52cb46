//! What the form asks, section by section.

use crate::console::form::{Ask, Control};

/// A section of the form.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) intro: &'static str,
    pub(crate) asks: &'static [Ask],
}

const PERSON: &str = "PersonRegistered";
const STAY: &str = "InpatientEpisodeOpened";
const CONSENT: &str = "ConsentGiven";
const REFERRAL: &str = "ReferralSubmitted";

pub(super) const BIRTH_DATE: Ask = Ask::of(PERSON, "birth_date", Control::Day)
    .insist()
    .hint("例：昭和42年3月15日、1967年3月15日。年の欄に「S42.3.15」のように続けて入力することもできます。");
pub(super) const ADMITTED_ON: Ask =
    Ask::of(STAY, "admitted_on", Control::Day).hint("今回の入院が始まった日を入力してください。");
pub(super) const GIVEN_ON: Ask = Ask::of(CONSENT, "given_on", Control::Day);
pub(super) const TOPICS: Ask = Ask::of(CONSENT, "topics", Control::Checks)
    .hint("本人が同意した事項だけを選んでください。「紹介」の同意がないと送信できません。");
pub(super) const AGENCIES: Ask = Ask::of(CONSENT, "agency_ids", Control::Checks)
    .hint("本人が同意した機関だけを選んでください。自院は常に含まれます。紹介先の機関の同意がないと送信できません。");
pub(super) const RECEIVER: Ask = Ask::of(REFERRAL, "to_agency_id", Control::Select);
pub(super) const WARD: Ask = Ask::of(PERSON, "residence_ward", Control::Select)
    .hint("入院前に住んでいた区を選んでください。病院のある区ではありません。");
pub(super) const GROUND: Ask = Ask::of(REFERRAL, "ground", Control::Select)
    .hint("支援の種別が「退院サポート」の場合は必ず選んでください。");

/// The sections in the order of the form.
pub(super) const SECTIONS: [Section; 4] = [
    Section {
        title: "本人",
        intro: "紹介する方について入力してください。",
        asks: &[
            Ask::of(PERSON, "family_name", Control::Line(20)),
            Ask::of(PERSON, "given_name", Control::Line(20)),
            Ask::of(PERSON, "family_name_kana", Control::Line(20)).insist(),
            Ask::of(PERSON, "given_name_kana", Control::Line(20)).insist(),
            BIRTH_DATE,
            WARD,
            Ask::of(PERSON, "address", Control::Line(40)),
            Ask::of(PERSON, "telephone", Control::Telephone),
        ],
    },
    Section {
        title: "入院",
        intro: "現在の入院について入力してください。",
        asks: &[ADMITTED_ON, Ask::of(STAY, "unit", Control::Line(20))],
    },
    Section {
        title: "同意",
        intro: "本人の同意は省略できません。ここで選んだ事項と機関の範囲でだけ、記録が共有されます。",
        asks: &[TOPICS, AGENCIES, GIVEN_ON, Ask::of(CONSENT, "method", Control::Radios)],
    },
    Section {
        title: "紹介",
        intro: "空欄のまま送ると、紹介先から補足を求められることがあります。",
        asks: &[
            RECEIVER,
            Ask::of(REFERRAL, "track_requested", Control::Select),
            GROUND,
            Ask::of(REFERRAL, "wishes", Control::Lines(5))
                .hint("できるだけ本人の言葉で書いてください。"),
            Ask::of(REFERRAL, "issues", Control::Lines(5)),
            Ask::of(REFERRAL, "destination_wish", Control::Line(40)),
            Ask::of(REFERRAL, "doctor_recommends", Control::Select),
            Ask::of(REFERRAL, "referrer_role", Control::Select),
        ],
    },
];

/// Every question, in the order of the form.
pub(super) fn all() -> Vec<Ask> {
    SECTIONS.iter().flat_map(|section| section.asks.iter().copied()).collect()
}
