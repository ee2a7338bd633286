//! A sheet as all three are: title, heads, cells, rows as high as their text, and how it prints.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_xlsxwriter::{ExcelDateTime, Format, Note, Worksheet};

use super::{Formats, WorkbookError};
use crate::{
    reply::russian::{long_time, one_line, printable, short_date},
    report::Summary,
};

/// The most that a cell holds, in UTF-16 units.
const CELL: usize = 32_767;
/// The most that a note shows, so that it stays a note.
const NOTE: usize = 1_000;
/// What ends a text that is longer.
const CUT: &str = " … [текст сокращён]";
/// Of a line of text, and the most that a row may have, in points.
const LINE: f64 = 15.0;
const HIGHEST: f64 = 409.0;

/// The row of the column heads; above it stand title and date.
pub(super) const HEAD: u32 = 3;

/// A4 (ECMA-376 part 1 §18.3.1.63).
const A4: u8 = 9;

/// What a sheet is before its rows.
pub(super) struct Outline<'o> {
    /// Its name.
    pub(super) name: &'o str,
    /// Heads and widths of its columns, in characters.
    pub(super) columns: &'o [(String, f64)],
    /// How many rows can be filtered.
    pub(super) rows: usize,
    /// How many columns stay in sight, and are printed again on each page.
    pub(super) frozen: u16,
    /// How many pages it is wide.
    pub(super) wide: u16,
}

/// A sheet that is being written, row by row.
pub(super) struct Page<'a> {
    pub(super) sheet: &'a mut Worksheet,
    zone: &'a TimeZone,
    formats: &'a Formats,
    widths: Vec<f64>,
    /// How many lines the fullest cell of the row has so far.
    lines: usize,
}

impl<'a> Page<'a> {
    pub(super) fn begin(
        sheet: &'a mut Worksheet,
        summary: &'a Summary<'_>,
        outline: &Outline<'_>,
        formats: &'a Formats,
    ) -> Result<Self, WorkbookError> {
        let campaign = summary.campaign;
        let widths = outline.columns.iter().map(|(_, width)| *width).collect();
        let mut page = Self { sheet, zone: &campaign.time_zone, formats, widths, lines: 0 };
        page.sheet.set_name(outline.name)?;
        page.sheet.write_string_with_format(0, 0, plain(&one_line(&campaign.title), CELL), &formats.title)?;
        let as_of = format!(
            "По состоянию на {}. Письмо № {} от {}",
            long_time(summary.as_of, &campaign.time_zone),
            campaign.letter.number,
            short_date(campaign.letter.date)
        );
        page.sheet.write_string_with_format(1, 0, plain(&as_of, CELL), &formats.note)?;
        let mut last = 0;
        for (column, (head, width)) in (0_u16..).zip(outline.columns) {
            page.text(HEAD, column, head, &formats.head)?;
            page.sheet.set_column_width(column, *width)?;
            last = column;
        }
        page.end(HEAD)?;
        let rows = u32::try_from(outline.rows).unwrap_or(u32::MAX);
        page.sheet.autofilter(HEAD, 0, HEAD.saturating_add(rows), last)?;
        page.sheet.set_freeze_panes(HEAD + 1, outline.frozen)?;
        page.sheet
            .set_landscape()
            .set_paper_size(A4)
            .set_print_fit_to_pages(outline.wide, 0)
            .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
            .set_footer("&L&A&RСтраница &P из &N");
        page.sheet.set_repeat_rows(HEAD, HEAD)?;
        if outline.wide > 1 {
            page.sheet.set_repeat_columns(0, outline.frozen.saturating_sub(1))?;
        }
        Ok(page)
    }

    /// Always text, also where it looks like a formula, a number or a link, and also once somebody has edited the cell.
    pub(super) fn text(&mut self, row: u32, column: u16, text: &str, format: &Format) -> Result<(), WorkbookError> {
        let text = plain(text, CELL);
        let width = self.widths.get(usize::from(column)).copied().unwrap_or(10.0);
        self.lines = self.lines.max(lines(&text, width));
        let quoted = text.starts_with(['=', '+', '-', '@', '\t']).then(|| format.clone().set_quote_prefix());
        self.sheet.write_string_with_format(row, column, text, quoted.as_ref().unwrap_or(format)).map(|_| ())
    }

