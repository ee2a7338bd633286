//! Who has to do what until when: what schools owe, what others owe, and the event.

use jiff::civil::Date;

use crate::latin::identifier;

use super::{
    Event, Found, Obligation, Requirement, School, dates, event,
    form::Chosen,
    pattern::pattern,
    russian::{nominative, uncapitalised},
    schedule::{self, Schedule},
    text::{Line, clean, fold, quoted, sentences, words},
};

/// What is known already.
pub(super) struct Known<'a> {
    pub(super) letter: Date,
    pub(super) form: &'a Chosen,
    pub(super) schedule: &'a Schedule,
    pub(super) schools: &'a [Found<School>],
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    pub(super) requirements: Vec<Found<Requirement>>,
    pub(super) obligations: Vec<Found<Obligation>>,
    pub(super) event: Option<Found<Event>>,
    pub(super) remarks: Vec<String>,
}

/// A sentence with whom it addresses.
pub(super) struct Said {
    pub(super) who: Option<String>,
    pub(super) text: String,
    /// The last day that it names as one until which something is to be done.
    deadline: Option<Date>,
}

pub(super) fn read(body: &[&Line], known: &Known<'_>) -> Tasks {
    let said = said(body, known.letter);
    let mut tasks = Tasks { event: event::read(&said, known.letter), ..Tasks::default() };
    let mut used: Vec<usize> = Vec::new();
    let draft = draft(&said, known);
    if let Some((at, draft)) = draft {
        used.push(at);
        tasks.requirements.push(draft);
    }
    let information = information(&said, known, &used);
    if let Some((at, _)) = &information {
        used.push(*at);
    }
    let (places, forms) = forms(&said, known, &used, tasks.event.as_ref());
    used.extend(places);
    tasks.requirements.splice(0..0, forms);
    tasks.requirements.extend(information.map(|(_, one)| one));
    for (at, one) in said.iter().enumerate() {
        let (Some(who), Some(deadline)) = (&one.who, one.deadline) else { continue };
        if is_of_schools(who) || used.contains(&at) {
            continue;
        }
        let what = what(&one.text, known.letter);
        if what.is_empty() {
            continue;
        }
        let obligation = Obligation { who: who.clone(), what, deadline };
        tasks.obligations.push(Found::sure(obligation, &one.text));
    }
    for (at, one) in said.iter().enumerate() {
        let other =
            one.deadline.is_some() && !used.contains(&at) && one.who.as_ref().is_none_or(|who| is_of_schools(who));
        let in_event = tasks.event.as_ref().is_some_and(|event| event.at == one.text);
        let same = tasks.requirements.iter().any(|found| one.deadline == Some(found.value.deadline));
        if other && !in_event && !same {
            tasks.remarks.push(format!("в письме назван ещё один срок, он ни к чему не отнесён: «{}»", one.text));
        }
    }
    tasks
}

/// The sentences of the letter. A line that ends in a colon and addresses somebody speaks for those below it.
fn said(body: &[&Line], letter: Date) -> Vec<Said> {
    let mut found: Vec<Said> = Vec::new();
    let mut who: Option<String> = None;
    for line in body {
        if let Some(addressed) = line.text.strip_suffix(':') {
            let addressed = addressed.rsplit([';', '.']).next().unwrap_or(addressed).trim();
            who = nominative(&uncapitalised(addressed));
            if who.is_some() {
                continue;
            }
        }
        for sentence in sentences(&line.text) {
            let own = addressed_within(&sentence);
            let continued = sentence.chars().next().is_some_and(char::is_lowercase)
                || line.marker.is_some()
                || pattern!(r"^(?:[-–—•]|\d+[.)])\s").is_match(&sentence);
            if own.is_none() && !continued {
                who = None;
            }
            let (speaker, text) = match own {
                Some((speaker, text)) => (Some(speaker), text),
                None => (who.clone(), sentence),
            };
            found.push(Said { who: speaker, deadline: deadline(&text, letter), text });
        }
    }
    found
}

