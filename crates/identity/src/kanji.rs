//! Old and variant forms of kanji, and the form of today.

use std::{collections::HashMap, sync::LazyLock};

/// The table; where it comes from stands at its head.
const TABLE: &str = include_str!("../data/forms.tsv");

static FORMS: LazyLock<HashMap<char, char>> = LazyLock::new(|| rows().collect());

fn rows() -> impl Iterator<Item = (char, char)> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let (form, present) = row.split_once('\t')?;
        Some((form.parse().ok()?, present.parse().ok()?))
    })
}

/// The form of today; any other letter as it is.
pub(crate) fn present_form(c: char) -> char {
    if c.is_ascii() { c } else { FORMS.get(&c).copied().unwrap_or(c) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn every_row_leads_from_one_form_to_another_that_stays() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().count(), lines, "every row is read");
        let forms: BTreeSet<_> = rows().map(|(form, _)| form).collect();
        assert_eq!(forms.len(), lines, "no form stands twice");
        for (form, present) in rows() {
            assert!(form != present && !forms.contains(&present), "{form} {present}");
            for c in [form, present] {
                let normal: String = [c].into_iter().nfkc().collect();
                assert_eq!(normal, c.to_string(), "{c} is never met after normalisation");
            }
        }
    }
}
