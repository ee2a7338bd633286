//! Words that put off or take back what was said beside them: a thing that is planned, has ended, or was never there.

/// Beginnings of words for what is not yet, or no more.
const STEMS: &[&str] = &[
    "отсутств",
    "планиру",
    "запланир",
    "намер",
    "собира",
    "надеемся",
    "ожида",
    "предполаг",
    "предстоя",
    "предусм",
    "хотим",
    "хотел",
    "хотят",
    "желан",
    "желае",
    "откро",
    "открыть",
    "открыти",
    "открыва",
    "закры",
    "закро",
    "приостан",
    "прекра",
    "отмен",
    "ликвидир",
    "расформир",
    "разработк",
    "разрабат",
    "доработ",
    "подгот",
    "готовит",
    "готовим",
    "следующ",
    "перспектив",
    "рассматр",
    "обсужд",
    "начн",
    "станет",
    "появ",
];
/// Whole words of that kind.
const WORDS: &[&str] = &[
    "нет",
    "нету",
    "никогда",
    "будет",
    "будут",
    "будем",
    "быть",
    "был",
    "была",
    "было",
    "были",
    "бы",
    "пока",
    "еще",
    "раньше",
    "ранее",
    "прежде",
    "потом",
    "позже",
    "позднее",
    "скоро",
    "вскоре",
    "план",
    "плана",
    "плане",
    "планы",
    "планах",
    "планов",
    "ноль",
    "нуль",
];

/// Whether any of these words puts off, or takes back; a lone 0 does.
pub(super) fn takes_back(said: &[String]) -> bool {
    let digits = |word: &String| word.chars().all(|c| c.is_ascii_digit());
    // «0,5 ставки» is something.
    let zero = |at: usize| {
        !said.get(at + 1).is_some_and(digits) && !at.checked_sub(1).and_then(|at| said.get(at)).is_some_and(digits)
    };
    said.iter().enumerate().any(|(at, word)| {
        let word = word.as_str();
        WORDS.contains(&word)
            || STEMS.iter().any(|stem| word.starts_with(stem))
            || is_begun(word)
            || (word == "0" && zero(at))
    })
}

/// «создать», «создание», «создадим»; what is «создан» is there.
fn is_begun(word: &str) -> bool {
    word.starts_with("созда") && (!word.starts_with("создан") || word.starts_with("создани"))
}
