//! Ends an inquiry to providers.

use casework::{AgencyRegister, Context, Decided, InquiryId, Refusal};
use contracts::events::ResourceInquiryClosed;

/// Ends an open inquiry of one's own.
pub fn decide(
    register: &AgencyRegister,
    closing: ResourceInquiryClosed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let inquiry = register.resources.inquiry(&InquiryId::from(closing.inquiry_id.as_str()))?;
    if inquiry.by != context.agency {
        return Err(Refusal::InquiryOfAnother);
    }
    if !inquiry.is_open() {
        return Err(Refusal::InquiryClosed);
    }
    Ok(Decided::of_register(closing.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        shared::{
            answer_resource_inquiry::tests::given_inquiry, send_resource_inquiry::tests::INQUIRY,
        },
        testing::UNKNOWN,
    };

    fn closing(inquiry: &str) -> ResourceInquiryClosed {
        ResourceInquiryClosed { inquiry_id: inquiry.into(), ..Default::default() }
    }

    #[test]
    fn who_asked_ends_the_inquiry_once() {
        given_inquiry().when(decide, closing(INQUIRY)).records(&["ResourceInquiryClosed"]);
        let closed = given_inquiry().event(closing(INQUIRY));
        closed.when(decide, closing(INQUIRY)).refuses(Refusal::InquiryClosed);
        given_inquiry().when(decide, closing(UNKNOWN)).refuses(Refusal::UnknownInquiry);
    }

    #[test]
    fn nobody_else_ends_it() {
        let given = given_inquiry().by("core-a");
        given.when(decide, closing(INQUIRY)).refuses(Refusal::InquiryOfAnother);
    }
}
