//! A decision about a case, or once more about documents that count already.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, Query, State},
    response::Response,
};
use minijinja::{Value, context};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    super::{
        super::{
            page::{Flash, Page, tell},
            refusal::Refusal,
            state::Board,
            views,
            visitor::Visitor,
        },
        desk::Desk,
    },
    failed,
};
use crate::{
    digest::Sha256,
    office::{About, Act, ActError, Offers, Settled},
};

const DECIDED: &str = "Ничего не изменено: об этом уже решено. Ниже – что именно.";
const CHANGED: &str = "Ничего не изменено: пока Вы читали, от школы пришло новое письмо или решение изменилось. Проверьте ещё раз, \
                       что последует.";

/// What is wanted, as a form says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    act: String,
    school: String,
    name: String,
    district: String,
    date: String,
    learn_address: Option<String>,
    learn_spelling: Option<String>,
    seen: String,
}

impl Wanted {
    /// As an act; an error where a school that joins has no day.
    fn act(&self) -> Result<Act, Refusal> {
        match self.act.as_str() {
            "school" => Ok(Act::School {
                school: self.school.parse().map_err(|_| Refusal::bad_form())?,
                learn_address: self.learn_address.is_some(),
                learn_spelling: self.learn_spelling.is_some(),
            }),
            "joins" => Ok(Act::Joins {
                name: self.name.trim().to_owned(),
                district: self.district.trim().to_owned(),
                date: self.date.parse().ok(),
            }),
            "nothing" => Ok(Act::Nothing),
            "ask" => Ok(Act::Ask),
            _ => Err(Refusal::bad_form()),
        }
    }
}

pub(super) async fn ask_case(
    State(board): State<Arc<Board>>,
    Path(number): Path<i64>,
    Query(wanted): Query<Wanted>,
    session: Session,
    page: Page,
) -> Result<Response, Refusal> {
    ask(&board, About::Review(number), &wanted, &session, page).await
}

pub(super) async fn ask_submission(
    State(board): State<Arc<Board>>,
    Path(row): Path<i64>,
    Query(wanted): Query<Wanted>,
    session: Session,
    page: Page,
) -> Result<Response, Refusal> {
    ask(&board, About::Submission(row), &wanted, &session, page).await
}

pub(super) async fn do_case(
    State(board): State<Arc<Board>>,
    Path(number): Path<i64>,
    session: Session,
    page: Page,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Refusal> {
    act(&board, About::Review(number), &wanted, &session, page).await
}

pub(super) async fn do_submission(
    State(board): State<Arc<Board>>,
    Path(row): Path<i64>,
    session: Session,
    page: Page,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Refusal> {
    act(&board, About::Submission(row), &wanted, &session, page).await
}

/// Says what will follow, and asks.
async fn ask(board: &Board, about: About, wanted: &Wanted, session: &Session, page: Page) -> Result<Response, Refusal> {
    let desk = Desk::of(board, &page.visitor).await?;
    desk.show(views::Page::Reviews)?;
    let case = board.office.case(about).await.map_err(failed)?.ok_or_else(Refusal::not_found)?;
    if !case.is_open() {
        return tell(session, &Flash::wrong(DECIDED), &views::place(about, case.stored.id).1).await;
    }
    let act = wanted.act()?;
    let prospect = board.office.prospect(&case, &act).await;
    // Whether something is learnt is chosen on this page, so that it is asked about before it is.
    let offers = match &act {
        Act::School { school, .. } => board.office.offers(&case, school),
        _ => Offers::default(),
    };
    if let Err(error @ (ActError::Store(_) | ActError::Jail(_))) = prospect {
        return Err(failed(error));
    }
    let view = views::settle(&desk.frame(), about, &case, &act, prospect.as_ref(), offers);
    page.at("reviews").render("settle.html.j2", context! { settle => Value::from_serialize(&view) })
}

/// Does it.
async fn act(board: &Board, about: About, wanted: &Wanted, session: &Session, page: Page) -> Result<Response, Refusal> {
    let visitor: &Visitor = &page.visitor;
    if !visitor.may_act() {
        return Err(Refusal::forbidden());
    }
    let act = wanted.act()?;
    let case = board.office.case(about).await.map_err(failed)?.ok_or_else(Refusal::not_found)?;
    let seen: Sha256 = wanted.seen.parse().map_err(|_| Refusal::bad_form())?;
    let desk = Desk::of(board, visitor).await?;
    let (again, back) = views::place(about, case.stored.id);
    match board.office.settle(about, &act, Some(&seen), visitor.account).await {
        Ok(Settled::Done { letters, until, .. }) => {
            tell(session, &Flash::done(views::done(&desk.frame(), &act, letters, until)), &back).await
        }
        Ok(Settled::Decided) => tell(session, &Flash::wrong(DECIDED), &back).await,
        Ok(Settled::Changed) => {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("act", &wanted.act)
                .append_pair("school", &wanted.school)
                .append_pair("name", &wanted.name)
                .append_pair("district", &wanted.district)
                .append_pair("date", &wanted.date)
                .finish();
            tell(session, &Flash::wrong(CHANGED), &format!("{again}?{query}")).await
        }
        Err(error @ (ActError::Store(_) | ActError::Jail(_) | ActError::School(_))) => Err(failed(error)),
        // What is wrong with it is said on the page on which it was asked about.
        Err(_) => ask(board, about, wanted, session, page).await,
    }
}
