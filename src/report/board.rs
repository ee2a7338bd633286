//! The summary for the terminal.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets::UTF8_FULL};

use super::{Status, Summary};
use crate::reply::russian::{one_line, short_time, some_date};

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
    let dated = summary.campaign.has_days();
    let head = ["Школа", "Дата", "Форма", "Проект", "Не хватает", "Статус"];
    table.set_header(head.into_iter().filter(|head| dated || *head != "Дата"));
    for row in &summary.schools {
        let status = Cell::new(row.status.words());
        let status = if colour { status.fg(hue(row.status)).add_attribute(Attribute::Bold) } else { status };
        let mut cells = vec![Cell::new(one_line(&row.school.name))];
        cells.extend(dated.then(|| Cell::new(some_date(row.school.date))));
        cells.extend([
            Cell::new(mark(row.form.is_some())),
            Cell::new(mark(row.draft.is_some())),
            Cell::new(summary.lacks(row)),
            status,
        ]);
        table.add_row(cells);
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
