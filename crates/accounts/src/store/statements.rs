//! The statements, written once: both databases read them alike, parameters included.

use super::{AccountRow, SessionRow};

/// The columns of an account, in the order of [`AccountColumns`].
pub(super) const FIND: &str = "SELECT account_id, login_name, office, agency, staff, roles, state, \
     version, password_hash, second_factor, code_hash, code_until FROM account \
     WHERE login_name = $1";

pub(super) const FIND_SUBJECT: &str = "SELECT account_id, login_name, office, agency, staff, roles, \
     state, version, password_hash, second_factor, code_hash, code_until FROM account \
     WHERE subject_hash = $1";

pub(super) const ALL: &str = "SELECT account_id, login_name, office, agency, staff, roles, state, \
     version, password_hash, second_factor, code_hash, code_until FROM account \
     ORDER BY agency, staff";

pub(super) const ADD: &str = "INSERT INTO account (account_id, login_name, office, agency, staff, \
     roles, state, version, code_hash, code_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
     ON CONFLICT DO NOTHING";

pub(super) const SET_ROLES: &str = "UPDATE account SET roles = $2, version = version + 1 \
     WHERE login_name = $1 AND state <> $3";

pub(super) const INVITE: &str = "UPDATE account SET state = $2, version = version + 1, \
     password_hash = NULL, second_factor = NULL, code_hash = $3, code_until = $4, \
     subject_hash = NULL \
     WHERE login_name = $1 AND state <> $5";

pub(super) const END: &str = "UPDATE account SET state = $2, version = version + 1, \
     password_hash = NULL, second_factor = NULL, code_hash = NULL, code_until = NULL, \
     subject_hash = NULL \
     WHERE login_name = $1";

pub(super) const LINK: &str = "UPDATE account SET state = $2, version = version + 1, \
     password_hash = NULL, second_factor = NULL, code_hash = NULL, code_until = NULL, \
     subject_hash = $3 \
     WHERE login_name = $1 AND state <> $4 AND NOT EXISTS (SELECT 1 FROM account AS other \
     WHERE other.subject_hash = $3 AND other.login_name <> $1)";

pub(super) const PREPARE: &str = "UPDATE account SET password_hash = $5, second_factor = $6 \
     WHERE account_id = $1 AND version = $2 AND code_hash = $3 AND code_until > $4";

pub(super) const ACTIVATE: &str = "UPDATE account SET state = $5, version = version + 1, \
     used_step = $6, code_hash = NULL, code_until = NULL \
     WHERE account_id = $1 AND version = $2 AND code_hash = $3 AND code_until > $4 \
     AND second_factor = $7 AND used_step < $6";

pub(super) const USE_STEP: &str = "UPDATE account SET used_step = $3 \
     WHERE account_id = $1 AND version = $2 AND state = $4 AND used_step < $3";

pub(super) const BEGIN_SESSION: &str = "INSERT INTO session (session_hash, account_id, version, \
     token_session, ends_known, began_at, seen_at) \
     SELECT $3, account_id, version, $4, $5, $6, $7 FROM account \
     WHERE account_id = $1 AND version = $2 AND state = $8";

pub(super) const SESSION: &str = "SELECT token_session, ends_known, began_at, seen_at, office, agency, \
     staff, roles FROM session JOIN account \
     ON account.account_id = session.account_id AND account.version = session.version \
     WHERE session_hash = $1 AND began_at > $2 AND seen_at > $3 AND state = $4";

pub(super) const SEE_SESSION: &str =
    "UPDATE session SET seen_at = $2 WHERE session_hash = $1 AND seen_at < $2";

pub(super) const END_SESSION: &str = "DELETE FROM session WHERE session_hash = $1";

pub(super) const FORGET_SESSIONS: &str =
    "DELETE FROM session WHERE began_at <= $1 OR seen_at <= $2";

pub(super) const ATTEMPTS: &str = "SELECT failures, last_at FROM attempt WHERE attempt_key = $1";

pub(super) const COUNT_FIRST: &str = "INSERT INTO attempt (attempt_key, failures, last_at) \
     VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

pub(super) const COUNT: &str = "UPDATE attempt SET failures = $2, last_at = $3 \
     WHERE attempt_key = $1 AND failures = $4 AND last_at = $5";

pub(super) const TAKE_BACK_ATTEMPT: &str = "UPDATE attempt \
     SET failures = CASE WHEN failures > $2 THEN failures - $2 ELSE 0 END WHERE attempt_key = $1";

pub(super) const FORGET_ATTEMPTS_BEFORE: &str = "DELETE FROM attempt WHERE last_at < $1";

