//! Entries of a timeline.

use access::Opened;
use async_graphql::{Context, Enum, Error, ID, SimpleObject};
use casework::{AgencyRegister, CaseId, Seen};
use read_models::{PersonView, SeenEvent};

use super::{
    Caller, Desk, Why,
    agency::Agency,
    amended::{Amendment, amendments, asks_for_content},
    codes::{self, BAD_USER_INPUT},
    fields::{EventField, fields},
    paging::{TimelineConnection, TimelineEdge, page_size},
    scalars::{Day, Moment},
};

/// How much of an event the reader sees.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Date, kind and agency.
    Stub,
    /// The content that is not sealed.
    Clear,
    /// The whole content.
    Full,
}

/// Something remarkable about an event, which was recorded all the same.
#[derive(SimpleObject)]
pub(crate) struct Flag {
    /// A code to act on.
    code: &'static str,
    /// In Japanese, for the person at the screen.
    message: &'static str,
    /// In English, for developers.
    description: &'static str,
}

/// One event, as far as the reader sees it.
#[derive(SimpleObject)]
pub(crate) struct TimelineEntry {
    /// Its id, by which its own agency can correct or retract it.
    id: ID,
    /// Where it lies in the log: an opaque word, always the same.
    position: ID,
    /// Its type, as the catalogue of events names it.
    r#type: &'static str,
    /// Its Japanese name.
    label: &'static str,
    /// The case it belongs to; none when it is about the person.
    case_id: Option<ID>,
    /// When it happened.
    occurred_on: Day,
    /// When it was recorded.
    recorded_at: Moment,
    /// Who recorded it.
    agency: Agency,
    /// On whose behalf, if another's.
    on_behalf_of: Option<Agency>,
    /// How much of it the reader sees.
    sight: Sight,
    /// What it says; nothing of a stub.
    fields: Vec<EventField>,
    /// What is remarkable about it.
    flags: Vec<Flag>,
    /// What became of it since: a correction, which is shown here, or a retraction.
    amendment: Option<Amendment>,
}

impl TimelineEntry {
    pub(crate) fn of(
        desk: &Desk,
        register: &AgencyRegister,
        event: &SeenEvent,
        opened: &Opened,
        amendment: Option<Amendment>,
    ) -> Self {
        let recorded = &event.recorded;
        let kind = recorded.event.kind();
        Self {
            id: ID::from(recorded.event_id.as_str()),
            position: ID::from(desk.positions.hide(recorded.position)),
            r#type: &kind.name,
            label: &kind.options.label_ja,
            case_id: recorded.case_id.as_ref().map(|id| ID::from(id.as_str())),
            occurred_on: Day(recorded.occurred_on),
            recorded_at: Moment(recorded.recorded_at),
            agency: Agency::of(&recorded.agency, register),
            on_behalf_of: recorded.on_behalf_of.as_ref().map(|id| Agency::of(id, register)),
            sight: sight(event.seen),
            fields: fields(event, opened, register),
            flags: event.flags.iter().copied().map(Flag::from).collect(),
            amendment,
        }
    }
}

impl From<casework::Flag> for Flag {
    fn from(flag: casework::Flag) -> Self {
        Self { code: flag.code(), message: flag.japanese(), description: flag.english() }
    }
}

fn sight(seen: Seen) -> Sight {
    match seen {
        Seen::Full => Sight::Full,
        Seen::Clear => Sight::Clear,
        // A hidden event has no entry; should one get here, it tells as little as it can.
        Seen::Stub | Seen::Hidden => Sight::Stub,
    }
}

/// One page of a case's timeline: one record of the read, which names what was opened.
pub(crate) async fn page(
    ctx: &Context<'_>,
    view: &PersonView,
    case: &CaseId,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<TimelineConnection, Error> {
    let (desk, caller) =
        (ctx.data_unchecked::<std::sync::Arc<Desk>>(), ctx.data_unchecked::<Caller>());
    let (size, why) = (page_size(first)?, Why::Case(case.clone()));
    let timeline = view.timeline(case);
    let start = start(desk, &timeline, after)?;
    let shown: Vec<_> = timeline.iter().copied().skip(start).take(size).collect();
    let content = ctx.look_ahead().field("edges").field("node").field("fields").exists();
    let opened = desk.show(caller, (view, &why), &shown, content).await?;
    let opens = asks_for_content(&ctx.look_ahead().field("edges").field("node").field("amendment"));
    let amendments = amendments(desk, caller, (view, &why), &shown, opens).await?;
    let register = desk.register().await?;
    let each = shown.iter().zip(&opened).zip(amendments);
    let entries = each.map(|((event, opened), amendment)| TimelineEdge {
        cursor: desk.positions.hide(event.recorded.position),
        node: TimelineEntry::of(desk, &register, event, opened, amendment),
    });
    let has_next = start + shown.len() < timeline.len();
    Ok(TimelineConnection::page(entries.collect(), start > 0, has_next))
}

fn start(desk: &Desk, timeline: &[&SeenEvent], after: Option<&str>) -> Result<usize, Error> {
    let Some(after) = after else { return Ok(0) };
    let position = desk.position(after)?;
    let found = timeline.iter().position(|event| event.recorded.position == position);
    let found = found.map(|at| at + 1);
    found.ok_or_else(|| codes::error(BAD_USER_INPUT, "the cursor is not of this timeline"))
}
