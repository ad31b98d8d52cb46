//! The process that appends, seen from outside: many requests in flight over its standard input
//! and output, and an end that may come at any moment.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result, ensure};
use event_log::Appended;
use tokio::sync::oneshot;

use crate::door::{Answer, Reply};
use crate::request::{Content, Request};

/// A running `append-server`. Dropping it kills it.
pub struct ServerProcess {
    child: Mutex<Child>,
    input: Mutex<Option<ChildStdin>>,
    waiting: Arc<Mutex<Waiting>>,
}

/// Who waits for which answer; once the process is gone, nobody may wait any more.
#[derive(Default)]
struct Waiting {
    is_gone: bool,
    last_ticket: u64,
    answers: HashMap<u64, oneshot::Sender<Answer>>,
}

impl ServerProcess {
    /// Starts it on the log at `url`, under a wrapper (such as strace) where there is one, and
    /// waits until it is ready.
    ///
    /// # Errors
    /// When it does not start, or cannot open the log.
    pub fn start(program: &Path, wrapper: &[String], url: &str) -> Result<Arc<Self>> {
        let mut child = command(program, wrapper)
            .arg(url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start the append server")?;
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().context("its output is piped")?);
        let waiting = Arc::default();
        let server = Self {
            child: Mutex::new(child),
            input: Mutex::new(input),
            waiting: Arc::clone(&waiting),
        };
        let mut ready = String::new();
        output.read_line(&mut ready)?;
        ensure!(ready == "ready\n", "the append server could not open the log");
        thread::spawn(move || hand_out(output, &waiting));
        Ok(Arc::new(server))
    }

    /// Asks once.
    pub async fn append(&self, request: &Request, reply: Reply) -> Answer {
        let Some((ticket, answer)) = self.take_ticket() else { return Answer::Unknown };
        if self.send(ticket, request, reply).is_err() {
            return Answer::Unknown;
        }
        // The other end is dropped when the process is gone.
        answer.await.unwrap_or(Answer::Unknown)
    }

    fn take_ticket(&self) -> Option<(u64, oneshot::Receiver<Answer>)> {
        let mut waiting = self.waiting.lock().expect("nobody panics with it");
        if waiting.is_gone {
            return None;
        }
        waiting.last_ticket += 1;
        let (sender, answer) = oneshot::channel();
        let ticket = waiting.last_ticket;
        waiting.answers.insert(ticket, sender);
        Some((ticket, answer))
    }

