//! Accounts as their officers see them.

use access::Principal;
use casework::AgencyId;
use contracts::{Office, is_code};
use unicode_normalization::UnicodeNormalization;

use crate::{AccountsError, store::AccountRow};

const LOGIN_NAME_CHARS: std::ops::RangeInclusive<usize> = 3..=64;

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Its bearer has not set a password and a second factor yet, or must do so anew.
    Invited,
    /// Its bearer can sign in.
    Active,
    /// Nobody signs in with it any more.
    Ended,
}

/// An account, without its secrets. The login name is personal: it cannot be printed by accident.
#[derive(Clone)]
pub struct Account {
    /// What its bearer types.
    pub login_name: String,
    /// What its tokens say.
    pub principal: Principal,
    /// Where it stands.
    pub state: AccountState,
}

/// An account to be made.
#[derive(Clone)]
pub struct NewAccount {
    /// What its bearer will type.
    pub login_name: String,
    /// What its tokens will say.
    pub principal: Principal,
}

impl NewAccount {
    /// The login name in its one form, when everything about the account can be kept.
    pub(crate) fn checked(&self) -> Result<String, AccountsError> {
        let name = login_name(&self.login_name);
        let fits = LOGIN_NAME_CHARS.contains(&name.chars().count());
        if !fits || name.chars().any(|char| char.is_control() || char.is_whitespace()) {
            return Err(AccountsError::LoginName);
        }
        let Principal { agency, staff, roles, .. } = &self.principal;
        let mut codes =
            [agency.as_str(), staff].into_iter().chain(roles.iter().map(String::as_str));
        if codes.all(is_code) { Ok(name) } else { Err(AccountsError::Code) }
    }
}

impl AccountState {
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Invited => 1,
            Self::Active => 2,
            Self::Ended => 3,
        }
    }

    fn of(number: i64) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Ended].into_iter().find(|it| it.number() == number)
    }
}

impl Account {
    pub(crate) fn of(row: &AccountRow) -> Result<Self, AccountsError> {
        let principal = principal(row.office, &row.agency, &row.staff, &row.roles)?;
        let state = AccountState::of(row.state).ok_or(AccountsError::Damaged)?;
        Ok(Self { login_name: row.login_name.clone(), principal, state })
    }
}

/// Whom an account stands for, as it is stored.
pub(crate) fn principal(
    office: i64,
    agency: &str,
    staff: &str,
    roles: &str,
) -> Result<Principal, AccountsError> {
    let office = i32::try_from(office).ok().and_then(|office| Office::try_from(office).ok());
    Ok(Principal {
        office: office.ok_or(AccountsError::Damaged)?,
        agency: AgencyId::from(agency),
        staff: staff.to_owned(),
        roles: roles.split_whitespace().map(str::to_owned).collect(),
    })
}

/// A login name in its one form: width and case do not matter.
pub(crate) fn login_name(entered: &str) -> String {
    entered.trim().nfkc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(login_name: &str, staff: &str, roles: &[&str]) -> NewAccount {
        let principal = Principal {
            office: Office::Hospital,
            agency: AgencyId::from("hospital-a"),
            staff: staff.into(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        };
        NewAccount { login_name: login_name.into(), principal }
    }

    #[test]
    fn a_login_name_has_one_form() {
        for entered in ["Aoi.Kakuu", " aoi.kakuu ", "ＡＯＩ．ｋａｋｕｕ"] {
            assert_eq!(account(entered, "s-1", &[]).checked().ok().as_deref(), Some("aoi.kakuu"));
        }
        for entered in ["", "ab", "a b c", "a\u{7}bc", &"a".repeat(65)] {
            let refused = account(entered, "s-1", &[]).checked();
            assert!(matches!(refused, Err(AccountsError::LoginName)), "{entered:?}");
        }
    }

    #[test]
    fn what_goes_into_tokens_is_a_code() {
        assert!(account("aoi", "s-1", &["account-officer"]).checked().is_ok());
        for (staff, role) in [("架空", "a"), ("S-1", "a"), ("", "a"), ("s-1", "two words")] {
            let refused = account("aoi", staff, &[role]).checked();
            assert!(matches!(refused, Err(AccountsError::Code)), "{staff} {role}");
        }
    }
}
