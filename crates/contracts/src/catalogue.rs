//! The events and what they say about themselves, read once from the descriptors.

use std::{collections::HashMap, sync::OnceLock};

use prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value,
};

use crate::{
    DESCRIPTORS, UnknownEvent,
    annotations::{
        Date, EventOptions, FieldOptions, Nature, Office, Reference, Sight, SightByOffice, Subject,
    },
    wire,
};

/// All declared events.
pub struct Catalogue {
    pool: DescriptorPool,
    kinds: Vec<EventKind>,
    by_number: HashMap<u32, usize>,
    by_name: HashMap<String, usize>,
}

/// One declared event.
pub struct EventKind {
    /// Its number in `EventBody.event`: the log's `type_no`, for ever.
    pub number: u32,
    /// Its name, `WardVisitRecorded`.
    pub name: String,
    /// What its declaration says.
    pub options: EventOptions,
    /// Its fields by number.
    pub fields: Vec<Field>,
    pub(crate) message: MessageDescriptor,
    pub(crate) emergency_field: Option<u32>,
    personal: Vec<u32>,
}

/// One field of a declared event.
pub struct Field {
    /// Its number in the message.
    pub number: u32,
    /// Its name, `visited_on`.
    pub name: String,
    /// What its declaration says.
    pub options: FieldOptions,
    pub(crate) descriptor: FieldDescriptor,
    pub(crate) shape: Shape,
}

/// What a field holds, as far as a declaration can say something about it.
pub(crate) enum Shape {
    Text,
    /// One of these numbers; 0, which says nothing, is not among them.
    Choice(Vec<i32>),
    /// A message with these fields.
    Message(Vec<Field>),
    /// A number or a truth: whatever it is will do.
    Other,
}

/// The catalogue of this build.
///
/// # Panics
/// When the descriptors that were compiled in do not decode, which a test would have shown.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::read(DESCRIPTORS))
}

impl Catalogue {
    fn read(descriptors: &[u8]) -> Self {
        let pool = DescriptorPool::decode(descriptors).expect("the compiled descriptors decode");
        let body = pool
            .get_message_by_name("tsunagi.events.v1.EventBody")
            .expect("event.proto declares EventBody");
        let mut kinds: Vec<_> = body.fields().map(|entry| EventKind::read(&entry)).collect();
        kinds.sort_by_key(|kind| kind.number);
        let by_number = kinds.iter().enumerate().map(|(at, kind)| (kind.number, at)).collect();
        let by_name = kinds.iter().enumerate().map(|(at, kind)| (kind.name.clone(), at)).collect();
        Self { pool, kinds, by_number, by_name }
    }

    /// Every event, by number.
    pub fn kinds(&self) -> &[EventKind] {
        &self.kinds
    }

    /// The event with this number.
    pub fn by_number(&self, number: u32) -> Option<&EventKind> {
        self.by_number.get(&number).map(|at| &self.kinds[*at])
    }

    /// The event with this name.
    pub fn by_name(&self, name: &str) -> Option<&EventKind> {
        self.by_name.get(name).map(|at| &self.kinds[*at])
    }

    /// The descriptors, for reflection and for reading requests that are written as JSON.
    pub fn pool(&self) -> &DescriptorPool {
        &self.pool
    }
}

impl EventKind {
    fn read(entry: &FieldDescriptor) -> Self {
        let kind = entry.kind();
        let message = kind.as_message().expect("an entry of EventBody is a message").clone();
        let options = extension(&message.options(), "event").unwrap_or_default();
        let fields: Vec<_> = message.fields().map(Field::read).collect();
        let personal = fields
            .iter()
            .filter(|field| field.options.personal)
            .map(|field| field.number)
            .collect();
        let of_emergency = |field: &&Field| field.options.reference() == Reference::Emergency;
        let emergency_field = fields.iter().find(of_emergency).map(|field| field.number);
        Self {
            number: entry.number(),
            name: message.name().to_owned(),
            options,
            fields,
            message,
            emergency_field,
            personal,
        }
    }

    /// Whether it can be refused (an act) or only flagged (a fact).
    pub fn nature(&self) -> Nature {
        self.options.nature()
    }

    /// Whose stream it lies in.
    pub fn subject(&self) -> Subject {
        self.options.subject()
    }

    /// Whether this office's service may append it.
    pub fn may_be_appended_by(&self, office: Office) -> bool {
        self.options.appended_by().any(|allowed| allowed == office)
    }

