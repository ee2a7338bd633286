//! Words for what the program knows by names of its own: one word for one thing on every page.

use crate::{
    decision::Action,
    document::{Format, Problem},
    form::{Invalid, Kind},
    message::{Authentication, Automatic},
    report::{IN_DOUBT, failure},
    store::{LetterLine, MessageState, OutboxState},
};

/// What became of a message.
pub(super) fn state(state: MessageState) -> &'static str {
    match state {
        MessageState::Received => "получено, решение ещё не принято",
        MessageState::Duplicate(_) => "повтор другого письма: то же самое содержание",
        MessageState::Decided(action) => done(action),
    }
}

fn done(action: Action) -> &'static str {
    match action {
        Action::Confirm => "получение подтверждено",
        Action::Request => "запрошено недостающее",
        Action::Review => "передано на решение сотруднику",
        Action::Leave => "оставлено во входящих: не относится к делу",
        Action::Ignore => "автоматическое письмо, без ответа",
    }
}

/// What a document is.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Form => "форма",
        Kind::Draft => "проект выступления",
        Kind::Information => "информация",
        Kind::CoverLetter => "сопроводительное письмо",
        Kind::Other => "другой документ",
        Kind::Unreadable => "не удалось прочитать",
    }
}

/// What a file's bytes are.
pub(super) fn format(format: Format) -> &'static str {
    match format {
        Format::Docx | Format::Doc => "документ Word",
        Format::Pptx | Format::Ppt => "презентация PowerPoint",
        Format::Xlsx | Format::Xls => "таблица Excel",
        Format::Odt => "текст OpenDocument",
        Format::Odp => "презентация OpenDocument",
        Format::Ods => "таблица OpenDocument",
        Format::Rtf => "текст RTF",
        Format::Pdf => "PDF",
        Format::Text => "простой текст",
        Format::Html => "веб-страница",
        Format::Image => "изображение",
        Format::Zip => "архив ZIP",
        Format::Rar => "архив RAR",
        Format::SevenZip => "архив 7-Zip",
        Format::Tnef => "файл winmail.dat",
        Format::Message => "вложенное письмо",
        Format::Calendar => "запись календаря",
        Format::Signature => "электронная подпись",
        Format::Unknown => "неизвестный формат",
    }
}

/// Why a file gave no document.
pub(super) fn problem(problem: Problem) -> &'static str {
    match problem {
        Problem::Empty => "файл пустой",
        Problem::Encrypted => "файл защищён паролем",
        Problem::Damaged => "файл повреждён",
        Problem::Unsupported => "такой формат не читается",
        Problem::NeedsConverter => "старый формат: для чтения не установлен преобразователь",
        Problem::Scan => "изображение вместо текста (скан или фотография)",
        Problem::Hostile => "файл слишком велик или устроен опасно: не открывайте его",
    }
}

/// Why a text is no answer.
pub(super) fn invalid(invalid: Invalid) -> &'static str {
    match invalid {
        Invalid::NotANumber => "нужно число",
        Invalid::OutOfRange => "число вне допустимых границ",
        Invalid::NotADate => "нужна дата или период",
        Invalid::NotAName => "нужно название организации",
        Invalid::NotYesOrNo => "нужен ответ «да» или «нет»",
        Invalid::NotAnOption => "нужен один из предложенных вариантов",
        Invalid::SeveralOptions => "выбрано несколько вариантов, а нужен один",
        Invalid::NotAnAddress => "нужен адрес электронной почты",
        Invalid::NotAPhone => "нужен телефон с кодом",
        Invalid::NotRows => "заполнены не все столбцы таблицы",
        Invalid::NotAttached => "не сказано, что документ приложен",
        Invalid::TooLong => "ответ длиннее, чем допускается",
    }
}

/// Whether a message is of whom it says, and how that is to be shown.
pub(super) fn authenticity(known: Authentication) -> (&'static str, &'static str) {
    match known {
        Authentication::Pass => ("отправитель подтверждён почтовыми серверами", "good"),
        Authentication::Fail => ("адрес отправителя подделан или не подтверждён", "bad"),
        Authentication::Unknown => ("почтовые серверы об отправителе ничего не сообщили", "soft"),
    }
}

