//! `tsunagi import`: sends a table to an office, shows how far it is, and writes down what became of
//! each row.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use contracts::office::{
    CsvEncoding, ImportOutcome, ImportTableRequest, ImportedRow, ImportedTable, import_table_reply,
    import_table_request::Part, records_service_client::RecordsServiceClient,
};
use tonic::{
    Request, Status,
    transport::{Channel, Uri},
};

use crate::{Config, Tls, demonstration::progress_bar, front};

/// What a piece of the file holds.
const PIECE_BYTES: usize = 64 * 1024;

/// Where the table goes and what it is.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The table (CSV in UTF-8 or CP932). What its columns are called stands in docs/importing.md.
    file: PathBuf,
    /// The type of the events, one for each row: PersonRegistered, InpatientEpisodeOpened …
    #[arg(long)]
    event: String,
    /// The office; one on another machine is reached by https alone.
    #[arg(long, default_value = "http://127.0.0.1:50051")]
    office: Uri,
    /// For https: a configuration with [tls], whose certificate the office knows as a peer's.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The bearer token.
    #[arg(long, env = "TSUNAGI_TOKEN", hide_env_values = true)]
    token: String,
    /// utf-8 or cp932; without it, the one that fits.
    #[arg(long)]
    encoding: Option<String>,
    /// Where the report goes; beside the table without it.
    #[arg(long)]
    report: Option<PathBuf>,
}

/// How many rows came to what.
#[derive(Default)]
struct Count {
    recorded: u32,
    already: u32,
    refused: u32,
}

/// Imports, prints the counts, and fails when a row was refused.
pub async fn run(import: Import) -> anyhow::Result<()> {
    let csv = std::fs::read(&import.file)
        .with_context(|| format!("cannot read {}", import.file.display()))?;
    let path = import.report.clone().unwrap_or_else(|| beside(&import.file));
    let mut report = Report::create(&path)?;
    let count = send(&import, csv, &mut report).await?;
    println!(
        "取り込み: {}件 / recorded {}; 取り込み済み: {}件 / already recorded {}; \
         取り込めなかった行: {}件 / refused {}",
        count.recorded, count.recorded, count.already, count.already, count.refused, count.refused
    );
    println!("結果の一覧 / report: {}", path.display());
    if count.refused > 0 {
        bail!("{} rows were refused; mend them and import the table again", count.refused);
    }
    Ok(())
}

async fn send(import: &Import, csv: Vec<u8>, report: &mut Report) -> anyhow::Result<Count> {
    let mut client = RecordsServiceClient::new(office(import)?);
    let mut request = Request::new(tokio_stream::iter(parts(import, &csv)?));
    let token = format!("Bearer {}", import.token).parse().context("this is no token")?;
    request.metadata_mut().insert("authorization", token);
    let replies = client.import_table(request).await.map_err(|status| refused(&status));
    let mut replies =
        replies.with_context(|| format!("{} takes no table", import.office))?.into_inner();
    let (mut count, mut bar) = (Count::default(), None);
    while let Some(reply) = replies.message().await.map_err(|status| refused(&status))? {
        match reply.part {
            Some(import_table_reply::Part::Rows(rows)) => {
                bar = Some(progress_bar(rows.into(), "取り込んでいます"));
            }
            Some(import_table_reply::Part::Row(row)) => {
                count.add(row.outcome());
                report.write(&row)?;
                if let Some(bar) = &bar {
                    bar.inc(1);
                }
            }
            None => {}
        }
    }
    report.lines.flush()?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    Ok(count)
}

fn office(import: &Import) -> anyhow::Result<Channel> {
    let tls = import.config.as_deref().map(Config::load).transpose()?.and_then(|it| it.tls);
    let tls = tls.as_ref().map(Tls::open).transpose()?;
    front::channel(import.office.clone(), tls.as_ref())
}

fn parts(import: &Import, csv: &[u8]) -> anyhow::Result<Vec<ImportTableRequest>> {
    let encoding = match import.encoding.as_deref() {
        None => CsvEncoding::Unspecified,
        Some("utf-8" | "utf8") => CsvEncoding::Utf8,
        Some("cp932" | "shift_jis") => CsvEncoding::Cp932,
        Some(other) => bail!("{other} is not an encoding of tables; utf-8 and cp932 are"),
    };
    let table = ImportedTable { event_type: import.event.clone(), encoding: encoding.into() };
    let pieces = csv.chunks(PIECE_BYTES).map(|piece| Part::Csv(piece.to_vec()));
    let parts = [Part::Table(table)].into_iter().chain(pieces);
    Ok(parts.map(|part| ImportTableRequest { part: Some(part) }).collect())
}

/// What the office says, in its own Japanese words.
fn refused(status: &Status) -> anyhow::Error {
    use tonic_types::StatusExt;
    let details = status.get_error_details();
    let japanese = details.localized_message().map(|words| words.message.clone());
    anyhow::anyhow!("{}\n{}", japanese.unwrap_or_default(), status.message())
}

fn beside(file: &Path) -> PathBuf {
    file.with_extension("report.csv")
}

impl Count {
    fn add(&mut self, outcome: ImportOutcome) {
        match outcome {
            ImportOutcome::Recorded => self.recorded += 1,
            ImportOutcome::AlreadyRecorded => self.already += 1,
            ImportOutcome::Refused | ImportOutcome::Unspecified => self.refused += 1,
        }
    }
}

/// A line for each row, which spreadsheets open: no cell of the table stands in it.
struct Report {
    lines: BufWriter<File>,
}

impl Report {
    fn create(path: &Path) -> anyhow::Result<Self> {
        // What is said of a row is no less personal than the row.
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        let mut lines = BufWriter::new(file);
        // The mark by which spreadsheets know UTF-8.
        writeln!(lines, "\u{feff}行,結果,本人番号,コード,内容")?;
        Ok(Self { lines })
    }

    fn write(&mut self, row: &ImportedRow) -> anyhow::Result<()> {
        let outcome = match row.outcome() {
            ImportOutcome::Recorded => "取り込みました",
            ImportOutcome::AlreadyRecorded => "取り込み済みです",
            ImportOutcome::Refused | ImportOutcome::Unspecified => "取り込めませんでした",
        };
        let warnings = row.warnings.iter().map(|warning| warning.message_ja.as_str());
        let said: Vec<_> = [row.message_ja.as_str()].into_iter().chain(warnings).collect();
        let said = said.join(" ").replace('"', "\"\"").replace('\n', " ");
        let (number, person, reason) = (row.row, &row.person_id, &row.reason);
        Ok(writeln!(self.lines, "{number},{outcome},{person},{reason},\"{}\"", said.trim())?)
    }
}
