//! Files within files: ZIP archives; see [`super::tnef`] for winmail.dat.

use encoding_rs::{IBM866, WINDOWS_1251};
use unicode_normalization::UnicodeNormalization;

use super::{Format, Limits, Problem, package::Package, tnef};

/// A file that was packed in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Its name as a person would read it, without folders: never a path.
    pub name: Option<String>,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The files in a container, in its order, without folders, links and what file managers leave behind.
///
/// # Errors
/// [`Problem::Encrypted`] where any file wants a password, [`Problem::Empty`] where there is none,
/// [`Problem::Hostile`] past a limit, [`Problem::Damaged`], [`Problem::Unsupported`] for other formats.
pub fn unpack(bytes: &[u8], format: Format, limits: &Limits) -> Result<Vec<Packed>, Problem> {
    if bytes.is_empty() {
        return Err(Problem::Empty);
    }
    if bytes.len() > limits.file_bytes {
        return Err(Problem::Hostile);
    }
    let files = match format {
        Format::Zip => unzip(bytes, limits)?,
        Format::Tnef => tnef::unpack(bytes, limits)?,
        _ => return Err(Problem::Unsupported),
    };
    if files.is_empty() { Err(Problem::Empty) } else { Ok(files) }
}

fn unzip(bytes: &[u8], limits: &Limits) -> Result<Vec<Packed>, Problem> {
    let mut package = Package::open(bytes, limits)?;
    if package.encrypted {
        return Err(Problem::Encrypted);
    }
    // Only one of two files of the same name can be had: which one was meant is not for us to choose.
    if package.duplicates {
        return Err(Problem::Hostile);
    }
    let mut files = Vec::new();
    for index in 0..package.len() {
        let Some((name, true)) = package.label(index) else { continue };
        let path = decode(&name);
        if junk(&path) {
            continue;
        }
        files.push(Packed { name: display(&path), bytes: package.entry(index)? });
    }
    Ok(files)
}

/// A name as text. Names that are not UTF-8 come from Windows: in the code page of its console, or of its windows.
fn decode(name: &[u8]) -> String {
    if let Ok(name) = std::str::from_utf8(name) {
        return name.nfc().collect();
    }
    let console = IBM866.decode_without_bom_handling(name).0;
    // Capitals of the one code page are lines and shades in the other.
    if console.contains(|c| ('\u{2500}'..='\u{259F}').contains(&c)) {
        return WINDOWS_1251.decode_without_bom_handling(name).0.into_owned();
    }
    console.into_owned()
}

/// What nobody meant to send: folders of macOS, caches of file managers, lock files of office suites.
fn junk(path: &str) -> bool {
    let path = path.replace('\\', "/");
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    path.split('/').any(|folder| folder == "__MACOSX")
        || name.is_empty()
        || matches!(name.as_str(), ".ds_store" | "thumbs.db" | "desktop.ini")
        || name.starts_with("._")
        || name.starts_with("~$")
        || name.starts_with(".~lock.")
}

/// The last part of a path, with nothing in it that a terminal or a file system would obey.
pub(super) fn display(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let name: String = path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        })
        .collect();
    let name = name.trim();
    if name.is_empty() || name.chars().all(|c| c == '.') { None } else { Some(name.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::{
        super::testing::{self, Zip},
        *,
    };

    fn names(bytes: &[u8]) -> Vec<String> {
        let files = unpack(bytes, Format::Zip, &Limits::default()).unwrap();
        files.into_iter().map(|file| file.name.unwrap_or_default()).collect()
    }

    #[test]
    fn names_are_read_in_the_code_page_that_they_were_written_in() {
        let console = IBM866.encode("Форма №3.docx").0.into_owned();
        assert_eq!(IBM866.decode(&console).0, "Форма №3.docx");
        let windows = WINDOWS_1251.encode("ФОРМА школы.docx").0.into_owned();
        let bytes = Zip::new().raw(&console, b"1").raw(&windows, b"2").file("папка/Доклад.docx", b"3").bytes();
        assert_eq!(names(&bytes), ["Форма №3.docx", "ФОРМА школы.docx", "Доклад.docx"]);
    }

    #[test]
    fn row_52_a_name_is_never_a_path() {
        let bytes = Zip::new()
            .file("../../../tmp/a.docx", b"1")
            .file("/etc/b.docx", b"2")
            .file("..\\..\\c.docx", b"3")
            .file("C:\\d.docx", b"4")
            .file("x/..", b"5")
            .file("e\u{202E}\n.docx", b"6")
            .bytes();
        assert_eq!(names(&bytes), ["a.docx", "b.docx", "c.docx", "d.docx", "", "e.docx"]);
    }

    #[test]
    fn row_52_a_link_is_no_file_and_two_of_a_name_are_refused() {
        let mut bytes = Zip::new().file("link.docx", b"/etc/passwd").file("a.docx", b"1").bytes();
        let entry = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
        // Made by Unix, and a symbolic link there (APPNOTE.TXT 4.4.2, 4.4.15).
        bytes[entry + 5] = 3;
        bytes[entry + 38..entry + 42].copy_from_slice(&(0o120_777_u32 << 16).to_le_bytes());
        let files = unpack(&bytes, Format::Zip, &Limits::default()).unwrap();
        let found: Vec<_> = files.iter().map(|file| (file.name.as_deref(), file.bytes.as_slice())).collect();
        assert_eq!(found, [(Some("a.docx"), &b"1"[..])]);
        let twice = Zip::new().file("a.docx", b"1").raw(b"a.docx", b"2").bytes();
        assert_eq!(unpack(&twice, Format::Zip, &Limits::default()), Err(Problem::Hostile));
    }

    #[test]
    fn what_file_managers_leave_behind_is_dropped() {
        let bytes = Zip::new()
            .file("__MACOSX/._a.docx", b"1")
            .file(".DS_Store", b"2")
            .file("a/Thumbs.db", b"3")
            .file("~$форма.docx", b"4")
            .file("форма.docx", b"5")
            .bytes();
        assert_eq!(names(&bytes), ["форма.docx"]);
        let bytes = Zip::new().file(".DS_Store", b"2").bytes();
        assert_eq!(unpack(&bytes, Format::Zip, &Limits::default()), Err(Problem::Empty));
    }

    #[test]
    fn row_56_a_password_is_told_from_damage() {
        let bytes = testing::encrypted(Zip::new().file("a.docx", b"text").bytes());
        assert_eq!(unpack(&bytes, Format::Zip, &Limits::default()), Err(Problem::Encrypted));
        let mut cut = Zip::new().file("a.docx", b"text").bytes();
        cut.truncate(cut.len() / 2);
        assert_eq!(unpack(&cut, Format::Zip, &Limits::default()), Err(Problem::Damaged));
    }

    #[test]
    fn row_51_a_bomb_is_refused_by_what_it_unpacks_to() {
        let bomb = Zip::new().file("a", &vec![0; 3 << 20]).bytes();
        assert_eq!(unpack(&bomb, Format::Zip, &Limits::default()), Err(Problem::Hostile));
        let limits = Limits { total_bytes: 10, ..Limits::default() };
        let two = Zip::new().file("a", b"1234567").file("b", b"1234567").bytes();
        assert_eq!(unpack(&two, Format::Zip, &limits), Err(Problem::Hostile));
        let many = (0..=Limits::default().entries).fold(Zip::new(), |zip, n| zip.file(&n.to_string(), b""));
        assert_eq!(unpack(&many.bytes(), Format::Zip, &Limits::default()), Err(Problem::Hostile));
    }
}
