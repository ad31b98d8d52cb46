//! The reply to a command: the same when it is given again.

use access::PositionCipher;
use casework::{Flag, PersonFile, Recorded};
use contracts::{
    events::EventBody,
    office::{CommandReply, Recorded as RecordedInReply, Warning},
};

/// What a command led to.
pub(crate) struct Outcome {
    pub person_id: String,
    pub last_position: u64,
    pub recorded: Vec<Recorded>,
    pub flags: Vec<Flag>,
}

impl Outcome {
    /// The outcome of events appended to a person's file, whose flags come from folding them in.
    /// A flag can tell of another event, a stay elsewhere for example: the recorder is told what
    /// follows from the whole file and from what it sees of it alike.
    pub fn of_person(
        person_id: String,
        mut file: PersonFile,
        mut seen: PersonFile,
        recorded: Vec<Recorded>,
        last_position: u64,
    ) -> Self {
        let mut flags = Vec::new();
        for recorded in &recorded {
            let evident = seen.apply(recorded);
            let found = file.apply(recorded).into_iter();
            flags.extend(found.filter(|flag| evident.contains(flag) && !flag.tells_of_absence()));
        }
        Self { person_id, last_position, recorded, flags }
    }

    /// The outcome of events appended to a person's file that are in no way remarkable.
    pub fn unremarkable(person_id: String, recorded: Vec<Recorded>, last_position: u64) -> Self {
        Self { person_id, last_position, recorded, flags: Vec::new() }
    }

    /// The outcome of an amendment, with what is remarkable since then.
    pub fn of_amendment(
        person_id: String,
        recorded: Vec<Recorded>,
        flags: Vec<Flag>,
        last_position: u64,
    ) -> Self {
        Self { person_id, last_position, recorded, flags }
    }

    /// The outcome of events appended to the stream of an agency or a resource.
    pub fn of_agency(recorded: Vec<Recorded>, flags: Vec<Flag>, last_position: u64) -> Self {
        Self { person_id: String::new(), last_position, recorded, flags }
    }

    pub fn into_reply(self, positions: &PositionCipher) -> CommandReply {
        let case_id = self.recorded.iter().find_map(|recorded| recorded.case_id.as_ref());
        CommandReply {
            position: positions.hide(self.last_position),
            warnings: self.flags.iter().map(|flag| warning(*flag)).collect(),
            case_id: case_id.map(ToString::to_string).unwrap_or_default(),
            person_id: self.person_id,
            recorded: self.recorded.into_iter().map(in_reply).collect(),
        }
    }
}

fn warning(flag: Flag) -> Warning {
    Warning {
        reason: flag.code().to_owned(),
        message: flag.english().to_owned(),
        message_ja: flag.japanese().to_owned(),
    }
}

fn in_reply(recorded: Recorded) -> RecordedInReply {
    RecordedInReply {
        event_id: recorded.event_id,
        occurred_on: recorded.occurred_on.to_string(),
        body: Some(EventBody { event: Some(recorded.event) }),
    }
}
