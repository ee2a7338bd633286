//! The picture of the summary: a bar a day, of who has sent everything, something and nothing, against the deadlines.

use jiff::ToSpan as _;
use plotters::{
    coord::Shift,
    prelude::*,
    style::{
        FontStyle, register_font,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::{LetterError, progress::Progress};
use crate::reply::russian::short_day;

/// Twice the size at which it is shown, in pixels: sharp on dense displays and on paper.
pub(super) const SIZE: (u32, u32) = (1216, 560);

const FONT: &[u8] = include_bytes!("font/DejaVuSansCondensed-subset.ttf");
const FAMILY: &str = "svodka";
const TEXT: i32 = 30;
/// So many deadlines are named at most.
const DEADLINES: usize = 3;
/// The height of a line of text.
const LINE: i32 = 38;

/// Blue, orange and grey differ for every eye, and in brightness too.
const COMPLETE: RGBColor = RGBColor(0x1F, 0x66, 0xA8);
const PARTIAL: RGBColor = RGBColor(0xF0, 0x9E, 0x2B);
const NOTHING: RGBColor = RGBColor(0xD8, 0xDC, 0xE0);
const INK: RGBColor = RGBColor(0x24, 0x2A, 0x30);
const FAINT: RGBColor = RGBColor(0xE9, 0xEC, 0xEF);

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

fn failed(error: impl std::fmt::Display) -> LetterError {
    LetterError::Picture(error.to_string())
}

/// The picture as PNG, the same bytes for the same progress.
pub(super) fn draw(progress: &Progress) -> Result<Vec<u8>, LetterError> {
    // Every font that a text is drawn in is ours: what the machine has makes no difference.
    register_font(FAMILY, FontStyle::Normal, FONT)
        .map_err(|_| LetterError::Picture("the font is damaged".to_owned()))?;
    let (width, height) = SIZE;
    let mut pixels = vec![0; usize::try_from(width * height * 3).map_err(failed)?];
    {
        let root = BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area();
        root.fill(&WHITE).map_err(failed)?;
        legend(&root, progress)?;
        plot(&root, progress)?;
        root.present().map_err(failed)?;
    }
    encode(&pixels)
}

fn encode(pixels: &[u8]) -> Result<Vec<u8>, LetterError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIZE.0, SIZE.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    // Most rows are those above them.
    encoder.set_filter(png::Filter::Up);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

fn words(at: HPos) -> TextStyle<'static> {
    (FAMILY, TEXT).into_font().color(&INK).pos(Pos::new(at, VPos::Center))
}

/// What the colours mean, with today's counts.
fn legend(root: &Area<'_>, progress: &Progress) -> Result<(), LetterError> {
    let Some(now) = progress.days.last() else { return Ok(()) };
    let style = words(HPos::Left);
    let mut x = 24;
    for (colour, what, count) in [
        (COMPLETE, "представили полностью", now.complete),
        (PARTIAL, "не в полном объёме", now.partial),
        (NOTHING, "не представили", now.nothing),
    ] {
        root.draw(&Rectangle::new([(x, 20), (x + 28, 48)], colour.filled())).map_err(failed)?;
        let text = format!("{what} – {count}");
        root.draw(&Text::new(text.clone(), (x + 40, 36), style.clone())).map_err(failed)?;
        let (width, _) = root.estimate_text_size(&text, &style).map_err(failed)?;
        x += 40 + i32::try_from(width).map_err(failed)? + 36;
    }
    Ok(())
}

/// The bars of the days, the deadlines across them, and the dates below.
fn plot(root: &Area<'_>, progress: &Progress) -> Result<(), LetterError> {
    let most = progress.total.max(1);
    let rows = i32::try_from(progress.deadlines.len().min(DEADLINES)).unwrap_or_default();
    let end = f64::from(progress.first.until(progress.last).map_or(0, |span| span.get_days()) + 1);
    let mut chart = ChartBuilder::on(root)
        .margin_top(64 + LINE * rows)
        .margin_right(28)
        .margin_bottom(12)
        .x_label_area_size(52)
        .y_label_area_size(72)
        .build_cartesian_2d(0.0..end, 0..most)
        .map_err(failed)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .light_line_style(TRANSPARENT)
        .bold_line_style(FAINT.stroke_width(2))
        .axis_style(INK.stroke_width(2))
        .y_labels(5)
        .label_style(words(HPos::Right))
        .draw()
        .map_err(failed)?;
    let gap = 0.12;
    for (index, day) in (0_u32..).zip(&progress.days) {
        let (left, right) = (f64::from(index) + gap, f64::from(index + 1) - gap);
        let tops = [day.complete, day.complete + day.partial, day.complete + day.partial + day.nothing];
        let mut bottom = 0;
        for (top, colour) in tops.into_iter().zip([COMPLETE, PARTIAL, NOTHING]) {
            if top > bottom {
                let bar = Rectangle::new([(left, bottom), (right, top)], colour.filled());
                chart.draw_series([bar]).map_err(failed)?;
            }
            bottom = top;
        }
    }
    chart.draw_series([PathElement::new([(0.0, 0), (end, 0)], INK.stroke_width(2))]).map_err(failed)?;
    let place = |x: f64, y: u32| chart.backend_coord(&(x, y));
    dates(root, progress, end, &place)?;
    deadlines(root, progress, most, &place)
}

/// The dates of the days, as many as there is room for; today always.
fn dates(
    root: &Area<'_>,
    progress: &Progress,
    end: f64,
    place: &impl Fn(f64, u32) -> (i32, i32),
) -> Result<(), LetterError> {
    const ROOM: f64 = 13.0;
    let every = (end / ROOM).ceil().max(1.0);
    let (mut x, mut day) = (0.0, progress.first);
    while x < end {
        let (left, bottom) = place(x + 0.5, 0);
        root.draw(&Text::new(short_day(day), (left, bottom + 28), words(HPos::Center))).map_err(failed)?;
        x += every;
        #[expect(clippy::cast_possible_truncation, reason = "a small whole number")]
        let step = (every as i32).days();
        day = day.saturating_add(step);
    }
    Ok(())
}

/// A dashed line at the end of each day that is a deadline, and what it is for.
fn deadlines(
    root: &Area<'_>,
    progress: &Progress,
    most: u32,
    place: &impl Fn(f64, u32) -> (i32, i32),
) -> Result<(), LetterError> {
    let (left_edge, _) = place(0.0, 0);
    let shown = progress.deadlines.len().min(DEADLINES);
    // The soonest stands lowest: so no line runs through the words of another one.
    for (row, (day, what)) in (0_i32..).zip(progress.deadlines.iter().take(shown)) {
        let x = f64::from(progress.first.until(*day).map_or(0, |span| span.get_days()) + 1);
        let ((x, bottom), (_, top)) = (place(x, 0), place(x, most));
        let label = top - 22 - LINE * row;
        let mut y = label + 18;
        while y < bottom {
            root.draw(&PathElement::new([(x, y), (x, (y + 10).min(bottom))], INK.stroke_width(3))).map_err(failed)?;
            y += 18;
        }
        let text = format!("{} – срок: {what}", short_day(*day));
        let style = words(HPos::Right);
        let (width, _) = root.estimate_text_size(&text, &style).map_err(failed)?;
        let width = i32::try_from(width).map_err(failed)?;
        // Beside its line, and within the picture.
        let at = (x + 8).max(left_edge + width);
        let most = i32::try_from(SIZE.0).map_err(failed)? - 12;
        root.draw(&Text::new(text, (at.min(most), label), style)).map_err(failed)?;
    }
    Ok(())
}
