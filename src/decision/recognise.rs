//! Does a mail without a form or draft have to do with the letter at all?

use crate::{campaign::Campaign, document::Document, reader::Reading};

use super::parts;

/// The first word of the letter that stands in the subject or the text of the mail.
pub(super) fn word_of_the_letter<'c>(campaign: &'c Campaign, reading: &Reading) -> Option<&'c str> {
    let message = &reading.message;
    let mut said = vec![message.subject.clone(), message.body.text(), message.quoted.clone(), message.forwarded.text()];
    said.extend(parts::forwarded_bodies(reading).map(Document::text));
    let said = plain(&said.join(" "));
    let words = campaign.recognition.words.iter().map(String::as_str);
    words.chain([campaign.letter.number.as_str()]).find(|word| contains_whole(&said, &plain(word)))
}

/// Lower case, ё as е, every run of white space one space.
pub(super) fn plain(text: &str) -> String {
    text.to_lowercase().replace('ё', "е").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `word` stands in `text` with no letter or digit right beside it.
pub(super) fn contains_whole(text: &str, word: &str) -> bool {
    let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|tail| tail.chars().next());
            !beside(before) && !beside(after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_only_as_a_whole() {
        assert!(contains_whole("о проекте 500+ и далее", "500+"));
        assert!(contains_whole("анкета.", "анкета"));
        assert!(!contains_whole("цена 1500+", "500+"));
        assert!(!contains_whole("анкетами", "анкета"));
    }
}
