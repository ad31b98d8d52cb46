//! Every plain event is taken at every desk that its declaration names, on a real log, and lies in
//! the stream of its subject with its personal part sealed.

use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::{
    Event, EventKind, Office,
    annotations::{Date, FieldOptions, Reference, Subject, Text},
    catalogue,
    core_center::{RegisterPersonRequest, RegisterProviderRequest, SendResourceInquiryRequest},
    events::{EventBody, PersonRegistered, ProviderKind, ProviderRegistered, ResourceInquirySent},
    office::{CommandReply, RecordActivityRequest},
};
use office::{
    Desk,
    shared::{register_person, send_resource_inquiry},
    testing::{House, UNKNOWN, about},
};
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use tonic::{Response, Status};

const AGENCIES: [(Office, &str); 5] = [
    (Office::Hospital, "hospital-a"),
    (Office::SupportCenter, "center-a"),
    (Office::CoreCenter, "core-a"),
    (Office::WardOffice, "ward-a"),
    (Office::Municipality, "municipality"),
];

/// What a sample can point at.
struct Known {
    provider: String,
    inquiry: String,
}

fn reply(answer: Result<Response<CommandReply>, Status>) -> CommandReply {
    answer.unwrap_or_else(|status| panic!("refused: {status:?}")).into_inner()
}

fn event<E: TryFrom<Event>>(reply: &CommandReply) -> E {
    let body = reply.recorded.first().and_then(|recorded| recorded.body.clone());
    let event = body.and_then(|body| body.event).expect("something was recorded");
    E::try_from(event).unwrap_or_else(|_| panic!("another event was recorded"))
}

/// Somebody whom this agency has registered, so that it takes part.
async fn person(house: &House, desk: &Desk, agency: &str) -> String {
    let person = PersonRegistered {
        registered_on: "2025-05-01".into(),
        family_name: "架空".into(),
        given_name: "花子".into(),
        residence_ward: "14107".into(),
        ..Default::default()
    };
    let request = RegisterPersonRequest { context: Some(about("")), person: Some(person) };
    let parts = |request: RegisterPersonRequest| (request.context, request.person);
    let door = ("RegisterPersonRequest", "person");
    let request = house.request(agency, request);
    reply(desk.perform(door, request, parts, register_person::decide).await).person_id
}

/// As the core center's own decision does when nothing speaks against it.
fn record(
    _register: &AgencyRegister,
    provider: ProviderRegistered,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    Ok(Decided::of_register(provider.into()))
}

async fn known(house: &House) -> Known {
    let desk = house.desk(Office::CoreCenter);
    let provider = ProviderRegistered {
        name: "架空ホーム".into(),
        kind: ProviderKind::GroupHome.into(),
        ward: "14107".into(),
        ..Default::default()
    };
    let request = RegisterProviderRequest { context: Some(about("")), provider: Some(provider) };
    let request = house.request("core-a", request);
    let parts = |request: RegisterProviderRequest| (request.context, request.provider);
    let door = ("RegisterProviderRequest", "provider");
    let registered = desk.perform_on_register(door, request, parts, record);
    let provider = event::<ProviderRegistered>(&reply(registered.await)).provider_id;
    let inquiry = ResourceInquirySent {
        kind: ProviderKind::GroupHome.into(),
        provider_ids: vec![provider.clone()],
        ..Default::default()
    };
    let request = SendResourceInquiryRequest { context: Some(about("")), inquiry: Some(inquiry) };
    let request = house.request("core-a", request);
    let parts = |request: SendResourceInquiryRequest| (request.context, request.inquiry);
    let door = ("SendResourceInquiryRequest", "inquiry");
    let sent = desk.perform_on_register(door, request, parts, send_resource_inquiry::decide).await;
    let inquiry = event::<ResourceInquirySent>(&reply(sent)).inquiry_id;
    Known { provider, inquiry }
}

