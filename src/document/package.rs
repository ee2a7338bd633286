//! A ZIP container of parts, opened without belief in anything it declares (APPNOTE.TXT 6.3; ISO/IEC 29500-2).

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use memchr::memmem;
use zip::{ZipArchive, result::ZipError};

use super::{
    Limits, Problem,
    xml::{self, Element, Visitor},
};

/// An open container.
pub(super) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: HashMap<String, usize>,
    limits: &'a Limits,
    size: usize,
    left: usize,
    /// Whether several entries share a name.
    pub(super) duplicates: bool,
    /// Whether any entry wants a password.
    pub(super) encrypted: bool,
}

/// A relationship of a part (ISO/IEC 29500-2 §8.5).
#[derive(Debug, Clone)]
pub(super) struct Relationship {
    /// Its id within the part.
    pub(super) id: String,
    /// The last segment of its type: «header», «slide».
    pub(super) kind: String,
    /// The part it leads to, or an address outside.
    pub(super) target: String,
    /// Whether the target is outside the container.
    pub(super) external: bool,
}

impl<'a> Package<'a> {
    /// Opens a container and looks at its directory; no part is unpacked yet.
    ///
    /// # Errors
    /// [`Problem::Damaged`] where there is no sound directory, [`Problem::Hostile`] for too many or overlapping entries.
    pub(super) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Problem> {
        // Memory is taken for every entry while the directory is read, so they are counted before: no directory has
        // more entries than there are signatures. Archives within may bring their own, hence the leeway.
        if memmem::find_iter(bytes, b"PK\x01\x02").count() > limits.entries.saturating_mul(64) {
            return Err(Problem::Hostile);
        }
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Problem::Damaged)?;
        if zip.len() > limits.entries {
            return Err(Problem::Hostile);
        }
        if zip.has_overlapping_files().map_err(|_| Problem::Damaged)? {
            return Err(Problem::Hostile);
        }
        let mut names = HashMap::new();
        let mut duplicates = zip.has_duplicate_names();
        let mut encrypted = false;
        for index in 0..zip.len() {
            let entry = zip.by_index_data(index).map_err(|_| Problem::Damaged)?;
            encrypted |= entry.encrypted();
            let Ok(name) = entry.name() else { continue };
            let name = normal(&name);
            duplicates |= names.contains_key(&name);
            names.entry(name).or_insert(index);
        }
        Ok(Self { zip, names, limits, size: bytes.len(), left: limits.total_bytes, duplicates, encrypted })
    }

    /// The names of all parts, lower case, without a leading slash.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&normal(name))
    }

    /// The number of entries.
    pub(super) fn len(&self) -> usize {
        self.zip.len()
    }

    /// A part by its name, unpacked; `None` where there is none.
    ///
    /// # Errors
    /// As [`Package::entry`].
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Problem> {
        let Some(&index) = self.names.get(&normal(name)) else { return Ok(None) };
        self.entry(index).map(Some)
    }

    /// An entry by its index, unpacked within what is left of the limits.
    ///
    /// # Errors
    /// [`Problem::Encrypted`], [`Problem::Unsupported`] for an unusual compression, [`Problem::Damaged`],
    /// [`Problem::Hostile`] past a limit.
    pub(super) fn entry(&mut self, index: usize) -> Result<Vec<u8>, Problem> {
        let mut entry = self.zip.by_index(index).map_err(|error| refusal(&error))?;
        let packed = usize::try_from(entry.compressed_size()).unwrap_or(usize::MAX).min(self.size).max(1);
        let allowed = self.limits.part_bytes.min(self.left);
        let mut unpacked = Vec::new();
        loop {
            let step = (&mut entry).take(1 << 20).read_to_end(&mut unpacked).map_err(|_| Problem::Damaged)?;
            if unpacked.len() > allowed || (unpacked.len() > 1 << 20 && unpacked.len() / packed >= self.limits.ratio) {
                return Err(Problem::Hostile);
            }
            if step == 0 {
                break;
            }
        }
        self.left = self.left.saturating_sub(unpacked.len());
        Ok(unpacked)
    }

    /// What is told of an entry before it is unpacked: its name as bytes, and whether it is a regular file.
    pub(super) fn label(&self, index: usize) -> Option<(Vec<u8>, bool)> {
        let entry = self.zip.by_index_data(index).ok()?;
        Some((entry.name_raw().to_vec(), entry.is_file()))
    }

    /// The relationships of a part; of the container itself for an empty name.
    ///
    /// # Errors
    /// As [`Package::part`]; a list that is no XML is empty, as office suites have it.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, Problem> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let list = format!("{folder}{slash}_rels/{file}.rels");
        let Some(bytes) = self.part(&list)? else { return Ok(Vec::new()) };
        let mut found = Relationships { folder, list: Vec::new() };
        match xml::walk(&bytes, self.limits, &mut found) {
            Err(Problem::Hostile) => Err(Problem::Hostile),
            _ => Ok(found.list),
        }
    }

    /// The part that the container is about.
    ///
    /// # Errors
    /// As [`Package::part`].
    pub(super) fn main(&mut self, usual: &str) -> Result<String, Problem> {
        let named = self.relationships("")?.into_iter().find(|r| r.kind == "officeDocument" && !r.external);
        Ok(named.map(|r| r.target).filter(|target| self.has(target)).unwrap_or_else(|| usual.to_owned()))
    }

    /// What is odd about the container and about a part's relationships, for [`super::Document::oddities`].
    pub(super) fn oddities(&self, relationships: &[Relationship]) -> Vec<String> {
        let mut odd = Vec::new();
        let mut note = |found: bool, text: &str| {
            if found {
                odd.push(text.to_owned());
            }
        };
        note(self.duplicates, "several parts share a name");
        note(self.names().any(|name| name.ends_with("vbaproject.bin")), "macros");
        note(
            relationships.iter().any(|r| matches!(r.kind.as_str(), "oleObject" | "package" | "control"))
                || self.names().any(|name| name.contains("/embeddings/") || name.contains("/activex/")),
            "embedded objects",
        );
        note(
            relationships.iter().any(|r| r.external && r.kind == "attachedTemplate" && remote(&r.target)),
            "an external template",
        );
        note(
            relationships.iter().any(|r| {
                r.external && !matches!(r.kind.as_str(), "hyperlink" | "attachedTemplate") && remote(&r.target)
            }),
            "content from outside the file",
        );
        odd
    }
}

