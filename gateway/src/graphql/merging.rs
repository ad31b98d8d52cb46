//! Persons who may be registered twice, for identity officers. They are shown what identifies the
//! two and nothing else of their files, and each look is on record.

use std::sync::Arc;

use access::Opened;
use async_graphql::{Context, Error, ID, SimpleObject};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use casework::PersonId;
use contracts::events::PersonRegistered;
use futures::future::try_join_all;
use identity::Reason;
use read_models::{Judged, Registered};

use super::{
    Caller, Desk,
    codes::{self, FORBIDDEN},
    folder::{FieldStatus, registered},
    paging::{
        MergeCandidateConnection, MergeCandidateEdge, MergeProposalConnection, MergeProposalEdge,
        page_size, start,
    },
    scalars::Day,
};

/// What a cursor of pairs is a digest of, and nothing else in the house.
const CURSORS: &str = "tsunagi cursors of pairs v1 ";

/// Two persons who may be one.
#[derive(SimpleObject)]
pub(crate) struct MergeCandidate {
    /// One of the two.
    one: RegisteredPerson,
    /// The other.
    other: RegisteredPerson,
    /// How likely it is that they are one, in percent, from how seldom so much agrees by chance. It
    /// rests on assumptions and is no finding.
    likelihood: i32,
    /// What agrees, and what nearly does.
    reasons: Vec<MatchReason>,
}

/// A proposal to merge that waits for another officer.
#[derive(SimpleObject)]
pub(crate) struct MergeProposal {
    /// Its number.
    id: ID,
    /// The person whose file would go on.
    surviving: RegisteredPerson,
    /// The person whose file would become part of it.
    merged: RegisteredPerson,
    /// Whether it is the reader's own; then another officer has to approve it.
    is_own: bool,
}

/// What agrees between two persons, or nearly does.
#[derive(SimpleObject)]
pub(crate) struct MatchReason {
    /// A code to act on.
    code: &'static str,
    /// In Japanese.
    label: &'static str,
}

/// What a person is registered as.
#[derive(SimpleObject)]
pub(crate) struct RegisteredPerson {
    /// A random id that says nothing about them.
    id: ID,
    /// Whether the rest can be read.
    status: FieldStatus,
    /// The family name.
    family_name: Option<String>,
    /// The given name.
    given_name: Option<String>,
    /// How the family name is read.
    family_name_kana: Option<String>,
    /// How the given name is read.
    given_name_kana: Option<String>,
    /// The date of birth.
    birth_date: Option<Day>,
    /// The address.
    address: Option<String>,
}

impl RegisteredPerson {
    fn open(person: &PersonId, registered: PersonRegistered) -> Self {
        let known = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            family_name: known(registered.family_name),
            given_name: known(registered.given_name),
            family_name_kana: known(registered.family_name_kana),
            given_name_kana: known(registered.given_name_kana),
            birth_date: registered.birth_date.parse().ok().map(Day),
            address: known(registered.address),
            ..Self::closed(person, FieldStatus::Open)
        }
    }

    fn closed(person: &PersonId, status: FieldStatus) -> Self {
        Self {
            id: ID::from(person.as_str()),
            status,
            family_name: None,
            given_name: None,
            family_name_kana: None,
            given_name_kana: None,
            birth_date: None,
            address: None,
        }
    }
}

impl From<Reason> for MatchReason {
    fn from(reason: Reason) -> Self {
        Self { code: reason.code(), label: reason.label_ja() }
    }
}

/// One page of pairs, the likeliest first.
pub(crate) async fn candidates(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<MergeCandidateConnection, Error> {
    let (desk, caller) = officer(ctx).await?;
    let size = page_size(first)?;
    let alike = desk.directory.alike();
    let cursors: Vec<_> = alike.iter().map(|pair| cursor(&pair.one, &pair.other)).collect();
    let start = start(cursors.iter(), after)?;
    let has_next = alike.len() > start + size;
    let page: Vec<_> = alike.into_iter().skip(start).take(size).collect();
    let persons = page.iter().flat_map(|pair| [pair.one.clone(), pair.other.clone()]).collect();
    let mut shown = shown(desk, caller, persons).await?.into_iter();
    let edges =
        page.into_iter().zip(cursors.into_iter().skip(start)).map_while(|(pair, cursor)| {
            let node = MergeCandidate {
                one: shown.next()?,
                other: shown.next()?,
                likelihood: i32::from(pair.percent),
                reasons: pair.reasons.into_iter().map(Into::into).collect(),
            };
            Some(MergeCandidateEdge { cursor, node })
        });
    Ok(MergeCandidateConnection::page(edges.collect(), start > 0, has_next))
}

/// The place of a pair among all: it comes to stand in addresses, and so names nobody.
fn cursor(one: &PersonId, other: &PersonId) -> String {
    let pair = format!("{CURSORS}{one}.{other}");
    URL_SAFE_NO_PAD.encode(digest(&SHA256, pair.as_bytes()))
}

/// One page of proposals, the oldest first.
pub(crate) async fn proposals(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<MergeProposalConnection, Error> {
    let (desk, caller) = officer(ctx).await?;
    let size = page_size(first)?;
    let open = desk.directory.proposals();
    let start = start(open.iter().map(|proposal| proposal.id.as_str()), after)?;
    let has_next = open.len() > start + size;
    let page: Vec<_> = open.into_iter().skip(start).take(size).collect();
    let both = page.iter().flat_map(|one| [one.surviving.clone(), one.merged.clone()]);
    let mut shown = shown(desk, caller, both.collect()).await?.into_iter();
    let edges = page.into_iter().map_while(|proposal| {
        let node = MergeProposal {
            id: ID::from(proposal.id.as_str()),
            surviving: shown.next()?,
            merged: shown.next()?,
            is_own: proposal.proposed_by == caller.principal.staff,
        };
        Some(MergeProposalEdge { cursor: proposal.id, node })
    });
    Ok(MergeProposalConnection::page(edges.collect(), start > 0, has_next))
}

/// The desk, for an officer, with a directory that stands at the log's head.
async fn officer<'a>(ctx: &Context<'a>) -> Result<(&'a Desk, &'a Caller), Error> {
    let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
    if !caller.principal.is_identity_officer() {
        return Err(codes::error(FORBIDDEN, "this is for identity officers"));
    }
    desk.directory.confirm().await.map_err(|failure| codes::of_directory(&failure))?;
    Ok((desk, caller))
}

/// What these persons are registered as, in their order, each opened on record.
async fn shown(
    desk: &Desk,
    caller: &Caller,
    persons: Vec<PersonId>,
) -> Result<Vec<RegisteredPerson>, Error> {
    let judged = desk.reads.confirm().await.map_err(codes::of_read)?;
    let found = desk.reads.registered(&caller.principal.viewer(), &persons).await;
    let found = found.map_err(codes::of_read)?;
    try_join_all(found.iter().map(|one| show(desk, caller, one, judged))).await
}

async fn show(
    desk: &Desk,
    caller: &Caller,
    one: &Registered,
    judged: Judged,
) -> Result<RegisteredPerson, Error> {
    let events: Vec<_> = one.registration.iter().collect();
    let opened = desk.show_identity(caller, (&one.person, judged), &events).await?;
    Ok(match opened.into_iter().next() {
        Some(Opened::Personal(personal)) => {
            RegisteredPerson::open(&one.person, registered(&personal).unwrap_or_default())
        }
        Some(Opened::Erased) => RegisteredPerson::closed(&one.person, FieldStatus::Erased),
        Some(Opened::Nothing) | None => RegisteredPerson::closed(&one.person, FieldStatus::Sealed),
    })
}
