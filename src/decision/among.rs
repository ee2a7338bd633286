//! Which campaign a mail belongs to: each of its documents by its form, by the thread, by the letter's number, words and
//! dates. One mail can serve two campaigns. What may be one's or another's goes to a person.

use std::cmp::Reverse;

use jiff::ToSpan as _;

use crate::{campaign::CampaignId, document::Document, form::Kind, message::Automatic, reader::Reading};

use super::{
    Action, Decision, DocumentVerdict,
    decide::{self, Basis, Scope},
    parts::Part,
    recognise,
};

/// So many days after its last one a campaign is still answered late.
const AFTERWARDS: i64 = 30;

/// What one campaign makes of a message.
#[derive(Debug, Clone)]
pub struct Share {
    /// The campaign.
    pub campaign: CampaignId,
    /// What is decided by its rules. Documents that are another campaign's have their places in it too.
    pub decision: Decision,
}

/// Decides about a message, of which each campaign has its share; the first one is the weightiest. Campaigns that it does
/// not concern leave it alone.
///
/// All decisions number the documents alike.
pub fn among(bases: &[Basis<'_>], reading: &Reading) -> Vec<Share> {
    let share = |basis: &Basis<'_>, decision| Share { campaign: basis.campaign.id.clone(), decision };
    if let [one] = bases {
        return vec![share(one, decide::decide(one, reading))];
    }
    let foreign = |file| is_foreign(bases, reading, file);
    let all: Vec<Candidate<'_>> = bases.iter().map(|basis| Candidate::of(basis, reading)).collect();
    let owners = Owners::of(&all, reading);
    let mut shares: Vec<Share> = Vec::new();
    for (index, one) in all.into_iter().enumerate() {
        let scope = Scope {
            mine: &|file| owners.of_file(file).is_none_or(|owner| owner.campaign == index),
            doubtful: &|file| foreign(file) || owners.of_file(file).is_some_and(|owner| owner.doubtful),
        };
        let mut decision = decide::by_parts(one.basis, reading, one.parts, &scope);
        // A question is asked in one campaign; where there are documents, in theirs.
        let asks = decision.submissions.is_empty() && decision.action == Action::Review;
        if asks && !owners.owns(index) && (!owners.files.is_empty() || owners.asked != index) {
            decision = decide::nothing(Action::Leave, "it is about another letter");
        }
        shares.push(share(one.basis, decision));
    }
    if shares.iter().all(|one| one.decision.documents.is_empty()) {
        shares.sort_by_key(|one| Reverse(one.decision.action));
        return shares;
    }
    let documents = merged(&shares, &owners);
    shares.iter_mut().for_each(|one| one.decision.documents.clone_from(&documents));
    shares.sort_by_key(|one| Reverse(one.decision.action));
    shares
}

/// Whether a document is a form of ours that was made for a letter which none of these campaigns is.
pub(super) fn is_foreign(bases: &[Basis<'_>], reading: &Reading, file: Option<usize>) -> bool {
    let origin = Said::of(reading, file).origin;
    origin.is_some_and(|origin| bases.iter().all(|basis| basis.campaign.id.as_str() != origin))
}

/// What each document is by the word of the campaign whose it is.
fn merged(shares: &[Share], owners: &Owners) -> Vec<DocumentVerdict> {
    let longest = shares.iter().map(|one| &one.decision.documents).max_by_key(|documents| documents.len());
    let verdict = |(at, one): (usize, &DocumentVerdict)| {
        let owner = owners.of_file(one.file).and_then(|owner| shares.get(owner.campaign));
        owner.and_then(|owner| owner.decision.documents.get(at)).unwrap_or(one).clone()
    };
    longest.into_iter().flatten().enumerate().map(verdict).collect()
}

/// A campaign that a message may concern.
struct Candidate<'c> {
    basis: &'c Basis<'c>,
    parts: Vec<Part>,
    /// Whether it was received before the campaign began.
    too_old: bool,
    /// Whether the campaign lasted, or had not long ended, when it was received.
    lasts: bool,
    /// Whether the subject or the text of the mail has the letter's number.
    numbered: bool,
    /// Whether they speak of the letter.
    speaks: bool,
}

impl<'c> Candidate<'c> {
    fn of(basis: &'c Basis<'c>, reading: &Reading) -> Self {
        let campaign = basis.campaign;
        let machine = reading.message.automatic == Some(Automatic::Own);
        Self {
            basis,
            parts: if machine { Vec::new() } else { decide::parts_of(basis, reading) },
            too_old: decide::is_too_old(basis, reading),
            lasts: !campaign.is_after(basis.received, campaign.last_day().saturating_add(AFTERWARDS.days())),
            numbered: recognise::names_number(campaign, &recognise::said(reading)),
            speaks: recognise::word_of_the_letter(campaign, reading).is_some(),
        }
    }

    fn parts_of(&self, file: Option<usize>) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.file == file)
    }

    /// How much of its form stands in a document: how many questions, and how large a share of all of them.
    fn form_in(&self, file: Option<usize>) -> (usize, usize) {
        let labels = self.parts_of(file).filter(|part| part.form.is_some()).map(|part| part.labels).max().unwrap_or(0);
        (labels, labels * 1000 / self.basis.campaign.form.fields.len().max(1))
    }

    /// Whether a document is something that the campaign wants.
    fn wants(&self, file: Option<usize>) -> bool {
        self.parts_of(file)
            .any(|part| part.form.is_some() || part.draft || matches!(part.kind, Kind::Information | Kind::Unreadable))
    }
}

/// Whose a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owner {
    /// Which of the campaigns.
    campaign: usize,
    /// Whether it may as well be another one's.
    doubtful: bool,
}

