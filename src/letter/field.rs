//! A question → a field: identifier, kind, short label, hint and the other ways of writing the label.

use std::{collections::HashSet, sync::LazyLock};

use serde::Deserialize;

use crate::latin::identifier;

use super::{
    Field, Found,
    form::{Label, is_options, options},
    pattern::pattern,
    russian::{sentence, uncapitalised},
    text::{clean, fold, words},
};

/// What is known of a question that is asked again and again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    id: String,
    short: String,
    /// All of them begin words of the label.
    stems: Vec<String>,
    /// One of them stands in the label.
    #[serde(default)]
    one_of: Vec<String>,
    /// None of them stands in it.
    #[serde(default)]
    without: Vec<String>,
    /// The label is one of them.
    #[serde(default)]
    whole: Vec<String>,
    /// It names the school.
    #[serde(default)]
    school: bool,
    #[serde(default)]
    none_is_answer: bool,
    hint: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct List {
    field: Vec<Known>,
}

#[expect(clippy::expect_used, reason = "the list is part of the program, and a test reads it")]
static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let list: List = toml::from_str(include_str!("fields.toml")).expect("a sound list of questions");
    list.field
});

impl Known {
    fn is(&self, label: &str) -> bool {
        if self.school {
            return false;
        }
        let said = words(label);
        let text = fold(&clean(label));
        let stems = self.stems.iter().all(|stem| said.iter().any(|word| word.starts_with(stem.as_str())));
        let one = self.one_of.is_empty() || self.one_of.iter().any(|one| stands_in(&text, one));
        let none = !self.without.iter().any(|one| text.contains(one.as_str()));
        let told = !self.stems.is_empty() || !self.one_of.is_empty();
        (told && stems && one && none) || self.whole.contains(&text)
    }
}

/// Whether a text holds words that begin so.
fn stands_in(text: &str, beginning: &str) -> bool {
    text.match_indices(beginning)
        .any(|(at, _)| !text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric))
}

/// The fields of a form. `footnote` says what a school outside the schedule sends.
pub(super) fn fields(labels: &[Label], footnote: Option<&str>) -> Vec<Found<Field>> {
    let named = names_school(labels);
    let mut used: HashSet<String> = HashSet::new();
    let mut found: Vec<Found<Field>> = Vec::new();
    if named.is_none() {
        let field = school_field("Название образовательной организации", &[]);
        used.insert(field.id.clone());
        let field = Field { optional: true, ..field };
        found.push(Found::doubtful(
            field,
            "в форме письма нет вопроса с названием школы: он добавлен первым, ответ не обязателен",
        ));
    }
    for (at, label) in labels.iter().enumerate() {
        let mut one = if named == Some(at) { Found::sure(school_field(&label.text, labels), "") } else { field(label) };
        one.at = format!("вопрос {}", at + 1);
        let base = one.value.id.clone();
        let mut nth = 2;
        while !used.insert(one.value.id.clone()) {
            one.value.id = format!("{base}_{nth}");
            nth += 1;
        }
        found.push(one);
    }
    let outside = footnote.map(wanted_of_others).unwrap_or_default();
    for one in &mut found {
        let said = words(&one.value.label);
        let wanted = outside.iter().any(|stem| said.iter().any(|word| word.starts_with(stem.as_str())));
        one.value.required_outside = one.value.kind == "\"school_name\"" || wanted;
    }
    distinct_aliases(&mut found);
    found
}

/// The question that names the school.
fn names_school(labels: &[Label]) -> Option<usize> {
    let name = pattern!(r"(?i)^(?:полное |краткое |сокращ[её]нное |официальное )*(?:название|наименование)\b");
    let whose = pattern!(r"(?i)организаци|учрежден|школ|\bоо\b|\bоу\b|\bмоо\b");
    let bare = pattern!(
        r"(?i)^(?:образовательн\w+ (?:организация|учреждение)|общеобразовательн\w+ (?:организация|учреждение)|школа|оо|оу|учреждение|организация)(?:\s*\(.*\))?$"
    );
    let all = || labels.iter().enumerate();
    let first = |wanted: &dyn Fn(&str) -> bool| all().find(|(_, label)| wanted(&label.text)).map(|(at, _)| at);
    first(&|text| {
        name.is_match(text)
            && whose.is_match(text)
            && !pattern!(r"(?i)партн[её]р|програм|проект|мероприят").is_match(text)
    })
    .or_else(|| first(&|text| bare.is_match(text)))
    .or_else(|| {
        first(&|text| {
            pattern!(r"(?i)(?:название|наименование)").is_match(text)
                && pattern!(r"(?i)(?:образовательн\w+ организаци|школы)\b").is_match(text)
        })
    })
}

