use super::*;
use crate::message::Address;

fn verdict(raw: &str) -> Option<Verdict> {
    classify(raw.as_bytes(), &OwnIdentity::default(), &Limits::default())
}

fn kind(raw: &str) -> Option<Automatic> {
    verdict(raw).map(|verdict| verdict.automatic)
}

/// A mail by a person but for what is added.
fn with(fields: &str) -> String {
    format!("From: s@edu.ru\nSubject: Форма\n{fields}\n\nДобрый день! Направляем форму.\n")
}

#[test]
fn what_people_send_is_nobodys_machine() {
    for fields in [
        "X-Mailer: Microsoft Outlook 16.0",
        "Auto-Submitted: no",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF",
        "Return-Path: <s@edu.ru>",
        "Return-Path: <bounce+2fa2ae.18-k=lenreg.ru@relay.ru>",
        "Return-Path: <SRS0=abc=XY=edu.ru=s@relay.ru>",
        "X-Autoreply: no",
        "Importance: high\nDisposition-Notification-To: s@edu.ru",
        "Errors-To: s@edu.ru\nSender: s@edu.ru",
    ] {
        assert_eq!(verdict(&with(fields)), None, "{fields}");
    }
    for subject in [
        "Re: Undelivered Mail Returned to Sender",
        "Fwd: Не доставлено",
        "Автор ответа — школа",
        "Отпуск учителей: форма",
        "Письмо о доставке учебников",
    ] {
        let raw = format!("From: s@edu.ru\nSubject: {subject}\n\nВысылаем форму ещё раз, прошлое письмо не дошло.\n");
        assert_eq!(verdict(&raw), None, "{subject}");
    }
}

#[test]
fn fields_of_machines_are_known() {
    for (fields, expected) in [
        ("Auto-Submitted: auto-replied", Automatic::AutoReply),
        ("Auto-Submitted: auto-generated", Automatic::Daemon),
        ("X-Autoreply: yes", Automatic::AutoReply),
        ("X-Autorespond: форма", Automatic::AutoReply),
        ("X-Auto-Reply-From: s@edu.ru", Automatic::AutoReply),
        ("Precedence: auto_reply", Automatic::AutoReply),
        ("Precedence: bulk", Automatic::List),
        ("Precedence: junk", Automatic::List),
        ("Precedence: bulk\nIn-Reply-To: <x@y>", Automatic::AutoReply),
        ("Precedence: list", Automatic::List),
        ("List-Id: <a.b.ru>", Automatic::List),
        ("List-Unsubscribe: <mailto:u@b.ru>\nPrecedence: bulk", Automatic::List),
        ("Feedback-ID: 1:2:3:x", Automatic::List),
        ("X-Mailer: UniSender", Automatic::List),
        ("X-Auto-Response-Suppress: All", Automatic::Daemon),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", Automatic::Daemon),
        ("Return-Path: <>", Automatic::Bounce),
        ("X-Failed-Recipients: k@b.ru", Automatic::Bounce),
        ("Sender: owner-list@b.ru", Automatic::List),
        ("Return-Path: <list-bounces+k=b.ru@b.ru>", Automatic::List),
        ("X-Cron-Env: <HOME=/root>", Automatic::Daemon),
    ] {
        let verdict = verdict(&with(fields)).unwrap_or_else(|| panic!("{fields}"));
        assert_eq!((verdict.automatic, verdict.weak), (expected, false), "{fields}");
        assert!(!verdict.sign.is_empty() && verdict.sign.is_ascii());
    }
}

#[test]
fn addresses_of_machines_are_known() {
    for from in [
        "MAILER-DAEMON@edu.ru",
        "Mail Delivery System <x@edu.ru>",
        "postmaster@edu.ru",
        "MAILER-DAEMON (Mail Delivery System)",
        "no-reply@edu.ru",
        "gosuslugi_noreply@edu.ru",
        "DoNotReply@edu.ru",
        "owner-list@edu.ru",
        "list-request@edu.ru",
        "news-bounces@edu.ru",
    ] {
        assert!(kind(&format!("From: {from}\nSubject: x\n\ny\n")).is_some(), "{from}");
    }
    for from in ["postnikov@edu.ru", "rooth@edu.ru", "robotova@edu.ru", "info@edu.ru", "norel@edu.ru", "owner@edu.ru"] {
        assert_eq!(kind(&format!("From: {from}\nSubject: x\n\ny\n")), None, "{from}");
    }
}

