//! What must not change a decision: the order of rows, how text is cut into runs, quotes and ё, the carrier, the letter's
//! schedule left in the file. And what must hold whatever comes: the output follows its schema.

use boon::{Compiler, SchemaIndex, Schemas};
use fastrand::Rng;
use serde_json::Value;

use super::{
    answers::{Answer, answers},
    campaign,
    carriers::{File, Mail, carried},
    check_mails, files,
    layouts::{Part, row},
    mails::case,
    names::{SCHOOLS, certain},
    texts,
};

/// The schema of `check --json`.
pub(crate) struct Schema(Schemas, SchemaIndex);

impl Schema {
    pub(crate) fn of_check() -> Self {
        let mut schemas = Schemas::new();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.schema.json");
        let index = Compiler::new().compile(path, &mut schemas).unwrap();
        Self(schemas, index)
    }

    pub(crate) fn assert_follows(&self, found: &Value) {
        if let Err(error) = self.0.validate(found, self.1) {
            panic!("{error:#}\n{found}");
        }
    }
}

fn rows(answers: &[Answer]) -> Vec<Part> {
    let fields = &campaign().form.fields;
    let rows = answers.iter().map(|answer| {
        let label = fields.iter().find(|field| field.id.as_str() == answer.field).map(|field| field.label.as_str());
        row(&[label.unwrap(), &answer.text])
    });
    vec![Part::Table(rows.collect())]
}

fn mail(form: Vec<u8>, draft: Option<&[Part]>) -> Mail {
    let mut files = vec![File { name: "Форма.docx".to_owned(), bytes: form }];
    files.extend(draft.map(|parts| File { name: "Выступление.docx".to_owned(), bytes: files::docx_rs(parts) }));
    Mail {
        from: "ivanova@mail.example",
        subject: "Форма".to_owned(),
        text: "Направляем документы.".to_owned(),
        html: None,
        files,
        fields: Vec::new(),
    }
}

/// One form in several shapes, each with what was done to it; the first one is as it is.
fn variants(rng: &mut Rng) -> Vec<(&'static str, Vec<u8>)> {
    let school = &SCHOOLS[rng.usize(0..SCHOOLS.len())];
    let (name, _) = certain(rng, school);
    let gaps = rng.usize(0..4);
    let given = answers(rng, &name, gaps);
    let speech = texts::speech(rng, None);
    let draft = rng.bool().then_some(speech.as_slice());
    let mut shuffled = given.clone();
    rng.shuffle(&mut shuffled);
    let retyped: Vec<Answer> = given
        .iter()
        .map(|answer| Answer { text: answer.text.replace(['«', '»'], "\"").replace('ё', "е"), ..answer.clone() })
        .collect();
    let with_schedule = [texts::title(), rows(&given), texts::schedule()].concat();
    let plain = mail(files::docx_rs(&rows(&given)), draft);
    let mut all = vec![
        ("as it is", carried(rng, &plain, "attached")),
        ("in a ZIP", carried(rng, &plain, "zip")),
        ("forwarded", carried(rng, &plain, "forwarded as a mail")),
    ];
    let cut = files::word(rng, &rows(&given));
    for (what, form) in [
        ("rows in another order", files::docx_rs(&rows(&shuffled))),
        ("cut into runs", cut),
        ("other quotes, no ё", files::docx_rs(&rows(&retyped))),
        ("with the schedule of all schools", files::docx_rs(&with_schedule)),
    ] {
        let changed = mail(form, draft);
        all.push((what, carried(rng, &changed, "attached")));
    }
    all
}

/// What was decided about each school.
fn decision(found: &Value) -> Value {
    let of_school = |one: &Value| {
        ["school", "action", "missing", "invalid", "draft"].iter().map(|key| one[key].clone()).collect::<Value>()
    };
    let submissions: Value = found["submissions"].as_array().unwrap().iter().map(of_school).collect();
    [found["message"]["action"].clone(), submissions].into_iter().collect()
}

#[test]
fn how_a_form_is_sent_never_changes_the_decision() {
    let mut rng = Rng::with_seed(7);
    let sets: Vec<Vec<(&str, Vec<u8>)>> = (0..40).map(|_| variants(&mut rng)).collect();
    let mails: Vec<&[u8]> = sets.iter().flatten().map(|(_, bytes)| bytes.as_slice()).collect();
    let mut found = check_mails(&mails).into_iter();
    for set in &sets {
        let decisions: Vec<Value> = found.by_ref().take(set.len()).map(|found| decision(&found)).collect();
        for ((what, _), other) in set.iter().zip(&decisions) {
            assert_eq!(*other, decisions[0], "{what}");
        }
        assert_eq!(decisions[0][1].as_array().unwrap().len(), 1, "{}", decisions[0]);
    }
}

/// A mail as broken programs and lines leave it.
fn mangled(rng: &mut Rng, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(0..bytes.len().max(1));
        match rng.u8(0..5) {
            0 => bytes.truncate(at),
            1 => bytes.splice(at..at, [0, 255, 0xD0]).for_each(drop),
            2 => bytes.drain(at..(at + rng.usize(0..200)).min(bytes.len())).for_each(drop),
            3 => bytes.iter_mut().skip(at).take(20).for_each(|byte| *byte = byte.wrapping_add(1)),
            _ => bytes = String::from_utf8_lossy(&bytes).replacen("\r\n", "\n\n", rng.usize(0..4)).into_bytes(),
        }
    }
    bytes
}

#[test]
fn a_mangled_mail_is_answered_by_the_schema_and_confirmed_to_nobody_else() {
    let mut rng = Rng::with_seed(8);
    let mails: Vec<Vec<u8>> = (0..120)
        .map(|_| {
            let case = case(&mut rng, campaign());
            mangled(&mut rng, &case.bytes)
        })
        .collect();
    let schema = Schema::of_check();
    for found in check_mails(&mails.iter().map(Vec::as_slice).collect::<Vec<_>>()) {
        schema.assert_follows(&found);
        for reply in found["replies"].as_array().unwrap() {
            assert_eq!(reply["to"], found["message"]["from"], "{found}");
        }
    }
}
