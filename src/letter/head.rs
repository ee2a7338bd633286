//! The head and the foot of a letter: who sent it, its number and date, what it is about, whom to ask.

use jiff::civil::Date;

use super::{
    Found, dates,
    pattern::pattern,
    russian,
    text::{Line, clean, fold},
};

/// What the head says.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) number: Found<String>,
    pub(super) date: Found<Date>,
    pub(super) subject: Found<String>,
    pub(super) issuer: Found<String>,
    pub(super) genitive: Found<String>,
    /// How many of the lines belong to the head.
    pub(super) lines: usize,
}

/// Words with which the name of an office begins.
const OFFICES: &str = r"(?i)^(?:(?:главное|областное|городское|районное|региональный|областной|муниципальное|межрайонный|государственное)\s+)?(?:комитет|департамент|министерство|управление|отдел|центр|институт|инспекция|служба)\b";

/// Reads the head of the letter from its first lines.
pub(super) fn read(lines: &[&Line], today: Date) -> Head {
    let (subject, end) = subject(lines);
    let above = lines.get(..end).unwrap_or(lines);
    let (number, date) = number_and_date(above, lines, today);
    let mut issuer = issuer(above);
    if let Some(full) = in_full(&issuer.value, lines.get(end..).unwrap_or_default()) {
        issuer.value = full;
    }
    let genitive = match russian::genitive(&issuer.value) {
        Some(text) => Found { value: text, ..issuer.clone() },
        None => Found::doubtful(issuer.value.clone(), "не удалось поставить название в родительный падеж"),
    };
    Head { number, date, subject, issuer, genitive, lines: end }
}

/// «Об участии …», over as many lines as it takes; and where what follows it begins.
fn subject(lines: &[&Line]) -> (Found<String>, usize) {
    const LONGEST: usize = 130;
    let begins = |line: &&Line| pattern!(r"^(?:О|Об|Обо)\s+\p{Ll}").is_match(&line.text);
    let Some(first) = lines.iter().take(60).position(begins) else {
        let end = lines.iter().position(|line| is_body(line)).unwrap_or(0);
        return (
            Found::doubtful(
                "О направлении информации".to_owned(),
                "тема письма («О …», «Об …») не найдена: напишите её",
            ),
            end,
        );
    };
    let mut text = String::new();
    let mut end = first;
    for line in lines.iter().skip(first) {
        let one = line.text.as_str();
        let open = text.matches('«').count() > text.matches('»').count();
        let new = !text.is_empty()
            && !open
            && (is_body(line) || one.chars().count() > LONGEST || (starts_anew(one) && !continues(&text)));
        if new || end > first + 8 {
            break;
        }
        text = if text.is_empty() { one.to_owned() } else { format!("{text} {one}") };
        end += 1;
    }
    (Found::sure(text.trim_end_matches(['.', ' ']).to_owned(), "тема над текстом письма"), end)
}

fn is_body(line: &Line) -> bool {
    pattern!(r"(?i)^(?:уважаем|в целях |в соответствии |во исполнение |на основании |в рамках |в связи |комитет |департамент |министерство |управление |направля|прос[иш]|информиру)").is_match(&line.text)
        || line.text.chars().count() > 160
}

/// A new sentence, and no name in quotes.
fn starts_anew(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_uppercase)
}

/// Whether a line cannot be the last one of a subject.
fn continues(text: &str) -> bool {
    let last = text.rsplit(' ').next().map(fold).unwrap_or_default();
    text.ends_with([',', '-', '–'])
        || ["и", "в", "на", "о", "об", "по", "для", "с", "к", "от", "из"].contains(&last.as_str())
}

