//! What a reader is told as it happens.

use std::sync::Arc;

use access::Door;
use async_graphql::{Context, Error, ID, Subscription as SubscriptionRoot};
use casework::CaseId;
use futures::{Stream, stream};
use jiff::Timestamp;
use read_models::{Moment, PersonView, Watched};
use tokio::sync::watch;

use super::{
    Caller, Desk, Why,
    amended::{amendments, asks_for_content},
    codes,
    timeline::TimelineEntry,
};

/// What a reader is told as it happens.
pub(crate) struct Subscription;

/// What a reader is told as it happens.
#[SubscriptionRoot]
impl Subscription {
    /// Each entry that comes to a case's timeline. Whether the reader may see it is judged when it
    /// is sent: after a consent is withdrawn, what it covered is sent no more. When the reader sees
    /// nothing of the case any more, the stream ends as if there were no such case.
    async fn timeline_appended(
        &self,
        ctx: &Context<'_>,
        case_id: ID,
    ) -> Result<impl Stream<Item = Result<TimelineEntry, Error>> + use<>, Error> {
        let desk = ctx.data_unchecked::<Arc<Desk>>().clone();
        let caller = ctx.data_unchecked::<Caller>().clone();
        let caller = Caller { door: Door::Subscription, ..caller };
        let asked = Asked {
            content: ctx.look_ahead().field("fields").exists(),
            before: asks_for_content(&ctx.look_ahead().field("amendment")),
        };
        let live = Live::begin(desk, caller, CaseId::from(case_id.0), asked).await?;
        Ok(stream::unfold(Some(live), async |live| {
            let mut live = live?;
            match live.next().await {
                Ok(entry) => entry.map(|entry| (Ok(entry), Some(live))),
                // After an error the reader begins anew, behind the last entry it got.
                Err(error) => Some((Err(error), None)),
            }
        }))
    }
}

/// What of each entry is to be opened.
#[derive(Clone, Copy)]
struct Asked {
    /// The fields of the event.
    content: bool,
    /// Why it was amended, and what stood before.
    before: bool,
}

/// One reader watching one case.
struct Live {
    desk: Arc<Desk>,
    caller: Caller,
    case: CaseId,
    asked: Asked,
    /// Everything up to here was sent, or was not to be seen when it came.
    looked_until: u64,
    /// Then the case is looked at again, even where nothing has come.
    holds_until: Timestamp,
    changes: watch::Receiver<Option<u64>>,
}

impl Live {
    async fn begin(
        desk: Arc<Desk>,
        caller: Caller,
        case: CaseId,
        asked: Asked,
    ) -> Result<Self, Error> {
        desk.reads.confirm().await.map_err(codes::of_read)?;
        let watched = desk.reads.watch_case(&case).await.map_err(codes::of_read)?;
        // For a case that does not exist everything is asked that is asked for one that is hidden.
        let Watched { present, changes } = watched.unwrap_or_else(Watched::nothing);
        let looked_until = caller.resume_after.unwrap_or(present);
        let holds_until = Timestamp::MAX;
        let mut live = Self { desk, caller, case, asked, looked_until, holds_until, changes };
        let Some(view) = live.view().await? else {
            return Err(live.nothing_to_follow().await?);
        };
        // That there is something to follow is told by the stream that stays open.
        live.desk.show(&live.caller, (&view, &Why::Case(live.case.clone())), &[], false).await?;
        Ok(live)
    }

    /// The next entry; none when the reader is no longer welcome, or the gateway stops. An error
    /// also where the log cannot be asked: a reader must not take silence for news.
    async fn next(&mut self) -> Result<Option<TimelineEntry>, Error> {
        loop {
            // What is published from here on is news even if the look below already sees it.
            self.changes.mark_unchanged();
            if !self.caller.is_still_welcome().await? {
                return Ok(None);
            }
            if let Some(entry) = self.look().await? {
                return Ok(Some(entry));
            }
            if !self.something_came().await? {
                return Ok(None);
            }
        }
    }

    /// Waits until something came to the case, or what was seen of it holds no longer; false when there
    /// is nobody left to be told. A reader whose access ends must not go on listening, even where
    /// nothing happens.
    async fn something_came(&mut self) -> Result<bool, Error> {
        loop {
            let heard = self.desk.agencies.heard();
            if !self.caller.is_still_welcome().await? {
                return Ok(false);
            }
            if self.is_due() {
                return Ok(true);
            }
            tokio::select! {
                changed = self.changes.changed() => return Ok(changed.is_ok()),
                () = self.desk.agencies.news_since(heard) => {}
            }
        }
    }

    /// A consent may have ended with a day, or an hour of broken glass.
    fn is_due(&self) -> bool {
        self.desk.clock.now() >= self.holds_until
    }

    /// One entry at a time, so that each is judged when it is sent.
    async fn look(&mut self) -> Result<Option<TimelineEntry>, Error> {
        let last = *self.changes.borrow();
        if last.is_some_and(|last| last <= self.looked_until) && !self.is_due() {
            return Ok(None);
        }
        let Some(view) = self.view().await? else { return Err(self.nothing_to_follow().await?) };
        let timeline = view.timeline(&self.case);
        let news = timeline.iter().filter(|event| event.last_position() > self.looked_until);
        let Some(event) = news.min_by_key(|event| event.last_position()) else {
            self.looked_until = last.unwrap_or(self.looked_until);
            return Ok(None);
        };
        let position = event.last_position();
        let (desk, caller, shown) = (&self.desk, &self.caller, [*event]);
        let of = (&view, &Why::Case(self.case.clone()));
        let opened = desk.show(caller, of, &shown, self.asked.content).await?;
        let amended = amendments(desk, caller, of, &shown, self.asked.before).await?;
        let register = desk.register().await?;
        desk.still_holds(&[(view.person.clone(), view.judged)]).await?;
        let entry = opened
            .first()
            .zip(amended.into_iter().next())
            .map(|(opened, amended)| TimelineEntry::of(desk, &register, event, opened, amended));
        self.looked_until = position;
        self.caller.last_sent.set(position);
        Ok(entry)
    }

    /// The case is absent, or hidden from this reader, or its person was erased: the same is said,
    /// and goes on record, before the stream has begun and later.
    async fn nothing_to_follow(&self) -> Result<Error, Error> {
        self.desk.refuse(&self.caller, self.case.as_str()).await?;
        Ok(codes::error(codes::NOT_FOUND, "there is nothing to follow"))
    }

    async fn view(&mut self) -> Result<Option<PersonView>, Error> {
        let viewer = self.caller.principal.viewer();
        let view = self.desk.reads.person_of_case(&viewer, &self.case, &Moment::default()).await;
        let view = view.map_err(codes::of_read)?;
        self.holds_until = view.as_ref().map_or(Timestamp::MAX, |view| view.holds_until);
        Ok(view)
    }
}
