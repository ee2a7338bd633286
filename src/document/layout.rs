//! The words of a PDF with their places, as `pdftotext -tsv` gives them → a [`Document`]. A PDF knows no tables; they are
//! told by words that begin one above the other, and their rows by the space that the line between two of them takes.

use super::{Block, Cell, Document, Limits, Paragraph, Problem, Row, Table};

/// Words whose tops differ by less, in points, stand in one line.
const SAME_LINE: f32 = 3.0;
/// Words of a column begin within so many points.
const SAME_COLUMN: f32 = 1.5;
/// A gap between words that is wider than this, in heights of a line, may part two columns.
const GAP: f32 = 0.45;
/// A border between two rows takes at least so many points.
const BORDER: f32 = 0.2;
/// Fewer lines that begin in a column make none.
const LEAST: usize = 3;
/// Lines that are closer than their own height are of different columns.
const TIGHT: f32 = 0.75;
/// Nobody asks a question of more lines; it is several rows.
const LONGEST_LABEL: usize = 8;
/// A page has no more columns than that.
const COLUMNS: usize = 20;

#[derive(Debug, Clone)]
struct Word {
    left: f32,
    right: f32,
    text: String,
}

#[derive(Debug)]
struct Line {
    page: u32,
    top: f32,
    height: f32,
    words: Vec<Word>,
}

/// Reads the words of a PDF.
///
/// # Errors
/// [`Problem::Scan`] where there are none; [`Problem::NeedsConverter`] where a table is there whose rows cannot be told
/// apart; [`Problem::Hostile`] past a limit, [`Problem::Damaged`] for anything else than a list of words.
pub(super) fn read(tsv: &[u8], limits: &Limits) -> Result<Document, Problem> {
    if tsv.len() > limits.part_bytes {
        return Err(Problem::Hostile);
    }
    let lines = without_page_numbers(lines(std::str::from_utf8(tsv).map_err(|_| Problem::Damaged)?, limits)?);
    if lines.is_empty() {
        return Err(Problem::Scan);
    }
    let margin = lines.iter().flat_map(|line| &line.words).map(|word| word.right).fold(0.0, f32::max);
    let mut blocks = Vec::new();
    let (mut at, mut page) = (0, lines.first().map_or(1, |line| line.page));
    while let Some(line) = lines.get(at) {
        if line.page != page {
            blocks.push(Block::Break);
        }
        if let Some((end, columns)) = table(&lines, at) {
            let within = lines.get(at..end).unwrap_or_default();
            blocks.push(Block::Table(rows(within, &columns, margin)?));
            at = end;
        } else {
            blocks.push(Block::Paragraph(Paragraph::from(text(&line.words).as_str())));
            at += 1;
        }
        page = lines.get(at - 1).map_or(page, |line| line.page);
    }
    Ok(Document { blocks, ..Document::default() })
}

/// The lines from the top of the first page to the end of the last.
fn lines(tsv: &str, limits: &Limits) -> Result<Vec<Line>, Problem> {
    let mut words: Vec<(u32, f32, f32, Word)> = Vec::new();
    let mut bytes = 0;
    for row in tsv.lines() {
        let fields: Vec<&str> = row.split('\t').collect();
        let [level, page, .., left, top, width, height, _confidence, text] = fields.as_slice() else { continue };
        if *level != "5" || text.trim().is_empty() {
            continue;
        }
        let number = |text: &str| text.parse::<f32>().ok().filter(|number| number.is_finite()).ok_or(Problem::Damaged);
        let (left, width) = (number(left)?, number(width)?);
        bytes += text.len();
        if bytes > limits.text_bytes || words.len() >= limits.xml_events {
            return Err(Problem::Hostile);
        }
        let text = text.chars().filter(|c| !c.is_control()).collect();
        let word = Word { left, right: left + width, text };
        words.push((page.parse().map_err(|_| Problem::Damaged)?, number(top)?, number(height)?, word));
    }
    words.sort_by(|(a_page, a_top, ..), (b_page, b_top, ..)| a_page.cmp(b_page).then(a_top.total_cmp(b_top)));
    let mut lines: Vec<Line> = Vec::new();
    for (page, top, height, word) in words {
        match lines.last_mut() {
            Some(line) if line.page == page && top - line.top < SAME_LINE => line.words.push(word),
            _ => lines.push(Line { page, top, height, words: vec![word] }),
        }
    }
    for line in &mut lines {
        line.words.sort_by(|a, b| a.left.total_cmp(&b.left));
    }
    Ok(lines)
}

