//! What a page says once, after something was recorded: carried over the redirect in a cookie that
//! holds nothing but codes from our own lists.

use axum::http::{HeaderMap, HeaderValue, header};
use casework::Flag;
use contracts::{catalogue, office::CommandReply};

use super::session::cookie;

const COOKIE: &str = "tsunagi_notice";

/// What was recorded, and what is remarkable about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    /// What the event is called.
    pub(super) recorded: &'static str,
    /// What should be looked at.
    pub(super) flags: Vec<&'static str>,
}

impl Notice {
    /// The notice that the browser brings along, if it is made of words of ours.
    pub(super) fn brought(headers: &HeaderMap) -> Option<Self> {
        let mut codes = cookie(headers, COOKIE)?.split('.');
        let kind = catalogue().by_name(codes.next()?)?;
        let flags = codes.filter_map(Flag::from_code).map(Flag::japanese).collect();
        Some(Self { recorded: &kind.options.label_ja, flags })
    }
}

/// The header that hands a notice over to the next page.
pub(super) fn handed_over(event: &str, reply: &CommandReply) -> String {
    let codes = reply.warnings.iter().map(|warning| format!(".{}", warning.reason));
    let codes: String = codes.collect();
    format!("{COOKIE}={event}{codes}; Path=/; HttpOnly; SameSite=Strict; Max-Age=60")
}

/// The header that ends it.
pub(super) fn ended() -> (axum::http::HeaderName, HeaderValue) {
    let cookie = "tsunagi_notice=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0";
    (header::SET_COOKIE, HeaderValue::from_static(cookie))
}

#[cfg(test)]
mod tests {
    use contracts::office::Warning;

    use super::*;

    #[test]
    fn a_notice_survives_the_redirect_and_says_only_what_we_can_say() {
        let warning = Warning { reason: "VISIT_OUTSIDE_STAY".into(), ..Default::default() };
        let reply = CommandReply { warnings: vec![warning], ..Default::default() };
        let header = handed_over("WardVisitRecorded", &reply);
        let brought = |cookie: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().expect("a header"));
            Notice::brought(&headers)
        };
        let notice = brought(header.split(';').next().unwrap_or_default()).expect("a notice");
        assert_eq!(notice.recorded, "病棟訪問");
        assert_eq!(notice.flags, ["この日に入院の記録がありません。"]);
        assert_eq!(brought("tsunagi_notice=<script>"), None);
        assert_eq!(brought("tsunagi_notice=CaseOpened.MADE_UP").map(|one| one.flags), Some(vec![]));
    }
}
