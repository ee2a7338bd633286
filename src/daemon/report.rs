//! What the committee hears by e-mail: the summary by its schedule, and at once what needs a person.

use anyhow::Context as _;
use jiff::{Timestamp, ToSpan as _};

use crate::{
    campaign::Campaign,
    config::{Config, ReplyMode},
    message::Address,
    office::{case, summary_where},
    reply::{self, Attached, Case, Envelope, Rendered, Templates},
    report::{self, Links, Snapshot, Summary},
    store::{NewSummary, Outgoing, Purpose, Store},
};

use super::core::Core;

/// So many days after the campaign's last one its summaries end.
const AFTERWARDS: i32 = 7;

/// Who gets a summary.
struct Audience {
    /// Its name in the store: empty for the staff, else a coordinator's address.
    name: String,
    receivers: Vec<Address>,
    /// The schools of which it hears; all, where there is none.
    district: Option<String>,
}

impl Core {
    /// Queues what the committee is to hear now.
    ///
    /// # Errors
    /// Where the store refuses, or a template is wrong.
    pub(super) async fn report(&self) -> anyhow::Result<()> {
        if self.config().replies.mode == ReplyMode::Off {
            return Ok(());
        }
        let now = self.now().await?;
        let mut queued = false;
        for rules in self.office.campaigns() {
            let reporter = self.reporter(&rules.campaign, now);
            if let Some(slot) = self.slot(&rules.campaign, now) {
                for audience in audiences(self.config(), &rules.campaign) {
                    queued |= reporter.if_due(&audience, slot).await?;
                }
            }
            queued |= reporter.cases().await?;
        }
        if queued {
            self.office.queued.notify_one();
        }
        Ok(())
    }

    fn reporter<'r>(&'r self, campaign: &'r Campaign, now: Timestamp) -> Reporter<'r> {
        let (store, config, templates) = (self.store(), self.config(), &self.office.templates);
        Reporter { store, config, campaign, templates, now }
    }

    /// The last time of the schedule; none where the campaign has not begun, or is over.
    fn slot(&self, campaign: &Campaign, now: Timestamp) -> Option<Timestamp> {
        let slot =
            self.config().staff.summary.last(now, &campaign.time_zone, |day| campaign.workdays.is_holiday(day))?;
        let last = campaign.last_day().saturating_add(AFTERWARDS.days());
        (campaign.start..=last).contains(&campaign.day_of(slot)).then_some(slot)
    }
}

/// Queues a summary for the staff and the coordinators now, beside the schedule; gives how many letters. The daemon sends
/// them.
///
/// # Errors
/// Where nobody is named who could get one, the store refuses, or a template is wrong.
pub async fn send_summary(
    store: &Store,
    config: &Config,
    campaign: &Campaign,
    now: Timestamp,
) -> anyhow::Result<usize> {
    let templates = Templates::load(config.templates.as_deref())?;
    let reporter = Reporter { store, config, campaign, templates: &templates, now };
    let audiences = audiences(config, campaign);
    anyhow::ensure!(!audiences.is_empty(), "nobody gets the summary: name somebody in [staff] addresses");
    let mut letters = 0;
    for audience in &audiences {
        let before = store.summaries(&campaign.id, &audience.name, &audience.receivers).await?;
        // What is wanted once more in the same instant is another summary all the same.
        let next = |last: Timestamp| last.saturating_add(1.microseconds()).unwrap_or(last);
        let slot = before.as_ref().map_or(now, |one| now.max(next(one.slot)));
        let before = before.and_then(|one| one.snapshot);
        if reporter.summary(audience, slot, before.as_deref(), false).await? {
            letters += audience.receivers.len();
        }
    }
    Ok(letters)
}

/// The summary of now as a message to this address, with everything that can go with it; nothing is queued or noted.
///
/// # Errors
/// Where the store refuses, or a template is wrong.
pub async fn summary_message(
    store: &Store,
    config: &Config,
    campaign: &Campaign,
    to: &Address,
    now: Timestamp,
) -> anyhow::Result<Vec<u8>> {
    let templates = Templates::load(config.templates.as_deref())?;
    let reporter = Reporter { store, config, campaign, templates: &templates, now };
    let written = reporter.written(None, None, true).await?;
    let (from, seed) = (reporter.sender()?, format!("summary {} {now}", campaign.id));
    Ok(written.letter.compose(&reporter.envelope(&from, &seed), to, written.files)?.mime)
}

fn audiences(config: &Config, campaign: &Campaign) -> Vec<Audience> {
    let staff: Vec<Address> = config.staff.addresses.iter().filter_map(|one| Address::parse(one)).collect();
    let staff = Audience { name: String::new(), receivers: staff, district: None };
    let coordinators = campaign.people.iter().filter(|person| person.summary).filter_map(|person| {
        let address = Address::parse(&person.address)?;
        let district = Some(person.district.clone()?);
        Some(Audience { name: address.as_str().to_owned(), receivers: vec![address], district })
    });
    std::iter::once(staff).chain(coordinators).filter(|audience| !audience.receivers.is_empty()).collect()
}

/// Writes and queues letters to the committee.
struct Reporter<'r> {
    store: &'r Store,
    config: &'r Config,
    campaign: &'r Campaign,
    templates: &'r Templates,
    now: Timestamp,
}