#[tokio::test]
async fn every_plain_event_is_recorded_at_every_desk_that_may_append_it() {
    let house = House::open().await;
    let known = known(&house).await;
    for (office, agency) in AGENCIES {
        let desk = house.desk(office);
        let person = match office {
            Office::Municipality => String::new(),
            _ => person(&house, &desk, agency).await,
        };
        let plain = catalogue().kinds().iter().filter(|kind| kind.options.plain);
        for kind in plain.filter(|kind| kind.may_be_appended_by(office)) {
            let subject = if kind.subject() == Subject::Person { person.as_str() } else { "" };
            let activity = Some(EventBody { event: Some(sample(kind, &known)) });
            let request = RecordActivityRequest { context: Some(about(subject)), activity };
            let answer = desk.record_activity(house.request(agency, request)).await;
            let reply = answer.unwrap_or_else(|status| panic!("{}: {status:?}", kind.name));
            assert_eq!(reply.into_inner().recorded.len(), 1, "{}", kind.name);
            let stream = match kind.subject() {
                Subject::Person => ("person", subject),
                Subject::Agency => ("agency", agency),
                _ => ("resource", known.provider.as_str()),
            };
            assert_last(&house, kind, stream).await;
        }
    }
}

/// The last event of the log is this one.
async fn assert_last(house: &House, kind: &EventKind, stream: (&str, &str)) {
    let name = &kind.name;
    let stored = house.log.read(house.head().await - 1, 1).await.expect("the log is read");
    let stored = stored.first().expect("it was appended");
    assert_eq!(stored.type_no, kind.number, "{name}");
    assert_eq!((&*stored.stream.category, &*stored.stream.key), stream, "{name}");
    assert_eq!(!stored.sealed.is_empty(), kind.has_personal_fields(), "{name}");
    let words = FREE_TEXT.as_bytes();
    assert!(!stored.body.windows(words.len()).any(|window| window == words), "{name}");
}

const FREE_TEXT: &str = "架空の言葉";

/// Every field that a caller may fill.
fn sample(kind: &EventKind, known: &Known) -> Event {
    let name = format!("tsunagi.events.v1.{}", kind.name);
    let message = catalogue().pool().get_message_by_name(&name).expect("every event is a message");
    kind.decode(&filled(&message, known).encode_to_vec()).expect("a sample decodes")
}

fn filled(descriptor: &MessageDescriptor, known: &Known) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields().filter(|field| !options_of(field).assigned) {
        message.set_field(&field, value(&field, known));
    }
    message
}

fn value(field: &FieldDescriptor, known: &Known) -> Value {
    let single = match field.kind() {
        Kind::String => Value::String(text(&options_of(field), known)),
        Kind::Uint32 => Value::U32(1),
        Kind::Bool => Value::Bool(true),
        Kind::Enum(_) => Value::EnumNumber(1),
        Kind::Message(message) => Value::Message(filled(&message, known)),
        other => panic!("{} is of a kind no event uses: {other:?}", field.full_name()),
    };
    if field.is_list() { Value::List(vec![single]) } else { single }
}

fn text(options: &FieldOptions, known: &Known) -> String {
    let words = match (options.date(), options.reference(), options.text()) {
        (Date::Month, ..) => "2025-05",
        (Date::Occurred | Date::Other | Date::Past, ..) => "2025-05-20",
        (_, Reference::Agency, _) => "center-a",
        (_, Reference::Staff, _) => "staff-1",
        (_, Reference::Provider, _) => &known.provider,
        (_, Reference::Inquiry, _) => &known.inquiry,
        (_, Reference::Unspecified, Text::Code) => "14107",
        (_, Reference::Unspecified, Text::Free) => FREE_TEXT,
        (_, Reference::Unspecified, Text::OrganisationName) => "架空の名称",
        _ => UNKNOWN,
    };
    words.to_owned()
}

fn options_of(field: &FieldDescriptor) -> FieldOptions {
    let options = field.options();
    let own = |name: &str| name == "tsunagi.annotations.v1.field";
    let found = options.extensions().find(|(extension, _)| own(extension.full_name()));
    let Some((_, Value::Message(message))) = found else { return FieldOptions::default() };
    message.transcode_to().expect("field options decode")
}
