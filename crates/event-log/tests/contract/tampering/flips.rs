//! One flipped bit in any column that the chain or the events vouch for. Outside stay producer,
//! request id and digest of a request: they decide only whether a repeated request is known.

use super::attacks::Attack;
use super::chance::Chance;
use super::victim::{Claim, Row, Victim};
use crate::harness::BackDoor;

enum Value {
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

pub fn draw(victim: &Victim, chance: &mut Chance) -> Option<Attack> {
    match chance.below(20) {
        0 | 1 => in_stream(victim, chance),
        2 | 3 => in_request(victim, chance),
        _ => in_event(victim, chance),
    }
}

const EVENT_COLUMNS: [&str; 18] = [
    "position",
    "stream_no",
    "version",
    "type_no",
    "event_id",
    "request_no",
    "case_id",
    "agency",
    "staff",
    "on_behalf_of",
    "correlation_id",
    "causation_id",
    "occurred_on",
    "recorded_at",
    "body",
    "sealed",
    "content_hash",
    "chain_hash",
];

fn in_event(victim: &Victim, chance: &mut Chance) -> Option<Attack> {
    let row = chance.choose(&victim.rows);
    let column = *chance.choose(&EVENT_COLUMNS);
    let flipped = flip(value_of(row, column)?, chance)?;
    let position = row.event.position;
    // What was moved to before the beginning is the first thing that is wrong.
    let before_all = matches!(flipped, Value::Number(number) if column == "position" && number < 1);
    let first_bad = if before_all { 0 } else { position };
    let value = spell(&victim.door, &flipped);
    let statement = format!("UPDATE event SET {column} = {value} WHERE position = {position}");
    Some(Attack::new(statement, first_bad, format!("{column} at {position}")))
}

fn value_of(row: &Row, column: &str) -> Option<Value> {
    let event = &row.event;
    let signed = |number: u64| Value::Number(i64::try_from(number).unwrap());
    let id = |id: &uuid::Uuid| Value::Bytes(id.as_bytes().to_vec());
    Some(match column {
        "position" => signed(event.position),
        "stream_no" => Value::Number(row.stream_no),
        "version" => signed(event.version),
        "type_no" => signed(event.type_no.into()),
        "event_id" => id(&event.event_id),
        "request_no" => Value::Number(row.request_no),
        "case_id" => id(event.case_id.as_ref()?),
        "agency" => Value::Text(event.agency.clone()),
        "staff" => Value::Text(event.staff.clone()),
        "on_behalf_of" => Value::Text(event.on_behalf_of.clone()?),
        "correlation_id" => id(&event.correlation_id),
        "causation_id" => id(event.causation_id.as_ref()?),
        "occurred_on" => Value::Text(event.occurred_on.to_string()),
        "recorded_at" => Value::Number(event.recorded_at.as_microsecond()),
        "body" => Value::Bytes(event.body.clone()),
        "sealed" => Value::Bytes(event.sealed.clone()),
        "content_hash" => Value::Bytes(event.content_hash.to_vec()),
        "chain_hash" => Value::Bytes(event.chain_hash.to_vec()),
        other => unreachable!("{other} is no column"),
    })
}

fn in_stream(victim: &Victim, chance: &mut Chance) -> Option<Attack> {
    let stream_no = chance.choose(&victim.rows).stream_no;
    let first = victim.rows.iter().find(|row| row.stream_no == stream_no)?;
    let (column, value) = match chance.below(3) {
        0 => ("stream_no", Value::Number(stream_no)),
        1 => ("category", Value::Text(first.event.stream.category.clone())),
        _ => ("key", Value::Text(first.event.stream.key.clone())),
    };
    let value = spell(&victim.door, &flip(value, chance)?);
    let statement = format!("UPDATE stream SET {column} = {value} WHERE stream_no = {stream_no}");
    Some(Attack::new(statement, first.event.position, format!("{column} of stream {stream_no}")))
}

fn in_request(victim: &Victim, chance: &mut Chance) -> Option<Attack> {
    let mut claims = victim.claims.clone();
    let claim: &mut Claim = &mut claims[chance.below(victim.claims.len())];
    let request_no = claim.request_no;
    let (column, number) = match chance.below(3) {
        0 => ("request_no", &mut claim.request_no),
        1 => ("first_position", &mut claim.first),
        _ => ("last_position", &mut claim.last),
    };
    *number ^= 1 << chance.below(64);
    let statement =
        format!("UPDATE append_request SET {column} = {number} WHERE request_no = {request_no}");
    let first_bad = victim.first_misfit(&claims)?;
    Some(Attack::new(statement, first_bad, format!("{column} of request {request_no}")))
}

fn flip(value: Value, chance: &mut Chance) -> Option<Value> {
    Some(match value {
        Value::Number(number) => Value::Number(number ^ (1 << chance.below(64))),
        Value::Bytes(bytes) => Value::Bytes(flip_byte(bytes, chance)?),
        Value::Text(text) => {
            let flipped = flip_byte(text.into_bytes(), chance)?;
            Value::Text(String::from_utf8(flipped).ok()?)
        }
    })
}

fn flip_byte(mut bytes: Vec<u8>, chance: &mut Chance) -> Option<Vec<u8>> {
    let place = (!bytes.is_empty()).then(|| chance.below(bytes.len()))?;
    bytes[place] ^= 1 << chance.below(8);
    Some(bytes)
}

fn spell(door: &BackDoor, value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Bytes(bytes) => door.bytes(bytes),
    }
}