fn school_field(label: &str, labels: &[Label]) -> Field {
    let known = KNOWN.iter().find(|known| known.school);
    let others: HashSet<String> = labels.iter().map(|one| fold(&one.text)).collect();
    let aliases = known.map_or(&[][..], |known| known.aliases.as_slice()).iter();
    Field {
        id: known.map_or_else(String::new, |known| known.id.clone()),
        label: label.to_owned(),
        short: known.map_or_else(String::new, |known| known.short.clone()),
        kind: "\"school_name\"".to_owned(),
        aliases: aliases.filter(|alias| !others.contains(&fold(alias))).cloned().collect(),
        hint: known.and_then(|known| known.hint.clone()).unwrap_or_default(),
        none_is_answer: false,
        optional: false,
        required_outside: true,
    }
}

fn field(label: &Label) -> Found<Field> {
    let known = KNOWN.iter().find(|known| known.is(&label.text));
    let (kind, doubt) = kind(label);
    let none = known.is_some_and(|known| known.none_is_answer)
        || pattern!(r"(?i)при наличии|если (?:есть|имеются|имеется|были)|уже (?:представля|принима)|\bиные\b|\bиное\b|замечани|пожелани").is_match(&label.text);
    let optional = pattern!(r"(?i)по желанию|не\s?обязательно|заполняется при").is_match(&label.text);
    let free = matches!(kind.as_str(), "\"text\"" | "\"list\"");
    let own = known.filter(|known| kind_is_usual(&kind, known)).and_then(|known| known.hint.clone());
    let field = Field {
        id: known.map_or_else(|| id(&label.text), |known| known.id.clone()),
        label: label.text.clone(),
        short: known.map_or_else(|| short(&label.text), |known| known.short.clone()),
        hint: own.unwrap_or_else(|| hint(label, &kind, none && free)),
        aliases: aliases(&label.text, known.map_or(&[], |known| known.aliases.as_slice())),
        kind,
        none_is_answer: none && free,
        optional,
        required_outside: false,
    };
    match doubt {
        Some(why) => Found::doubtful(field, why),
        None => Found::sure(field, ""),
    }
}

/// A hint of the list speaks of the usual kind of answer, unless it says what a number is to be like.
fn kind_is_usual(kind: &str, known: &Known) -> bool {
    matches!(kind, "\"text\"" | "\"list\"")
        || known.hint.as_ref().is_some_and(|hint| hint.contains("число") && kind == "\"count\"")
}

/// The kind of answer that the words ask for, as TOML; and why it is not sure.
fn kind(label: &Label) -> (String, Option<&'static str>) {
    let text = fold(&label.text);
    let both = format!("{text} {}", fold(&label.prompt));
    let quote = |text: &String| toml::Value::from(text.as_str()).to_string();
    let list = |all: &[String]| all.iter().map(quote).collect::<Vec<_>>().join(", ");
    if label.columns.len() >= 2 {
        return (
            format!("{{ table = {{ columns = [{}] }} }}", list(&label.columns)),
            Some("таблица внутри ответа: проверьте столбцы"),
        );
    }
    if let Some(found) = pattern!(
        r"\bот (\d) до (\d{1,2})\b|шкал\w+ (?:от )?(\d)\s*(?:до|–|-)\s*(\d{1,2})|\((\d)\s*[–-]\s*(\d{1,2}) балл"
    )
    .captures(&both)
    {
        let mut numbers = found.iter().skip(1).flatten().map(|one| one.as_str());
        let (min, max) = (numbers.next().unwrap_or("1"), numbers.next().unwrap_or("5"));
        if pattern!(r"оцен|балл|шкал|степен|уров").is_match(&both) {
            return (format!("{{ rating = {{ min = {min}, max = {max} }} }}"), None);
        }
    }
    if pattern!(r"\(?\bда\s*/\s*нет\b|\bда,\s*нет\b|\bда или нет\b|[□☐]\s*да\s*[□☐]\s*нет").is_match(&both)
    {
        return ("\"yes_no\"".to_owned(), None);
    }
    let rows = pattern!(
        r"^(?:список|перечень|состав|данные|сведения о)\b[^(]*\(([^()]*(?:фио|ф\.и\.о|фамили|должност|класс)[^()]*)\)"
    )
    .captures(&text);
    if let Some(columns) = rows.and_then(|found| label.text.get(found.get(1)?.range()).map(str::to_owned)) {
        let columns: Vec<String> = columns.split([',', ';']).map(clean).filter(|one| !one.is_empty()).collect();
        if columns.len() >= 2 {
            let why = "похоже на таблицу: проверьте столбцы, или напишите kind = \"text\"";
            return (format!("{{ table = {{ columns = [{}] }} }}", list(&columns)), Some(why));
        }
    }
    if let Some(choice) = choice(label, &both) {
        return choice;
    }
    by_words(&text)
}

