//! Every letter in each of its shapes, with made-up data: for whoever changes the wording, and for the tests.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date};

use super::{
    Case, Envelope, Rendered, ReplyError, Templates, alert::alerts, registration, render, render_cases,
    render_new_date, render_reminder, render_sign_in,
};
use crate::{
    campaign::{Campaign, Field, FieldId, FieldKind, RequirementId, RequirementKind, School},
    decision::{Action, Decision, DocumentVerdict, PlannedReply, Reminder, Submission, Template},
    digest::Sha256,
    document::{Document, Format, Problem},
    form::{Answer, Invalid, Kind},
    message::{Address, Message, MessageId},
    reader::{FileReading, Reading},
};

/// A letter of made-up data.
#[derive(Debug)]
pub struct Sample {
    /// Its name, fit for a file: the template and what is particular.
    pub name: String,
    /// The letter.
    pub letter: Rendered,
}

/// Every letter, with the schools and fields of a campaign.
///
/// # Errors
/// As [`render`].
pub fn samples(campaign: &Campaign, templates: &Templates) -> Result<Vec<Sample>, ReplyError> {
    let maker = Maker { campaign, templates };
    let files = || vec![file("Анкета.docx", None), file("Проект выступления.docx", None)];
    let form = || vec![file("Анкета.docx", None)];
    let scan = || vec![file("Анкета.docx", None), file("Скан.pdf", Some(Problem::Scan))];
    let complete = || maker.schools(1, Maker::complete);
    let gaps = || maker.schools(1, Maker::with_gaps);
    let changed = |mut all: Vec<Submission>| {
        all.iter_mut().for_each(|one| one.changed = maker.ids(&[4, 6]));
        all
    };
    let late = |mut all: Vec<Submission>| {
        all.iter_mut().for_each(|one| one.late = true);
        all
    };
    let draft_owed = |one: &Maker<'_>, school: &School| Submission {
        owed: one.owed(RequirementKind::Draft, school),
        draft: false,
        ..one.complete(school)
    };
    let form_owed = |one: &Maker<'_>, school: &School| Submission {
        owed: one.owed(RequirementKind::Form, school),
        form: false,
        answers: BTreeMap::new(),
        ..one.complete(school)
    };
    let rest = |one: &Maker<'_>, school: &School| Submission {
        form: false,
        draft: true,
        answers: BTreeMap::new(),
        owed: Vec::new(),
        ..one.with_gaps(school)
    };
    let (before, after) = (maker.around(0), maker.around(20));
    let all = [
        ("confirm", Template::Confirm, complete(), files(), before),
        ("confirm-late", Template::Confirm, late(complete()), files(), after),
        ("confirm-changed", Template::Confirm, changed(complete()), form(), before),
        ("request", Template::Request, gaps(), form(), before),
        ("request-draft", Template::Request, maker.schools(1, draft_owed), form(), before),
        ("request-form", Template::Request, maker.schools(1, form_owed), vec![file("Выступление.pptx", None)], before),
        ("request-rest", Template::Request, maker.schools(1, rest), vec![file("Выступление.pptx", None)], before),
        ("request-unreadable", Template::Request, maker.schools(1, form_owed), scan(), before),
        ("request-changed", Template::Request, changed(gaps()), form(), before),
        ("request-late", Template::Request, late(gaps()), form(), after),
        ("request-schools", Template::Request, maker.schools(3, Maker::with_gaps), form(), before),
        ("receipt", Template::Receipt, Vec::new(), form(), before),
        ("receipt-unreadable", Template::Receipt, Vec::new(), scan(), before),
        ("question", Template::Question, Vec::new(), form(), before),
        ("confirm-corrects", Template::Confirm, complete(), files(), before),
        ("withdrawn", Template::Withdrawn, Vec::new(), form(), before),
    ];
    let mut samples = Vec::new();
    for (name, template, submissions, files, now) in all {
        let letter = maker.letter(name, template, submissions, files, now)?;
        samples.push(Sample { name: name.to_owned(), letter });
    }
    let nothing = |one: &Maker<'_>, school: &School| Submission {
        owed: campaign.requirements.iter().filter(|one| one.is_owed_by(&school.id)).map(|one| one.id.clone()).collect(),
        draft: false,
        ..form_owed(one, school)
    };
    let duties = (0..campaign.obligations.len()).collect();
    let reminders = [
        ("reminder", maker.schools(1, rest), None),
        ("reminder-form", maker.schools(1, nothing), None),
        ("reminder-person", [maker.schools(1, rest), maker.schools(2, nothing)].concat(), Some(duties)),
    ];
    for (name, schools, duties) in reminders {
        samples.push(Sample { name: name.to_owned(), letter: maker.reminder(name, schools, duties, before)? });
    }
    samples.push(Sample { name: "new-date".to_owned(), letter: maker.new_date(before)? });
    for (name, count) in [("cases", 3), ("cases-one", 1)] {
        samples.push(Sample { name: name.to_owned(), letter: maker.cases(name, count, before)? });
    }
    samples.push(Sample { name: "sign-in".to_owned(), letter: maker.sign_in(before)? });
    for (name, letter) in alerts(campaign, templates)? {
        samples.push(Sample { name, letter });
    }
    Ok(samples)
}

