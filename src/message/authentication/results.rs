//! One Authentication-Results field (RFC 8601 §2.2), taken apart.

/// What a server says of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Results {
    /// The authserv-id: which server says it.
    pub(super) id: String,
    /// Whether all of it could be read, in a version that is known.
    pub(super) sound: bool,
    /// What it found out, one method each.
    pub(super) findings: Vec<Finding>,
}

/// What one method found out: `dkim=pass header.d=example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// In lower case.
    pub(super) method: String,
    /// In lower case.
    pub(super) result: String,
    /// `ptype.property`, in lower case, and what stands there.
    properties: Vec<(String, String)>,
}

impl Finding {
    pub(super) fn passes(&self) -> bool {
        self.result == "pass"
    }

    pub(super) fn fails(&self) -> bool {
        // «hardfail» is what servers said before RFC 7601 and some say still.
        matches!(self.result.as_str(), "fail" | "hardfail")
    }

    /// The values of a property.
    pub(super) fn all<'f>(&'f self, property: &'f str) -> impl Iterator<Item = &'f str> {
        self.properties.iter().filter(move |(name, _)| name == property).map(|(_, value)| value.as_str())
    }

    /// The first value of a property.
    pub(super) fn get(&self, property: &str) -> Option<&str> {
        self.properties.iter().find(|(name, _)| name == property).map(|(_, value)| value.as_str())
    }
}

impl Results {
    /// Reads a field; `None` where it does not even say which server wrote it.
    pub(super) fn read(field: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(field);
        let mut scanner = Scanner { rest: &text, whole: true };
        scanner.blank();
        let id = scanner.word(&[]);
        if id.is_empty() {
            return None;
        }
        scanner.blank();
        let version = scanner.word(&[]);
        let mut sound = version.is_empty() || version == "1";
        scanner.blank();
        let mut findings = Vec::new();
        while scanner.take(';') {
            match scanner.finding() {
                Found::One(finding) => findings.push(finding),
                Found::Nothing => {}
                Found::Broken => {
                    sound = false;
                    scanner.pass_over();
                }
            }
        }
        sound &= scanner.whole && scanner.rest.is_empty();
        Some(Self { id, sound, findings })
    }
}

/// What stands between two semicolons.
enum Found {
    One(Finding),
    /// Nothing at all, the word «none», or a method in a version that is not known (§2.6: it is ignored).
    Nothing,
    Broken,
}

