//! How a school's versions differ: each field that a later one gave otherwise, old and new.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Frame;
use crate::{campaign::FieldId, campaign::School, store::VersionLook};

#[derive(Debug, Serialize)]
pub(crate) struct VersionsView {
    id: String,
    name: String,
    versions: Vec<Version>,
}

#[derive(Debug, Serialize)]
struct Version {
    number: u32,
    when: String,
    brought: String,
    from: String,
    href: String,
    late: bool,
    changes: Vec<Change>,
}

/// A field that is answered otherwise than before.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    pub(super) number: usize,
    label: String,
    old: String,
    new: String,
}

impl Change {
    /// What has changed, where something has.
    pub(super) fn between(frame: &Frame<'_>, field: &FieldId, old: &str, new: &str) -> Option<Self> {
        let (number, label) = frame.field(field);
        (old != new).then(|| Self { number, label, old: old.to_owned(), new: new.to_owned() })
    }
}

/// The versions of a school, the latest first.
pub(crate) fn versions(frame: &Frame<'_>, school: &School, all: &[VersionLook]) -> VersionsView {
    let mut before: BTreeMap<&FieldId, &str> = BTreeMap::new();
    let mut versions: Vec<Version> = Vec::new();
    for one in all {
        let mut changes = Vec::new();
        for (field, answer) in &one.part.answers {
            let old = before.insert(field, &answer.text).unwrap_or_default();
            changes.extend(Change::between(frame, field, old, &answer.text));
        }
        changes.sort_by_key(|change| change.number);
        versions.push(version(frame, one, changes));
    }
    versions.reverse();
    VersionsView { id: school.id.to_string(), name: school.name.clone(), versions }
}

fn version(frame: &Frame<'_>, one: &VersionLook, changes: Vec<Change>) -> Version {
    let open = frame.sight.is_all() || one.alone;
    let mut brought = Vec::new();
    brought.extend(one.part.form.then_some("форма"));
    brought.extend(one.part.draft.then_some("проект выступления"));
    if brought.is_empty() {
        brought.push("информация");
    }
    Version {
        number: one.part.version.unwrap_or_default(),
        when: frame.time(one.line.received),
        brought: crate::reply::russian::sentence(&brought.join(", ")),
        from: one.line.sender.clone().filter(|_| open).unwrap_or_default(),
        href: if open { format!("/message/{}", one.line.id) } else { String::new() },
        late: one.part.late,
        changes,
    }
}
