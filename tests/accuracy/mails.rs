//! Whole mails with what is wanted of them.

use fastrand::Rng;
use svodka::campaign::Campaign;

use super::{
    answers::{Answer, FIELDS, Worth, answers},
    carriers::{CARRIERS, File, Mail, carried},
    chance::{one_in, pick, weighed},
    files,
    layouts::{LAYOUTS, MANNERS, Pair, Part, seen, written},
    names::{SCHOOLS, School, another, certain, doubtful},
    texts,
};

/// One school's part of a mail as it should be decided.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) school: Option<&'static str>,
    pub(crate) action: &'static str,
    pub(crate) missing: Vec<&'static str>,
    pub(crate) invalid: Vec<&'static str>,
    pub(crate) draft: bool,
    pub(crate) answers: Vec<(&'static str, String)>,
}

/// A mail, what it is made of, and what is wanted.
pub(crate) struct Case {
    pub(crate) bytes: Vec<u8>,
    /// What it is made of: a dimension and its value each.
    pub(crate) families: Vec<(&'static str, &'static str)>,
    pub(crate) action: &'static str,
    pub(crate) wanted: Vec<Wanted>,
}

/// How often each kind of mail comes.
const KINDS: [(u32, &str); 15] = [
    (50, "form of a certain school"),
    (8, "form of a doubtful name"),
    (8, "form of another school"),
    (5, "name only in the letterhead"),
    (4, "name only in the draft"),
    (4, "name against the letterhead"),
    (5, "two schools, two files"),
    (3, "two schools, two columns"),
    (5, "draft alone"),
    (3, "draft of nobody"),
    (4, "two versions"),
    (4, "form that cannot be read"),
    (5, "machine"),
    (3, "about something else"),
    (3, "question about the letter"),
];

const FROM: [&str; 6] = [
    "ivanova.mp@mail.example",
    "school-2010@yandex.example",
    "olga_77@list.example",
    "sekretar@bk.example",
    "director@inbox.example",
    "a.petrova@gmail.example",
];

/// Draws one mail.
pub(crate) fn case(rng: &mut Rng, campaign: &Campaign) -> Case {
    let kind = weighed(rng, &KINDS);
    let mut maker = Maker { rng, campaign, families: vec![("kind", kind)] };
    let (mail, action, wanted) = match kind {
        "form of a doubtful name" => maker.unknown(doubtful),
        "form of another school" => maker.unknown(another),
        "name only in the letterhead" => maker.letterhead(),
        "name only in the draft" => maker.named_by_its_draft(),
        "name against the letterhead" => maker.contradiction(),
        "two schools, two files" => maker.two_files(),
        "two schools, two columns" => maker.two_columns(),
        "draft alone" => maker.draft_alone(true),
        "draft of nobody" => maker.draft_alone(false),
        "two versions" => maker.two_versions(),
        "form that cannot be read" => maker.unreadable(),
        "machine" => maker.machine(),
        "about something else" => maker.something_else(),
        "question about the letter" => maker.question(),
        _ => maker.ordinary(),
    };
    let carrier = weighed(maker.rng, &CARRIERS);
    // What there is nothing to carry in, or what would be about something else within, goes as it is.
    let carrier = if mail.files.is_empty() || kind == "machine" { "attached" } else { carrier };
    let Maker { rng, mut families, .. } = maker;
    families.push(("carrier", carrier));
    Case { bytes: carried(rng, &mail, carrier), families, action, wanted }
}

type Made = (Mail, &'static str, Vec<Wanted>);

struct Maker<'a> {
    rng: &'a mut Rng,
    campaign: &'a Campaign,
    families: Vec<(&'static str, &'static str)>,
}

