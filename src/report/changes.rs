//! What has come since an earlier summary.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Counts, SchoolRow, Scope, Status, Summary};
use crate::campaign::{FieldId, RequirementId, School, SchoolId};

/// Where everything stood: what a later summary is held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The time for which it holds.
    pub as_of: Timestamp,
    /// Every school, by its id.
    pub schools: BTreeMap<SchoolId, Standing>,
    /// What had become of the mails; zeros where the summary told of some schools only.
    pub messages: Counts,
}

/// Where a school stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How far it had come.
    pub status: Status,
    /// Whether its form was there.
    pub form: bool,
    /// Whether its draft was there.
    pub draft: bool,
    /// Information that was there.
    pub information: Vec<RequirementId>,
    /// Fields without an answer.
    pub missing: Vec<FieldId>,
    /// Fields whose answer was invalid.
    pub invalid: Vec<FieldId>,
    /// How many versions had been accepted.
    pub versions: u32,
}

/// What is new of a school.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// The school.
    pub school: &'a School,
    /// What has come, in Russian: «представлена форма», «заполнено: 5, 14».
    pub what: Vec<String>,
}

impl<'a> Summary<'a> {
    /// Where everything stands, for the next summary.
    pub fn snapshot(&self) -> Snapshot {
        let standing = |row: &SchoolRow<'_>| Standing {
            status: row.status,
            form: row.form.is_some(),
            draft: row.draft.is_some(),
            information: row.information.clone(),
            missing: row.missing.clone(),
            invalid: row.invalid.clone(),
            versions: row.versions,
        };
        let schools = self.schools.iter().map(|row| (row.school.id.clone(), standing(row)));
        Snapshot { as_of: self.as_of, schools: schools.collect(), messages: self.messages }
    }

    /// What has come since then, school by school in the campaign's order; without an earlier summary all that has come.
    pub fn changes_since(&self, before: Option<&Snapshot>) -> Vec<Change<'a>> {
        let nothing = Standing {
            status: Status::Nothing,
            form: false,
            draft: false,
            information: Vec::new(),
            missing: Vec::new(),
            invalid: Vec::new(),
            versions: 0,
        };
        let change = |row: &SchoolRow<'a>| {
            let earlier = before.and_then(|one| one.schools.get(&row.school.id)).unwrap_or(&nothing);
            Change { school: row.school, what: self.news(row, earlier) }
        };
        self.schools.iter().map(change).filter(|one| !one.what.is_empty()).collect()
    }

    /// How many mails have come since then, and none where that is not counted: for some of the schools only.
    pub(super) fn came_since(&self, before: Option<&Snapshot>) -> Option<u32> {
        let earlier = before.map_or(0, |one| one.messages.received);
        (self.scope == Scope::All).then(|| self.messages.received.saturating_sub(earlier))
    }

    fn news(&self, row: &SchoolRow<'_>, earlier: &Standing) -> Vec<String> {
        let mut news = Vec::new();
        if row.form.is_some() && !earlier.form {
            news.push("представлена форма".to_owned());
        }
        if row.draft.is_some() && !earlier.draft {
            news.push("представлен проект выступления".to_owned());
        }
        let informed = row.information.iter().filter(|id| !earlier.information.contains(id));
        let titles = informed.filter_map(|id| self.campaign.requirements.iter().find(|one| &one.id == id));
        news.extend(titles.map(|one| format!("получено: {}", one.title)));
        let is_well = |id: &&FieldId| !row.missing.contains(id) && !row.invalid.contains(id);
        let mut numbers = |what: &str, fields: Vec<&FieldId>| {
            if !fields.is_empty() {
                news.push(format!("{what}: {}", self.numbers(fields)));
            }
        };
        numbers("заполнено", earlier.missing.iter().filter(is_well).collect());
        numbers("уточнено", earlier.invalid.iter().filter(is_well).collect());
        if earlier.form {
            let newly = |id: &&FieldId| !earlier.invalid.contains(id);
            numbers("требует уточнения", row.invalid.iter().filter(newly).collect());
        }
        if row.status == Status::Complete && earlier.status != Status::Complete {
            news.push("представлено полностью".to_owned());
        } else if row.status != Status::Complete && earlier.status == Status::Complete {
            news.push("теперь представлено не в полном объёме".to_owned());
        } else if news.is_empty() && row.versions > earlier.versions {
            news.push("поступили новые сведения".to_owned());
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::{self, Campaign};

    fn row<'a>(campaign: &'a Campaign, index: usize) -> SchoolRow<'a> {
        SchoolRow {
            school: &campaign.schools[index],
            status: Status::Nothing,
            form: None,
            draft: None,
            information: Vec::new(),
            missing: Vec::new(),
            invalid: Vec::new(),
            last_message: None,
            late: false,
            versions: 0,
            answers: BTreeMap::new(),
        }
    }

    fn summary<'a>(campaign: &'a Campaign, rows: Vec<SchoolRow<'a>>) -> Summary<'a> {
        Summary {
            campaign,
            as_of: "2022-11-10T06:00:00Z".parse().unwrap(),
            schools: rows,
            messages: Counts { received: 3, matched: 3, ..Counts::default() },
            reviews: Vec::new(),
            history: Vec::new(),
            progress: Vec::new(),
            letters: super::super::Letters::default(),
            faults: Vec::new(),
            ticked: std::collections::BTreeSet::new(),
            scope: Scope::All,
        }
    }

    #[test]
    fn what_is_new_is_told_school_by_school_and_once() {
        let campaign = campaign::read("x", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap();
        let fields = |places: &[usize]| -> Vec<FieldId> {
            places.iter().map(|place| campaign.form.fields[place - 1].id.clone()).collect()
        };
        let came = Some("2022-11-09T06:00:00Z".parse().unwrap());
        let gaps = SchoolRow {
            form: came,
            status: Status::Incomplete,
            missing: fields(&[14, 5, 7]),
            invalid: fields(&[12]),
            versions: 1,
            ..row(&campaign, 1)
        };
        let old = summary(&campaign, vec![row(&campaign, 0), gaps.clone(), row(&campaign, 2)]);
        let before: Snapshot = serde_json::from_str(&serde_json::to_string(&old.snapshot()).unwrap()).unwrap();
        assert_eq!(before, old.snapshot());
        assert!(old.changes_since(Some(&before)).is_empty());
        assert_eq!((old.came_since(None), old.came_since(Some(&before))), (Some(3), Some(0)));

        let told = |rows: Vec<SchoolRow<'_>>, before: Option<&Snapshot>| -> Vec<(String, String)> {
            let changes = summary(&campaign, rows).changes_since(before).into_iter();
            changes.map(|one| (one.school.id.to_string(), one.what.join("; "))).collect()
        };
        let closed = SchoolRow {
            missing: fields(&[7]),
            invalid: fields(&[5]),
            draft: came,
            information: vec!["fioko".parse().unwrap()],
            versions: 2,
            ..gaps.clone()
        };
        let whole = SchoolRow { form: came, draft: came, status: Status::Complete, versions: 1, ..row(&campaign, 2) };
        let new = told(vec![row(&campaign, 0), closed, whole.clone()], Some(&before));
        let one = "представлен проект выступления; получено: информация об использовании материалов ФГБУ «ФИОКО»; \
                   заполнено: 14; уточнено: 12; требует уточнения: 5";
        let two = "представлена форма; представлен проект выступления; представлено полностью";
        assert_eq!(new, [("roshchino".to_owned(), one.to_owned()), ("podporozhye-4".to_owned(), two.to_owned())]);
        assert_eq!(told(vec![gaps.clone()], None), [("roshchino".to_owned(), "представлена форма".to_owned())]);

        let again = SchoolRow { versions: 2, ..gaps };
        assert_eq!(told(vec![again], Some(&before))[0].1, "поступили новые сведения");
        let complete = summary(&campaign, vec![whole.clone()]).snapshot();
        let worse = SchoolRow { status: Status::Incomplete, invalid: fields(&[3]), versions: 2, ..whole };
        let said = &told(vec![worse], Some(&complete))[0].1;
        assert_eq!(said, "требует уточнения: 3; теперь представлено не в полном объёме");
    }
}
