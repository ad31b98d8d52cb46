//! Commands about a person: one stream, one file, one decision.

use std::collections::BTreeMap;

use access::{Principal, RandomIds, recorded};
use casework::{
    CaseId, Context, Decided, Flag, InForce, PersonFile, PersonId, Recorded, Refusal, Seen, Viewer,
    effective, is_of_erasure, is_of_merging, today,
};
use contracts::{Event, annotations::Nature, office::CommandReply};
use event_log::{
    Append, AppendError, Appended, ExpectedVersion, KnownRequest, StreamKey, StreamWrite,
};
use jiff::civil::Date;
use uuid::Uuid;
use vault::Subject;

use super::{
    Desk, Job, TRIES_MAX,
    files::{Known, Turn},
    kin::Whole,
};
use crate::{CommandError, reply::Outcome, stamp::Stamped};

/// The stream category of persons.
pub(crate) const CATEGORY: &str = "person";

/// How many events of a stream are read at a time.
pub(super) const PAGE: u32 = 500;

/// What a decision about a person is made on.
pub(super) struct OnFile<'a> {
    pub file: &'a PersonFile,
    /// All events as they were recorded, for those who amend one of them; otherwise none.
    pub history: &'a [Recorded],
}

/// A person, and what is known of them.
struct Loaded {
    person: PersonId,
    known: Known,
    /// What the file was folded from; only for an amendment.
    history: Vec<Recorded>,
    /// The turn to work on the person; none for one who is only now given a number.
    turn: Option<Turn>,
    /// Whether the log was read for this very command.
    is_fresh: bool,
    /// Whether an amendment was appended: the file has to be folded anew.
    is_outdated: bool,
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

    /// The answer is no, unless the request was carried out in the meantime: then what spoke
    /// against it is what its own twin recorded.
    pub(super) async fn unless_known(
        &self,
        job: &Job,
        error: CommandError,
    ) -> Result<CommandReply, CommandError> {
        match self.surely_known(job, &producer(job)).await? {
            Some(known) => self.reply_again(job, &known).await,
            None => Err(error),
        }
    }

    pub(super) async fn known(&self, job: &Job) -> Result<Option<KnownRequest>, CommandError> {
        let producer = producer(job);
        // One that another process recorded just now is found by the append, or, when the decision
        // goes against it, by asking again before the answer is no.
        if !self.parts.log.may_know_request(&producer, job.asked.request_id) {
            return Ok(None);
        }
        self.surely_known(job, &producer).await
    }

    async fn surely_known(
        &self,
        job: &Job,
        producer: &str,
    ) -> Result<Option<KnownRequest>, CommandError> {
        let known = self.parts.log.known_request(producer, job.asked.request_id).await?;
        match known {
            Some(known) if known.digest != job.digest => Err(CommandError::RequestReused),
            known => Ok(known),
        }
    }

    async fn load(&self, job: &Job) -> Result<Loaded, CommandError> {
        let Some(person) = job.asked.person.clone() else {
            let person = PersonId::from(RandomIds::random().to_string());
            let known = Known::default();
            let history = Vec::new();
            return Ok(Loaded {
                person,
                known,
                history,
                turn: None,
                is_fresh: true,
                is_outdated: false,
            });
        };
        for tries in 0..TRIES_MAX {
            let is_fresh = tries > 0;
            let loaded = self.at_hand(job, &person, is_fresh).await?;
            let Some(InForce::Into(surviving)) = loaded.known.in_force.clone() else {
                return Ok(loaded);
            };
            // One turn at a time, so that nobody waits for somebody who waits for them.
            self.keep(loaded);
            let loaded = self.at_hand(job, &surviving, is_fresh).await?;
            if loaded.is_of(&person) {
                return Ok(loaded);
            }
            // What was at hand of the two was of different times.
            self.keep(loaded);
        }
        Err(CommandError::Contended)
    }

    /// What is known of one person, whether or not the person is merged.
    async fn at_hand(
        &self,
        job: &Job,
        person: &PersonId,
        is_fresh: bool,
    ) -> Result<Loaded, CommandError> {
        let person = person.clone();
        let mut turn = self.files.turn(&person).await;
        // An amendment is decided on the events themselves, so they are all read.
        let at_hand = turn.take().filter(|_| !amends(&job.proposed));
        let is_at_hand = at_hand.is_some();
        let (known, history) = (at_hand.unwrap_or_default(), Vec::new());
        let mut loaded = Loaded {
            person,
            known,
            history,
            turn: Some(turn),
            is_fresh: false,
            is_outdated: false,
        };
        if amends(&job.proposed) {
            self.read_whole(&mut loaded).await?;
        } else if !is_at_hand || is_fresh {
            self.refresh(&mut loaded).await?;
        }
        Ok(loaded)
    }

