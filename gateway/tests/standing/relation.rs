//! How a reader can stand to a person, and the agencies that stand so.

use access::Principal;
use casework::AgencyId;
use contracts::{Office, office_name};

pub const OFFICES: [Office; 5] = [
    Office::Hospital,
    Office::SupportCenter,
    Office::CoreCenter,
    Office::WardOffice,
    Office::Municipality,
];

/// How a reader stands to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// It recorded the event itself and has no other part.
    Own,
    /// In the care team of the case, a hospital also in its stay, with a consent in force.
    Involved,
    /// As the one responsible for the case, with a consent in force.
    Lead,
    /// In the care team with a consent, and named by the event; a hospital has no stay.
    Addressee,
    /// In the care team, a hospital also in its stay; no consent names it.
    WithoutConsent,
    /// Was in the team, a hospital also in a stay before the event; a consent names it still.
    Former,
    /// Takes no part and no consent names it, but was told of an emergency that is open.
    Called,
    /// Takes no part, although a consent names it.
    Stranger,
}

impl Relation {
    pub const ALL: [Self; 8] = [
        Self::Own,
        Self::Involved,
        Self::Lead,
        Self::Addressee,
        Self::WithoutConsent,
        Self::Former,
        Self::Called,
        Self::Stranger,
    ];

    /// Japanese and English, for the head of a column.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Own => "自機関の記録 own",
            Self::Involved => "関与・同意あり involved",
            Self::Lead => "主担当 lead",
            Self::Addressee => "宛先 addressee",
            Self::WithoutConsent => "関与・同意なし no consent",
            Self::Former => "以前の関与 formerly",
            Self::Called => "緊急時の連絡先 told of emergency",
            Self::Stranger => "関与なし stranger",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Involved => "involved",
            Self::Lead => "lead",
            Self::Addressee => "addressee",
            Self::WithoutConsent => "without",
            Self::Former => "former",
            Self::Called => "called",
            Self::Stranger => "stranger",
        }
    }

    pub fn has_consent(self) -> bool {
        !matches!(self, Self::Own | Self::WithoutConsent | Self::Called)
    }

    /// Whether an agency of this office can stand so at all.
    pub fn is_possible(self, office: Office) -> bool {
        let leads = [Office::SupportCenter, Office::CoreCenter, Office::WardOffice];
        self != Self::Lead || leads.contains(&office)
    }
}

/// The agency of an office that stands in this relation.
pub fn agency(office: Office, relation: Relation) -> String {
    format!("{}-{}", office_name(office), relation.code())
}

/// The agency of an office that records for others to see.
pub fn recorder(office: Office) -> String {
    format!("{}-recorder", office_name(office))
}

/// Somebody whom events name when nobody is meant.
pub const NOBODY: &str = "center-nobody";
/// Who registered the persons and let the others in.
pub const FOUNDER: &str = "center-founder";

/// Everybody, with their office.
pub fn agencies() -> Vec<(String, Office)> {
    let mut all: Vec<_> = [NOBODY, FOUNDER].map(|id| (id.to_owned(), Office::SupportCenter)).into();
    for office in OFFICES {
        all.push((recorder(office), office));
        all.extend(Relation::ALL.map(|relation| (agency(office, relation), office)));
    }
    all
}

pub fn principal(office: Office, relation: Relation) -> Principal {
    Principal {
        office,
        agency: AgencyId::from(agency(office, relation)),
        staff: "s-reader".into(),
        roles: vec![],
    }
}
