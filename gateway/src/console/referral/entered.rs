//! What was entered, as the four events that it leads to.

use casework::Refusal;
use contracts::{
    Event, Topic,
    events::{
        AgeBand, ConsentGiven, InpatientEpisodeOpened, PersonRegistered, ReferralGround,
        ReferralSubmitted, Track,
    },
};
use jiff::civil::Date;

use super::questions::{ADMITTED_ON, AGENCIES, BIRTH_DATE, GIVEN_ON, GROUND, TOPICS, all};
use crate::console::{
    dates,
    form::{Entries, Problems},
    kana,
};

/// The events of a referral, in the order in which they are sent.
pub(crate) struct Entered {
    pub(crate) person: PersonRegistered,
    /// A stay without its number: the office assigns it.
    pub(crate) stay: InpatientEpisodeOpened,
    pub(crate) consent: ConsentGiven,
    /// A referral without the number of the stay.
    pub(crate) referral: ReferralSubmitted,
}

impl Entered {
    /// The events, or everything that is wrong.
    pub(crate) fn read(entries: &Entries, hospital: &str, today: Date) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let entered = Self {
            person: person(entries, today, &mut problems),
            stay: stay(entries, &mut problems),
            consent: consent(entries, hospital, &mut problems),
            referral: referral(entries),
        };
        entered.check(entries, hospital, today, &mut problems);
        if problems.is_empty() { Ok(entered.with_age_band()) } else { Err(problems) }
    }

    fn check(&self, entries: &Entries, hospital: &str, today: Date, problems: &mut Problems) {
        let asks = all();
        let events: [Event; 4] = [
            self.person.clone().into(),
            self.stay.clone().into(),
            self.consent.clone().into(),
            self.referral.clone().into(),
        ];
        for event in &events {
            problems.of_declaration(event, &asks, today);
        }
        problems.of_insisting(&asks, entries);
        if !self.person.birth_date.is_empty()
            && self.person.birth_date.as_str() > self.last_day(today).as_str()
        {
            problems.add(
                BIRTH_DATE.name,
                "「生年月日」が入院日または今日より後になっています。".to_owned(),
            );
        }
        self.check_consent(hospital, problems);
        if self.referral.track_requested() == Track::DischargeSupport
            && self.referral.ground() == ReferralGround::Unspecified
        {
            problems.add(GROUND.name, Refusal::GroundRequired.japanese().to_owned());
        }
    }

    /// Nobody is born after being admitted.
    fn last_day(&self, today: Date) -> String {
        let admitted = Some(self.stay.admitted_on.clone()).filter(|day| !day.is_empty());
        admitted.unwrap_or_else(|| today.to_string())
    }

    /// Without the consent that covers it, the referral would be refused after the person was
    /// already registered; so it is said before anything is sent.
    fn check_consent(&self, hospital: &str, problems: &mut Problems) {
        if self.consent.agency_ids == [hospital] {
            problems.add(AGENCIES.name, format!("「{}」を選択してください。", AGENCIES.label()));
        }
        if !self.consent.topics().any(|topic| topic == Topic::Referral) {
            let message =
                "「同意する事項」に「紹介」が含まれていないため、紹介を送ることができません。";
            problems.add(TOPICS.name, message.to_owned());
        }
        let receiver = &self.referral.to_agency_id;
        if !receiver.is_empty() && !self.consent.agency_ids.contains(receiver) {
            let message =
                "「同意する機関」に紹介先の機関が含まれていないため、紹介を送ることができません。";
            problems.add(AGENCIES.name, message.to_owned());
        }
    }

    fn with_age_band(mut self) -> Self {
        let days = (self.person.birth_date.parse(), self.stay.admitted_on.parse());
        if let (Ok(born), Ok(admitted)) = days {
            self.stay.set_age_band(age_band(born, admitted));
        }
        self
    }
}

/// The entries with readings as they will be recorded.
pub(super) fn with_readings_in_hiragana(entries: Entries) -> Entries {
    ["family_name_kana", "given_name_kana"].iter().fold(entries, |entries, name| {
        let reading = kana::to_hiragana(entries.get(name));
        entries.with(name, &reading)
    })
}

fn person(entries: &Entries, today: Date, problems: &mut Problems) -> PersonRegistered {
    let birth_date = problems.date(&BIRTH_DATE, entries);
    let drafted_on = entries.get("drafted_on");
    PersonRegistered {
        // The day of the draft and not of sending: a second press after midnight is still the
        // same request.
        registered_on: if drafted_on.is_empty() {
            today.to_string()
        } else {
            drafted_on.to_owned()
        },
        family_name: entries.get("family_name").to_owned(),
        given_name: entries.get("given_name").to_owned(),
        family_name_kana: kana::to_hiragana(entries.get("family_name_kana")),
        given_name_kana: kana::to_hiragana(entries.get("given_name_kana")),
        birth_month: birth_date.get(..7).unwrap_or_default().to_owned(),
        birth_date,
        address: entries.get("address").to_owned(),
        telephone: dates::digits(entries.get("telephone")),
        residence_ward: entries.get("residence_ward").to_owned(),
    }
}

