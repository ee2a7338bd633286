//! `svodka campaign check`: is a campaign file sound?

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::{
    campaign::{self, Findings, Severity},
    cli::{ClockArg, Wrong, colour_on_stdout},
    scrutiny,
};

/// The arguments of `svodka campaign check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  svodka campaign check campaigns/500plus-2022.toml\n\nExit status: 0 the file is sound, \
                        warnings included; 2 it is not."
)]
pub(super) struct Args {
    #[command(flatten)]
    clock: ClockArg,
    /// The campaign file
    file: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let (name, text) = super::text(&args.file)?;
    let (campaign, mut found) = campaign::look(&text).map_err(|reason| Wrong(format!("{name}: {reason}")))?;
    if let Some(campaign) = &campaign {
        found.extend(scrutiny::findings(campaign, args.clock.clock().now()));
    }
    let findings = campaign::place(&text, found);
    let mut out = io::stdout().lock();
    show(&mut out, (&name, &text), &findings)?;
    match campaign.filter(|_| !findings.refuse()) {
        Some(campaign) => {
            writeln!(
                out,
                "{name}: sound: {} schools, {} fields, {} requirements; {}",
                campaign.schools.len(),
                campaign.form.fields.len(),
                campaign.requirements.len(),
                count(&findings, Severity::Warning)
            )?;
            Ok(())
        }
        None => Err(Wrong(format!(
            "{name}: {}, {}",
            count(&findings, Severity::Error),
            count(&findings, Severity::Warning)
        ))
        .into()),
    }
}

/// Each finding with the line that it is about, as compilers show it.
fn show(out: &mut impl io::Write, (name, text): (&str, &str), findings: &Findings) -> io::Result<()> {
    let renderer = if colour_on_stdout() { Renderer::styled() } else { Renderer::plain() };
    for (place, finding) in &findings.0 {
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = format!("{}: {}", finding.key, finding.text);
        let mark = AnnotationKind::Primary.span(place.span.clone());
        let report = level
            .primary_title(&title)
            .element(Snippet::source(text).path(name).annotation(mark))
            .element(Level::HELP.message(&finding.cure));
        writeln!(out, "{}\n", renderer.render(&[report]))?;
    }
    Ok(())
}

/// «2 errors», «1 warning», «no warnings».
fn count(findings: &Findings, severity: Severity) -> String {
    let word = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    match findings.0.iter().filter(|(_, finding)| finding.severity == severity).count() {
        0 => format!("no {word}s"),
        1 => format!("1 {word}"),
        several => format!("{several} {word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_shown_with_its_line() {
        let text = "id = \"x\"\n# «Кириши»\nstart = \"01.11.2022\"\n";
        let found = campaign::Finding::error("start", "this is not a date", "write it without quotes");
        let mut out = Vec::new();
        show(&mut out, ("a.toml", text), &campaign::place(text, vec![found])).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap().trim_end(), @r#"
        error: start: this is not a date
         --> a.toml:3:9
          |
        3 | start = "01.11.2022"
          |         ^^^^^^^^^^^^
          |
          = help: write it without quotes
        "#);
    }
}