/// An account as the statements give it.
pub(super) type AccountColumns = (
    String,
    String,
    i64,
    String,
    String,
    String,
    i64,
    i64,
    Option<String>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<i64>,
);

/// A session as the statement gives it, with what its account says.
pub(super) type SessionColumns = (String, i64, i64, i64, i64, String, String, String);

impl From<AccountColumns> for AccountRow {
    #[rustfmt::skip]
    fn from(
        (account_id, login_name, office, agency, staff, roles, state, version,
            password_hash, second_factor, code_hash, code_until): AccountColumns,
    ) -> Self {
        Self {
            account_id, login_name, office, agency, staff, roles, state, version,
            password_hash, second_factor, code_hash, code_until,
        }
    }
}

impl From<SessionColumns> for SessionRow {
    fn from(columns: SessionColumns) -> Self {
        let (token_session, ends_known, began_at, seen_at, office, agency, staff, roles) = columns;
        Self { token_session, ends_known, began_at, seen_at, office, agency, staff, roles }
    }
}

/// Implements the store on a type that holds a pool, with what the caller has in scope.
macro_rules! account_store {
    ($store:ident) => {
        #[async_trait]
        impl AccountStore for $store {
            async fn add(&self, account: &AccountRow) -> Result<bool, AccountsError> {
                let added = sqlx::query(statements::ADD)
                    .bind(&account.account_id)
                    .bind(&account.login_name)
                    .bind(account.office)
                    .bind(&account.agency)
                    .bind(&account.staff)
                    .bind(&account.roles)
                    .bind(account.state)
                    .bind(account.version)
                    .bind(account.code_hash.as_deref())
                    .bind(account.code_until)
                    .execute(&self.0);
                Ok(added.await?.rows_affected() == 1)
            }

            async fn find(&self, login_name: &str) -> Result<Option<AccountRow>, AccountsError> {
                let found = sqlx::query_as::<_, AccountColumns>(statements::FIND).bind(login_name);
                Ok(found.fetch_optional(&self.0).await?.map(AccountRow::from))
            }

            async fn find_subject(
                &self,
                subject: &[u8],
            ) -> Result<Option<AccountRow>, AccountsError> {
                let found = sqlx::query_as::<_, AccountColumns>(statements::FIND_SUBJECT);
                let found = found.bind(subject).fetch_optional(&self.0);
                Ok(found.await?.map(AccountRow::from))
            }

            async fn link(&self, login_name: &str, subject: &[u8]) -> Result<bool, AccountsError> {
                let linked = sqlx::query(statements::LINK)
                    .bind(login_name)
                    .bind(AccountState::Active.number())
                    .bind(subject)
                    .bind(AccountState::Ended.number())
                    .execute(&self.0);
                match linked.await {
                    // Somebody else was linked to it at this very moment.
                    Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
                    linked => Ok(linked?.rows_affected() == 1),
                }
            }

            async fn all(&self) -> Result<Vec<AccountRow>, AccountsError> {
                let all = sqlx::query_as::<_, AccountColumns>(statements::ALL);
                Ok(all.fetch_all(&self.0).await?.into_iter().map(AccountRow::from).collect())
            }

            async fn set_roles(
                &self,
                login_name: &str,
                roles: &str,
            ) -> Result<bool, AccountsError> {
                let set = sqlx::query(statements::SET_ROLES)
                    .bind(login_name)
                    .bind(roles)
                    .bind(AccountState::Ended.number())
                    .execute(&self.0);
                Ok(set.await?.rows_affected() == 1)
            }

            async fn invite(
                &self,
                login_name: &str,
                code: &[u8],
                until: i64,
            ) -> Result<bool, AccountsError> {
                let invited = sqlx::query(statements::INVITE)
                    .bind(login_name)
                    .bind(AccountState::Invited.number())
                    .bind(code)
                    .bind(until)
                    .bind(AccountState::Ended.number())
                    .execute(&self.0);
                Ok(invited.await?.rows_affected() == 1)
            }

            async fn end(&self, login_name: &str) -> Result<bool, AccountsError> {
                let ended = sqlx::query(statements::END)
                    .bind(login_name)
                    .bind(AccountState::Ended.number())
                    .execute(&self.0);
                Ok(ended.await?.rows_affected() == 1)
            }

            async fn prepare(
                &self,
                account: &AccountRow,
                now: i64,
                password_hash: &str,
                second_factor: &[u8],
            ) -> Result<bool, AccountsError> {
                let prepared = sqlx::query(statements::PREPARE)
                    .bind(&account.account_id)
                    .bind(account.version)
                    .bind(account.code_hash.as_deref())
                    .bind(now)
                    .bind(password_hash)
                    .bind(second_factor)
                    .execute(&self.0);
                Ok(prepared.await?.rows_affected() == 1)
            }

            async fn activate(
                &self,
                account: &AccountRow,
                now: i64,
                step: i64,
            ) -> Result<bool, AccountsError> {
                let activated = sqlx::query(statements::ACTIVATE)
                    .bind(&account.account_id)
                    .bind(account.version)
                    .bind(account.code_hash.as_deref())
                    .bind(now)
                    .bind(AccountState::Active.number())
                    .bind(step)
                    .bind(account.second_factor.as_deref())
                    .execute(&self.0);
                Ok(activated.await?.rows_affected() == 1)
            }

            async fn use_step(
                &self,
                account: &AccountRow,
                step: i64,
            ) -> Result<bool, AccountsError> {
                let used = sqlx::query(statements::USE_STEP)
                    .bind(&account.account_id)
                    .bind(account.version)
                    .bind(step)
                    .bind(AccountState::Active.number())
                    .execute(&self.0);
                Ok(used.await?.rows_affected() == 1)
            }

            async fn begin_session(
                &self,
                account: &AccountRow,
                hash: &[u8],
                session: &BegunSession,
            ) -> Result<bool, AccountsError> {
                let begun = sqlx::query(statements::BEGIN_SESSION)
                    .bind(&account.account_id)
                    .bind(account.version)
                    .bind(hash)
                    .bind(&session.token_session)
                    .bind(session.ends_known)
                    .bind(session.began_at)
                    .bind(session.began_at)
                    .bind(AccountState::Active.number())
                    .execute(&self.0);
                Ok(begun.await?.rows_affected() == 1)
            }

            async fn session(
                &self,
                hash: &[u8],
                ended: Ended,
            ) -> Result<Option<SessionRow>, AccountsError> {
                let found = sqlx::query_as::<_, SessionColumns>(statements::SESSION)
                    .bind(hash)
                    .bind(ended.began_before)
                    .bind(ended.seen_before)
                    .bind(AccountState::Active.number());
                Ok(found.fetch_optional(&self.0).await?.map(SessionRow::from))
            }

            async fn see_session(&self, hash: &[u8], now: i64) -> Result<(), AccountsError> {
                sqlx::query(statements::SEE_SESSION).bind(hash).bind(now).execute(&self.0).await?;
                Ok(())
            }

            async fn end_session(&self, hash: &[u8]) -> Result<(), AccountsError> {
                sqlx::query(statements::END_SESSION).bind(hash).execute(&self.0).await?;
                Ok(())
            }

            async fn forget_sessions(&self, ended: Ended) -> Result<(), AccountsError> {
                let forgotten = sqlx::query(statements::FORGET_SESSIONS)
                    .bind(ended.began_before)
                    .bind(ended.seen_before)
                    .execute(&self.0);
                forgotten.await?;
                Ok(())
            }

            async fn attempts(&self, key: &[u8]) -> Result<Option<Attempts>, AccountsError> {
                let found = sqlx::query_as::<_, (i64, i64)>(statements::ATTEMPTS).bind(key);
                let found = found.fetch_optional(&self.0).await?;
                Ok(found.map(|(failures, last_at)| Attempts { failures, last_at }))
            }

            async fn count(
                &self,
                key: &[u8],
                before: Option<Attempts>,
                after: Attempts,
            ) -> Result<bool, AccountsError> {
                let statement = match before {
                    None => statements::COUNT_FIRST,
                    Some(_) => statements::COUNT,
                };
                let mut counted =
                    sqlx::query(statement).bind(key).bind(after.failures).bind(after.last_at);
                if let Some(before) = before {
                    counted = counted.bind(before.failures).bind(before.last_at);
                }
                Ok(counted.execute(&self.0).await?.rows_affected() == 1)
            }

            async fn take_back_attempt(&self, key: &[u8]) -> Result<(), AccountsError> {
                let taken = sqlx::query(statements::TAKE_BACK_ATTEMPT).bind(key).bind(FAILURE);
                taken.execute(&self.0).await?;
                Ok(())
            }

            async fn forget_attempts_before(&self, at: i64) -> Result<(), AccountsError> {
                sqlx::query(statements::FORGET_ATTEMPTS_BEFORE).bind(at).execute(&self.0).await?;
                Ok(())
            }
        }
    };
}

pub(super) use account_store;