    /// What the declaration lets an office see, on a track (`TRACK_DISCHARGE_SUPPORT`) if the
    /// event belongs to a case.
    pub fn sight(&self, office: Office, track: Option<&str>) -> Sight {
        let on_track = track.and_then(|track| {
            self.options.sight_on_track.iter().find(|entry| entry.track == track)
        });
        on_track
            .and_then(|entry| entry.sight.as_ref())
            .or(self.options.sight.as_ref())
            .map_or(Sight::None, |sight| of_office(sight, office))
    }

    /// Whether the field with this number is sealed.
    pub fn is_personal(&self, field_number: u32) -> bool {
        self.personal.contains(&field_number)
    }

    /// Whether anything in it is sealed.
    pub fn has_personal_fields(&self) -> bool {
        !self.personal.is_empty()
    }

    /// The fields that hold the ids of agencies.
    pub fn agency_fields(&self) -> impl Iterator<Item = &Field> {
        self.reference_fields(Reference::Agency)
    }

    /// The fields that hold the ids of such things.
    fn reference_fields(&self, to: Reference) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.options.reference() == to)
    }

    /// The fields that the office fills in.
    pub(crate) fn assigned(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.options.assigned)
    }

    /// The ids of such things that an encoded event of this kind names, each with its field.
    pub fn named(
        &self,
        to: Reference,
        bytes: &[u8],
    ) -> Result<Vec<(&Field, String)>, UnknownEvent> {
        let named = wire::fields(bytes)?.into_iter().filter_map(|written| {
            let field = self.reference_fields(to).find(|field| field.number == written.number)?;
            Some((field, written.value.text().to_owned()))
        });
        Ok(named.collect())
    }

    /// The field that says when it happened.
    pub fn occurred_field(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.options.date() == Date::Occurred)
    }

    /// The description in its proto file.
    pub fn description(&self) -> String {
        let file = self.message.parent_file_descriptor_proto();
        let locations = file.source_code_info.as_ref().map_or(&[][..], |info| &info.location);
        let own = locations.iter().find(|location| location.path == self.message.path());
        own.map(|location| location.leading_comments().trim().replace('\n', " "))
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .unwrap_or_default()
    }
}

impl Field {
    fn read(descriptor: FieldDescriptor) -> Self {
        Self {
            number: descriptor.number(),
            name: descriptor.name().to_owned(),
            options: extension(&descriptor.options(), "field").unwrap_or_default(),
            shape: Shape::read(&descriptor.kind()),
            descriptor,
        }
    }
}

impl Shape {
    fn read(kind: &Kind) -> Self {
        match kind {
            Kind::String => Self::Text,
            Kind::Enum(choice) => {
                let numbers = choice.values().map(|value| value.number());
                Self::Choice(numbers.filter(|number| *number != 0).collect())
            }
            Kind::Message(message) => Self::Message(message.fields().map(Field::read).collect()),
            _ => Self::Other,
        }
    }
}

/// The name an office goes by in tokens, configuration and addresses: `support-center`.
pub fn office_name(office: Office) -> &'static str {
    match office {
        Office::Unspecified => "unspecified",
        Office::Hospital => "hospital",
        Office::SupportCenter => "support-center",
        Office::CoreCenter => "core-center",
        Office::WardOffice => "ward-office",
        Office::Municipality => "municipality",
    }
}

/// The office with this name.
pub fn office_from_name(name: &str) -> Option<Office> {
    let offices = [
        Office::Hospital,
        Office::SupportCenter,
        Office::CoreCenter,
        Office::WardOffice,
        Office::Municipality,
    ];
    offices.into_iter().find(|office| office_name(*office) == name)
}

fn of_office(sight: &SightByOffice, office: Office) -> Sight {
    match office {
        Office::Unspecified => Sight::None,
        Office::Hospital => sight.hospital(),
        Office::SupportCenter => sight.support_center(),
        Office::CoreCenter => sight.core_center(),
        Office::WardOffice => sight.ward_office(),
        Office::Municipality => sight.municipality(),
    }
}

/// What an options message says under one of our extensions.
pub(crate) fn extension<T: Message + Default>(options: &DynamicMessage, name: &str) -> Option<T> {
    let (_, value) = options
        .extensions()
        .find(|(extension, _)| extension.full_name() == format!("tsunagi.annotations.v1.{name}"))?;
    match value {
        Value::Message(message) => message.transcode_to().ok(),
        _ => None,
    }
}