/// The kind of answer that the words of a folded label ask for.
fn by_words(text: &str) -> (String, Option<&'static str>) {
    let is = |pattern: &regex::Regex| pattern.is_match(text);
    let plain = |kind: &str| (format!("{kind:?}"), None);
    if is(pattern!(r"(?:электронн\w+ почт|e-mail|email|е-mail|электронный адрес)")) && !is(pattern!(r"телефон"))
    {
        return plain("email");
    }
    if is(pattern!(r"телефон")) && !is(pattern!(r"фио|ф\.и\.о|фамили|должност|почт|mail"))
    {
        return plain("phone");
    }
    if is(pattern!(r"\bдол[яюи]\b|процент|%|средн\w+ балл|средн\w+ значен")) {
        return plain("decimal");
    }
    if is(pattern!(
        r"(?:^|,\s*)(?:укажите |общее |всего |фактическое |плановое )*(?:количеств|числ[оа]\b|численност|сколько|кол-во)"
    )) || is(pattern!(r",\s*(?:чел\.?|человек|шт\.?|ед\.?)$|\(чел\.?\)$"))
    {
        return plain("count");
    }
    if is(pattern!(r"^с как(?:ого|ой) |^когда\b|^(?:укажите )?(?:дат[аыу]|год|период|срок\w*)\b"))
        && !is(pattern!(r"и место|и адрес|и тем"))
    {
        return plain("since");
    }
    if is(pattern!(r"перечислите|^перечень|^список|^укажите все\b|^назовите все\b|^какие\b.*\?$"))
    {
        return plain("list");
    }
    if is(pattern!(
        r"^(?:имеется|есть|участвует|участвовала|проводится|проводилось|организован\w*|создан\w*|планируе\w+|нуждае\w+|готов\w*) ли\b|^(?:наличие|согласие|готовность|необходимость)\b"
    )) {
        return (
            "\"yes_no\"".to_owned(),
            Some(
                "похоже на вопрос, на который отвечают «да» или «нет»: если ждёте подробного ответа, напишите kind = \"text\"",
            ),
        );
    }
    if is(pattern!(r"приложите|прикрепите")) {
        return plain("file");
    }
    plain("text")
}

/// A choice from options that the label or the place of the answer lists.
fn choice(label: &Label, both: &str) -> Option<(String, Option<&'static str>)> {
    let several = pattern!(r"все подходящ|несколько|отметьте все|один или несколько|нужные отметить").is_match(both);
    let asks = several || pattern!(r"выберите|выбрать|подчеркн|нужное|один из|отметьте|вариант").is_match(both);
    let listed = if is_options(&label.prompt) {
        options(&label.prompt)
    } else {
        let inside = pattern!(r"\(([^()]*)\)|:\s*([^:]+)$").captures_iter(&label.text).last();
        let inside = inside.and_then(|found| found.get(1).or_else(|| found.get(2))).filter(|_| asks)?;
        let inside = pattern!(r"(?i)^(?:выберите|выбрать|нужное подчеркнуть|подчеркните|отметьте)[^:]*:\s*")
            .replace(inside.as_str(), "");
        let slashes = options(&inside);
        if slashes.len() >= 2 { slashes } else { inside.split(',').map(clean).filter(|one| !one.is_empty()).collect() }
    };
    let listed: Vec<String> =
        listed.into_iter().filter(|one| !pattern!(r"(?i)^(?:нужное|выбер|подчеркн|отметь)").is_match(one)).collect();
    if listed.len() < 2 || listed.iter().any(|one| one.chars().count() > 80) {
        return None;
    }
    let list = listed.iter().map(|one| toml::Value::from(one.as_str()).to_string()).collect::<Vec<_>>().join(", ");
    let doubt = (!asks).then_some("похоже на выбор из вариантов: проверьте их");
    Some((format!("{{ {} = [{list}] }}", if several { "several_of" } else { "one_of" }), doubt))
}

