//! A request's context, checked.

use access::PositionCipher;
use casework::{
    AgencyId, AgencyRegister, CaseId, InquiryId, PersonId, ProviderId, is_of_erasure, is_of_merging,
};
use contracts::{
    Event, Violation,
    annotations::{Reference, Subject},
    catalogue,
    office::CommandContext,
    violations,
};
use uuid::Uuid;

use crate::CommandError;

/// The field of `RecordActivityRequest` that can hold any event.
pub(crate) const ACTIVITY: &str = "activity";

/// The field of `CorrectEventRequest` that can hold any event.
pub(crate) const REPLACEMENT: &str = "replacement";

/// Who and what a request is about.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub request_id: Uuid,
    pub person: Option<PersonId>,
    pub case_id: Option<CaseId>,
    pub unless_changed_since: Option<u64>,
    pub on_behalf_of: Option<AgencyId>,
}

/// Checks the context and the proposed event; everything that is wrong is said at once.
pub(crate) fn check(
    context: Option<CommandContext>,
    proposed: Option<&Event>,
    field: &str,
    today: &str,
    register: &AgencyRegister,
    positions: &PositionCipher,
) -> Result<Asked, CommandError> {
    let mut found = Vec::new();
    let context = context.unwrap_or_default();
    let asked = Asked {
        request_id: required_uuid(
            &context.request_id,
            "context.request_id",
            "手続き番号",
            &mut found,
        ),
        person: id(&context.person_id, "context.person_id", "本人番号", &mut found)
            .map(PersonId::from),
        case_id: id(&context.case_id, "context.case_id", "ケース番号", &mut found)
            .map(CaseId::from),
        unless_changed_since: position(&context.unless_changed_since, positions, &mut found),
        on_behalf_of: agency(&context.on_behalf_of_agency_id, register, &mut found),
    };
    match proposed {
        Some(event) => check_event(event, field, today, register, &mut found)?,
        None => {
            found.push(violation(field, "REQUIRED", "is required", "内容", "を入力してください。"));
        }
    }
    found.extend(proposed.and_then(|event| check_person(event, &context.person_id)));
    if proposed.is_some_and(stands_alone) {
        found.extend(not_applicable(&context));
    }
    if found.is_empty() { Ok(asked) } else { Err(CommandError::Invalid(found)) }
}

/// Everything about a person names the person, save the registration that makes the number. A
/// registration that named one could tell by the answer whether that person exists.
fn check_person(event: &Event, person_id: &str) -> Option<Violation> {
    let (reason, english, japanese) = match event {
        Event::PersonRegistered(_) if !person_id.is_empty() => (
            "ASSIGNED",
            "is assigned by the office and must be empty",
            "は受付側で付番されるため、空欄にしてください。",
        ),
        Event::PersonRegistered(_) => return None,
        _ if event.kind().subject() == Subject::Person && person_id.is_empty() => {
            ("REQUIRED", "is required", "を入力してください。")
        }
        _ => return None,
    };
    Some(violation("context.person_id", reason, english, "本人番号", japanese))
}

/// What is about no person, begins a file, or is about whole files, belongs to no case and follows
/// nothing that the caller could have seen.
fn stands_alone(event: &Event) -> bool {
    event.kind().subject() != Subject::Person
        || matches!(event, Event::PersonRegistered(_))
        || is_of_merging(event)
        || is_of_erasure(event)
}

fn not_applicable(context: &CommandContext) -> impl Iterator<Item = Violation> {
    let fields = [
        (&context.case_id, "context.case_id", "ケース番号"),
        (&context.unless_changed_since, "context.unless_changed_since", "更新位置"),
    ];
    let (reason, english) = ("NOT_APPLICABLE", "does not apply here and must be empty");
    let given = fields.into_iter().filter(|(value, ..)| !value.is_empty());
    given.map(move |(_, field, label)| {
        violation(field, reason, english, label, "はこの手続きでは指定できません。")
    })
}

/// Checks an event by its declaration.
pub(crate) fn check_event(
    event: &Event,
    field: &str,
    today: &str,
    register: &AgencyRegister,
    found: &mut Vec<Violation>,
) -> Result<(), CommandError> {
    let bytes = event.to_bytes();
    let field = &path_of(event, field);
    let of_declaration =
        violations(event.kind(), &bytes, today).map_err(|_| CommandError::Internal)?;
    found.extend(of_declaration.into_iter().map(|violation| Violation {
        field: format!("{field}.{}", violation.field),
        english: format!("{field}.{}", violation.english),
        ..violation
    }));
    for kind in NAMED.iter().filter(|kind| !(kind.to == Reference::Agency && registers(event))) {
        found.extend(unknown(kind, event, &bytes, field, register));
    }
    Ok(())
}