/// «Директорам школ до 5 мая организовать …»: whom the sentence itself addresses.
fn addressed_within(sentence: &str) -> Option<(String, String)> {
    let text = pattern!(r"^(?:\d+(?:\.\d+)*[.)]?|[-–—•])\s*").replace(sentence, "").into_owned();
    let text = pattern!(r"(?i)^(?:\p{L}+ )?(?:рекоменд\w+|пору[чш]\w+|прос[ия]\w+|предлага\w+)\s*:?\s+")
        .replace(&text, "")
        .into_owned();
    let infinitive = pattern!(r"(?i)(?:^|[\s,])(?:до [^,]{4,40} )?(?:в срок до [^,]{4,40} )?(?:необходимо )?(\p{L}{3,}(?:ить|ать|ять|еть|сти|чь))\b").find(&text)?;
    let (head, rest) = text.split_at_checked(infinitive.start())?;
    let head = head.trim_end_matches([',', ' ', ':', '–', '-']);
    if head.split(' ').count() > 14 || head.is_empty() {
        return None;
    }
    let who = nominative(&uncapitalised(head))?;
    Some((who, rest.trim_start_matches([',', ' ', ':']).to_owned()))
}

/// The day by which a sentence wants something.
fn deadline(text: &str, letter: Date) -> Option<Date> {
    let days = dates::find(text, letter);
    let term = pattern!(r"(?i)\bсрок\w*\b").is_match(text);
    let until = days.iter().rev().find(|day| day.until);
    until.or_else(|| days.iter().rev().find(|_| term)).map(|day| day.last)
}

fn is_of_schools(who: &str) -> bool {
    let who = fold(who);
    pattern!(r"школ|образовательных (?:организац|учрежден)|общеобразовательн|образовательные организац|\bоо\b|директор")
        .is_match(&who)
        && !pattern!(r"куратор|координатор|\bорган(?:ы|ов|ам)\b|муниципальные (?:метод|коорд)|методист|специалист")
            .is_match(&who)
}

/// What is to be done, without the day, the quotes of long names and the sign at the end.
fn what(text: &str, letter: Date) -> String {
    let mut text = text.to_owned();
    for day in dates::find(&text, letter).iter().rev() {
        let before = text.get(..day.from).unwrap_or_default();
        let start = pattern!(r"(?i)[\s,(–—-]*(?:в срок до|в срок|срок[:\s–—-]*(?:до|с)?|не позднее|до|к)?\s*$")
            .find(before)
            .map_or(day.from, |found| found.start());
        let rest = text.get(day.to..).unwrap_or_default();
        let rest = pattern!(r"^\s*(?:включительно)?\)?").replace(rest, "").into_owned();
        text = format!("{}{rest}", text.get(..start).unwrap_or_default());
    }
    for name in quoted(&text) {
        if name.chars().count() > 45 {
            let shorter = pattern!(r"\s*«[^»]{45,}(?:»[^«»]{0,90}»|»)").replace(&text, "").into_owned();
            if pattern!(r"(?i)програм\w+|проект\w+|мероприят\w+").is_match(&shorter) {
                text = shorter;
            }
        }
    }
    let text = pattern!(r"^(?:[-–—•]|\d+(?:\.\d+)*[.)])\s*").replace(&text, "").into_owned();
    uncapitalised(clean(&text).trim_end_matches([';', '.', ',', ' ', '–', '—', '-', '(']))
}

const DRAFT: &str =
    r"(?i)проект\w* (?:выступлен|доклад|презентац)|тезис|текст\w* (?:выступлен|доклад)|презентаци|доклад\w*";

