//! An inquiry to several providers, as its stream tells.

use std::collections::BTreeMap;

use contracts::{Event, events::InquiryAnswer};
use jiff::civil::Date;

use super::{Latest, Resources, holds};
use crate::{AgencyId, Flag, InquiryId, ProviderId, Recorded};

/// A question to several providers at once. It tells nothing about whom it is for.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// Its id.
    pub id: InquiryId,
    /// The agency that asks.
    pub by: AgencyId,
    /// When it was sent, and where its conditions lie.
    pub sent: Latest,
    /// Who is asked.
    pub providers: Vec<ProviderId>,
    /// The answer of each provider that has given one.
    pub replies: BTreeMap<ProviderId, InquiryReply>,
    /// When it was closed.
    pub closed_on: Option<Date>,
}

/// A provider's answer to an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InquiryReply {
    /// What it answers.
    pub answer: InquiryAnswer,
    /// When, and where its reasons lie.
    pub latest: Latest,
}

impl Inquiry {
    /// Whether it still waits for answers.
    pub fn is_open(&self) -> bool {
        self.closed_on.is_none()
    }
}

impl Resources {
    pub(super) fn evolve_inquiry(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let on = recorded.occurred_on;
        let latest = Latest { on, position: recorded.position };
        match &recorded.event {
            Event::ResourceInquirySent(event) => {
                let inquiry = Inquiry {
                    id: InquiryId::from(event.inquiry_id.as_str()),
                    by: recorded.agency.clone(),
                    sent: latest,
                    providers: event.provider_ids.iter().map(ProviderId::from).collect(),
                    replies: BTreeMap::new(),
                    closed_on: None,
                };
                self.inquiries.insert(inquiry.id.clone(), inquiry);
            }
            Event::ResourceInquiryAnswered(event) => {
                let id = InquiryId::from(event.inquiry_id.as_str());
                let Some(inquiry) = self.inquiries.get_mut(&id) else { return };
                if !inquiry.is_open() {
                    flags.push(Flag::InquiryClosed);
                }
                let provider = ProviderId::from(event.provider_id.as_str());
                let before = inquiry.replies.get(&provider).map(|reply| reply.latest);
                if holds(before, on, flags) {
                    let reply = InquiryReply { answer: event.answer(), latest };
                    inquiry.replies.insert(provider, reply);
                }
            }
            Event::ResourceInquiryClosed(event) => {
                let id = InquiryId::from(event.inquiry_id.as_str());
                if let Some(inquiry) = self.inquiries.get_mut(&id) {
                    inquiry.closed_on.get_or_insert(on);
                }
            }
            _ => {}
        }
    }
}