/// Without the first or last line of a page where it is a number that stands apart.
fn without_page_numbers(lines: Vec<Line>) -> Vec<Line> {
    let is_number = |line: &Line| {
        let text = text(&line.words);
        let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        (1..=2).contains(&digits.len())
            && digits.iter().all(|part| part.len() <= 4)
            && letters <= 10
            && line.words.len() <= 5
            // A label and its answer are two.
            && line.beginnings().count() == 1
    };
    let apart = |a: &Line, b: &Line| a.page != b.page || (b.top - a.top) > 1.5 * a.height.max(b.height);
    let at = |index: usize| lines.get(index);
    let drop: Vec<bool> = (0..lines.len())
        .map(|index| {
            let Some(line) = at(index) else { return false };
            let (before, after) = (index.checked_sub(1).and_then(at), at(index + 1));
            let first = before.is_none_or(|before| before.page != line.page);
            let last = after.is_none_or(|after| after.page != line.page);
            let stands_apart =
                before.is_none_or(|before| apart(before, line)) && after.is_none_or(|after| apart(line, after));
            (first || last) && stands_apart && lines.len() > 1 && is_number(line)
        })
        .collect();
    lines.into_iter().zip(drop).filter(|(_, drop)| !drop).map(|(line, _)| line).collect()
}

impl Line {
    /// The words that may begin a column: the first one, and those behind a gap.
    fn beginnings(&self) -> impl Iterator<Item = f32> {
        let gap = self.height * GAP;
        let before = std::iter::once(f32::NEG_INFINITY).chain(self.words.iter().map(|word| word.right));
        self.words.iter().zip(before).filter(move |(word, right)| word.left - right > gap).map(|(word, _)| word.left)
    }

    fn begins_at(&self, column: f32) -> bool {
        self.beginnings().any(|left| (left - column).abs() <= SAME_COLUMN)
    }

    fn crosses(&self, column: f32) -> bool {
        self.words.iter().any(|word| word.left < column - SAME_COLUMN && word.right > column - 1.0)
    }
}

/// The table that begins with this line: where it ends, and where its columns begin.
fn table(lines: &[Line], first: usize) -> Option<(usize, Vec<f32>)> {
    let begun: Vec<f32> = lines.get(first)?.beginnings().collect();
    let rest = lines.get(first..)?;
    let mut columns = Vec::new();
    let mut end = 0;
    for column in begun.iter().copied().skip(1).take(COLUMNS) {
        let uncrossed = rest.iter().take_while(|line| !line.crosses(column)).count();
        let last = rest.iter().take(uncrossed).rposition(|line| line.begins_at(column)).unwrap_or_default();
        let count = rest.iter().take(last + 1).filter(|line| line.begins_at(column)).count();
        if count >= LEAST {
            columns.push(column);
            end = end.max(last + 1);
        }
    }
    if columns.is_empty() {
        return None;
    }
    let within = rest.get(..end)?;
    // A column may be empty in the first row.
    let mut more: Vec<f32> = within.iter().flat_map(Line::beginnings).collect();
    more.sort_by(f32::total_cmp);
    for column in more {
        let known = columns.iter().chain(begun.first()).any(|known| (known - column).abs() <= SAME_COLUMN);
        let count = within.iter().filter(|line| line.begins_at(column)).count();
        if !known && columns.len() < COLUMNS && count >= LEAST && !within.iter().any(|line| line.crosses(column)) {
            columns.push(column);
        }
    }
    columns.sort_by(f32::total_cmp);
    let margin = rest.iter().take(end).flat_map(|line| line.words.iter().map(|word| word.left)).reduce(f32::min)?;
    columns.insert(0, margin);
    // What the last row's first cell goes on with.
    let pitch = usual(gaps(rest.get(..end)?).flatten().collect());
    while let (Some(before), Some(line)) = (rest.get(end - 1), rest.get(end)) {
        let near = line.page == before.page && line.top - before.top < pitch + BORDER;
        if !near || columns.iter().skip(1).any(|column| line.crosses(*column)) {
            break;
        }
        end += 1;
    }
    Some((first + end, columns))
}

/// The distance of two lines within a cell: the least one of those that are usual. Zero where there is none.
fn usual(mut gaps: Vec<f32>) -> f32 {
    gaps.sort_by(f32::total_cmp);
    let usual = gaps.iter().find(|gap| gaps.iter().filter(|other| (**other - **gap).abs() < BORDER / 2.0).count() > 1);
    usual.or(gaps.first()).copied().unwrap_or_default()
}

