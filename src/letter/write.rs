//! A draft → the text of its campaign file, with comments for people who have never seen one.

use std::fmt::Write as _;

use jiff::{ToSpan as _, civil::Date};

use super::{Draft, Field, Found, Requirement, School, text::tail};

/// A value that a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The line of the file, counted from 1.
    pub line: usize,
    /// Why, in Russian.
    pub why: String,
}

/// A campaign file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its text.
    pub text: String,
    /// What is to be looked at.
    pub doubts: Vec<Doubt>,
}

/// Writes the campaign file of a draft.
pub fn write(draft: &Draft) -> Written {
    let mut page = Page::default();
    head(&mut page, draft);
    letter(&mut page, draft);
    recognition(&mut page, draft);
    if let Some(event) = &draft.event {
        page.line("");
        page.section("[event]", event);
        page.text("title", &event.value.title);
        page.date("from", event.value.from);
        page.date("to", event.value.to);
    }
    requirements(&mut page, draft);
    obligations(&mut page, draft);
    form(&mut page, draft);
    schools(&mut page, draft);
    Written { text: page.text, doubts: page.doubts }
}

#[derive(Debug, Default)]
struct Page {
    text: String,
    lines: usize,
    doubts: Vec<Doubt>,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines += 1;
    }

    fn comment(&mut self, text: &str) {
        for line in wrapped(text, 112) {
            self.line(&format!("# {line}"));
        }
    }

    /// A heading over a part of the file.
    fn part(&mut self, title: &str) {
        self.line("");
        let rule = "─".repeat(112usize.saturating_sub(title.chars().count() + 4));
        self.line(&format!("# ── {title} {rule}"));
    }

    /// Says why somebody has to look at what follows.
    fn doubt(&mut self, why: &str) {
        self.doubts.push(Doubt { line: self.lines + 1, why: why.to_owned() });
        self.comment(&format!("ПРОВЕРЬТЕ: {why}"));
    }

    /// The sentence that a section comes from, and what is not sure of it, and its name.
    fn section<T>(&mut self, name: &str, found: &Found<T>) {
        if !found.at.is_empty() {
            self.comment(&format!("Из письма: {}", one_line(&tail(&found.at, 300))));
        }
        if let Some(why) = &found.doubt {
            self.doubt(why);
        }
        self.line(name);
    }

    fn text(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {}", quoted(value)));
    }

    fn found(&mut self, key: &str, found: &Found<String>) {
        if let Some(why) = &found.doubt {
            self.doubt(why);
        }
        self.text(key, &found.value);
    }

    fn date(&mut self, key: &str, day: Date) {
        self.line(&format!("{key} = {day}"));
    }

    fn list(&mut self, key: &str, values: &[String]) {
        let all = values.iter().map(|value| quoted(value)).collect::<Vec<_>>();
        let short = format!("{key} = [{}]", all.join(", "));
        if short.chars().count() <= 120 || values.len() < 2 {
            self.line(&short);
            return;
        }
        self.line(&format!("{key} = ["));
        for value in all {
            self.line(&format!("    {value},"));
        }
        self.line("]");
    }
}

/// A TOML string: whatever stands in it, it is read back as it was.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in one_line(text).split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn head(page: &mut Page, draft: &Draft) {
    page.comment(
        "Одно письмо: что в нём просят, у кого и к какому сроку. Файл составлен программой по тексту письма. Строки с решёткой \
         в начале – пояснения. Всё, в чём программа не уверена, отмечено словом «ПРОВЕРЬТЕ». Правьте только текст в кавычках \
         и даты (год-месяц-день); срок включает свой день. Проверить файл: svodka campaign check ФАЙЛ",
    );
    for remark in &draft.remarks {
        page.line("");
        page.doubt(remark);
    }
    page.line("");
    page.found("id", &draft.id);
    page.found("title", &draft.title);
    page.text("time_zone", draft.time_zone);
    page.comment("Более ранние письма школ к этой кампании не относятся.");
    page.date("start", draft.date.value);
    if draft.to_all {
        page.doubt("графика в письме нет: кампания обращена ко всем школам реестра (svodka roster import)");
        page.text("audience", "roster");
    }
}

fn letter(page: &mut Page, draft: &Draft) {
    page.line("");
    page.line("[letter]");
    page.found("number", &draft.number);
    if let Some(why) = &draft.date.doubt {
        page.doubt(why);
    }
    page.date("date", draft.date.value);
    page.found("subject", &draft.subject);
    page.found("issuer", &draft.issuer);
    page.found("issuer_genitive", &draft.issuer_genitive);
    page.line("");
    page.comment("К кому школа может обратиться.");
    page.line("[contact]");
    page.found("name", &draft.contact);
    page.found("phone", &draft.phone);
    page.found("email", &draft.email);
}

