//! A person's folder on the reader's desk: loaded, judged and recorded once a request, however
//! often a document names it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use access::Opened;
use async_graphql::{Context, Enum, Error};
use casework::{CaseId, PersonId};
use contracts::{Event, catalogue, events::PersonRegistered};
use read_models::{Moment, PersonView};
use tokio::sync::OnceCell;

use super::{Caller, Desk, Why, codes};

/// Whether something personal can be read.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldStatus {
    /// It is open, and the value is there.
    Open,
    /// It is sealed, and not opened for this reader.
    Sealed,
    /// Its key was destroyed; nobody can open it any more.
    Erased,
}

/// What a person is called.
#[derive(Clone)]
pub(crate) struct Names {
    pub(crate) status: FieldStatus,
    pub(crate) family: Option<String>,
    pub(crate) given: Option<String>,
}

/// A person as the reader sees them, and their names once somebody has asked.
pub(crate) struct Folder {
    pub(crate) view: Arc<PersonView>,
    why: Why,
    names: OnceCell<Names>,
}

/// How a document names a person.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    Person(PersonId),
    Case(CaseId),
}

type Slot = Arc<OnceCell<Option<Arc<Folder>>>>;

/// The folders of one request.
#[derive(Default)]
pub(crate) struct Folders(Mutex<HashMap<(Asked, Moment), Slot>>);

impl Folders {
    fn slot(&self, asked: Asked, moment: Moment) -> Slot {
        let mut folders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        folders.entry((asked, moment)).or_default().clone()
    }
}

/// The folder that was asked for; none, on record, when there is nothing the reader may see.
pub(crate) async fn folder(
    ctx: &Context<'_>,
    asked: Asked,
    moment: Moment,
    with_names: bool,
) -> Result<Option<Arc<Folder>>, Error> {
    let slot = ctx.data_unchecked::<Folders>().slot(asked.clone(), moment);
    let folder = slot.get_or_try_init(|| load(ctx, &asked, &moment, with_names));
    folder.await.cloned()
}

/// Puts the persons of a list on record, by one append, and their folders on the desk: with the
/// names open, if the document asks for any.
pub(crate) async fn lay_out(
    ctx: &Context<'_>,
    views: &[Arc<PersonView>],
    with_names: bool,
) -> Result<(), Error> {
    let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
    let of_each = views.iter().map(|view| {
        let registration = view.registration().filter(|_| with_names);
        (&**view, registration.into_iter().collect())
    });
    let list: Vec<(&PersonView, Vec<_>)> = of_each.collect();
    let opened = desk.show_list(caller, &list).await?;
    for (view, opened) in views.iter().zip(opened) {
        let names = with_names.then(|| names_in(opened.first()));
        let names = OnceCell::new_with(names);
        let folder = Folder { view: view.clone(), why: Why::List, names };
        let slot = ctx.data_unchecked::<Folders>().slot(of_list(view), Moment::default());
        // Where the document asks for the same person by id as well, whichever comes first stays:
        // both are on record.
        let _ = slot.set(Some(Arc::new(folder)));
    }
    Ok(())
}

/// The folder of a person who stands on a list.
pub(crate) async fn folder_of(
    ctx: &Context<'_>,
    view: &Arc<PersonView>,
    with_names: bool,
) -> Result<Option<Arc<Folder>>, Error> {
    let slot = ctx.data_unchecked::<Folders>().slot(of_list(view), Moment::default());
    let folder = slot.get_or_try_init(async || {
        let folder = Folder { view: view.clone(), why: Why::List, names: OnceCell::new() };
        folder.put_on_record(ctx, with_names).await?;
        Ok::<_, Error>(Some(Arc::new(folder)))
    });
    folder.await.cloned()
}

fn of_list(view: &PersonView) -> Asked {
    Asked::Person(view.person.clone())
}

async fn load(
    ctx: &Context<'_>,
    asked: &Asked,
    moment: &Moment,
    with_names: bool,
) -> Result<Option<Arc<Folder>>, Error> {
    let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
    let viewer = caller.principal.viewer();
    let (view, requested, why) = match asked {
        Asked::Person(id) => {
            (desk.reads.person(&viewer, id, moment).await, id.as_str(), Why::Person)
        }
        Asked::Case(id) => {
            let view = desk.reads.person_of_case(&viewer, id, moment).await;
            (view, id.as_str(), Why::Case(id.clone()))
        }
    };
    let Some(view) = view.map_err(codes::of_read)? else {
        desk.refuse(caller, requested).await?;
        return Ok(None);
    };
    let folder = Folder { view: Arc::new(view), why, names: OnceCell::new() };
    folder.put_on_record(ctx, with_names).await?;
    Ok(Some(Arc::new(folder)))
}

impl Folder {
    /// A folder that is on record already, with the names that were opened for it.
    pub(crate) fn found(view: PersonView, names: Names) -> Self {
        let names = OnceCell::new_with(Some(names));
        Self { view: Arc::new(view), why: Why::Search, names }
    }

    /// One record for the folder, opening the names with it when they will be asked for; otherwise
    /// together with what else is opened, and at the latest before the answer leaves.
    async fn put_on_record(&self, ctx: &Context<'_>, with_names: bool) -> Result<(), Error> {
        let caller = ctx.data_unchecked::<Caller>();
        caller.owed.rests_on(&self.view.person, self.view.judged);
        if with_names {
            self.names(ctx).await?;
        } else {
            caller.owed.add(self.why.way(caller.door, &self.view), self.view.person.clone());
        }
        Ok(())
    }

    /// What the person is called, as far as the reader may know.
    pub(crate) async fn names(&self, ctx: &Context<'_>) -> Result<&Names, Error> {
        let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
        self.names.get_or_try_init(|| self.open_names(desk, caller)).await
    }

    async fn open_names(&self, desk: &Desk, caller: &Caller) -> Result<Names, Error> {
        let registration = self.view.registration();
        let events: Vec<_> = registration.into_iter().collect();
        let opened = desk.show(caller, (&self.view, &self.why), &events, true).await?;
        Ok(names_in(opened.first()))
    }
}

/// The names in an opened registration; none is there when the reader may not know them.
fn names_in(registration: Option<&Opened>) -> Names {
    match registration {
        Some(Opened::Personal(personal)) => names(personal),
        Some(Opened::Erased) => closed(FieldStatus::Erased),
        Some(Opened::Nothing) | None => closed(FieldStatus::Sealed),
    }
}

fn closed(status: FieldStatus) -> Names {
    Names { status, family: None, given: None }
}

fn names(personal: &[u8]) -> Names {
    match registered(personal) {
        Some(PersonRegistered { family_name, given_name, .. }) => {
            Names::open(family_name, given_name)
        }
        None => closed(FieldStatus::Sealed),
    }
}

/// The personal part of a registration.
pub(crate) fn registered(personal: &[u8]) -> Option<PersonRegistered> {
    let event: Event = catalogue().by_name("PersonRegistered")?.decode(personal).ok()?;
    PersonRegistered::try_from(event).ok()
}

impl Names {
    /// Names that can be read.
    pub(crate) fn open(family: String, given: String) -> Self {
        Self { status: FieldStatus::Open, family: Some(family), given: Some(given) }
    }
}
