//! The shipped letter gives, without any editing, a campaign equal in effect to the one written by hand.

use std::{collections::BTreeSet, fs, path::Path};

use jiff::SignedDuration;
use svodka::{
    campaign::{self, Campaign},
    decision::{self, Basis, Decision, Known, ReplyPolicy},
    document::Limits,
    form::Recogniser,
    letter::{self, Options},
    matching::Roster,
    message::OwnIdentity,
    reader::read_mail,
};

use crate::builder::document;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn by_hand() -> Campaign {
    let text = fs::read_to_string(Path::new(ROOT).join("config/campaigns/500plus-2022.toml")).unwrap();
    campaign::read("by hand", &text).unwrap()
}

fn written() -> letter::Written {
    let bytes = fs::read(Path::new(ROOT).join("tests/fixtures/letter.docx")).unwrap();
    let options = Options { today: "2022-11-02".parse().unwrap(), annex: None };
    letter::write(&letter::read(&document(&bytes), &options).unwrap())
}

fn made() -> Campaign {
    campaign::read("made", &written().text).unwrap()
}

#[test]
fn the_made_campaign_asks_the_same_of_the_same_until_the_same_day() {
    let (hand, made) = (by_hand(), made());
    assert_eq!(made.id, hand.id);
    assert_eq!(
        (made.start, made.letter.date, &made.letter.number),
        (hand.start, hand.letter.date, &hand.letter.number)
    );
    assert_eq!(made.letter.subject, hand.letter.subject);
    assert_eq!(made.letter.issuer, hand.letter.issuer);
    assert_eq!(made.letter.issuer_genitive, hand.letter.issuer_genitive);
    assert_eq!(format!("{:?}", made.contact), format!("{:?}", hand.contact));
    assert_eq!(format!("{:?}", made.event), format!("{:?}", hand.event));
    assert_eq!(format!("{:?}", made.reminders), format!("{:?}", hand.reminders));
    let requirements = |campaign: &Campaign| -> Vec<String> {
        let all = campaign.requirements.iter();
        all.map(|one| format!("{} {:?} {} {:?}", one.id, one.kind, one.deadline, one.schools)).collect()
    };
    assert_eq!(requirements(&made), requirements(&hand));
    // What others owe is worded by the letter here, and shortened by a person there.
    let obligations = |campaign: &Campaign| -> Vec<String> {
        campaign.obligations.iter().map(|one| format!("{} {}", one.who, one.deadline)).collect()
    };
    assert_eq!(obligations(&made), obligations(&hand));
    for (one, other) in made.obligations.iter().zip(&hand.obligations) {
        let begin = |text: &str| text.split(' ').take(3).collect::<Vec<_>>().join(" ");
        assert_eq!(begin(&one.what), begin(&other.what));
    }
}

#[test]
fn the_made_campaign_has_the_same_form_and_the_same_schools() {
    let (hand, made) = (by_hand(), made());
    assert_eq!(made.form.title, hand.form.title);
    let fields = |campaign: &Campaign| -> Vec<String> {
        let all = campaign.form.fields.iter();
        all.map(|one| {
            format!(
                "{} | {} | {} | {:?} | {} | {} | {}",
                one.id, one.label, one.short, one.kind, one.hint, one.none_is_answer, one.required_outside
            )
        })
        .collect()
    };
    assert_eq!(fields(&made), fields(&hand));
    for (one, other) in made.form.fields.iter().zip(&hand.form.fields) {
        let known: BTreeSet<&String> = one.aliases.iter().collect();
        let lost: Vec<&String> = other.aliases.iter().filter(|alias| !known.contains(alias)).collect();
        assert!(lost.is_empty(), "{}: {lost:?}", one.id);
    }
    let schools = |campaign: &Campaign| -> Vec<String> {
        let all = campaign.schools.iter();
        all.map(|one| format!("{} | {} | {} | {} | {:?}", one.id, one.name, one.district, one.settlement, one.date))
            .collect()
    };
    assert_eq!(schools(&made), schools(&hand));
}