/// An identifier of the label's telling words.
fn id(label: &str) -> String {
    const LONGEST: usize = 40;
    let small = pattern!(
        r"(?i)^(?:в|во|на|и|по|с|со|для|о|об|от|до|из|у|к|за|или|не|ли|при|ваш\w*|вы|вашей|укажите|данн\w+|котор\w+|как\w+|п|т|д)$"
    );
    let said: Vec<String> =
        words(without_brackets(label).as_str()).into_iter().filter(|word| !small.is_match(word)).take(4).collect();
    let id = identifier(&said.join(" "), '_').replace('-', "_");
    let mut cut = id.get(..id.len().min(LONGEST)).unwrap_or_default();
    if cut.len() < id.len() {
        cut = cut.rsplit_once('_').map_or(cut, |(whole, _)| whole);
    }
    if cut.is_empty() { "field".to_owned() } else { cut.to_owned() }
}

fn without_brackets(text: &str) -> String {
    clean(&pattern!(r"\s*\([^()]*\)").replace_all(text, ""))
}

/// The label's first words, fit for the head of a column.
fn short(label: &str) -> String {
    const LONGEST: usize = 28;
    let text = without_brackets(label);
    let text = pattern!(r"(?i)^(?:укажите|перечислите|опишите|назовите|кратко|напишите|пожалуйста|ваш\w*|полное|сколько|какой|какая|какие|какое|количество|общее)\s+").replace(&text, "");
    let text = pattern!(r"(?i)\s(?:у )?ваш\w*\b").replace_all(&text, "");
    let text = text.split([',', ':', ';']).next().unwrap_or_default().to_owned();
    let mut short = String::new();
    for word in text.split(' ') {
        if short.chars().count() + word.chars().count() >= LONGEST && !short.is_empty() {
            break;
        }
        short = if short.is_empty() { word.to_owned() } else { format!("{short} {word}") };
    }
    let short = pattern!(r"(?i)\s+(?:в|во|на|и|по|с|со|для|о|об|от|до|из|у|к|за|или|не|при)$").replace(&short, "");
    sentence(if short.is_empty() { label } else { &short })
}

/// What is wanted: the label's own words where it asks in the imperative, else what its kind takes.
fn hint(label: &Label, kind: &str, none: bool) -> String {
    let bare = without_brackets(&label.text);
    let asks = pattern!(r"(?i)^(?:кратко |подробно |пожалуйста,? )?\p{L}+(?:ите|йте)(?:сь)?\b").is_match(&bare);
    let or_none = if none { " или напишите «нет»" } else { "" };
    let rating = pattern!(r"min = (\d+), max = (\d+)").captures(kind);
    if let Some(found) = rating {
        let (min, max) = (found.get(1).map_or("", |one| one.as_str()), found.get(2).map_or("", |one| one.as_str()));
        return format!("поставьте одну оценку целым числом от {min} до {max}");
    }
    if let Some(options) = kind.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(options, _)| options) {
        let options = pattern!(r#""([^"]*)""#).replace_all(options, "«$1»");
        return match kind {
            _ if kind.contains("table") => format!("заполните таблицу: {options}"),
            _ if kind.contains("several_of") => format!("выберите один или несколько вариантов: {options}"),
            _ => format!("выберите один вариант: {options}"),
        };
    }
    match kind.trim_matches('"') {
        "count" => "укажите целое число, например: 3".to_owned(),
        "decimal" => "укажите число, например: 75,5".to_owned(),
        "since" => "укажите дату или период, например: с сентября 2021 года".to_owned(),
        "yes_no" => "ответьте «да» или «нет»".to_owned(),
        "email" => "укажите адрес электронной почты, например: school@example.ru".to_owned(),
        "phone" => "укажите номер телефона с кодом, например: 8 (81368) 2-12-34".to_owned(),
        "file" => "приложите файл".to_owned(),
        _ if asks => format!("{}{or_none}", uncapitalised(bare.trim_end_matches(['.', '?', ':']))),
        "list" => format!("перечислите через запятую или с новой строки{or_none}"),
        _ => format!("напишите ответ на этот вопрос{or_none}"),
    }
}

