//! Commands that end the tokens of members of staff. Who asks decides, and nothing on file.

use access::Principal;
use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::{
    Event,
    office::{CommandReply, EndStaffAccessRequest, EndStaffSessionRequest},
};
use tonic::{Request, Response, Status};

use super::{Desk, Job};
use crate::{CommandError, shared::end_staff_access};

impl Desk {
    /// Ends every token of a member of staff.
    pub async fn end_staff_access(
        &self,
        request: Request<EndStaffAccessRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        let parts = |request: EndStaffAccessRequest| (request.context, request.end);
        let job = self.understand(("EndStaffAccessRequest", "end"), request, parts).await?;
        self.decide_by_caller(job, end_staff_access::decide).await
    }

    /// Ends the tokens of one session.
    pub async fn end_staff_session(
        &self,
        request: Request<EndStaffSessionRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        let parts = |request: EndStaffSessionRequest| (request.context, request.end);
        let job = self.understand(("EndStaffSessionRequest", "end"), request, parts).await?;
        self.decide_by_caller(job, end_staff_access::decide_on_session).await
    }

    async fn decide_by_caller<E>(
        &self,
        job: Job,
        decide: fn(&Principal, E) -> Result<Decided, Refusal>,
    ) -> Result<Response<CommandReply>, Status>
    where
        E: TryFrom<Event> + 'static,
    {
        let by = job.principal.clone();
        let decide = move |_: &AgencyRegister, event: Event, _: &mut Context<'_>| {
            let event = E::try_from(event).map_err(|_| CommandError::Internal)?;
            decide(&by, event).map_err(CommandError::from)
        };
        self.detached(move |desk| async move { desk.decide_on_register(job, decide).await }).await
    }
}