/// Whether the event gives an agency the id that it names.
fn registers(event: &Event) -> bool {
    matches!(event, Event::AgencyRegistered(_))
}

/// Something that can be named only when it is in the register.
struct Named {
    to: Reference,
    is_known: fn(&AgencyRegister, &str) -> bool,
    reason: &'static str,
    english: &'static str,
    japanese: &'static str,
}

const NAMED: [Named; 3] = [
    Named {
        to: Reference::Agency,
        is_known: |register, id| register.get(&AgencyId::from(id)).is_some(),
        reason: "UNKNOWN_AGENCY",
        english: "names an agency that is not registered",
        japanese: "に、登録されていない機関が指定されています。",
    },
    Named {
        to: Reference::Provider,
        is_known: |register, id| register.resources.provider(&ProviderId::from(id)).is_ok(),
        reason: "UNKNOWN_PROVIDER",
        english: "names a provider that is not registered",
        japanese: "に、登録されていない事業所が指定されています。",
    },
    Named {
        to: Reference::Inquiry,
        is_known: |register, id| register.resources.inquiry(&InquiryId::from(id)).is_ok(),
        reason: "UNKNOWN_INQUIRY",
        english: "names an inquiry that was not sent",
        japanese: "に、登録されていない照会が指定されています。",
    },
];

/// Where the event lies in the request; in an activity, behind the name of its entry.
fn path_of(event: &Event, field: &str) -> String {
    if ![ACTIVITY, REPLACEMENT].contains(&field) {
        return field.to_owned();
    }
    let body = catalogue().pool().get_message_by_name("tsunagi.events.v1.EventBody");
    let entry = body.and_then(|body| body.get_field(event.kind().number));
    entry.map_or_else(|| field.to_owned(), |entry| format!("{field}.{}", entry.name()))
}

fn unknown(
    kind: &Named,
    event: &Event,
    bytes: &[u8],
    field: &str,
    register: &AgencyRegister,
) -> Vec<Violation> {
    let named = event.kind().named(kind.to, bytes).unwrap_or_default();
    let mut unknown: Vec<&contracts::Field> = Vec::new();
    for (named_in, id) in named {
        let is_known = (kind.is_known)(register, &id);
        if !is_known && !unknown.iter().any(|known| known.number == named_in.number) {
            unknown.push(named_in);
        }
    }
    let as_violation = |named_in: &contracts::Field| {
        let path = format!("{field}.{}", named_in.name);
        let label = &named_in.options.label_ja;
        violation(&path, kind.reason, kind.english, label, kind.japanese)
    };
    unknown.into_iter().map(as_violation).collect()
}

fn required_uuid(text: &str, field: &str, label: &str, found: &mut Vec<Violation>) -> Uuid {
    if text.is_empty() {
        found.push(violation(field, "REQUIRED", "is required", label, "を入力してください。"));
        return Uuid::nil();
    }
    id(text, field, label, found).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// A UUID in its one canonical form; none when the field is empty.
fn id(text: &str, field: &str, label: &str, found: &mut Vec<Violation>) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    match text.parse::<Uuid>() {
        Ok(uuid) if uuid.to_string() == text => Some(text.to_owned()),
        _ => {
            found.push(violation(
                field,
                "MALFORMED",
                "is not a lower-case UUID",
                label,
                "の形式が正しくありません。",
            ));
            None
        }
    }
}

fn position(word: &str, positions: &PositionCipher, found: &mut Vec<Violation>) -> Option<u64> {
    if word.is_empty() {
        return None;
    }
    let position = positions.reveal(word);
    if position.is_none() {
        let field = "context.unless_changed_since";
        found.push(violation(
            field,
            "MALFORMED",
            "is not a position from a reply",
            "更新位置",
            "の形式が正しくありません。",
        ));
    }
    position
}

fn agency(id: &str, register: &AgencyRegister, found: &mut Vec<Violation>) -> Option<AgencyId> {
    if id.is_empty() {
        return None;
    }
    let agency = AgencyId::from(id);
    if register.get(&agency).is_none() {
        let field = "context.on_behalf_of_agency_id";
        found.push(violation(
            field,
            "UNKNOWN_AGENCY",
            "names an agency that is not registered",
            "代理で記録する機関",
            "が登録されていません。",
        ));
    }
    Some(agency)
}

fn violation(
    field: &str,
    reason: &'static str,
    english: &str,
    label: &str,
    japanese: &str,
) -> Violation {
    Violation {
        field: field.to_owned(),
        reason,
        english: format!("{field} {english}"),
        japanese: format!("「{label}」{japanese}"),
    }
}
