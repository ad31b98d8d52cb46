//! Sealing what is personal and stamping the envelope.

use access::{Principal, RandomIds};
use casework::{AgencyId, CaseId, Recorded, today};
use contracts::{Event, UnknownEvent};
use event_log::NewEvent;
use jiff::Timestamp;
use uuid::Uuid;
use vault::{SealContext, Subject, SubjectKey};

use crate::CommandError;

/// An event ready to be appended, and as the rules will see it once it is.
pub(crate) struct Stamped {
    pub new: NewEvent,
    pub recorded: Recorded,
}

/// What all events of one request have in common.
pub(crate) struct Stamp<'a> {
    pub principal: &'a Principal,
    pub on_behalf_of: Option<&'a AgencyId>,
    pub subject: &'a Subject,
    /// None: nothing in the events is personal.
    pub key: Option<&'a SubjectKey>,
    pub now: Timestamp,
    pub correlation_id: Uuid,
}

impl Stamp<'_> {
    /// Seals and stamps one event.
    pub fn on(&self, case_id: Option<CaseId>, event: &Event) -> Result<Stamped, CommandError> {
        let kind = event.kind();
        let split = event.split();
        let event_id = RandomIds::random();
        let context = SealContext { event_id, type_no: kind.number, subject: self.subject };
        let occurred_on = occurred_on(event).unwrap_or_else(|| today(self.now));
        let new = NewEvent {
            event_id,
            type_no: kind.number,
            case_id: case_id.as_ref().and_then(|id| id.as_str().parse().ok()),
            agency: self.principal.agency.to_string(),
            staff: self.principal.staff.clone(),
            on_behalf_of: self.on_behalf_of.map(ToString::to_string),
            correlation_id: self.correlation_id,
            causation_id: None,
            occurred_on,
            body: split.clear,
            sealed: self.seal(&context, &split.personal)?,
        };
        let recorded = Recorded {
            position: u64::MAX,
            event_id: event_id.to_string(),
            case_id,
            agency: self.principal.agency.clone(),
            on_behalf_of: self.on_behalf_of.cloned(),
            occurred_on,
            recorded_at: self.now,
            event: clear(kind, &new.body)?,
        };
        Ok(Stamped { new, recorded })
    }

    fn seal(&self, context: &SealContext<'_>, personal: &[u8]) -> Result<Vec<u8>, CommandError> {
        match self.key {
            Some(key) => Ok(key.seal(context, personal)),
            None if personal.is_empty() => Ok(Vec::new()),
            None => Err(CommandError::Internal),
        }
    }
}

fn clear(kind: &contracts::EventKind, body: &[u8]) -> Result<Event, CommandError> {
    kind.decode(body).map_err(|_: UnknownEvent| CommandError::Internal)
}

/// The day the event itself names.
pub(crate) fn occurred_on(event: &Event) -> Option<jiff::civil::Date> {
    event.occurred_on()?.parse().ok()
}