fn number_and_date(above: &[&Line], all: &[&Line], today: Date) -> (Found<String>, Found<Date>) {
    let signs = pattern!(r"(?i)(?:^|\s)(?:№|N|No)\s*([\p{L}\d][\p{L}\d./\\–-]*\d[\p{L}\d./\\–-]*|\d+)");
    let bare = pattern!(r"^\s*(?:года?|г\.?)?\s*([\p{L}\d]{0,8}[-–./]?\d[\p{L}\d]*[-–/][\p{L}\d./–-]+)");
    let leading = pattern!(r"^\s*([\p{L}\d]+[-–./][\p{L}\d./–-]*\d[\p{L}\d./–-]*|\d+[-–./][\p{L}\d./–-]+)\s+от\s*$");
    // The head first; then a line that stands alone anywhere, such as the stamp of the registration.
    for (line, sure) in above.iter().map(|line| (line, true)).chain(all.iter().map(|line| (line, false))) {
        let text = &line.text;
        if fold(text).starts_with("на №") || fold(text).starts_with("на n") || (!sure && text.chars().count() > 60)
        {
            continue;
        }
        let Some(day) = dates::find(text, today).into_iter().find(|one| one.with_year) else { continue };
        let rest = text.get(day.to..).unwrap_or_default();
        let before = text.get(..day.from).unwrap_or_default();
        let number = signs.captures(text).or_else(|| bare.captures(rest)).or_else(|| leading.captures(before));
        let number = number.and_then(|found| found.get(1));
        let Some(number) = number else { continue };
        let number = number.as_str().trim_end_matches(['.', '/', '-', '–']).to_owned();
        let at = format!("строка «{text}»");
        return match sure {
            true => (Found::sure(number, &at), Found::sure(day.first, &at)),
            false => (
                Found::doubtful(number, "номер стоит не в начале письма"),
                Found::doubtful(day.first, "дата стоит не в начале письма"),
            ),
        };
    }
    let day = above.iter().find_map(|line| dates::find(&line.text, today).into_iter().find(|one| one.with_year));
    let number = above
        .iter()
        .filter(|line| !fold(&line.text).starts_with("на №"))
        .find_map(|line| signs.captures(&line.text)?.get(1));
    (
        match number {
            Some(number) => Found::sure(number.as_str().to_owned(), "начало письма"),
            None => Found::doubtful("б/н".to_owned(), "номер письма не найден: впишите его"),
        },
        match day {
            Some(day) => Found::sure(day.first, "начало письма"),
            None => Found::doubtful(today, "дата письма не найдена: взят сегодняшний день"),
        },
    )
}

fn issuer(lines: &[&Line]) -> Found<String> {
    let office = pattern!(OFFICES);
    let addressee = |line: &Line| {
        pattern!(r"(?i)^(?:руководител|директор|начальник|председател|главам|органам)").is_match(&line.text)
    };
    let end = lines.iter().position(|line| addressee(line)).unwrap_or(lines.len());
    let above = lines.get(..end).unwrap_or_default();
    // The ministry above the office that writes is named first: the last office of the head is the one.
    let Some(first) = above.iter().rposition(|line| office.is_match(&line.text)) else {
        let any = above.iter().find(|line| pattern!(r"(?i)^администрация\b").is_match(&line.text));
        return match any {
            Some(line) => Found::doubtful(spelled(&line.text), "кто отправил письмо, понято не наверняка"),
            None => nobody(),
        };
    };
    let address = pattern!(r"(?i)\d{5,6}|тел\b|тел\.|телефон|факс|@|\bул\.|\bпл\.|\bпр\.|инн|огрн|^\(|http|www|№");
    let mut name = String::new();
    for line in above.iter().skip(first).take_while(|line| !address.is_match(&line.text)).take(8) {
        if !name.is_empty() && !dates::find(&line.text, Date::MIN).is_empty() {
            break;
        }
        name = if name.is_empty() { line.text.clone() } else { format!("{name} {}", line.text) };
    }
    // An office that stands in the line of its own address names nobody.
    if name.is_empty() { nobody() } else { Found::sure(spelled(&name), "начало письма") }
}

fn nobody() -> Found<String> {
    Found::doubtful("Орган управления образованием".to_owned(), "кто отправил письмо, не найдено: впишите")
}

/// The issuer as the letter's first sentences write it, where they say more: «Комитет образования администрации …».
fn in_full(issuer: &str, body: &[&Line]) -> Option<String> {
    const LONGEST: usize = 160;
    let verb = pattern!(
        r"(?i)\s+(?:\(далее|прос[иш]|информиру|сообща|направля|проводит|рекоменду|доводит|напомина|уведомля|приглаша|в соответствии|в рамках|во исполнение|в целях)"
    );
    body.iter().take(8).find_map(|line| {
        let begins = fold(&line.text).starts_with(&fold(issuer));
        let end = verb.find(&line.text).filter(|_| begins)?.start();
        let full = line.text.get(..end)?.trim_end_matches([',', ' ']);
        let longer = full.chars().count() > issuer.chars().count() && full.chars().count() <= LONGEST;
        longer.then(|| full.to_owned())
    })
}

