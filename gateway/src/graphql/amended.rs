//! What became of an event since it was recorded, and what stood before.

use access::{Opened, SealedEvent};
use async_graphql::{Enum, Error, ID, Lookahead, SimpleObject};
use casework::{AgencyRegister, Seen, Standing};
use contracts::events::EventCorrected;
use read_models::{Amended, PersonView, SeenEvent};

use super::{
    Caller, Desk, Why, codes,
    fields::{EventField, fields_of},
    scalars::Moment,
};

/// What became of an event.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AmendmentKind {
    /// It says something else now, which is what the entry shows.
    Corrected,
    /// It has no effect any more.
    Retracted,
}

/// A correction or retraction.
#[derive(SimpleObject)]
pub(crate) struct Amendment {
    /// What became of the event.
    kind: AmendmentKind,
    /// Where the correction or retraction lies in the log.
    position: ID,
    /// When it was recorded.
    recorded_at: Moment,
    /// Why, if the reader sees the content.
    reason: Option<EventField>,
    /// What the event said before, if the reader sees the content.
    before: Vec<EventField>,
}

/// The sealed parts that belong to an amendment.
struct Parts {
    own: Opened,
    original: Opened,
}

impl Amendment {
    fn of(
        desk: &Desk,
        register: &AgencyRegister,
        event: &SeenEvent,
        parts: &Parts,
    ) -> Option<Self> {
        let amended = event.amendment.as_ref()?;
        let is_shown = event.seen > Seen::Stub;
        let kind = amended.by.event.kind();
        let reason = fields_of(kind, &[], !amended.sealed.sealed.is_empty(), &parts.own, register);
        let reason = reason.into_iter().find(|field| field.is("reason"));
        let original = &amended.original_body;
        let is_sealed = !amended.original_sealed.sealed.is_empty();
        let kind = event.recorded.event.kind();
        let before = fields_of(kind, original, is_sealed, &parts.original, register);
        Some(Self {
            kind: match amended.standing {
                Standing::Corrected => AmendmentKind::Corrected,
                Standing::Retracted => AmendmentKind::Retracted,
            },
            position: ID::from(desk.positions.hide(amended.by.position)),
            recorded_at: Moment(amended.by.recorded_at),
            reason: reason.filter(|_| is_shown),
            before: if amended.original_seen > Seen::Stub { before } else { Vec::new() },
        })
    }
}

/// Whether more is asked of amendments than that there are some.
pub(crate) fn asks_for_content(asked: &Lookahead<'_>) -> bool {
    asked.field("reason").exists() || asked.field("before").exists()
}

/// The amendments of these events, in their order. The sealed parts are opened only when they were
/// asked for, and then that is recorded as another read.
pub(crate) async fn amendments(
    desk: &Desk,
    caller: &Caller,
    (view, why): (&PersonView, &Why),
    shown: &[&SeenEvent],
    opens: bool,
) -> Result<Vec<Option<Amendment>>, Error> {
    let amended: Vec<_> = shown.iter().filter_map(|event| to_open(event, opens)).collect();
    let sealed: Vec<_> = amended.iter().flatten().cloned().collect();
    let mut opened = match sealed.iter().any(|part| !part.sealed.is_empty()) {
        true => {
            let (reader, way) = (&caller.principal, why.way(caller.door, view));
            let opened = desk.disclosure.open(reader, way, &view.person, amended.len(), &sealed);
            opened.await.map_err(|failure| codes::of_disclosure(&failure))?
        }
        false => vec![Opened::Nothing; sealed.len()],
    }
    .into_iter();
    let register = desk.register().await?;
    let each = shown.iter().map(|event| {
        event.amendment.as_ref()?;
        let parts = Parts { own: opened.next()?, original: opened.next()? };
        Amendment::of(desk, &register, event, &parts)
    });
    Ok(each.collect())
}

/// The sealed parts of what became of an event and of what stood before; emptied where the reader
/// is not shown them.
fn to_open(event: &SeenEvent, opens: bool) -> Option<[SealedEvent; 2]> {
    let Amended { sealed, original_sealed, original_seen, .. } = event.amendment.as_ref()?;
    let part = |part: &SealedEvent, seen: Seen| {
        let opens = opens && seen == Seen::Full;
        let sealed = if opens { part.sealed.clone() } else { Vec::new() };
        SealedEvent { sealed, ..part.clone() }
    };
    Some([part(sealed, event.seen), part(original_sealed, *original_seen)])
}

/// The personal part of the event that a correction puts in its target's place.
pub(crate) fn replacement_in(opened: Opened) -> Opened {
    match opened {
        Opened::Personal(personal) => {
            // It was sealed by this house; should it not decode, nothing is made up.
            EventCorrected::replacement_personal_in(&personal)
                .map_or(Opened::Erased, Opened::Personal)
        }
        other => other,
    }
}
