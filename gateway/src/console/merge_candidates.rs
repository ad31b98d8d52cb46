//! `/merge-candidates`: for identity officers, who may be registered twice, side by side, and what
//! waits for another officer.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::{
    dates,
    documents::{self, Page, Viewer},
    draft::Draft,
    form::{Entries, Problem, Problems},
    notice::{self, Notice},
    session::Session,
    shell::{Shell, page},
};
use crate::Gateway;

/// Pairs on a page.
const PAIRS: u32 = 10;

#[derive(Template)]
#[template(path = "merge_candidates.html")]
pub(super) struct MergePage {
    shell: Shell,
    problems: Vec<Problem>,
    notice: Option<Notice>,
    proposals: Vec<Proposal>,
    has_more_proposals: bool,
    pairs: Vec<Pair>,
    more: Option<String>,
    /// Behind which pair this page begins; none on the first.
    after: Option<String>,
}

/// A proposal that waits.
struct Proposal {
    id: String,
    is_own: bool,
    surviving: String,
    comparison: Comparison,
    draft: String,
    /// What was entered and not taken.
    reason: String,
}

/// Two who may be one.
struct Pair {
    one: String,
    other: String,
    likelihood: i32,
    reasons: Vec<String>,
    comparison: Comparison,
    draft: String,
    keeps_other: bool,
    evidence: String,
}

/// Two registrations side by side.
#[derive(Template)]
#[template(path = "comparison.html")]
struct Comparison {
    caption: &'static str,
    first: &'static str,
    second: &'static str,
    rows: Vec<Line>,
}

/// The template escapes what it shows.
impl HtmlSafe for Comparison {}

/// The same of both.
struct Line {
    label: &'static str,
    one: String,
    other: String,
    /// None where one of the two is not known.
    is_same: Option<bool>,
}

