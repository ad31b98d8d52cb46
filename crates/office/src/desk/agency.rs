//! Commands about agencies and resources: the register, what an agency records about its own work,
//! providers and the inquiries to them.
//!
//! All of them are decided on the register, which the log tells within half a second. What is
//! decided about a resource holds only if nobody else has written to its stream meanwhile.

use access::{AGENCY_CATEGORY, RESOURCE_CATEGORY, RandomIds, recorded};
use casework::{AgencyId, AgencyRegister, Context, Decided, Recorded, Resources};
use contracts::{Event, annotations::Subject as SubjectOf, office::CommandReply};
use event_log::{AppendError, Appended, ExpectedVersion, StreamKey, StreamWrite};
use vault::Subject;

use super::{Desk, Job, TRIES_MAX, person::append_of, repeating::known_again};
use crate::{CommandError, reply::Outcome};

/// A provider or an inquiry has some dozens of events.
const PAGE: u32 = 500;

impl Desk {
    pub(super) async fn decide_on_register<D>(
        &self,
        mut job: Job,
        decide: D,
    ) -> Result<CommandReply, CommandError>
    where
        D: Fn(&AgencyRegister, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        if let Some(known) = self.known(&job).await? {
            return self.reply_again(&job, &known).await;
        }
        let mut is_fresh = false;
        for _ in 0..TRIES_MAX {
            let decided = match decided(&job, &decide) {
                Ok(decided) => decided,
                Err(error) if is_fresh => return self.unless_known(&job, error).await,
                // What speaks against it may be over: a refusal is given from what the log says now.
                Err(_) => {
                    self.refresh_register(&mut job).await?;
                    is_fresh = true;
                    continue;
                }
            };
            match self.append_decided(&job, &decided).await {
                // From the log, whether it was appended now or before.
                Ok(appended) => {
                    return self.reply_again(&job, &known_again(&job, &appended)).await;
                }
                Err(CommandError::Append(AppendError::Conflict { .. })) => {
                    self.refresh_register(&mut job).await?;
                    is_fresh = true;
                }
                Err(error) => return Err(error),
            }
        }
        self.unless_known(&job, CommandError::Contended).await
    }

    async fn refresh_register(&self, job: &mut Job) -> Result<(), CommandError> {
        job.register = self.parts.agencies.fresh().await?;
        Ok(())
    }

    async fn append_decided(&self, job: &Job, decided: &Decided) -> Result<Appended, CommandError> {
        let stream = stream_of(job, decided);
        let subject = Subject::new(stream.category.as_str(), stream.key.as_str());
        let expected = expected(job, &stream);
        let stamped = self.stamp(job, subject, decided).await?;
        let events = stamped.into_iter().map(|stamped| stamped.new).collect();
        let append = append_of(job, StreamWrite { stream, expected, events });
        self.parts.log.append(append).await.map_err(|error| match error {
            AppendError::RequestReused => CommandError::RequestReused,
            error => CommandError::Append(error),
        })
    }

    /// What came of events that were appended, with what is remarkable about them, given what was
    /// on file about the resource before.
    pub(super) async fn outcome_of_register(
        &self,
        stream: &StreamKey,
        appended: Vec<Recorded>,
        last_position: u64,
    ) -> Result<Outcome, CommandError> {
        if stream.category != RESOURCE_CATEGORY {
            return Ok(Outcome::of_agency(appended, Vec::new(), last_position));
        }
        let first = appended.first().map_or(u64::MAX, |recorded| recorded.position);
        let mut resources = self.resource_before(stream, first).await?;
        let flags = appended.iter().flat_map(|recorded| resources.apply(recorded)).collect();
        Ok(Outcome::of_agency(appended, flags, last_position))
    }

    async fn resource_before(
        &self,
        stream: &StreamKey,
        position: u64,
    ) -> Result<Resources, CommandError> {
        let (mut resources, mut version) = (Resources::default(), 0);
        loop {
            let page = self.parts.log.read_stream(stream, version, PAGE).await?;
            for stored in page.iter().filter(|stored| stored.position < position) {
                let recorded = recorded(stored).map_err(|_| CommandError::Internal)?;
                resources.apply(&recorded);
            }
            version += page.len() as u64;
            if page.len() < PAGE as usize {
                return Ok(resources);
            }
        }
    }
}

fn decided<D>(job: &Job, decide: &D) -> Result<Decided, CommandError>
where
    D: Fn(&AgencyRegister, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
{
    let mut ids = RandomIds;
    let mut context = Context {
        now: job.now,
        agency: job.principal.agency.clone(),
        staff: job.principal.staff.clone(),
        on_behalf_of: None,
        case_id: None,
        agencies: &job.register,
        ids: &mut ids,
    };
    let day = context.today_in_iso();
    let proposed = job.proposed.clone().assign(&day, || context.next_id());
    decide(&job.register, proposed, &mut context)
}

/// Whose stream: the resource that the event names first, the agency that is registered or
/// retired, otherwise the agency that records.
fn stream_of(job: &Job, decided: &Decided) -> StreamKey {
    let event = decided.events.first().map_or(&job.proposed, |(_, event)| event);
    if event.kind().subject() == SubjectOf::Resource {
        return StreamKey::new(RESOURCE_CATEGORY, event.first_id());
    }
    let agency = match event {
        Event::AgencyRegistered(event) => AgencyId::from(event.agency_id.as_str()),
        Event::AgencyRetired(event) => AgencyId::from(event.agency_id.as_str()),
        _ => job.principal.agency.clone(),
    };
    StreamKey::new(AGENCY_CATEGORY, agency.as_str())
}

/// Registering an agency is the one act that must come first in its stream; what follows there
/// stands side by side. A resource is as the register says, or the decision is made anew.
fn expected(job: &Job, stream: &StreamKey) -> ExpectedVersion {
    if stream.category != RESOURCE_CATEGORY {
        let comes_first = matches!(job.proposed, Event::AgencyRegistered(_));
        return if comes_first { ExpectedVersion::NoStream } else { ExpectedVersion::Any };
    }
    match job.register.resources.length_of(&stream.key) {
        0 => ExpectedVersion::NoStream,
        length => ExpectedVersion::Exact(length),
    }
}
