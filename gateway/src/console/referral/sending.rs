//! The four requests of a referral, one after the other. Each has a request id of its own that
//! follows from the draft, so whatever was done before is answered as before and not done again.

use contracts::{
    Event,
    hospital::{
        OpenInpatientEpisodeRequest, RecordConsentRequest, RegisterPersonRequest,
        SubmitReferralRequest,
    },
    office::{CommandContext, CommandReply},
};

use super::entered::Entered;
use crate::console::{
    draft::Draft,
    offices::{Failure, Offices, answer, signed},
    session::Session,
};

/// A step that was not done, and the event it would have recorded. The steps before it are done.
#[derive(Debug)]
pub(super) struct Setback {
    pub(super) event: &'static str,
    pub(super) failure: Failure,
}

fn at(event: &'static str) -> impl Fn(Failure) -> Setback {
    move |failure| Setback { event, failure }
}

/// Sends all; the reply is that to the referral.
pub(super) async fn send(
    offices: &Offices,
    session: &Session,
    draft: Draft,
    entered: Entered,
) -> Result<CommandReply, Setback> {
    let mut steps = Steps { offices, session, draft, person_id: String::new() };
    let Entered { person, stay, consent, mut referral } = entered;
    let registered = steps.register(person).await.map_err(at("PersonRegistered"))?;
    steps.person_id = registered.person_id;
    let opened = steps.open(stay).await.map_err(at("InpatientEpisodeOpened"))?;
    steps.consent(consent).await.map_err(at("ConsentGiven"))?;
    referral.episode_id = episode_id(&opened);
    steps.refer(referral).await.map_err(at("ReferralSubmitted"))
}

struct Steps<'a> {
    offices: &'a Offices,
    session: &'a Session,
    draft: Draft,
    person_id: String,
}

impl Steps<'_> {
    async fn register(
        &self,
        person: contracts::events::PersonRegistered,
    ) -> Result<CommandReply, Failure> {
        let request =
            RegisterPersonRequest { context: self.context("register"), person: Some(person) };
        let mut hospital = self.offices.hospital()?;
        answer(self.session, hospital.register_person(signed(self.session, request)?)).await
    }

    async fn open(
        &self,
        stay: contracts::events::InpatientEpisodeOpened,
    ) -> Result<CommandReply, Failure> {
        let request =
            OpenInpatientEpisodeRequest { context: self.context("open"), episode: Some(stay) };
        let mut hospital = self.offices.hospital()?;
        answer(self.session, hospital.open_inpatient_episode(signed(self.session, request)?)).await
    }

    async fn consent(
        &self,
        consent: contracts::events::ConsentGiven,
    ) -> Result<CommandReply, Failure> {
        let request =
            RecordConsentRequest { context: self.context("consent"), consent: Some(consent) };
        let mut hospital = self.offices.hospital()?;
        answer(self.session, hospital.record_consent(signed(self.session, request)?)).await
    }

    async fn refer(
        &self,
        referral: contracts::events::ReferralSubmitted,
    ) -> Result<CommandReply, Failure> {
        let request =
            SubmitReferralRequest { context: self.context("refer"), referral: Some(referral) };
        let mut hospital = self.offices.hospital()?;
        answer(self.session, hospital.submit_referral(signed(self.session, request)?)).await
    }

    fn context(&self, step: &str) -> Option<CommandContext> {
        Some(CommandContext {
            request_id: self.draft.request_id(step),
            person_id: self.person_id.clone(),
            ..CommandContext::default()
        })
    }
}

/// The number that the office gave the stay.
fn episode_id(reply: &CommandReply) -> String {
    let bodies =
        reply.recorded.iter().filter_map(|recorded| recorded.body.as_ref()?.event.as_ref());
    let mut ids = bodies.filter_map(|event| match event {
        Event::InpatientEpisodeOpened(opened) => Some(opened.episode_id.clone()),
        _ => None,
    });
    ids.next().unwrap_or_default()
}
