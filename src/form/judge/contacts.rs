//! E-mail addresses and telephone numbers, as people write them down.

/// Every address of a text; none where one of them cannot be right. Addresses that look right and bounce are not
/// told here.
pub(super) fn addresses(text: &str) -> Option<Vec<String>> {
    let text = text.replace("mailto:", " ").replace("MAILTO:", " ");
    let is_edge = |c: char| c.is_whitespace() || "<>(),;:\"«»'|/".contains(c);
    let mut found: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(['@', '＠']) {
        // «school @ mail.ru»
        let before = before.trim_end();
        let local = before.rsplit(is_edge).next().unwrap_or_default();
        let after = after.trim_start();
        let end = after.find(is_edge).unwrap_or(after.len());
        let (mut domain, mut tail) = after.split_at_checked(end)?;
        // A dot that ends the sentence.
        domain = domain.trim_end_matches('.');
        // «school@mail,ru», «school@mail. ru», «school@mail.ru@»: nobody knows what was meant.
        let cut = tail.strip_prefix(',').is_some_and(|next| next.starts_with(|c: char| c.is_ascii_lowercase()));
        if cut || !is_local(local) || !is_domain(domain) {
            return None;
        }
        let address = format!("{local}@{domain}").to_lowercase();
        if !found.contains(&address) {
            found.push(address);
        }
        tail = tail.trim_start();
        if tail.starts_with('@') {
            return None;
        }
        rest = tail;
    }
    (!found.is_empty()).then_some(found)
}

/// An address's first part, of the letters that mail servers take (RFC 5321 §4.1.2, and no more than that).
fn is_local(text: &str) -> bool {
    let sound = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    !text.is_empty()
        && text.len() <= 64
        && text.chars().all(sound)
        && !text.starts_with('.')
        && !text.ends_with('.')
        && !text.contains("..")
}

/// A domain, each of its labels in one alphabet: «mail.ru», «школа.рф».
fn is_domain(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    let cyrillic = |c: char| matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё');
    let sound = |label: &&str| {
        let latin = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let russian = label.chars().all(|c| cyrillic(c) || c.is_ascii_digit() || c == '-');
        !label.is_empty() && label.len() <= 63 && (latin || russian) && !label.starts_with('-') && !label.ends_with('-')
    };
    let last = labels.last().copied().unwrap_or_default();
    labels.len() >= 2
        && labels.iter().all(sound)
        && last.chars().count() >= 2
        && (last.chars().all(char::is_alphabetic) || last.starts_with("xn--"))
}

/// A part of a text in which telephones are written.
#[derive(Debug, PartialEq)]
enum Part {
    /// Digits with the signs between them.
    Digits(String),
    /// «доб.»: what comes next is an extension.
    Extension,
    Other,
}

/// Every telephone of a text in the form of E.164, with its extension; none where one of the numbers has no area code, or
/// is none.
pub(super) fn phones(text: &str) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    let mut code: Option<String> = None;
    let mut extends = false;
    for part in parts(text) {
        match part {
            Part::Extension => extends = true,
            Part::Other => {}
            Part::Digits(run) if extends => {
                let digits: String = run.chars().filter(char::is_ascii_digit).collect();
                let last = found.last_mut().filter(|last| digits.len() <= 6 && !last.contains(' '))?;
                last.push_str(&format!(" доб. {digits}"));
                extends = false;
            }
            Part::Digits(run) => {
                for (number, its_code) in numbers_of(&run, code.as_deref())? {
                    code = its_code.or(code);
                    if !found.contains(&number) {
                        found.push(number);
                    }
                }
            }
        }
    }
    (!found.is_empty() && !extends).then_some(found)
}

fn parts(text: &str) -> Vec<Part> {
    let is_sign = |c: char| "+()-–—‑−. \u{a0}\u{202f}\t".contains(c);
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if c.is_ascii_digit() || is_sign(c) {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || is_sign(c))).unwrap_or(rest.len());
            let run = rest.get(..end).unwrap_or_default();
            if run.contains(|c: char| c.is_ascii_digit()) {
                found.push(Part::Digits(run.to_owned()));
            }
            end
        } else if c.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let word = rest.get(..end).unwrap_or_default().to_lowercase();
            let extension =
                matches!(word.as_str(), "доб" | "доп" | "вн" | "внутр" | "добавочный" | "внутренний" | "ext");
            found.push(if extension { Part::Extension } else { Part::Other });
            end
        } else {
            found.push(Part::Other);
            c.len_utf8()
        };
        rest = rest.get(length.max(1)..).unwrap_or_default();
    }
    found
}

/// The numbers of a run, each with the code that stands in its brackets; a space may part two of them.
fn numbers_of(run: &str, code: Option<&str>) -> Option<Vec<(String, Option<String>)>> {
    if let Some(number) = number(run, code) {
        return Some(vec![number]);
    }
    let gaps = run.char_indices().filter(|(_, c)| c.is_whitespace());
    gaps.filter_map(|(at, _)| run.split_at_checked(at)).find_map(|(left, right)| {
        let first = number(left, code)?;
        let next = first.1.clone().or_else(|| code.map(str::to_owned));
        let mut all = vec![first];
        all.extend(numbers_of(right, next.as_deref())?);
        Some(all)
    })
}

/// One number: with «+» and a country, with 8 or 7 and an area code, with an area code alone, or behind another one whose code
/// stands in brackets.
fn number(run: &str, code: Option<&str>) -> Option<(String, Option<String>)> {
    let mut run = run.trim_matches(|c: char| c.is_whitespace() || ".-–—‑−".contains(c));
    if let Some(inner) = run.strip_prefix('(').and_then(|run| run.strip_suffix(')')) {
        run = inner;
    }
    // «(8-812-123-45-67»: a bracket of the sentence.
    let opened = run.matches('(').count();
    let closed = run.matches(')').count();
    let run = if opened > closed { run.trim_start_matches('(') } else { run.trim_end_matches([')', ' ']) };
    let bracket = run.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inner, _)| inner);
    let bracket: Option<String> = bracket.map(|inner| inner.chars().filter(char::is_ascii_digit).collect());
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    let plus = run.trim_start_matches(['(', ' ']).starts_with('+');
    if run.matches('+').count() > usize::from(plus) {
        return None;
    }
    let first = run.trim_start_matches('(').find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
    let national = |rest: &str| rest.len() == 10 && rest.starts_with(['3', '4', '5', '6', '7', '8', '9']);
    let own = match (plus, digits.len(), digits.chars().next()?) {
        (true, 11, '7') => digits.strip_prefix('7').filter(|rest| national(rest)).map(|rest| format!("+7{rest}")),
        (true, 11..=15, '1'..='6' | '9') => Some(format!("+{digits}")),
        (false, 11, '7' | '8') => digits.get(1..).filter(|rest| national(rest)).map(|rest| format!("+7{rest}")),
        (false, 10, '3' | '4' | '9') => Some(format!("+7{digits}")),
        // «8 921 111-22-3» has lost a digit; «812 123-45-67» has not.
        (false, 10, '8') if (3..=5).contains(&first) && !digits.starts_with("89") => Some(format!("+7{digits}")),
        (false, 5..=7, _) => {
            code.filter(|code| code.len() + digits.len() == 10).map(|code| format!("+7{code}{digits}"))
        }
        _ => None,
    };
    // A mobile's code is no town's.
    Some((own?, bracket.filter(|code| (3..=5).contains(&code.len()) && !code.starts_with('9'))))
}
