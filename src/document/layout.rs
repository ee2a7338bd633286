//! Text that was laid out by spaces, as pdftotext gives a page → a [`Document`]. A PDF knows no tables; a form is told
//! by its numbered rows: each begins with its number, and columns are parted by gaps that no line of the table crosses.

use super::{Block, Cell, Document, Limits, Paragraph, Problem, Row, Table, text};

/// Fewer numbered rows are no table.
const LEAST_ROWS: usize = 2;
/// A line is wrapped where its next word would not have fitted into the column: short by so many characters it would.
const LOOSE: usize = 2;

/// A line of a page.
struct Line {
    characters: Vec<char>,
}

/// A table in the making: the lines of it, from where to where.
struct Found {
    first: usize,
    end: usize,
    starts: Vec<usize>,
}

/// Reads text that was laid out by spaces, in UTF-8.
///
/// # Errors
/// As for plain text: [`Problem::Empty`], [`Problem::Hostile`].
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Document, Problem> {
    let document = text::read(bytes, Some("utf-8"), limits)?;
    // A table goes on over the end of a page.
    let lines: Vec<Line> = document.blocks.iter().filter_map(Line::of).collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        match table(&lines, at) {
            Some(found) => {
                blocks.push(Block::Table(found.read(&lines)));
                at = found.end;
            }
            None => {
                blocks.push(Block::Paragraph(Paragraph::from(line.text(0, usize::MAX).as_str())));
                at += 1;
            }
        }
    }
    Ok(Document { blocks, ..Document::default() })
}

impl Line {
    fn of(block: &Block) -> Option<Self> {
        match block {
            Block::Paragraph(paragraph) => {
                Some(Self { characters: paragraph.text.replace('\t', " ").chars().collect() })
            }
            _ => None,
        }
    }