/// A quarter past twelve in the campaign's zone.
pub(super) fn at_noon(campaign: &Campaign, day: Date) -> Timestamp {
    let noon = day.at(12, 15, 0, 0).to_zoned_datetime(campaign.time_zone.clone());
    noon.map(|noon| noon.timestamp()).unwrap_or_default()
}

struct Maker<'a> {
    campaign: &'a Campaign,
    templates: &'a Templates,
}

impl Maker<'_> {
    fn schools(&self, count: usize, of: impl Fn(&Self, &School) -> Submission) -> Vec<Submission> {
        self.campaign.schools.iter().take(count).map(|school| of(self, school)).collect()
    }

    /// So many days after the day before the first deadline.
    fn around(&self, days: i32) -> Timestamp {
        let first = self.campaign.requirements.iter().map(|one| one.deadline).min();
        let day = first.unwrap_or(self.campaign.start).saturating_add((days - 1).days());
        at_noon(self.campaign, day)
    }

    fn ids(&self, places: &[usize]) -> Vec<FieldId> {
        places.iter().filter_map(|place| self.campaign.form.fields.get(*place)).map(|field| field.id.clone()).collect()
    }

    fn owed(&self, kind: RequirementKind, school: &School) -> Vec<RequirementId> {
        self.campaign.requirement(kind, &school.id).map(|one| one.id.clone()).into_iter().collect()
    }

    fn complete(&self, school: &School) -> Submission {
        let answers = self.campaign.form.fields.iter().map(|field| (field.id.clone(), answer(field, school)));
        Submission {
            school: Some(school.id.clone()),
            candidates: Vec::new(),
            outside: None,
            branch: None,
            action: Action::Confirm,
            late: false,
            form: true,
            draft: true,
            information: Vec::new(),
            missing: Vec::new(),
            invalid: Vec::new(),
            answers: answers.collect(),
            changed: Vec::new(),
            documents: Vec::new(),
            repeats: false,
            owed: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// Two fields empty, one that came earlier, a mark that is none, and no draft.
    fn with_gaps(&self, school: &School) -> Submission {
        let mut one = self.complete(school);
        let fields = &self.campaign.form.fields;
        let earlier = self.ids(&[1]);
        let rated = fields.iter().find(|field| matches!(field.kind, FieldKind::Rating { .. }));
        one.missing = self.ids(&[2, fields.len().saturating_sub(1)]);
        one.answers.retain(|id, _| !one.missing.contains(id) && !earlier.contains(id));
        if let Some(answer) = rated.and_then(|field| one.answers.get_mut(&field.id)) {
            "хорошо".clone_into(&mut answer.text);
            (answer.value, answer.invalid) = (None, Some(Invalid::NotANumber));
            one.invalid = rated.iter().map(|field| field.id.clone()).collect();
        }
        one.draft = false;
        one.owed = self.owed(RequirementKind::Draft, school);
        one.action = Action::Request;
        one
    }

    fn reminder(
        &self,
        name: &str,
        schools: Vec<Submission>,
        duties: Option<Vec<usize>>,
        now: Timestamp,
    ) -> Result<Rendered, ReplyError> {
        let address = |text| Address::parse(text).ok_or(ReplyError::MessageId);
        let (to, from) = (address("school@example.org")?, address("committee@example.org")?);
        let person = duties.is_some();
        let (occasions, duties, expires) = (Vec::new(), duties.unwrap_or_default(), Timestamp::MAX);
        let reminder = Reminder { to: vec![to.clone()], occasions, schools, duties, person, expires };
        render_reminder(self.campaign, &reminder, &to, &self.envelope(&from, name, now, None))
    }

    fn cases(&self, name: &str, count: usize, now: Timestamp) -> Result<Rendered, ReplyError> {
        let case = |number, reason: &str, from: &str, subject: &str| Case {
            number,
            reason: reason.to_owned(),
            received: now,
            from: from.to_owned(),
            subject: subject.to_owned(),
        };
        let cases = [
            case(14, "школа не определена", "school@example.org", "Анкета"),
            case(15, "вне графика: МОУ «Аннинская школа»", "other@example.org", ""),
            case(16, "письмо не удалось обработать", "", ""),
        ];
        let address = |text| Address::parse(text).ok_or(ReplyError::MessageId);
        let (to, from) = (address("staff@example.org")?, address("committee@example.org")?);
        let cases = cases.get(..count).unwrap_or_default();
        render_cases(self.campaign, cases, None, &to, &self.envelope(&from, name, now, None))
    }

    fn sign_in(&self, now: Timestamp) -> Result<Rendered, ReplyError> {
        let address = |text| Address::parse(text).ok_or(ReplyError::MessageId);
        let (to, from) = (address("staff@example.org")?, address("committee@example.org")?);
        let envelope = Envelope { from_name: "Сводка", ..self.envelope(&from, "sign-in", now, None) };
        let (link, span) = ("https://svodka.example.org/sign-in/4f1d7c", SignedDuration::from_mins(10));
        render_sign_in(link, span, &self.campaign.time_zone, &to, &envelope)
    }

    fn envelope<'e>(
        &'e self,
        from: &'e Address,
        seed: &'e str,
        now: Timestamp,
        registration: Option<&'e str>,
    ) -> Envelope<'e> {
        let from_name = &self.campaign.letter.issuer;
        Envelope { from, from_name, now, registration, seed, templates: self.templates }
    }

    fn new_date(&self, now: Timestamp) -> Result<Rendered, ReplyError> {
        let mut school = self.campaign.schools.first().cloned().ok_or(ReplyError::MessageId)?;
        let before = school.date.unwrap_or(self.campaign.start);
        (school.date, school.moved) = (Some(before.saturating_add(7.days())), 1);
        let to = Address::parse("school@example.org").ok_or(ReplyError::MessageId)?;
        let from = Address::parse("committee@example.org").ok_or(ReplyError::MessageId)?;
        render_new_date(self.campaign, &school, Some(before), &to, &self.envelope(&from, "new-date", now, None))
    }

    fn letter(
        &self,
        name: &str,
        template: Template,
        submissions: Vec<Submission>,
        files: Vec<FileReading>,
        now: Timestamp,
    ) -> Result<Rendered, ReplyError> {
        let verdict = |(index, file): (usize, &FileReading)| DocumentVerdict {
            file: Some(index),
            kind: if file.content.is_ok() { Kind::Form } else { Kind::Unreadable },
            school: None,
            problem: file.content.as_ref().err().copied(),
        };
        let to = Address::parse("school@example.org").ok_or(ReplyError::MessageId)?;
        let from = Address::parse("committee@example.org").ok_or(ReplyError::MessageId)?;
        let planned = PlannedReply {
            to,
            template,
            submissions: (0..submissions.len()).collect(),
            not_before: now,
            answers: MessageId::parse("sample@school.example"),
            // The names say which letters correct one.
            corrects: (name.ends_with("corrects") || template == Template::Withdrawn)
                .then(|| self.campaign.schools.last().map(|school| school.id.clone()))
                .flatten(),
        };
        let decision = Decision {
            action: Action::Request,
            documents: files.iter().enumerate().map(verdict).collect(),
            submissions,
            replies: Vec::new(),
            reviews: Vec::new(),
            why: Vec::new(),
        };
        let message = Message { received: Some(now), ..Message::default() };
        let reading = Reading { message, files, ..Reading::default() };
        let registration = registration(&self.campaign.id, 42);
        let envelope = self.envelope(&from, name, now, Some(&registration));
        render(self.campaign, &decision, &reading, &planned, &envelope)
    }
}