/// A name in capitals as it is written in a sentence.
pub(super) fn spelled(name: &str) -> String {
    let name = clean(name);
    if name.chars().any(char::is_lowercase) {
        return russian::sentence(&name);
    }
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(' ').collect();
    let spelled = words.iter().enumerate().map(|(at, word)| {
        let beside = |place: Option<usize>| place.and_then(|at| words.get(at)).copied().unwrap_or_default();
        let (before, after) = (beside(at.checked_sub(1)), beside(Some(at + 1)));
        let of_place = ["области", "край", "края", "района", "округа"].contains(&after)
            && pattern!(r"(?:ской|цкой|ского|цкого)$").is_match(word)
            && !["городского", "муниципального", "районного"].contains(word);
        let named = ["республики", "города", "г.", "российской"].contains(&before)
            || ["российской", "республики"].contains(word);
        if at == 0 || of_place || named || word.starts_with('«') { capital(word) } else { (*word).to_owned() }
    });
    spelled.collect::<Vec<_>>().join(" ")
}

fn capital(word: &str) -> String {
    match word.strip_prefix('«') {
        Some(rest) => format!("«{}", russian::sentence(rest)),
        None => russian::sentence(word),
    }
}

/// Whom to ask, and where to.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub(super) name: Found<String>,
    pub(super) phone: Found<String>,
    pub(super) email: Found<String>,
}

const EMAIL: &str = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+";
const PHONE: &str =
    r"(?:(?:\+7|8)[\s–-]*)?\(?\d{3,5}\)?[\s–-]*\d{1,3}[\s–-]*\d{2}[\s–-]*\d{2}(?:\s*,?\s*доб\.?\s*\d+)?";
/// A number of a town, without its code.
const LOCAL: &str = r"\b\d{1,3}-\d{2}-\d{2}\b";
const NAME: &str = r"(?:\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?\s+\p{Lu}\p{Ll}+\s+\p{Lu}\p{Ll}+(?:вна|вич|чна|ьич)|\p{Lu}\.\s?\p{Lu}\.\s?\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?|\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?\s+\p{Lu}\.\s?\p{Lu}\.)";

/// Looks for the official who answers: «Исп. …», «Контактное лицо: …», in the text and in the page's margins.
pub(super) fn contact(body: &[&Line], margins: &[Line]) -> Contact {
    let all: Vec<&Line> = body.iter().copied().chain(margins).collect();
    let says = |line: &&&Line| {
        pattern!(r"(?i)^исп(?:олнитель|\.|олн\.)|контактн\w+ лиц|ответственн\w+ за (?:сбор|прием|приём)|по вопросам|справки по тел|телефон для справок|координатор").is_match(&line.text)
    };
    let executor = all.iter().rposition(|line| says(&line)).or_else(|| {
        // A name with a telephone, on one line or the next, needs no word.
        let phone = |at: usize| all.get(at).is_some_and(|line| pattern!(PHONE).is_match(&line.text));
        let named = |(at, line): (usize, &&Line)| pattern!(NAME).is_match(&line.text) && (phone(at) || phone(at + 1));
        let last = all.len().saturating_sub(12);
        (last..all.len()).rev().find(|at| all.get(*at).is_some_and(|line| named((*at, line))))
    });
    let near: Vec<&str> = executor
        .and_then(|at| all.get(at..all.len().min(at + 4)))
        .unwrap_or_default()
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    let in_near = |pattern: &regex::Regex| near.iter().find_map(|text| Some(pattern.find(text)?.as_str().to_owned()));
    let name = match in_near(pattern!(NAME)) {
        Some(name) => Found::sure(initials(&name), near.first().copied().unwrap_or_default()),
        None => Found::doubtful("исполнитель письма".to_owned(), "исполнитель не найден: впишите фамилию и инициалы"),
    };
    let at = near.first().copied().unwrap_or_default();
    let phone = match (in_near(pattern!(PHONE)), in_near(pattern!(LOCAL))) {
        (Some(written), _) => phone(&written, at),
        (None, Some(local)) if is_part(&near, &local) => {
            Found::doubtful(local, "перед телефоном стоят ещё цифры: впишите его целиком")
        }
        (None, Some(local)) => Found::sure(local, at),
        (None, None) => match all.iter().find_map(|line| pattern!(PHONE).find(after_telephone(&line.text)?)) {
            Some(written) => match phone(written.as_str(), "") {
                sure if sure.doubt.is_none() => sure.but("телефон взят из начала письма"),
                doubtful => doubtful,
            },
            None => Found::doubtful("не указан".to_owned(), "телефон не найден: впишите его"),
        },
    };
    Contact { name, phone, email: mailbox(&all, &near) }
}

