//! The acts of a person: what would follow is shown first, by the very function that then does it.

mod case;
mod dates;
mod entry;

use std::{collections::BTreeSet, sync::Arc};

use jiff::{Timestamp, civil::Date};

use crate::{
    campaign::{Amendment, CampaignId, FieldKind, SchoolId},
    decision::{self, Decision, Ruling},
    digest::Sha256,
    logging,
    matching::{Clue, Roster, Source, Verdict},
    message::Address,
    reply::ReplyError,
    store::{AccountId, NewRuling, Outgoing, Ruled, RulingRow, StoreError, Undone},
};

pub use case::{About, Case};
pub use dates::NewDate;
pub use entry::{Entry, Way};

use super::{Decided, Office, Rules};

/// What a person wants done about documents of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// They are this school's.
    School {
        /// The school.
        school: SchoolId,
        /// From now on the sender's address is known to be the school's.
        learn_address: bool,
        /// From now on the name in the form is known to be the school's.
        learn_spelling: bool,
    },
    /// They are those of a school that is not in the schedule, and now presents too.
    Joins {
        /// Its name.
        name: String,
        /// Its district as an adjective: «Тосненский».
        district: String,
        /// The day of its presentation: only where nobody presents anything it may be left out.
        date: Option<Date>,
    },
    /// There is nothing to be taken from them.
    Nothing,
    /// The sender is asked whose they are.
    Ask,
}

/// Why an act cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// Its campaign is no longer in the configuration.
    #[error("the campaign {0:?} is not in the configuration any more: nothing can be decided in it")]
    Campaign(CampaignId),
    /// There is no such school.
    #[error("the campaign has no school {0:?}; `svodka status` shows them")]
    School(String),
    /// A school that joins needs a name by which it is told from the others.
    #[error("a school that joins needs a district, and a name that no school of the campaign has")]
    Name,
    /// A day of presentation before the campaign, or years after it.
    #[error("{0} is no day of this campaign")]
    Day(Date),
    /// A school that joins needs a day, as all others have one.
    #[error("this school is outside the schedule: name the day of its presentation (`--date`)")]
    NoDay,
    /// What was sent could not be read, so that nothing can be taken from it.
    #[error("the message could not be read: nothing can be taken from it, it can only be closed")]
    Unreadable,
    /// Documents are their school's already.
    #[error("the documents are this school's already")]
    Same,
    /// Only about a case that is open can the sender be asked.
    #[error("only about an open case the sender can be asked")]
    NoCase,
    /// Several schools are in the message: each is decided about by itself.
    #[error("the message holds documents of several schools: decide about each of them by itself")]
    Several,
    /// Nothing was entered.
    #[error("nothing was entered: no file, no answer, no requirement")]
    Empty,
    /// A letter cannot be written.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A document cannot be read just now.
    #[error(transparent)]
    Jail(#[from] crate::jail::JailError),
}

/// What would follow from an act.
#[derive(Debug)]
pub struct Prospect {
    /// The campaign as it would be.
    pub rules: Arc<Rules>,
    /// What would be recorded about the documents.
    pub decision: Decision,
    /// The letters that would be sent.
    pub letters: Vec<Outgoing>,
    /// What would be added to the campaign.
    pub amendments: Vec<Amendment>,
    ruling: Ruling,
    versions: u32,
}

impl Prospect {
    /// By what it is known again: another one where more has come of the school, or another letter would leave. What is
    /// learnt besides is chosen on the very page that bears the seal.
    pub fn seal(&self) -> Sha256 {
        let letters: Vec<_> = self.decision.replies.iter().map(|one| (&one.to, one.template, &one.corrects)).collect();
        let joins: Vec<_> = self.amendments.iter().filter(|one| matches!(one, Amendment::School { .. })).collect();
        let what = (&self.ruling, self.versions, &self.decision.submissions, letters, joins);
        Sha256::of(format!("{what:?}").as_bytes())
    }
}

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is done.
    Done {
        /// The decision.
        ruling: RulingRow,
        /// How many letters follow.
        letters: usize,
        /// Until then it can be undone, where letters follow.
        until: Timestamp,
    },
    /// Somebody has decided before.
    Decided,
    /// More of the school has come just now; what would follow is to be looked at anew.
    Changed,
}

