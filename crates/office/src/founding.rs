//! The first event of a log: the municipality registers itself.
//!
//! It cannot come through a door, since no token is valid before an agency is registered.

use access::{AGENCY_CATEGORY, Clock, Principal, RandomIds};
use casework::AgencyId;
use contracts::{Event, Office, events::AgencyRegistered};
use event_log::{Append, AppendError, EventLog, ExpectedVersion, StreamKey, StreamWrite};
use vault::{Subject, Vault};

use crate::{CommandError, stamp::Stamp};

/// Registers the municipality at position 1. An error when the log is not empty.
pub async fn found_municipality(
    log: &EventLog,
    vault: &Vault,
    clock: &dyn Clock,
    agency_id: &str,
    name: &str,
) -> Result<(), CommandError> {
    let now = clock.now();
    let principal = Principal {
        office: Office::Municipality,
        agency: AgencyId::from(agency_id),
        staff: "founding".to_owned(),
        roles: Vec::new(),
    };
    let registration = AgencyRegistered {
        agency_id: agency_id.to_owned(),
        registered_on: casework::today(now).to_string(),
        name: name.to_owned(),
        kind: Office::Municipality.into(),
        ..AgencyRegistered::default()
    };
    let subject = Subject::new(AGENCY_CATEGORY, agency_id);
    let key = vault.ensure_key(&subject).await?;
    let stamp = Stamp {
        principal: &principal,
        on_behalf_of: None,
        subject: &subject,
        key: Some(&key),
        now,
        correlation_id: RandomIds::random(),
    };
    let stamped = stamp.on(None, &Event::from(registration))?;
    let stream = StreamKey::new(AGENCY_CATEGORY, agency_id);
    let write =
        StreamWrite { stream, expected: ExpectedVersion::NoStream, events: vec![stamped.new] };
    let append = Append {
        producer: "founding".to_owned(),
        request_id: RandomIds::random(),
        digest: [0; 32],
        recorded_at: now,
        writes: vec![write],
        unless_changed: None,
    };
    log.append(append).await.map(|_| ()).map_err(|error: AppendError| CommandError::Append(error))
}
