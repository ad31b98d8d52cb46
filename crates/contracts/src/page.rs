//! The printed catalogue: every event on one page, from the declarations.

use std::fmt::Write;

use crate::{
    EventKind, Field,
    annotations::{Date, Nature, Office, Sight, Subject},
    catalogue,
};

const OFFICES: [Office; 5] = [
    Office::Hospital,
    Office::SupportCenter,
    Office::CoreCenter,
    Office::WardOffice,
    Office::Municipality,
];

/// `docs/catalogue.md`.
pub fn catalogue_page() -> String {
    let kinds = catalogue().kinds();
    let mut page = String::from(HEADING);
    let _ = writeln!(page, "{} events.\n", kinds.len());
    page.push_str("| No. | Event | 名称 | Subject | Nature | H | SC | CC | WO | M |\n");
    page.push_str("|---|---|---|---|---|---|---|---|---|---|\n");
    for kind in kinds {
        overview_row(&mut page, kind);
    }
    for kind in kinds {
        section(&mut page, kind);
    }
    page
}

const HEADING: &str = "# The events\n\n\
    Generated from `proto/tsunagi/events/v1`; do not edit. `cargo xtask golden` writes it anew.\n\n\
    What each office sees of an event that another agency appended: **F** the whole content · \
    **S** date, kind and agency · **T** the whole content for addressees, otherwise S · **O** the \
    recording agency only · **P** the clear content for all · **A** counted only · **–** nothing · \
    **†** on some tracks otherwise, see the event. \
    H hospital, SC support center, CC core center, WO ward office, M municipality.\n\n";

fn overview_row(page: &mut String, kind: &EventKind) {
    let sights: Vec<_> = OFFICES.iter().map(|office| mark(kind.sight(*office, None))).collect();
    let by_track = if kind.options.sight_on_track.is_empty() { "" } else { " †" };
    let _ = writeln!(
        page,
        "| {} | [{name}](#{anchor}) | {} | {} | {} | {} |",
        kind.number,
        kind.options.label_ja,
        subject(kind),
        nature(kind),
        sights.join(" | ") + by_track,
        name = kind.name,
        anchor = kind.name.to_lowercase(),
    );
}

fn section(page: &mut String, kind: &EventKind) {
    let offices: Vec<_> = kind.options.appended_by().map(crate::office_name).collect();
    let _ = writeln!(
        page,
        "\n## {}\n\n**{}**: {}\n",
        kind.name,
        kind.options.label_ja,
        kind.description()
    );
    let _ = writeln!(page, "- Appended by: {}", offices.join(", "));
    let _ = writeln!(page, "- Topic: {}; rows: {}", topic(kind), kind.options.rows.join(", "));
    for on_track in &kind.options.sight_on_track {
        let sights: Vec<_> =
            OFFICES.iter().map(|office| mark(kind.sight(*office, Some(&on_track.track)))).collect();
        let _ = writeln!(page, "- On {}: {}", on_track.track, sights.join("/"));
    }
    if kind.options.plain {
        page.push_str("- Plain: recorded through `RecordActivity`.\n");
    }
    if kind.options.shown_in_emergency {
        page.push_str("- Shown in an open emergency without a consent.\n");
    }
    page.push_str("\n| Field | 名称 | |\n|---|---|---|\n");
    for field in &kind.fields {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} |",
            field.name,
            field.options.label_ja,
            remarks(field)
        );
    }
}

fn remarks(field: &Field) -> String {
    let options = &field.options;
    let date = match options.date() {
        Date::Unspecified => "",
        Date::Occurred => "when it happened",
        Date::Other => "date",
        Date::Past => "date, not in the future",
        Date::Month => "month",
    };
    let limit = format!("at most {} characters", options.max_chars);
    let remarks = [
        ("required", options.required),
        ("assigned", options.assigned),
        ("sealed", options.personal),
        ("addressee", options.addressee),
        (date, !date.is_empty()),
        (&limit, options.max_chars > 0),
    ];
    let said: Vec<_> =
        remarks.iter().filter(|(_, holds)| *holds).map(|(words, _)| *words).collect();
    said.join(", ")
}

fn mark(sight: Sight) -> &'static str {
    match sight {
        Sight::Unspecified => "?",
        Sight::None => "–",
        Sight::Stub => "S",
        Sight::Full => "F",
        Sight::Addressee => "T",
        Sight::Own => "O",
        Sight::Public => "P",
        Sight::Aggregate => "A",
    }
}

fn nature(kind: &EventKind) -> &'static str {
    match kind.nature() {
        Nature::Unspecified => "?",
        Nature::Fact => "fact",
        Nature::Act => "act",
    }
}

fn subject(kind: &EventKind) -> &'static str {
    match kind.subject() {
        Subject::Unspecified => "?",
        Subject::Person => "person",
        Subject::Agency => "agency",
        Subject::Resource => "resource",
    }
}

fn topic(kind: &EventKind) -> String {
    let name = kind.options.topic().as_str_name();
    name.trim_start_matches("TOPIC_").to_lowercase().replace('_', " ")
}
