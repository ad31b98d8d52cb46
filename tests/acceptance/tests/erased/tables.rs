//! Everything that a PostgreSQL server holds: each row of each table of each schema of each database,
//! as a backup writes it down, and what is written there in hexadecimal as the bytes that it stands for.

use futures::TryStreamExt;
use sqlx::{Connection, PgConnection};

const DATABASES: &str = "SELECT datname::text FROM pg_database WHERE datallowconn";

const TABLES: &str = "SELECT format('%I.%I', nspname, relname) FROM pg_class \
     JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relkind IN ('r', 'm')";

/// One table.
pub struct Table {
    pub name: String,
    pub rows: Vec<u8>,
}

/// All tables of the server with this superuser's address, its own included: what ANALYZE has sampled
/// lies in one of them.
pub async fn everything_in(server: &str) -> anyhow::Result<Vec<Table>> {
    let mut connection = PgConnection::connect(server).await?;
    let databases: Vec<String> = sqlx::query_scalar(DATABASES).fetch_all(&mut connection).await?;
    let (address, _) = server.rsplit_once('/').unwrap_or((server, ""));
    let mut everything = Vec::new();
    for database in databases {
        let mut connection = PgConnection::connect(&format!("{address}/{database}")).await?;
        let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut connection).await?;
        for table in tables {
            let rows = copied(&mut connection, &table).await?;
            everything.push(Table { name: format!("{database}.{table}"), rows });
        }
        connection.close().await?;
    }
    Ok(everything)
}

async fn copied(connection: &mut PgConnection, table: &str) -> anyhow::Result<Vec<u8>> {
    let rows = connection.copy_out_raw(&format!("COPY {table} TO STDOUT")).await?;
    let text = rows.try_collect::<Vec<_>>().await?.concat();
    let bytes = in_hexadecimal(&text);
    Ok([text, bytes].concat())
}

/// `\x6162` is how PostgreSQL writes bytes.
fn in_hexadecimal(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for behind in text.windows(2).enumerate().filter(|(_, two)| two == b"\\x").map(|(at, _)| at + 2)
    {
        let digits = text[behind..].iter().map_while(|digit| char::from(*digit).to_digit(16));
        let digits: Vec<_> = digits.collect();
        let byte = |two: &[u32]| u8::try_from(two[0] * 16 + two[1]).expect("two digits");
        bytes.extend(digits.chunks_exact(2).map(byte));
        // Nothing is found that begins in one value and ends in the next.
        bytes.push(b'\n');
    }
    bytes
}