    /// What is known by now, of whomever the request means by now: the person may have been merged
    /// or unmerged in the meantime.
    async fn anew(&self, job: &Job, mut loaded: Loaded) -> Result<Loaded, CommandError> {
        self.refresh(&mut loaded).await?;
        if job.asked.person.as_ref().is_none_or(|person| loaded.is_of(person)) {
            return Ok(loaded);
        }
        self.keep(loaded);
        self.load(job).await
    }

    /// Takes in what came to the person's stream since it was read last.
    async fn refresh(&self, loaded: &mut Loaded) -> Result<(), CommandError> {
        let is_whole = !loaded.history.is_empty();
        let Known { file, version, is_damaged, .. } = &mut loaded.known;
        let history = self.history(&loaded.person, *version).await?;
        let changes_others =
            |event: &Recorded| event.amends().is_some() || is_of_merging(&event.event);
        if is_whole || history.events.iter().any(changes_others) {
            // What was folded already may be changed by it.
            return self.read_whole(loaded).await;
        }
        for recorded in &history.events {
            file.apply(recorded);
        }
        *version += history.count;
        *is_damaged |= history.is_damaged;
        loaded.is_fresh = true;
        Ok(())
    }

    /// Reads the person's history from its beginning.
    async fn read_whole(&self, loaded: &mut Loaded) -> Result<(), CommandError> {
        let Whole { events, version, is_damaged, in_force } =
            self.whole(&loaded.person, u64::MAX).await?;
        let file = PersonFile::folded(&events);
        loaded.known = Known { file, version, is_damaged, in_force };
        loaded.history = events;
        loaded.is_fresh = true;
        Ok(())
    }