/// The distance from each line to the one before it on the same page.
fn gaps(lines: &[Line]) -> impl Iterator<Item = Option<f32>> {
    lines.iter().zip(lines.iter().skip(1)).map(|(a, b)| (a.page == b.page).then_some(b.top - a.top))
}

/// The rows of a table on pages whose text reaches to this margin.
///
/// Within a cell, lines stand at one distance; between two rows, at another. Where that is not so (columns whose lines do
/// not stand beside each other, no space for borders), nobody can tell which row a line belongs to.
fn rows(lines: &[Line], columns: &[f32], margin: f32) -> Result<Table, Problem> {
    let numbered = numbered(lines, columns);
    let in_first = |line: &Line| line.words.first().is_some_and(|word| column(word, columns) == 0);
    let inner = lines.iter().skip(1).zip(gaps(lines)).filter(|(line, _)| !numbered || !in_first(line));
    let pitch = usual(inner.filter_map(|(_, gap)| gap).collect());
    let mut rows: Vec<Vec<&Line>> = Vec::new();
    let mut apart = false;
    for (line, gap) in lines.iter().zip(std::iter::once(None).chain(gaps(lines))) {
        // The number of a row is never wrapped, nor is what stands in its place.
        let first = in_first(line);
        let differs = gap.is_some_and(|gap| (gap - pitch).abs() > BORDER);
        let begins = match gap {
            // The row that goes on over the end of a page has nothing in its first column.
            None => first,
            Some(_) if numbered => first,
            Some(gap) => gap > pitch + BORDER,
        };
        let alone = rows.last().is_none_or(|row| row.len() == 1);
        let doubtful = if begins { gap.is_some() && !differs && !alone } else { differs };
        if doubtful || (pitch > 0.0 && pitch < line.height * TIGHT) {
            return Err(Problem::NeedsConverter);
        }
        apart |= begins && gap.is_some();
        match rows.last_mut() {
            Some(row) if !begins => row.push(line),
            _ => rows.push(vec![line]),
        }
    }
    let too_long = |row: &Vec<&Line>| row.iter().filter(|line| in_first(line)).count() > LONGEST_LABEL;
    if !apart || rows.iter().any(too_long) {
        return Err(Problem::NeedsConverter);
    }
    let mut edges: Vec<f32> = (0..columns.len()).map(|at| edge(lines, columns, at)).collect();
    // The last column may be as wide as the page.
    edges.iter_mut().next_back().into_iter().for_each(|edge| *edge = margin);
    let row = |lines: &Vec<&Line>| {
        let mut cells: Vec<Cell> = edges.iter().enumerate().map(|(at, edge)| cell(lines, columns, at, *edge)).collect();
        // Words in the place of a number have the next cell as well, where that is empty.
        let words = lines.first().is_some_and(|line| numbered && number(line, columns).is_none());
        if words && cells.get(1).is_some_and(|second| second.text().is_empty()) {
            cells.remove(1);
            cells.first_mut().into_iter().for_each(|first| first.span = 2);
        }
        Row { cells }
    };
    Ok(Table { rows: rows.iter().map(row).collect() })
}

/// Whether the first column holds the numbers of the rows and little else.
fn numbered(lines: &[Line], columns: &[f32]) -> bool {
    let first = lines.iter().filter_map(|line| line.words.first()).filter(|word| column(word, columns) == 0).count();
    let numbers: Vec<u32> = lines.iter().filter_map(|line| number(line, columns)).collect();
    columns.len() > 2 && numbers.len() >= LEAST && numbers.len() * 2 > first && numbers.is_sorted()
}

/// The number in the first column.
fn number(line: &Line, columns: &[f32]) -> Option<u32> {
    let first = line.words.first().filter(|word| column(word, columns) == 0)?;
    let alone = line.words.get(1).is_none_or(|word| column(word, columns) > 0);
    first.text.trim_end_matches(['.', ')']).parse().ok().filter(|_| alone)
}

/// Which column a word stands in.
fn column(word: &Word, columns: &[f32]) -> usize {
    columns.iter().rposition(|column| word.left >= column - SAME_COLUMN).unwrap_or_default()
}

