//! A cell that says where a school is → its district, its settlement; the region around them is neither.

/// Words that say what kind of district it is.
const DISTRICT: [&str; 12] = [
    "муниципальный",
    "городской",
    "муниципального",
    "район",
    "р-н",
    "округ",
    "мр",
    "го",
    "мо",
    "городское",
    "поселение",
    "сельское",
];

/// Words that say what kind of settlement it is.
const SETTLEMENT: [&str; 18] = [
    "г",
    "город",
    "п",
    "пос",
    "поселок",
    "посёлок",
    "пгт",
    "гп",
    "с",
    "село",
    "д",
    "дер",
    "деревня",
    "ст",
    "станица",
    "рп",
    "х",
    "хутор",
];

/// A region by its word, as a whole: «Красное», «Крайний» and «Областной» begin like one.
const REGION: [&str; 8] = ["область", "области", "обл", "край", "края", "республика", "республики", "респ"];

/// What stands between a region's own adjective and its word.
const BETWEEN: [&str; 4] = ["автономная", "автономной", "народная", "народной"];

/// «Киришский муниципальный район Ленинградской области», «Ленинградская область, Киришский район» → «Киришский». Empty where
/// the cell names none.
pub(super) fn district(text: &str) -> String {
    let kind = |word: &&str| !DISTRICT.contains(&plain(word).as_str());
    let name = |part: &str| words(part).into_iter().filter(kind).collect::<Vec<_>>().join(" ");
    let [outside, inside] = brackets(text);
    let mut named = [outside, inside].into_iter().flatten().map(|part| name(&within_region(&part)));
    named.find(|name| is_name(name)).map(|name| quoteless(&name)).unwrap_or_default()
}

/// «г. Кириши», «Ленинградская область, Киришский район, г. Кириши» → «Кириши». Empty where the cell names none.
pub(super) fn settlement(text: &str) -> String {
    let [outside, _] = brackets(text);
    let parts: Vec<String> = outside
        .iter()
        .filter_map(|part| unmarked(part).or_else(|| Some(within_region(part)).filter(|p| is_name(p))))
        .collect();
    let is_district =
        |part: &&String| words(part).iter().any(|word| ["район", "р-н", "округ", "мр"].contains(&plain(word).as_str()));
    parts.iter().find(|part| !is_district(part)).or(parts.first()).cloned().unwrap_or_default()
}

/// A settlement without the word that says of what kind it is; none where no such word stands before it.
fn unmarked(part: &str) -> Option<String> {
    let mut rest = part.trim();
    while let Some((word, after)) = rest.split_once([' ', '.']) {
        if after.trim().is_empty() || !SETTLEMENT.contains(&word.to_lowercase().as_str()) {
            break;
        }
        rest = after.trim_start_matches(['.', ' ']);
    }
    (rest != part.trim()).then(|| rest.trim().to_owned())
}

/// What stands outside brackets, and within them, each parted at its commas.
fn brackets(text: &str) -> [Vec<String>; 2] {
    let (mut outside, mut inside) = (String::new(), String::new());
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' => {
                depth += 1;
                inside.push(',');
            }
            ')' => depth = depth.saturating_sub(1),
            c if depth > 0 => inside.push(c),
            c => outside.push(c),
        }
    }
    [outside, inside].map(|text| text.split([',', ';']).map(|part| part.trim().to_owned()).collect())
}

/// A part of a cell without the region and the country in it; where it stands after one, what follows it.
fn within_region(part: &str) -> String {
    let words = words(part);
    let is = |at: usize, of: &[&str]| words.get(at).is_some_and(|word| of.contains(&plain(word).as_str()));
    let country = is(0, &["россия", "рф"]) || (is(0, &["российская"]) && is(1, &["федерация"]));
    if country {
        return String::new();
    }
    let autonomous = |at: usize| at > 0 && is(at, &["округ", "округа"]) && is(at - 1, &["автономный", "автономного"]);
    let Some(at) = (0..words.len()).find(|at| is(*at, &REGION) || autonomous(*at)) else { return words.join(" ") };
    // The adjective of the region goes with it: «Ленинградская область»; but «Республика Карелия».
    let between = usize::from(autonomous(at) || (at > 0 && is(at - 1, &BETWEEN)));
    let adjective = at.checked_sub(1 + between).and_then(|at| words.get(at)).map(|word| plain(word));
    let adjective = adjective.is_some_and(|word| ["ая", "ой", "ий", "ого"].iter().any(|end| word.ends_with(end)));
    let republic = is(at, &["республика", "республики", "респ"]) && !(adjective && words.len() == at + 1);
    let begins = if republic || !adjective { at } else { at.saturating_sub(1 + between) };
    let (before, after) = (words.get(..begins).unwrap_or_default(), words.get(at + 1..).unwrap_or_default());
    if before.iter().any(|word| !DISTRICT.contains(&plain(word).as_str())) {
        return before.join(" ");
    }
    // Without a comma: «Ленинградская область Киришский район». What else follows is the region's name.
    let after = if republic { after.get(1..).unwrap_or_default() } else { after };
    let is_district = after.iter().any(|word| DISTRICT.contains(&plain(word).as_str()));
    if is_district { after.join(" ") } else { String::new() }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn plain(word: &str) -> String {
    word.to_lowercase().trim_matches(['«', '»', '"', '.']).to_owned()
}

fn is_name(text: &str) -> bool {
    text.contains(char::is_alphabetic)
}

fn quoteless(text: &str) -> String {
    text.trim_matches(['«', '»', '"']).to_owned()
}