fn after_telephone(text: &str) -> Option<&str> {
    let found = pattern!(r"(?i)тел(?:ефон)?[\s.:]").find(text)?;
    text.get(found.end()..)
}

/// The address to which schools write: the one to which the letter wants something sent; else the executor's, else any.
fn mailbox(all: &[&Line], near: &[&str]) -> Found<String> {
    let email = pattern!(EMAIL);
    let asked = pattern!(r"(?i)направ|высла|отправ|представ|присла|предостав|адрес(?:у|а)? электронной");
    let of = |text: &str| email.find(text).map(|found| found.as_str().trim_end_matches('.').to_lowercase());
    let wanted =
        all.iter().filter(|line| asked.is_match(&line.text)).find_map(|line| Some((of(&line.text)?, &line.text)));
    if let Some((address, text)) = wanted {
        return Found::sure(address, text);
    }
    if let Some(address) = near.iter().find_map(|text| of(text)) {
        return Found::sure(address, "строка исполнителя");
    }
    match all.iter().find_map(|line| of(&line.text)) {
        Some(address) => Found::doubtful(address, "адрес взят из начала письма: туда ли пишут школы?"),
        None => {
            Found::doubtful("office@example.org".to_owned(), "адрес электронной почты в письме не найден: впишите его")
        }
    }
}

/// «Л. Г. Михайлюк», however it is written; a full name stays.
fn initials(name: &str) -> String {
    if let Some(found) = pattern!(r"^(\p{Lu})\.\s?(\p{Lu})\.\s?(\S+)$").captures(name) {
        let part = |nth| found.get(nth).map_or("", |one| one.as_str());
        return format!("{}. {}. {}", part(1), part(2), part(3));
    }
    if let Some(found) = pattern!(r"^(\S+)\s+(\p{Lu})\.\s?(\p{Lu})\.$").captures(name) {
        let part = |nth| found.get(nth).map_or("", |one| one.as_str());
        return format!("{}. {}. {}", part(2), part(3), part(1));
    }
    clean(name)
}

/// Whether digits stand before a number: then it is the end of a longer one.
fn is_part(near: &[&str], local: &str) -> bool {
    let before = near.iter().find_map(|text| text.split_once(local)).map_or("", |(before, _)| before);
    pattern!(r"\d\)?[\s–-]*$").is_match(before)
}

/// A telephone in one writing; as the letter has it, and doubtful, where it is not sure which digits are the code.
fn phone(text: &str, at: &str) -> Found<String> {
    match telephone(text) {
        Some(phone) => Found::sure(phone, at),
        None => Found::doubtful(clean(text), "телефон оставлен как в письме: код или число цифр не понятны"),
    }
}