fn file(name: &str, problem: Option<Problem>) -> FileReading {
    FileReading {
        name: Some(name.to_owned()),
        path: Vec::new(),
        format: Format::Docx,
        inline: false,
        size: 48_000,
        sha256: Sha256::of(name.as_bytes()),
        content: problem.map_or_else(|| Ok(Document::default()), Err),
    }
}

/// What a school might write.
fn answer(field: &Field, school: &School) -> Answer {
    let text = match &field.kind {
        FieldKind::SchoolName => school.name.clone(),
        FieldKind::Text => "Совместные семинары, открытые уроки и обмен опытом между школами района".to_owned(),
        FieldKind::List => "Окружной семинар\nВебинар для управленческих команд\nСтажировка".to_owned(),
        FieldKind::Count => "4".to_owned(),
        FieldKind::Since => "с сентября 2021 года".to_owned(),
        FieldKind::Rating { max, .. } => max.to_string(),
        FieldKind::Decimal => "12,5".to_owned(),
        FieldKind::YesNo => "да".to_owned(),
        FieldKind::OneOf(options) | FieldKind::SeveralOf(options) => options.first().cloned().unwrap_or_default(),
        FieldKind::Email => "school@example.org".to_owned(),
        FieldKind::Phone => "8 (812) 123-45-67".to_owned(),
        FieldKind::Table { columns } => columns.iter().map(|_| "…").collect::<Vec<_>>().join("\t"),
        FieldKind::File => "прилагается".to_owned(),
    };
    Answer { text, value: None, invalid: None, found: "таблица 1".to_owned() }
}
