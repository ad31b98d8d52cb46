//! The rows of a table, one event each, through the same doors as any other request.
//!
//! What a table looks like follows from the declarations: a column for each field, headed by its
//! Japanese label. So every event that an office may append can be imported, and none needs code.

mod columns;
mod row;
mod table;

use access::Principal;
use casework::today;
use contracts::{
    EventKind, Violation, catalogue,
    office::{
        CsvEncoding, ImportOutcome, ImportTableReply, ImportTableRequest, ImportedRow,
        ImportedTable, import_table_reply, import_table_request::Part,
    },
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Status, Streaming, metadata::MetadataMap};

use super::Records;
use crate::CommandError;
use columns::{Column, cells, columns};
use row::Importing;
use table::{NoTable, Table};

/// No file is larger: some hundred thousand rows.
const FILE_BYTES_MAX: usize = 32 << 20;

/// Rows that are done and were not yet told to a slow caller.
const TOLD_LATER: usize = 64;

/// A table that was understood.
struct Understood {
    kind: &'static EventKind,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Records {
    /// Records the rows one after the other; each is told when it is done. A caller who goes away
    /// stops the rest: what was recorded is not recorded again next time.
    pub(super) async fn import(
        &self,
        request: Request<Streaming<ImportTableRequest>>,
    ) -> Result<ReceiverStream<Result<ImportTableReply, Status>>, CommandError> {
        let caller = self.desk.caller(request.metadata()).await?;
        let metadata = request.metadata().clone();
        let (table, bytes) = received(request.into_inner()).await?;
        let understood = understood(&table, &bytes)?;
        let (sender, told) = mpsc::channel(TOLD_LATER);
        let records = self.clone();
        tokio::spawn(async move {
            let outcome = records.record_all(&caller, &metadata, understood, &sender).await;
            if let Err(error) = outcome {
                // A closed channel means that nobody listens any more.
                let _ = sender.send(Err(error.into())).await;
            }
        });
        Ok(ReceiverStream::new(told))
    }

    async fn record_all(
        &self,
        caller: &Principal,
        metadata: &MetadataMap,
        table: Understood,
        told: &mpsc::Sender<Result<ImportTableReply, Status>>,
    ) -> Result<(), CommandError> {
        let rows = u32::try_from(table.rows.len()).map_err(|_| CommandError::Internal)?;
        let register = self.desk.register().await?;
        let today = today(self.desk.now());
        let importing = Importing {
            records: self,
            caller,
            metadata,
            kind: table.kind,
            register: &register,
            today,
        };
        let mut parts = vec![import_table_reply::Part::Rows(rows)];
        for (number, row) in (1..).zip(&table.rows) {
            for part in parts.drain(..) {
                let reply = ImportTableReply { part: Some(part) };
                if told.send(Ok(reply)).await.is_err() {
                    return Ok(());
                }
            }
            let done = match cells(&table.columns, row) {
                Some(cells) => importing.row(number, &cells).await,
                None => of_another_width(number),
            };
            parts.push(import_table_reply::Part::Row(done));
        }
        for part in parts {
            let _ = told.send(Ok(ImportTableReply { part: Some(part) })).await;
        }
        Ok(())
    }
}

/// The whole file, and what it is said to be.
async fn received(
    mut parts: Streaming<ImportTableRequest>,
) -> Result<(ImportedTable, Vec<u8>), CommandError> {
    let (mut table, mut bytes) = (None, Vec::new());
    loop {
        // A piece that is too large, or a stream that breaks off, must not pass for the end.
        let message = parts.message().await.map_err(|_| {
            of_file(
                "BROKEN_OFF",
                "did not come whole",
                "を最後まで受け取れませんでした。もう一度送ってください。",
            )
        })?;
        let Some(message) = message else { break };
        match message.part {
            Some(Part::Table(said)) if table.is_none() => table = Some(said),
            Some(Part::Csv(piece)) if bytes.len() + piece.len() <= FILE_BYTES_MAX => {
                bytes.extend_from_slice(&piece);
            }
            Some(Part::Csv(_)) => {
                return Err(of_file(
                    "TOO_LARGE",
                    "is too large",
                    "が大きすぎます（32MBまで）。分けて取り込んでください。",
                ));
            }
            Some(Part::Table(_)) | None => {}
        }
    }
    let table = table.ok_or_else(|| of_table("REQUIRED", "is required", "を指定してください。"))?;
    Ok((table, bytes))
}

fn understood(table: &ImportedTable, bytes: &[u8]) -> Result<Understood, CommandError> {
    let unknown = || {
        of_table("UNKNOWN_VALUE", "is no event of a person", "が、取り込める記録ではありません。")
    };
    let kind = catalogue().by_name(&table.event_type).filter(|kind| !kind.options.amends);
    let kind = kind.ok_or_else(unknown)?;
    let encoding = CsvEncoding::try_from(table.encoding).unwrap_or_default();
    let Table { heading, rows } = Table::read(bytes, encoding).map_err(no_table)?;
    let columns = columns(kind, &heading).map_err(CommandError::Invalid)?;
    Ok(Understood { kind, columns, rows })
}

fn no_table(no: NoTable) -> CommandError {
    match no {
        NoTable::Encoding => of_file(
            "ENCODING",
            "is neither UTF-8 nor CP932 throughout",
            "の文字コードを読み取れません。UTF-8またはCP932（Shift_JIS）で保存してください。",
        ),
        NoTable::Syntax => of_file(
            "MALFORMED",
            "is not CSV",
            "はCSVとして読み取れません。引用符を確認してください。",
        ),
        NoTable::Empty => of_file("REQUIRED", "has no heading", "に見出しの行がありません。"),
    }
}

fn of_another_width(number: u32) -> ImportedRow {
    ImportedRow {
        row: number,
        outcome: ImportOutcome::Refused.into(),
        reason: "CELLS".to_owned(),
        message: "the row has more or fewer cells than the heading".to_owned(),
        message_ja: "列の数が見出しと異なります。".to_owned(),
        ..ImportedRow::default()
    }
}

fn of_file(reason: &'static str, english: &str, japanese: &str) -> CommandError {
    invalid("csv", "ファイル", reason, english, japanese)
}

fn of_table(reason: &'static str, english: &str, japanese: &str) -> CommandError {
    invalid("table.event_type", "記録の種類", reason, english, japanese)
}

fn invalid(
    field: &str,
    label: &str,
    reason: &'static str,
    english: &str,
    japanese: &str,
) -> CommandError {
    CommandError::Invalid(vec![Violation {
        field: field.to_owned(),
        reason,
        english: format!("{field} {english}"),
        japanese: format!("「{label}」{japanese}"),
    }])
}
