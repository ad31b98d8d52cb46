//! Ends the access of a member of staff, or one of their sessions.

use access::Principal;
use casework::{Decided, Refusal};
use contracts::events::{StaffAccessEnded, StaffSessionEnded};

/// Ends every token of oneself, or of somebody for whose access one is responsible. Doing it again
/// ends what was issued meanwhile.
pub fn decide(by: &Principal, end: StaffAccessEnded) -> Result<Decided, Refusal> {
    check(by, &end.staff)?;
    Ok(Decided::of_register(end.into()))
}

/// Ends the tokens of one session likewise.
pub fn decide_on_session(by: &Principal, end: StaffSessionEnded) -> Result<Decided, Refusal> {
    check(by, &end.staff)?;
    Ok(Decided::of_register(end.into()))
}

/// The event goes to the stream of the caller's own agency, so whoever it names works there.
fn check(by: &Principal, staff: &str) -> Result<(), Refusal> {
    let may = by.staff == staff || by.is_account_officer();
    if may { Ok(()) } else { Err(Refusal::NotAccountOfficer) }
}

#[cfg(test)]
mod tests {
    use casework::{ACCOUNT_OFFICER, AgencyId};
    use contracts::Office;

    use super::*;

    fn by(staff: &str, roles: &[&str]) -> Principal {
        Principal {
            office: Office::Hospital,
            agency: AgencyId::from("hospital-a"),
            staff: staff.into(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        }
    }

    fn access_of(staff: &str) -> StaffAccessEnded {
        StaffAccessEnded { staff: staff.into(), ..Default::default() }
    }

    fn session_of(staff: &str) -> StaffSessionEnded {
        StaffSessionEnded { staff: staff.into(), ..Default::default() }
    }

    #[test]
    fn everybody_ends_their_own() {
        let oneself = by("staff-1", &[]);
        assert_eq!(decide(&oneself, access_of("staff-1")).map(|it| it.events.len()), Ok(1));
        let session = decide_on_session(&oneself, session_of("staff-1"));
        assert_eq!(session.map(|it| it.events.len()), Ok(1));
    }

    #[test]
    fn an_account_officer_ends_that_of_others() {
        let officer = by("staff-2", &[ACCOUNT_OFFICER]);
        assert!(decide(&officer, access_of("staff-1")).is_ok());
        assert!(decide_on_session(&officer, session_of("staff-1")).is_ok());
    }

    #[test]
    fn nobody_else_ends_that_of_others() {
        let colleague = by("staff-2", &["identity-officer"]);
        let refused = Some(Refusal::NotAccountOfficer);
        assert_eq!(decide(&colleague, access_of("staff-1")).err(), refused);
        assert_eq!(decide_on_session(&colleague, session_of("staff-1")).err(), refused);
    }
}
