//! `svodka check`: what would be decided, each file by itself and with no history.

mod json;

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget};
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::{
    campaign::{Campaign, CampaignId},
    converter::Converter,
    decision::{self, Action, Basis, Decision, Known, ReplyPolicy, ReviewReason, Share},
    document::Limits,
    form::Recogniser,
    jail::{Jail, JailError, Sandbox},
    matching::Roster,
    message::{Authentication, OwnIdentity},
    reader::Reading,
    reply::{self, Envelope, Templates},
};

use super::{ClockArg, ConfigArg, settings::Rules};

/// So many characters of an answer are shown to a person.
const SHOWN: usize = 60;

/// The arguments of `svodka check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka check --json mail.eml анкета.docx")]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    #[command(flatten)]
    clock: ClockArg,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
    /// The .eml or document files
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// What every file is judged by.
struct Judge {
    jail: Jail,
    converter: Converter,
    runtime: Runtime,
    campaigns: Vec<(Campaign, Roster, Recogniser)>,
    own: OwnIdentity,
    templates: Templates,
    policy: ReplyPolicy,
    now: Timestamp,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let Rules { campaigns, own, converter, policy, templates } = args.config.rules_or_sample()?;
    let templates = Templates::load(templates.as_deref())?;
    let jail = Jail::new(Sandbox::BestEffort, Limits::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(jail.prove())?;
    let converter = Converter::find(&converter, Sandbox::BestEffort, &Limits::default());
    let judge = Judge {
        jail,
        converter,
        runtime,
        campaigns: campaigns
            .into_iter()
            .map(|campaign| {
                let (roster, recogniser) = (Roster::new(&campaign), Recogniser::new(&campaign));
                (campaign, roster, recogniser)
            })
            .collect(),
        own,
        templates,
        policy,
        now: args.clock.clock().now(),
    };
    let progress = ProgressBar::new(args.files.len() as u64);
    if args.files.len() < 20 {
        progress.set_draw_target(ProgressDrawTarget::hidden());
    }
    let mut lines = io::stdout().lock();
    let mut failed = 0usize;
    in_parallel(
        &args.files,
        |file| judge.line(file, args.json),
        |line| {
            progress.inc(1);
            match line {
                Ok(line) => writeln!(lines, "{line}")?,
                Err(error) => {
                    failed += 1;
                    let _ = writeln!(io::stderr(), "svodka: {error:#}");
                }
            }
            Ok(())
        },
    )?;
    progress.finish_and_clear();
    anyhow::ensure!(failed == 0, "{failed} of {} files could not be opened", args.files.len());
    Ok(())
}

/// Maps the items on all cores; `take` gets the results in the order of the items, a chunk at a time.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    map: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    for chunk in items.chunks(workers * 16) {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some((index, item)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                chunk.get(index).map(|item| (index, item))
            } {
                done.push((index, map(item)));
            }
            done
        };
        let mut results: Vec<(usize, R)> = thread::scope(|scope| {
            let threads: Vec<_> = (0..workers.min(chunk.len())).map(|_| scope.spawn(work)).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
        });
        results.sort_by_key(|(index, _)| *index);
        for (_, result) in results {
            take(result)?;
        }
    }
    Ok(())
}

impl Judge {
    fn line(&self, file: &Path, json: bool) -> anyhow::Result<String> {
        let bytes = fs::read(file).with_context(|| format!("{}: cannot be read", file.display()))?;
        let (reading, shares) = match self.read(&bytes, file) {
            Ok(reading) => {
                let shares = self.decide(&reading);
                (reading, shares)
            }
            Err(error @ JailError::Killed { .. }) => {
                let campaign = self.campaigns.first().context("no campaign")?.0.id.clone();
                let decision = decision::broken(error.to_string());
                (Reading::default(), vec![Share { campaign, decision }])
            }
            Err(error) => return Err(error.into()),
        };
        let mut shares = self.with_campaigns(&shares);
        if json {
            let mut subjects = Vec::new();
            for (campaign, decision) in &shares {
                subjects.extend(self.subjects(campaign, &reading, decision)?);
            }
            let check = json::Check::new(file.display().to_string(), &reading, &shares, subjects);
            return Ok(serde_json::to_string(&check)?);
        }
        // Where a mail concerns some campaigns, nothing is said of the others.
        let concerned = |decision: &Decision| !matches!(decision.action, Action::Leave | Action::Ignore);
        if shares.iter().any(|(_, decision)| concerned(decision)) {
            shares.retain(|(_, decision)| concerned(decision));
        } else {
            shares.truncate(1);
        }
        let several = self.campaigns.len() > 1;
        let file = file.display().to_string();
        let said = shares.iter().map(|(campaign, decision)| {
            let head = if several { format!("{file} ({})", campaign.id) } else { file.clone() };
            explain(&head, campaign, &reading, decision)
        });
        Ok(said.collect::<Vec<_>>().join("\n"))
    }