/// Whose the documents of a message are.
struct Owners {
    files: Vec<(Option<usize>, Owner)>,
    /// The campaign that a mail without documents concerns.
    asked: usize,
}

impl Owners {
    fn of(all: &[Candidate<'_>], reading: &Reading) -> Self {
        let mut files: Vec<Option<usize>> = Vec::new();
        for file in all.iter().flat_map(|one| &one.parts).map(|part| part.file) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        // What has no file comes last, as in the campaigns' own lists.
        files.sort_by_key(|file| file.unwrap_or(usize::MAX));
        let is_form = |file: &Option<usize>| all.iter().any(|one| one.form_in(*file).0 > 0);
        let (forms, others): (Vec<_>, Vec<_>) = files.into_iter().partition(is_form);
        let mut owned: Vec<(Option<usize>, Owner)> =
            forms.into_iter().map(|file| (file, owner(all, file, &Said::of(reading, file), None))).collect();
        let mut with: Vec<usize> = owned.iter().filter(|(_, one)| !one.doubtful).map(|(_, one)| one.campaign).collect();
        with.dedup();
        // Whatever goes along with the form of one campaign alone is most likely its own.
        let beside = if let [one] = with.as_slice() { Some(*one) } else { None };
        owned.extend(others.into_iter().map(|file| (file, owner(all, file, &Said::of(reading, file), beside))));
        let asked = owner(all, None, &Said::default(), beside).campaign;
        Self { files: owned, asked }
    }

    /// Whether a campaign has a document of the message.
    fn owns(&self, campaign: usize) -> bool {
        self.files.iter().any(|(_, owner)| owner.campaign == campaign)
    }

    /// None where there is no such document.
    fn of_file(&self, file: Option<usize>) -> Option<Owner> {
        self.files.iter().find(|(one, _)| *one == file).map(|(_, owner)| *owner)
    }
}

/// What a document says of the letter that it answers.
#[derive(Debug, Default)]
struct Said<'r> {
    /// Its name and text.
    text: String,
    /// The campaign for which it was made, where it is a form of ours.
    origin: Option<&'r str>,
}

impl<'r> Said<'r> {
    fn of(reading: &'r Reading, file: Option<usize>) -> Self {
        let file = file.and_then(|index| reading.files.get(index));
        let Some(file) = file else { return Self { text: reading.message.body.text(), origin: None } };
        let document = file.content.as_ref().ok();
        let text = document.map(Document::text).unwrap_or_default();
        let text = format!("{}\n{text}", file.name.as_deref().unwrap_or_default());
        Self { text, origin: document.and_then(|document| document.origin.as_deref()) }
    }
}

/// Whose a document is, by the strongest sign in which campaigns differ. Weaker signs count only where nothing speaks for
/// any other campaign.
fn owner(all: &[Candidate<'_>], file: Option<usize>, said: &Said<'_>, beside: Option<usize>) -> Owner {
    let mut left: Vec<usize> = (0..all.len()).collect();
    let one = |index: &usize| all.get(*index);
    let is = |index: &usize, sign: &dyn Fn(&Candidate<'_>) -> bool| one(index).is_some_and(sign);
    keep(&mut left, |index| !is(index, &|one| one.too_old));
    keep(&mut left, |index| is(index, &|one| one.wants(file)));
    keep(&mut left, |index| one(index).map(|one| one.form_in(file)));
    keep(&mut left, |index| is(index, &|one| said.origin == Some(one.basis.campaign.id.as_str())));
    keep(&mut left, |index| is(index, &|one| recognise::names_number(one.basis.campaign, &said.text)));
    keep(&mut left, |index| is(index, &|one| one.basis.known.thread.is_some()));
    keep(&mut left, |index| is(index, &|one| one.basis.known.in_our_thread));
    keep(&mut left, |index| is(index, &|one| one.numbered));
    keep(&mut left, |index| beside == Some(*index));
    keep(&mut left, |index| is(index, &|one| one.basis.recogniser.signs_of_letter(&said.text) > 0));
    keep(&mut left, |index| is(index, &|one| one.lasts));
    // Of several that nothing tells apart the latest is the likeliest: a person looks at it there.
    let doubtful = left.len() > 1 && left.iter().any(|index| is(index, &|one| one.wants(file)));
    let another = |index: usize| {
        let owner = all.get(index)?;
        all.iter().enumerate().find(|(other, one)| *other != index && holds_both(owner, one, file))
    };
    // A word of the letter is no proof of what is answered, but where a person looks anyway it leads him there.
    keep(&mut left, |index| is(index, &|one| one.speaks));
    let latest = left.iter().copied().max_by_key(|index| one(index).map(|one| one.basis.campaign.start));
    let campaign = latest.unwrap_or_default();
    // A file that holds the forms of two letters is one's alone by no rule.
    Owner { campaign, doubtful: doubtful || another(campaign).is_some() }
}

/// Whether a document holds nearly the whole of two forms that ask different things.
fn holds_both(one: &Candidate<'_>, other: &Candidate<'_>, file: Option<usize>) -> bool {
    const NEARLY: usize = 750;
    let labels = |candidate: &Candidate<'_>| -> Vec<String> {
        candidate.basis.campaign.form.fields.iter().map(|field| recognise::plain(&field.label)).collect()
    };
    let (ours, theirs) = (labels(one), labels(other));
    let shared = theirs.iter().filter(|label| ours.contains(label)).count();
    one.form_in(file).1 >= NEARLY && other.form_in(file).1 >= NEARLY && shared * 2 < theirs.len()
}

/// Leaves those of the campaigns for which the most speaks.
fn keep<K: Ord>(left: &mut Vec<usize>, sign: impl Fn(&usize) -> K) {
    let most = left.iter().map(&sign).max();
    left.retain(|index| Some(sign(index)) == most);
}

#[cfg(test)]
mod tests;
