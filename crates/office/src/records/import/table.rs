//! A CSV file as rows of text.

use contracts::office::CsvEncoding;
use encoding_rs::SHIFT_JIS;

/// A file's heading and rows, all text.
#[cfg_attr(test, derive(Debug))]
pub(super) struct Table {
    pub heading: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// Why a file is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTable {
    /// The bytes are not in this encoding.
    Encoding,
    /// A quotation mark that is never closed, for example.
    Syntax,
    /// There is no heading.
    Empty,
}

impl Table {
    pub fn read(bytes: &[u8], encoding: CsvEncoding) -> Result<Self, NoTable> {
        let text = text_of(bytes, encoding).ok_or(NoTable::Encoding)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            // A row that is too short or too long is said of that row.
            .flexible(true)
            .from_reader(text.as_bytes());
        let rows = reader.records().map(|row| {
            let row = row.map_err(|_| NoTable::Syntax)?;
            Ok(row.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>())
        });
        let mut rows = rows.collect::<Result<Vec<_>, _>>()?.into_iter();
        let heading = rows.next().filter(|heading| heading.iter().any(|cell| !cell.is_empty()));
        let heading = heading.ok_or(NoTable::Empty)?;
        let says_something = |row: &Vec<String>| row.iter().any(|cell| !cell.is_empty());
        Ok(Self { heading, rows: rows.filter(says_something).collect() })
    }
}

/// The text in the encoding that is named, or in the one that fits.
fn text_of(bytes: &[u8], encoding: CsvEncoding) -> Option<String> {
    let utf8 = || {
        let text = std::str::from_utf8(bytes).ok()?;
        Some(text.trim_start_matches('\u{feff}').to_owned())
    };
    let cp932 = || {
        let (text, had_errors) = SHIFT_JIS.decode_without_bom_handling(bytes);
        (!had_errors).then(|| text.into_owned())
    };
    match encoding {
        CsvEncoding::Utf8 => utf8(),
        CsvEncoding::Cp932 => cp932(),
        CsvEncoding::Unspecified => utf8().or_else(cp932),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "管理番号,姓\r\n1,\"髙橋\r\n仮\"\r\n,\r\n2,①②\r\n";

    #[test]
    fn both_encodings_are_told_apart() {
        let (cp932, _, had_errors) = SHIFT_JIS.encode(CSV);
        assert!(!had_errors);
        let with_mark = format!("\u{feff}{CSV}");
        for bytes in [CSV.as_bytes(), with_mark.as_bytes(), &cp932] {
            let table = Table::read(bytes, CsvEncoding::Unspecified).expect("a table");
            assert_eq!(table.heading, ["管理番号", "姓"]);
            assert_eq!(table.rows, [["1", "髙橋\r\n仮"], ["2", "①②"]], "empty rows are nothing");
        }
        assert!(Table::read(&cp932, CsvEncoding::Utf8).is_err_and(|no| no == NoTable::Encoding));
    }

    #[test]
    fn what_is_no_table_is_said() {
        let no = |bytes: &[u8]| Table::read(bytes, CsvEncoding::Unspecified).err();
        assert_eq!(no(b""), Some(NoTable::Empty));
        assert_eq!(no(b",,\n1,2,3\n"), Some(NoTable::Empty));
        assert_eq!(no(&[0xff, 0xfe, 0x80]), Some(NoTable::Encoding));
    }
}