#[test]
fn our_own_mail_is_known_by_its_author_or_identifier() {
    let own = OwnIdentity {
        addresses: vec![Address::parse("k@lenreg.ru").unwrap()],
        message_id_domains: vec!["svodka.lenreg.ru".to_owned()],
        ..OwnIdentity::default()
    };
    let own_kind = |raw: &str| classify(raw.as_bytes(), &own, &Limits::default()).map(|verdict| verdict.automatic);
    assert_eq!(own_kind("From: K@LenReg.ru\n\nx"), Some(Automatic::Own));
    assert_eq!(own_kind("From: a@b.ru\nMessage-ID: <1@Svodka.lenreg.ru>\n\nx"), Some(Automatic::Own));
    let reply = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(own_kind(&format!("From: list@b.ru\nMessage-ID: <{reply}@LenReg.ru>\n\nx")), Some(Automatic::Own));
    for colleague in ["1@lenreg.ru", &format!("{reply}0@lenreg.ru"), &format!("{}@lenreg.ru", reply.to_uppercase())] {
        assert_eq!(own_kind(&format!("From: c@b.ru\nMessage-ID: <{colleague}>\n\nx")), None, "{colleague}");
    }
    assert_eq!(own_kind(&format!("From: a@b.ru\nMessage-ID: <{reply}@b.ru>\n\nx")), None);
    assert_eq!(own_kind("From: a@b.ru\nMessage-ID: <1@b.ru>\nIn-Reply-To: <1@svodka.lenreg.ru>\n\nx"), None);
}

#[test]
fn reports_are_known_by_their_structure() {
    let report = |kind: &str, part: &str| {
        format!("From: a@b.ru\nContent-Type: {kind}; boundary=b\n\n--b\n\nx\n--b\nContent-Type: {part}\n\ny\n--b--\n")
    };
    for (kind, part, expected) in [
        ("multipart/report; report-type=delivery-status", "text/plain", Automatic::Bounce),
        ("multipart/report; report-type=disposition-notification", "text/plain", Automatic::Receipt),
        ("multipart/report; report-type=feedback-report", "text/plain", Automatic::Report),
        ("multipart/report", "message/disposition-notification", Automatic::Receipt),
        ("multipart/mixed", "message/delivery-status", Automatic::Bounce),
        ("multipart/mixed", "message/feedback-report", Automatic::Report),
        ("multipart/report", "text/plain", Automatic::Report),
    ] {
        assert_eq!(self::kind(&report(kind, part)), Some(expected), "{kind} {part}");
    }
    let passed_on = format!(
        "From: a@b.ru\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nСмотрите\n--c\nContent-Type: message/rfc822\n\n{}--c--\n",
        report("multipart/report; report-type=delivery-status", "message/delivery-status")
    );
    assert_eq!(kind(&passed_on), None);
}

#[test]
fn invitations_are_known_and_calendar_files_are_not() {
    let part = |kind: &str, head: &str| {
        format!(
            "From: a@b.ru\nContent-Type: {kind}; boundary=b\n\n--b\n\nx\n--b\nContent-Type: {head}\n\nBEGIN:VCALENDAR\n--b--\n"
        )
    };
    let invitation = part("multipart/alternative", "text/calendar; method=REQUEST");
    assert_eq!(kind(&invitation), Some(Automatic::Calendar));
    assert_eq!(
        kind("From: a@b.ru\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n"),
        Some(Automatic::Calendar)
    );
    assert_eq!(kind(&part("multipart/mixed", "text/calendar; name=a.ics; method=REQUEST")), None);
}

#[test]
fn old_reports_are_known_by_their_words() {
    for (subject, text) in [
        ("failure notice", "Hi. This is the qmail-send program at mx.ru. I wasn't able to deliver your message"),
        (
            "Mail delivery failed: returning message to sender",
            "A message that you sent could not be delivered: 550 5.1.1 unknown user",
        ),
        ("Недоставленное сообщение", "Сообщение не может быть доставлено: нет такого пользователя"),
        ("[SPAM] Undelivered Mail Returned to Sender", "This is the mail system at host mx.ru. 550-5.1.1 no such user"),
        ("Delayed Mail (still being retried)", "has not yet been delivered. while talking to mx.ru"),
    ] {
        let strong = verdict(&format!("From: a@mx.ru\nSubject: {subject}\n\n{text}\n")).unwrap();
        assert_eq!((strong.automatic, strong.weak), (Automatic::Bounce, false), "{subject}");
        let daemon = verdict(&format!("From: mailer-daemon@mx.ru\nSubject: x\n\n{text}\n")).unwrap();
        assert_eq!((daemon.automatic, daemon.weak), (Automatic::Bounce, false), "{subject}");
    }
    let weak = verdict("From: a@mx.ru\nSubject: Ошибка доставки\n\nАдресат не найден\n").unwrap();
    assert!(weak.weak);
}