    fn with_campaigns<'s>(&'s self, shares: &'s [Share]) -> Vec<(&'s Campaign, &'s Decision)> {
        let campaign = |id: &CampaignId| self.campaigns.iter().map(|(campaign, ..)| campaign).find(|one| one.id == *id);
        shares.iter().filter_map(|share| Some((campaign(&share.campaign)?, &share.decision))).collect()
    }

    fn decide(&self, reading: &Reading) -> Vec<Share> {
        let known = Known::default();
        let basis = |(campaign, roster, recogniser)| Basis {
            campaign,
            roster,
            recogniser,
            known: &known,
            received: reading.message.received.unwrap_or(self.now),
            grace: jiff::SignedDuration::ZERO,
            policy: self.policy,
        };
        let bases: Vec<Basis<'_>> = self.campaigns.iter().map(|(a, b, c)| basis((a, b, c))).collect();
        decision::among(&bases, reading)
    }

    /// The subjects of the replies, as the daemon would write them.
    fn subjects(&self, campaign: &Campaign, reading: &Reading, decision: &Decision) -> anyhow::Result<Vec<String>> {
        let Some(from) = self.own.addresses.first() else { return Ok(Vec::new()) };
        let envelope = Envelope {
            from,
            from_name: "",
            now: self.now,
            registration: None,
            seed: "check",
            templates: &self.templates,
        };
        let render = |planned| Ok(reply::subject(campaign, decision, reading, planned, &envelope)?);
        decision.replies.iter().map(render).collect()
    }

    /// A mail where the name or the bytes say so, else a bare document.
    fn read(&self, bytes: &[u8], file: &Path) -> Result<Reading, JailError> {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let named_mail = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
        self.runtime.block_on(async {
            let mut read = match named_mail {
                true => self.jail.read_mail(bytes, &self.own).await?,
                false => self.jail.read_file(bytes, name, &self.own).await?,
            };
            self.converter.complete(&self.jail, &mut read).await?;
            Ok(read.0)
        })
    }
}

/// The decision in words: for every school why, for every answer where, for every gap which.
fn explain(file: &str, campaign: &Campaign, reading: &Reading, decision: &Decision) -> String {
    let mut lines = vec![format!("{file}: {}", word(&decision.action))];
    if let Some(reason) = reading.message.automatic {
        lines.push(format!("  a machine wrote it: {}", word(&reason)));
    }
    let message = &reading.message;
    if message.authentication != Authentication::Unknown {
        lines.push(format!("  authentication: {} ({})", word(&message.authentication), message.authentication_sign));
    }
    for one in &decision.documents {
        let name = one.file.and_then(|index| reading.files.get(index)).and_then(|file| file.name.clone());
        let problem = one.problem.map(|problem| format!(" ({problem})")).unwrap_or_default();
        lines.push(format!("  {}: {}{problem}", name.as_deref().unwrap_or("the mail's text"), word(&one.kind)));
    }
    for one in &decision.submissions {
        let school = one.school.as_ref().map_or("no certain school", |school| school.as_str());
        lines.push(format!("  {school}: {}{}", word(&one.action), if one.late { ", late" } else { "" }));
        lines.extend(one.evidence.iter().map(|reason| format!("    because {reason}")));
        let label = |id| format!("{}. {}", campaign.form.number(id).unwrap_or(0), id.as_str());
        lines.extend(one.missing.iter().map(|id| format!("    missing {}", label(id))));
        lines.extend(one.invalid.iter().map(|id| format!("    invalid {}", label(id))));
        lines.extend(one.owed.iter().map(|id| format!("    owed {}", id.as_str())));
        let answered = campaign.form.fields.iter().filter_map(|field| Some((&field.id, one.answers.get(&field.id)?)));
        lines.extend(answered.map(|(id, answer)| {
            let text: String = answer.text.chars().take(SHOWN).collect();
            format!("    answer {}: {text:?}, {}", label(id), answer.found)
        }));
    }
    if decision.submissions.is_empty() || decision.reviews.iter().any(|one| one.reason == ReviewReason::Unverified) {
        lines.extend(decision.why.iter().map(|reason| format!("  because {reason}")));
    }
    for reply in &decision.replies {
        lines.push(format!("  reply: {}", word(&reply.template)));
    }
    lines.join("\n")
}

/// A unit variant's name as it is written in JSON.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