    pub(super) fn number(
        &mut self,
        row: u32,
        column: u16,
        number: impl Into<f64>,
        format: &Format,
    ) -> Result<(), WorkbookError> {
        self.sheet.write_number_with_format(row, column, number.into(), format).map(|_| ())
    }

    pub(super) fn date(&mut self, row: u32, column: u16, date: Date) -> Result<(), WorkbookError> {
        self.sheet.write_datetime_with_format(row, column, day(date)?, &self.formats.date).map(|_| ())
    }

    /// An instant on the clock of the campaign's zone, to the minute.
    pub(super) fn time(&mut self, row: u32, column: u16, instant: Timestamp) -> Result<(), WorkbookError> {
        let local = instant.to_zoned_datetime(self.zone.clone());
        let (hour, minute) = (local.hour().unsigned_abs(), local.minute().unsigned_abs());
        let time = day(local.date())?.and_hms(hour.into(), minute, 0)?;
        self.sheet.write_datetime_with_format(row, column, time, &self.formats.time).map(|_| ())
    }

    pub(super) fn note(&mut self, row: u32, column: u16, text: &str) -> Result<(), WorkbookError> {
        let text = plain(text, NOTE);
        // A note is as high as it is told to be.
        let high = u32::try_from(lines(&text, 32.0)).unwrap_or(u32::MAX).clamp(3, 20) * 19;
        let note = Note::new(text).set_author("svodka").add_author_prefix(false).set_width(250).set_height(high);
        self.sheet.insert_note(row, column, &note).map(|_| ())
    }

    /// Makes the row as high as its fullest cell needs: not every program works that out for itself.
    pub(super) fn end(&mut self, row: u32) -> Result<(), WorkbookError> {
        let lines = u32::try_from(std::mem::take(&mut self.lines).max(1)).unwrap_or(u32::MAX);
        self.sheet.set_row_height(row, f64::from(lines).mul_add(LINE, 3.0).min(HIGHEST)).map(|_| ())
    }
}

fn day(date: Date) -> Result<ExcelDateTime, WorkbookError> {
    ExcelDateTime::from_ymd(date.year().unsigned_abs(), date.month().unsigned_abs(), date.day().unsigned_abs())
}

/// What a file can hold of a text: at most so many UTF-16 units, with a mark where something is left out.
fn plain(text: &str, most: usize) -> String {
    let text = printable(text);
    if text.len() <= most || text.encode_utf16().count() <= most {
        return text;
    }
    let mut units = CUT.encode_utf16().count();
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= most
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    cut.push_str(CUT);
    cut
}

/// How many lines a text takes in a column of this width. Lines break between words; Cyrillic letters of our font are
/// a fifth narrower than the digits that widths are counted in, of which half is believed.
pub(super) fn lines(text: &str, width: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a width is between 1 and 255")]
    let room = (width * 1.1).max(1.0) as usize;
    let broken = |line: &str| {
        let (mut lines, mut used) = (1, 0);
        for word in line.split([' ', '\t']) {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > room {
                lines += 1;
                used = 0;
            }
            used += length + usize::from(used > 0);
            lines += used.saturating_sub(1) / room;
            used = if used > room { (used - 1) % room + 1 } else { used };
        }
        lines
    };
    text.split('\n').map(broken).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_as_many_lines_as_its_words_need() {
        for (text, width, expected) in [
            ("", 20.0, 1),
            ("одна строка", 20.0, 1),
            ("первая строка, вторая строка", 20.0, 2),
            ("две\nстроки", 20.0, 2),
            ("а\n\nв", 20.0, 3),
            ("слово", 1.0, 5),
            ("достопримечательность", 9.1, 3),
        ] {
            assert_eq!(lines(text, width), expected, "{text:?}");
        }
    }

    #[test]
    fn what_a_cell_cannot_hold_is_cut_with_a_mark() {
        let exact = "я".repeat(CELL);
        assert_eq!(plain(&exact, CELL), exact);
        for long in ["я".repeat(CELL + 1), "😀".repeat(CELL)] {
            let cut = plain(&long, CELL);
            assert!(cut.ends_with(CUT) && cut.encode_utf16().count() <= CELL);
            assert!(cut.encode_utf16().count() >= CELL - 1, "nothing more is lost than must be");
        }
    }
}
