//! The summary as a workbook: «Состояние», «Ответы», «История». Text of schools is always written as text.

mod answers;
mod history;
mod page;
mod status;

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook};

use super::{Status, Summary};
use crate::reply::russian::one_line;

/// Why there is no workbook.
pub type WorkbookError = rust_xlsxwriter::XlsxError;

/// The same letters as in the committee's papers; wherever they are missing others of the same width are at hand.
const FONT: &str = "Times New Roman";

struct Formats {
    title: Format,
    note: Format,
    head: Format,
    text: Format,
    date: Format,
    time: Format,
    number: Format,
    /// Of rows below the table.
    total: Format,
    total_number: Format,
    average: Format,
    /// No form has come: there is nothing to be seen.
    absent: Format,
    missing: Format,
    invalid: Format,
}

impl Formats {
    fn new() -> Self {
        let font = Format::new().set_font_name(FONT).set_font_size(11);
        let text = font.clone().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
        let centred = text.clone().set_align(FormatAlign::Center);
        let total = text.clone().set_bold().set_background_color(Color::RGB(0xF2_F2F2));
        let total_number = total.clone().set_align(FormatAlign::Center);
        Self {
            title: font.clone().set_bold().set_font_size(14),
            note: font.set_italic(),
            head: centred
                .clone()
                .set_bold()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0xE7_EBEF)),
            date: centred.clone().set_num_format("dd.mm.yyyy"),
            time: centred.clone().set_num_format("dd.mm.yyyy hh:mm"),
            number: centred,
            average: total_number.clone().set_num_format("0.00"),
            absent: text.clone().set_background_color(Color::RGB(0xEE_EEEE)),
            missing: text.clone().set_italic().set_background_color(Color::RGB(0xFB_E0DD)),
            invalid: text.clone().set_background_color(Color::RGB(0xFF_F2CC)),
            text,
            total,
            total_number,
        }
    }

    /// Light grounds and dark bold words: told apart in colour, read in black and white.
    fn of(&self, status: Status) -> Format {
        let (ground, letters) = match status {
            Status::Complete => (0xE2_F0D9, 0x17_4F2E),
            Status::Incomplete => (0xFF_F2CC, 0x6B_4200),
            Status::Nothing => (0xFB_E0DD, 0x8B_1A16),
            Status::Review => (0xEA_DDF2, 0x56_2379),
        };
        self.text.clone().set_bold().set_background_color(Color::RGB(ground)).set_font_color(Color::RGB(letters))
    }
}

/// The summary as the bytes of an XLSX workbook, the same for the same summary.
///
/// # Errors
/// The writer refuses: more rows or columns than a sheet holds.
pub fn xlsx(summary: &Summary<'_>) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_timestamp(summary.as_of.as_second())?;
    let properties = DocProperties::new()
        .set_title(one_line(&summary.campaign.title).chars().take(255).collect::<String>())
        .set_author("svodka")
        .set_creation_datetime(&created);
    workbook.set_properties(&properties);
    let formats = Formats::new();
    status::write(workbook.add_worksheet(), summary, &formats)?;
    answers::write(workbook.add_worksheet(), summary, &formats)?;
    history::write(workbook.add_worksheet(), summary, &formats)?;
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests;
