//! A desk in memory: it assigns ids and folds files as an office would, and notes what it minds.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::ready,
    rc::Rc,
};

use casework::{AgencyId, CaseId, Flag, PersonFile, Recorded};
use contracts::{
    Event, Shown, catalogue,
    events::{CaseOpened, EventBody},
    office::{CommandContext, CommandReply, Recorded as RecordedReply},
};
use jiff::{Timestamp, civil::Date};
use prost::Message;
use prost_reflect::{DynamicMessage, ReflectMessage};
use scenario::{Persona, Personas, Player, Transport};
use tonic::Status;

/// What was played so far, and what is wrong with it.
pub struct Desk {
    clock: Rc<Cell<Timestamp>>,
    pub files: BTreeMap<String, PersonFile>,
    pub complaints: Vec<String>,
    pub requests: Vec<(CommandContext, Event)>,
    ids: u32,
}

/// A player, and the desk it talks to.
pub fn player() -> (Player<DeskDoor, impl FnMut(Timestamp)>, Rc<RefCell<Desk>>) {
    let clock = Rc::new(Cell::new(Timestamp::UNIX_EPOCH));
    let desk = Desk {
        clock: clock.clone(),
        files: BTreeMap::new(),
        complaints: Vec::new(),
        requests: Vec::new(),
        ids: 0,
    };
    let desk = Rc::new(RefCell::new(desk));
    let door = DeskDoor(desk.clone());
    let personas = Personas::demonstration().unwrap();
    (Player::new(personas, door, move |moment| clock.set(moment)), desk)
}

/// The way to the desk.
pub struct DeskDoor(Rc<RefCell<Desk>>);

impl Transport for DeskDoor {
    fn call(
        &mut self,
        persona: &Persona,
        path: &str,
        request: Vec<u8>,
    ) -> impl Future<Output = Result<Vec<u8>, Status>> + Send {
        ready(Ok(self.0.borrow_mut().answer(persona, path, &request).encode_to_vec()))
    }
}

impl Desk {
    fn answer(&mut self, persona: &Persona, path: &str, request: &[u8]) -> CommandReply {
        let (mut context, event) = read(path, request);
        self.requests.push((context.clone(), event.clone()));
        self.inspect(persona, &context, &event, path);
        if path.ends_with("/RegisterPerson") {
            context.person_id = self.next_id();
        }
        if path.ends_with("/SubmitReferral") || path.ends_with("/OpenCase") {
            context.case_id = self.next_id();
        }
        let recorded = self.record(persona, &context, event);
        CommandReply {
            position: "1".to_owned(),
            warnings: Vec::new(),
            recorded,
            person_id: context.person_id,
            case_id: context.case_id,
        }
    }

    /// What an office would refuse for reasons that are known here.
    fn inspect(&mut self, persona: &Persona, context: &CommandContext, event: &Event, path: &str) {
        let (kind, today) = (event.kind(), self.today());
        let found = contracts::violations(kind, &event.to_bytes(), &today.to_string()).unwrap();
        let mut complaints: Vec<_> = found.into_iter().map(|violation| violation.english).collect();
        if !kind.may_be_appended_by(persona.office) {
            complaints.push("this office may not append it".to_owned());
        }
        if kind.options.plain != path.ends_with("/RecordActivity") {
            complaints.push("plain events go through RecordActivity, others do not".to_owned());
        }
        if let Some(file) = self.files.get(&context.person_id) {
            complaints.extend(not_involved(file, persona, context, event, today));
        }
        let told = complaints.iter().map(|complaint| format!("{today} {}: {complaint}", kind.name));
        self.complaints.extend(told);
    }

    fn record(
        &mut self,
        persona: &Persona,
        context: &CommandContext,
        event: Event,
    ) -> Vec<RecordedReply> {
        let mut events = vec![event];
        if let Event::ReferralAccepted(event) = &events[0] {
            let (track, referral_id) = (event.track, event.referral_id.clone());
            events.push(CaseOpened { opened_on: String::new(), track, referral_id }.into());
        }
        events.into_iter().map(|event| self.append(persona, context, event)).collect()
    }

