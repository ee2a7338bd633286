use super::*;

fn of(text: &str) -> (String, String, String, String) {
    let parts = split(lines(text), false);
    (text_of(&parts.own), parts.signature, parts.quoted, text_of(&parts.forwarded))
}

#[test]
fn a_quotation_below_is_cut_off() {
    for (announcement, quoted) in [
        ("14.11.2022 12:00, Комитет пишет:", "> Просим\n> прислать"),
        ("пн, 14 нояб. 2022 г. в 12:00, Комитет <k@lenreg.ru>:", "\n> Просим\n> прислать"),
        ("Понедельник, 14 ноября 2022, 12:00 +03:00 от Комитет <k@lenreg.ru>:", "Просим\nприслать"),
        ("14.11.2022, 12:00, \"Комитет\" <k@lenreg.ru>:", "Просим\nприслать"),
        ("On Mon, Nov 14, 2022 at 12:00 PM Committee <k@lenreg.ru>\nwrote:", ">Просим\n>прислать"),
        ("-----Original Message-----", "From: k@lenreg.ru\nПросим"),
        (
            "________________________________\nОт: Комитет\nОтправлено: 14 ноября 2022 г. 12:00\nКому: школа\nТема: форма",
            "Просим",
        ),
        ("*From:* Комитет <k@lenreg.ru>\n*Sent:* Monday\n*To:* school\n*Subject:* form", "Просим"),
        ("-------- Исходное сообщение --------", "Просим"),
    ] {
        let (own, signature, rest, forwarded) =
            of(&format!("Направляем форму.\nИтог: 3\n\n{announcement}\n{quoted}\n"));
        assert_eq!(own, "Направляем форму.\nИтог: 3", "{announcement}");
        assert!(rest.contains("Просим"), "{announcement}");
        assert_eq!((signature.as_str(), forwarded.as_str()), ("", ""), "{announcement}");
    }
}

#[test]
fn answers_between_quoted_lines_are_the_authors() {
    let (own, _, quoted, _) = of("14.11.2022 12:00, Комитет пишет:\n> Сколько партнеров?\n4\n> Ваша роль?\n\nУчастник");
    assert_eq!(own, "4\n\nУчастник");
    assert_eq!(quoted, "14.11.2022 12:00, Комитет пишет:\nСколько партнеров?\nВаша роль?");
}

#[test]
fn a_forwarded_mail_is_kept_apart() {
    for mark in [
        "-------- Пересылаемое сообщение --------",
        "---------- Forwarded message ---------",
        "Начало переадресованного сообщения:",
        "-------- Перенаправленное сообщение --------",
        "Begin forwarded message:",
    ] {
        let (own, _, quoted, forwarded) =
            of(&format!("Смотрите ниже\n\n{mark}\nОт: Школа <s@edu.ru>\nТема: Форма\n\nРоль: участник"));
        assert_eq!(own, "Смотрите ниже", "{mark}");
        assert!(forwarded.ends_with("Роль: участник"), "{mark}");
        assert!(quoted.ends_with("Роль: участник"), "{mark}");
    }
    let (own, _, _, forwarded) =
        of("а\n-------- Пересылаемое сообщение --------\nб\n-------- Конец пересылаемого сообщения --------\nв");
    assert_eq!((own.as_str(), forwarded.as_str()), ("а\nв", "б"));
}

#[test]
fn what_outlook_puts_below_is_forwarded_where_the_mail_says_so() {
    let text = "Для сведения\n\nОт: Школа\nОтправлено: 14 ноября\nКому: Отдел\nТема: Форма\n\nРоль: участник";
    let parts = split(lines(text), true);
    assert_eq!(text_of(&parts.own), "Для сведения");
    assert!(text_of(&parts.forwarded).ends_with("Роль: участник"));
    assert!(split(lines(text), false).forwarded.is_empty());
}

#[test]
fn signatures_are_cut_off() {
    for signature in [
        "-- \nИванова М. П.\nдиректор",
        "С уважением,\nИванова М. П.",
        "С уважением, Иванова Мария, МБОУ «Рощинский ЦО»",
        "Отправлено с iPhone",
        "--\nОтправлено из мобильной Почты Mail.ru",
        "Best regards,\nMaria",
    ] {
        let (own, cut, ..) = of(&format!("Направляем форму.\n\n{signature}"));
        assert_eq!(own, "Направляем форму.", "{signature}");
        assert_eq!(
            cut.lines().map(str::trim).collect::<Vec<_>>(),
            signature.lines().map(str::trim).collect::<Vec<_>>()
        );
    }
}

#[test]
fn what_is_too_long_or_no_formula_is_no_signature() {
    let form: String = (1..=14).map(|n| format!("{n}. ответ\n")).collect();
    let text = format!("С уважением, Иванова\n{form}");
    assert_eq!(of(&text).0, text.trim_end());
    assert_eq!(of("С уважением относимся к вашей работе").0, "С уважением относимся к вашей работе");
}

#[test]
fn the_authors_own_words_are_not_taken_for_a_quotation() {
    for text in [
        "Директор пишет:\nшкола участвует с 2020 года",
        "Совещание 15.11.2022 в 12:00:\nбудем",
        "От: школы\nРоль: участник",
        "Ждём вас:\n14.11.2022",
        "- сообщение\n- форма",
        "Форма -- ниже",
    ] {
        assert_eq!(of(text), (text.to_owned(), String::new(), String::new(), String::new()), "{text}");
    }
}

#[test]
fn an_indent_is_quoted_only_behind_an_announcement() {
    let paragraph = |zone, text: &str| (zone, Block::Paragraph(Paragraph::from(text)));
    let indented = vec![paragraph(Zone::Own, "Ответ"), paragraph(Zone::Indented, "пункт")];
    assert_eq!(text_of(&split(indented, false).own), "Ответ\nпункт");
    let quoted = vec![
        paragraph(Zone::Own, "Ответ"),
        paragraph(Zone::Own, "14.11.2022, 12:00, \"Комитет\" <k@lenreg.ru>:"),
        paragraph(Zone::Indented, "пункт"),
        paragraph(Zone::Own, "и ещё"),
    ];
    assert_eq!(text_of(&split(quoted, false).own), "Ответ\nи ещё");
}