/// Word notes the template's place on the author's own disk in every other file; only what is fetched from elsewhere
/// is odd.
fn remote(target: &str) -> bool {
    let target = target.to_ascii_lowercase().replace('\\', "/");
    if let Some(place) = target.strip_prefix("file:///") {
        return place.starts_with("//");
    }
    target.starts_with("//") || target.contains("://") || target.starts_with("mhtml:")
}

fn refusal(error: &ZipError) -> Problem {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => Problem::Encrypted,
        ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => Problem::Unsupported,
        _ => Problem::Damaged,
    }
}

fn normal(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// A reference from a folder of the container to a part; `..` never leads out.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> =
        if target.starts_with('/') { Vec::new() } else { folder.split('/').filter(|s| !s.is_empty()).collect() };
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            _ => path.push(segment),
        }
    }
    path.join("/")
}

struct Relationships<'a> {
    folder: &'a str,
    list: Vec<Relationship>,
}

impl Visitor for Relationships<'_> {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        if element.name() == "Relationship" {
            let text = |name| element.attr(name).unwrap_or_default().into_owned();
            let external = text("TargetMode") == "External";
            let target = if external { text("Target") } else { resolve(self.folder, &text("Target")) };
            let kind = text("Type").rsplit('/').next().unwrap_or_default().to_owned();
            self.list.push(Relationship { id: text("Id"), kind, target, external });
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        Ok(())
    }
}