    fn append(
        &mut self,
        persona: &Persona,
        context: &CommandContext,
        event: Event,
    ) -> RecordedReply {
        let today = self.today().to_string();
        let event = event.assign(&today, || self.next_id());
        let recorded = Recorded {
            position: u64::from(self.ids),
            event_id: self.next_id(),
            case_id: (!context.case_id.is_empty()).then(|| CaseId::from(context.case_id.as_str())),
            agency: AgencyId::from(persona.agency.as_str()),
            on_behalf_of: None,
            occurred_on: occurred_on(&event),
            recorded_at: self.clock.get(),
            event: event.clone(),
        };
        if !context.person_id.is_empty() {
            let file = self.files.entry(context.person_id.clone()).or_default();
            let flags: Vec<Flag> = file.apply(&recorded);
            let name = &event.kind().name;
            let told = flags.iter().map(|flag| format!("{today} {name}: {}", flag.english()));
            self.complaints.extend(told);
        }
        RecordedReply {
            event_id: recorded.event_id,
            occurred_on: recorded.occurred_on.to_string(),
            body: Some(EventBody { event: Some(event) }),
        }
    }

    fn today(&self) -> Date {
        scenario::today(self.clock.get())
    }

    fn next_id(&mut self) -> String {
        self.ids += 1;
        format!("00000000-0000-4000-8000-{:012}", self.ids)
    }
}

/// Who takes no part, and who receives something that no consent covers.
fn not_involved(
    file: &PersonFile,
    persona: &Persona,
    context: &CommandContext,
    event: &Event,
    today: Date,
) -> Vec<String> {
    let (involvement, options) = (file.involvement(), &event.kind().options);
    let agency = AgencyId::from(persona.agency.as_str());
    let case = CaseId::from(context.case_id.as_str());
    let takes_part = match context.case_id.as_str() {
        "" => involvement.takes_part(&agency, today),
        _ => involvement.takes_part_in_case(&agency, &case, today),
    };
    let uncovered = receivers(event).into_iter().filter(|id| {
        let id = AgencyId::from(id.as_str());
        id != agency && !involvement.consent_covers(&id, options.topic(), today)
    });
    let uncovered = uncovered.map(|id| format!("no consent covers {id}"));
    let outsider = !takes_part && !options.open_to_newcomers;
    outsider.then(|| "the agency takes no part".to_owned()).into_iter().chain(uncovered).collect()
}

/// To whom an act discloses something.
fn receivers(event: &Event) -> Vec<String> {
    match event {
        Event::CareTeamMemberAdded(event) => vec![event.agency_id.clone()],
        Event::ReferralSubmitted(_)
        | Event::IndividualSupportPlanShared(_)
        | Event::EmergencyPlanShared(_)
        | Event::TenantInfoSheetShared(_)
        | Event::MedicalSummaryShared(_) => event.addressees(),
        _ => Vec::new(),
    }
}

fn occurred_on(event: &Event) -> Date {
    let field = event.kind().occurred_field().expect("every event says when");
    let described = event.kind().describe(&event.to_bytes()).unwrap();
    let day = described.into_iter().find(|described| described.name == field.name);
    match day.expect("it is set").values.as_slice() {
        [Shown::Date(day)] => day.parse().expect("a date"),
        _ => panic!("{} does not say when it happened", event.kind().name),
    }
}

/// The context and the event of a request.
pub fn read(path: &str, request: &[u8]) -> (CommandContext, Event) {
    let (service, method) = path[1..].split_once('/').expect("a gRPC path");
    let service = catalogue().pool().get_service_by_name(service).expect("a service");
    let method = service.methods().find(|candidate| candidate.name() == method).expect("an RPC");
    let message = DynamicMessage::decode(method.input(), request).expect("its request");
    let context = message.get_field_by_name("context").expect("every request has a context");
    let context = context.as_message().unwrap().transcode_to().expect("a CommandContext");
    (context, event_in(&message))
}

fn event_in(message: &DynamicMessage) -> Event {
    let mut parts = message.fields().filter(|(field, _)| field.name() != "context");
    let (_, part) = parts.next().expect("a request holds an event");
    let part = part.as_message().expect("an event is a message");
    let bytes = part.encode_to_vec();
    match part.descriptor().name() {
        "EventBody" => EventBody::decode(bytes.as_slice()).unwrap().event.expect("an entry"),
        name => catalogue().by_name(name).expect("an event").decode(&bytes).expect("its bytes"),
    }
}
