//! Persons by name and date of birth.
//!
//! Whom the reader may not see is left out before anything is ordered, counted or cut into pages, so
//! that it makes no difference whether there are such persons.

use std::{collections::HashMap, sync::Arc};

use access::{Door, Opened, Purpose, Way};
use async_graphql::{Context, Enum, Error, SimpleObject};
use casework::Seen;
use contracts::Event;
use futures::future::try_join_all;
use identity::{NotAsked, Query};
use read_models::{PersonView, SeenEvent};
use uuid::Uuid;

use super::{
    Caller, Desk, Why,
    codes::{self, BAD_USER_INPUT},
    folder::{Folder, Names, registered},
    paging::{FoundPersonConnection, FoundPersonEdge, page_size, start},
    person::Person,
    scalars::Day,
};
use crate::directory::Fitting;

/// How a person answers what was asked.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "identity::Quality")]
pub(crate) enum MatchQuality {
    /// The whole name.
    Whole,
    /// The whole name, given name first.
    Swapped,
    /// The family name and the beginning of the given name.
    GivenNameBegun,
    /// The family name, and no more was asked for.
    FamilyName,
    /// The date of birth, and no more was asked for.
    BirthDate,
    /// The given name, and no more was asked for.
    GivenName,
    /// The whole name but for a voiced mark.
    WholeButMark,
    /// The whole name; the date of birth is not known.
    WholeUnknownBirthDate,
    /// The whole name; the date of birth but for a slip.
    WholeButBirthDate,
    /// The whole name but for one letter.
    WholeButLetter,
    /// The beginning of the family name.
    FamilyNameBegun,
    /// The family name but for one letter, and no more was asked for.
    FamilyNameButLetter,
}

/// A person who was found.
#[derive(SimpleObject)]
pub(crate) struct FoundPerson {
    /// The person, as far as the reader sees them.
    person: Person,
    /// How the family name is read, if that is known.
    family_name_kana: Option<String>,
    /// How the given name is read, if that is known.
    given_name_kana: Option<String>,
    /// The date of birth, if that is known.
    birth_date: Option<Day>,
    /// How the registration that is shown answers what was asked.
    quality: MatchQuality,
}

/// A person who may be shown.
struct Visible {
    view: PersonView,
    /// The event that fits.
    registration: Uuid,
    quality: MatchQuality,
}

/// One page of those who were found.
pub(crate) async fn page(
    ctx: &Context<'_>,
    name: &str,
    birth_date: &str,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<FoundPersonConnection, Error> {
    let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
    let size = page_size(first)?;
    let query = Query::of(name, birth_date).map_err(refusal)?;
    desk.directory.confirm().await.map_err(|failure| codes::of_directory(&failure))?;
    let visible = visible(desk, caller, desk.directory.fitting(&query)).await?;
    let start = start(visible.iter().map(|one| one.view.person.as_str()), after)?;
    let has_next = visible.len() > start + size;
    let page: Vec<_> = visible.into_iter().skip(start).take(size).collect();
    if page.is_empty() {
        // That somebody searched is put on record all the same, and nothing of what for.
        let way = Way::through(Door::Search, Purpose::Search);
        let nobody = desk.disclosure.open(&caller.principal, way, None, 0, &[]).await;
        nobody.map_err(|failure| codes::of_disclosure(&failure))?;
    }
    // Together, so that the records of all are written at once.
    let shown = try_join_all(page.into_iter().map(|one| show(desk, caller, one))).await?;
    let edges = shown.into_iter().flatten().map(|found| FoundPersonEdge {
        cursor: found.person.folder.view.person.to_string(),
        node: found,
    });
    Ok(FoundPersonConnection::page(edges.collect(), start > 0, has_next))
}

/// Those whose fitting registration the reader sees whole today, each once, in the order in which
/// they fit.
async fn visible(
    desk: &Desk,
    caller: &Caller,
    fitting: Vec<Fitting>,
) -> Result<Vec<Visible>, Error> {
    let persons: Vec<_> = fitting.iter().map(|one| one.person.clone()).collect();
    let views = desk.reads.persons_among(&caller.principal.viewer(), &persons).await;
    let mut views: Vec<_> = views.map_err(codes::of_read)?.into_iter().map(Some).collect();
    let mut shown: HashMap<String, usize> = HashMap::new();
    for (at, view) in views.iter().enumerate() {
        let whole = view.iter().flat_map(|view| &view.events).filter(|event| is_whole(event));
        shown.extend(whole.map(|event| (event.recorded.event_id.clone(), at)));
    }
    let visible = fitting.into_iter().filter_map(|one| {
        let at = shown.get(&one.registration.to_string())?;
        // The best comes first; a person who fits in several ways is shown once.
        let view = views[*at].take()?;
        Some(Visible { view, registration: one.registration, quality: one.quality.into() })
    });
    Ok(visible.collect())
}

fn is_whole(event: &SeenEvent) -> bool {
    event.seen == Seen::Full && matches!(event.recorded.event, Event::PersonRegistered(_))
}

/// The person with what identifies them, opened on record; none when their key was destroyed.
async fn show(desk: &Desk, caller: &Caller, one: Visible) -> Result<Option<FoundPerson>, Error> {
    let Visible { view, registration, quality } = one;
    let id = registration.to_string();
    let events: Vec<_> = view.events.iter().filter(|event| event.recorded.event_id == id).collect();
    let opened = desk.show(caller, (&view, &Why::Search), &events, true).await?;
    let personal = match opened.into_iter().next() {
        Some(Opened::Personal(personal)) => registered(&personal).unwrap_or_default(),
        Some(Opened::Erased) => {
            desk.directory.forget_registration(&registration);
            return Ok(None);
        }
        Some(Opened::Nothing) | None => return Ok(None),
    };
    let known = |text: String| Some(text).filter(|text| !text.is_empty());
    let names = Names::open(personal.family_name, personal.given_name);
    Ok(Some(FoundPerson {
        person: Person { folder: Arc::new(Folder::found(view, names)) },
        family_name_kana: known(personal.family_name_kana),
        given_name_kana: known(personal.given_name_kana),
        birth_date: personal.birth_date.parse().ok().map(Day),
        quality,
    }))
}

/// What was asked is not repeated.
fn refusal(not_asked: NotAsked) -> Error {
    let message = match not_asked {
        NotAsked::Nothing => "name or birthDate is required",
        NotAsked::NameTooShort => "the name must have at least two kana or one kanji",
        NotAsked::NameTooLong => "the name is too long",
        NotAsked::NoDate(_) => "birthDate is not a date, such as 1967-03-09 or S42.3.9",
    };
    codes::error(BAD_USER_INPUT, message)
}