/// What could be learnt from a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// The sender's address, which is no school's yet.
    pub address: Option<String>,
    /// The name in the form, by which nobody is known yet and nobody else can be meant.
    pub spelling: Option<String>,
}

impl Office {
    /// What would follow from an act; nothing is changed.
    ///
    /// # Errors
    /// [`ActError`], whose message says what is wrong with it.
    pub async fn prospect(&self, case: &Case, act: &Act) -> Result<Prospect, ActError> {
        let rules = self.rules_of(&case.campaign).await?;
        let (rules, ruling, amendments) = match act {
            Act::School { school, learn_address, learn_spelling } => {
                if rules.campaign.school(school).is_none() {
                    return Err(ActError::School(school.to_string()));
                }
                let offers = self.offers_by(&rules, case, school);
                let address = offers.address.filter(|_| *learn_address);
                let name = offers.spelling.filter(|_| *learn_spelling);
                let address = address.map(|address| Amendment::Address { school: school.clone(), address });
                let name = name.map(|name| Amendment::Spelling { school: school.clone(), name });
                (rules, Ruling::School(school.clone()), address.into_iter().chain(name).collect())
            }
            Act::Joins { name, district, date } => {
                let before = self.store.joined(&rules.campaign.id).await?;
                let joins = joins(&rules, &before, name, district, *date)?;
                let campaign = rules.campaign.clone().amended([joins.clone()]);
                let ruling = Ruling::School(joins.school().clone());
                (Arc::new(Rules::new(campaign, rules.made_of)), ruling, vec![joins])
            }
            Act::Nothing => (rules, Ruling::Nothing, Vec::new()),
            Act::Ask if case.review.is_none() => return Err(ActError::NoCase),
            Act::Ask => (rules, Ruling::Ask, Vec::new()),
        };
        let (decision, versions) = self.decision(&rules, case, &ruling).await?;
        let mut letters = Vec::new();
        if let Some(reading) = &case.reading {
            let stored = &case.stored;
            // The second letter of a kind about the same message is another letter, also after the first was taken back.
            let seed = format!(" after {}", case.rulings);
            let decided = Decided { rules: &rules, stored, reading, decision: &decision, seed: &seed };
            letters = self.outgoing(&decided)?;
        }
        let leaves = self.undo_until();
        letters.iter_mut().for_each(|letter| letter.not_before = leaves);
        Ok(Prospect { rules, decision, letters, amendments, ruling, versions })
    }

    async fn decision(&self, rules: &Rules, case: &Case, ruling: &Ruling) -> Result<(Decision, u32), ActError> {
        let nothing = || Decision::nothing_to_do();
        let Some(reading) = &case.reading else {
            return if *ruling == Ruling::Nothing { Ok((nothing(), 0)) } else { Err(ActError::Unreadable) };
        };
        let known = self.known(rules, reading).await?;
        let basis = rules.basis(&self.config, &case.stored, &known);
        Ok(match ruling {
            Ruling::School(school) => {
                if case.several {
                    return Err(ActError::Several);
                }
                if case.was.as_ref() == Some(school) && case.review.is_none() {
                    return Err(ActError::Same);
                }
                let versions = known.schools.get(school).map_or(0, |state| state.versions);
                let gathered = decision::gathered(&basis, reading);
                let (doubtful, documents) = match &case.submission {
                    Some(submission) => (submission, &case.documents),
                    None => (&gathered.0, &gathered.1),
                };
                let corrects = case.was.as_ref().filter(|was| case.told && *was != school);
                (decision::ruled(&basis, reading, documents, doubtful, school, corrects), versions)
            }
            Ruling::Ask => (decision::asked(&basis, reading), 0),
            Ruling::Nothing => match case.was.as_ref().filter(|_| case.told) {
                Some(was) => (decision::taken_back(&basis, reading, was), 0),
                None => (nothing(), 0),
            },
        })
    }

