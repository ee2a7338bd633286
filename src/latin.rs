//! Russian words in Latin letters, as identifiers are written: one way for all (the BGN/PCGN system without its signs).

/// Words as an identifier: «Лодейное Поле» → `lodeynoye-pole`.
pub fn identifier(text: &str, between: char) -> String {
    let mut id = String::new();
    let mut before: Option<char> = None;
    for c in text.to_lowercase().chars() {
        let latin = match c {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' => "g",
            'д' => "d",
            'е' if before.is_none_or(|c| "аеёиоуыэюяьъ".contains(c)) => "ye",
            'е' | 'э' => "e",
            'ё' if before.is_none_or(|c| "аеёиоуыэюяьъ".contains(c)) => "yo",
            'ё' => "e",
            'ж' => "zh",
            'з' => "z",
            'и' => "i",
            'й' | 'ы' => "y",
            'к' => "k",
            'л' => "l",
            'м' => "m",
            'н' => "n",
            'о' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' => "u",
            'ф' => "f",
            'х' => "kh",
            'ц' => "ts",
            'ч' => "ch",
            'ш' => "sh",
            'щ' => "shch",
            'ъ' | 'ь' => "",
            'ю' => "yu",
            'я' if before == Some('ь') => "ya",
            'я' => "ya",
            '+' => "plus",
            'a'..='z' | '0'..='9' => {
                id.push(c);
                before = None;
                continue;
            }
            _ => {
                if !id.is_empty() && !id.ends_with(between) {
                    id.push(between);
                }
                before = None;
                continue;
            }
        };
        id.push_str(latin);
        before = Some(c);
    }
    id.trim_end_matches(between).to_owned()
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn words_become_identifiers_that_people_can_read() {
        for (text, id) in [
            ("Кириши", "kirishi"),
            ("Рощино", "roshchino"),
            ("Подпорожье", "podporozhye"),
            ("Вознесенье", "voznesenye"),
            ("Лебяжье", "lebyazhye"),
            ("Лодейное Поле", "lodeynoye-pole"),
            ("ФИОКО", "fioko"),
            ("«Ёлкино» – Съезжее", "yolkino-syezzheye"),
            ("«Киришская СОШ №3»", "kirishskaya-sosh-3"),
            ("Подъездная, 5-й дом", "podyezdnaya-5-y-dom"),
            ("500+", "500plus"),
            ("???", ""),
        ] {
            assert_eq!(identifier(text, '-'), id, "{text}");
        }
    }
}
