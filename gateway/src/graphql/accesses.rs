//! Who saw a person: the record of reads, for those who answer for the person.

use std::sync::Arc;

use access::{Door, Purpose, Way};
use async_graphql::{Context, Enum, Error, ID, SimpleObject};
use casework::{AgencyRegister, PersonId};
use contracts::catalogue;

use super::{
    Caller, Desk,
    agency::Agency,
    codes,
    paging::{AccessConnection, AccessEdge, page_size},
    scalars::Moment,
};

/// The way by which a reader came.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessDoor {
    /// A way that this version does not know.
    Unknown,
    /// A question to this interface.
    Graphql,
    /// A stream of entries as they came.
    Subscription,
    /// A page of the console.
    Console,
    /// An office's answer to a command.
    Command,
    /// A file that an office handed out.
    Export,
    /// A search by name.
    Search,
    /// The house itself, which finds persons by name.
    Index,
}

impl From<Door> for AccessDoor {
    fn from(door: Door) -> Self {
        match door {
            Door::Unspecified => Self::Unknown,
            Door::Graphql => Self::Graphql,
            Door::Subscription => Self::Subscription,
            Door::Console => Self::Console,
            Door::Grpc => Self::Command,
            Door::Export => Self::Export,
            Door::Search => Self::Search,
            Door::Index => Self::Index,
        }
    }
}

/// Why somebody read, as far as the way of asking told.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessPurpose {
    /// It was not recorded.
    Unknown,
    /// Work on a case.
    Case,
    /// The person's file was opened.
    Person,
    /// The person stood on a list of the reader's agency.
    List,
    /// The person's file was handed out.
    Export,
    /// A command was answered with more than that it was carried out.
    Command,
    /// The record of reads itself was read.
    Accesses,
    /// Glass was broken in an emergency.
    BreakGlass,
    /// A search by name.
    Search,
    /// The house built its directory of names.
    Index,
    /// To tell whether two files are about one person.
    Identity,
}

impl From<Purpose> for AccessPurpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Unspecified => Self::Unknown,
            Purpose::Case => Self::Case,
            Purpose::Person => Self::Person,
            Purpose::List => Self::List,
            Purpose::Export => Self::Export,
            Purpose::Command => Self::Command,
            Purpose::Accesses => Self::Accesses,
            Purpose::BreakGlass => Self::BreakGlass,
            Purpose::Search => Self::Search,
            Purpose::Index => Self::Index,
            Purpose::Identity => Self::Identity,
        }
    }
}

/// One answer that somebody was given about a person.
#[derive(SimpleObject)]
pub(crate) struct Access {
    /// When.
    at: Moment,
    /// The agency of the one who read.
    agency: Agency,
    /// The code of the member of staff.
    staff: String,
    /// By which way they came.
    door: AccessDoor,
    /// Why, as far as the way of asking told.
    purpose: AccessPurpose,
    /// What the purpose is about: the id of a case, or of the event by which glass was broken.
    purpose_id: Option<ID>,
    /// How many events they were shown, stubs included.
    shown: u32,
    /// Of how many of them something personal was opened.
    opened: u32,
    /// The Japanese names of their kinds, each once.
    kinds: Vec<&'static str>,
}

impl Access {
    fn of(access: &read_models::Access, register: &AgencyRegister) -> Self {
        let kinds = access.types.iter().filter_map(|number| catalogue().by_number(*number));
        Self {
            at: Moment(access.at),
            agency: Agency::of(&access.agency, register),
            staff: access.staff.clone(),
            door: access.door.into(),
            purpose: access.purpose.into(),
            purpose_id: Some(&access.purpose_id).filter(|id| !id.is_empty()).map(ID::from),
            shown: access.shown,
            opened: access.opened,
            kinds: kinds.map(|kind| kind.options.label_ja.as_str()).collect(),
        }
    }
}

/// One page of the accesses to a person and to those merged with them, the latest first. None, on
/// record, when there is no such person or the reader's agency does not answer for them.
pub(crate) async fn page(
    ctx: &Context<'_>,
    person: &PersonId,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Option<AccessConnection>, Error> {
    let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
    let size = page_size(first)?;
    let before = after.map(|cursor| desk.position(cursor)).transpose()?;
    let reader = &caller.principal;
    let asking = (!reader.is_privacy_officer()).then_some(&reader.agency);
    let judged = desk.reads.confirm().await.map_err(codes::of_read)?;
    let persons = desk.reads.accesses_to(asking, person).await.map_err(codes::of_read)?;
    if persons.is_empty() {
        desk.refuse(caller, person.as_str()).await?;
        return Ok(None);
    }
    let page = desk.accesses.who_saw(&persons, false, size, before).await;
    let page = page.map_err(codes::of_read)?;
    caller.owed.rests_on(person, judged);
    let way = Way::through(caller.door, Purpose::Accesses);
    let recorded = desk.disclosure.open(reader, way, person, page.accesses.len(), &[]).await;
    recorded.map_err(|failure| codes::of_disclosure(&failure))?;
    let register = desk.register().await?;
    let edges = page.accesses.iter().map(|access| AccessEdge {
        cursor: desk.positions.hide(access.position),
        node: Access::of(access, &register),
    });
    Ok(Some(AccessConnection::page(edges.collect(), before.is_some(), page.has_more)))
}
