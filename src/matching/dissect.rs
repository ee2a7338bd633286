//! The name of a school taken apart for those who have no roster yet: what a letter's schedule says of it.

use std::sync::LazyLock;

use super::{
    name::{self, Name, Reach},
    places::Places,
    roster::read,
};

/// What a name says of its school.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameParts {
    /// Its number, as written.
    pub number: Option<String>,
    /// The adjectives of its place without their endings, in lower case: «лодейнопольск».
    pub adjectives: Vec<String>,
    /// Its town or village, the first word of it as it was written: «г. Кириши».
    pub settlement: Option<String>,
}

/// Takes a text apart that is meant to be one school's name; `None` where it names no kind of school.
pub fn dissect(text: &str) -> Option<NameParts> {
    let names = names_in(text, Reach::Whole);
    let first = names.iter().find(|name| !name.kinds.is_empty())?;
    Some(NameParts {
        number: first.numbers.first().cloned(),
        adjectives: names.iter().flat_map(|name| &name.heads).map(|head| head.stem.clone()).collect(),
        settlement: names.iter().flat_map(|name| &name.settlements).map(|one| one.word.clone()).next(),
    })
}

/// Whether a text names a kind of school.
pub fn names_a_school(text: &str) -> bool {
    names_in(text, Reach::Near).iter().any(|name| !name.kinds.is_empty())
}

/// No place is known beforehand.
static NOWHERE: LazyLock<Places> = LazyLock::new(Places::new);

fn names_in(text: &str, reach: Reach) -> Vec<Name> {
    let (tokens, items) = read(text, &NOWHERE);
    name::names(text, &tokens, &items, reach)
}
