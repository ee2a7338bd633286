//! Files that old mail programs put into the text itself (POSIX uuencode: `begin 644 name` … `end`).

use super::words;

/// A file found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// The first file in a text.
pub(super) fn first(text: &[u8]) -> Option<File> {
    extract(text).1.into_iter().next()
}

/// The text without the files in it, and the files. A `begin` without anything sound behind it is text.
pub(super) fn extract(text: &[u8]) -> (Vec<u8>, Vec<File>) {
    let mut files = Vec::new();
    let mut kept = Vec::new();
    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if let Some(name) = begin(line)
            && let Some((bytes, length)) = decode(lines.get(at + 1..).unwrap_or_default())
        {
            files.push(File { name, bytes });
            at += 1 + length;
            continue;
        }
        kept.extend_from_slice(line);
        at += 1;
    }
    (kept, files)
}

fn begin(line: &[u8]) -> Option<String> {
    let rest = line.trim_ascii_end().strip_prefix(b"begin ")?;
    let (mode, name) = rest.split_at_checked(rest.iter().position(|b| *b == b' ')?)?;
    let octal = matches!(mode.len(), 3 | 4) && mode.iter().all(|b| (b'0'..=b'7').contains(b));
    let name = words::text(name);
    (octal && !name.is_empty()).then_some(name)
}

/// The bytes of the lines up to `end`, and how many lines that were; nothing where a line is not sound.
fn decode(lines: &[&[u8]]) -> Option<(Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii_end() == b"end" {
            return (!bytes.is_empty()).then_some((bytes, index + 1));
        }
        let Some((first, rest)) = line.split_first() else { continue };
        let length = usize::from(first.checked_sub(32)? & 63);
        let needed = length.div_ceil(3) * 4;
        if !rest.iter().all(|b| (32..=96).contains(b)) || rest.len() > needed + 4 {
            return None;
        }
        // Blanks at the end of a line were often lost on the way; they stand for zeros.
        let mut sixes = rest.iter().map(|b| u32::from((b - 32) & 63)).chain(std::iter::repeat(0));
        let mut row = Vec::with_capacity(length + 2);
        for _ in 0..length.div_ceil(3) {
            let word = sixes.by_ref().take(4).fold(0, |word, six| word << 6 | six);
            row.extend_from_slice(word.to_be_bytes().get(1..).unwrap_or_default());
        }
        row.truncate(length);
        bytes.extend(row);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_taken_out_of_the_text() {
        let text = b"Hello\nbegin 644 form.txt\n#0V%T\n`\nend\nbye\n";
        let (kept, files) = extract(text);
        assert_eq!(kept, b"Hello\nbye\n");
        assert_eq!(files, [File { name: "form.txt".to_owned(), bytes: b"Cat".to_vec() }]);
    }

    #[test]
    fn a_text_that_only_begins_stays_whole() {
        for text in ["begin 644 a.txt\nмы начали\nend\n", "begin 644 a.txt\n#0V%T\n", "begin here\n"] {
            assert_eq!(extract(text.as_bytes()), (text.as_bytes().to_vec(), Vec::new()), "{text}");
        }
    }
}
