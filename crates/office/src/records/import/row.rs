//! One row: from its cells to an event, and through the door that takes it.

use access::Principal;
use casework::{
    AgencyRegister, CaseId, PersonFile, PersonId,
    written_date::{WESTERN, Written, read},
};
use contracts::{
    CellReader, Event, EventKind, Violation,
    annotations::Reference,
    catalogue, label_of,
    office::{CommandContext, CommandReply, ImportOutcome, ImportedRow},
};
use jiff::civil::Date;
use tonic::{Status, metadata::MetadataMap};
use uuid::Uuid;

use super::{
    super::Records,
    columns::{Cells, Column},
};
use crate::{AskedFor, CommandError, Passed, producer_of};

/// What all rows of a table have in common.
pub(super) struct Importing<'a> {
    pub records: &'a Records,
    pub caller: &'a Principal,
    pub metadata: &'a MetadataMap,
    pub kind: &'static EventKind,
    pub register: &'a AgencyRegister,
    pub today: Date,
}

impl Importing<'_> {
    /// Records a row, or says why not.
    pub async fn row(&self, number: u32, cells: &Cells) -> ImportedRow {
        match self.recorded(cells).await {
            Ok((outcome, reply)) => ImportedRow {
                row: number,
                outcome: outcome.into(),
                person_id: reply.person_id,
                warnings: reply.warnings,
                ..ImportedRow::default()
            },
            Err(status) => refused(number, &status),
        }
    }

    async fn recorded(&self, cells: &Cells) -> Result<(ImportOutcome, CommandReply), Status> {
        let person = self.person(cells).await?;
        let bytes = self.kind.from_cells(&cells.fields, self).map_err(CommandError::Invalid)?;
        let request_id = self.request_id(cells, person.as_ref(), &bytes);
        let is_known = self.records.desk.is_known(&producer_of(self.caller), request_id).await?;
        // What the row stood for when it was recorded may be another case or stay by now.
        if let Some(person) = person.as_ref().filter(|_| is_known) {
            if self.records.desk.is_erased(person).await? {
                return Err(CommandError::UnknownPerson.into());
            }
            let reply = CommandReply { person_id: person.to_string(), ..CommandReply::default() };
            return Ok((ImportOutcome::AlreadyRecorded, reply));
        }
        let event = self.kind.decode(&bytes).map_err(|_| CommandError::Internal)?;
        let (event, context) = self.asked(cells, event, person, request_id).await?;
        let reply = self.passed(event, context).await?.into_inner();
        let outcome =
            if is_known { ImportOutcome::AlreadyRecorded } else { ImportOutcome::Recorded };
        Ok((outcome, reply))
    }

    async fn asked(
        &self,
        cells: &Cells,
        event: Event,
        person: Option<PersonId>,
        request_id: Uuid,
    ) -> Result<(Event, CommandContext), CommandError> {
        self.check_day(&event)?;
        let file = match &person {
            Some(person) => self.records.desk.file_seen_by(self.caller, person).await?,
            None => PersonFile::default(),
        };
        let context = CommandContext {
            request_id: request_id.to_string(),
            person_id: person.map(|person| person.to_string()).unwrap_or_default(),
            case_id: self.case(cells, &file)?.map(|case| case.to_string()).unwrap_or_default(),
            on_behalf_of_agency_id: self.on_behalf_of(cells)?,
            ..CommandContext::default()
        };
        Ok((self.with_stay(event, &file), context))
    }

    async fn passed(&self, event: Event, context: CommandContext) -> Passed {
        let asked = AskedFor::new(context, self.metadata);
        self.records.pass(event, asked).await
    }

    /// Registers begin with a registration, which is known by the agency's own number ever after.
    async fn person(&self, cells: &Cells) -> Result<Option<PersonId>, CommandError> {
        if let Some(id) = cells.other(Column::Person) {
            return Ok(Some(PersonId::from(id)));
        }
        let number = cells.other(Column::OwnNumber);
        let number = number.ok_or_else(|| no(Column::OwnNumber, "REQUIRED"))?;
        if self.is_registration() {
            return Ok(None);
        }
        let registration = self.id_of(REGISTRATION, &[number.as_bytes()]);
        let found = self.records.desk.person_of(&producer_of(self.caller), registration).await?;
        found.map(Some).ok_or_else(|| no(Column::OwnNumber, "NOT_REGISTERED"))
    }

    fn is_registration(&self) -> bool {
        self.kind.name == REGISTRATION
    }

    /// A row that says the same is the same request, however often the table is sent and however its
    /// columns are arranged. A registration is known by its number alone, so that another row with
    /// that number is not taken for another person.
    fn request_id(&self, cells: &Cells, person: Option<&PersonId>, event: &[u8]) -> Uuid {
        if self.is_registration() {
            let number = cells.other(Column::OwnNumber).unwrap_or_default();
            return self.id_of(REGISTRATION, &[number.as_bytes()]);
        }
        let person = person.map(PersonId::as_str).unwrap_or_default();
        let others = [Column::Case, Column::Track, Column::OnBehalfOf];
        let others = others.map(|column| cells.other(column).unwrap_or_default().as_bytes());
        let words = [&[person.as_bytes(), event][..], &others].concat();
        self.id_of(&self.kind.name, &words)
    }

    /// A number that only this agency gets for these words, and gets again. Only this house can
    /// compute it: the words hold what is sealed elsewhere.
    fn id_of(&self, event: &str, words: &[&[u8]]) -> Uuid {
        let producer = producer_of(self.caller);
        let words =
            [&[b"import".as_slice(), producer.as_bytes(), event.as_bytes()], words].concat();
        self.records.desk.id_of(&words)
    }

    /// The day of an act, which only an import may name, must be past like that of a fact.
    fn check_day(&self, event: &Event) -> Result<(), CommandError> {
        let day = event.occurred_on().and_then(|day| day.parse::<Date>().ok());
        let Some(field) = self.kind.occurred_field().filter(|_| day > Some(self.today)) else {
            return Ok(());
        };
        Err(CommandError::Invalid(vec![Violation {
            field: field.name.clone(),
            reason: "IN_THE_FUTURE",
            english: format!("{} lies in the future", field.name),
            japanese: format!("「{}」に未来の日付は入力できません。", field.options.label_ja),
        }]))
    }

    /// A table names no stay: it is the one in which the day of the event lies.
    fn with_stay(&self, event: Event, file: &PersonFile) -> Event {
        let names_stay = |field: &&contracts::Field| {
            field.options.reference() == Reference::Episode && !field.options.assigned
        };
        let day = event.occurred_on().and_then(|day| day.parse().ok()).unwrap_or(self.today);
        let mut stays = file.episodes.iter().rev().filter(|stay| stay.includes(day));
        match (self.kind.fields.iter().find(names_stay), stays.next()) {
            (Some(field), Some(stay)) => event.with_text(field.number, stay.id.as_str()),
            _ => event,
        }
    }

    /// The case with this id, or the last one on this track.
    fn case(&self, cells: &Cells, file: &PersonFile) -> Result<Option<CaseId>, CommandError> {
        if let Some(id) = cells.other(Column::Case) {
            return Ok(Some(CaseId::from(id)));
        }
        let Some(track) = cells.other(Column::Track) else { return Ok(None) };
        let involvement = file.involvement();
        let is_ours =
            |id: &CaseId| involvement.takes_part_in_case(&self.caller.agency, id, self.today);
        let on_track = |(id, case): &(&CaseId, &casework::Case)| {
            track_label(case.track()).as_deref() == Some(track) && is_ours(id)
        };
        let found = file.cases.iter().filter(on_track).max_by_key(|(_, case)| !case.is_closed());
        found.map(|(id, _)| Some(id.clone())).ok_or_else(|| no(Column::Track, "UNKNOWN_CASE"))
    }

    fn on_behalf_of(&self, cells: &Cells) -> Result<String, CommandError> {
        let Some(named) = cells.other(Column::OnBehalfOf) else { return Ok(String::new()) };
        self.agency(named).ok_or_else(|| no(Column::OnBehalfOf, "UNKNOWN_AGENCY"))
    }
}

