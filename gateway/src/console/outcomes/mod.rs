//! `/outcomes`: what became of the people who left hospital in a fiscal year.

mod answer;
mod figures;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use casework::FiscalYear;
use contracts::Office;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

pub(super) use answer::Found;
use answer::Proportion;
use figures::{Card, Readmission, StageRow};

use super::{
    chart::Bars,
    dates, documents, error_page,
    form::Choice,
    session::Session,
    shell::{Shell, page},
    wards,
};
use crate::Gateway;

/// Years to choose from: this one and four before it.
const YEARS: i16 = 5;

/// Figures about fewer people than this may point at somebody.
const FEW: u32 = 10;

#[derive(Template)]
#[template(path = "outcomes.html")]
pub(super) struct OutcomesPage {
    shell: Shell,
    years: Vec<Choice>,
    units: Vec<Choice>,
    wards: Vec<Choice>,
    year: String,
    as_of: String,
    unit: &'static str,
    summary: String,
    is_few: bool,
    cards: Vec<Card>,
    chart: Bars,
    readmissions: Vec<Readmission>,
    referrals: Vec<(&'static str, u32)>,
    stages: Vec<StageRow>,
}

/// What is asked.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    fiscal_year: Option<String>,
    unit: Option<String>,
    ward: Option<String>,
}

/// What is looked at: a year, a unit, a ward or all.
pub(super) struct Look {
    pub(super) year: FiscalYear,
    pub(super) by_discharge: bool,
    pub(super) ward: Option<&'static str>,
}

/// The figures of a year.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    session: Session,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    if !session.is_of(Office::Municipality) {
        return Err(error_page::not_for_this_office(gateway.is_demo()));
    }
    let today = gateway.today();
    let look = Look::of(&asked, today);
    let variables = json!({
        "fiscalYear": look.year.year(), "yearBefore": look.year.year() - 1,
        "unit": if look.by_discharge { "DISCHARGE" } else { "PERSON" }, "ward": look.ward,
    });
    let found = documents::ask(&gateway, &session, &documents::OUTCOMES, variables).await?;
    let shown = OutcomesPage::of(found, &look, today, gateway.is_demo());
    Ok(page(StatusCode::OK, &shown.ok_or_else(|| error_page::fault(gateway.is_demo()))?))
}

impl Look {
    /// What is counted: people, or discharges.
    fn unit(&self) -> &'static str {
        if self.by_discharge { "件" } else { "人" }
    }

    /// What cannot be read as asked is as if it had not been asked.
    fn of(asked: &Asked, today: Date) -> Self {
        let year = asked.fiscal_year.as_deref().and_then(|year| year.parse().ok());
        let ward = asked.ward.as_deref().unwrap_or_default();
        Self {
            year: year.and_then(FiscalYear::beginning_in).unwrap_or(FiscalYear::of(today)),
            by_discharge: asked.unit.as_deref() == Some("discharge"),
            ward: wards::all().map(|(code, _)| code).find(|code| *code == ward),
        }
    }
}

impl OutcomesPage {
    pub(super) fn of(found: Found, look: &Look, today: Date, demo: bool) -> Option<Self> {
        let (viewer, outcomes, before) = (found.viewer, found.outcomes?, found.before);
        let parts: Vec<_> = outcomes.readmissions.iter().map(Proportion::part).collect();
        Some(Self {
            shell: Shell::of("退院後の状況", &viewer, demo, "/outcomes"),
            years: years(look.year, today),
            units: units(look.by_discharge),
            wards: ward_choices(look.ward),
            year: look.year.label(),
            as_of: dates::both(outcomes.as_of),
            unit: look.unit(),
            summary: figures::summary(&outcomes, look),
            is_few: outcomes.discharges < FEW,
            cards: figures::cards(&outcomes, before.as_ref(), look),
            chart: Bars::of("退院後に再入院した割合", &parts),
            readmissions: outcomes.readmissions.iter().map(Proportion::row).collect(),
            referrals: outcomes.referrals.rows(),
            stages: outcomes.stages.into_iter().map(answer::Stage::row).collect(),
        })
    }
}

fn years(chosen: FiscalYear, today: Date) -> Vec<Choice> {
    let this = FiscalYear::of(today);
    let known = (0..YEARS).filter_map(|back| FiscalYear::beginning_in(this.year() - back));
    let mut years: Vec<_> = known.collect();
    if !years.contains(&chosen) {
        years.push(chosen);
    }
    let choice = |year: FiscalYear| {
        let label = format!("{}（{}年度）", year.label(), year.year());
        Choice { chosen: year == chosen, ..Choice::new(&year.year().to_string(), &label) }
    };
    years.into_iter().map(choice).collect()
}

fn units(by_discharge: bool) -> Vec<Choice> {
    vec![
        Choice {
            chosen: !by_discharge,
            ..Choice::new("person", "人（年度内の最初の退院を数える）")
        },
        Choice {
            chosen: by_discharge, ..Choice::new("discharge", "退院（退院のたびに数える）")
        },
    ]
}

fn ward_choices(chosen: Option<&str>) -> Vec<Choice> {
    let choice = |(code, name)| Choice { chosen: chosen == Some(code), ..Choice::new(code, name) };
    wards::all().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_and_nonsense_is_not() {
        let today = Date::constant(2026, 11, 20);
        let asked = |year: &str, unit: &str, ward: &str| Asked {
            fiscal_year: Some(year.into()),
            unit: Some(unit.into()),
            ward: Some(ward.into()),
        };
        let look = Look::of(&asked("2025", "discharge", "14107"), today);
        assert_eq!((look.year.year(), look.by_discharge, look.ward), (2025, true, Some("14107")));
        let look = Look::of(&asked("x", "x", "x"), today);
        assert_eq!((look.year.year(), look.by_discharge, look.ward), (2026, false, None));
    }
}
