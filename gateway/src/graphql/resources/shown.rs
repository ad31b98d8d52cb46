//! From the register and the records to what a reader is shown.

use std::{collections::HashMap, sync::Arc};

use access::Opened;
use async_graphql::{Context, Error, ID};
use casework::{AgencyRegister, ProviderId};
use jiff::civil::Date;
use read_models::SeenEvent;

use super::types::{Inquiry, InquiryReply, Provider, ProviderSheet, Vacancy};
use crate::graphql::{
    Caller, Desk,
    agency::Agency,
    codes,
    fields::{EventField, fields},
    scalars::Day,
};

/// The events that say what is shown, opened, by their positions.
pub(super) struct Records {
    found: HashMap<u64, (SeenEvent, Opened)>,
    today: Date,
}

impl Records {
    pub(super) async fn of_providers(
        ctx: &Context<'_>,
        providers: &[&casework::Provider],
        min_position: Option<u64>,
    ) -> Result<Self, Error> {
        let sheets = providers.iter().filter_map(|provider| provider.sheet);
        let positions: Vec<_> = sheets.map(|sheet| sheet.position).collect();
        Self::load(ctx, &positions, min_position).await
    }

    pub(super) async fn of_inquiries(
        ctx: &Context<'_>,
        inquiries: &[&casework::Inquiry],
        min_position: Option<u64>,
    ) -> Result<Self, Error> {
        let positions = inquiries.iter().flat_map(|inquiry| {
            let replies = inquiry.replies.values().map(|reply| reply.latest.position);
            replies.chain([inquiry.sent.position])
        });
        let positions: Vec<_> = positions.collect();
        Self::load(ctx, &positions, min_position).await
    }

    /// One record of the read, if anything sealed is opened.
    async fn load(
        ctx: &Context<'_>,
        positions: &[u64],
        min_position: Option<u64>,
    ) -> Result<Self, Error> {
        let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
        let viewer = caller.principal.viewer();
        // The register can be a moment ahead of the read model.
        let min_position = positions.iter().copied().max().max(min_position);
        let events = desk.reads.records_at(&viewer, positions, min_position).await;
        let events = events.map_err(codes::of_read)?;
        let shown: Vec<_> = events.iter().collect();
        let opened = desk.show_records(caller, &shown, true).await?;
        let found = events.into_iter().zip(opened);
        let found = found.map(|(event, opened)| (event.recorded.position, (event, opened)));
        Ok(Self { found: found.collect(), today: desk.today() })
    }

    fn fields(&self, position: u64, register: &AgencyRegister) -> Vec<EventField> {
        let found = self.found.get(&position);
        found.map(|(event, opened)| fields(event, opened, register)).unwrap_or_default()
    }

    pub(super) fn provider(
        &self,
        provider: &casework::Provider,
        register: &AgencyRegister,
    ) -> Provider {
        let sheet = provider.sheet.map(|sheet| ProviderSheet {
            updated_on: Day(sheet.on),
            fields: self.fields(sheet.position, register),
        });
        let vacancies = provider.vacancies.values().map(|vacancy| Vacancy {
            kind: vacancy.kind.into(),
            places: vacancy.places,
            as_of: Day(vacancy.latest.on),
            age_days: vacancy.age_days(self.today),
        });
        Provider {
            id: ID::from(provider.id.as_str()),
            name: provider.name.clone(),
            kind: provider.kind.into(),
            ward: provider.ward.clone(),
            registered_by: Agency::of(&provider.registered_by, register),
            is_retired: !provider.is_active(),
            sheet_requested_on: provider.sheet_requested_on.map(Day),
            sheet,
            sheet_is_stale: provider.sheet_is_stale(self.today),
            vacancies: vacancies.collect(),
        }
    }

    pub(super) fn inquiry(
        &self,
        inquiry: &casework::Inquiry,
        register: &AgencyRegister,
    ) -> Inquiry {
        let replies = inquiry.providers.iter().map(|id| self.reply(inquiry, id, register));
        Inquiry {
            id: ID::from(inquiry.id.as_str()),
            by: Agency::of(&inquiry.by, register),
            sent_on: Day(inquiry.sent.on),
            closed_on: inquiry.closed_on.map(Day),
            conditions: self.fields(inquiry.sent.position, register),
            replies: replies.collect(),
        }
    }

    fn reply(
        &self,
        inquiry: &casework::Inquiry,
        id: &ProviderId,
        register: &AgencyRegister,
    ) -> InquiryReply {
        let reply = inquiry.replies.get(id);
        let provider = register.resources.provider(id);
        InquiryReply {
            provider_id: ID::from(id.as_str()),
            provider_name: provider.map(|provider| provider.name.clone()).unwrap_or_default(),
            answer: reply.map(|reply| reply.answer.into()),
            answered_on: reply.map(|reply| Day(reply.latest.on)),
            fields: reply
                .map(|reply| self.fields(reply.latest.position, register))
                .unwrap_or_default(),
        }
    }
}
