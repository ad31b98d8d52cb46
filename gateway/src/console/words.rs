//! Japanese words for what GraphQL and the declarations say in codes.

use contracts::{Office, catalogue, label_of};

/// The label of an enum value; its name where it has none.
pub(crate) fn label(enumeration: &str, value: &str) -> String {
    let enumeration = catalogue().pool().get_enum_by_name(enumeration);
    let value_of = enumeration.and_then(|values| values.get_value_by_name(value));
    value_of.map_or_else(|| value.to_owned(), |value| label_of(&value))
}

/// What an office is called.
pub(crate) fn office(office: Office) -> String {
    label("tsunagi.annotations.v1.Office", office.as_str_name())
}

/// What a programme is called, by its name in GraphQL.
pub(crate) fn track(track: &str) -> String {
    match track {
        "UNKNOWN" => "見られる記録からは分かりません".to_owned(),
        track => label("tsunagi.events.v1.Track", &format!("TRACK_{track}")),
    }
}

/// Where a case stands, by its name in GraphQL.
pub(crate) fn case_state(state: &str) -> &'static str {
    match state {
        "REFERRED" => "紹介への回答待ち",
        "RETURNED" => "紹介の補足待ち",
        "WITHDRAWN" => "紹介の取下げ",
        "DECLINED" => "紹介の辞退",
        "LAPSED" => "紹介の失効",
        "PREPARING" => "支援の準備中",
        "SUPPORTING" => "入院中の支援",
        "DISCHARGE_SCHEDULED" => "退院日が決定",
        "DISCHARGED" => "退院後",
        "SETTLING" => "地域での定着支援中",
        "READMITTED" => "再入院中",
        "FOLLOWED" => "定着支援の終了後",
        "CLOSED" => "終結",
        "SUSPENDED" => "中断中",
        _ => "見られる記録からは分かりません",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_from_the_declarations() {
        assert_eq!(track("DISCHARGE_SUPPORT"), "退院サポート");
        assert_eq!(office(Office::Hospital), "病院");
        assert_eq!(label("no.such.Enum", "VALUE"), "VALUE");
    }
}
