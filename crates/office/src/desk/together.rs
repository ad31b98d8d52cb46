//! What lies in the streams of several persons goes there by one append, under the versions of all.

use contracts::office::CommandReply;
use event_log::{Append, AppendError};

use super::{Desk, Job, TRIES_MAX, repeating::known_again};
use crate::CommandError;

impl Desk {
    /// Carries out a command whose append `prepare` makes from what is on file now; again when
    /// somebody else has got in between. The reply comes from the log, whether the events were
    /// appended now or before, and what the answer tells is on record.
    pub(super) async fn append_together<F>(
        &self,
        job: &Job,
        prepare: impl Fn() -> F + Send + Sync,
    ) -> Result<CommandReply, CommandError>
    where
        F: Future<Output = Result<Append, CommandError>> + Send,
    {
        let answer = self.carry_out_together(job, prepare).await;
        self.told(job, answer).await
    }

    async fn carry_out_together<F>(
        &self,
        job: &Job,
        prepare: impl Fn() -> F + Send + Sync,
    ) -> Result<CommandReply, CommandError>
    where
        F: Future<Output = Result<Append, CommandError>> + Send,
    {
        if let Some(known) = self.known(job).await? {
            return self.reply_again(job, &known).await;
        }
        for _ in 0..TRIES_MAX {
            let append = match prepare().await {
                Ok(append) => append,
                Err(error) => return self.unless_known(job, error).await,
            };
            match self.parts.log.append(append).await {
                Ok(appended) => return self.reply_again(job, &known_again(job, &appended)).await,
                Err(AppendError::Conflict { .. }) => {}
                Err(AppendError::RequestReused) => return Err(CommandError::RequestReused),
                Err(error) => return Err(CommandError::Append(error)),
            }
        }
        self.unless_known(job, CommandError::Contended).await
    }
}
