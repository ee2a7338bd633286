//! The summary for some of the schools: nothing of another one's is in it.

use super::{Letters, Step, Summary};
use crate::campaign::SchoolId;

/// Of which schools a summary tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of the schedule.
    #[default]
    All,
    /// Those of a district, named as the campaign names it: «Киришский».
    District(String),
    /// Some.
    Schools,
}

impl<'a> Summary<'a> {
    /// The same for the schools of a district.
    pub fn for_district(&self, district: &str) -> Self {
        self.part(Scope::District(district.to_owned()), |row| row.school.district == district)
    }

    /// The same for these schools.
    pub fn for_schools(&self, schools: &[SchoolId]) -> Self {
        self.part(Scope::Schools, |row| schools.contains(&row.school.id))
    }

    /// Mails are counted for all schools together, and faults are not for those outside the committee: both are left out.
    fn part(&self, scope: Scope, is_meant: impl Fn(&super::SchoolRow<'a>) -> bool) -> Self {
        let schools: Vec<_> = self.schools.iter().filter(|row| is_meant(row)).cloned().collect();
        let is_one = |id: &SchoolId| schools.iter().any(|row| &row.school.id == id);
        let reviews = self.reviews.iter().filter(|one| one.candidates.iter().any(is_one)).cloned().map(|mut one| {
            // It may as well be the mail of a school that is none of theirs.
            if !one.candidates.iter().all(is_one) {
                one.candidates.retain(|id| is_one(id));
                one.from.clear();
                one.subject.clear();
            }
            one
        });
        let troubled =
            self.letters.troubled.iter().filter(|one| one.schools.iter().any(is_one)).cloned().map(|mut one| {
                one.schools.retain(|id| is_one(id));
                one
            });
        let troubled: Vec<_> = troubled.collect();
        let count = |doubtful| {
            u32::try_from(troubled.iter().filter(|one| one.doubtful == doubtful).count()).unwrap_or(u32::MAX)
        };
        Self {
            campaign: self.campaign,
            as_of: self.as_of,
            messages: super::Counts::default(),
            reviews: reviews.collect(),
            history: self
                .history
                .iter()
                .filter(|one| schools.iter().any(|row| row.school.name == one.school))
                .cloned()
                .collect(),
            progress: self.progress.iter().filter(|one: &&Step| is_one(&one.school)).cloned().collect(),
            letters: Letters { held: 0, waiting: 0, failed: count(false), doubtful: count(true), troubled },
            faults: Vec::new(),
            ticked: self.ticked.clone(),
            scope,
            schools,
        }
    }
}
