//! The texts and the files of a message, however deep: everything that is no text of the body is a file, whatever its
//! disposition says.

use super::{
    Attachment,
    body::{Text, unflow},
    mime::{self, Content, Part},
    uuencode,
};
use crate::document::{Limits, charset, html};

/// The largest picture of a mail's own design (a logo, a smiley) where the text refers to it, and where it does not.
const REFERRED_PICTURE: usize = 200 << 10;
const TINY_PICTURE: usize = 4 << 10;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) texts: Vec<Text>,
    pub(super) files: Vec<File>,
    pub(super) oddities: Vec<&'static str>,
}

/// A file, and what only the message around it tells.
#[derive(Debug)]
pub(super) struct File {
    pub(super) attachment: Attachment,
    /// Whether it belongs to a mail that a report returns, or to the report itself.
    pub(super) returned: bool,
    /// Its Content-ID without angle brackets.
    content_id: Option<String>,
}

/// Collects what is in a message; `path` are the containers around it.
pub(super) fn collect(root: &Part<'_>, path: &[String], limits: &Limits) -> Found {
    let mut collector = Collector { limits, path, found: Found::default() };
    collector.part(root, Place { root: true, ..Place::default() });
    let mut found = collector.found;
    let pages: String = found.texts.iter().filter_map(|text| text.html.as_deref()).collect::<String>().to_lowercase();
    for file in &mut found.files {
        file.attachment.inline |= designs(file, &pages);
    }
    found
}

/// Everything in a message that is itself a file: its texts, which are looked into like files without names, and its
/// files. `path` ends with the message.
pub(super) fn open(raw: &[u8], path: &[String], limits: &Limits) -> Found {
    let raw = mime::with_line_feeds(raw);
    let tree = mime::parse(&raw);
    let mut found = collect(&tree.root, path, limits);
    found.oddities.extend(tree.oddities);
    let texts = std::mem::take(&mut found.texts).into_iter().filter_map(|text| {
        let html = text.best_is_html(limits);
        let (media_type, text) = if html { ("text/html", text.html) } else { ("text/plain", text.plain) };
        let bytes = text.filter(|text| !text.trim().is_empty())?.into_bytes();
        let (media_type, path) = (media_type.to_owned(), path.to_vec());
        let attachment = Attachment { name: None, media_type, path, inline: false, bytes };
        Some(File { attachment, returned: false, content_id: None })
    });
    found.files.splice(0..0, texts);
    found
}

/// Whether a picture is part of a mail's design rather than sent for its own sake.
fn designs(file: &File, pages: &str) -> bool {
    let attachment = &file.attachment;
    if !attachment.media_type.starts_with("image/") {
        return false;
    }
    let referred = file.content_id.as_deref().is_some_and(|id| pages.contains(&format!("cid:{}", id.to_lowercase())));
    if referred {
        attachment.bytes.len() <= REFERRED_PICTURE
    } else {
        is_decoration(attachment.name.as_deref(), attachment.bytes.len())
    }
}

/// Whether a picture that nothing refers to is a logo or an icon: it is tiny, and no person has named it.
pub(crate) fn is_decoration(name: Option<&str>, bytes: usize) -> bool {
    const GENERATED: [&str; 13] = [
        "image",
        "logo",
        "лого",
        "герб",
        "эмблема",
        "icon",
        "ico_",
        "sign",
        "подпись",
        "banner",
        "unnamed",
        "pixel",
        "spacer",
    ];
    let generated = name.is_none_or(|name| {
        let name = name.to_lowercase();
        GENERATED.iter().any(|word| name.starts_with(word))
    });
    bytes <= TINY_PICTURE && generated
}

/// Where a part stands.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    root: bool,
    /// In a multipart/alternative.
    alternative: bool,
    /// In a multipart/related, behind its first part.
    related: bool,
    /// In a multipart/report, behind its first part.
    returned: bool,
}

struct Collector<'l> {
    limits: &'l Limits,
    path: &'l [String],
    found: Found,
}