impl Maker<'_> {
    fn mail(&mut self, files: Vec<File>) -> Mail {
        let subjects =
            ["Форма", "информация по письму 19-33822/2022", "500+", "Fwd: форма", "Без темы", "документы", ""];
        let texts = [
            "Здравствуйте!\nНаправляем документы по Вашему письму.\n\nС уважением, Иванова М.П.",
            "Добрый день. Форма во вложении.",
            "",
            "--\nОтправлено из Почты Mail",
        ];
        Mail {
            from: pick(self.rng, &FROM),
            subject: pick(self.rng, &subjects).to_owned(),
            text: pick(self.rng, &texts).to_owned(),
            html: None,
            files,
            fields: Vec::new(),
        }
    }

    fn school(&mut self) -> &'static School {
        &SCHOOLS[self.rng.usize(0..SCHOOLS.len())]
    }

    fn name(&mut self, school: &School) -> String {
        let (name, way) = certain(self.rng, school);
        self.families.push(("name", way));
        name
    }

    fn gaps(&mut self) -> usize {
        let gaps = if self.rng.bool() { 0 } else { self.rng.usize(1..6) };
        self.families.push(("gaps", ["none", "one", "two", "three", "four", "five"][gaps]));
        gaps
    }

    /// The parts of a form, and whether it is one of lines alone.
    fn form(&mut self, answers: &[Answer]) -> (Vec<Part>, bool) {
        let (layout, make, lines) = pick(self.rng, &LAYOUTS);
        let manner = weighed(self.rng, &MANNERS);
        // Words of a label that stand before an answer in its line want the label whole.
        let manner = if lines && manner == "slips" { "as printed" } else { manner };
        self.families.extend([("layout", layout), ("labels", manner)]);
        let pairs: Vec<Pair> = (0..answers.len())
            .map(|nth| {
                let field = &self.campaign.form.fields[nth];
                let label = written(self.rng, manner, nth, &field.label, &field.aliases);
                Pair { label, answer: answers[nth].text.clone() }
            })
            .collect();
        let form = make(self.rng, &pairs);
        let surroundings = weighed(self.rng, &[(5, "bare"), (3, "titled"), (2, "in the whole letter"), (2, "signed")]);
        self.families.push(("around the form", surroundings));
        let parts = match surroundings {
            "bare" => form,
            "titled" => [texts::title(), form].concat(),
            "signed" => {
                let signatures: [&[&str]; 5] = [
                    &["", "Директор школы ________________ М.П. Иванова", "08.11.2022"],
                    &["08 ноября 2022 г."],
                    &["Петрова Анна Андреевна, 8-921-000-00-00"],
                    &["Муниципальный куратор: Сидорова О.В.", "* заполняется школой"],
                    &["г. Кириши, 2022", "Форму заполнила: учитель Петрова А.А."],
                ];
                let signature = pick(self.rng, &signatures);
                let lines = signature.iter().map(|line| Part::Paragraph((*line).to_owned()));
                [form, lines.collect()].concat()
            }
            _ => [texts::letter(), texts::title(), form, texts::schedule()].concat(),
        };
        (parts, lines)
    }

    fn file(&mut self, name: &str, parts: &[Part]) -> File {
        let format = weighed(self.rng, &[(5, "docx by hand"), (3, "docx by docx-rs"), (2, "odt")]);
        self.families.push(("format", format));
        let (bytes, extension) = match format {
            "docx by hand" => (files::word(self.rng, parts), "docx"),
            "docx by docx-rs" => (files::docx_rs(parts), "docx"),
            _ => (files::odt(parts), "odt"),
        };
        File { name: format!("{name}.{extension}"), bytes }
    }

    fn draft(&mut self, school: Option<&str>) -> File {
        if one_in(self.rng, 3) {
            let slides = texts::slides(self.rng, school);
            return File { name: "Презентация.pptx".to_owned(), bytes: files::pptx(&slides) };
        }
        let parts = texts::speech(self.rng, school);
        File { name: "Выступление.docx".to_owned(), bytes: files::word(self.rng, &parts) }
    }

    /// A mail with the form in it, wherever it may be, and the draft or none.
    fn with_form(&mut self, answers: &[Answer], draft: bool) -> Mail {
        let (parts, lines) = self.form(answers);
        let place =
            weighed(self.rng, &[(14, "a document"), (2, "a workbook"), (2, "the mail's HTML"), (2, "the mail's text")]);
        let place = if place == "the mail's text" && !lines { "a document" } else { place };
        self.families.push(("place", place));
        let names = ["Форма", "Приложение 1", "Информация 500+", "форма (заполненная)", "Документ Microsoft Word"];
        let name = pick(self.rng, &names);
        let mut mail = self.mail(Vec::new());
        match place {
            "a workbook" => {
                mail.files.push(File { name: format!("{name}.xlsx"), bytes: files::xlsx(&parts) });
            }
            "the mail's HTML" => {
                mail.html = Some(files::html(&parts));
                "Письмо в формате HTML.".clone_into(&mut mail.text);
            }
            "the mail's text" => mail.text = format!("Здравствуйте!\n\n{}", files::text(&parts)),
            _ => {
                let file = self.file(name, &parts);
                mail.files.push(file);
            }
        }
        if draft {
            let file = self.draft(None);
            mail.files.push(file);
        }
        if one_in(self.rng, 6) {
            let bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89".to_vec();
            mail.files.push(File { name: "image001.png".to_owned(), bytes });
        }
        mail
    }

    fn ordinary(&mut self) -> Made {
        let school = self.school();
        let name = self.name(school);
        let gaps = self.gaps();
        let answers = answers(self.rng, &name, gaps);
        let draft = self.rng.bool();
        let mut mail = self.with_form(&answers, draft);
        if one_in(self.rng, 8) {
            let letter = texts::cover_letter(self.rng, school_line(school));
            let file = self.file("Сопроводительное письмо", &letter);
            mail.files.push(file);
        }
        if one_in(self.rng, 8) {
            let paper = texts::other(self.rng);
            let file = self.file("Прочее", &paper);
            mail.files.push(file);
        }
        let wanted = wanted(Some(school.id), &answers, draft);
        (mail, wanted.action, vec![wanted])
    }

    fn unknown(&mut self, name: fn(&mut Rng) -> String) -> Made {
        let name = name(self.rng);
        let gaps = self.gaps();
        let answers = answers(self.rng, &name, gaps);
        let draft = self.rng.bool();
        let mail = self.with_form(&answers, draft);
        (mail, "review", vec![Wanted { action: "review", ..Wanted::default() }])
    }

    fn letterhead(&mut self) -> Made {
        let school = self.school();
        let mut answers = answers(self.rng, "", 0);
        answers[0].worth = Worth::Missing;
        let (form, _) = self.form(&answers);
        let head = [school_line(school), school.address, "тел./факс 8 (81368) 12-345, e-mail: school@mail.example", ""];
        let parts = [head.map(|line| Part::Paragraph(line.to_owned())).to_vec(), form].concat();
        let file = self.file("Форма", &parts);
        let mail = self.mail(vec![file]);
        let wanted = wanted(Some(school.id), &answers, false);
        (mail, "request", vec![wanted])
    }

    fn named_by_its_draft(&mut self) -> Made {
        let school = self.school();
        let name = if school.id == "kirishi-3" && self.rng.bool() { "КСОШ №3" } else { "" };
        let gaps = self.gaps();
        let mut answers = answers(self.rng, name, gaps);
        if name.is_empty() {
            answers[0].worth = Worth::Missing;
        }
        let (form, _) = self.form(&answers);
        let form = self.file("Форма", &form);
        let draft = self.draft(Some(school_line(school)));
        let mail = self.mail(vec![form, draft]);
        let wanted = wanted(Some(school.id), &answers, true);
        (mail, wanted.action, vec![wanted])
    }

    fn contradiction(&mut self) -> Made {
        let school = self.school();
        let others: Vec<&School> = SCHOOLS.iter().filter(|one| one.id != school.id).collect();
        let other = pick(self.rng, &others);
        let name = self.name(school);
        let answers = answers(self.rng, &name, 0);
        let (form, _) = self.form(&answers);
        let head = [school_line(other), other.address, ""];
        let parts = [head.map(|line| Part::Paragraph(line.to_owned())).to_vec(), form].concat();
        let file = self.file("Форма", &parts);
        let draft = self.draft(None);
        let mail = self.mail(vec![file, draft]);
        (mail, "review", vec![Wanted { action: "review", ..Wanted::default() }])
    }

    fn two_schools(&mut self) -> [&'static School; 2] {
        let mut schools: Vec<&School> = SCHOOLS.iter().collect();
        self.rng.shuffle(&mut schools);
        [schools[0], schools[1]]
    }

    fn two_files(&mut self) -> Made {
        let (mut files, mut all) = (Vec::new(), Vec::new());
        for school in self.two_schools() {
            let name = self.name(school);
            let gaps = self.gaps();
            let answers = answers(self.rng, &name, gaps);
            let (parts, _) = self.form(&answers);
            files.push(self.file(&format!("Форма {}", files.len() + 1), &parts));
            let draft = self.rng.bool();
            if draft {
                let speech = self.draft(Some(school_line(school)));
                files.push(File { name: format!("{} {}", files.len() + 1, speech.name), ..speech });
            }
            all.push(wanted(Some(school.id), &answers, draft));
        }
        (self.mail(files), weightiest(&all), all)
    }

    fn two_columns(&mut self) -> Made {
        let mut columns = Vec::new();
        for school in self.two_schools() {
            let name = self.name(school);
            columns.push((school, answers(self.rng, &name, 0)));
        }
        let fields = &self.campaign.form.fields;
        let rows = (0..FIELDS.len())
            .map(|nth| super::layouts::row(&[&fields[nth].label, &columns[0].1[nth].text, &columns[1].1[nth].text]));
        let file = self.file("Свод по району", &[Part::Table(rows.collect())]);
        let all: Vec<Wanted> =
            columns.iter().map(|(school, answers)| wanted(Some(school.id), answers, false)).collect();
        (self.mail(vec![file]), "request", all)
    }

    fn draft_alone(&mut self, named: bool) -> Made {
        let school = self.school();
        let file = self.draft(named.then(|| school_line(school)));
        let mail = self.mail(vec![file]);
        if named {
            let wanted = Wanted { school: Some(school.id), action: "request", draft: true, ..Wanted::default() };
            (mail, "request", vec![wanted])
        } else {
            (mail, "review", Vec::new())
        }
    }

    /// The blank or half-filled form went along with the filled one.
    fn two_versions(&mut self) -> Made {
        let school = self.school();
        let name = self.name(school);
        let whole = answers(self.rng, &name, 0);
        let mut half = whole.clone();
        let keep = if self.rng.bool() { 0 } else { self.rng.usize(2..8) };
        half.iter_mut().skip(keep).for_each(|answer| answer.text.clear());
        let (parts, _) = self.form(&half);
        let first = self.file("Форма", &parts);
        let (parts, _) = self.form(&whole);
        let second = self.file("Форма (исправленная)", &parts);
        let mut files = vec![first, second];
        if self.rng.bool() {
            files.reverse();
        }
        let draft = self.rng.bool();
        if draft {
            files.push(self.draft(None));
        }
        let wanted = wanted(Some(school.id), &whole, draft);
        (self.mail(files), wanted.action, vec![wanted])
    }

    /// The form is a scan, damaged or of a kind that nothing reads; the draft tells the school, or nothing does.
    fn unreadable(&mut self) -> Made {
        let broken = match self.rng.u8(0..4) {
            0 => File {
                name: "Форма.docx".to_owned(), bytes: b"PK\x03\x04\x14\0\0\0\x08\0 and then nothing".to_vec()
            },
            1 => File { name: "Форма.rar".to_owned(), bytes: b"Rar!\x1a\x07\x01\0 packed".to_vec() },
            2 => File { name: "Скан.pdf".to_owned(), bytes: b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n".to_vec() },
            _ => File { name: "Форма.docx".to_owned(), bytes: Vec::new() },
        };
        let school = self.school();
        if self.rng.bool() {
            let draft = self.draft(Some(school_line(school)));
            let wanted = Wanted { school: Some(school.id), action: "request", draft: true, ..Wanted::default() };
            return (self.mail(vec![broken, draft]), "request", vec![wanted]);
        }
        (self.mail(vec![broken]), "review", Vec::new())
    }

    fn machine(&mut self) -> Made {
        let fields: [&[&str]; 5] = [
            &["Auto-Submitted: auto-replied"],
            &["Auto-Submitted: auto-generated", "Precedence: bulk"],
            &["List-Id: <news.mail.example>", "List-Unsubscribe: <mailto:u@mail.example>", "Precedence: list"],
            &["X-Autoreply: yes", "X-Auto-Response-Suppress: All"],
            &["Return-Path: <>", "Auto-Submitted: auto-replied"],
        ];
        let mut mail = self.mail(Vec::new());
        "Автоматический ответ: форма 500+".clone_into(&mut mail.subject);
        "Меня нет на работе до 20 ноября. По вопросам формы обращайтесь к заместителю.".clone_into(&mut mail.text);
        mail.fields = pick(self.rng, &fields).iter().map(|field| (*field).to_owned()).collect();
        (mail, "ignore", Vec::new())
    }

    fn something_else(&mut self) -> Made {
        let texts = [
            ("Приглашение", "Приглашаем на педагогический форум 20 декабря. Регистрация по ссылке."),
            ("Отпуск", "Добрый день! Прошу согласовать мой отпуск с 12 декабря."),
            ("Re: совещание", "Спасибо, буду."),
            ("Коммерческое предложение", "Предлагаем школьную мебель по ценам производителя."),
        ];
        let (subject, text) = pick(self.rng, &texts);
        let mut mail = self.mail(Vec::new());
        (*subject).clone_into(&mut mail.subject);
        (*text).clone_into(&mut mail.text);
        (mail, "leave", Vec::new())
    }

    fn question(&mut self) -> Made {
        let texts = [
            "Подскажите, пожалуйста, куда направлять проект выступления по проекту «500+»?",
            "Добрый день! Можно ли прислать заполненную форму позже?",
            "По письму № 19-33822/2022: обязательна ли презентация?",
        ];
        let mut mail = self.mail(Vec::new());
        "Вопрос".clone_into(&mut mail.subject);
        pick(self.rng, &texts).clone_into(&mut mail.text);
        (mail, "review", Vec::new())
    }
}

/// A name as it stands in letterheads and on title pages.
fn school_line(school: &School) -> &'static str {
    school.charter
}

fn weightiest(all: &[Wanted]) -> &'static str {
    ["review", "request", "confirm"].into_iter().find(|action| all.iter().any(|one| one.action == *action)).unwrap()
}

fn wanted(school: Option<&'static str>, answers: &[Answer], draft: bool) -> Wanted {
    let with = |worth: Worth| -> Vec<&'static str> {
        answers.iter().filter(|answer| answer.worth == worth).map(|answer| answer.field).collect()
    };
    let (missing, invalid) = (with(Worth::Missing), with(Worth::Invalid));
    let action = if missing.is_empty() && invalid.is_empty() && draft { "confirm" } else { "request" };
    let texts = answers.iter().filter(|answer| answer.worth != Worth::Missing);
    let answers = texts.map(|answer| (answer.field, seen(answer))).collect();
    Wanted { school, action, missing, invalid, draft, answers }
}