fn recognition(page: &mut Page, draft: &Draft) {
    page.line("");
    page.comment("По этим словам письмо школы узнаётся среди остальной почты.");
    page.line("[recognition]");
    page.list("words", &draft.words);
    page.comment("По этим фразам узнаётся само письмо комитета, если школа приложила его к ответу.");
    page.list("letter_phrases", &draft.phrases);
}

fn requirements(page: &mut Page, draft: &Draft) {
    page.part("Что представляет каждая школа");
    for found in &draft.requirements {
        let Requirement { id, kind, title, accusative, deadline, words, schools } = &found.value;
        page.line("");
        page.section("[[requirement]]", found);
        page.text("id", id);
        page.text("kind", kind);
        page.text("title", title);
        page.text("accusative", accusative);
        page.date("deadline", *deadline);
        if !words.is_empty() {
            page.list("words", words);
        }
        if let Some(schools) = schools {
            page.list("schools", schools);
        }
    }
    page.line("");
    page.comment("За сколько дней до срока напоминать тем, кто ещё не прислал, и в какие часы.");
    page.line("[reminders]");
    page.line("days_before = [3, 1]");
    page.line("from = 09:00:00");
    page.line("to = 18:00:00");
}

fn obligations(page: &mut Page, draft: &Draft) {
    if draft.obligations.is_empty() {
        return;
    }
    page.part("Что поручено другим: отмечается сотрудниками");
    for found in &draft.obligations {
        page.line("");
        page.section("[[obligation]]", found);
        page.text("who", &found.value.who);
        page.text("what", &found.value.what);
        page.date("deadline", found.value.deadline);
    }
}

fn form(page: &mut Page, draft: &Draft) {
    page.part("Форма");
    page.comment(
        "kind – каким должен быть ответ: \"school_name\" (название школы, ровно один вопрос), \"text\" (любой текст), \"list\" \
         (перечень), \"count\" (целое число), \"decimal\" (число), \"since\" (дата или период), \"yes_no\" (да или нет), \"email\", \
         \"phone\", { rating = { min = 1, max = 5 } } (оценка), { one_of = [\"…\"] } (один вариант). none_is_answer = true: «нет» – \
         это ответ. required_outside = true: отвечает и школа, которой нет в графике.",
    );
    page.line("");
    page.section("[form]", &draft.form_title);
    page.text("title", &draft.form_title.value);
    for found in &draft.fields {
        let Field { id, label, short, kind, aliases, hint, none_is_answer, optional, required_outside } = &found.value;
        page.line("");
        if let Some(why) = &found.doubt {
            page.doubt(why);
        }
        page.line("[[form.field]]");
        page.text("id", id);
        page.text("label", label);
        page.text("short", short);
        page.line(&format!("kind = {kind}"));
        if !aliases.is_empty() {
            let all = aliases.iter().map(|alias| quoted(alias)).collect::<Vec<_>>();
            page.line(&format!("aliases = [{}]", all.join(", ")));
        }
        page.text("hint", hint);
        for (key, _) in
            [("none_is_answer", none_is_answer), ("required_outside", required_outside)].iter().filter(|(_, set)| **set)
        {
            page.line(&format!("{key} = true"));
        }
        if *optional {
            page.line("required = false");
        }
    }
}

/// The schools of which something is not known.
fn unknown(draft: &Draft, is: impl Fn(&School) -> bool) -> String {
    let ids =
        draft.schools.iter().map(|found| &found.value).filter(|school| is(school)).map(|school| school.id.as_str());
    ids.collect::<Vec<_>>().join(", ")
}

fn schools(page: &mut Page, draft: &Draft) {
    if draft.schools.is_empty() {
        return;
    }
    page.part("График");
    page.comment(
        "aliases = [\"…\"] – прежние полные названия школы; addresses = [\"…\"] – её адреса электронной почты. Соседние школы, \
         которых в графике нет, можно добавить в конец файла разделами [[neighbour]] (name, district, settlement): тогда их \
         письма не спутать с письмами школ графика.",
    );
    for (what, missing) in [
        ("в каком районе", unknown(draft, |school| school.district.is_empty())),
        ("в каком городе или посёлке", unknown(draft, |school| school.settlement.is_empty())),
    ] {
        if !missing.is_empty() {
            page.doubt(&format!("из письма не видно, {what} эти школы: {missing}. Впишите, если знаете: так письмо школы узнаётся надёжнее"));
        }
    }
    for found in &draft.schools {
        let School { id, name, district, settlement, date } = &found.value;
        page.line("");
        if let Some(why) = &found.doubt {
            page.doubt(why);
        }
        page.line("[[school]]");
        page.text("id", id);
        page.text("name", name);
        page.text("district", district);
        page.text("settlement", settlement);
        if let Some(date) = date {
            page.date("date", *date);
        }
    }
    let last = draft.schools.iter().filter_map(|school| school.value.date).max();
    if last.is_some_and(|last| last > draft.date.value.saturating_add(400.days())) {
        page.doubt("последний день графика больше чем через год после письма: верен ли год?");
    }
}
