use std::time::{Duration, SystemTime};

use lettre::message::{Attachment, MultiPart, SinglePart, header::ContentType};

use super::*;
use crate::{
    campaign::{self, Campaign},
    decision::{Known, ReplyPolicy},
    document::Limits,
    form::Recogniser,
    matching::Roster,
    message::OwnIdentity,
    reader::read_mail,
};

const FIRST: &str = include_str!("../../../config/campaigns/500plus-2022.toml");
const SECOND: &str = include_str!("../../../tests/fixtures/campaigns/pitanie-2022.toml");

const FORM: &[u8] = include_bytes!("../../../tests/fixtures/mails/02-roshchino-form.eml");
const DRAFT: &[u8] = include_bytes!("../../../tests/fixtures/mails/03-roshchino-draft.eml");
const MACHINE: &[u8] = include_bytes!("../../../tests/fixtures/mails/09-out-of-office.eml");
const OTHER: &[u8] = include_bytes!("../../../tests/fixtures/mails/11-leave.eml");
const DAMAGED: &[u8] = include_bytes!("../../../tests/fixtures/mails/13-damaged.eml");

const MEALS: &str = "Сведения об организации горячего питания обучающихся\n\
    Наименование образовательной организации: МБОУ «Рощинский Центр образования»\n\
    Количество обучающихся, получающих горячее питание: 412\n\
    Ответственный за организацию питания: Смирнова О. П., заместитель директора\n\
    Организатор питания (столовая, комбинат): школьная столовая\n\
    Проблемы в организации питания: нет\n";

/// A mail with text files.
fn mail(subject: &str, text: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let plain = ContentType::parse("text/plain; charset=utf-8").unwrap();
    let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(text.to_owned()));
    for (name, content) in files {
        parts = parts.singlepart(Attachment::new((*name).to_owned()).body((*content).to_owned(), plain.clone()));
    }
    let whole = lettre::Message::builder()
        .from("school@mail.example".parse().unwrap())
        .to("svodka@committee.example".parse().unwrap())
        .subject(subject)
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(1_667_890_800))
        .message_id(Some("<one@mail.example>".to_owned()))
        .multipart(parts);
    whole.unwrap().formatted()
}

/// The first campaign's form as a text.
fn first_form() -> String {
    let campaign = campaign::read("first", FIRST).unwrap();
    let answers = campaign.form.fields.iter().map(|field| match field.id.as_str() {
        "organisation_name" => format!("{}: МБОУ «Рощинский Центр образования»\n", field.label),
        "partner_count" | "district_school_count" => format!("{}: 4\n", field.label),
        "participating_since" => format!("{}: с сентября 2021 года\n", field.label),
        "effectiveness_rating" => format!("{}: 4\n", field.label),
        _ => format!("{}: ответ школы на этот вопрос\n", field.label),
    });
    answers.collect()
}

struct One {
    campaign: Campaign,
    roster: Roster,
    recogniser: Recogniser,
    known: Known,
}

impl One {
    fn basis(&self) -> Basis<'_> {
        Basis {
            campaign: &self.campaign,
            roster: &self.roster,
            recogniser: &self.recogniser,
            known: &self.known,
            received: "2022-11-08T08:00:00Z".parse().unwrap(),
            grace: jiff::SignedDuration::ZERO,
            policy: ReplyPolicy::Default,
        }
    }
}

struct World(Vec<One>);

impl World {
    fn of(texts: &[&str]) -> Self {
        let one = |text: &&str| {
            let campaign = campaign::read("campaign", text).unwrap();
            let (roster, recogniser) = (Roster::new(&campaign), Recogniser::new(&campaign));
            One { campaign, roster, recogniser, known: Known::default() }
        };
        Self(texts.iter().map(one).collect())
    }

    fn decides(&self, mail: &[u8]) -> Vec<Share> {
        let reading = read_mail(mail, &OwnIdentity::default(), &Limits::default()).0;
        let bases: Vec<Basis<'_>> = self.0.iter().map(One::basis).collect();
        among(&bases, &reading)
    }

    /// Action, school of the first submission, and template of the reply in each campaign, in their order.
    fn says(&self, mail: &[u8]) -> Vec<String> {
        let shares = self.decides(mail);
        let word = |share: &Share| {
            let decision = &share.decision;
            let school = decision.submissions.first().and_then(|one| one.school.as_ref());
            let school = school.map(|school| format!(" {school}")).unwrap_or_default();
            let review = decision.reviews.first().map(|one| format!(" {:?}", one.reason)).unwrap_or_default();
            let reply = decision.replies.first().map(|one| format!(" + {:?}", one.template)).unwrap_or_default();
            format!("{:?}{school}{review}{reply}", decision.action)
        };
        let of = |one: &One| shares.iter().find(|share| share.campaign == one.campaign.id).map(word).unwrap();
        self.0.iter().map(of).collect()
    }
}