/// «8 (812) 539-44-54», however it is written; none where its digits cannot be surely laid out.
fn telephone(text: &str) -> Option<String> {
    let (number, extension) = match text.split_once("доб") {
        Some((number, rest)) => (number, rest.chars().filter(char::is_ascii_digit).collect::<String>()),
        None => (text, String::new()),
    };
    let mut groups: Vec<&str> = number.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let first = groups.first().copied()?;
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    // A leading 8 or 7 that stands alone is none of the code, however many digits follow.
    let country = ["7", "8"].contains(&first) || (digits == 11 && first.starts_with(['7', '8']));
    if country {
        *groups.first_mut()? = first.get(1..)?;
        groups.retain(|group| !group.is_empty());
    }
    let local = groups.concat();
    // No code begins so: the leading digit was that of the country.
    let misread = !country && (local.starts_with("88") || !local.starts_with(['3', '4', '8', '9']));
    if local.len() != 10 || misread {
        return None;
    }
    let area = match groups.first()?.len() {
        _ if local.starts_with('9') || local.starts_with("800") => 3,
        of_its_own @ 3..=5 => of_its_own,
        _ => return None,
    };
    let (code, rest) = local.split_at_checked(area)?;
    let (tail, last) = rest.split_at_checked(rest.len().checked_sub(2)?)?;
    let (first, middle) = tail.split_at_checked(tail.len().checked_sub(2)?)?;
    let extension = if extension.is_empty() { extension } else { format!(", доб. {extension}") };
    Some(format!("8 ({code}) {first}-{middle}-{last}{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The telephone of an executor's line, and whether it is marked.
    fn told(phone: &str) -> (String, bool) {
        let text = format!("Исп. Петрова А.С., тел. {phone}");
        let line = Line { text, marker: None, whole: true };
        let phone = contact(&[&line], &[]).phone;
        (phone.value, phone.doubt.is_some())
    }

    #[test]
    fn a_telephone_of_which_the_digits_are_not_sure_stays_as_written_and_is_marked() {
        for text in [
            "8(813)22-33-44",
            "8 (813) 22-33-44",
            "+7 (813) 22-33-44",
            "8813 22-33-44",
            "8-813-22-33-44",
            "8 (81361) 22-12-34",
            "(813) 22-33-44",
            "88172230102",
        ] {
            assert_eq!(told(text), (text.to_owned(), true));
        }
        assert_eq!(told("8 813 61 2-12-34"), ("2-12-34".to_owned(), true));
    }

    #[test]
    fn telephones_and_names_have_one_writing() {
        for (text, wanted) in [
            ("8(812)539–44–54", "8 (812) 539-44-54"),
            ("+7 (8172) 23-01-02", "8 (8172) 23-01-02"),
            ("(812) 539-44-50", "8 (812) 539-44-50"),
            ("812 539-44-50", "8 (812) 539-44-50"),
            ("(8172) 23-01-02", "8 (8172) 23-01-02"),
            ("8-8172-23-01-02", "8 (8172) 23-01-02"),
            ("88172 23-01-02", "8 (8172) 23-01-02"),
            ("8-911-123-45-67", "8 (911) 123-45-67"),
            ("+79111234567", "8 (911) 123-45-67"),
            ("8 (81361) 2-12-34", "8 (81361) 2-12-34"),
            ("8 (495) 123-45-67 доб. 12", "8 (495) 123-45-67, доб. 12"),
            ("23-01-02", "23-01-02"),
        ] {
            assert_eq!(told(text), (wanted.to_owned(), false), "{text}");
        }
        for (text, wanted) in [
            ("Л.Г.Михайлюк", "Л. Г. Михайлюк"),
            ("Петрова А.С.", "А. С. Петрова"),
            ("Иванова Мария Петровна", "Иванова Мария Петровна"),
        ] {
            assert_eq!(initials(text), wanted);
        }
    }

    #[test]
    fn capitals_are_spelled_as_in_a_sentence() {
        for (text, wanted) in [
            (
                "КОМИТЕТ ОБЩЕГО И ПРОФЕССИОНАЛЬНОГО ОБРАЗОВАНИЯ ЛЕНИНГРАДСКОЙ ОБЛАСТИ",
                "Комитет общего и профессионального образования Ленинградской области",
            ),
            ("МИНИСТЕРСТВО ОБРАЗОВАНИЯ РЕСПУБЛИКИ КАРЕЛИЯ", "Министерство образования Республики Карелия"),
            (
                "УПРАВЛЕНИЕ ОБРАЗОВАНИЯ АДМИНИСТРАЦИИ ГОРОДА ВОЛОГДЫ",
                "Управление образования администрации города Вологды",
            ),
            ("Департамент образования Вологодской области", "Департамент образования Вологодской области"),
        ] {
            assert_eq!(spelled(text), wanted);
        }
    }
}
