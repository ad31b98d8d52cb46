//! Commands about an agency: the register, and what an agency records about its own work.

use access::{AGENCY_CATEGORY, RandomIds};
use casework::{AgencyId, AgencyRegister, Context, Decided};
use contracts::{Event, office::CommandReply};
use event_log::{AppendError, ExpectedVersion, StreamKey, StreamWrite};
use vault::Subject;

use super::{
    Desk, Job,
    person::{append_of, known_again},
};
use crate::{CommandError, reply::Outcome};

impl Desk {
    pub(super) async fn decide_on_agency<D>(
        &self,
        job: Job,
        decide: D,
    ) -> Result<CommandReply, CommandError>
    where
        D: Fn(&AgencyRegister, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        if let Some(known) = self.known(&job).await? {
            return self.reply_again(&job, &known).await;
        }
        let agency = subject_of(&job);
        let decided = match decided(&job, decide) {
            Ok(decided) => decided,
            Err(error) => return self.unless_known(&job, error).await,
        };
        let stamped =
            self.stamp(&job, Subject::new(AGENCY_CATEGORY, agency.as_str()), &decided).await?;
        let stream = StreamKey { category: AGENCY_CATEGORY.to_owned(), key: agency.to_string() };
        // Registering is the one act that must come first; what follows stands side by side.
        let expected = match job.proposed {
            Event::AgencyRegistered(_) => ExpectedVersion::NoStream,
            _ => ExpectedVersion::Any,
        };
        let events = stamped.iter().map(|stamped| stamped.new.clone()).collect();
        let append = append_of(&job, StreamWrite { stream, expected, events });
        let appended = match self.parts.log.append(append).await {
            Ok(appended) if appended.replayed => {
                return self.reply_again(&job, &known_again(&job, &appended)).await;
            }
            Ok(appended) => appended,
            Err(AppendError::RequestReused) => return Err(CommandError::RequestReused),
            Err(AppendError::Conflict { .. }) => {
                let error = casework::Refusal::AgencyAlreadyRegistered.into();
                return self.unless_known(&job, error).await;
            }
            Err(error) => return Err(CommandError::Append(error)),
        };
        let recorded = stamped.into_iter().map(|stamped| stamped.recorded).collect();
        Ok(Outcome::of_agency(recorded, appended.last_position).into_reply(&self.positions))
    }
}

fn decided<D>(job: &Job, decide: D) -> Result<Decided, CommandError>
where
    D: Fn(&AgencyRegister, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
{
    let mut ids = RandomIds;
    let mut context = Context {
        now: job.now,
        agency: job.principal.agency.clone(),
        on_behalf_of: None,
        case_id: None,
        agencies: &job.register,
        ids: &mut ids,
    };
    let day = context.today_in_iso();
    let proposed = job.proposed.clone().assign(&day, || context.next_id());
    decide(&job.register, proposed, &mut context)
}

/// Whose stream: the agency that is registered or retired, otherwise the one that records.
fn subject_of(job: &Job) -> AgencyId {
    match &job.proposed {
        Event::AgencyRegistered(event) => AgencyId::from(event.agency_id.as_str()),
        Event::AgencyRetired(event) => AgencyId::from(event.agency_id.as_str()),
        _ => job.principal.agency.clone(),
    }
}
