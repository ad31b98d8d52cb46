//! The two published forms once more, for a forger who knows them: written from their description
//! alone, and independent of the crate under test.

use aws_lc_rs::digest::{SHA256, digest};
use event_log::StoredEvent;

pub fn content_hash(event: &StoredEvent) -> [u8; 32] {
    let id = |id: &uuid::Uuid| id.as_bytes().to_vec();
    let fields = [
        Some(event.stream.category.clone().into_bytes()),
        Some(event.stream.key.clone().into_bytes()),
        Some(event.type_no.to_be_bytes().to_vec()),
        Some(id(&event.event_id)),
        event.case_id.as_ref().map(id),
        Some(event.agency.clone().into_bytes()),
        Some(event.staff.clone().into_bytes()),
        event.on_behalf_of.clone().map(String::into_bytes),
        Some(id(&event.correlation_id)),
        event.causation_id.as_ref().map(id),
        Some(event.occurred_on.to_string().into_bytes()),
        Some(event.body.clone()),
        Some(event.sealed.clone()),
    ];
    let written = fields.into_iter().flat_map(|field| match field {
        Some(bytes) => [&[1], &(bytes.len() as u64).to_be_bytes()[..], &bytes].concat(),
        None => vec![0],
    });
    sha256(&written.collect::<Vec<u8>>())
}

pub fn chain_hash(before: &[u8; 32], event: &StoredEvent) -> [u8; 32] {
    let link = [
        &before[..],
        &event.position.to_be_bytes(),
        &event.version.to_be_bytes(),
        &event.recorded_at.as_microsecond().to_be_bytes(),
        &event.content_hash,
    ];
    sha256(&link.concat())
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().unwrap()
}