/// Other ways of writing the label.
fn aliases(label: &str, known: &[String]) -> Vec<String> {
    let bare = without_brackets(label);
    let impersonal = clean(
        &pattern!(
            r"(?i)\s*\b(?:у )?ваш(?:ей|его|ему|их|ими|им|а|е|и|у|)\b(?: школ[ыеу]| организаци[ий]| учреждени[яи])?"
        )
        .replace_all(&bare, ""),
    );
    let tail = clean(
        &pattern!(r"(?i)\s+(?:в|в рамках|из)?\s*(?:данно[йм]|этой|указанной)\s+(?:программ[еы]|проект[еа])\s*$")
            .replace(&bare, ""),
    );
    let swap = |from: &str, to: &str| bare.contains(from).then(|| bare.replacen(from, to, 1));
    let swaps = [
        swap("Название", "Наименование"),
        swap("Наименование", "Название"),
        swap("Количество", "Число"),
        swap("Количество", "Кол-во"),
        swap("Численность", "Количество"),
        swap("Фамилия, имя, отчество", "ФИО"),
        swap("Ф.И.О.", "ФИО"),
        swap("ФИО", "Ф.И.О."),
        swap("Адрес электронной почты", "E-mail"),
        swap("Электронная почта", "E-mail"),
    ];
    let mut all: Vec<String> = known.to_vec();
    all.extend([bare.clone(), sentence(&impersonal), tail.clone()].into_iter().chain(swaps.into_iter().flatten()));
    let mut seen: HashSet<String> = HashSet::from([fold(label)]);
    all.retain(|one| one.chars().count() >= 4.min(label.chars().count()) && seen.insert(fold(one)));
    all
}

/// No two fields share a label: what would fit two tells nothing.
fn distinct_aliases(fields: &mut [Found<Field>]) {
    let mut count: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for field in fields.iter() {
        let own: HashSet<String> = [&field.value.label, &field.value.short]
            .into_iter()
            .chain(&field.value.aliases)
            .map(|one| fold(one))
            .collect();
        own.into_iter().for_each(|one| *count.entry(one).or_default() += 1);
    }
    for field in fields.iter_mut() {
        field.value.aliases.retain(|one| count.get(&fold(one)) == Some(&1));
    }
}

/// Stems of what a school outside the schedule is to send, beside its name.
fn wanted_of_others(footnote: &str) -> Vec<String> {
    let found = pattern!(r"(?i)(?:представля\w+|направля\w+|предоставля\w+|присыла\w+)\s+(?:также\s+)?(?:свои\s+|свою\s+|сво[её]\s+)?(\p{L}{6,})").captures_iter(footnote);
    let stems = found.filter_map(|found| Some(fold(found.get(1)?.as_str()).chars().take(7).collect::<String>()));
    stems.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(text: &str) -> String {
        kind(&Label { text: text.to_owned(), ..Label::default() }).0
    }

    #[test]
    fn the_words_of_a_question_tell_what_an_answer_is() {
        for (text, wanted) in [
            ("Количество сетевых партнеров", "\"count\""),
            ("Сколько всего участвует школ", "\"count\""),
            ("Численность обучающихся 9-х классов, чел.", "\"count\""),
            ("Доля обучающихся, охваченных горячим питанием (%)", "\"decimal\""),
            ("С какого времени Вы являетесь участником", "\"since\""),
            ("Дата проведения", "\"since\""),
            ("Перечислите мероприятия", "\"list\""),
            ("Оцените работу от 1 до 5", "{ rating = { min = 1, max = 5 } }"),
            ("Оценка по шкале от 0 до 10", "{ rating = { min = 0, max = 10 } }"),
            ("Имеется ли в школе спортивный зал (да/нет)", "\"yes_no\""),
            ("Участвует ли школа в проекте", "\"yes_no\""),
            ("Контактный телефон", "\"phone\""),
            ("Адрес электронной почты", "\"email\""),
            ("ФИО, должность, телефон ответственного", "\"text\""),
            (
                "Форма участия (выберите: очно, заочно, дистанционно)",
                "{ one_of = [\"очно\", \"заочно\", \"дистанционно\"] }",
            ),
            (
                "Отметьте все подходящие варианты: музей; театр; кружок",
                "{ several_of = [\"музей\", \"театр\", \"кружок\"] }",
            ),
            ("Список участников (ФИО, должность)", "{ table = { columns = [\"ФИО\", \"должность\"] } }"),
            ("Кратко опишите результат", "\"text\""),
            ("Наименование программы", "\"text\""),
        ] {
            assert_eq!(kind_of(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_question_of_ones_own_has_a_readable_identifier() {
        assert_eq!(id("Тема выступления (не более 10 слов)"), "tema_vystupleniya");
        assert_eq!(short("Укажите тему выступления, которую Вы предлагаете"), "Тему выступления");
    }

    #[test]
    fn aliases_leave_out_what_only_politeness_adds() {
        let all = aliases("Количество педагогов у Вашей школы (всего)", &[]);
        assert!(all.contains(&"Количество педагогов".to_owned()), "{all:?}");
    }
}
