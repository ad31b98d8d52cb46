//! Every answer of a read model, as text that can be compared.
#![allow(dead_code, reason = "each test file uses its part of it")]

use casework::{
    FiscalYear, PersonId,
    outcomes::{CohortUnit, Query},
};
use read_models::{Moment, PersonView, ReadError, ReadModel};

use crate::support::{AGENCIES, viewer};

/// Waits until everything in the log is taken in and nothing is left to be worked on.
pub async fn caught_up(model: &ReadModel) {
    model.confirm().await.unwrap();
    let head = model.progress().borrow().position;
    let mut progress = model.progress();
    progress
        .wait_for(|progress| progress.worked_on.is_some() && progress.worked_until >= head)
        .await
        .unwrap();
}

/// Who is parked, and at which position.
pub async fn parked(model: &ReadModel) -> Vec<(PersonId, u64)> {
    caught_up(model).await;
    let parked = model.parked().await.unwrap();
    assert_eq!(model.progress().borrow().parked, parked.len() as u64);
    parked.into_iter().map(|parked| (parked.person, parked.position)).collect()
}

/// What each agency sees of each person at each moment, what waits for it, and the figures of
/// the years.
pub async fn answers(model: &ReadModel, persons: &[PersonId], moments: &[Moment]) -> Vec<String> {
    let mut answers = Vec::new();
    for agency in AGENCIES {
        for person in persons {
            for moment in moments {
                let answer = model.person(&viewer(agency), person, moment).await;
                answers.push(format!("{agency} {person} {moment:?}: {}", told(&answer)));
                if let Ok(Some(view)) = answer {
                    of_cases(model, agency, &view, moment, &mut answers).await;
                }
            }
        }
        let mut after = None;
        loop {
            let page = model.work_list(&viewer(agency), 7, after, None).await.unwrap();
            answers.extend(page.work.iter().map(|work| {
                format!("{agency} {:?} {:?} {}", work.item, work.place, work.view.person)
            }));
            after = page.work.last().map(|work| work.place.clone());
            if !page.has_more {
                break;
            }
        }
    }
    for year in [2024, 2025] {
        for moment in moments {
            answers.push(figures(model, year, moment).await);
        }
    }
    for parked in model.parked().await.unwrap() {
        answers.push(format!("{parked:?}"));
    }
    answers
}

async fn of_cases(
    model: &ReadModel,
    agency: &str,
    view: &PersonView,
    moment: &Moment,
    answers: &mut Vec<String>,
) {
    for case in view.cases() {
        let of_case = model.person_of_case(&viewer(agency), &case, moment).await;
        let last = model.watch_case(&case).await.unwrap().map(|watched| watched.present);
        answers.push(format!("{case} {last:?}: {}", told(&of_case)));
    }
}

async fn figures(model: &ReadModel, year: i16, moment: &Moment) -> String {
    let asked = Query {
        fiscal_year: FiscalYear::beginning_in(year).unwrap(),
        as_of: "2026-03-01".parse().unwrap(),
        ward: None,
        unit: CohortUnit::Person,
    };
    match model.discharge_outcomes(&asked, moment.known_at).await {
        Ok(figures) => format!("{figures:?}"),
        Err(error) => format!("{error}"),
    }
}

/// An answer with everything in it.
fn told(answer: &Result<Option<PersonView>, ReadError>) -> String {
    let view = match answer {
        Ok(Some(view)) => view,
        Ok(None) => return "nothing".to_owned(),
        Err(error) => return error.to_string(),
    };
    let events = view.events.iter().map(|event| {
        let (recorded, sealed) = (&event.recorded, &event.sealed);
        format!(
            "{} {} {:?} {} {:?} {} {} {:?} {:?} {:?} {} {:?}",
            recorded.position,
            recorded.event_id,
            recorded.case_id,
            recorded.agency,
            recorded.on_behalf_of,
            recorded.occurred_on,
            recorded.recorded_at,
            event.seen,
            event.flags,
            event.body,
            sealed.event_id,
            sealed.sealed,
        )
    });
    let cases = view.cases();
    let cases = cases.iter().map(|case| {
        let timeline: Vec<_> = view.timeline(case).iter().map(|event| event.place()).collect();
        format!("{case} {:?} {:?} {timeline:?}", view.state(case), view.track(case))
    });
    let registered = view.registration().map(|event| event.recorded.position);
    let (events, cases) = (events.collect::<Vec<_>>(), cases.collect::<Vec<_>>());
    format!("{events:?} {cases:?} {:?} {registered:?}", view.file)
}
