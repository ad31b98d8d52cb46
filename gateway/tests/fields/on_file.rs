//! What is on file, so that every field has something to answer to somebody.

use std::collections::BTreeMap;

use contracts::{
    Event, Office, catalogue,
    events::{
        AgencyRegistered, BreakGlassAccessReviewed, BreakGlassAccessUsed, CaseHandedOver,
        EventCorrected, InpatientEpisodeOpened, PatientDischarged, PersonRegistered,
        ReadyForDischargeDeclared, ReferralEscalated, ReferralStallNoted, ReferralSubmitted,
        StallReason, Track, WardVisitRecorded,
    },
};
use event_log::StreamKey;
use uuid::Uuid;

use crate::{
    house::{House, world::World},
    persons::{append, is_inert, sample},
    standing::{
        beginning::{BEGUN, DAY, Line, beginning, line, stay_of},
        relation::{FOUNDER, NOBODY, OFFICES, Relation, agencies, agency, recorder},
    },
};

/// What is for identity officers alone: the readers of this page have no roles. `merge_candidates.rs`
/// asks as an officer.
pub const FOR_OFFICERS: [&str; 8] = [
    "MatchReason",
    "MergeCandidate",
    "MergeCandidateConnection",
    "MergeCandidateEdge",
    "MergeProposal",
    "MergeProposalConnection",
    "MergeProposalEdge",
    "RegisteredPerson",
];
/// The questions that lead there.
pub const QUESTIONS_OF_OFFICERS: [(&str, &str); 2] =
    [("Query", "mergeCandidates"), ("Query", "mergeProposals")];

const PROVIDER: &str = "00000000-0000-4000-8000-0000000000b1";
const INQUIRY: &str = "00000000-0000-4000-8000-0000000000b2";

pub struct OnFile {
    pub house: House,
    persons: BTreeMap<Option<i32>, (Uuid, Uuid)>,
}

impl OnFile {
    pub async fn new() -> Self {
        let world = World::with_agencies().await;
        for (id, office) in agencies() {
            let event = AgencyRegistered {
                agency_id: id.clone(),
                registered_on: "2025-04-01".into(),
                name: format!("架空の{id}"),
                kind: office.into(),
                ward: "14107".into(),
                ..Default::default()
            };
            world.record_in(("agency", &id), "city-kakuu", "2025-04-01", event).await;
        }
        let mut persons = BTreeMap::new();
        let leads = OFFICES.into_iter().filter(|office| Relation::Lead.is_possible(*office));
        for lead in [None].into_iter().chain(leads.map(Some)) {
            persons.insert(lead.map(i32::from), person(&world, lead).await);
        }
        resources(&world).await;
        somebody_at_home(&world).await;
        Self { house: House::open(world).await, persons }
    }

    /// The arguments of all questions, by question and argument, as GraphQL writes them.
    pub fn arguments(&self, relation: Relation, office: Office) -> BTreeMap<String, String> {
        let lead = Some(i32::from(office)).filter(|_| relation == Relation::Lead);
        let (person, case) = self.persons[&lead];
        let quoted = |text: &str| format!("\"{text}\"");
        let arguments = [
            ("person.id", quoted(&person.to_string())),
            ("case.id", quoted(&case.to_string())),
            ("accessesTo.personId", quoted(&person.to_string())),
            ("searchPersons.name", quoted("架空 一郎")),
            // All the rest hangs from each of them, and a document may ask only so much.
            ("searchPersons.first", "2".to_owned()),
            ("breakGlassFigures.fiscalYear", "2025".to_owned()),
            ("timelineAppended.caseId", quoted(&case.to_string())),
            ("provider.id", quoted(PROVIDER)),
            ("resourceInquiry.id", quoted(INQUIRY)),
            ("dischargeOutcomes.fiscalYear", "2023".to_owned()),
            ("resumeAfter", self.house.positions.hide(1)),
        ];
        arguments.map(|(name, value)| (name.to_owned(), value)).into()
    }
}

async fn person(world: &World, lead: Option<Office>) -> (Uuid, Uuid) {
    let (person, case) = (world.next_id(), world.next_id());
    let stream = StreamKey::new("person", person.to_string());
    let mut lines = beginning(Track::DischargeSupport, lead);
    with_names_and_referral(&mut lines, world.next_id());
    lines.extend(own_records());
    let visits = recorder(Office::SupportCenter);
    let visit = |text: &str| WardVisitRecorded {
        visited_on: DAY.into(),
        summary: text.into(),
        ..Default::default()
    };
    lines.push(Line { on_behalf_of: Some(NOBODY), ..line(&*visits, true, DAY, visit("面談")) });
    let (_, target) = append(world, &stream, case, lines).await;
    let replacement = Event::from(visit("面談の訂正")).split();
    let correction = EventCorrected {
        target_event_id: target.to_string(),
        corrected_on: DAY.into(),
        reason: "誤記".into(),
        replacement_type: Event::from(visit("")).number(),
        replacement_clear: replacement.clear,
        replacement_personal: replacement.personal,
    };
    let to_agency_id = NOBODY.to_owned();
    let handover = CaseHandedOver {
        handover_id: world.next_id().to_string(),
        to_agency_id,
        ..Default::default()
    };
    let leads = lead.map_or_else(|| FOUNDER.to_owned(), |office| agency(office, Relation::Lead));
    let lines = vec![line(visits, true, DAY, correction), line(leads, true, DAY, handover)];
    append(world, &stream, case, lines).await;
    (person, case)
}