/// What a decision says to the outside, mail by mail.
fn said(decision: &Decision) -> String {
    let submissions = decision.submissions.iter().map(|one| {
        format!(
            "{:?} {:?} {:?} missing {:?} invalid {:?} draft {} late {} owed {:?}",
            one.school, one.candidates, one.action, one.missing, one.invalid, one.draft, one.late, one.owed
        )
    });
    let documents = decision.documents.iter().map(|one| format!("{:?}", one.kind));
    let replies = decision.replies.iter().map(|one| format!("{:?}", one.template));
    let all: Vec<String> = submissions.chain(documents).chain(replies).collect();
    format!("{:?}\n  {}", decision.action, all.join("\n  "))
}

#[test]
fn every_sample_mail_is_decided_alike() {
    let campaigns = [by_hand(), made()];
    let worlds = campaigns.each_ref().map(|campaign| (Roster::new(campaign), Recogniser::new(campaign)));
    let mut mails: Vec<_> = fs::read_dir(Path::new(ROOT).join("tests/fixtures/mails"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    mails.retain(|path| path.extension().is_some_and(|end| end == "eml"));
    mails.sort();
    assert!(mails.len() >= 30);
    let mut different = Vec::new();
    for path in mails {
        let reading = read_mail(&fs::read(&path).unwrap(), &OwnIdentity::default(), &Limits::default()).0;
        let received = reading.message.received.unwrap_or("2022-11-10T09:00:00Z".parse().unwrap());
        let [hand, made] = [0, 1].map(|at| {
            let (roster, recogniser) = &worlds[at];
            let known = Known::default();
            let basis = Basis {
                campaign: &campaigns[at],
                roster,
                recogniser,
                known: &known,
                received,
                grace: SignedDuration::ZERO,
                policy: ReplyPolicy::Default,
            };
            said(&decision::decide(&basis, &reading))
        });
        if hand != made {
            different.push(format!("{}:\n by hand {hand}\n made    {made}", path.display()));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// A letter cannot know former names of schools, nor their neighbours: what only these tell is undecided in the made
/// campaign, and nothing is taken for a school that it is not.
#[test]
fn every_spelling_of_a_name_is_understood_alike_but_for_what_no_letter_says() {
    let (hand, made) = (Roster::new(&by_hand()), Roster::new(&made()));
    let table = fs::read_to_string(Path::new(ROOT).join("src/matching/tests/names.txt")).unwrap();
    let rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with("# ") && !line.starts_with("#  "));
    let (mut same, mut cautious) = (0, Vec::new());
    for text in rows.filter_map(|line| line.split_once('\t')).map(|(_, text)| text.replace("\\n", "\n")) {
        let [expected, got] = [&hand, &made].map(|roster| short(&roster.name(&text)));
        if expected == got {
            same += 1;
            continue;
        }
        let school = |said: &str| {
            (!said.starts_with(['?', '!']) && said != "outside" && said != "none").then(|| said.to_owned())
        };
        assert_eq!(school(&got), None, "{text:?}: {expected} became {got}");
        cautious.push(format!("{text:?}: {expected} became {got}"));
    }
    assert!(same >= 350, "{same}");
    insta::assert_snapshot!(cautious.join("\n"));
}

fn short(found: &svodka::matching::NameMatch) -> String {
    use svodka::matching::NameMatch;
    let ids =
        |schools: &[campaign::SchoolId]| schools.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>().join(" ");
    match found {
        NameMatch::Full { school, branch, .. } => format!("{school}{}", if branch.is_some() { "+" } else { "" }),
        NameMatch::Partial { candidates, .. } => format!("? {}", ids(candidates)),
        NameMatch::Conflict { candidates, .. } => format!("! {}", ids(candidates)),
        NameMatch::Outside { .. } => "outside".to_owned(),
        NameMatch::None => "none".to_owned(),
    }
}

#[test]
fn nothing_but_who_owes_information_is_in_doubt() {
    let doubts: Vec<String> = written().doubts.into_iter().map(|doubt| doubt.why).collect();
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert!(doubts[0].contains("представляют не все школы"), "{doubts:?}");
}
