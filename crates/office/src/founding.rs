//! What whoever runs the house records without coming through a door.
//!
//! The municipality registers itself by the first event of a log, since no token is valid before an
//! agency is registered. And whoever changes a staff account ends the tokens that were issued for it.

use access::{AGENCY_CATEGORY, Clock, Principal, RandomIds};
use casework::AgencyId;
use contracts::{
    Event, Office,
    events::{AgencyRegistered, StaffAccessEnded},
};
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
    let registration = AgencyRegistered {
        agency_id: agency_id.to_owned(),
        registered_on: casework::today(clock.now()).to_string(),
        name: name.to_owned(),
        kind: Office::Municipality.into(),
        ..AgencyRegistered::default()
    };
    let by = operator("founding", Office::Municipality, &AgencyId::from(agency_id));
    record(log, vault, clock, (&by, ExpectedVersion::NoStream), registration.into()).await
}

/// Ends the access of a member of staff, in the name of their agency. The day is filled in.
pub async fn end_staff_access(
    log: &EventLog,
    vault: &Vault,
    clock: &dyn Clock,
    of: &Principal,
    end: StaffAccessEnded,
) -> Result<(), CommandError> {
    let ended_on = casework::today(clock.now()).to_string();
    let end = StaffAccessEnded { staff: of.staff.clone(), ended_on, ..end };
    let by = operator("operator", of.office, &of.agency);
    record(log, vault, clock, (&by, ExpectedVersion::Any), end.into()).await
}

fn operator(staff: &str, office: Office, agency: &AgencyId) -> Principal {
    Principal { office, agency: agency.clone(), staff: staff.to_owned(), roles: Vec::new() }
}

async fn record(
    log: &EventLog,
    vault: &Vault,
    clock: &dyn Clock,
    (by, expected): (&Principal, ExpectedVersion),
    event: Event,
) -> Result<(), CommandError> {
    let now = clock.now();
    let subject = Subject::new(AGENCY_CATEGORY, by.agency.as_str());
    let key = vault.ensure_key(&subject).await?;
    let stamp = Stamp {
        principal: by,
        on_behalf_of: None,
        subject: &subject,
        key: Some(&key),
        now,
        correlation_id: RandomIds::random(),
    };
    let stamped = stamp.on(None, &event)?;
    let stream = StreamKey::new(AGENCY_CATEGORY, by.agency.as_str());
    let append = Append {
        producer: by.staff.clone(),
        request_id: RandomIds::random(),
        digest: [0; 32],
        recorded_at: now,
        writes: vec![StreamWrite { stream, expected, events: vec![stamped.new] }],
        unless_changed: None,
    };
    log.append(append).await.map(|_| ()).map_err(|error: AppendError| CommandError::Append(error))
}
