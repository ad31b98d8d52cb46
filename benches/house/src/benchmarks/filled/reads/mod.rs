//! `reads`: what the record of reads costs those who read, and how long it takes to ask it.

mod asking;
mod served;
mod timelines;

use access::Principal;
use anyhow::Result;
use casework::AgencyId;
use contracts::Office;

use super::super::Setting;
use crate::filled_town::FilledTown;

/// Who reads timelines at the same time.
const READERS: usize = 64;

/// Measures all of it.
pub async fn run(setting: &mut Setting<'_>, town: &mut FilledTown) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let on_record = timelines::run(setting, town, folder.path()).await?;
    served::run(setting, town, on_record).await?;
    asking::run(setting, town, folder.path()).await
}

fn reader(agency: &str, office: Office, staff: &str) -> Principal {
    let (agency, staff) = (AgencyId::from(agency), staff.to_owned());
    Principal { office, agency, staff, roles: Vec::new() }
}