/// The first campaign once more: the same form, asked for by another letter a month later.
fn again() -> String {
    FIRST
        .replace("id = \"500plus-2022\"", "id = \"500plus-again\"")
        .replace("19-33822/2022", "19-40000/2022")
        .replace("start = 2022-11-01 ", "start = 2022-11-05 ")
}

#[test]
fn one_campaign_among_itself_decides_as_alone() {
    let alone = World::of(&[FIRST]);
    let beside = World::of(&[FIRST, SECOND]);
    for sample in [FORM, DRAFT, MACHINE, OTHER] {
        let first = alone.says(sample).remove(0);
        assert_eq!(
            beside.says(sample)[0],
            first,
            "what is about the first letter is decided as if there were no second"
        );
    }
}

#[test]
fn a_form_is_that_campaigns_whose_questions_it_answers() {
    let world = World::of(&[FIRST, SECOND]);
    assert_eq!(world.says(FORM), ["Request roshchino + Request", "Leave"]);
    let meals = mail("Ответ", "Направляем.", &[("питание.txt", MEALS)]);
    assert_eq!(world.says(&meals), ["Leave", "Confirm roshchino + Confirm"]);
    let in_the_text = mail("Сведения", MEALS, &[]);
    assert_eq!(world.says(&in_the_text), ["Leave", "Confirm roshchino + Confirm"]);
    // The thread and the subject are of the first letter, the form is the second's.
    let astray = mail("Письмо № 19-33822/2022", "Направляем.", &[("питание.txt", MEALS)]);
    assert_eq!(world.says(&astray), ["Leave", "Confirm roshchino + Confirm"]);
}

#[test]
fn one_mail_can_serve_two_campaigns() {
    let world = World::of(&[FIRST, SECOND]);
    let both = mail("Ответы", "Направляем.", &[("питание.txt", MEALS), ("500.txt", &first_form())]);
    assert_eq!(world.says(&both), ["Request roshchino + Request", "Confirm roshchino + Confirm"]);
    let shares = world.decides(&both);
    for share in &shares {
        let kinds: Vec<Kind> = share.decision.documents.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [Kind::Form, Kind::Form], "documents are numbered alike in both");
    }
    let places: Vec<&[usize]> = shares.iter().map(|one| one.decision.submissions[0].documents.as_slice()).collect();
    assert_eq!(places, [&[1_usize][..], &[0]], "the request weighs more, and is about the second file");
}

#[test]
fn a_draft_is_theirs_who_ask_for_one() {
    let world = World::of(&[SECOND, FIRST]);
    assert_eq!(world.says(DRAFT), ["Leave", "Request roshchino + Request"]);
}

#[test]
fn a_mail_without_documents_asks_about_the_letter_that_it_names() {
    let world = World::of(&[FIRST, SECOND]);
    let question = |subject, text| world.says(&mail(subject, text, &[]));
    assert_eq!(question("Вопрос по письму № 19-34101/2022", "Куда слать?"), ["Leave", "Review Question"]);
    assert_eq!(question("Вопрос по письму № 19-33822/2022", "Куда слать?"), ["Review Question", "Leave"]);
    assert_eq!(question("Горячее питание", "Куда слать сведения?"), ["Leave", "Review Question"]);
    assert_eq!(question("Отпуск", "С понедельника меня не будет."), ["Leave", "Leave"]);
    assert_eq!(world.says(MACHINE), ["Ignore", "Ignore"]);
}

#[test]
fn a_paper_that_nobody_asks_for_is_looked_at_by_a_person_in_the_campaign_that_it_names() {
    let world = World::of(&[FIRST, SECOND]);
    let order =
        "Приказ № 17 от 01.11.2022\nО назначении ответственных\nНа письмо № 19-33822/2022\nПриказываю назначить.";
    let paper = mail("Приказ", "Направляем приказ.", &[("приказ.txt", order)]);
    let said = world.says(&paper);
    assert!(said[0].starts_with("Review") && said[1] == "Leave", "{said:?}");
    let nameless = mail("Приказ", "Направляем приказ.", &[("приказ.txt", "Приказ № 17\nО назначении ответственных")]);
    let said = world.says(&nameless);
    assert_eq!(said.iter().filter(|one| one.starts_with("Review")).count(), 1, "{said:?}");
}

