//! What an element is to a mail: hidden, quoted, a signature. Told by the marks that mail programs leave.

/// Whose words a block of a mail is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// The author's own.
    #[default]
    Own,
    /// In a bare `blockquote`: a quotation or only an indent.
    Indented,
    /// A signature that the mail program put there.
    Signature,
    /// Quoted or forwarded.
    Quoted,
}

/// The attributes of a tag that matter here.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    class: String,
    id: String,
    style: String,
    kind: String,
    hidden: bool,
    marked_signature: bool,
    pub(super) href: String,
    pub(super) colspan: u32,
    pub(super) rowspan: u32,
    pub(super) start: Option<u32>,
    pub(super) value: Option<u32>,
}

impl Attributes {
    /// Takes an attribute in; the name comes once without its value first.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let lower = || value.chars().take(1_000).collect::<String>().to_lowercase();
        match name {
            "class" => self.class = lower(),
            "id" => self.id = lower(),
            "style" => self.style = lower().replace([' ', '\n', '\r', '\t'], ""),
            "type" => self.kind = lower(),
            "hidden" => self.hidden = true,
            "data-signature-widget" | "data-smartmail" => self.marked_signature = true,
            "href" => self.href = value.trim().chars().take(2_000).collect(),
            "colspan" => self.colspan = value.trim().parse().unwrap_or(1),
            "rowspan" => self.rowspan = value.trim().parse().unwrap_or(1),
            "start" => self.start = value.trim().parse().ok(),
            "value" => self.value = value.trim().parse().ok(),
            _ => {}
        }
    }

    fn is_hidden(&self) -> bool {
        self.hidden || self.style.contains("display:none") || self.style.contains("visibility:hidden")
    }

    fn zone(&self, tag: &str) -> Zone {
        const QUOTES: [&str; 6] =
            ["gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "zmail_extra", "mail-quote"];
        const SIGNATURES: [&str; 4] =
            ["gmail_signature", "moz-signature", "protonmail_signature_block", "mail-signature"];
        let any = |marks: &[&str]| {
            marks.iter().any(|mark| self.class.split_ascii_whitespace().any(|class| class == *mark) || self.id == *mark)
        };
        // A Gmail user who answers in between breaks the quotation up; what is his own is outside the blockquotes, so
        // only these count there, and the container is a quotation as far as it holds the line that announces one.
        if tag == "blockquote" {
            let cited = self.kind == "cite"
                || any(&QUOTES)
                || self.style.contains("border-left")
                || self.class.contains("quote")
                || self.class.contains("cite");
            return if cited { Zone::Quoted } else { Zone::Indented };
        }
        if any(&SIGNATURES) || self.marked_signature || self.id == "signature" {
            return Zone::Signature;
        }
        if any(&["yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "divrplyfwdmsg", "gmail_attr"]) {
            return Zone::Quoted;
        }
        Zone::Own
    }
}

/// The zones that are open.
#[derive(Default)]
pub(super) struct Zones {
    /// Each deeper one is a stronger one, so there are at most three.
    open: Vec<Counted>,
}

/// An open element, and how many of its name are open within.
struct Counted {
    tag: String,
    zone: Zone,
    depth: usize,
}

impl Zones {
    /// The zone in force.
    pub(super) fn current(&self) -> Zone {
        self.open.last().map_or(Zone::Own, |open| open.zone)
    }

    pub(super) fn start(&mut self, tag: &str, attributes: &Attributes) {
        let zone = attributes.zone(tag);
        if zone > self.current() {
            self.open.push(Counted { tag: tag.to_owned(), zone, depth: 1 });
        } else if let Some(open) = self.open.last_mut().filter(|open| open.tag == tag) {
            open.depth += 1;
        }
    }

    pub(super) fn end(&mut self, tag: &str) {
        if let Some(open) = self.open.last_mut().filter(|open| open.tag == tag) {
            open.depth -= 1;
            if open.depth == 0 {
                self.open.pop();
            }
        }
    }
}

/// The outermost element that is not shown.
#[derive(Default)]
pub(super) struct Hidden(Option<(String, usize)>);

impl Hidden {
    /// Whether something hidden is open.
    pub(super) fn open(&self) -> bool {
        self.0.is_some()
    }

    /// Takes a start tag in; whether it began or belongs to what is hidden.
    pub(super) fn start(&mut self, tag: &str, attributes: &Attributes, block: bool, hiding: bool) -> bool {
        if let Some((open, depth)) = &mut self.0 {
            // A paragraph ends where the next block begins, a row or cell where the next one does.
            let ended = match open.as_str() {
                "p" => block,
                "li" | "td" | "th" | "tr" | "dt" | "dd" => open == tag,
                _ => false,
            };
            if !ended {
                *depth += usize::from(open == tag);
                return true;
            }
            self.0 = None;
        }
        let unseen = matches!(
            tag,
            "script" | "style" | "title" | "template" | "iframe" | "noembed" | "noscript" | "svg" | "math" | "object"
        );
        if unseen || (hiding && attributes.is_hidden() && !matches!(tag, "body" | "html")) {
            self.0 = Some((tag.to_owned(), 1));
            return true;
        }
        false
    }

    /// Takes an end tag in; whether it belonged to what is hidden.
    pub(super) fn end(&mut self, tag: &str) -> bool {
        let Some((open, depth)) = &mut self.0 else { return false };
        if open == tag {
            *depth -= 1;
            if *depth == 0 {
                self.0 = None;
            }
        }
        true
    }
}