struct Scanner<'t> {
    rest: &'t str,
    /// Whether every quotation and comment so far had its end.
    whole: bool,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.next();
        }
        there
    }

    /// Passes over white space and comments, which nest (RFC 5322 §3.2.2).
    fn blank(&mut self) {
        let mut depth = 0_usize;
        while let Some(c) = self.peek().filter(|c| depth > 0 || c.is_whitespace() || *c == '(') {
            self.next();
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                '\\' => drop(self.next()),
                _ => {}
            }
        }
        self.whole &= depth == 0;
    }

    /// A run of plain and quoted characters up to white space, a comment, a semicolon or one of `ends`. Not only what
    /// RFC 2045 calls a value: servers write `header.b=a+b/c==` and addresses without quotation marks.
    fn word(&mut self, ends: &[char]) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| !c.is_whitespace() && !"(;".contains(*c) && !ends.contains(c)) {
            self.next();
            if c == '"' { self.quotation(&mut word) } else { word.push(c) }
        }
        word
    }

    /// The rest of a quoted string (RFC 5322 §3.2.4). One without an end takes in everything: nothing behind it can be
    /// told from what somebody else wrote.
    fn quotation(&mut self, word: &mut String) {
        while let Some(c) = self.next() {
            match c {
                '"' => return,
                '\\' => word.extend(self.next()),
                c => word.push(c),
            }
        }
        self.whole = false;
    }

    /// A name and the equals sign behind it; blanks and comments may stand around the points and slashes in it.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            self.blank();
            match self.peek()? {
                ';' => return None,
                '=' => {
                    self.next();
                    return Some(name.to_ascii_lowercase());
                }
                _ => name.push_str(&self.word(&['='])),
            }
        }
    }

    fn value(&mut self) -> String {
        self.blank();
        self.word(&[])
    }

    fn finding(&mut self) -> Found {
        self.blank();
        let before = self.rest;
        if self.peek().is_none_or(|c| c == ';') {
            return Found::Nothing;
        }
        let Some(name) = self.name() else {
            let none = before.trim_end_matches([';', ' ']).trim().eq_ignore_ascii_case("none");
            return if none { Found::Nothing } else { Found::Broken };
        };
        let result = self.value().to_ascii_lowercase();
        let mut properties = Vec::new();
        loop {
            self.blank();
            if self.peek().is_none_or(|c| c == ';') {
                break;
            }
            let Some(name) = self.name() else { return Found::Broken };
            properties.push((name, self.value()));
        }
        let (method, version) = name.split_once('/').unwrap_or((&name, "1"));
        match version {
            "1" if result.is_empty() || method.is_empty() => Found::Broken,
            "1" => Found::One(Finding { method: method.to_owned(), result, properties }),
            _ => Found::Nothing,
        }
    }

    /// Goes on to the next semicolon.
    fn pass_over(&mut self) {
        loop {
            self.blank();
            if self.peek().is_none_or(|c| c == ';') {
                return;
            }
            if self.word(&[]).is_empty() {
                self.next();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> Results {
        Results::read(field.as_bytes()).unwrap()
    }

    /// «method=result property=value …» of every finding.
    fn shown(results: &Results) -> Vec<String> {
        let one = |finding: &Finding| {
            let properties = finding.properties.iter().map(|(name, value)| format!(" {name}={value}"));
            format!("{}={}{}", finding.method, finding.result, properties.collect::<String>())
        };
        results.findings.iter().map(one).collect()
    }

    #[test]
    fn the_examples_of_the_standard_are_read() {
        // RFC 8601, appendix B.
        for (field, id, findings) in [
            ("example.org 1; none", "example.org", vec![]),
            (
                "example.com; spf=pass smtp.mailfrom=example.net",
                "example.com",
                vec!["spf=pass smtp.mailfrom=example.net"],
            ),
            (
                "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net",
                "example.com",
                vec!["auth=pass smtp.auth=sender@example.net", "spf=pass smtp.mailfrom=example.net"],
            ),
            (
                "example.com; dkim=pass reason=\"good signature\" header.i=@mail-router.example.net; \
                 dkim=fail reason=\"bad signature\" header.i=@newyork.example.com",
                "example.com",
                vec![
                    "dkim=pass reason=good signature header.i=@mail-router.example.net",
                    "dkim=fail reason=bad signature header.i=@newyork.example.com",
                ],
            ),
            (
                "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail \
                 policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) \
                 1362471462",
                "foo.example.net",
                vec!["dkim=fail policy.expired=1362471462"],
            ),
        ] {
            let results = read(field);
            assert_eq!((results.id.as_str(), results.sound), (id, true), "{field}");
            assert_eq!(shown(&results), findings, "{field}");
        }
    }

    #[test]
    fn what_servers_really_write_is_read() {
        for (field, findings) in [
            (
                "mx.google.com;       dkim=pass header.i=@school.ru header.s=mail header.b=\"a+/b=\"; dmarc=pass \
                 (p=REJECT sp=NONE dis=NONE) header.from=school.ru",
                vec!["dkim=pass header.i=@school.ru header.s=mail header.b=a+/b=", "dmarc=pass header.from=school.ru"],
            ),
            ("mx; dkim=pass header.b=ab+c/d==;", vec!["dkim=pass header.b=ab+c/d=="]),
            (
                "mx.yandex.ru; spf=pass (mx.yandex.ru: domain of school.ru designates 192.0.2.1 as permitted sender, \
                 rule=[ip4:192.0.2.0/24]) smtp.mail=a@school.ru; dkim=pass header.i=@school.ru",
                vec!["spf=pass smtp.mail=a@school.ru", "dkim=pass header.i=@school.ru"],
            ),
            ("\"mx\"; DKIM=PASS HEADER.D=School.RU", vec!["dkim=pass header.d=School.RU"]),
            ("mx;dmarc=pass(p=none)header.from=a.ru", vec!["dmarc=pass header.from=a.ru"]),
            ("mx; dkim/2=pass header.d=a.ru; spf=none", vec!["spf=none"]),
        ] {
            let results = read(field);
            assert!(results.sound, "{field}");
            assert_eq!(shown(&results), findings, "{field}");
        }
    }

    #[test]
    fn what_a_sender_puts_into_quotations_and_comments_is_no_result() {
        for field in [
            "mx; spf=fail smtp.mailfrom=\"a; dmarc=pass header.from=b.ru\"@evil.ru",
            "mx; spf=fail smtp.mailfrom=\"a\\\"; dmarc=pass; \\\"\"@evil.ru",
            "mx; spf=fail (he says: ; dmarc=pass (really; dmarc=pass) \\) ; dmarc=pass) smtp.mailfrom=evil.ru",
        ] {
            let results = read(field);
            assert!(results.sound, "{field}");
            assert_eq!(results.findings.len(), 1, "{field}");
            assert!(results.findings[0].fails(), "{field}");
        }
    }

    #[test]
    fn what_cannot_be_read_to_its_end_is_not_sound() {
        for field in [
            "mx; spf=pass smtp.mailfrom=\"a",
            "mx; spf=pass (a comment",
            "mx 2; dmarc=pass",
            "mx dmarc=pass",
            "mx; dmarc",
            "mx; =pass",
            "mx; dmarc=",
            "mx; dmarc=pass junk; spf=pass",
            "mx; none of them; dmarc=pass",
            "mx; dmarc=pass )",
        ] {
            assert!(!read(field).sound, "{field}");
        }
        assert_eq!(Results::read(b" (nobody) "), None);
        assert_eq!(Results::read(b"; dmarc=pass"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_come_to_an_end(field in ".{0,300}") {
            let _ = Results::read(field.as_bytes());
        }
    }
}
