//! The finished message (RFC 5322, RFC 2045, RFC 3834).

use lettre::message::{
    Mailbox, Message, MultiPart, SinglePart,
    header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
};

use crate::{
    campaign::Campaign,
    decision::PlannedReply,
    digest::Sha256,
    message::{Address, MessageId},
};

use super::{Envelope, ReplyError};

/// A Message-ID that follows from what is answered and how.
pub(super) fn message_id(campaign: &Campaign, planned: &PlannedReply, envelope: &Envelope<'_>) -> MessageId {
    let what = format!("{} {} {:?}", campaign.id, envelope.seed, planned.template);
    let hash = Sha256::of(what.as_bytes()).to_string();
    let domain = envelope.from.as_str().rsplit('@').next().unwrap_or("localhost");
    let id = format!("svodka.{}@{domain}", hash.get(..32).unwrap_or(&hash));
    MessageId::of_own(&id)
}

pub(super) fn build(
    subject: &str,
    text: &str,
    html: &str,
    planned: &PlannedReply,
    envelope: &Envelope<'_>,
    id: &MessageId,
) -> Result<Vec<u8>, ReplyError> {
    let failed = |error: &dyn std::fmt::Display| ReplyError::Mime(error.to_string());
    let mailbox = |address: &Address, name: Option<&str>| {
        let address = address.as_str().parse().map_err(|error| failed(&error))?;
        Ok::<_, ReplyError>(Mailbox::new(name.map(str::to_owned), address))
    };
    let date = std::time::SystemTime::try_from(envelope.now).map_err(|error| failed(&error))?;
    let mut builder = Message::builder()
        .from(mailbox(envelope.from, envelope.from_name)?)
        .to(mailbox(&planned.to, None)?)
        .subject(subject)
        .date(date)
        .message_id(Some(format!("<{id}>")));
    if let Some(answered) = &planned.answers {
        builder = builder.in_reply_to(format!("<{answered}>")).references(format!("<{answered}>"));
    }
    let part = |kind: ContentType, body: &str| {
        SinglePart::builder().header(kind).header(ContentTransferEncoding::Base64).body(body.to_owned())
    };
    // The boundary follows from the Message-ID, so that the same letter is the same bytes.
    let boundary = format!("=_{}", Sha256::of(id.as_str().as_bytes()).to_string().get(..40).unwrap_or("svodka"));
    let parts = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, text))
        .singlepart(part(ContentType::TEXT_HTML, html));
    let mut message = builder.multipart(parts).map_err(|error| failed(&error))?;
    for (name, value) in [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")] {
        let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| failed(&error))?;
        message.headers_mut().insert_raw(HeaderValue::new(name, value.to_owned()));
    }
    Ok(message.formatted())
}