/// The person has a name, and the case began with a referral.
fn with_names_and_referral(lines: &mut Vec<Line>, referral: Uuid) {
    let referral_id = referral.to_string();
    let mut opened_at = 0;
    for (at, line) in lines.iter_mut().enumerate() {
        match &mut line.event {
            Event::PersonRegistered(event) => {
                event.family_name = "架空".into();
                event.given_name = "一郎".into();
                event.family_name_kana = "カクウ".into();
                event.given_name_kana = "イチロウ".into();
                event.birth_date = "1967-03-09".into();
                event.residence_ward = "14107".into();
            }
            Event::CaseOpened(event) => {
                event.referral_id.clone_from(&referral_id);
                opened_at = at;
            }
            _ => {}
        }
    }
    let sent = ReferralSubmitted {
        referral_id: referral_id.clone(),
        to_agency_id: FOUNDER.into(),
        track_requested: Track::DischargeSupport.into(),
        ..Default::default()
    };
    let to_agency_id = NOBODY.to_owned();
    let id = referral_id.clone();
    let asked = ReferralEscalated { referral_id: id, to_agency_id, ..Default::default() };
    let reason = StallReason::try_from(1).expect("a reason").into();
    let stalled = ReferralStallNoted { referral_id, reason, ..Default::default() };
    let by = agency(Office::Hospital, Relation::Involved);
    let episode_id = stay_of(Relation::Involved);
    let ready = ReadyForDischargeDeclared { episode_id, ..Default::default() };
    lines.insert(opened_at, line(&*by, true, BEGUN, sent));
    lines.insert(opened_at + 1, line(&*by, true, BEGUN, asked));
    lines.insert(opened_at + 2, line(&*by, true, BEGUN, stalled));
    lines.push(line(by, false, DAY, ready));
}

/// Something that each has recorded itself.
fn own_records() -> impl Iterator<Item = Line> {
    OFFICES.into_iter().filter_map(|office| {
        let mut kinds = catalogue().kinds().iter();
        let kind = kinds.find(|kind| {
            let of_person = kind.subject() == contracts::annotations::Subject::Person;
            of_person && kind.may_be_appended_by(office) && is_inert(kind)
        })?;
        let event = sample(kind, Track::DischargeSupport, &[NOBODY.to_owned()]);
        Some(line(agency(office, Relation::Own), true, DAY, event))
    })
}

/// Somebody who went home two years ago, for the figures.
async fn somebody_at_home(world: &World) {
    let (person, case) = (world.next_id(), world.next_id());
    let (hospital, stay) = (recorder(Office::Hospital), "00000000-0000-4000-8000-0000000000e9");
    let (admitted, episode_id) = ("2023-04-01", stay.to_owned());
    let referral = ReferralSubmitted {
        referral_id: world.next_id().to_string(),
        episode_id: stay.into(),
        to_agency_id: FOUNDER.into(),
        track_requested: Track::DischargeSupport.into(),
        ..Default::default()
    };
    let opened = InpatientEpisodeOpened { episode_id: stay.into(), ..Default::default() };
    let discharged = PatientDischarged { episode_id, ..Default::default() };
    let access_id = world.next_id().to_string();
    let used = BreakGlassAccessUsed { access_id: access_id.clone(), ..Default::default() };
    let reviewed = BreakGlassAccessReviewed { access_id, ..Default::default() };
    let lines = vec![
        line(&*hospital, false, admitted, PersonRegistered::default()),
        line(&*hospital, false, admitted, opened),
        line(&*hospital, true, "2023-04-10", referral),
        line(&*hospital, false, "2023-05-10", discharged),
        line(recorder(Office::CoreCenter), false, DAY, used),
        line(recorder(Office::CoreCenter), false, DAY, reviewed),
    ];
    append(world, &StreamKey::new("person", person.to_string()), case, lines).await;
}

/// A provider with everything that can be said about one, and an inquiry with an answer.
async fn resources(world: &World) {
    let kinds = catalogue().kinds().iter();
    let of_resources =
        kinds.filter(|kind| kind.subject() == contracts::annotations::Subject::Resource);
    for kind in of_resources {
        if kind.name.contains("Retired") {
            continue;
        }
        let is_inquiry = kind.name.contains("Inquiry");
        let key = if is_inquiry { INQUIRY } else { PROVIDER };
        let event = with_id(kind, key);
        let by = recorder(Office::CoreCenter);
        let lines = vec![line(by, false, DAY, event)];
        append(world, &StreamKey::new("resource", key), world.next_id(), lines).await;
    }
}

fn with_id(kind: &'static contracts::EventKind, key: &str) -> Event {
    use contracts::annotations::Reference;
    use prost_reflect::{ReflectMessage, Value, prost::Message};
    let event = sample(kind, Track::DischargeSupport, &[NOBODY.to_owned()]);
    let mut message = crate::samples::message_of(kind);
    let mut dynamic =
        prost_reflect::DynamicMessage::decode(message.clone(), event.to_bytes().as_slice())
            .expect("a sample decodes");
    message = dynamic.descriptor();
    for field in message.fields() {
        let id = match crate::samples::options_of(&field).reference() {
            Reference::Provider => PROVIDER,
            Reference::Inquiry => INQUIRY,
            _ if field.number() == 1 => key,
            _ => continue,
        };
        let value = Value::String(id.to_owned());
        dynamic.set_field(&field, if field.is_list() { Value::List(vec![value]) } else { value });
    }
    kind.decode(&dynamic.encode_to_vec()).expect("it decodes")
}
