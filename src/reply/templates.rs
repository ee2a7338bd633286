//! The wording of the letters: templates in the program, each of which a file of the same name in a folder can replace.

use std::path::Path;

use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use super::russian::plural;

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../config/templates/", $name)))),+]
    };
}

const EMBEDDED: [(&str, &str); 31] = embedded![
    "base.txt.j2",
    "base.html.j2",
    "parts.txt.j2",
    "parts.html.j2",
    "subject.txt.j2",
    "confirm.txt.j2",
    "confirm.html.j2",
    "request.txt.j2",
    "request.html.j2",
    "receipt.txt.j2",
    "receipt.html.j2",
    "closed.txt.j2",
    "closed.html.j2",
    "question.txt.j2",
    "question.html.j2",
    "withdrawn.txt.j2",
    "withdrawn.html.j2",
    "new_date.txt.j2",
    "new_date.html.j2",
    "reminder.txt.j2",
    "reminder.html.j2",
    "alert_subject.txt.j2",
    "alert.txt.j2",
    "cases_subject.txt.j2",
    "cases.txt.j2",
    "sign_in_subject.txt.j2",
    "sign_in.txt.j2",
    "phrases.txt.j2",
    "summary_subject.txt.j2",
    "summary.txt.j2",
    "summary.html.j2",
];

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The folder or a file of it cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A file of the folder has the name of no template.
    #[error("{path}: no template has this name; there are: {known}")]
    Unknown {
        /// The file.
        path: String,
        /// The names that there are.
        known: String,
    },
    /// A template is malformed, or names what is not there.
    #[error("{file}, line {line}: {what}")]
    Wrong {
        /// The file, or the template's name where it is embedded.
        file: String,
        /// The line, from 1; 0 where it is not known.
        line: usize,
        /// What is wrong.
        what: String,
    },
}

/// All templates, compiled.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// The embedded templates, each replaced by the file of its name in `folder` where there is one.
    ///
    /// # Errors
    /// The folder cannot be read, holds a `*.j2` that is no template of ours, or a template is malformed.
    pub fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.add_filter("plural", |count: usize, one: String, few: String, many: String| {
            plural(count, [&one, &few, &many])
        });
        for (name, text) in EMBEDDED {
            environment.add_template(name, text).map_err(|error| wrong(&error, name))?;
        }
        if let Some(folder) = folder {
            replace(&mut environment, folder)?;
        }
        Ok(Self { environment })
    }

    /// Fills in a template.
    pub(crate) fn fill(&self, name: &str, view: &impl Serialize) -> Result<String, TemplateError> {
        self.environment
            .get_template(name)
            .and_then(|template| template.render(view))
            .map_err(|error| wrong(&error, name))
    }
}

fn replace(environment: &mut Environment<'static>, folder: &Path) -> Result<(), TemplateError> {
    let unreadable = |path: &Path, source| TemplateError::Unreadable { path: path.display().to_string(), source };
    for entry in std::fs::read_dir(folder).map_err(|source| unreadable(folder, source))? {
        let path = entry.map_err(|source| unreadable(folder, source))?.path();
        if path.extension().is_none_or(|extension| extension != "j2") {
            continue;
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let shown = path.display().to_string();
        let Some((known, _)) = EMBEDDED.iter().find(|(known, _)| *known == name) else {
            let known = EMBEDDED.map(|(known, _)| known).join(", ");
            return Err(TemplateError::Unknown { path: shown, known });
        };
        let text = std::fs::read_to_string(&path).map_err(|source| unreadable(&path, source))?;
        environment.add_template_owned(*known, text).map_err(|error| wrong(&error, &shown))?;
    }
    Ok(())
}

fn wrong(error: &minijinja::Error, file: &str) -> TemplateError {
    let file = match error.name() {
        // While loading, the path tells more than the name; while filling in, the fault may be in an included template.
        Some(name) if !file.ends_with(name) => name.to_owned(),
        _ => file.to_owned(),
    };
    let what = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    TemplateError::Wrong { file, line: error.line().unwrap_or_default(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_folder_replaces_the_template_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("subject.txt.j2"), "Письмо {{ n }}").unwrap();
        let templates = Templates::load(Some(folder.path())).unwrap();
        assert_eq!(templates.fill("subject.txt.j2", &serde_json::json!({"n": 5})).unwrap(), "Письмо 5");
    }

    #[test]
    fn the_shipped_folder_can_be_copied_and_used_as_it_is() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/templates");
        Templates::load(Some(&folder)).unwrap();
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), EMBEDDED.len());
    }

    #[test]
    fn a_fault_is_told_with_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("subject.txt.j2");
        std::fs::write(&path, "раз\n{% if %}").unwrap();
        let message = Templates::load(Some(folder.path())).unwrap_err().to_string();
        assert!(message.contains("subject.txt.j2, line 2"), "{message}");
        std::fs::write(&path, "раз\n\n{{ nobody }}").unwrap();
        let templates = Templates::load(Some(folder.path())).unwrap();
        let message = templates.fill("subject.txt.j2", &serde_json::json!({})).unwrap_err().to_string();
        assert!(message.contains("subject.txt.j2, line 3"), "{message}");
        std::fs::rename(&path, folder.path().join("subjekt.txt.j2")).unwrap();
        let message = Templates::load(Some(folder.path())).unwrap_err().to_string();
        assert!(message.contains("subjekt.txt.j2") && message.contains("subject.txt.j2"), "{message}");
    }
}
