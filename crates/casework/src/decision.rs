//! What a decision is given besides the file, and what it answers with.

use contracts::{Event, Office};
use jiff::{Timestamp, civil::Date};

use crate::{AgencyId, AgencyRegister, CaseId, Refusal, calendar};

/// Where new ids come from; handed in, so that a test can make them hold still.
pub trait IdSource: Send {
    /// A UUID in its canonical form.
    fn next_id(&mut self) -> String;
}

/// The circumstances of a decision.
pub struct Context<'a> {
    /// The moment of the decision.
    pub now: Timestamp,
    /// The agency that decides.
    pub agency: AgencyId,
    /// The code of the member of staff who does it.
    pub staff: String,
    /// The agency on whose behalf it decides, if another's: it telephoned, say.
    pub on_behalf_of: Option<AgencyId>,
    /// The case the request names.
    pub case_id: Option<CaseId>,
    /// The agencies of this municipality.
    pub agencies: &'a AgencyRegister,
    /// Where new ids come from.
    pub ids: &'a mut dyn IdSource,
}

impl Context<'_> {
    /// The date of the decision in Asia/Tokyo.
    pub fn today(&self) -> Date {
        calendar::today(self.now)
    }

    /// The date of the decision as events write it.
    pub fn today_in_iso(&self) -> String {
        self.today().to_string()
    }

    /// Whose answer it is: that of the agency on whose behalf it is given, or the agency's own.
    pub fn answering(&self) -> &AgencyId {
        self.on_behalf_of.as_ref().unwrap_or(&self.agency)
    }

    /// Another hospital of the house than the one that decides.
    pub fn other_hospital(&self, id: &str) -> Result<(), Refusal> {
        let id = AgencyId::from(id);
        let registered = self.agencies.active(&id).ok_or(Refusal::UnknownAgency)?;
        let is_other = registered.office == Office::Hospital && id != self.agency;
        if is_other { Ok(()) } else { Err(Refusal::WrongKindOfAgency) }
    }

    /// A new id.
    pub fn next_id(&mut self) -> String {
        self.ids.next_id()
    }

    /// The case the request names.
    pub fn case(&self) -> Result<CaseId, Refusal> {
        self.case_id.clone().ok_or(Refusal::CaseMissing)
    }

    /// The request names this case or leaves it open.
    pub fn agrees_with(&self, case: Option<&CaseId>) -> Result<(), Refusal> {
        let named = self.case_id.as_ref();
        if named.is_none() || named == case { Ok(()) } else { Err(Refusal::UnknownCase) }
    }
}

/// The events a decision records, in order, each with the case it belongs to.
#[derive(Default)]
pub struct Decided {
    /// In the order they are appended.
    pub events: Vec<(Option<CaseId>, Event)>,
}

impl Decided {
    /// One event about the person, outside any case.
    pub fn of_person(event: Event) -> Self {
        Self { events: vec![(None, event)] }
    }

    /// One event about an agency or a resource.
    pub fn of_register(event: Event) -> Self {
        Self { events: vec![(None, event)] }
    }

    /// One event of a case.
    pub fn of_case(case: CaseId, event: Event) -> Self {
        Self { events: vec![(Some(case), event)] }
    }

    /// One event of the case that the request names, or about the person where it names none.
    pub fn as_asked(context: &Context<'_>, event: Event) -> Self {
        Self { events: vec![(context.case_id.clone(), event)] }
    }

    /// And then another event of a case.
    #[must_use]
    pub fn and(mut self, case: CaseId, event: Event) -> Self {
        self.events.push((Some(case), event));
        self
    }
}