#[test]
fn what_may_be_one_campaigns_or_anothers_goes_to_a_person() {
    let again = again();
    let mut world = World::of(&[FIRST, &again]);
    let form = first_form();
    let plain = mail("Ответ", "Направляем.", &[("форма.txt", &form)]);
    assert_eq!(world.says(&plain), ["Leave", "Review roshchino AmbiguousCampaign"], "nobody is answered");
    let numbered = mail("На № 19-33822/2022", "Направляем.", &[("форма.txt", &form)]);
    assert_eq!(world.says(&numbered), ["Request roshchino + Request", "Leave"]);
    let within = format!("Приложение к письму № 19-33822/2022\n{form}");
    let within = mail("Ответ", "Направляем.", &[("форма.txt", &within)]);
    assert_eq!(world.says(&within), ["Request roshchino + Request", "Leave"]);
    world.0[0].known.in_our_thread = true;
    assert_eq!(world.says(&plain), ["Request roshchino + Request", "Leave"], "it answers our letter about the first");
    // A form of ours says itself for which letter it was made.
    let world = World::of(&[FIRST, &again]);
    let mut reading = read_mail(&plain, &OwnIdentity::default(), &Limits::default()).0;
    reading.files[0].content.as_mut().unwrap().origin = Some("500plus-2022".to_owned());
    let bases: Vec<Basis<'_>> = world.0.iter().map(One::basis).collect();
    let first = among(&bases, &reading).remove(0);
    assert_eq!((first.campaign.as_str(), first.decision.action), ("500plus-2022", Action::Request));
    // A scan may be anything; the subject tells for which letter.
    let scan = |subject| {
        let scan = String::from_utf8_lossy(DAMAGED).into_owned();
        let line = scan.lines().find(|line| line.starts_with("Subject:")).unwrap().to_owned();
        scan.replace(&line, &format!("Subject: {subject}"))
    };
    let world = World::of(&[FIRST, SECOND]);
    assert_eq!(world.says(scan("Re: 19-34101/2022").as_bytes())[0], "Leave");
    assert_eq!(world.says(scan("Re: 19-33822/2022").as_bytes())[1], "Leave");
}

#[test]
fn a_form_of_ours_that_was_made_for_no_letter_of_these_goes_to_a_person() {
    let plain = mail("Ответ", "Направляем.", &[("форма.txt", &first_form())]);
    for world in [World::of(&[FIRST]), World::of(&[FIRST, SECOND])] {
        let mut reading = read_mail(&plain, &OwnIdentity::default(), &Limits::default()).0;
        let bases: Vec<Basis<'_>> = world.0.iter().map(One::basis).collect();
        for (origin, action) in [("500plus-2022", Action::Request), ("500plus-2021", Action::Review)] {
            reading.files[0].content.as_mut().unwrap().origin = Some(origin.to_owned());
            let first = among(&bases, &reading).remove(0).decision;
            assert_eq!((first.action, first.replies.is_empty()), (action, action == Action::Review), "{origin}");
        }
    }
}

#[test]
fn a_file_that_holds_the_forms_of_two_letters_goes_to_a_person() {
    let world = World::of(&[FIRST, SECOND]);
    let both = format!("{}\n\n{MEALS}", first_form());
    let said = world.says(&mail("Ответ", "Направляем.", &[("формы.txt", &both)]));
    assert!(said.iter().any(|one| one.contains("AmbiguousCampaign")), "{said:?}");
    assert!(said.iter().all(|one| !one.contains('+')), "nobody is told half of it: {said:?}");
}

#[test]
fn mail_from_before_a_campaign_is_none_of_its() {
    let later = again().replace("start = 2022-11-05 ", "start = 2022-11-09 ");
    let world = World::of(&[FIRST, &later]);
    let plain = mail("Ответ", "Направляем.", &[("форма.txt", &first_form())]);
    assert_eq!(world.says(&plain), ["Request roshchino + Request", "Leave"]);
}

#[test]
fn a_closed_campaign_says_that_it_is_over_and_a_person_may_still_take_it() {
    let closed = SECOND.replace("title = \"Организация", "closed = true\ntitle = \"Организация");
    let mut world = World::of(&[FIRST, &closed]);
    let meals = mail("Ответ", "Направляем.", &[("питание.txt", MEALS)]);
    assert_eq!(world.says(&meals), ["Leave", "Review roshchino Closed + Closed"]);
    let nobody = MEALS.replace("МБОУ «Рощинский Центр образования»", "школа");
    let nobody = mail("Ответ", "Направляем.", &[("питание.txt", &nobody)]);
    assert_eq!(world.says(&nobody), ["Leave", "Review Closed + Closed"]);
    let over = FIRST.replace("title = \"Сетевое", "closed = true\ntitle = \"Сетевое");
    assert_eq!(World::of(&[&over]).says(DRAFT), ["Review roshchino Closed + Closed"], "a draft is answered too");
    // Once is enough: who sends it again is read by a person already.
    world.0[1].known.answers_ours = true;
    assert_eq!(world.says(&meals), ["Leave", "Review roshchino Closed"]);
    assert_eq!(world.says(FORM), ["Request roshchino + Request", "Leave"], "the other one goes on");
}