#[test]
fn a_subject_about_delivery_does_not_make_a_person_a_machine() {
    for (subject, text) in [
        ("Отчет о доставке продуктов", "Добрый день! Прошу уточнить срок по форме."),
        ("Не удалось доставить документы", "Курьеру не удалось доставить документы, высылаем форму почтой."),
        ("Возврат письма", "Просим вернуть наше письмо с проектом выступления."),
        (
            "Письмо не доставлено",
            "Прошлое письмо не было доставлено, отправляем снова. Письмо не доставлено и коллегам.",
        ),
        ("Доставка отложена", "Учебники привезут в понедельник."),
        ("Уведомление о доставке", "Просим подтвердить получение анкеты."),
        ("Ошибка доставки", "высылаем снова"),
        ("Delivery report", "Отчёт о поставке учебников по проекту 500+."),
    ] {
        let raw = format!("From: Иванова М.П. <school@mail.ru>\nSubject: {subject}\n\n{text}\n");
        assert_eq!(verdict(&raw), None, "{subject}");
    }
}

#[test]
fn absence_is_known_by_words_as_a_weak_sign_and_not_beside_a_document() {
    for (subject, text) in [
        ("Автоответ: форма", "x"),
        ("Out of office: form", "x"),
        ("Форма", "В настоящее время я нахожусь в отпуске до 01.12.2022."),
        ("Форма", "Это автоматическое сообщение, отвечать на него не нужно."),
    ] {
        let raw = format!("From: a@mx.ru\nSubject: {subject}\n\n{text}\n");
        let found = verdict(&raw).unwrap();
        assert_eq!((found.automatic, found.weak), (Automatic::AutoReply, true), "{subject} {text}");
        let with_file = format!(
            "From: a@mx.ru\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n{text}\n--b\n\
             Content-Type: application/msword; name=a.doc\n\n1\n--b--\n"
        );
        assert_eq!(verdict(&with_file), None, "{subject} {text}");
    }
    let exchange = verdict("From: a@mx.ru\nSubject: Автоматический ответ: форма\n\nx\n").unwrap();
    assert!(!exchange.weak);
}

#[test]
fn an_answer_about_nothing_but_an_absence_is_a_machines_and_a_persons_promise_is_not() {
    let raw = |text: &str| format!("From: a@mx.ru\nSubject: Re: 500+\n\n{text}\n");
    assert_eq!(kind(&raw("Здравствуйте! Нахожусь в отпуске до 21 ноября.")), Some(Automatic::AutoReply));
    for person in
        ["Нахожусь в отпуске, форму пришлю 21 ноября.", "Буду отсутствовать. Можно ли направить позже?", "Добрый день!"]
    {
        assert_eq!(kind(&raw(person)), None, "{person}");
    }
}

#[test]
fn a_filters_challenge_is_known() {
    let raw = "From: a@mx.ru\nSubject: Подтверждение\n\nПодтвердите, что вы не робот: https://x.ru\n";
    assert_eq!(kind(raw), Some(Automatic::AutoReply));
}

#[test]
fn an_answer_that_says_of_itself_that_it_is_automatic_or_speaks_of_an_absence_alone_is_a_machines() {
    let of = |text: &str| kind(&format!("From: s@edu.ru\nSubject: Re: 500+\nIn-Reply-To: <a@b>\n\n{text}\n"));
    for text in [
        "Это автоматический ответ. Ваше письмо получено.",
        "Благодарим за обращение. Это письмо сформировано автоматически, отвечать на него не нужно.",
        "This is an automatic reply. I am away.",
        "Адрес изменился, пишите на school@edu.ru. Это автоответ.",
        "Данный почтовый ящик не обслуживается.",
        "Добрый день! С 7 по 20 ноября я в отпуске. По срочным вопросам обращайтесь к Петровой И.И.",
        "Нахожусь в ежегодном оплачиваемом отпуске с 07.11.2022 по 20.11.2022.",
        "Меня нет на рабочем месте до 21 ноября.",
        "В настоящее время я отсутствую. Отвечу позднее.",
        "I'm out of the office until Monday, November 21.",
        "I will be out of office from 7 to 21 November.",
    ] {
        assert_eq!(of(text), Some(Automatic::AutoReply), "{text}");
    }
    for text in [
        "Это автоматическое сообщение мы получили, но форму отправляли вчера.",
        "Нам пришёл автоматический ответ. Проверьте, пожалуйста.",
        "Я в отпуске, форму пришлёт Петрова.",
        "Я в отпуске с понедельника, можно позже?",
        "Директор в отпуске до 21 ноября.",
        "Форма будет завтра.\n\n14.11.2022 12:00, k@b.ru пишет:\n> Это автоматический ответ. Я в отпуске.",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
    let forwarded = "From: s@edu.ru\nSubject: Fwd: 500+\n\nЭто автоматический ответ. Ваше письмо получено.\n";
    assert_eq!(kind(forwarded), None);
}