    /// Does it. Nothing changes where somebody has decided before, or where what would follow is not what was `seen`.
    ///
    /// # Errors
    /// As [`Office::prospect`].
    pub async fn settle(
        &self,
        about: About,
        act: &Act,
        seen: Option<&Sha256>,
        by: AccountId,
    ) -> Result<Settled, ActError> {
        let _alone = self.alone().await;
        let Some(case) = self.case(about).await?.filter(Case::is_open) else { return Ok(Settled::Decided) };
        let prospect = self.prospect(&case, act).await?;
        if seen.is_some_and(|seen| *seen != prospect.seal()) {
            return Ok(Settled::Changed);
        }
        let new = NewRuling {
            campaign: &prospect.rules.campaign.id,
            message: case.stored.id,
            review: case.review.as_ref().map(|review| review.number),
            replaces: case.replaces,
            ruling: &prospect.ruling,
            decision: &prospect.decision,
            letters: &prospect.letters,
            amendments: &prospect.amendments,
            versions: prospect.versions,
            told: case.told,
            by,
            now: self.clock.now(),
        };
        Ok(match self.store.rule(&new).await? {
            Ruled::Done(ruling) => {
                logging::of_mail(case.stored.id)
                    .in_scope(|| tracing::info!(ruling, letters = new.letters.len(), "a person has decided"));
                self.refresh().await?;
                self.renew().await?;
                self.queued.notify_one();
                Settled::Done { ruling, letters: new.letters.len(), until: self.undo_until() }
            }
            Ruled::Decided => Settled::Decided,
            Ruled::Changed => Settled::Changed,
        })
    }

    /// Takes a decision back.
    ///
    /// # Errors
    /// Where the store refuses.
    pub async fn undo(&self, ruling: RulingRow, by: AccountId) -> Result<Undone, StoreError> {
        let _alone = self.alone().await;
        let undone = self.store.undo(ruling, by, self.clock.now()).await?;
        self.refresh().await?;
        self.renew().await?;
        self.queued.notify_one();
        Ok(undone)
    }

    /// Moves a case to another campaign: the mail answers that one's letter. Gives the number that it has there; none where
    /// it is decided already, or where documents of its message count.
    ///
    /// # Errors
    /// [`ActError::Campaign`] where there is no such campaign.
    pub async fn move_to(&self, campaign: &CampaignId, review: i64, by: AccountId) -> Result<Option<i64>, ActError> {
        let _alone = self.alone().await;
        self.rules_of(campaign).await?;
        Ok(self.store.move_to(campaign, review, by, self.clock.now()).await?)
    }

    /// When a letter leaves that follows from a person's decision of now.
    fn undo_until(&self) -> Timestamp {
        let now = self.clock.now();
        now.saturating_add(self.config.replies.undo).unwrap_or(now)
    }

    /// What could be learnt where the case is this school's.
    pub fn offers(&self, case: &Case, school: &SchoolId) -> Offers {
        let rules = self.campaigns().into_iter().find(|one| one.campaign.id == case.campaign);
        rules.map(|rules| self.offers_by(&rules, case, school)).unwrap_or_default()
    }

    /// A campaign as it stands now.
    async fn rules_of(&self, id: &CampaignId) -> Result<Arc<Rules>, ActError> {
        self.campaign(id).await?.ok_or_else(|| ActError::Campaign(id.clone()))
    }

