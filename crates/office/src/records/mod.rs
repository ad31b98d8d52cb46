//! The service that every office offers besides its own: mending its records, handing out files,
//! ending the access of its staff.

mod export;
mod import;
mod line;

use std::{pin::Pin, sync::Arc};

use access::Disclosure;
use contracts::{
    Event,
    events::EventBody,
    office::{
        CommandReply, CorrectEventRequest, EndStaffAccessRequest, EndStaffSessionRequest,
        ExportPersonFileRequest, ExportedLine, ImportTableReply, ImportTableRequest,
        RecordActivityRequest, RetractEventRequest,
        records_service_server::{RecordsService, RecordsServiceServer},
    },
};
use futures::{Stream, StreamExt, stream};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use crate::{AskedFor, CommandError, Desk, Doors, Passed, REQUEST_BYTES_MAX};

/// An office's records.
#[derive(Clone)]
pub struct Records {
    desk: Desk,
    disclosure: Disclosure,
    doors: Vec<Arc<dyn Doors>>,
}

impl Records {
    /// The service at this desk, with the door through which files are opened, and the doors of the
    /// office's other services, through which rows are recorded.
    pub fn service(
        desk: Desk,
        disclosure: Disclosure,
        doors: Vec<Arc<dyn Doors>>,
    ) -> RecordsServiceServer<Self> {
        let service = RecordsServiceServer::new(Self { desk, disclosure, doors });
        service.max_decoding_message_size(REQUEST_BYTES_MAX)
    }

    /// Proposes an event through the door that takes it.
    async fn pass(&self, mut event: Event, asked: AskedFor) -> Passed {
        if event.kind().options.plain {
            let request = asked.request(|context| RecordActivityRequest {
                context: Some(context),
                activity: Some(EventBody { event: Some(event) }),
            });
            return self.desk.record_activity(request).await;
        }
        for doors in &self.doors {
            match doors.pass(event, asked.clone()).await {
                Ok(passed) => return passed,
                Err(back) => event = back,
            }
        }
        Err(CommandError::NotThisOffice.into())
    }
}

#[tonic::async_trait]
impl RecordsService for Records {
    type ExportPersonFileStream = Pin<Box<dyn Stream<Item = Result<ExportedLine, Status>> + Send>>;

    type ImportTableStream = ReceiverStream<Result<ImportTableReply, Status>>;

    async fn correct_event(
        &self,
        request: Request<CorrectEventRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        self.desk.correct_event(request).await
    }

    async fn retract_event(
        &self,
        request: Request<RetractEventRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        self.desk.retract_event(request).await
    }

    async fn export_person_file(
        &self,
        request: Request<ExportPersonFileRequest>,
    ) -> Result<Response<Self::ExportPersonFileStream>, Status> {
        let lines = self.export(request).await?;
        let lines = stream::iter(lines).map(|json| Ok(ExportedLine { json }));
        Ok(Response::new(Box::pin(lines)))
    }

    async fn import_table(
        &self,
        request: Request<Streaming<ImportTableRequest>>,
    ) -> Result<Response<Self::ImportTableStream>, Status> {
        Ok(Response::new(self.import(request).await?))
    }

    async fn end_staff_access(
        &self,
        request: Request<EndStaffAccessRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        self.desk.end_staff_access(request).await
    }

    async fn end_staff_session(
        &self,
        request: Request<EndStaffSessionRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        self.desk.end_staff_session(request).await
    }
}