/// How far the words of a column reach.
fn edge(lines: &[Line], columns: &[f32], at: usize) -> f32 {
    let words = lines.iter().flat_map(|line| &line.words).filter(|word| column(word, columns) == at);
    words.map(|word| word.right).fold(0.0, f32::max)
}

/// A cell's paragraphs: a line goes on in the next one where that one's first word had no room in it.
fn cell(lines: &[&Line], columns: &[f32], at: usize, edge: f32) -> Cell {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut reached = 0.0;
    for line in lines {
        let words: Vec<Word> = line.words.iter().filter(|word| column(word, columns) == at).cloned().collect();
        let Some((first, last)) = words.first().zip(words.last()) else { continue };
        let space = line.height / 4.0;
        let wrapped = reached + space + (first.right - first.left) > edge - space;
        reached = last.right;
        match paragraphs.last_mut() {
            Some(paragraph) if wrapped => {
                // A word that is parted at its hyphen has none but that.
                if !paragraph.ends_with('-') {
                    paragraph.push(' ');
                }
                paragraph.push_str(&text(&words));
            }
            _ => paragraphs.push(text(&words)),
        }
    }
    if paragraphs.is_empty() {
        paragraphs.push(String::new());
    }
    let blocks = paragraphs.iter().map(|text| Block::Paragraph(Paragraph::from(text.as_str()))).collect();
    Cell { blocks, span: 1, continues: false }
}

