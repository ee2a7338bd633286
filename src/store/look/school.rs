//! A school's mails, versions and files as people look at them.

use jiff::Timestamp;

use super::{
    super::{MessageRow, Store, StoreError, from_json, from_word, instant, parsed},
    CaseLook, MessageLine, PartLook, SET_ASIDE,
};
use crate::{
    campaign::{CampaignId, SchoolId},
    digest::Sha256,
    document::{Format, Problem},
    form::Kind,
};

/// A mail that is a school's, or may be.
#[derive(Debug, Clone, PartialEq)]
pub struct SchoolMail {
    /// The mail.
    pub line: MessageLine,
    /// The part of it that is the school's.
    pub part: Option<PartLook>,
    /// Whether nothing in it is, or may be, another school's.
    pub alone: bool,
}

/// A version of a school's information.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionLook {
    /// The mail that brought it.
    pub line: MessageLine,
    /// What it brought.
    pub part: PartLook,
    /// The names of the documents that hold its form.
    pub forms: Vec<String>,
    /// Whether nothing in the mail is, or may be, another school's.
    pub alone: bool,
}

/// A document of a school.
#[derive(Debug, Clone, PartialEq)]
pub struct SchoolFile {
    /// The message that brought it.
    pub message: MessageRow,
    /// Its place among the files of that message; none for the mail's own text.
    pub file: Option<usize>,
    /// When that was received.
    pub received: Timestamp,
    /// The sender's name for it.
    pub name: Option<String>,
    /// What its bytes are.
    pub format: Option<Format>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// The hash of its bytes.
    pub sha256: Option<Sha256>,
    /// What it is.
    pub kind: Kind,
    /// Why it could not be read.
    pub problem: Option<Problem>,
    /// Whether nothing in the mail is, or may be, another school's.
    pub alone: bool,
}

/// Whether nothing in a message is, or may be, another school's than `$2` of the campaign `$1`.
fn alone() -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM submissions o WHERE o.message = m.id AND o.replaced IS NULL
                     AND (o.school IS NOT $2 OR o.campaign <> $1))
         AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.message = m.id AND r.decided_at IS NULL) AND NOT {SET_ASIDE}"
    )
}

impl Store {
    /// The mails that are a school's, or may be, the oldest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn school_mails(&self, campaign: &CampaignId, school: &SchoolId) -> Result<Vec<SchoolMail>, StoreError> {
        type Columns = (i64, i64, Option<String>, String, String, Option<i64>, String, bool);
        let alone = alone();
        let query = format!(
            "SELECT m.id, m.received_at, m.sender, m.subject, m.state, m.duplicate_of, m.reason, {alone} FROM messages m
             WHERE m.id IN (
                 SELECT message FROM submissions WHERE campaign = $1 AND school = $2 AND replaced IS NULL
                 UNION SELECT r.message FROM reviews r JOIN json_each(r.candidates) c ON c.value = $2
                 WHERE r.campaign = $1 AND r.decided_at IS NULL)
             ORDER BY m.received_at, m.id"
        );
        let rows: Vec<Columns> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(campaign.as_str())
            .bind(school.as_str())
            .fetch_all(&self.readers)
            .await?;
        let ids: Vec<MessageRow> = rows.iter().map(|row| row.0).collect();
        let mut parts = self.parts_of(&ids).await?;
        rows.into_iter()
            .map(|(id, received, sender, subject, state, first, why, alone)| {
                let line = super::line((id, received, sender, subject, state, first, why))?;
                let mut parts = parts.remove(&id).unwrap_or_default().into_iter();
                let part = parts.find(|part| part.campaign == *campaign && part.school.as_ref() == Some(school));
                Ok(SchoolMail { line, part, alone })
            })
            .collect()
    }

    /// The versions of a school's information, the first one first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn versions(&self, campaign: &CampaignId, school: &SchoolId) -> Result<Vec<VersionLook>, StoreError> {
        let mails = self.school_mails(campaign, school).await?;
        let ids: Vec<MessageRow> = mails.iter().map(|mail| mail.line.id).collect();
        let mut documents = self.documents_of(&ids).await?;
        let mut versions = Vec::new();
        for mail in mails {
            let Some(part) = mail.part.filter(|part| part.version.is_some()) else { continue };
            let documents = documents.remove(&mail.line.id).unwrap_or_default().into_iter();
            let forms = documents.filter(|one| one.kind == Kind::Form && part.documents.contains(&one.position));
            let forms = forms.map(|one| one.name.unwrap_or_default()).collect();
            versions.push(VersionLook { line: mail.line, part, forms, alone: mail.alone });
        }
        // As the store's own fold takes them: of two mails the one that came later counts.
        versions.sort_by_key(|one| (one.line.received, one.part.version));
        Ok(versions)
    }

    /// The documents that are a school's for certain, the latest first; the same bytes once.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn school_files(&self, campaign: &CampaignId, school: &SchoolId) -> Result<Vec<SchoolFile>, StoreError> {
        type Columns = (
            i64,
            Option<i64>,
            i64,
            Option<String>,
            Option<String>,
            Option<i64>,
            Option<String>,
            String,
            Option<String>,
            bool,
        );
        let alone = alone();
        let query = format!(
            "SELECT m.id, (SELECT min(f.key) FROM json_each(m.reading, '$.files') f
                           WHERE json_extract(f.value, '$.sha256') = d.sha256),
                    m.received_at, d.name, d.format, d.size, d.sha256, d.kind, d.problem, {alone}
             FROM documents d JOIN messages m ON m.id = d.message
             WHERE d.school = $2 AND EXISTS (
                 SELECT 1 FROM submissions s JOIN json_each(s.documents) p ON p.value = d.position
                 WHERE s.message = d.message AND s.campaign = $1 AND s.school = $2 AND s.replaced IS NULL)
             ORDER BY m.received_at DESC, m.id DESC, d.position"
        );
        let rows: Vec<Columns> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(campaign.as_str())
            .bind(school.as_str())
            .fetch_all(&self.readers)
            .await?;
        let mut files: Vec<SchoolFile> = Vec::new();
        for (message, file, received, name, format, size, sha256, kind, problem, alone) in rows {
            let sha256 = sha256.as_deref().map(|hash| parsed("hash", hash)).transpose()?;
            if sha256.is_some() && files.iter().any(|one| one.sha256 == sha256) {
                continue;
            }
            files.push(SchoolFile {
                message,
                file: file.and_then(|file| usize::try_from(file).ok()),
                received: instant(received)?,
                name,
                format: format.map(from_word).transpose()?,
                size: size.and_then(|size| u64::try_from(size).ok()),
                sha256,
                kind: from_word(kind)?,
                problem: problem.map(from_word).transpose()?,
                alone,
            });
        }
        Ok(files)
    }

    /// The cases that may be a school's: those that wait, and those that were decided.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn school_cases(&self, campaign: &CampaignId, school: &SchoolId) -> Result<Vec<CaseLook>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT json_array(r.id) FROM reviews r WHERE r.campaign = $1
             AND (EXISTS (SELECT 1 FROM json_each(r.candidates) c WHERE c.value = $2)
                  OR EXISTS (SELECT 1 FROM submissions s WHERE s.message = r.message AND s.school = $2
                             AND s.campaign = $1)) ORDER BY r.id",
        )
        .bind(campaign.as_str())
        .bind(school.as_str())
        .fetch_all(&self.readers)
        .await?;
        let mut cases = Vec::new();
        for id in ids {
            let [number]: [i64; 1] = from_json(&id)?;
            cases.extend(self.case(number).await?);
        }
        Ok(cases)
    }
}