    fn offers_by(&self, rules: &Rules, case: &Case, school: &SchoolId) -> Offers {
        let author = case.reading.as_ref().and_then(|reading| reading.message.from.as_ref());
        let author = author.map(|author| &author.address).filter(|address| self.may_learn_address(rules, address));
        // Who sends documents of several schools is none of them.
        let address = author.filter(|_| case.writes_for.iter().all(|one| one.as_ref() == Some(school)));
        let fields = rules.campaign.form.fields.iter();
        let name = fields
            .filter(|field| field.kind == FieldKind::SchoolName)
            .find_map(|field| case.submission.as_ref()?.answers.get(&field.id).map(|answer| answer.text.trim()));
        let spelling = name.filter(|name| may_learn(rules, school, name));
        Offers { address: address.map(ToString::to_string), spelling: spelling.map(str::to_owned) }
    }

    /// Whether an address may become a school's: it is no school's yet, nor that of anybody who looks after schools.
    fn may_learn_address(&self, rules: &Rules, address: &Address) -> bool {
        let (config, campaign) = (&self.config, &rules.campaign);
        let schools = campaign.schools.iter().flat_map(|school| &school.addresses);
        let people = campaign.people.iter().map(|person| &person.address);
        let readers = config.board.iter().flat_map(|board| &board.readers);
        let taken = schools.chain(people).chain(&config.staff.addresses).chain(readers);
        !self.own.addresses.contains(address)
            && taken.into_iter().all(|one| Address::parse(one).as_ref() != Some(address))
    }
}

/// Whether a name may be learnt, and every other school is still known by its own afterwards.
fn may_learn(rules: &Rules, school: &SchoolId, name: &str) -> bool {
    if !rules.roster.may_learn(school, name) {
        return false;
    }
    let amendment = Amendment::Spelling { school: school.clone(), name: name.to_owned() };
    let after = Roster::new(&rules.campaign.clone().amended([amendment]));
    rules.campaign.schools.iter().all(|one| {
        let clue = [Clue::Text { source: Source::NameField, text: one.name.clone() }];
        let before = rules.roster.conclude(&clue);
        matches!((before, after.conclude(&clue)),
            (Verdict::Certain { school: before, .. }, Verdict::Certain { school: after, .. })
                if before == after)
    })
}

/// The addition by which a school joins the campaign. What was once the id of another one, `before`, is never given again:
/// what that one has sent would be this one's.
fn joins(
    rules: &Rules,
    before: &BTreeSet<SchoolId>,
    name: &str,
    district: &str,
    date: Option<Date>,
) -> Result<Amendment, ActError> {
    let campaign = &rules.campaign;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    // «Тосненский район» is said as «Тосненский» everywhere.
    let district = district.trim().trim_end_matches("район").trim();
    let clue = [Clue::Text { source: Source::NameField, text: name.clone() }];
    if name.is_empty()
        || district.is_empty()
        || campaign.schools.iter().any(|one| one.name.to_lowercase() == name.to_lowercase())
        || matches!(rules.roster.conclude(&clue), Verdict::Certain { .. })
    {
        return Err(ActError::Name);
    }
    match date {
        Some(date) => is_a_day_of(rules, date)?,
        None if campaign.has_days() => return Err(ActError::NoDay),
        None => {}
    }
    let id = (1..).map(|number| format!("outside-{number}")).find_map(|id| {
        let id: SchoolId = id.parse().ok()?;
        (campaign.school(&id).is_none() && !before.contains(&id)).then_some(id)
    });
    let school = id.ok_or(ActError::Name)?;
    Ok(Amendment::School { school, name, district: district.to_owned(), date })
}

/// Nobody presents before the campaign has begun, or more than a year after it is over.
fn is_a_day_of(rules: &Rules, date: Date) -> Result<(), ActError> {
    let campaign = &rules.campaign;
    let last = campaign.last_day().saturating_add(jiff::Span::new().years(1));
    if (campaign.start..=last).contains(&date) { Ok(()) } else { Err(ActError::Day(date)) }
}

#[cfg(test)]
mod tests;
