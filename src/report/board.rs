//! The table in the terminal.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};

use super::{Status, Summary, day, printed};

/// A coloured table of the schools, and the sum of the messages under it.
pub fn board(summary: &Summary<'_>, width: u16, colour: bool) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width);
    let heads = ["Школа", "Дата", "Форма", "Проект выступления", "Поля", "Состояние"];
    let head = |text| if colour { Cell::new(text).add_attribute(Attribute::Bold) } else { Cell::new(text) };
    table.set_header(heads.map(head));
    for one in &summary.schools {
        let Some(school) = summary.campaign.school(&one.school) else { continue };
        let status = Cell::new(one.status.russian());
        table.add_row([
            Cell::new(&school.name),
            Cell::new(printed(school.date)),
            Cell::new(day(summary.campaign, one.form)),
            Cell::new(day(summary.campaign, one.draft)),
            Cell::new(one.gaps(summary.campaign)),
            if colour { status.fg(colour_of(one.status)) } else { status },
        ]);
    }
    if colour {
        table.enforce_styling();
    }
    format!("{table}\n{}", summary.proof())
}

fn colour_of(status: Status) -> Color {
    match status {
        Status::Complete => Color::Green,
        Status::Incomplete => Color::Yellow,
        Status::Nothing => Color::Grey,
        Status::Review => Color::Magenta,
    }
}