impl Reporter<'_> {
    /// Queues an audience's summary, where this time of the schedule has not had one. What lay before the first start is
    /// not made up for, and of several times that were missed the last one counts.
    async fn if_due(&self, audience: &Audience, slot: Timestamp) -> anyhow::Result<bool> {
        let given = self.store.summaries(&self.campaign.id, &audience.name, &audience.receivers).await?;
        let Some(given) = given else {
            self.store.begin_summaries(&self.campaign.id, &audience.name, self.now).await?;
            return Ok(false);
        };
        if slot <= given.slot {
            return Ok(false);
        }
        // The digest belongs to the last day of a deadline, and to the first summary behind it.
        let (last, today) = (self.campaign.day_of(given.slot), self.campaign.day_of(self.now));
        let mut deadlines = self.campaign.requirements.iter().map(|one| one.deadline);
        let digest = deadlines.any(|deadline| deadline == today || (last <= deadline && deadline < today));
        self.summary(audience, slot, given.snapshot.as_deref(), digest).await
    }

    async fn summary(
        &self,
        audience: &Audience,
        slot: Timestamp,
        before: Option<&str>,
        digest: bool,
    ) -> anyhow::Result<bool> {
        let written = self.written(audience.district.as_deref(), before, digest).await?;
        let from = self.sender()?;
        let mut letters = Vec::new();
        for to in &audience.receivers {
            let seed = format!("summary {} {} {slot} {}", self.campaign.id, audience.name, to.as_str());
            let letter = written.letter.compose(&self.envelope(&from, &seed), to, written.files.clone())?;
            letters.push(self.outgoing(letter, &from, to, Purpose::Summary));
        }
        let (campaign, audience) = (&self.campaign.id, audience.name.as_str());
        let new =
            NewSummary { campaign, audience, slot, snapshot: &written.snapshot, letters: &letters, now: self.now };
        let queued = self.store.queue_summary(&new).await?;
        if queued {
            tracing::info!(letters = letters.len(), "the summary is made");
        }
        Ok(queued)
    }

    async fn written(&self, district: Option<&str>, before: Option<&str>, digest: bool) -> anyhow::Result<Written> {
        let held = self.config.replies.mode == ReplyMode::Hold;
        let whole = summary_where(self.store, self.campaign, self.now, held).await?;
        let summary = district.map_or_else(|| whole.clone(), |district| whole.for_district(district));
        let before: Option<Snapshot> = before.map(serde_json::from_str).transpose()?;
        let links = Links { board: self.board() };
        Ok(Written {
            letter: report::summary_letter(&summary, before.as_ref(), &links, self.templates)?,
            files: files(&summary, digest)?,
            snapshot: serde_json::to_string(&summary.snapshot())?,
        })
    }

    /// Tells staff at once what needs a person; what comes soon after is told together.
    async fn cases(&self) -> anyhow::Result<bool> {
        let staff: Vec<Address> = self.config.staff.addresses.iter().filter_map(|one| Address::parse(one)).collect();
        if staff.is_empty() {
            return Ok(false);
        }
        let (untold, last) = self.store.untold_reviews(&self.campaign.id).await?;
        let resting = last.is_some_and(|at| self.now.duration_since(at) < self.config.staff.between);
        if untold.is_empty() || resting {
            return Ok(false);
        }
        let open = self.store.reviews_open(Some(&self.campaign.id)).await?;
        let cases: Vec<Case> = open.into_iter().filter(|row| untold.contains(&row.id)).map(case).collect();
        let mut letters = Vec::new();
        for to in &staff {
            let seed = format!("cases {} {untold:?} {}", self.campaign.id, to.as_str());
            let from = self.sender()?;
            let envelope = self.envelope(&from, &seed);
            let letter = reply::render_cases(self.campaign, &cases, self.board().as_deref(), to, &envelope)?;
            letters.push(self.outgoing(letter, &from, to, Purpose::Cases));
        }
        self.store.tell_of_reviews(&self.campaign.id, &untold, &letters, self.now).await?;
        tracing::info!(cases = cases.len(), "staff are told what needs a person");
        Ok(true)
    }

    /// With what links to the campaign's pages begin: they stay right when another campaign comes to it.
    fn board(&self) -> Option<String> {
        let url = self.config.board.as_ref().and_then(|board| board.url.clone())?;
        Some(format!("{}/c/{}", url.trim_end_matches('/'), self.campaign.id))
    }

    fn sender(&self) -> anyhow::Result<Address> {
        let mailbox = self.config.mailboxes.first();
        mailbox.and_then(|one| Address::parse(&one.address)).context("no mailbox has an address to write from")
    }

    fn envelope<'e>(&'e self, from: &'e Address, seed: &'e str) -> Envelope<'e> {
        Envelope { from, from_name: "Сводка", now: self.now, registration: None, seed, templates: self.templates }
    }

    fn outgoing(&self, letter: Rendered, from: &Address, to: &Address, purpose: Purpose) -> Outgoing {
        Outgoing {
            key: letter.message_id.to_string(),
            sender: from.clone(),
            to: to.clone(),
            purpose,
            schools: Vec::new(),
            message_id: letter.message_id,
            mime: letter.mime,
            not_before: self.now,
        }
    }
}

/// A summary in words, before it is put together for its receivers.
struct Written {
    letter: report::Letter,
    files: Vec<Attached>,
    /// Where everything stands, as JSON.
    snapshot: String,
}

/// The consolidated table, and on the day of a deadline the digest.
fn files(summary: &Summary<'_>, digest: bool) -> anyhow::Result<Vec<Attached>> {
    const OFFICE: [&str; 2] = [
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ];
    let [sheet, text] = OFFICE;
    let attached = |name: &str, media_type, bytes| Attached { name: name.to_owned(), media_type, bytes };
    let mut files = vec![attached("свод.xlsx", sheet, report::xlsx(summary)?)];
    if digest {
        files.push(attached("свод.docx", text, report::docx(summary)?));
    }
    Ok(files)
}