    fn send(&self, ticket: u64, request: &Request, reply: Reply) -> std::io::Result<()> {
        let line = Question { ticket, request: *request, reply }.to_line();
        let mut input = self.input.lock().expect("nobody panics with it");
        match input.as_mut() {
            Some(input) => input.write_all(line.as_bytes()),
            None => Err(std::io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Kills it with SIGKILL and waits until it is gone.
    ///
    /// # Panics
    /// When the system does not let us.
    pub fn kill(&self) {
        let mut child = self.child.lock().expect("nobody panics with it");
        child.kill().expect("a child may be killed");
        child.wait().expect("a child may be waited for");
    }

    /// Lets it answer what is in flight, close the log and end.
    ///
    /// # Errors
    /// When it ends with a complaint.
    ///
    /// # Panics
    /// Never: nobody panics while holding its parts.
    pub fn end(&self) -> Result<()> {
        self.input.lock().expect("nobody panics with it").take();
        let status = self.child.lock().expect("nobody panics with it").wait()?;
        ensure!(status.success(), "the append server ended with {status}");
        Ok(())
    }

    /// Its process number.
    ///
    /// # Panics
    /// Never: nobody panics while holding its parts.
    pub fn process(&self) -> u32 {
        self.child.lock().expect("nobody panics with it").id()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

fn command(program: &Path, wrapper: &[String]) -> Command {
    let Some((first, rest)) = wrapper.split_first() else { return Command::new(program) };
    let mut command = Command::new(first);
    command.args(rest).arg(program);
    command
}

fn hand_out(output: BufReader<ChildStdout>, waiting: &Mutex<Waiting>) {
    // A line that was cut off by the kill is no answer.
    for (ticket, answer) in output.split(b'\n').map_while(|line| parse_answer(&line.ok()?)) {
        let asker = waiting.lock().expect("nobody panics with it").answers.remove(&ticket);
        // Whoever stopped waiting does not need the answer.
        let _ = asker.map(|asker| asker.send(answer));
    }
    let mut waiting = waiting.lock().expect("nobody panics with it");
    waiting.is_gone = true;
    waiting.answers.clear();
}

/// One line of the server's input.
pub struct Question {
    /// Which answer belongs to it.
    pub ticket: u64,
    /// What is asked.
    pub request: Request,
    /// What becomes of the reply.
    pub reply: Reply,
}

impl Question {
    fn to_line(&self) -> String {
        let content = if self.request.content() == Content::Forged { "forged" } else { "honest" };
        let reply = if self.reply == Reply::Lost { "lost" } else { "sent" };
        let (run, number) = (self.request.run(), self.request.number());
        format!("{} {run} {number} {content} {reply}\n", self.ticket)
    }

    /// Reads a line of the server's input.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        let [ticket, run, number, content, reply] = line.split(' ').collect::<Vec<_>>()[..] else {
            return None;
        };
        let content = if content == "forged" { Content::Forged } else { Content::Honest };
        Some(Self {
            ticket: ticket.parse().ok()?,
            request: Request::new(run.parse().ok()?, number.parse().ok()?, content),
            reply: if reply == "lost" { Reply::Lost } else { Reply::Sent },
        })
    }

    /// The line of the server's output that answers it. Its last word is a full stop, so that a
    /// line which a kill cuts short is not taken for an answer.
    #[must_use]
    pub fn answer_line(&self, answer: &Answer) -> String {
        let said = match answer {
            _ if self.reply == Reply::Lost => "unknown".to_owned(),
            Answer::Unknown => "unknown".to_owned(),
            Answer::Reused => "reused".to_owned(),
            Answer::Refused(why) => format!("refused {why}"),
            Answer::Appended(appended) => format!(
                "appended {} {} {}",
                appended.first_position, appended.last_position, appended.replayed
            ),
        };
        format!("{} {said} .\n", self.ticket)
    }
}

fn parse_answer(line: &[u8]) -> Option<(u64, Answer)> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix(" .")?;
    let (ticket, said) = line.split_once(' ')?;
    let (kind, rest) = said.split_once(' ').unwrap_or((said, ""));
    let answer = match kind {
        "appended" => Answer::Appended(parse_appended(rest)?),
        "reused" => Answer::Reused,
        "refused" => Answer::Refused(rest.to_owned()),
        _ => Answer::Unknown,
    };
    Some((ticket.parse().ok()?, answer))
}

fn parse_appended(text: &str) -> Option<Appended> {
    let mut words = text.split(' ');
    Some(Appended {
        first_position: words.next()?.parse().ok()?,
        last_position: words.next()?.parse().ok()?,
        replayed: words.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(reply: Reply) -> Question {
        Question { ticket: 5, request: Request::new(7, 3, Content::Forged), reply }
    }

    #[test]
    fn questions_and_answers_come_through() {
        let line = question(Reply::Sent).to_line();
        let read = Question::from_line(line.trim_end()).unwrap();
        assert_eq!((read.ticket, read.request), (5, question(Reply::Sent).request));
        let appended = Appended { first_position: 8, last_position: 9, replayed: true };
        let answer = Answer::Appended(appended);
        let line = read.answer_line(&answer);
        assert_eq!(parse_answer(line.trim_end().as_bytes()), Some((5, answer)));
    }

    #[test]
    fn half_a_line_is_no_answer_and_a_lost_reply_tells_nothing() {
        let appended = Appended { first_position: 81, last_position: 92, replayed: false };
        let line = question(Reply::Sent).answer_line(&Answer::Appended(appended));
        for end in 0..line.len() - 1 {
            assert_eq!(parse_answer(&line.as_bytes()[..end]), None);
        }
        let lost = question(Reply::Lost).answer_line(&Answer::Appended(appended));
        assert_eq!(parse_answer(lost.trim_end().as_bytes()), Some((5, Answer::Unknown)));
    }
}