/// By what a machine wrote it.
pub(super) fn automatic(what: Automatic) -> &'static str {
    match what {
        Automatic::Bounce => "уведомление о недоставке",
        Automatic::AutoReply => "автоматический ответ",
        Automatic::List => "рассылка",
        Automatic::Receipt => "уведомление о прочтении",
        Automatic::Calendar => "приглашение календаря",
        Automatic::Report => "отчёт почтового сервера",
        Automatic::Daemon => "письмо почтовой системы",
        Automatic::Own => "наше собственное письмо",
    }
}

/// What a letter of ours is.
pub(super) fn letter(kind: &str) -> &'static str {
    match kind {
        "confirm" => "Подтверждение",
        "request" => "Запрос недостающего",
        "receipt" => "Уведомление о получении",
        "reminder" => "Напоминание",
        "digest" => "Напоминание куратору",
        "question" => "Вопрос отправителю",
        "withdrawn" => "Отзыв ошибочного письма",
        "new_date" => "Сообщение о новой дате",
        _ => "Письмо",
    }
}

/// Where a letter is, and how that is to be shown.
pub(super) fn letter_state(line: &LetterLine, held: bool) -> (&'static str, &'static str) {
    match line.state {
        OutboxState::Queued if (held || line.held) && !line.approved && !line.internal => {
            ("ожидает разрешения на отправку", "wait")
        }
        OutboxState::Queued if line.tries > 0 => ("ожидает повторной отправки", "wait"),
        OutboxState::Queued => ("ожидает отправки", "soft"),
        OutboxState::Leased | OutboxState::Sending => ("отправляется", "soft"),
        OutboxState::Sent => ("отправлено", "good"),
        OutboxState::Failed => ("не доставлено", "bad"),
        OutboxState::Ambiguous => ("доставка под сомнением", "bad"),
        OutboxState::Superseded => ("заменено более поздним", "soft"),
        OutboxState::Dropped => ("отменено сотрудником", "soft"),
    }
}

/// Why a letter is where it is; nothing where that needs no words.
pub(super) fn letter_why(line: &LetterLine) -> &'static str {
    match line.state {
        OutboxState::Ambiguous => IN_DOUBT,
        OutboxState::Failed => failure(&line.response),
        OutboxState::Queued if line.tries > 0 => "почтовый сервер пока не принял письмо, отправка повторяется",
        _ => "",
    }
}

/// What is odd about a mail or a file; odd things of which nobody need know have no words.
pub(super) fn oddity(oddity: &str) -> Option<&'static str> {
    Some(match oddity {
        "macros" => "в файле есть макросы",
        "embedded objects" => "в файл вложены другие объекты",
        "an external template" | "content from outside the file" => "файл ссылается на внешний ресурс",
        "several parts share a name" => "файл устроен необычно: открывайте его с осторожностью",
        "the name promises another format than the content has" => "расширение не соответствует содержанию файла",
        "it was converted before it was read" => "прочитано после преобразования из старого формата",
        "text in other files within the file" => "часть текста хранится в других файлах внутри этого файла",
        "the page hides everything from some point on" => "часть текста скрыта",
        "too many files" => "файлов слишком много: прочитаны не все",
        "too many parts" | "parts nest too deep" => "письмо устроено слишком сложно: прочитано не всё",
        "the display name holds another address" => "в имени отправителя указан другой адрес: возможна подделка",
        "From names several authors" | "From names a group" => "отправителей несколько: ответить одному нельзя",
        one if one.starts_with("From ") => "адрес отправителя не указан или указан неверно",
        one if one.starts_with("the file is damaged") || one.starts_with("a damaged part") => {
            "файл повреждён: прочитано не всё"
        }
        one if one.starts_with("the text: ") => "текст письма прочитать не удалось",
        _ => return None,
    })
}
