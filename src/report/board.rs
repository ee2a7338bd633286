//! The summary for the terminal.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets::UTF8_FULL};

use super::{Status, Summary};
use crate::reply::russian::{one_line, short_date, short_time};

/// A table of the schools for a terminal of `width` columns, with escape sequences only where `colour` is.
pub fn board(summary: &Summary<'_>, width: u16, colour: bool) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    if colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    let mark = |here: bool| if here { "есть" } else { "нет" };
    table.set_header(["Школа", "Дата", "Форма", "Проект", "Не хватает", "Статус"]);
    for row in &summary.schools {
        let status = Cell::new(row.status.words());
        let status = if colour { status.fg(hue(row.status)).add_attribute(Attribute::Bold) } else { status };
        table.add_row([
            Cell::new(one_line(&row.school.name)),
            Cell::new(short_date(row.school.date)),
            Cell::new(mark(row.form.is_some())),
            Cell::new(mark(row.draft.is_some())),
            Cell::new(summary.lacks(row)),
            status,
        ]);
    }
    format!(
        "{}\nПо состоянию на {}\n{table}\n{}\n",
        one_line(&summary.campaign.title),
        short_time(summary.as_of, &summary.campaign.time_zone),
        summary.messages.proof()
    )
}

fn hue(status: Status) -> Color {
    match status {
        Status::Complete => Color::Green,
        Status::Incomplete => Color::Yellow,
        Status::Nothing => Color::Red,
        Status::Review => Color::Magenta,
    }
}
