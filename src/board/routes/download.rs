//! What is downloaded. Whatever strangers have sent leaves as bytes that no browser shows or runs.

use std::sync::Arc;

use anyhow::Context as _;
use axum::{
    extract::{Path, State},
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    super::{refusal::Refusal, state::Board, views, visitor::Visitor},
    desk::Desk,
};
use crate::{
    office::summary_where,
    reply::russian::file_stem,
    report::{self, Summary},
    store::MessageRow,
};

/// What stands for itself in an extended value (attr-char, RFC 8187 §3.2.1); all else is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

const BYTES: &str = "application/octet-stream";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// The longest name of a file of ours, in characters.
const NAME: usize = 60;

/// Bytes to be saved under a name (RFC 6266), never to be shown.
fn saved(name: &str, kind: &'static str, bytes: Vec<u8>) -> Result<Response, Refusal> {
    let name = utf8_percent_encode(name, ENCODED);
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"))
        .context("the name of a download does not fit into a header")?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, disposition),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    Ok((headers, bytes).into_response())
}

/// A report of what the visitor may see, made now.
async fn report(
    board: &Board,
    visitor: &Visitor,
    ending: &str,
    kind: &'static str,
    made: impl FnOnce(&Summary<'_>) -> anyhow::Result<Vec<u8>>,
) -> Result<Response, Refusal> {
    let desk = Desk::of(board, visitor).await?;
    desk.show(views::Page::Report)?;
    let campaign = &desk.rules.campaign;
    let whole = summary_where(desk.store(), campaign, desk.now, board.office.holds()).await?;
    let summary = desk.sight.of(&whole);
    let day = campaign.day_of(desk.now);
    let name = format!("{}_{day}.{ending}", file_stem(&campaign.title, NAME));
    saved(&name, kind, made(&summary)?)
}

pub(super) async fn table(State(board): State<Arc<Board>>, visitor: Visitor) -> Result<Response, Refusal> {
    report(&board, &visitor, "xlsx", XLSX, |summary| Ok(report::xlsx(summary)?)).await
}

pub(super) async fn digest(State(board): State<Arc<Board>>, visitor: Visitor) -> Result<Response, Refusal> {
    report(&board, &visitor, "docx", DOCX, |summary| Ok(report::docx(summary)?)).await
}

pub(super) async fn original(
    State(board): State<Arc<Board>>,
    Path(row): Path<MessageRow>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &visitor).await?;
    let look = desk.store().message(row).await?.ok_or_else(Refusal::not_found)?;
    desk.show(views::Page::Message(&look))?;
    saved(&format!("письмо_{row}.eml"), BYTES, desk.store().raw(&look.sha256).await?)
}

pub(super) async fn file(
    State(board): State<Arc<Board>>,
    Path((row, file)): Path<(MessageRow, usize)>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &visitor).await?;
    let look = desk.store().message(row).await?.ok_or_else(Refusal::not_found)?;
    desk.show(views::Page::Message(&look))?;
    let files = look.reading.as_ref().map(|reading| reading.files.as_slice()).unwrap_or_default();
    let file = files.get(file).ok_or_else(Refusal::not_found)?;
    saved(&views::file_name(file.name.as_deref()), BYTES, desk.store().raw(&file.sha256).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a browser would save it under.
    fn header(name: &str) -> String {
        let response = saved(name, BYTES, Vec::new()).unwrap();
        response.headers()[CONTENT_DISPOSITION].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_name_cannot_leave_its_place_in_the_header() {
        assert_eq!(header("a b.docx"), "attachment; filename*=UTF-8''a%20b.docx");
        assert_eq!(header("анкета.docx"), "attachment; filename*=UTF-8''%D0%B0%D0%BD%D0%BA%D0%B5%D1%82%D0%B0.docx");
        for hostile in ["a\r\nSet-Cookie: x=1", "\";filename=evil.exe;\"", "'%0d%0a*", "x;y=z", "\u{202e}cod.exe\0"] {
            let header = header(hostile);
            let name = header.strip_prefix("attachment; filename*=UTF-8''").unwrap();
            assert!(!name.contains(['\r', '\n', '"', ';', '\'', '*', ' ', '=', '/']), "{header}");
        }
    }

    #[test]
    fn what_is_saved_is_neither_shown_nor_run() {
        let response = saved("page.html", BYTES, b"<script>".to_vec()).unwrap();
        assert_eq!(response.headers()[CONTENT_TYPE], BYTES);
        assert_eq!(response.headers()[CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
    }
}
