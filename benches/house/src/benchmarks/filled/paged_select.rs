//! The peer of whatever reads the whole log: a page after the other by plain SQL, every column
//! fetched and decoded as what it is, and nothing done with it.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, ensure};
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection, Row};

/// Keyset paging, over the columns of the event itself.
const PAGE: &str = "SELECT position, stream_no, version, type_no, event_id, request_no, case_id,
    agency, staff, on_behalf_of, correlation_id, causation_id, occurred_on, recorded_at, body,
    sealed, content_hash, chain_hash
    FROM event WHERE position > $1 ORDER BY position LIMIT $2";

/// Rows of a page to choose from.
const PAGE_ROWS: [i64; 3] = [1_000, 4_000, 16_000];

/// Reads rows on one connection.
pub struct PagedSelect {
    url: String,
    page_rows: i64,
}

impl PagedSelect {
    /// With the pages that are quickest on this log: each is tried twice, since the first to be
    /// tried brings the table into memory for all others, and for both sides.
    pub async fn quickest(url: &str, rows: u64) -> Result<Self> {
        let mut best = (0.0, Self { url: url.to_owned(), page_rows: PAGE_ROWS[0] });
        for page_rows in [PAGE_ROWS, PAGE_ROWS].concat() {
            let candidate = Self { url: url.to_owned(), page_rows };
            let rate = candidate.measure(rows).await?;
            if rate > best.0 {
                best = (rate, candidate);
            }
        }
        Ok(best.1)
    }

    /// How it is called in the table.
    pub fn name(&self) -> String {
        format!("SELECT, {} rows a page", self.page_rows)
    }

    /// Rows per second over the whole table, which must hold so many.
    pub async fn measure(&self, rows: u64) -> Result<f64> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let started = Instant::now();
        let (mut after, mut count) = (0, 0);
        loop {
            let page = sqlx::query(PAGE).bind(after).bind(self.page_rows);
            let page = page.fetch_all(&mut connection).await?;
            for row in &page {
                after = black_box(decoded(row)?);
            }
            count += page.len() as u64;
            if page.len() < self.page_rows.unsigned_abs() as usize {
                break;
            }
        }
        let rate = count as f64 / started.elapsed().as_secs_f64();
        connection.close().await?;
        ensure!(count == rows, "{count} rows were selected of {rows}");
        println!("  SELECT, {} rows a page: {rate:.0}/s", self.page_rows);
        Ok(rate)
    }
}

/// Decodes every column, and gives back the position.
fn decoded(row: &PgRow) -> Result<i64> {
    let position = row.try_get(0)?;
    for number in [1, 2, 3, 5, 13] {
        black_box(row.try_get::<i64, _>(number)?);
    }
    for bytes in [4, 10, 14, 15, 16, 17] {
        black_box(row.try_get::<&[u8], _>(bytes)?);
    }
    for bytes in [6, 11] {
        black_box(row.try_get::<Option<&[u8]>, _>(bytes)?);
    }
    for text in [7, 8, 12] {
        black_box(row.try_get::<&str, _>(text)?);
    }
    black_box(row.try_get::<Option<&str>, _>(9)?);
    Ok(position)
}
