//! Sessions: what the browser holds, and how long it is worth anything.

use access::{Principal, RandomIds, TokenSession};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Accounts, AccountsError, account, secret,
    sign_in::Admitted,
    store::{BegunSession, Ended, SessionRow},
};

/// A session ends after so much time without a request.
pub const SESSION_IDLE_MINUTES_MAX: i64 = 15;
/// And after so much time whatever happens.
pub const SESSION_HOURS_MAX: i64 = 12;

/// Whether somebody is there is written down this often at most. A session so ends up to this much
/// early, and never late.
const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(15);

const ID_BYTES: usize = 32;

/// A session that has just begun.
pub struct NewSession {
    /// What the browser is to hold. It is kept nowhere else.
    pub id: String,
    /// The session.
    pub session: Session,
}

/// A session that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is, with the roles of now.
    pub principal: Principal,
    /// What its tokens say of it.
    pub tokens: TokenSession,
    /// When it ends whatever happens.
    pub ends_at: Timestamp,
}

impl Accounts {
    /// Begins a session for somebody who was admitted; none when their account has changed since.
    /// `ends_known` is how often the log says that their access was ended.
    pub async fn begin_session(
        &self,
        admitted: &Admitted,
        ends_known: u32,
    ) -> Result<Option<NewSession>, AccountsError> {
        let now = self.now();
        self.store.forget_sessions(ended_at(now)).await?;
        let id = URL_SAFE_NO_PAD.encode(secret::random::<ID_BYTES>().as_slice());
        let begun = BegunSession {
            token_session: RandomIds::random().to_string(),
            ends_known: i64::from(ends_known),
            began_at: now.as_microsecond(),
        };
        let hash = secret::hash(id.as_bytes());
        if !self.store.begin_session(&admitted.0, &hash, &begun).await? {
            return Ok(None);
        }
        let session = self.session(&id).await?;
        Ok(session.map(|session| NewSession { id, session }))
    }

    /// The session with this id, without counting as a sign that somebody is there.
    pub async fn session(&self, id: &str) -> Result<Option<Session>, AccountsError> {
        let found = self.store.session(&secret::hash(id.as_bytes()), ended_at(self.now())).await?;
        found.as_ref().map(Session::of).transpose()
    }

    /// The session with this id. Somebody is there: it goes on.
    pub async fn see_session(&self, id: &str) -> Result<Option<Session>, AccountsError> {
        let (now, hash) = (self.now(), secret::hash(id.as_bytes()));
        let Some(found) = self.store.session(&hash, ended_at(now)).await? else { return Ok(None) };
        if found.seen_at <= (now - SEEN_EVERY).as_microsecond() {
            self.store.see_session(&hash, now.as_microsecond()).await?;
        }
        Session::of(&found).map(Some)
    }

    /// Ends the session with this id here. Its tokens live until its end is recorded as well.
    pub async fn end_session(&self, id: &str) -> Result<(), AccountsError> {
        self.store.end_session(&secret::hash(id.as_bytes())).await
    }
}

impl Session {
    fn of(row: &SessionRow) -> Result<Self, AccountsError> {
        let began_at = Timestamp::from_microsecond(row.began_at);
        let began_at = began_at.map_err(|_| AccountsError::Damaged)?;
        let ends_known = u32::try_from(row.ends_known).map_err(|_| AccountsError::Damaged)?;
        Ok(Self {
            principal: account::principal(row.office, &row.agency, &row.staff, &row.roles)?,
            tokens: TokenSession { id: row.token_session.clone(), ends_known },
            ends_at: began_at + SignedDuration::from_hours(SESSION_HOURS_MAX),
        })
    }
}

/// What began or was last seen by then has ended now.
fn ended_at(now: Timestamp) -> Ended {
    let before = |life: SignedDuration| (now - life).as_microsecond();
    Ended {
        began_before: before(SignedDuration::from_hours(SESSION_HOURS_MAX)),
        seen_before: before(SignedDuration::from_mins(SESSION_IDLE_MINUTES_MAX)),
    }
}