/// The draft of a speech: a sentence that wants it sent.
fn draft(said: &[Said], known: &Known<'_>) -> Option<(usize, Found<Requirement>)> {
    let sends = pattern!(r"(?i)направ|представ|присла|высла|предостав|отправ");
    let other = |one: &Said| one.who.as_ref().is_some_and(|who| !is_of_schools(who));
    let meant = |one: &Said| pattern!(DRAFT).is_match(&one.text) && sends.is_match(&one.text) && !other(one);
    let strong = |one: &Said| meant(one) && one.deadline.is_some();
    let at = said.iter().position(strong).or_else(|| {
        said.iter().position(|one| meant(one) && pattern!(r"(?i)проект|тезис|текст").is_match(&one.text))
    })?;
    let one = said.get(at)?;
    let text = fold(&one.text);
    let (title, accusative) = match () {
        () if text.contains("тезис") => ("тезисы выступления", "тезисы выступления"),
        () if text.contains("доклад") => ("текст доклада", "текст доклада"),
        () if text.contains("выступлен") && text.contains("презентаци") => {
            ("проект выступления с презентацией", "проект выступления с презентацией")
        }
        () if text.contains("выступлен") => ("проект выступления", "проект выступления"),
        () => ("презентация выступления", "презентацию выступления"),
    };
    let requirement = Requirement {
        id: "draft".to_owned(),
        kind: "draft",
        title: title.to_owned(),
        accusative: accusative.to_owned(),
        deadline: one.deadline.unwrap_or(known.letter),
        words: Vec::new(),
        schools: None,
    };
    let found = Found::sure(requirement, &one.text);
    Some((
        at,
        if one.deadline.is_some() {
            found
        } else {
            found.but("срок в этом предложении не назван: поставьте его")
        },
    ))
}

/// Information without a form: «представить информацию об …», where this is not what the form asks.
fn information(said: &[Said], known: &Known<'_>, used: &[usize]) -> Option<(usize, Found<Requirement>)> {
    let asks = pattern!(
        r"(?i)(?:представ|направ|предостав|подготов)\w*\s+(?:\p{L}+ )?(?:информацию|сведения|справку|отч[её]т|аналитическую справку)\s+(?:об?|по)\s+(.+)$"
    );
    let title = words(&known.form.title);
    for (at, one) in said.iter().enumerate() {
        if used.contains(&at) || one.who.as_ref().is_some_and(|who| !is_of_schools(who)) {
            continue;
        }
        let Some(found) = asks.captures(&one.text) else { continue };
        let object = found.get(1).map_or("", |object| object.as_str());
        let next = said.get(at + 1).map_or("", |next| next.text.as_str());
        // What the form itself asks is no requirement of its own.
        let of_form =
            pattern!(r"(?i)\bформ\w+ .{0,40}(?:приложен|прилага)|прилагаем\w+ форм|по форме|согласно приложени")
                .is_match(&format!("{} {next}", one.text));
        let telling: Vec<String> = words(object).into_iter().filter(|word| word.chars().count() >= 5).take(8).collect();
        let shared = telling.iter().filter(|word| title.iter().any(|other| same_stem(word, other))).count();
        if of_form || telling.is_empty() || shared * 2 >= telling.len() {
            continue;
        }
        return Some((at, requirement_of_information(one, object, next, known)));
    }
    None
}

fn same_stem(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    common >= 5.min(a.chars().count())
}

fn requirement_of_information(one: &Said, object: &str, next: &str, known: &Known<'_>) -> Found<Requirement> {
    let cut = pattern!(r"(?i)\s+(?:при|в период|в срок|в \d{4}|на адрес|до \d|согласно|в соответствии|не позднее)\b")
        .split(object)
        .next()
        .unwrap_or(object);
    let cut = cut.trim_end_matches(['.', ';', ',', ' ']);
    let about = if fold(object).starts_with(['о', 'а', 'и', 'у', 'э']) { "об" } else { "о" };
    let acronym = quoted(cut).into_iter().find(|name| name.chars().count() <= 12);
    let words = match &acronym {
        Some(name) => vec![fold(name)],
        None => vec![fold(&cut.split(' ').take(3).collect::<Vec<_>>().join(" "))],
    };
    let last = known.schedule.entries.iter().filter_map(|entry| entry.date).max();
    let by_schedule = schedule::is_spoken_of(&format!("{} {next}", one.text)).then_some(last).flatten();
    let restricted = pattern!(r"(?i)школам[\s,-]+(?:показавш|имеющ|участни|котор|вошедш|попавш)").is_match(&one.text)
        || one.who.as_ref().is_some_and(|who| pattern!(r"(?i)показавш|имеющ|котор|вошедш").is_match(who));
    let deadline = one.deadline.or(by_schedule).or(last).unwrap_or(known.letter);
    let requirement = Requirement {
        id: acronym.map(|name| identifier(&name, '_')).filter(|id| is_free(id)).unwrap_or("information".to_owned()),
        kind: "information",
        title: format!("информация {about} {cut}"),
        accusative: format!("информацию {about} {cut}"),
        deadline,
        words,
        schools: restricted.then(Vec::new),
    };
    let why = match (one.deadline, restricted) {
        (_, true) => {
            "эту информацию представляют не все школы: впишите в schools тех, кто должен; пока список пуст, её ни от кого не ждут"
        }
        (None, false) => "срок в этом предложении не назван: проверьте его",
        (Some(_), false) => return Found::sure(requirement, &one.text),
    };
    Found::sure(requirement, &one.text).but(why)
}

