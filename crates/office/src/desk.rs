//! The desk: load, decide, append, the same for every office and every door.

mod admitting;
mod agency;
mod amending;
mod erasing;
mod files;
mod kin;
mod loading;
mod merging;
mod person;
mod repeating;
mod replying;
mod staff;
mod telling;
mod together;

use std::sync::Arc;

use access::{Agencies, Clock, Disclosure, Erasures, PositionCipher, Principal, Verifier};
use aws_lc_rs::hmac;
use casework::{AgencyRegister, Context, Decided, PersonFile, Refusal, Retention, today};
use contracts::{
    Event, Office,
    annotations::Subject as SubjectOf,
    office::{CommandContext, CommandReply, RecordActivityRequest},
};
use event_log::EventLog;
use jiff::Timestamp;
use prost::Message;
use tonic::{Request, Response, Status, metadata::MetadataMap};
use uuid::{Builder, Uuid};
use vault::{Subject, Vault, VaultError};

use files::Files;
pub(crate) use person::CATEGORY as PERSON_CATEGORY;
use person::OnFile;
pub(crate) use repeating::producer_of;

use crate::{
    CommandError,
    doors::Imported,
    request::{self, Asked},
    stamp::{Stamp, Stamped},
};

/// How often a decision is made anew because another writer got in between.
const TRIES_MAX: usize = 32;

/// The purpose under which the vault derives the key of request digests.
const DIGEST_PURPOSE: &str = "tsunagi request digests v1";

/// What a desk is made of.
pub struct DeskParts {
    /// The office it stands in.
    pub office: Office,
    /// The shared log.
    pub log: EventLog,
    /// The keys.
    pub vault: Vault,
    /// Who may come in.
    pub verifier: Verifier,
    /// The register of agencies.
    pub agencies: Agencies,
    /// The door through which files are opened, with the record of reads behind it.
    pub disclosure: Disclosure,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Who has been erased, and how that is carried out.
    pub erasures: Erasures,
    /// How long records are kept.
    pub retention: Retention,
}

/// A desk. Cloning it gives another handle to the same one.
#[derive(Clone)]
pub struct Desk {
    parts: Arc<DeskParts>,
    positions: PositionCipher,
    digest_key: Arc<hmac::Key>,
    files: Arc<Files>,
}

/// A request that was understood: by whom, about what, which event is proposed.
#[derive(Clone)]
struct Job {
    principal: Principal,
    asked: Asked,
    proposed: Event,
    digest: [u8; 32],
    now: Timestamp,
    register: Arc<AgencyRegister>,
}

impl Desk {
    /// A desk made of these parts.
    pub fn new(parts: DeskParts) -> Self {
        let positions = PositionCipher::new(parts.vault.derive(PositionCipher::PURPOSE));
        let digest_key = hmac::Key::new(hmac::HMAC_SHA256, &parts.vault.derive(DIGEST_PURPOSE));
        let files = Arc::default();
        Self { parts: Arc::new(parts), positions, digest_key: Arc::new(digest_key), files }
    }

    /// The office it stands in.
    pub fn office(&self) -> Office {
        self.parts.office
    }