fn stay(entries: &Entries, problems: &mut Problems) -> InpatientEpisodeOpened {
    InpatientEpisodeOpened {
        admitted_on: problems.date(&ADMITTED_ON, entries),
        unit: entries.get("unit").to_owned(),
        residence_ward: entries.get("residence_ward").to_owned(),
        ..InpatientEpisodeOpened::default()
    }
}

fn consent(entries: &Entries, hospital: &str, problems: &mut Problems) -> ConsentGiven {
    let chosen = entries.all(AGENCIES.name).filter(|id| !id.is_empty() && *id != hospital);
    ConsentGiven {
        given_on: problems.date(&GIVEN_ON, entries),
        topics: entries.choices(TOPICS.name),
        agency_ids: std::iter::once(hospital).chain(chosen).map(str::to_owned).collect(),
        method: entries.choice("method"),
        ..ConsentGiven::default()
    }
}

fn referral(entries: &Entries) -> ReferralSubmitted {
    ReferralSubmitted {
        to_agency_id: entries.get("to_agency_id").to_owned(),
        track_requested: entries.choice("track_requested"),
        ground: entries.choice("ground"),
        wishes: entries.get("wishes").to_owned(),
        issues: entries.get("issues").to_owned(),
        destination_wish: entries.get("destination_wish").to_owned(),
        doctor_recommends: entries.choice("doctor_recommends"),
        referrer_role: entries.choice("referrer_role"),
        ..ReferralSubmitted::default()
    }
}

fn age_band(born: Date, on: Date) -> AgeBand {
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    match on.year() - born.year() - i16::from(!had_birthday) {
        ..=64 => AgeBand::Under65,
        65..=74 => AgeBand::From65To74,
        _ => AgeBand::From75,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::console::samples::referral_entries;

    const TODAY: Date = Date::constant(2026, 11, 20);

    fn read(entries: &Entries) -> Result<Entered, Problems> {
        Entered::read(entries, "hospital-a", TODAY)
    }

    fn wrong(entries: &Entries) -> Vec<(Option<&'static str>, String)> {
        let problems = read(entries).err().unwrap_or_default().in_order(&all());
        problems.into_iter().map(|problem| (problem.name, problem.message)).collect()
    }

    #[test]
    fn a_filled_in_form_is_four_events() {
        let entered = read(&referral_entries()).unwrap_or_else(|_| panic!("all is well"));
        assert_eq!(entered.person.birth_date, "1967-03-15");
        assert_eq!(entered.person.birth_month, "1967-03");
        assert_eq!(entered.person.family_name_kana, "かくう");
        assert_eq!(entered.person.registered_on, "2026-11-19");
        assert_eq!(entered.stay.age_band(), AgeBand::Under65);
        assert_eq!(entered.consent.agency_ids, ["hospital-a", "center-a"]);
        assert_eq!(entered.referral.track_requested(), Track::DischargeSupport);
    }

    #[test]
    fn an_empty_form_asks_for_everything_it_needs_in_order() {
        let names: Vec<_> =
            wrong(&Entries::default()).into_iter().filter_map(|(name, _)| name).collect();
        assert_eq!(
            names,
            [
                "family_name",
                "given_name",
                "family_name_kana",
                "given_name_kana",
                "birth_date",
                "residence_ward",
                "admitted_on",
                "topics",
                "agency_ids",
                "given_on",
                "method",
                "to_agency_id",
                "track_requested",
            ]
        );
    }

    #[test]
    fn consent_must_cover_what_is_sent() {
        let entries = referral_entries().with("agency_ids", "center-b").with("topics", "3");
        let names: Vec<_> = wrong(&entries).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, [Some("topics"), Some("agency_ids")]);
        let none = referral_entries().with("agency_ids", "");
        assert_eq!(wrong(&none)[0].1, "「同意する機関」を選択してください。");
    }

    #[test]
    fn rules_between_fields_are_said_at_their_field() {
        let groundless = referral_entries().with("ground", "");
        assert_eq!(
            wrong(&groundless),
            [(Some("ground"), Refusal::GroundRequired.japanese().to_owned())]
        );
        let unborn =
            referral_entries().with("birth_date_era", "西暦").with("birth_date_year", "2026");
        assert_eq!(wrong(&unborn)[0].0, Some("birth_date"));
        let future = referral_entries().with("given_on_year", "2030").with("given_on_era", "西暦");
        assert_eq!(wrong(&future)[0].1, "「同意日」に未来の日付は入力できません。");
        let no_day = referral_entries().with("admitted_on_month", "13");
        assert_eq!(
            wrong(&no_day),
            [(Some("admitted_on"), "「入院日」は暦にある日付を入力してください。".to_owned())]
        );
        let made_up = referral_entries().with("method", "77");
        assert_eq!(wrong(&made_up)[0].0, Some("method"));
    }

    #[test]
    fn ages_change_on_the_birthday() {
        assert_eq!(age_band(date(1961, 11, 20), TODAY), AgeBand::From65To74);
        assert_eq!(age_band(date(1961, 11, 21), TODAY), AgeBand::Under65);
        assert_eq!(age_band(date(1951, 11, 20), TODAY), AgeBand::From75);
    }
}
