//! The questions.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Object};
use casework::{CaseId, FiscalYear, PersonId};
use contracts::Office;
use read_models::OutcomesAsked;

use super::{
    Caller, Desk, accesses,
    agency::{Agency, Viewer},
    break_glass::BreakGlassFigures,
    case::Case,
    codes::{self, BAD_USER_INPUT, FORBIDDEN},
    folder::{Asked, folder},
    limits::OF_EVERYBODY,
    merging,
    outcomes::{CohortUnit, DischargeOutcomes},
    paging::{
        AccessConnection, FoundPersonConnection, InquiryConnection, MergeCandidateConnection,
        MergeProposalConnection, ProviderConnection, TimelineConnection, WorkItemConnection,
        page_cost,
    },
    person::Person,
    records::{self, RecordFilter},
    resources::{self, Inquiry, Provider, ProviderKind, ProvidersAsked},
    scalars::{Day, Moment},
    searching,
    work::{self, List, wants_names},
};

/// The questions.
pub(crate) struct Query;

/// The questions. Nothing here changes anything; commands are said to the services over gRPC.
#[Object]
impl Query {
    /// The one who asks.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer, Error> {
        let principal = &ctx.data_unchecked::<Caller>().principal;
        let register = ctx.data_unchecked::<Arc<Desk>>().register().await?;
        Ok(Viewer {
            office: principal.office.into(),
            agency: Agency::of(&principal.agency, &register),
            staff: principal.staff.clone(),
            is_identity_officer: principal.is_identity_officer(),
        })
    }

    /// The agencies of the house that have not been retired. They are no secret.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn agencies(&self, ctx: &Context<'_>) -> Result<Vec<Agency>, Error> {
        let register = ctx.data_unchecked::<Arc<Desk>>().register().await?;
        let active = register.iter().filter(|agency| agency.is_active());
        Ok(active.map(|agency| Agency::of(&agency.id, &register)).collect())
    }

    /// A person. Null when there is nobody with this id, or nothing that the reader may see.
    #[graphql(complexity = "10 + child_complexity")]
    async fn person(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "Only what had happened by this day.")] as_of: Option<Day>,
        #[graphql(desc = "Only what had been recorded by this time.")] known_at: Option<Moment>,
        #[graphql(desc = "Wait until this position, from a reply, is known.")] min_position: Option<
            ID,
        >,
    ) -> Result<Option<Person>, Error> {
        let moment = moment(ctx, as_of, known_at, min_position.as_ref())?;
        let asked = Asked::Person(PersonId::from(id.0));
        let folder = folder(ctx, asked, moment, wants_names(&ctx.look_ahead())).await?;
        Ok(folder.map(|folder| Person { folder }))
    }

    /// A case. Null when there is none with this id, or nothing of it that the reader may see.
    #[graphql(complexity = "10 + child_complexity")]
    async fn case(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "Only what had happened by this day.")] as_of: Option<Day>,
        #[graphql(desc = "Only what had been recorded by this time.")] known_at: Option<Moment>,
        #[graphql(desc = "Wait until this position, from a reply, is known.")] min_position: Option<
            ID,
        >,
    ) -> Result<Option<Case>, Error> {
        let moment = moment(ctx, as_of, known_at, min_position.as_ref())?;
        let id = CaseId::from(id.0);
        let with_names = wants_names(&ctx.look_ahead().field("person"));
        let folder = folder(ctx, Asked::Case(id.clone()), moment, with_names).await?;
        Ok(folder.map(|folder| Case { folder, id }))
    }

    /// What waits for the reader's agency, the oldest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn work_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Wait until this position, from a reply, is known.")] min_position: Option<
            ID,
        >,
    ) -> Result<WorkItemConnection, Error> {
        let min_position = position(ctx, min_position.as_ref())?;
        work::page(ctx, List::Waiting, first, after.as_deref(), min_position).await
    }

    /// The open cases for which the reader's agency is responsible, the longest unchanged first,
    /// whether or not something waits in them.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn cases_in_hand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Wait until this position, from a reply, is known.")] min_position: Option<
            ID,
        >,
    ) -> Result<WorkItemConnection, Error> {
        let min_position = position(ctx, min_position.as_ref())?;
        work::page(ctx, List::CasesInHand, first, after.as_deref(), min_position).await
    }

    /// What is about no person, as far as the reader sees it, the newest first: what agencies record
    /// about their own work, providers, inquiries.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] of: Option<RecordFilter>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Wait until this position, from a reply, is known.")] min_position: Option<
            ID,
        >,
    ) -> Result<TimelineConnection, Error> {
        let min_position = position(ctx, min_position.as_ref())?;
        let of = of.unwrap_or_default();
        records::page(ctx, of, first, after.as_deref(), min_position).await
    }

    /// The providers of services that are still there, by ward and name. They are no secret.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn providers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in this ward.")] ward: Option<String>,
        #[graphql(desc = "Only those that offer this.")] kind: Option<ProviderKind>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Wait until this position, from a reply, is known.")] min_position: Option<
            ID,
        >,
    ) -> Result<ProviderConnection, Error> {
        let min_position = position(ctx, min_position.as_ref())?;
        let asked = ProvidersAsked { ward, kind };
        resources::providers(ctx, asked, first, after.as_deref(), min_position).await
    }

    /// A provider, whether it is still there or not.
    #[graphql(complexity = "10 + child_complexity")]
    async fn provider(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "Wait until this position, from a reply, is known.")] min_position: Option<
            ID,
        >,
    ) -> Result<Option<Provider>, Error> {
        let min_position = position(ctx, min_position.as_ref())?;
        resources::provider(ctx, &id, min_position).await
    }

    /// The inquiries to several providers at once, the newest first. They name no person.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn resource_inquiries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that were closed as well; otherwise only open ones.")]
        with_closed: Option<bool>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Wait until this position, from a reply, is known.")] min_position: Option<
            ID,
        >,
    ) -> Result<InquiryConnection, Error> {
        let min_position = position(ctx, min_position.as_ref())?;
        let with_closed = with_closed.unwrap_or(false);
        resources::inquiries(ctx, with_closed, first, after.as_deref(), min_position).await
    }

    /// An inquiry, open or closed.
    #[graphql(complexity = "10 + child_complexity")]
    async fn resource_inquiry(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "Wait until this position, from a reply, is known.")] min_position: Option<
            ID,
        >,
    ) -> Result<Option<Inquiry>, Error> {
        let min_position = position(ctx, min_position.as_ref())?;
        resources::inquiry(ctx, &id, min_position).await
    }

    /// Persons by name, date of birth, or both, the best answers first: kana or kanji, the whole name
    /// or its beginning, a date of either calendar, with one typo forgiven. Only those whose
    /// registration the reader may see. Whom it shows is put on record.
    #[graphql(complexity = "OF_EVERYBODY + page_cost(first, child_complexity)")]
    async fn search_persons(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As somebody wrote it; a space parts family and given name.")]
        name: Option<String>,
        #[graphql(desc = "Such as 1967-03-09 or S42.3.9.")] birth_date: Option<String>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<FoundPersonConnection, Error> {
        let (name, birth_date) = (name.unwrap_or_default(), birth_date.unwrap_or_default());
        searching::page(ctx, &name, &birth_date, first, after.as_deref()).await
    }

    /// Persons who may be registered twice, the likeliest first; without those of whom an officer
    /// has said something already. For identity officers.
    #[graphql(complexity = "OF_EVERYBODY + page_cost(first, child_complexity)")]
    async fn merge_candidates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<MergeCandidateConnection, Error> {
        merging::candidates(ctx, first, after.as_deref()).await
    }

    /// The proposals to merge that wait for another officer, the oldest first. For identity officers.
    #[graphql(complexity = "100 + page_cost(first, child_complexity)")]
    async fn merge_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<MergeProposalConnection, Error> {
        merging::proposals(ctx, first, after.as_deref()).await
    }

    /// Who saw a person, the latest first, for those who answer for the person: the agency mainly
    /// responsible, those that lead an open case, and the municipality's privacy officers. Null for
    /// everybody else, and when there is nobody with this id. To read it is recorded as well.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn accesses_to(
        &self,
        ctx: &Context<'_>,
        person_id: ID,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Option<AccessConnection>, Error> {
        accesses::page(ctx, &PersonId::from(person_id.0), first, after.as_deref()).await
    }

    /// How break-glass access was used in a fiscal year, named by the year in which it begins, and
    /// how it was reviewed. For the municipality.
    #[graphql(complexity = "OF_EVERYBODY + child_complexity")]
    async fn break_glass_figures(
        &self,
        ctx: &Context<'_>,
        fiscal_year: i32,
    ) -> Result<Option<BreakGlassFigures>, Error> {
        let desk = ctx.data_unchecked::<Arc<Desk>>();
        for_the_municipality(ctx)?;
        let found = desk.reads.break_glass(year(fiscal_year)?).await;
        Ok(Some(found.map_err(codes::of_read)?.into()))
    }

    /// The outcomes of the discharges of a fiscal year, named by the year in which it begins. For
    /// the municipality.
    #[graphql(complexity = "OF_EVERYBODY + child_complexity")]
    async fn discharge_outcomes(
        &self,
        ctx: &Context<'_>,
        fiscal_year: i32,
        #[graphql(desc = "The day from which one looks back; otherwise today.")] as_of: Option<Day>,
        #[graphql(desc = "Only what had been recorded by this time.")] known_at: Option<Moment>,
        #[graphql(desc = "Only people who lived in this ward.")] ward: Option<String>,
        #[graphql(desc = "What is counted; otherwise people.")] unit: Option<CohortUnit>,
    ) -> Result<Option<DischargeOutcomes>, Error> {
        let desk = ctx.data_unchecked::<Arc<Desk>>();
        for_the_municipality(ctx)?;
        let asked = OutcomesAsked {
            fiscal_year: year(fiscal_year)?,
            // Nobody has been observed beyond today.
            as_of: as_of.map_or(desk.today(), |day| day.0.min(desk.today())),
            ward,
            unit: unit.unwrap_or(CohortUnit::Person).into(),
        };
        let found = desk.reads.discharge_outcomes(&asked, known_at.map(|moment| moment.0)).await;
        Ok(Some(found.map_err(codes::of_read)?.into()))
    }
}

fn for_the_municipality(ctx: &Context<'_>) -> Result<(), Error> {
    match ctx.data_unchecked::<Caller>().principal.office {
        Office::Municipality => Ok(()),
        _ => Err(codes::error(FORBIDDEN, "these figures are for the municipality")),
    }
}

fn year(fiscal_year: i32) -> Result<FiscalYear, Error> {
    let year = i16::try_from(fiscal_year).ok().and_then(FiscalYear::beginning_in);
    year.ok_or_else(|| codes::error(BAD_USER_INPUT, "no such fiscal year"))
}

fn moment(
    ctx: &Context<'_>,
    as_of: Option<Day>,
    known_at: Option<Moment>,
    min_position: Option<&ID>,
) -> Result<read_models::Moment, Error> {
    Ok(read_models::Moment {
        as_of: as_of.map(|day| day.0),
        known_at: known_at.map(|moment| moment.0),
        min_position: position(ctx, min_position)?,
    })
}

fn position(ctx: &Context<'_>, word: Option<&ID>) -> Result<Option<u64>, Error> {
    let desk = ctx.data_unchecked::<Arc<Desk>>();
    word.map(|word| desk.position(word)).transpose()
}
