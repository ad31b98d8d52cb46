//! Commands that amend an event on file. They are decided on the events themselves.

use casework::{Context, Decided, Recorded};
use contracts::{
    Event, Violation,
    events::EventCorrected,
    office::{CommandReply, CorrectEventRequest, RetractEventRequest},
};
use tonic::{Request, Response, Status};

use super::{Desk, Job, person::OnFile};
use crate::{
    CommandError,
    request::{self, REPLACEMENT},
    shared::amend,
};

type DecideOnHistory = fn(&[Recorded], Event, &mut Context<'_>) -> Result<Decided, CommandError>;

impl Desk {
    /// Replaces what an event on file says.
    pub async fn correct_event(
        &self,
        request: Request<CorrectEventRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        let replacement = request.get_ref().replacement.as_ref();
        let replacement = replacement.and_then(|body| body.event.clone());
        let door = ("CorrectEventRequest", "correction");
        let parts = |request: CorrectEventRequest| (request.context, request.correction);
        let mut job = self.understand(door, request, parts).await?;
        let replacement = self.check_replacement(&job, replacement)?;
        if let Event::EventCorrected(correction) = &mut job.proposed {
            enclose(correction, &replacement);
        }
        self.amend(job, |history, event, context| match event {
            Event::EventCorrected(event) => Ok(amend::correct(history, event, context)?),
            _ => Err(CommandError::Internal),
        })
        .await
    }

    /// Ends the effect of an event on file.
    pub async fn retract_event(
        &self,
        request: Request<RetractEventRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        let door = ("RetractEventRequest", "retraction");
        let parts = |request: RetractEventRequest| (request.context, request.retraction);
        let job = self.understand(door, request, parts).await?;
        self.amend(job, |history, event, context| match event {
            Event::EventRetracted(event) => Ok(amend::retract(history, event, context)?),
            _ => Err(CommandError::Internal),
        })
        .await
    }

    async fn amend(
        &self,
        job: Job,
        decide: DecideOnHistory,
    ) -> Result<Response<CommandReply>, Status> {
        let decide = move |on_file: &OnFile<'_>, event: Event, context: &mut Context<'_>| {
            decide(on_file.history, event, context)
        };
        self.detached(move |desk| async move { desk.decide_on_person(job, decide).await }).await
    }

    /// A replacement is checked as if it were recorded now, by its own declaration.
    fn check_replacement(
        &self,
        job: &Job,
        replacement: Option<Event>,
    ) -> Result<Event, CommandError> {
        let Some(event) = replacement else {
            return Err(CommandError::Invalid(vec![Violation {
                field: REPLACEMENT.to_owned(),
                reason: "REQUIRED",
                english: format!("{REPLACEMENT} is required"),
                japanese: "「訂正後の内容」を入力してください。".to_owned(),
            }]));
        };
        if !event.kind().may_be_appended_by(self.office()) {
            return Err(CommandError::NotThisOffice);
        }
        let day = casework::today(job.now).to_string();
        let mut found = Vec::new();
        request::check_event(&event, REPLACEMENT, &day, &job.register, &mut found)?;
        if found.is_empty() { Ok(event) } else { Err(CommandError::Invalid(found)) }
    }
}

/// Puts the replacement into the correction, split as an event of its own would be.
fn enclose(correction: &mut EventCorrected, replacement: &Event) {
    let split = replacement.split();
    correction.replacement_type = replacement.number();
    correction.replacement_clear = split.clear;
    correction.replacement_personal = split.personal;
}
