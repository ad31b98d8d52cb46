//! What stands around every page.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use contracts::Office;

use super::{documents::Viewer, words};

/// The frame of a page.
pub(super) struct Shell {
    /// Says which page it is and names nobody: browsers keep titles in their history.
    pub(super) title: String,
    /// Whether something must be corrected on it.
    pub(super) has_problems: bool,
    /// Whether to say that all of this is a demonstration.
    pub(super) demo: bool,
    /// Who reads it, once they have signed in.
    pub(super) who: Option<Who>,
    /// Where they can go.
    pub(super) links: Vec<Link>,
}

/// Who reads a page.
pub(super) struct Who {
    pub(super) agency: String,
    pub(super) office: String,
    pub(super) staff: String,
}

/// A way to a main page.
pub(super) struct Link {
    pub(super) href: &'static str,
    pub(super) label: &'static str,
    pub(super) current: bool,
}

impl Shell {
    /// A frame for nobody in particular.
    pub(super) fn bare(title: &str, demo: bool) -> Self {
        let title = title.to_owned();
        Self { title, has_problems: false, demo, who: None, links: Vec::new() }
    }

    /// A frame for this reader at this address.
    pub(super) fn of(title: &str, viewer: &Viewer, demo: bool, here: &str) -> Self {
        let office = viewer.office();
        let pages = main_pages(office).iter().chain(officers_pages(viewer));
        let links = pages.map(|(href, label)| Link { href, label, current: *href == here });
        Self {
            title: title.to_owned(),
            has_problems: false,
            demo,
            who: Some(Who {
                agency: viewer.agency.name.clone(),
                office: words::office(office),
                staff: viewer.staff.clone(),
            }),
            links: links.collect(),
        }
    }

    /// The same, saying in the title that something must be corrected.
    pub(super) fn with_problems(self, has_problems: bool) -> Self {
        Self { has_problems, ..self }
    }
}

fn main_pages(office: Office) -> &'static [(&'static str, &'static str)] {
    match office {
        Office::Hospital => &[
            ("/", "仕事の一覧"),
            ("/search", "氏名でさがす"),
            ("/referrals/new", "紹介・情報提供"),
        ],
        Office::Municipality => &[("/", "仕事の一覧"), ("/outcomes", "退院後の状況")],
        _ => &[("/", "仕事の一覧"), ("/search", "氏名でさがす")],
    }
}

fn officers_pages(viewer: &Viewer) -> &'static [(&'static str, &'static str)] {
    if viewer.is_identity_officer { &[("/merge-candidates", "本人記録の統合")] } else { &[] }
}

/// A page with this status.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