fn text(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::testing::grid, *};

    /// A page from lines of `top: left text  left text`; a letter is six points wide.
    fn tsv(lines: &[(f32, &[(f32, &str)])]) -> String {
        let mut rows = vec![
            "level\tpage_num\tpar_num\tblock_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext".to_owned(),
        ];
        for (top, parts) in lines {
            for (left, part) in *parts {
                let mut at = *left;
                for word in part.split(' ') {
                    let width = word.chars().count() as f32 * 6.0;
                    rows.push(format!("5\t1\t0\t0\t0\t0\t{at}\t{top}\t{width}\t12\t100\t{word}"));
                    at += width + 3.0;
                }
            }
        }
        rows.join("\n")
    }

    fn table_of(lines: &[(f32, &[(f32, &str)])]) -> Vec<Vec<String>> {
        grid(&read(tsv(lines).as_bytes(), &Limits::default()).unwrap().blocks)
    }

    #[test]
    fn rows_are_told_by_the_space_that_a_border_takes() {
        let lines: &[(f32, &[(f32, &str)])] = &[
            (70.0, &[(90.0, "ИНФОРМАЦИЯ")]),
            (90.0, &[(90.0, "о том, что школа делала весь год")]),
            (120.0, &[(90.0, "Название школы"), (220.0, "МОУ «Вымышленская")]),
            (133.8, &[(90.0, "полностью"), (220.0, "СОШ № 77»")]),
            (148.1, &[(90.0, "Сколько у Вас"), (220.0, "3")]),
            (161.9, &[(90.0, "партнёров")]),
            (176.2, &[(90.0, "Что проводилось"), (220.0, "семинар")]),
            (190.0, &[(220.0, "вебинар")]),
            (203.8, &[(220.0, "стол")]),
            (218.1, &[(90.0, "Ваши"), (220.0, "нет")]),
            (231.9, &[(90.0, "предложения")]),
            (270.0, &[(90.0, "Директор")]),
        ];
        assert_eq!(
            table_of(lines),
            [
                ["Название школы полностью", "МОУ «Вымышленская СОШ № 77»"],
                ["Сколько у Вас партнёров", "3"],
                ["Что проводилось", "семинар\nвебинар\nстол"],
                ["Ваши предложения", "нет"],
            ]
        );
        let text = read(tsv(lines).as_bytes(), &Limits::default()).unwrap().text();
        assert!(text.starts_with("ИНФОРМАЦИЯ\nо том") && text.ends_with("\nДиректор"), "{text}");
    }

    #[test]
    fn rows_are_told_by_their_numbers() {
        let lines: &[(f32, &[(f32, &str)])] = &[
            (100.0, &[(90.0, "1"), (120.0, "Название школы")]),
            (112.0, &[(120.0, "полностью")]),
            (123.0, &[(90.0, "2"), (120.0, "Сколько у Вас"), (220.0, "3")]),
            (135.0, &[(120.0, "партнёров")]),
            (146.0, &[(90.0, "3"), (120.0, "Роль"), (220.0, "участник")]),
            (158.5, &[(90.0, "4"), (120.0, "Год"), (220.0, "2022")]),
            (700.0, &[(300.0, "2")]),
        ];
        assert_eq!(
            table_of(lines),
            [
                ["1", "Название школы полностью", ""],
                ["2", "Сколько у Вас партнёров", "3"],
                ["3", "Роль", "участник"],
                ["4", "Год", "2022"],
            ]
        );
    }

    #[test]
    fn a_page_number_is_no_answer_and_a_short_row_is_no_page_number() {
        let lines: &[(f32, &[(f32, &str)])] = &[
            (100.0, &[(90.0, "Роль"), (220.0, "участник")]),
            (112.0, &[(90.0, "школы")]),
            (124.5, &[(90.0, "Итог"), (220.0, "хороший")]),
            (150.0, &[(90.0, "Год"), (220.0, "2022")]),
            (700.0, &[(300.0, "2")]),
        ];
        assert_eq!(table_of(lines), [["Роль школы", "участник"], ["Итог", "хороший"], ["Год", "2022"]]);
    }

    #[test]
    fn a_table_whose_rows_cannot_be_told_apart_is_not_guessed_at() {
        type Lines<'a> = &'a [(f32, &'a [(f32, &'a str)])];
        let no_borders: Lines<'_> = &[
            (100.0, &[(90.0, "Название школы"), (220.0, "МОУ")]),
            (112.0, &[(90.0, "Сколько у Вас"), (220.0, "3")]),
            (124.0, &[(90.0, "партнёров"), (220.0, "и больше")]),
            (136.0, &[(90.0, "Предложения"), (220.0, "нет")]),
        ];
        let other_fonts: Lines<'_> = &[
            (100.0, &[(90.0, "Название школы"), (220.0, "МОУ «Вымышленская")]),
            (113.8, &[(90.0, "полностью")]),
            (120.0, &[(220.0, "СОШ № 77»")]),
            (134.3, &[(90.0, "Сколько у Вас"), (220.0, "три")]),
            (148.1, &[(90.0, "партнёров")]),
            (154.3, &[(220.0, "или больше")]),
        ];
        let centred_numbers: Lines<'_> = &[
            (100.0, &[(90.0, "1"), (120.0, "Название школы"), (220.0, "МОУ")]),
            (114.3, &[(120.0, "Сколько у Вас"), (220.0, "три")]),
            (128.1, &[(90.0, "2"), (120.0, "партнёров в"), (220.0, "или")]),
            (141.9, &[(120.0, "районе"), (220.0, "больше")]),
            (156.2, &[(90.0, "3"), (120.0, "Предложения"), (220.0, "нет")]),
        ];
        let three_lines: Lines<'_> = &[
            (100.0, &[(90.0, "Роль"), (220.0, "участник")]),
            (130.0, &[(90.0, "Итог"), (220.0, "хороший")]),
            (160.0, &[(90.0, "Год"), (220.0, "2022")]),
        ];
        for lines in [no_borders, other_fonts, centred_numbers, three_lines] {
            assert_eq!(read(tsv(lines).as_bytes(), &Limits::default()), Err(Problem::NeedsConverter), "{lines:?}");
        }
    }

    #[test]
    fn a_text_is_no_table_and_no_text_is_a_scan() {
        let lines: &[(f32, &[(f32, &str)])] = &[
            (100.0, &[(90.0, "Наша школа участвует в проекте")]),
            (112.0, &[(90.0, "с 2021 года и очень довольна")]),
            (124.0, &[(90.0, "всем, что в нём было")]),
        ];
        assert!(table_of(lines).is_empty());
        assert_eq!(read(b"", &Limits::default()), Err(Problem::Scan));
        assert_eq!(read(&[0xff], &Limits::default()), Err(Problem::Damaged));
    }

    proptest! {
        #[test]
        fn no_words_at_any_places_make_it_panic(
            words in prop::collection::vec((1_u32..4, -9e9_f32..9e9, 0_f32..800.0, 0_f32..99.0, 0_f32..30.0, "[а-я0-9-]{1,9}"), 0..200)
        ) {
            let row = |(page, left, top, width, height, text): &(u32, f32, f32, f32, f32, String)| {
                format!("5\t{page}\t0\t0\t0\t0\t{left}\t{top}\t{width}\t{height}\t100\t{text}")
            };
            let tsv = words.iter().map(row).collect::<Vec<_>>().join("\n");
            let _ = read(tsv.as_bytes(), &Limits::default());
        }
    }
}