/// Whether an identifier is none of those that other requirements bear.
fn is_free(id: &str) -> bool {
    !id.is_empty() && id != "draft" && !id.starts_with("form")
}

/// The form, once or with several deadlines; and which sentences say so.
fn forms(
    said: &[Said],
    known: &Known<'_>,
    used: &[usize],
    event: Option<&Found<Event>>,
) -> (Vec<usize>, Vec<Found<Requirement>>) {
    if let Some(split) = by_schedule(known) {
        return (Vec::new(), split);
    }
    if let Some(split) = by_district(said, known, used) {
        return split;
    }
    let score = |at: usize, one: &Said| -> i32 {
        if one.deadline.is_none() || used.contains(&at) || event.is_some_and(|event| event.at == one.text) {
            return 0;
        }
        if one.who.as_ref().is_some_and(|who| !is_of_schools(who)) {
            return 0;
        }
        let text = fold(&one.text);
        let mut score = 1;
        score += 3 * i32::from(
            !known.form.word.is_empty()
                && text.contains(known.form.word.get(..known.form.word.len().min(12)).unwrap_or(&known.form.word)),
        );
        score += 2 * i32::from(
            pattern!(r"форм[аеуы]\b|анкет|приложени|заполн|сведени|информаци|заявк|отчет").is_match(&text),
        );
        score += 2 * i32::from(pattern!(r"направ|представ|присла|высла|подготов|заполн|предостав").is_match(&text));
        score += i32::from(one.who.is_some());
        score
    };
    let best = said
        .iter()
        .enumerate()
        .map(|(at, one)| (score(at, one), at))
        .filter(|(score, _)| *score > 0)
        .max_by_key(|(score, at)| (*score, std::cmp::Reverse(*at)));
    let (title, accusative) = titles(known.form);
    let of = |deadline: Date| Requirement {
        id: "form".to_owned(),
        kind: "form",
        title,
        accusative,
        deadline,
        words: Vec::new(),
        schools: None,
    };
    match best.and_then(|(score, at)| Some((score, at, said.get(at)?))) {
        Some((score, at, one)) => {
            let found = Found::sure(of(one.deadline.unwrap_or(known.letter)), &one.text);
            let found = if score >= 4 {
                found
            } else {
                found.but("срок отнесён к форме не наверняка")
            };
            (vec![at], vec![found])
        }
        None => {
            let last = said.iter().filter_map(|one| one.deadline).max().or(event.map(|event| event.value.from));
            let why = "срок для формы в письме не найден: поставьте его";
            (Vec::new(), vec![Found::doubtful(of(last.unwrap_or(known.letter)), why)])
        }
    }
}

/// How the form is called among what is owed.
fn titles(form: &Chosen) -> (String, String) {
    let place = match form.number {
        Some(number) => format!("приложения {number} к письму"),
        None => "приложения к письму".to_owned(),
    };
    let (nominative, accusative) = match form.word.as_str() {
        "анкета" => ("анкета", "анкету"),
        "заявка" => ("заявка", "заявку"),
        "отчет" => ("отчёт", "отчёт"),
        "сведения" => ("сведения", "сведения"),
        "справка" => ("справка", "справку"),
        "паспорт" => ("паспорт", "паспорт"),
        _ => ("информация", "информацию"),
    };
    (format!("{nominative} по форме {place}"), format!("{accusative} по форме {place}"))
}

