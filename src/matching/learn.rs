//! Whether a spelling may be learnt: only what can be nobody else's.

use super::{
    Clue, Roster, Source, Verdict,
    name::{self, Reach},
    roster::read,
};
use crate::campaign::SchoolId;

impl Roster {
    /// Whether a name may be known as this school's from now on. It names one institution, by its place, by number
    /// and dedication, or by a proper name, and gives the school's own number or none that it has; it is not known yet, and may be no other
    /// school's. «СОШ № 3» is many schools' name, whoever uses it.
    pub fn may_learn(&self, school: &SchoolId, name: &str) -> bool {
        let (tokens, items) = read(name, &self.places);
        let names = name::names(name, &tokens, &items, Reach::Whole);
        let [named] = names.as_slice() else { return false };
        let telling =
            !named.heads.is_empty() || !named.settlements.is_empty() || named.dedication.is_some() || named.titled;
        let Some((_, known)) = self.index.place(school).and_then(|at| self.schools.get(at)) else {
            return false;
        };
        let number = named.numbers.first();
        let its_number = known.names.iter().any(|one| one.number.as_ref() == number);
        if !telling || !its_number || named.numbers.len() > 1 || named.unreadable || !named.beside.is_empty() {
            return false;
        }
        match self.conclude(&[Clue::Text { source: Source::NameField, text: name.to_owned() }]) {
            Verdict::Certain { .. } => false,
            Verdict::Ambiguous { candidates, .. } => candidates.iter().all(|one| one == school),
            Verdict::Outside { .. } | Verdict::Unknown { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign;

    fn may(school: &str, name: &str) -> bool {
        let campaign = campaign::read("x", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap();
        Roster::new(&campaign).may_learn(&school.parse().unwrap(), name)
    }

    #[test]
    fn a_name_by_which_nobody_else_is_meant_may_be_learnt() {
        assert!(may("vazhiny", "МБОУ «Образовательный центр «Свирь»"));
        assert!(may("roshchino", "МБОУ «Школа «Перспектива»"));
    }

    #[test]
    fn a_name_that_many_schools_have_is_never_learnt() {
        for name in ["СОШ № 3", "МБОУ СОШ №3", "школа", "№ 3", "", "КСОШ №3", "Наша школа", "школа имени А. С. Пушкина"]
        {
            assert!(!may("kirishi-3", name), "{name}");
        }
    }

    #[test]
    fn what_is_another_schools_or_known_already_is_not_learnt() {
        assert!(!may("kirishi-3", "МБОУ «Рощинский Центр образования»"));
        assert!(!may("kirishi-3", "МОУ «Киришская СОШ №3»"));
        assert!(!may("kirishi-3", "МОУ «Киришская СОШ №5»"));
        assert!(!may("kirishi-3", "МОУ «Киришская СОШ №3» и МОУ «Киришская СОШ №8»"));
        assert!(!may("nobody", "МБОУ «Образовательный центр «Свирь»"));
    }
}
