use std::{
    fs::File,
    io::Write,
    os::fd::AsRawFd as _,
    sync::{Arc, Mutex},
};

use super::*;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is written while this happens, where everything is asked for.
fn logged(layer: impl FnOnce(Kept) -> Box<dyn Layer<Registry> + Send + Sync>, does: impl FnOnce()) -> String {
    let kept = Kept::default();
    let all = layer(kept.clone()).with_filter(ours().and(EnvFilter::new("trace")));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(all), does);
    let bytes = kept.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn as_json(kept: Kept) -> Box<dyn Layer<Registry> + Send + Sync> {
    Box::new(json(move || kept.clone()))
}

fn as_text(kept: Kept) -> Box<dyn Layer<Registry> + Send + Sync> {
    Box::new(text(move || kept.clone(), false))
}

#[test]
fn what_libraries_log_passes_at_no_level() {
    let all = || {
        tracing::error!(target: "async_imap", "LOGIN user secret");
        tracing::trace!(target: "sqlx::query", "SELECT secret");
        tracing::error!(target: "svodkarious", "secret");
        tracing::info_span!(target: "hyper::proto", "conn", peer = "secret")
            .in_scope(|| tracing::trace!(target: "svodka::daemon", "ours"));
    };
    for form in [as_json, as_text] {
        let log = logged(form, all);
        assert!(log.contains("ours") && !log.contains("secret"), "{log}");
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}

#[test]
fn a_line_of_json_holds_the_fields_and_the_message_that_it_is_about() {
    let log = logged(as_json, || {
        of_letter(7, Some(42)).in_scope(|| tracing::info!(code = "250", "sent"));
        of_mail(42).in_scope(|| tracing::warn!("two\nlines"));
    });
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[0]["message"], &lines[0]["level"], &lines[0]["code"]),
        (&"sent".into(), &"INFO".into(), &"250".into())
    );
    assert_eq!((&lines[0]["span"]["mail"], &lines[0]["span"]["outbox"]), (&42.into(), &7.into()));
    assert_eq!((&lines[1]["span"]["mail"], &lines[1]["message"]), (&42.into(), &"two\nlines".into()));
}

#[test]
fn text_names_the_message_too() {
    let log = logged(as_text, || of_letter(7, Some(42)).in_scope(|| tracing::info!("sent")));
    assert!(log.contains("INFO letter{outbox=7 mail=42}: sent"), "{log}");
}

#[test]
fn the_journal_is_known_by_device_and_inode() {
    let file = File::open("/dev/null").unwrap();
    let stat = rustix::fs::fstat(&file).unwrap();
    assert!(file.as_raw_fd() > 0);
    let named = format!("{}:{}", stat.st_dev, stat.st_ino);
    assert!(is_journal(&file, Some(&named)));
    for other in ["", "1", "1:", ":", "a:b", &format!("{}:{}", stat.st_dev, stat.st_ino + 1), &format!("{named}:1")] {
        assert!(!is_journal(&file, Some(other)), "{other:?}");
    }
    assert!(!is_journal(&file, None));
}
