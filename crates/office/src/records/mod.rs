//! The service that every office offers besides its own: mending its records, handing out files.

mod export;
mod line;

use access::Disclosure;
use contracts::office::{
    CommandReply, CorrectEventRequest, ExportPersonFileRequest, ExportedLine, RetractEventRequest,
    records_service_server::{RecordsService, RecordsServiceServer},
};
use futures::{Stream, StreamExt, stream};
use std::pin::Pin;
use tonic::{Request, Response, Status};

use crate::{Desk, REQUEST_BYTES_MAX};

/// An office's records.
#[derive(Clone)]
pub struct Records {
    desk: Desk,
    disclosure: Disclosure,
}

impl Records {
    /// The service at this desk, with the door through which files are opened.
    pub fn service(desk: Desk, disclosure: Disclosure) -> RecordsServiceServer<Self> {
        let service = RecordsServiceServer::new(Self { desk, disclosure });
        service.max_decoding_message_size(REQUEST_BYTES_MAX)
    }
}

#[tonic::async_trait]
impl RecordsService for Records {
    type ExportPersonFileStream = Pin<Box<dyn Stream<Item = Result<ExportedLine, Status>> + Send>>;

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
}
