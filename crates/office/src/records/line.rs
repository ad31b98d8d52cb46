//! The lines of an exported file.

use access::{Opened, Principal};
use aws_lc_rs::digest::{SHA256, digest};
use casework::{AgencyId, AgencyRegister, PersonId, Recorded, Seen, Standing};
use contracts::{Described, Shown};
use event_log::StoredEvent;
use jiff::Timestamp;
use serde_json::{Value, json};

/// An event, ready to be written down.
pub(super) struct Exported<'a> {
    /// As it stands.
    pub recorded: &'a Recorded,
    pub seen: Seen,
    pub original: &'a StoredEvent,
    pub original_seen: Seen,
    pub amendment: Option<(Standing, &'a StoredEvent)>,
    pub opened: &'a Opened,
    pub register: &'a AgencyRegister,
}

/// One event: what it says, and, where its content is shown, what its hashes are made of.
pub(super) fn event_line(event: &Exported<'_>) -> String {
    let recorded = event.recorded;
    let kind = recorded.event.kind();
    let is_shown = event.seen > Seen::Stub;
    let original = Some(event.original).filter(|_| event.original_seen > Seen::Stub);
    let proofs = [original, event.amendment.map(|(_, by)| by)];
    let proofs = proofs.into_iter().flatten().map(StoredEvent::to_content_proof);
    json!({
        "event_id": recorded.event_id,
        "type": kind.name,
        "label": kind.options.label_ja,
        "case_id": recorded.case_id.as_ref().map(ToString::to_string),
        "occurred_on": recorded.occurred_on.to_string(),
        "recorded_at": recorded.recorded_at.to_string(),
        "agency": agency(&recorded.agency, event.register),
        "on_behalf_of": recorded.on_behalf_of.as_ref().map(|id| agency(id, event.register)),
        "sight": sight(event.seen),
        "standing": event.amendment.map(|(standing, _)| self::standing(standing)),
        "erased": matches!(event.opened, Opened::Erased),
        "fields": if is_shown { fields(event) } else { json!([]) },
        "proof": if is_shown { proofs.collect() } else { Vec::new() },
    })
    .to_string()
}

/// The file itself: for whom and when it was made, and the SHA-256 of all lines before this one,
/// each with a line feed.
pub(super) fn last_line(
    reader: &Principal,
    person: &PersonId,
    now: Timestamp,
    lines: &[String],
) -> String {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    json!({
        "person_id": person.as_str(),
        "exported_for": reader.agency.as_str(),
        "exported_at": now.to_string(),
        "events": lines.len(),
        "sha256": hex::encode(digest(&SHA256, text.as_bytes())),
    })
    .to_string()
}

fn fields(event: &Exported<'_>) -> Value {
    let clear = match &event.recorded.event {
        // A corrected event is encoded again; what it says is the same.
        standing if event.amendment.is_some() => standing.to_bytes(),
        _ => event.original.body.clone(),
    };
    let bytes = match event.opened {
        Opened::Personal(personal) => [clear.as_slice(), personal].concat(),
        Opened::Erased | Opened::Nothing => clear,
    };
    let described = event.recorded.event.kind().describe(&bytes).unwrap_or_default();
    described.iter().map(field).collect()
}

fn field(described: &Described) -> Value {
    let values: Vec<_> = described.values.iter().map(value).collect();
    json!({ "name": described.name, "label": described.label, "values": values })
}

fn value(shown: &Shown) -> Value {
    match shown {
        Shown::Text(text)
        | Shown::Date(text)
        | Shown::Month(text)
        | Shown::Agency(text)
        | Shown::Reference(text) => json!(text),
        Shown::Truth(truth) => json!(truth),
    }
}

fn agency(id: &AgencyId, register: &AgencyRegister) -> Value {
    json!({ "id": id.as_str(), "name": register.get(id).map(|agency| agency.name.as_str()) })
}

fn sight(seen: Seen) -> &'static str {
    match seen {
        Seen::Full => "FULL",
        Seen::Clear => "CLEAR",
        Seen::Stub | Seen::Hidden => "STUB",
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Corrected => "CORRECTED",
        Standing::Retracted => "RETRACTED",
    }
}
