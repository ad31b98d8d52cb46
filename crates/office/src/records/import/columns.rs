//! What the columns of a table mean: fields of the event by their Japanese labels, and a few that
//! say whom a row is about.

use std::collections::BTreeMap;

use contracts::{EventKind, Violation};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// A field of the event, by its number.
    Field(u32),
    /// The agency's own number of the person.
    OwnNumber,
    /// The person's id in the house.
    Person,
    /// The case's id in the house.
    Case,
    /// The track of the case.
    Track,
    /// The agency on whose behalf the row is recorded.
    OnBehalfOf,
}

/// Headings that are no field.
const OTHERS: [(&str, Column); 5] = [
    ("管理番号", Column::OwnNumber),
    ("本人番号", Column::Person),
    ("ケース番号", Column::Case),
    ("事業", Column::Track),
    ("代理で記録する機関", Column::OnBehalfOf),
];

/// One row, by what its cells mean.
pub(super) struct Cells {
    pub fields: BTreeMap<u32, String>,
    others: Vec<(Column, String)>,
}

impl Cells {
    /// What stands in the column that is no field; nothing when it is empty or not there.
    pub fn other(&self, column: Column) -> Option<&str> {
        let mut others = self.others.iter().filter(|(of, text)| *of == column && !text.is_empty());
        others.next().map(|(_, text)| text.as_str())
    }
}

/// The meaning of each column.
///
/// # Errors
/// The headings that mean nothing, or the same twice.
pub(super) fn columns(kind: &EventKind, heading: &[String]) -> Result<Vec<Column>, Vec<Violation>> {
    let (mut columns, mut found) = (Vec::new(), Vec::new());
    for (number, title) in (1..).zip(heading) {
        let other = OTHERS.iter().find(|(name, _)| name == title).map(|(_, column)| *column);
        let field = kind.field_called(title).map(|field| Column::Field(field.number));
        match other.or(field) {
            Some(column) if !columns.contains(&column) => columns.push(column),
            Some(_) => {
                found.push(about(
                    number,
                    "COLUMN_TWICE",
                    "stands there twice",
                    "が重複しています。",
                ));
            }
            None => found.push(about(
                number,
                "UNKNOWN_COLUMN",
                "is no column of such a table",
                "は、この記録の項目ではありません。",
            )),
        }
    }
    if found.is_empty() { Ok(columns) } else { Err(found) }
}

/// The cells of a row; none when it has more or fewer than the heading.
pub(super) fn cells(columns: &[Column], row: &[String]) -> Option<Cells> {
    if row.len() != columns.len() {
        return None;
    }
    let mut cells = Cells { fields: BTreeMap::new(), others: Vec::new() };
    for (column, text) in columns.iter().zip(row) {
        match column {
            Column::Field(number) => _ = cells.fields.insert(*number, text.clone()),
            other => cells.others.push((*other, text.clone())),
        }
    }
    Some(cells)
}

/// The heading itself is not repeated: where a table has none, it is somebody's data.
fn about(number: usize, reason: &'static str, english: &str, japanese: &str) -> Violation {
    Violation {
        field: "csv".to_owned(),
        reason,
        english: format!("csv: column {number} {english}"),
        japanese: format!("左から{number}列目の見出し{japanese}"),
    }
}

#[cfg(test)]
mod tests {
    use contracts::catalogue;

    use super::*;

    fn heading(titles: &[&str]) -> Vec<String> {
        titles.iter().map(|title| (*title).to_owned()).collect()
    }

    #[test]
    fn fields_are_known_by_their_labels_and_names() {
        let kind = catalogue().by_name("PersonRegistered").expect("an event");
        let columns = columns(kind, &heading(&["管理番号", "姓", "given_name"])).expect("columns");
        assert!(matches!(columns[..], [Column::OwnNumber, Column::Field(_), Column::Field(_)]));
        let cells = cells(&columns, &heading(&["7", "架空", "一郎"])).expect("a row");
        assert_eq!(cells.other(Column::OwnNumber), Some("7"));
        assert_eq!(cells.fields.len(), 2);
        assert!(super::cells(&columns, &heading(&["7"])).is_none());
    }

    #[test]
    fn what_means_nothing_and_what_stands_twice_is_said_at_once() {
        let kind = catalogue().by_name("PersonRegistered").expect("an event");
        let found = columns(kind, &heading(&["姓", "姓", "備考"])).expect_err("no table");
        let reasons: Vec<_> = found.iter().map(|violation| violation.reason).collect();
        assert_eq!(reasons, ["COLUMN_TWICE", "UNKNOWN_COLUMN"]);
        assert_eq!(found[1].japanese, "左から3列目の見出しは、この記録の項目ではありません。");
    }
}
