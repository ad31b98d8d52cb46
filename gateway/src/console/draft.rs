//! A draft has an id from the moment its form is first shown; every request it leads to is named
//! by it. So a button that is pressed ten times sends one referral.

use access::RandomIds;
use aws_lc_rs::digest;
use uuid::{Builder, Uuid};

/// What one form is about to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Draft(Uuid);

impl Draft {
    /// A new one.
    pub(crate) fn begin() -> Self {
        Self(RandomIds::random())
    }

    /// The one that a form carries; a form without one begins anew.
    pub(crate) fn carried(text: Option<&str>) -> Self {
        text.and_then(|text| text.parse().ok()).map_or_else(Self::begin, Self)
    }

    /// The id of the request for this step: always the same.
    pub(crate) fn request_id(self, step: &str) -> String {
        let named = format!("tsunagi console draft {}/{step}", self.0);
        let hash = digest::digest(&digest::SHA256, named.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_ref()[..16]);
        // Version 8: made by a rule of our own.
        Builder::from_custom_bytes(bytes).into_uuid().to_string()
    }
}

impl std::fmt::Display for Draft {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_a_draft_always_has_the_same_request_id() {
        let draft = Draft::carried(Some("6f0c9b0e-6c1e-4a53-9d0e-0f5f8b1f3a11"));
        assert_eq!(draft.request_id("refer"), "1d66f250-f57d-8634-b867-3dcab0c0f5e6");
        assert_ne!(draft.request_id("refer"), draft.request_id("consent"));
        assert_ne!(draft.request_id("refer"), Draft::begin().request_id("refer"));
        assert_eq!(Draft::carried(Some(&draft.to_string())), draft);
        assert_ne!(Draft::carried(Some("no id")), Draft::carried(Some("no id")));
    }
}
