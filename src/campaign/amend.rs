//! What staff add to a campaign while it runs. The file stays as it is: the additions are kept apart and laid over it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Campaign, RequirementKind, School, SchoolId};

/// Something that staff have added to a campaign, or changed in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Amendment {
    /// This address belongs to this school.
    Address {
        /// The school.
        school: SchoolId,
        /// The address.
        address: String,
    },
    /// Somebody who calls himself so is this school.
    Spelling {
        /// The school.
        school: SchoolId,
        /// The name as it was written.
        name: String,
    },
    /// The school presents on another day.
    Date {
        /// The school.
        school: SchoolId,
        /// The new day.
        date: Date,
    },
    /// A school that the schedule does not name presents too: it owes only what the form asks of such schools.
    School {
        /// Its id.
        school: SchoolId,
        /// Its name.
        name: String,
        /// Its district as an adjective; empty where nobody has said it.
        district: String,
        /// The day of its presentation, where schools have one.
        date: Option<Date>,
    },
}

impl Amendment {
    /// Its kind in one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Address { .. } => "address",
            Self::Spelling { .. } => "spelling",
            Self::Date { .. } => "date",
            Self::School { .. } => "school",
        }
    }

    /// The school that it is about.
    pub fn school(&self) -> &SchoolId {
        match self {
            Self::Address { school, .. }
            | Self::Spelling { school, .. }
            | Self::Date { school, .. }
            | Self::School { school, .. } => school,
        }
    }
}

impl Campaign {
    /// The campaign with what staff have added to it, in the order in which they did. What speaks of a school that is no
    /// longer in the file is left out.
    #[must_use]
    pub fn amended(mut self, amendments: impl IntoIterator<Item = Amendment>) -> Self {
        for amendment in amendments {
            self.amend(amendment);
        }
        self
    }

    fn amend(&mut self, amendment: Amendment) {
        let known = self.schools.iter_mut().find(|one| &one.id == amendment.school());
        match (amendment, known) {
            (Amendment::Address { address, .. }, Some(school)) => add(&mut school.addresses, address),
            (Amendment::Spelling { name, .. }, Some(school)) => add(&mut school.aliases, name),
            (Amendment::Date { date, .. }, Some(school)) => {
                // The first day that a school is given changes none.
                school.moved += u32::from(school.date.is_some());
                school.date = Some(date);
            }
            (Amendment::School { school, name, district, date }, None) => {
                self.owe_as_scheduled();
                self.schools.push(School {
                    id: school,
                    name,
                    district,
                    settlement: String::new(),
                    date,
                    outside: true,
                    moved: 0,
                    aliases: Vec::new(),
                    addresses: Vec::new(),
                });
            }
            _ => {}
        }
    }

    /// What all schools of the schedule owe is none of a school's that joins them, its form aside.
    fn owe_as_scheduled(&mut self) {
        let scheduled: Vec<SchoolId> = self.schools.iter().map(|one| one.id.clone()).collect();
        for one in self.requirements.iter_mut().filter(|one| one.kind != RequirementKind::Form) {
            one.schools.get_or_insert_with(|| scheduled.clone());
        }
    }
}

fn add(list: &mut Vec<String>, new: String) {
    if !list.contains(&new) {
        list.push(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign;

    fn sample() -> Campaign {
        campaign::read("sample", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap()
    }

    fn id(text: &str) -> SchoolId {
        text.parse().unwrap()
    }

    #[test]
    fn what_staff_have_learnt_of_a_school_is_known_of_it() {
        let date: Date = "2022-11-24".parse().unwrap();
        let amended = sample().amended([
            Amendment::Address { school: id("vazhiny"), address: "v@school.example".to_owned() },
            Amendment::Address { school: id("vazhiny"), address: "v@school.example".to_owned() },
            Amendment::Spelling { school: id("vazhiny"), name: "ВОЦ п. Важины".to_owned() },
            Amendment::Date { school: id("vazhiny"), date },
            Amendment::Date { school: id("gone"), date },
        ]);
        let school = amended.school(&id("vazhiny")).unwrap();
        assert_eq!(school.addresses, ["v@school.example"]);
        assert!(school.aliases.contains(&"ВОЦ п. Важины".to_owned()));
        assert_eq!(school.date, Some(date));
        assert_eq!(amended.schools.len(), sample().schools.len());
    }

    #[test]
    fn a_school_that_joins_owes_the_form_alone() {
        let new = Amendment::School {
            school: id("outside-1"),
            name: "МБОУ «Сосновский центр образования»".to_owned(),
            district: String::new(),
            date: Some("2022-11-29".parse().unwrap()),
        };
        let amended = sample().amended([new.clone(), new]);
        assert_eq!(amended.schools.len(), sample().schools.len() + 1);
        let owed = |school: &str| {
            let owed = amended.requirements.iter().filter(|one| one.is_owed_by(&id(school)));
            owed.map(|one| one.kind).collect::<Vec<_>>()
        };
        assert_eq!(owed("outside-1"), [RequirementKind::Form]);
        assert!(owed("vazhiny").contains(&RequirementKind::Draft));
    }
}