    /// Carries out a command about a person. `door` names the request's type and the field that
    /// holds the proposed event.
    pub async fn perform<R, E>(
        &self,
        door: (&'static str, &'static str),
        request: Request<R>,
        parts: impl Fn(R) -> (Option<CommandContext>, Option<E>),
        decide: fn(&PersonFile, E, &mut Context<'_>) -> Result<Decided, Refusal>,
    ) -> Result<Response<CommandReply>, Status>
    where
        R: Message,
        E: Into<Event> + TryFrom<Event> + Clone + Send + Sync + 'static,
    {
        let job = self.understand(door, request, parts).await?;
        let decide = move |on_file: &OnFile<'_>, event: Event, context: &mut Context<'_>| {
            let event = E::try_from(event).map_err(|_| CommandError::Internal)?;
            decide(on_file.file, event, context).map_err(CommandError::from)
        };
        self.detached(move |desk| async move { desk.decide_on_person(job, decide).await }).await
    }

    /// Carries out a command about an agency or a resource.
    pub async fn perform_on_register<R, E>(
        &self,
        door: (&'static str, &'static str),
        request: Request<R>,
        parts: impl Fn(R) -> (Option<CommandContext>, Option<E>),
        decide: fn(&AgencyRegister, E, &mut Context<'_>) -> Result<Decided, Refusal>,
    ) -> Result<Response<CommandReply>, Status>
    where
        R: Message,
        E: Into<Event> + TryFrom<Event> + Clone + Send + Sync + 'static,
    {
        let job = self.understand(door, request, parts).await?;
        let decide = move |register: &AgencyRegister, event: Event, context: &mut Context<'_>| {
            let event = E::try_from(event).map_err(|_| CommandError::Internal)?;
            decide(register, event, context).map_err(CommandError::from)
        };
        self.detached(move |desk| async move { desk.decide_on_register(job, decide).await }).await
    }

    /// Records one event that is declared plain.
    pub async fn record_activity(
        &self,
        request: Request<RecordActivityRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        let parts = |request: RecordActivityRequest| {
            (request.context, request.activity.and_then(|activity| activity.event))
        };
        let job =
            self.understand(("RecordActivityRequest", request::ACTIVITY), request, parts).await?;
        if !job.proposed.kind().options.plain {
            return Err(CommandError::NotPlain.into());
        }
        if job.proposed.kind().subject() == SubjectOf::Person {
            let record = |_: &OnFile<'_>, event, context: &mut Context<'_>| {
                Ok(Decided { events: vec![(context.case_id.clone(), event)] })
            };
            self.detached(move |desk| async move { desk.decide_on_person(job, record).await }).await
        } else {
            let record =
                |_: &AgencyRegister, event, _: &mut Context<'_>| Ok(Decided::of_register(event));
            self.detached(move |desk| async move { desk.decide_on_register(job, record).await })
                .await
        }
    }

    /// Who asks, and what: everything that can be said before any file is opened.
    async fn understand<R, E>(
        &self,
        (name, field): (&'static str, &'static str),
        request: Request<R>,
        parts: impl Fn(R) -> (Option<CommandContext>, Option<E>),
    ) -> Result<Job, CommandError>
    where
        R: Message,
        E: Into<Event>,
    {
        let principal = self.caller(request.metadata()).await?;
        let is_import = request.extensions().get::<Imported>().is_some();
        let message = request.into_inner();
        let digest = self.digest(name, &message);
        let (context, proposed) = parts(message);
        let now = self.parts.clock.now();
        let register = self.parts.agencies.current().await?;
        let proposed = proposed.map(Into::into);
        let day = today(now).to_string();
        // The importer has looked at the day; everything else is checked as ever.
        let undated = proposed.as_ref().filter(|_| is_import).map(Event::without_assigned_day);
        let checked = undated.as_ref().or(proposed.as_ref());
        let asked = request::check(context, checked, field, &day, &register, &self.positions)?;
        let proposed = proposed.ok_or(CommandError::Internal)?;
        if !proposed.kind().may_be_appended_by(principal.office) {
            return Err(CommandError::NotThisOffice);
        }
        Ok(Job { principal, asked, proposed, digest, now, register })
    }

    /// Who asks, by the token that comes with the request.
    pub(crate) async fn caller(&self, metadata: &MetadataMap) -> Result<Principal, CommandError> {
        let header = metadata.get("authorization").map(|value| value.to_str());
        let header = header.transpose().unwrap_or_default().map(str::to_owned);
        let principal = self.parts.verifier.verify_header(header.as_deref()).await?;
        if principal.office != self.parts.office {
            return Err(CommandError::WrongOffice);
        }
        Ok(principal)
    }

    /// The time of day here.
    pub(crate) fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// The agencies of the house.
    pub(crate) async fn register(&self) -> Result<Arc<AgencyRegister>, CommandError> {
        Ok(self.parts.agencies.current().await?)
    }

    /// Seals and stamps what was decided. The subject's key is durable before it is used.
    async fn stamp(
        &self,
        job: &Job,
        subject: Subject,
        decided: &Decided,
    ) -> Result<Vec<Stamped>, CommandError> {
        let key = self.parts.vault.ensure_key(&subject).await.map_err(|error| match error {
            // Erased since the file was read, or erased although the log has forgotten it.
            VaultError::Erased => CommandError::UnknownPerson,
            error => CommandError::Vault(error),
        })?;
        let stamp = Stamp {
            principal: &job.principal,
            on_behalf_of: job.asked.on_behalf_of.as_ref(),
            subject: &subject,
            key: Some(&key),
            now: job.now,
            correlation_id: job.asked.request_id,
        };
        decided.events.iter().map(|(case, event)| stamp.on(case.clone(), event)).collect()
    }

    /// A digest that only this house can compute, over the RPC and the request as it came.
    fn digest(&self, name: &str, message: &impl Message) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.digest_key);
        context.update(name.as_bytes());
        context.update(&[0]);
        context.update(&message.encode_to_vec());
        context.sign().as_ref().try_into().expect("HMAC-SHA256 has 32 bytes")
    }

    /// An id for these words, always the same, that only this house can compute.
    pub(crate) fn id_of(&self, words: &[&[u8]]) -> Uuid {
        let mut context = hmac::Context::with_key(&self.digest_key);
        for word in words {
            context.update(&(word.len() as u64).to_be_bytes());
            context.update(word);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&context.sign().as_ref()[..16]);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Runs the work in a task of its own: a caller who goes away must not stop it half-way.
    async fn detached<F>(
        &self,
        work: impl FnOnce(Desk) -> F,
    ) -> Result<Response<CommandReply>, Status>
    where
        F: Future<Output = Result<CommandReply, CommandError>> + Send + 'static,
    {
        let outcome = tokio::spawn(work(self.clone())).await;
        let reply = outcome.unwrap_or_else(|failure| {
            // Not the failure itself: its words repeat the panic's, which can quote a request.
            tracing::error!(panicked = failure.is_panic(), "the task of a command was lost");
            Err(CommandError::Internal)
        })?;
        Ok(Response::new(reply))
    }
}