    /// The text between two columns, each run of spaces as one.
    fn text(&self, from: usize, to: usize) -> String {
        let within: String = self.characters.iter().take(to).skip(from).collect();
        within.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Where the line begins.
    fn indent(&self) -> Option<usize> {
        self.characters.iter().position(|c| !c.is_whitespace())
    }

    fn filled(&self, column: usize) -> bool {
        self.characters.get(column).is_some_and(|c| !c.is_whitespace())
    }

    /// The number that the line begins with, where a gap and more text follow it, and where it begins.
    fn number(&self) -> Option<(u32, usize)> {
        let indent = self.indent()?;
        let rest: String = self.characters.iter().skip(indent).collect();
        let (word, after) = rest.split_once(char::is_whitespace)?;
        let number = word.trim_end_matches(['.', ')']).parse().ok()?;
        (number < 100 && after.starts_with(' ') && !after.trim().is_empty()).then_some((number, indent))
    }
}

/// The table that begins with this line: rows numbered one after another, in one column.
fn table(lines: &[Line], first: usize) -> Option<Found> {
    let (mut number, column) = lines.get(first)?.number()?;
    let mut rows = vec![first];
    let mut end = first + 1;
    let mut last_filled = first;
    for (at, line) in lines.iter().enumerate().skip(first + 1) {
        match (line.number(), line.indent()) {
            (Some((next, indent)), _) if next == number + 1 && indent.abs_diff(column) <= 2 => {
                number = next;
                rows.push(at);
            }
            // What begins left of the second column, and is no number, is behind the table.
            (_, Some(indent)) if indent <= column + 2 => break,
            (_, None) if at - last_filled > 3 => break,
            (_, None) => continue,
            _ => {}
        }
        last_filled = at;
        end = at + 1;
    }
    if rows.len() < LEAST_ROWS {
        return None;
    }
    let starts = columns(lines.get(first..end)?, &rows.iter().map(|row| row - first).collect::<Vec<_>>());
    (starts.len() >= 3).then_some(Found { first, end, starts })
}

/// Where the columns begin: behind a gap of two at least that no line crosses, where text begins in most rows.
fn columns(lines: &[Line], rows: &[usize]) -> Vec<usize> {
    let width = lines.iter().map(|line| line.characters.len()).max().unwrap_or_default();
    let empty = |column: usize| lines.iter().all(|line| !line.filled(column));
    let mut starts = Vec::new();
    for column in 0..width {
        // The numbers of rows may leave a gap of one.
        let least = if starts.len() == 1 { 1 } else { 2 };
        let gap = starts.is_empty() || (1..=least).all(|left| column >= left && empty(column - left));
        if gap && !empty(column) {
            starts.push(column);
        }
    }
    let filled = |from: usize, to: usize| {
        let in_row = |row: usize| lines.get(row).is_some_and(|line| (from..to).any(|column| line.filled(column)));
        rows.iter().filter(|row| in_row(**row)).count()
    };
    let ends = starts.iter().skip(1).copied().chain([width]).collect::<Vec<_>>();
    let mostly = |(start, end): (&usize, &usize)| (filled(*start, *end) * 2 > rows.len()).then_some(*start);
    starts.iter().zip(&ends).filter_map(mostly).collect()
}

impl Found {
    fn read(&self, lines: &[Line]) -> Table {
        let lines = lines.get(self.first..self.end).unwrap_or_default();
        let mut rows: Vec<Vec<&Line>> = Vec::new();
        for line in lines {
            let begins = line.indent().is_some_and(|indent| self.starts.get(1).is_some_and(|second| indent < *second));
            match rows.last_mut() {
                Some(row) if !begins => row.push(line),
                _ => rows.push(vec![line]),
            }
        }
        let ends = self.starts.iter().skip(1).copied().chain([usize::MAX]);
        let spans: Vec<(usize, usize)> = self.starts.iter().copied().zip(ends).collect();
        let cell = |row: &[&Line], (from, to): (usize, usize)| {
            let widest = lines.iter().map(|line| line.text(from, to).chars().count()).max().unwrap_or_default();
            let paragraphs = unwrapped(row.iter().map(|line| line.text(from, to)), widest);
            let blocks = paragraphs.iter().map(|text| Block::Paragraph(Paragraph::from(text.as_str()))).collect();
            Cell { blocks, span: 1, continues: false }
        };
        let row = |row: &Vec<&Line>| Row { cells: spans.iter().map(|span| cell(row, *span)).collect() };
        Table { rows: rows.iter().map(row).collect() }
    }
}

/// The paragraphs of a column: a line goes on in the next one where that one's first word had no room in it.
fn unwrapped(lines: impl Iterator<Item = String>, widest: usize) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut length = 0;
    for line in lines.filter(|line| !line.is_empty()) {
        let word = line.split(' ').next().unwrap_or_default().chars().count();
        let wrapped = length + 1 + word + LOOSE > widest;
        length = line.chars().count();
        match paragraphs.last_mut() {
            Some(last) if wrapped => {
                // A word that is parted at its hyphen has none but that.
                if !last.ends_with('-') {
                    last.push(' ');
                }
                last.push_str(&line);
            }
            _ => paragraphs.push(line),
        }
    }
    if paragraphs.is_empty() {
        paragraphs.push(String::new());
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::{super::testing::grid, *};

    fn rows(text: &str) -> Vec<Vec<String>> {
        grid(&read(text.as_bytes(), &Limits::default()).unwrap().blocks)
    }

    #[test]
    fn numbered_rows_are_a_table_and_what_is_around_them_is_not() {
        let page = "
МОУ «Вымышленская СОШ № 77»

Форма
1. Просим заполнить
2. и прислать

№      Вопрос               Ответ
1                     Название             МОУ «Вымышленская
                      образовательной      СОШ № 77»
                      организации
2                     Количество сетевых   3 (три)
                      партнеров у Вашей
\u{C}                      школы
3                     Перечислите          семинар
                      мероприятия          вебинар
                                           круглый стол
10                    Не эта строка        -
Директор
";
        assert_eq!(
            rows(page),
            [
                vec!["1", "Название образовательной организации", "МОУ «Вымышленская СОШ № 77»"],
                vec!["2", "Количество сетевых партнеров у Вашей школы", "3 (три)"],
                vec!["3", "Перечислите мероприятия", "семинар\nвебинар\nкруглый стол"],
            ]
        );
        let document = read(page.as_bytes(), &Limits::default()).unwrap();
        let text = document.text();
        assert!(text.contains("1. Просим заполнить\n2. и прислать") && text.ends_with("Директор"), "{text}");
    }

    #[test]
    fn a_list_or_a_lone_number_is_no_table() {
        for text in ["1. Первое\n2. Второе\n3. Третье", "1     Первое      да", "2022     год\n2023     год"]
        {
            assert!(rows(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn any_columns_are_read_without_a_panic() {
        for text in
            ["1  ", "1   а\n2   б", "  1   а   б\n  2   в   г\n", "1\t\tа\t\tб\n2\t\tв\t\tг", "9   а   б\n10   в   г"]
        {
            let _ = read(text.as_bytes(), &Limits::default());
        }
    }
}