impl CellReader for Importing<'_> {
    fn date(&self, text: &str) -> Option<String> {
        let whole = Written { era: WESTERN, year: text, month: "", day: "" };
        read(whole).ok().flatten().map(|date| date.to_string())
    }

    fn agency(&self, text: &str) -> Option<String> {
        let mut agencies = self.register.iter();
        let found = agencies.find(|agency| agency.id.as_str() == text || agency.name == text)?;
        Some(found.id.to_string())
    }
}

/// The event by which a person is known from then on.
const REGISTRATION: &str = "PersonRegistered";

fn track_label(track: contracts::events::Track) -> Option<String> {
    let tracks = catalogue().pool().get_enum_by_name("tsunagi.events.v1.Track")?;
    tracks.get_value(track.into()).map(|value| label_of(&value))
}

/// Something is wrong with a column that is no field.
fn no(column: Column, reason: &'static str) -> CommandError {
    let (english, japanese) = match (column, reason) {
        (_, "NOT_REGISTERED") => (
            "no person was imported under this number",
            "この管理番号の方は登録されていません。先に本人の登録を取り込んでください。",
        ),
        (_, "UNKNOWN_CASE") => ("no such case", "この事業のケースが見つかりません。"),
        (_, "UNKNOWN_AGENCY") => ("no such agency", "この機関は登録されていません。"),
        _ => (
            "a number of the person is required",
            "「管理番号」または「本人番号」を入力してください。",
        ),
    };
    CommandError::Invalid(vec![Violation {
        field: "csv".to_owned(),
        reason,
        english: english.to_owned(),
        japanese: japanese.to_owned(),
    }])
}

fn refused(number: u32, status: &Status) -> ImportedRow {
    use tonic_types::StatusExt;
    let details = status.get_error_details();
    let first = details.bad_request().and_then(|bad| bad.field_violations.first());
    let reason = first.map(|violation| violation.reason.clone());
    let general = details.error_info().map(|info| info.reason.clone());
    ImportedRow {
        row: number,
        outcome: ImportOutcome::Refused.into(),
        reason: reason.or(general).unwrap_or_default(),
        message: status.message().to_owned(),
        message_ja: details.localized_message().map(|it| it.message.clone()).unwrap_or_default(),
        ..ImportedRow::default()
    }
}
