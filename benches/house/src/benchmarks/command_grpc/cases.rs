//! Two thousand invented persons, each referred by a hospital and taken on by the support center:
//! through the real doors.

use acceptance::Town;
use anyhow::{Context, Result};
use contracts::{
    Event, Office, Topic,
    annotations::Office as Kind,
    events::{
        AgencyRegistered, ConsentGiven, ConsentMethod, InpatientEpisodeOpened, PersonRegistered,
        ReferralAccepted, ReferralGround, ReferralSubmitted, Track,
    },
    hospital::{
        OpenInpatientEpisodeRequest, RecordConsentRequest, RegisterPersonRequest,
        SubmitReferralRequest, hospital_service_client::HospitalServiceClient,
    },
    municipality::{RegisterAgencyRequest, municipality_service_client::MunicipalityServiceClient},
    office::{CommandContext, CommandReply},
    support_center::{
        AcceptReferralRequest, support_center_service_client::SupportCenterServiceClient,
    },
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tonic::{Request, transport::Channel};

/// The agencies of the benchmark.
pub const HOSPITAL: &str = "hospital-of-the-bench";
/// The one that is asked.
pub const CENTER: &str = "support-center-of-the-bench";
/// What `tsunagi init` registers at position 1.
const MUNICIPALITY: &str = "municipality-kakuu";

const WARD: &str = "14107";
/// Persons that are taken on at the same time.
const AT_ONCE: usize = 64;

/// How many events a person's file holds when the case was taken on: registered, admitted, consent,
/// referred, accepted, and the case opened by that.
pub const EVENTS_OF_A_CASE: usize = 6;

/// A case that the support center has taken on, and the stay in which it visits.
#[derive(Clone, Serialize, Deserialize)]
pub struct Case {
    /// The person's number.
    pub person_id: String,
    /// The case's number.
    pub case_id: String,
    /// The stay's number.
    pub episode_id: String,
}

/// Starts the offices, registers the agencies and takes on the persons. The support center is left
/// running alone, so that nobody else takes part in what is measured.
pub async fn begin(town: &mut Town, count: usize) -> Result<Vec<Case>> {
    for office in [Office::Municipality, Office::Hospital, Office::SupportCenter] {
        town.serve(contracts::office_name(office))?;
    }
    register(town, HOSPITAL, Kind::Hospital).await?;
    register(town, CENTER, Kind::SupportCenter).await?;
    let doors = Doors::of(town).await?;
    doors.wait_until_known().await?;
    let cases = take_on(&doors, count).await?;
    town.kill("municipality")?;
    town.kill("hospital")?;
    Ok(cases)
}

async fn take_on(doors: &Doors, count: usize) -> Result<Vec<Case>> {
    let style = ProgressStyle::with_template("taking persons on {wide_bar} {pos}/{len}")?;
    let bar = ProgressBar::new(count as u64).with_style(style);
    let (mut cases, mut running) = (Vec::with_capacity(count), JoinSet::new());
    for number in 0..count {
        if running.len() == AT_ONCE {
            cases.push(running.join_next().await.context("one is running")???);
            bar.inc(1);
        }
        let doors = doors.clone();
        running.spawn(async move { doors.take_on(number).await });
    }
    while let Some(case) = running.join_next().await {
        cases.push(case??);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(cases)
}

async fn register(town: &Town, agency: &str, kind: Kind) -> Result<()> {
    let channel = town.channel(Office::Municipality).await?;
    let token = town.token(Office::Municipality, MUNICIPALITY);
    let request = RegisterAgencyRequest {
        context: Some(about("", "")),
        agency: Some(AgencyRegistered {
            agency_id: agency.to_owned(),
            name: format!("架空の{agency}"),
            kind: kind.into(),
            ..AgencyRegistered::default()
        }),
    };
    MunicipalityServiceClient::new(channel).register_agency(with(&token, request)).await?;
    Ok(())
}

/// The doors that a person goes through, and the tokens that open them.
#[derive(Clone)]
struct Doors {
    hospital: HospitalServiceClient<Channel>,
    center: SupportCenterServiceClient<Channel>,
    hospital_token: String,
    center_token: String,
}

impl Doors {
    async fn of(town: &Town) -> Result<Self> {
        Ok(Self {
            hospital: HospitalServiceClient::new(town.channel(Office::Hospital).await?),
            center: SupportCenterServiceClient::new(town.channel(Office::SupportCenter).await?),
            hospital_token: town.token(Office::Hospital, HOSPITAL),
            center_token: town.token(Office::SupportCenter, CENTER),
        })
    }

    /// Other processes learn of an agency within half a second.
    async fn wait_until_known(&self) -> Result<()> {
        let known = async {
            loop {
                let hospital = with(&self.hospital_token, RegisterPersonRequest::default());
                let center = with(&self.center_token, AcceptReferralRequest::default());
                let hospital = self.hospital.clone().register_person(hospital).await;
                let center = self.center.clone().accept_referral(center).await;
                let is_unknown =
                    |status: tonic::Status| status.code() == tonic::Code::Unauthenticated;
                if !hospital.is_err_and(is_unknown) && !center.is_err_and(is_unknown) {
                    return;
                }
            }
        };
        let patience = std::time::Duration::from_secs(10);
        tokio::time::timeout(patience, known).await.context("an agency stays unknown")
    }

    async fn take_on(mut self, number: usize) -> Result<Case> {
        let person_id = self.registered(number).await?;
        let episode_id = self.admitted(&person_id).await?;
        self.consented(&person_id).await?;
        let (case_id, referral_id) = self.referred(&person_id, &episode_id).await?;
        let acceptance = ReferralAccepted {
            referral_id,
            track: Track::DischargeSupport.into(),
            ..ReferralAccepted::default()
        };
        let context = Some(about(&person_id, &case_id));
        let request = AcceptReferralRequest { context, acceptance: Some(acceptance) };
        self.center.accept_referral(with(&self.center_token, request)).await?;
        Ok(Case { person_id, case_id, episode_id })
    }

    async fn registered(&mut self, number: usize) -> Result<String> {
        let person = PersonRegistered {
            registered_on: "2025-04-01".into(),
            family_name: "架空".into(),
            given_name: format!("第{number}"),
            residence_ward: WARD.into(),
            ..PersonRegistered::default()
        };
        let request = RegisterPersonRequest { context: Some(about("", "")), person: Some(person) };
        let reply = self.hospital.register_person(with(&self.hospital_token, request)).await?;
        Ok(reply.into_inner().person_id)
    }

    async fn admitted(&mut self, person_id: &str) -> Result<String> {
        let stay = InpatientEpisodeOpened {
            admitted_on: "2025-04-01".into(),
            residence_ward: WARD.into(),
            ..InpatientEpisodeOpened::default()
        };
        let context = Some(about(person_id, ""));
        let request = OpenInpatientEpisodeRequest { context, episode: Some(stay) };
        let reply =
            self.hospital.open_inpatient_episode(with(&self.hospital_token, request)).await?;
        match first_event(&reply.into_inner())? {
            Event::InpatientEpisodeOpened(stay) => Ok(stay.episode_id),
            _ => anyhow::bail!("another event was recorded"),
        }
    }

    async fn consented(&mut self, person_id: &str) -> Result<()> {
        let consent = ConsentGiven {
            given_on: "2025-06-01".into(),
            topics: vec![Topic::Referral.into(), Topic::Support.into()],
            agency_ids: vec![HOSPITAL.into(), CENTER.into()],
            method: ConsentMethod::Written.into(),
            ..ConsentGiven::default()
        };
        let context = Some(about(person_id, ""));
        let request = RecordConsentRequest { context, consent: Some(consent) };
        self.hospital.record_consent(with(&self.hospital_token, request)).await?;
        Ok(())
    }

    async fn referred(&mut self, person_id: &str, episode_id: &str) -> Result<(String, String)> {
        let referral = ReferralSubmitted {
            episode_id: episode_id.to_owned(),
            to_agency_id: CENTER.into(),
            track_requested: Track::DischargeSupport.into(),
            ground: ReferralGround::LongMotivation.into(),
            ..ReferralSubmitted::default()
        };
        let context = Some(about(person_id, ""));
        let request = SubmitReferralRequest { context, referral: Some(referral) };
        let reply = self.hospital.submit_referral(with(&self.hospital_token, request)).await?;
        let reply = reply.into_inner();
        match first_event(&reply)? {
            Event::ReferralSubmitted(referral) => Ok((reply.case_id, referral.referral_id)),
            _ => anyhow::bail!("another event was recorded"),
        }
    }
}

fn first_event(reply: &CommandReply) -> Result<Event> {
    let body = reply.recorded.first().and_then(|recorded| recorded.body.clone());
    body.and_then(|body| body.event).context("nothing was recorded")
}

/// The context of a new request.
pub fn about(person_id: &str, case_id: &str) -> CommandContext {
    CommandContext {
        request_id: access::RandomIds::random().to_string(),
        person_id: person_id.to_owned(),
        case_id: case_id.to_owned(),
        ..CommandContext::default()
    }
}

/// A request with this token.
///
/// # Panics
/// When the token is not ASCII.
pub fn with<R>(token: &str, message: R) -> Request<R> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {token}").parse().expect("a token is ASCII");
    request.metadata_mut().insert("authorization", bearer);
    request
}
