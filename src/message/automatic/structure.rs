//! Reports and invitations, by what the message is made of.

use super::{
    super::{
        Automatic,
        header::Header,
        mime::{Content, Part},
    },
    Mail, Verdict,
};

/// A report (RFC 6522), whole or as broken systems send it.
pub(super) fn report(mail: &Mail<'_>) -> Option<Verdict> {
    let root = mail.root;
    let declared = root.content_type.get("report-type").unwrap_or_default().to_ascii_lowercase();
    if root.media_type() == "multipart/report" {
        let sign = |kind: &str| format!("multipart/report: {kind}");
        match declared.as_str() {
            "delivery-status" => return Verdict::strong(Automatic::Bounce, sign("delivery-status")),
            "disposition-notification" => return Verdict::strong(Automatic::Receipt, sign("disposition-notification")),
            "feedback-report" | "tlsrpt" => return Verdict::strong(Automatic::Report, sign(&declared)),
            _ => {}
        }
    }
    if root.media_type().starts_with("text/") && root.content_type.get("report-type").is_some() {
        return Verdict::strong(Automatic::Bounce, "report-type in Content-Type");
    }
    let mut types = Vec::new();
    media_types(root, 0, &mut types);
    let has = |media_type: &str| types.contains(&media_type);
    if has("message/feedback-report") {
        return Verdict::strong(Automatic::Report, "message/feedback-report");
    }
    if has("message/disposition-notification") {
        return Verdict::strong(Automatic::Receipt, "message/disposition-notification");
    }
    // A person who passes a report on as a file does so in a message of his own, which is a leaf here.
    if has("message/delivery-status") || has("message/global-delivery-status") {
        return Verdict::strong(Automatic::Bounce, "message/delivery-status");
    }
    if root.media_type() == "multipart/report" {
        return Verdict::strong(Automatic::Report, "multipart/report");
    }
    dmarc(mail, &types).or_else(|| complaint(mail, &types)).or_else(|| class(mail.header()))
}

/// The media types of the parts.
fn media_types<'p>(part: &'p Part<'_>, depth: usize, types: &mut Vec<&'p str>) {
    types.push(part.media_type());
    if depth < 4
        && let Content::Multipart(parts) = &part.content
    {
        parts.iter().for_each(|part| media_types(part, depth + 1, types));
    }
}

/// An aggregate report (RFC 7489 §7.2.1.1, RFC 8460 §5.3).
fn dmarc(mail: &Mail<'_>, types: &[&str]) -> Option<Verdict> {
    let subject = mail.message.subject.to_lowercase();
    let packed = types.iter().any(|t| matches!(*t, "application/gzip" | "application/zip" | "application/tlsrpt+gzip"));
    let named = subject.contains("report domain:") && subject.contains("submitter:");
    if packed && named { Verdict::strong(Automatic::Report, "subject of an aggregate report") } else { None }
}

/// A complaint about spam as some providers still send it: the mail itself, without the report of RFC 5965.
fn complaint(mail: &Mail<'_>, types: &[&str]) -> Option<Verdict> {
    const SUBJECTS: [&str; 5] =
        ["complaint about message", "email feedback report", "abuse report", "spam report", "spam complaint"];
    let subject = mail.message.subject.to_lowercase();
    let named = SUBJECTS.iter().any(|start| subject.starts_with(start));
    let returns = types.contains(&"message/rfc822");
    if named && returns { Verdict::strong(Automatic::Report, "subject of a complaint") } else { None }
}

/// The kind of item by Exchange's own name for it.
fn class(header: &Header) -> Option<Verdict> {
    let class = header.lower("content-class");
    let kind = class.rsplit(':').next().unwrap_or_default();
    match kind {
        "dsn" => Verdict::strong(Automatic::Bounce, "Content-Class"),
        "mdn" => Verdict::strong(Automatic::Receipt, "Content-Class"),
        _ => None,
    }
}

/// An invitation or an answer to one (RFC 6047): a calendar as the message itself or as a form of its text.
pub(super) fn calendar(mail: &Mail<'_>) -> Option<Verdict> {
    if mail.header().lower("content-class").ends_with(":calendarmessage") {
        return Verdict::strong(Automatic::Calendar, "Content-Class");
    }
    if invites(mail.root, true) { Verdict::strong(Automatic::Calendar, "text/calendar with a method") } else { None }
}

fn invites(part: &Part<'_>, body: bool) -> bool {
    match &part.content {
        Content::Leaf(raw) => {
            let named = part.content_type.get("method").is_some_and(|method| !method.eq_ignore_ascii_case("publish"));
            let bytes =
                if part.media_type() == "text/calendar" && body && !named { part.bytes() } else { (*raw).into() };
            let inside = || memchr::memmem::find(&bytes, b"METHOD:").is_some();
            part.media_type() == "text/calendar" && body && (named || inside())
        }
        // A calendar file beside a text is only a file.
        Content::Multipart(parts) => {
            let alternative = part.media_type() == "multipart/alternative";
            parts.iter().enumerate().any(|(index, part)| invites(part, body && (alternative || index == 0)))
        }
    }
}
