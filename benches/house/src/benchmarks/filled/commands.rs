//! Commands over gRPC to the support center's process.

use access::{Clock, RandomIds, SystemClock};
use anyhow::{Context, Result, ensure};
use casework::today;
use contracts::{
    Office,
    office::CommandContext,
    support_center::{
        RecordWardVisitRequest, support_center_service_client::SupportCenterServiceClient,
    },
};
use tonic::{
    Request,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};

use crate::fill::{CENTER, Filed, visit};
use crate::filled_town::FilledTown;

/// A worker of the support center, on one connection. Clones share it.
#[derive(Clone)]
pub struct Worker {
    office: SupportCenterServiceClient<Channel>,
    bearer: MetadataValue<Ascii>,
}

impl Worker {
    /// One of this town.
    pub async fn of(town: &FilledTown) -> Result<Self> {
        let channel = town.town.channel(Office::SupportCenter).await?;
        let token = town.town.token(Office::SupportCenter, CENTER);
        let bearer = format!("Bearer {token}").parse().context("a token is a header")?;
        Ok(Self { office: SupportCenterServiceClient::new(channel), bearer })
    }

    /// Records a visit of today to this person, and gives the position that the reply names.
    pub async fn record_visit(&mut self, filed: &Filed) -> Result<String> {
        let mut request = Request::new(RecordWardVisitRequest {
            context: Some(CommandContext {
                request_id: RandomIds::random().to_string(),
                person_id: filed.person.to_string(),
                case_id: filed.case.to_string(),
                ..CommandContext::default()
            }),
            visit: Some(visit(filed, today(SystemClock.now()).to_string())),
        });
        request.metadata_mut().insert("authorization", self.bearer.clone());
        let reply = self.office.record_ward_visit(request).await?.into_inner();
        ensure!(reply.warnings.is_empty(), "a visit to an open case is flagged");
        Ok(reply.position)
    }
}