/// A schedule whose days are deadlines: one requirement for each day.
fn by_schedule(known: &Known<'_>) -> Option<Vec<Found<Requirement>>> {
    if !known.schedule.of_deadlines {
        return None;
    }
    let mut days: Vec<Date> = known.schools.iter().filter_map(|school| school.value.date).collect();
    days.sort_unstable();
    days.dedup();
    let of = |day: &Date| {
        known
            .schools
            .iter()
            .filter(|school| school.value.date == Some(*day))
            .map(|school| school.value.id.clone())
            .collect()
    };
    let parts = days.iter().map(|day| (*day, of(day), "график сроков".to_owned())).collect();
    Some(with_missing(parted(parts, known.form), known)).filter(|forms| !forms.is_empty())
}

/// A requirement for each day, in the order of the days. A school that is named twice has the first of its days.
fn parted(parts: Vec<(Date, Vec<String>, String)>, form: &Chosen) -> Vec<Found<Requirement>> {
    let mut days: std::collections::BTreeMap<Date, (Vec<String>, String)> = std::collections::BTreeMap::new();
    let mut seen = std::collections::HashSet::new();
    for (day, schools, at) in parts {
        let own: Vec<String> = schools.into_iter().filter(|school| seen.insert(school.clone())).collect();
        if !own.is_empty() {
            days.entry(day).or_insert_with(|| (Vec::new(), at)).0.extend(own);
        }
    }
    let (title, accusative) = titles(form);
    let one = |(nth, (deadline, (schools, at))): (usize, (Date, (Vec<String>, String)))| {
        let id = if nth == 0 { "form".to_owned() } else { format!("form-{}", nth + 1) };
        let schools = Some(schools);
        Found::sure(
            Requirement {
                id,
                kind: "form",
                title: title.clone(),
                accusative: accusative.clone(),
                deadline,
                words: Vec::new(),
                schools,
            },
            &at,
        )
    };
    days.into_iter().enumerate().map(one).collect()
}

/// «школам Киришского района – до 10 ноября, школам Тосненского района – до 17 ноября»: in one sentence or several.
fn by_district(said: &[Said], known: &Known<'_>, used: &[usize]) -> Option<(Vec<usize>, Vec<Found<Requirement>>)> {
    let mut parts: Vec<(Date, Vec<String>, String)> = Vec::new();
    let mut places = Vec::new();
    for (at, one) in said.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
        let mut from = 0;
        let whole = match &one.who {
            Some(who) => format!("{who}: {}", one.text),
            None => one.text.clone(),
        };
        for day in dates::find(&whole, known.letter).iter().filter(|day| day.until) {
            let before = whole.get(from..day.from).unwrap_or_default();
            from = day.to;
            let districts = districts(before);
            let schools: Vec<String> = known
                .schools
                .iter()
                .filter(|school| districts.contains(&school.value.district))
                .map(|school| school.value.id.clone())
                .collect();
            if !schools.is_empty() {
                parts.push((day.last, schools, one.text.clone()));
                places.push(at);
            }
        }
    }
    if parts.len() < 2 {
        return None;
    }
    Some((places, with_missing(parted(parts, known.form), known)))
}

/// Says of the last requirement which schools owe none of them.
fn with_missing(mut forms: Vec<Found<Requirement>>, known: &Known<'_>) -> Vec<Found<Requirement>> {
    let owes = |id: &String| forms.iter().any(|form| form.value.schools.iter().flatten().any(|one| one == id));
    let missing: Vec<&str> =
        known.schools.iter().map(|school| &school.value.id).filter(|id| !owes(id)).map(String::as_str).collect();
    let why = format!("ни к одному сроку не отнесены школы: {}", missing.join(", "));
    if let (false, Some(last)) = (missing.is_empty(), forms.last_mut()) {
        last.doubt = Some(why);
    }
    forms
}

/// The districts that a stretch of text names: «Киришского и Тосненского районов».
fn districts(text: &str) -> Vec<String> {
    let found = pattern!(r"\b([А-ЯЁ][а-яё-]+(?:ск|цк)(?:ого|ий|ому|им))\b").captures_iter(text);
    found.filter_map(|found| schedule::nominative(found.get(1)?.as_str())).collect()
}
