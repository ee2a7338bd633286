//! The wording: embedded templates, each of which a file of the same name in the configuration's folder replaces.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use crate::decision::Template;

const BUILT_IN: [(&str, &str); 6] = [
    ("confirm.txt", include_str!("../../config/templates/confirm.txt")),
    ("request.txt", include_str!("../../config/templates/request.txt")),
    ("receipt.txt", include_str!("../../config/templates/receipt.txt")),
    ("closing.txt", include_str!("../../config/templates/closing.txt")),
    ("section.txt", include_str!("../../config/templates/section.txt")),
    ("letter.html", include_str!("../../config/templates/letter.html")),
];

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It cannot be read.
    #[error("template {}: cannot be read: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is malformed, or names something that is not there. The message names file and line.
    #[error("template: {0:#}")]
    Malformed(#[from] minijinja::Error),
}

/// The templates of all letters.
#[derive(Debug)]
pub struct Templates(Environment<'static>);

impl Templates {
    /// The built-in templates, replaced by those of the folder that have the same names.
    ///
    /// # Errors
    /// [`TemplateError`], where a file cannot be read or is malformed.
    pub fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_auto_escape_callback(
            |name| {
                if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
            },
        );
        for (name, built_in) in BUILT_IN {
            let text = match folder.map(|folder| folder.join(name)).filter(|path| path.exists()) {
                Some(path) => fs::read_to_string(&path).map_err(|source| TemplateError::Unreadable { path, source })?,
                None => built_in.to_owned(),
            };
            environment.add_template_owned(name, text)?;
        }
        Ok(Self(environment))
    }

    /// The text of a letter, and the same as HTML.
    pub(super) fn render(
        &self,
        template: Template,
        context: &impl Serialize,
    ) -> Result<(String, String), TemplateError> {
        let name = match template {
            Template::Confirm => "confirm.txt",
            Template::Request => "request.txt",
            Template::Receipt => "receipt.txt",
        };
        let text = self.0.get_template(name)?.render(context)?;
        let paragraphs: Vec<Vec<&str>> =
            text.trim().split("\n\n").map(|paragraph| paragraph.lines().collect()).collect();
        let html = self.0.get_template("letter.html")?.render(minijinja::context! { paragraphs })?;
        Ok((format!("{}\n", text.trim()), html))
    }
}