    /// A person of whom nothing is on file takes up no room: their number may have been guessed.
    fn keep(&self, loaded: Loaded) {
        let is_worth_keeping = loaded.known.version > 0 && !loaded.is_outdated;
        if let Some(turn) = loaded.turn.filter(|_| is_worth_keeping) {
            self.files.keep(turn, loaded.known);
        }
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

    /// Whether a request was carried out before.
    pub(crate) async fn is_known(
        &self,
        producer: &str,
        request_id: Uuid,
    ) -> Result<bool, CommandError> {
        Ok(self.parts.log.known_request(producer, request_id).await?.is_some())
    }

    /// The person whom a request that was carried out before was about.
    pub(crate) async fn person_of(
        &self,
        producer: &str,
        request_id: Uuid,
    ) -> Result<Option<PersonId>, CommandError> {
        let Some(known) = self.parts.log.known_request(producer, request_id).await? else {
            return Ok(None);
        };
        let stored = self.parts.log.read(known.first_position - 1, 1).await?;
        let of_person = stored.first().filter(|event| event.stream.category == CATEGORY);
        Ok(of_person.map(|event| PersonId::from(event.stream.key.as_str())))
    }

    /// What lies in a person's own stream after a version.
    pub(super) async fn history(
        &self,
        person: &PersonId,
        after: u64,
    ) -> Result<History, CommandError> {
        let stream = stream_of(person);
        let mut history = History::default();
        loop {
            let page = self.parts.log.read_stream(&stream, after + history.count, PAGE).await?;
            history.count += page.len() as u64;
            for stored in &page {
                if let Ok(recorded) = recorded(stored) {
                    history.events.push(recorded);
                } else {
                    history.is_damaged = true;
                    let position = stored.position;
                    tracing::error!(position, "an event on file cannot be read");
                }
            }
            if page.len() < PAGE as usize {
                return Ok(history);
            }
        }
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

    async fn reply(
        &self,
        job: &Job,
        mut loaded: Loaded,
        stamped: Vec<Stamped>,
        appended: &Appended,
    ) -> Result<CommandReply, CommandError> {
        let positions = appended.first_position..;
        let recorded = stamped
            .into_iter()
            .zip(positions)
            .map(|(stamped, position)| Recorded { position, ..stamped.recorded });
        let recorded: Vec<_> = recorded.collect();
        let flags = recorded.iter().flat_map(|recorded| loaded.known.file.apply(recorded));
        let is_amendment = amends(&job.proposed);
        let is_remarkable = flags.count() > 0 || is_amendment;
        loaded.is_outdated = is_amendment;
        loaded.known.version += recorded.len() as u64;
        let person = loaded.person.clone();
        self.keep(loaded);
        let outcome = if is_remarkable {
            let day = today(job.now);
            self.outcome(job, &person, recorded, appended.last_position, day).await?
        } else {
            Outcome::unremarkable(person.to_string(), recorded, appended.last_position)
        };
        Ok(outcome.into_reply(&self.positions))
    }

    /// The first reply again, from the log: also after the state has moved on. What is read from a
    /// person's file for that is on record first.
    pub(super) async fn reply_again(
        &self,
        job: &Job,
        known: &KnownRequest,
    ) -> Result<CommandReply, CommandError> {
        let count = known.last_position - known.first_position + 1;
        let count = u32::try_from(count).map_err(|_| CommandError::Internal)?;
        let stored = self.parts.log.read(known.first_position - 1, count).await?;
        let first = stored.first().ok_or(CommandError::Internal)?;
        let appended = stored.iter().map(recorded).collect::<Result<Vec<_>, _>>();
        let appended = appended.map_err(|_| CommandError::Internal)?;
        self.shown_again(job, &stored).await?;
        let outcome = if appended.iter().any(|event| is_of_erasure(&event.event)) {
            // The keys are gone before anybody is told that they are.
            let streams = self.destroy_keys(&appended).await?;
            let person = first.stream.key.clone();
            let appended = appended.into_iter().take(stored.len() / streams).collect();
            Outcome::unremarkable(person, appended, known.last_position)
        } else if appended.iter().any(|event| is_of_merging(&event.event)) {
            // Both streams have it; the reply tells of it once.
            let person = first.stream.key.clone();
            let appended = appended.into_iter().take(stored.len() / 2).collect();
            Outcome::unremarkable(person, appended, known.last_position)
        } else if first.stream.category == CATEGORY {
            let person = PersonId::from(first.stream.key.as_str());
            let day = today(first.recorded_at);
            self.outcome(job, &person, appended, known.last_position, day).await?
        } else {
            self.outcome_of_register(&first.stream, appended, known.last_position).await?
        };
        Ok(outcome.into_reply(&self.positions))
    }

    /// What came of events that were appended on that day, with the flags that the recorder may
    /// know: they depend on what was on file before.
    async fn outcome(
        &self,
        job: &Job,
        person: &PersonId,
        appended: Vec<Recorded>,
        last_position: u64,
        day: Date,
    ) -> Result<Outcome, CommandError> {
        let first = appended.first().map_or(u64::MAX, |recorded| recorded.position);
        let Whole { events: before, is_damaged, .. } = self.whole(person, first - 1).await?;
        if is_damaged {
            return Err(CommandError::Internal);
        }
        let viewer = job.principal.viewer();
        if let [amendment] = &*appended
            && amendment.amends().is_some()
        {
            let flags = flags_of_amendment(&before, amendment, &viewer, day);
            return Ok(Outcome::of_amendment(person.to_string(), appended, flags, last_position));
        }
        let file = PersonFile::folded(&before);
        let seen = file.as_seen_by(&before, &viewer, day);
        Ok(Outcome::of_person(person.to_string(), file, seen, appended, last_position))
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

impl Loaded {
    /// Whether this is the file of that person, be it that another is merged into it.
    fn is_of(&self, person: &PersonId) -> bool {
        match &self.known.in_force {
            Some(InForce::Into(_)) => false,
            Some(InForce::Holds(merged)) if merged == person => true,
            _ => self.person == *person,
        }
    }
}

/// A part of a person's stream.
#[derive(Default)]
pub(super) struct History {
    pub events: Vec<Recorded>,
    /// How many events there are, those among them that cannot be read as well.
    pub count: u64,
    pub is_damaged: bool,
}

/// Whether the caller may append this about this person. Absent and hidden look the same.
fn admit(job: &Job, loaded: &Loaded) -> Result<(), CommandError> {
    let known = &loaded.known;
    if matches!(job.proposed, Event::PersonRegistered(_)) {
        return Ok(());
    }
    let day = today(job.now);
    let involvement = known.file.involvement();
    // Who takes no part any more can still mend what it recorded.
    let mends = |event: &Recorded| {
        let is_of_files = is_of_merging(&event.event) || is_of_erasure(&event.event);
        event.agency == job.principal.agency && !is_of_files
    };
    let has_recorded = || loaded.history.iter().any(mends);
    let open = job.proposed.kind().options.open_to_newcomers
        || (amends(&job.proposed) && has_recorded())
        || may_break_glass(job, &known.file);
    let exists = known.file.registered_by.is_some();
    if !exists || !(open || involvement.takes_part(&job.principal.agency, day)) {
        return Err(CommandError::UnknownPerson);
    }
    // An event that cannot be read is a fault of the house, of which only those may hear who are
    // known to take part; others cannot tell the person from one who does not exist.
    if known.is_damaged {
        let takes_part = involvement.takes_part(&job.principal.agency, day);
        let error = if takes_part { CommandError::Internal } else { CommandError::UnknownPerson };
        return Err(error);
    }
    if let Some(case) = &job.asked.case_id {
        let takes_part = involvement.takes_part_in_case(&job.principal.agency, case, day)
            || answers_in(job, &known.file, case)
            || adds_late(job, &known.file, case);
        if !known.file.cases.contains_key(case) || !takes_part {
            // A stranger who names a case must not learn that there is an emergency.
            let is_stranger = matches!(job.proposed, Event::BreakGlassAccessUsed(_))
                && !involvement.takes_part(&job.principal.agency, day);
            let refusal = CommandError::from(Refusal::UnknownCase);
            return Err(if is_stranger { CommandError::UnknownPerson } else { refusal });
        }
    }
    Ok(())
}

/// Whether this lets in an agency that has nothing to do with the person: in an open emergency, and
/// as one of the three of the person's ward. Everybody else finds no such person.
fn may_break_glass(job: &Job, file: &PersonFile) -> bool {
    let agency = job.register.active(&job.principal.agency);
    matches!(job.proposed, Event::BreakGlassAccessUsed(_))
        && agency.is_some_and(|agency| file.may_break_glass(agency))
}

/// Whether this answers what the agency was asked in the case, also where it takes no other part
/// in it: a request for a visit, or to take the case over.
fn answers_in(job: &Job, file: &PersonFile, case: &CaseId) -> bool {
    let agency = &job.principal.agency;
    match job.proposed {
        Event::HospitalVisitScheduled(_) | Event::HospitalVisitDeclined(_) => {
            file.asks_for_visit(agency, case)
        }
        Event::CaseHandoverAccepted(_) | Event::CaseHandoverDeclined(_) => {
            file.involvement().is_asked(agency, Some(case))
        }
        _ => false,
    }
}

/// Whether an agency that handed the case on writes down late what had happened until then.
fn adds_late(job: &Job, file: &PersonFile, case: &CaseId) -> bool {
    let handed_on =
        file.cases.get(case).and_then(|case| case.former_leads.get(&job.principal.agency));
    let happened_on = crate::stamp::occurred_on(&job.proposed);
    let is_fact = job.proposed.kind().nature() == Nature::Fact;
    is_fact && handed_on.zip(happened_on).is_some_and(|(handed_on, day)| day <= handed_on.on)
}

/// Whether it changes or ends the effect of another event.
fn amends(event: &Event) -> bool {
    event.kind().options.amends
}

/// What is remarkable since an amendment, and was not before: what no longer follows, for example.
/// As for any event, the recorder is told what also follows from what it sees.
fn flags_of_amendment(
    before: &[Recorded],
    amendment: &Recorded,
    viewer: &Viewer,
    day: Date,
) -> Vec<Flag> {
    let after = [before, std::slice::from_ref(amendment)].concat();
    let news = |history: &[Recorded], seen_by: Option<&Viewer>| {
        let all = PersonFile::folded(&after);
        let involvement = all.involvement();
        let (mut file, mut flags) = (PersonFile::default(), BTreeMap::<Flag, usize>::new());
        for recorded in &*effective(history) {
            let is_seen = |viewer| involvement.sees(viewer, recorded, day) != Seen::Hidden;
            if seen_by.is_none_or(is_seen) {
                for flag in file.apply(recorded) {
                    *flags.entry(flag).or_default() += 1;
                }
            }
        }
        flags
    };
    let more = |seen_by| {
        let (was, is) = (news(before, seen_by), news(&after, seen_by));
        is.into_iter().filter(move |(flag, count)| was.get(flag).copied().unwrap_or(0) < *count)
    };
    let evident: Vec<_> = more(Some(viewer)).map(|(flag, _)| flag).collect();
    let found = more(None).map(|(flag, _)| flag);
    found.filter(|flag| evident.contains(flag) && !flag.tells_of_absence()).collect()
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

/// What the log remembers of a request whose twin was appended in the meantime.
pub(super) fn known_again(job: &Job, appended: &Appended) -> KnownRequest {
    let (first_position, last_position) = (appended.first_position, appended.last_position);
    KnownRequest { digest: job.digest, first_position, last_position }
}

/// Request ids belong to an agency at an office.
pub(crate) fn producer_of(caller: &Principal) -> String {
    format!("{}/{}", contracts::office_name(caller.office), caller.agency)
}

pub(super) fn producer(job: &Job) -> String {
    producer_of(&job.principal)
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