impl Collector<'_> {
    fn part(&mut self, part: &Part<'_>, place: Place) {
        let Content::Multipart(parts) = &part.content else { return self.leaf(part, place) };
        let place = Place { root: false, ..place };
        match part.media_type() {
            "multipart/alternative" => self.alternative(parts, place),
            "multipart/report" => {
                for (index, part) in parts.iter().enumerate() {
                    self.part(part, Place { returned: place.returned || index > 0, ..place });
                }
            }
            "multipart/related" => {
                for (index, part) in parts.iter().enumerate() {
                    self.part(part, Place { related: place.related || index > 0, ..place });
                }
            }
            _ => parts.iter().for_each(|part| self.part(part, place)),
        }
    }

    /// The forms of one text; what is no text among them is a file.
    fn alternative(&mut self, parts: &[Part<'_>], place: Place) {
        let before = self.found.texts.len();
        for part in parts {
            self.part(part, Place { alternative: true, ..place });
        }
        let mut whole = Text::default();
        for text in self.found.texts.drain(before..) {
            for (whole, text) in [(&mut whole.plain, text.plain), (&mut whole.html, text.html)] {
                match (whole.as_mut(), text) {
                    (Some(whole), Some(text)) => {
                        whole.push('\n');
                        whole.push_str(&text);
                    }
                    (None, text) => *whole = text,
                    _ => {}
                }
            }
        }
        if whole != Text::default() {
            self.found.texts.push(whole);
        }
    }

    fn leaf(&mut self, part: &Part<'_>, place: Place) {
        let name = part.name();
        match part.media_type() {
            "text/plain" | "text/html" if is_text(part, name.as_deref(), place) => self.text(part, place),
            "message/rfc822" | "message/global" | "message/news" => self.message(part, place),
            // A report's own machine-readable part, and what only points to something elsewhere.
            "message/delivery-status"
            | "message/disposition-notification"
            | "message/feedback-report"
            | "message/global-delivery-status"
            | "message/external-body"
            | "application/applefile" => {}
            "text/rfc822-headers" if name.is_none() => {}
            media_type if place.alternative && name.is_none() && media_type.starts_with("text/") => {
                if media_type == "text/calendar" {
                    self.file(part, name, place);
                }
            }
            _ => self.file(part, name, place),
        }
    }

    fn text(&mut self, part: &Part<'_>, place: Place) {
        let charset = part.content_type.get("charset");
        if part.media_type() == "text/html" {
            let html = html::decode(&part.bytes(), charset.as_deref());
            self.found.texts.push(Text { plain: None, html: Some(html) });
            return;
        }
        let (bytes, files) = uuencode::extract(&part.bytes());
        for file in files {
            self.push(Some(file.name), "application/octet-stream", file.bytes, place, None);
        }
        let text = charset::decode(&bytes, charset.as_deref());
        let is = |name: &str, value: &str| part.content_type.get(name).is_some_and(|v| v.eq_ignore_ascii_case(value));
        let text = if is("format", "flowed") { unflow(&text, is("delsp", "yes")) } else { text };
        self.found.texts.push(Text { plain: Some(text), html: None });
    }

    /// A message within the message: its text and its files, or the message as a file where that goes too deep.
    fn message(&mut self, part: &Part<'_>, place: Place) {
        let bytes = part.bytes();
        let place = Place { returned: place.returned, ..Place::default() };
        if self.path.len() >= self.limits.nesting {
            self.push(part.name(), "message/rfc822", bytes.into_owned(), place, None);
            return;
        }
        let path: Vec<String> = self.path.iter().cloned().chain(["rfc822".to_owned()]).collect();
        let inner = open(&bytes, &path, self.limits);
        self.found.oddities.extend(inner.oddities);
        for file in inner.files {
            self.keep(File { returned: file.returned || place.returned, ..file });
        }
    }

    fn file(&mut self, part: &Part<'_>, name: Option<String>, place: Place) {
        let content_id = part.header.text("content-id");
        let content_id = content_id.map(|id| id.trim_matches(['<', '>', ' ']).to_owned()).filter(|id| !id.is_empty());
        self.push(name, part.media_type(), part.bytes().into_owned(), place, content_id);
    }

    fn push(
        &mut self,
        name: Option<String>,
        media_type: &str,
        bytes: Vec<u8>,
        place: Place,
        content_id: Option<String>,
    ) {
        let inline = media_type.ends_with("pkcs7-signature")
            || media_type == "application/pgp-signature"
            || (media_type.starts_with("image/") && place.related && bytes.len() <= REFERRED_PICTURE);
        let (media_type, path) = (media_type.to_owned(), self.path.to_vec());
        let attachment = Attachment { name, media_type, path, inline, bytes };
        self.keep(File { attachment, returned: place.returned, content_id });
    }

    fn keep(&mut self, file: File) {
        if self.found.files.len() < self.limits.files {
            self.found.files.push(file);
        } else if !self.found.oddities.contains(&"too many files") {
            self.found.oddities.push("too many files");
        }
    }
}

/// Whether a plain or HTML part is text of the body: it is a file as soon as it has a name or is called one.
fn is_text(part: &Part<'_>, name: Option<&str>, place: Place) -> bool {
    let attached = part.disposition.value == "attachment";
    if place.root {
        return !(attached && name.is_some());
    }
    name.is_none() && !attached && !place.related
}
