//! A type for each kind of id, so that one cannot stand in for another.

use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// As it stands in events and requests.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A person: a random UUID that says nothing about them.
    PersonId,
    /// One thread of support for a person, from the referral or the opening on.
    CaseId,
    /// An agency: a readable code, `hospital-kakuu-minato`.
    AgencyId,
    /// One stay in one hospital.
    EpisodeId,
    /// A referral.
    ReferralId,
    /// A consent.
    ConsentId,
    /// A plan, through all its versions.
    PlanId,
    /// A benefit decision.
    BenefitId,
    /// An emergency, from the call for help to its end.
    EmergencyId,
    /// Anything else that later events point at.
    RecordId,
    /// A provider of services.
    ProviderId,
    /// An inquiry to providers.
    InquiryId,
}
