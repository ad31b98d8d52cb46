//! Commands about a person: one stream, one file, one decision.

use access::{Principal, RandomIds};
use casework::{Context, Decided, InForce, PersonFile, PersonId, Recorded, Seen, today};
use contracts::{Event, office::CommandReply};
use event_log::{Append, AppendError, Appended, ExpectedVersion, StreamKey, StreamWrite};
use vault::Subject;

use super::{
    Desk, Job, TRIES_MAX,
    admitting::admit,
    loading::Loaded,
    repeating::{known_again, producer},
};
use crate::{CommandError, stamp::Stamped};

/// The stream category of persons.
pub(crate) const CATEGORY: &str = "person";

/// What a decision about a person is made on.
pub(super) struct OnFile<'a> {
    pub file: &'a PersonFile,
    /// All events as they were recorded, for those who amend one of them; otherwise none.
    pub history: &'a [Recorded],
}

impl Desk {
    pub(super) async fn decide_on_person<D>(
        &self,
        job: Job,
        decide: D,
    ) -> Result<CommandReply, CommandError>
    where
        D: Fn(&OnFile<'_>, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        let answer = self.carry_out(&job, &decide).await;
        self.told(&job, answer).await
    }

    async fn carry_out<D>(&self, job: &Job, decide: &D) -> Result<CommandReply, CommandError>
    where
        D: Fn(&OnFile<'_>, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        if let Some(known) = self.known(job).await? {
            return self.reply_again(job, &known).await;
        }
        let mut loaded = self.load(job).await?;
        for _ in 0..TRIES_MAX {
            let decided = match self.decided(job, &loaded, decide).await {
                Ok(decided) => decided,
                // What speaks against it may be over: a refusal is given from what the log says now.
                Err(_) if !loaded.is_fresh => {
                    loaded = self.anew(job, loaded).await?;
                    continue;
                }
                Err(error) => {
                    self.keep(loaded);
                    return self.unless_known(job, error).await;
                }
            };
            let stamped =
                self.stamp(job, Subject::new(CATEGORY, loaded.person.as_str()), &decided).await?;
            match self.append(job, &loaded, &stamped).await {
                Ok(appended) if appended.replayed => {
                    return self.reply_again(job, &known_again(job, &appended)).await;
                }
                Ok(appended) => return self.reply(job, loaded, stamped, &appended).await,
                Err(AppendError::Conflict { .. }) => loaded = self.anew(job, loaded).await?,
                Err(AppendError::RequestReused) => return Err(CommandError::RequestReused),
                Err(error) => return Err(CommandError::Append(error)),
            }
        }
        self.unless_known(job, CommandError::Contended).await
    }

    async fn decided<D>(
        &self,
        job: &Job,
        loaded: &Loaded,
        decide: &D,
    ) -> Result<Decided, CommandError>
    where
        D: Fn(&OnFile<'_>, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        admit(job, loaded)?;
        self.check_unchanged(job, loaded).await?;
        let on_file = OnFile { file: &loaded.known.file, history: &loaded.history };
        decided(job, |event, context| decide(&on_file, event, context))
    }

    /// A person's file as this caller knows it.
    pub(crate) async fn file_seen_by(
        &self,
        caller: &Principal,
        person: &PersonId,
    ) -> Result<PersonFile, CommandError> {
        let mut whole = self.whole(person, u64::MAX).await?;
        if let Some(InForce::Into(surviving)) = &whole.in_force {
            whole = self.whole(surviving, u64::MAX).await?;
        }
        let history = whole.events;
        let file = PersonFile::folded(&history);
        Ok(file.as_seen_by(&history, &caller.viewer(), today(self.now())))
    }

    async fn append(
        &self,
        job: &Job,
        loaded: &Loaded,
        stamped: &[Stamped],
    ) -> Result<Appended, AppendError> {
        let expected = match loaded.known.version {
            0 => ExpectedVersion::NoStream,
            version => ExpectedVersion::Exact(version),
        };
        let events = stamped.iter().map(|stamped| stamped.new.clone()).collect();
        let stream = stream_of(&loaded.person);
        self.parts.log.append(append_of(job, StreamWrite { stream, expected, events })).await
    }

    /// Whether nothing that the caller may see has changed since the position they name, if any.
    async fn check_unchanged(&self, job: &Job, loaded: &Loaded) -> Result<(), CommandError> {
        let Some(position) = job.asked.unless_changed_since else { return Ok(()) };
        let history = self.whole(&loaded.person, u64::MAX).await?;
        let viewer = job.principal.viewer();
        let involvement = loaded.known.file.involvement();
        // Who sees an event sees what became of it.
        let meant = |recorded: &Recorded| match recorded.amends() {
            Some(target) => history.events.iter().find(|event| event.event_id == target).cloned(),
            None => Some(recorded.clone()),
        };
        let since = history.events.iter().filter(|recorded| recorded.position > position);
        let visible = |recorded: Recorded| {
            involvement.sees(&viewer, &recorded, today(job.now)) != Seen::Hidden
        };
        if since.filter_map(meant).any(visible) { Err(CommandError::ChangedSince) } else { Ok(()) }
    }
}

/// As the office, it assigns what it assigns, before the decision and after it.
pub(super) fn decided(
    job: &Job,
    decide: impl FnOnce(Event, &mut Context<'_>) -> Result<Decided, CommandError>,
) -> Result<Decided, CommandError> {
    let mut ids = RandomIds;
    let mut context = Context {
        now: job.now,
        agency: job.principal.agency.clone(),
        staff: job.principal.staff.clone(),
        on_behalf_of: job.asked.on_behalf_of.clone(),
        case_id: job.asked.case_id.clone(),
        agencies: &job.register,
        ids: &mut ids,
    };
    let day = context.today_in_iso();
    let proposed = job.proposed.clone().assign(&day, || context.next_id());
    let mut decided = decide(proposed, &mut context)?;
    for (_, event) in &mut decided.events {
        *event = event.clone().assign(&day, || context.next_id());
    }
    Ok(decided)
}

pub(super) fn append_of(job: &Job, write: StreamWrite) -> Append {
    Append {
        producer: producer(job),
        request_id: job.asked.request_id,
        digest: job.digest,
        recorded_at: job.now,
        writes: vec![write],
        unless_changed: None,
    }
}

pub(super) fn stream_of(person: &PersonId) -> StreamKey {
    StreamKey { category: CATEGORY.to_owned(), key: person.to_string() }
}
