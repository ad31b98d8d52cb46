//! `tsunagi account`: what an account officer asks whoever runs the house to do.

use std::{path::PathBuf, sync::Arc};

use access::{Principal, RandomIds, SystemClock};
use accounts::{Account, AccountState, Accounts, Invitation, NewAccount, ProviderSubject};
use anyhow::Context;
use casework::AgencyId;
use clap::Subcommand;
use contracts::events::{StaffAccessEndReason, StaffAccessEnded};

use super::DEFAULT_DATA;
use crate::{Config, DataFolder, House};

/// Whose accounts they are.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The data folder.
    #[arg(long, default_value = DEFAULT_DATA, global = true, conflicts_with = "config")]
    data: PathBuf,
    /// The configuration of a gateway, in place of a data folder.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
}

/// What to do. A login name is personal: mind who can read the shell's history.
#[derive(Subcommand)]
pub enum What {
    /// Makes an account, and prints the code with which its bearer enrols.
    Add {
        /// What they type to sign in.
        login_name: String,
        /// The agency they work for, by its id.
        #[arg(long)]
        agency: String,
        /// Their pseudonymous code, in the log for ever; a random one when it is left out.
        #[arg(long)]
        staff: Option<String>,
        /// What they may do beyond their office's everyday work: account-officer, identity-officer.
        #[arg(long = "role")]
        roles: Vec<String>,
    },
    /// Lists all accounts.
    List,
    /// Gives an account these roles in place of those it has. Whoever is signed in must sign in anew.
    Roles {
        /// Whose.
        login_name: String,
        /// Each role; none at all takes every role away.
        #[arg(long = "role")]
        roles: Vec<String>,
    },
    /// Lets somebody of the identity provider sign in with an account, in place of its password.
    Link {
        /// Whose account.
        login_name: String,
        /// Who it is there: the `sub` of their ID tokens.
        #[arg(long)]
        subject: String,
    },
    /// Takes away password and second factor, and prints a code to enrol anew.
    Reset {
        /// Whose.
        login_name: String,
    },
    /// Ends an account for good.
    End {
        /// Whose.
        login_name: String,
    },
}

/// Does it. An account is changed first and its tokens are ended then: whoever signs in in between
/// does so with the account as it is now. Should the second fail, do all of it again.
pub async fn run(place: &Place, what: What) -> anyhow::Result<()> {
    let config = match &place.config {
        Some(path) => Config::load(path)?,
        None => DataFolder::at(&place.data).config(([127, 0, 0, 1], 0).into())?,
    };
    let house = House::open(config, Arc::new(SystemClock)).await?;
    let accounts = house.accounts().await?.context("the configuration has no [accounts]")?;
    match what {
        What::Add { login_name, agency, staff, roles } => {
            let principal = principal(&house, &agency, staff, roles).await?;
            show(&accounts.add(&NewAccount { login_name, principal }).await?);
        }
        What::List => list(&accounts).await?,
        What::Roles { login_name, roles } => {
            let account = accounts.change_roles(&login_name, &roles).await?;
            end_access(&house, &account, StaffAccessEndReason::RolesChanged).await?;
        }
        What::Link { login_name, subject } => {
            let provider = house.config().accounts.as_ref().and_then(|it| it.provider.as_ref());
            let issuer = &provider.context("[accounts] names no provider")?.issuer;
            let subject = ProviderSubject { issuer, subject: &subject };
            let account = accounts.link(&login_name, subject).await?;
            end_access(&house, &account, StaffAccessEndReason::SignInReset).await?;
        }
        What::Reset { login_name } => {
            let invitation = accounts.reset(&login_name).await?;
            end_access(&house, &invitation.account, StaffAccessEndReason::SignInReset).await?;
            show(&invitation);
        }
        What::End { login_name } => {
            let account = accounts.end(&login_name).await?;
            end_access(&house, &account, StaffAccessEndReason::Left).await?;
        }
    }
    house.log.close().await;
    Ok(())
}

/// The register says of which kind the agency is.
async fn principal(
    house: &House,
    agency: &str,
    staff: Option<String>,
    roles: Vec<String>,
) -> anyhow::Result<Principal> {
    let register = house.agencies().fresh().await?;
    let known = register.active(&AgencyId::from(agency));
    let office = known.with_context(|| format!("{agency} is not registered, or retired"))?.office;
    let staff = staff.unwrap_or_else(random_code);
    Ok(Principal { office, agency: AgencyId::from(agency), staff, roles })
}

fn random_code() -> String {
    let id = RandomIds::random().simple().to_string();
    format!("staff-{}", &id[..8])
}

async fn end_access(
    house: &House,
    account: &Account,
    reason: StaffAccessEndReason,
) -> anyhow::Result<()> {
    let end = StaffAccessEnded { reason: reason.into(), ..StaffAccessEnded::default() };
    let (log, vault, clock) = (&house.log, &house.vault, house.clock());
    let ended = office::end_staff_access(log, vault, &*clock, &account.principal, end).await;
    ended.context("the account is changed, but its tokens were not ended: do it again")?;
    println!("{} の利用を終了しました / Every token was ended", account.principal.staff);
    Ok(())
}

fn show(invitation: &Invitation) {
    let Principal { agency, staff, .. } = &invitation.account.principal;
    println!("職員番号 Staff code      {agency} {staff}");
    println!("登録コード Enrolment code {}", invitation.code);
    println!("期限 Good until           {}", invitation.until);
    println!("画面の /enrol で登録します / To be used at /enrol");
}

async fn list(accounts: &Accounts) -> anyhow::Result<()> {
    let all = accounts.all().await?;
    for account in &all {
        let Principal { agency, staff, roles, .. } = &account.principal;
        let state = match account.state {
            AccountState::Invited => "invited",
            AccountState::Active => "active",
            AccountState::Ended => "ended",
        };
        println!("{agency}\t{staff}\t{state}\t{}\t{}", account.login_name, roles.join(","));
    }
    Ok(())
}