/// Something that identifies a person: what it is called, and what it says if it is known.
type Known = (&'static str, Option<String>);

/// Which page of the pairs.
#[derive(Deserialize, Default)]
pub(super) struct Which {
    after: Option<String>,
    /// A position from a reply: something was just recorded.
    at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    viewer: Viewer,
    merge_proposals: Page<OpenProposal>,
    merge_candidates: Page<Candidate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenProposal {
    id: String,
    is_own: bool,
    surviving: Registered,
    merged: Registered,
}

#[derive(Deserialize)]
struct Candidate {
    likelihood: i32,
    reasons: Vec<Reason>,
    one: Registered,
    other: Registered,
}

#[derive(Deserialize)]
struct Reason {
    label: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    id: String,
    status: String,
    family_name: Option<String>,
    given_name: Option<String>,
    family_name_kana: Option<String>,
    given_name_kana: Option<String>,
    birth_date: Option<Date>,
    address: Option<String>,
}

/// The page.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    session: Session,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let notice = which.at.as_ref().and_then(|_| Notice::brought(&headers));
    let is_told = notice.is_some();
    let found = ask(&gateway, &session, which.after.as_deref()).await?;
    let mut shown = MergePage::of(found, which.after, gateway.is_demo());
    shown.notice = notice;
    let mut response = page(StatusCode::OK, &shown);
    if is_told {
        let (name, value) = notice::ended();
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// The page again, with what was entered and why it was not taken.
pub(super) async fn again(
    gateway: &Gateway,
    session: &Session,
    entries: &Entries,
    problems: &Problems,
) -> Result<Response, Response> {
    // The page that it was entered on, where its pair is still to be found.
    let after = Some(entries.get("after")).filter(|after| !after.is_empty());
    let found = ask(gateway, session, after).await?;
    let shown = MergePage::of(found, after.map(str::to_owned), gateway.is_demo())
        .with_entered(entries, problems);
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

async fn ask(gateway: &Gateway, session: &Session, after: Option<&str>) -> Result<Found, Response> {
    let variables = json!({ "first": PAIRS, "after": after });
    documents::ask(gateway, session, &documents::MERGE_CANDIDATES, variables).await
}

impl MergePage {
    pub(super) fn of(found: Found, after: Option<String>, demo: bool) -> Self {
        // A cursor is a word of letters, digits, hyphens and underlines.
        let next = found.merge_candidates.next();
        let more = next.map(|after| format!("/merge-candidates?after={after}"));
        let has_more_proposals = found.merge_proposals.next().is_some();
        Self {
            shell: Shell::of("本人記録の統合", &found.viewer, demo, "/merge-candidates"),
            problems: Vec::new(),
            notice: None,
            proposals: found.merge_proposals.into_nodes().map(Proposal::of).collect(),
            has_more_proposals,
            pairs: found.merge_candidates.into_nodes().map(Pair::of).collect(),
            more,
            after,
        }
    }

    /// The same with what was entered, where it was entered.
    pub(super) fn with_entered(mut self, entries: &Entries, problems: &Problems) -> Self {
        let draft = Draft::carried(Some(entries.get("draft"))).to_string();
        let proposal = entries.get("proposal_id");
        if let Some(proposal) = self.proposals.iter_mut().find(|one| one.id == proposal) {
            entries.get("reason").clone_into(&mut proposal.reason);
            proposal.draft.clone_from(&draft);
        }
        let same = [entries.get("one"), entries.get("other")];
        if let Some(pair) = self.pairs.iter_mut().find(|pair| [&*pair.one, &*pair.other] == same) {
            entries.get("evidence").clone_into(&mut pair.evidence);
            pair.keeps_other = entries.get("surviving") == pair.other;
            pair.draft = draft;
        }
        self.shell = self.shell.with_problems(!problems.is_empty());
        self.problems = problems.in_order(&[]);
        self
    }
}

#[cfg(test)]
impl MergePage {
    /// The same with one draft in every form, so that it is always the same page.
    pub(super) fn with_draft(mut self, draft: &str) -> Self {
        self.proposals.iter_mut().for_each(|proposal| draft.clone_into(&mut proposal.draft));
        self.pairs.iter_mut().for_each(|pair| draft.clone_into(&mut pair.draft));
        self
    }
}

impl Proposal {
    fn of(open: OpenProposal) -> Self {
        Self {
            comparison: Comparison {
                caption: "統合の提案",
                first: "統合先（残る記録）",
                second: "統合する記録",
                rows: lines(&open.surviving, &open.merged),
            },
            id: open.id,
            is_own: open.is_own,
            surviving: open.surviving.id,
            draft: Draft::begin().to_string(),
            reason: String::new(),
        }
    }
}

impl Pair {
    fn of(candidate: Candidate) -> Self {
        Self {
            comparison: Comparison {
                caption: "2つの登録の内容",
                first: "記録A",
                second: "記録B",
                rows: lines(&candidate.one, &candidate.other),
            },
            one: candidate.one.id,
            other: candidate.other.id,
            likelihood: candidate.likelihood,
            reasons: candidate.reasons.into_iter().map(|reason| reason.label).collect(),
            draft: Draft::begin().to_string(),
            keeps_other: false,
            evidence: String::new(),
        }
    }
}

impl Registered {
    /// What identifies the person; none where nothing is known.
    fn lines(&self) -> [Known; 4] {
        let joined = |one: &Option<String>, other: &Option<String>| {
            let parts: Vec<_> = [one, other].into_iter().flatten().map(String::as_str).collect();
            Some(parts.join(" ")).filter(|text| !text.is_empty())
        };
        [
            ("氏名", joined(&self.family_name, &self.given_name)),
            ("ふりがな", joined(&self.family_name_kana, &self.given_name_kana)),
            ("生年月日", self.birth_date.map(dates::both)),
            ("住所", self.address.clone()),
        ]
    }

    fn in_words(&self, known: Option<String>) -> String {
        let closed = match self.status.as_str() {
            "OPEN" => "登録なし",
            "ERASED" => "消去されています",
            _ => "見られません",
        };
        known.unwrap_or_else(|| closed.to_owned())
    }
}

fn lines(one: &Registered, other: &Registered) -> Vec<Line> {
    let both = one.lines().into_iter().zip(other.lines());
    let line = |((label, left), (_, right)): (Known, Known)| Line {
        label,
        is_same: left.as_ref().zip(right.as_ref()).map(|(left, right)| left == right),
        one: one.in_words(left),
        other: other.in_words(right),
    };
    both.map(line).collect()
}
