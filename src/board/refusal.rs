//! What is refused, in words that say what to do next. A refusal travels in the response's extensions; [`super::finish`]
//! makes a page of it.

use axum::{
    Extension,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{discreet::discreet, store::StoreError};

/// A form that was not taken, so that nobody has to type it again.
#[derive(Debug, Clone)]
pub(super) struct Again {
    /// Where it was sent.
    pub(super) action: String,
    /// What was typed, without the token.
    pub(super) fields: Vec<(String, String)>,
    /// The token with which it is taken now; empty where one has to sign in before.
    pub(super) csrf: String,
}

/// Something that is refused.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) title: &'static str,
    pub(super) text: String,
    /// Where to go on, and how that is called.
    pub(super) link: Option<(String, &'static str)>,
    /// Whether that is best done in another window.
    pub(super) beside: bool,
    pub(super) again: Option<Box<Again>>,
}

const HOME: &str = "/";
const TO_BOARD: &str = "К своду";
const SIGN_IN: &str = "/sign-in";
const ASK_AGAIN: &str = "Запросить новую ссылку";

impl Refusal {
    /// `text` is a whole sentence that says what to do next.
    pub(crate) fn new(status: StatusCode, title: &'static str, text: impl Into<String>) -> Self {
        let link = Some((HOME.to_owned(), TO_BOARD));
        Self { status, title, text: text.into(), link, beside: false, again: None }
    }

    fn linking(self, to: impl Into<String>, words: &'static str) -> Self {
        Self { link: Some((to.into(), words)), ..self }
    }

    /// There is nothing there.
    pub(crate) fn not_found() -> Self {
        let text = "Возможно, адрес набран с ошибкой или запись удалена. Откройте свод и найдите нужное оттуда.";
        Self::new(StatusCode::NOT_FOUND, "Страница не найдена", text)
    }

    /// Not for his role.
    pub(crate) fn forbidden() -> Self {
        let text = "Ваших прав для этого недостаточно. Если они нужны Вам для работы, обратитесь к специалисту, который \
                    обслуживает программу.";
        Self::new(StatusCode::FORBIDDEN, "Действие недоступно", text)
    }

    /// What was sent is no form of ours.
    pub(crate) fn bad_form() -> Self {
        let text = "Форма пришла не полностью или повреждена; ничего не изменено. Вернитесь на предыдущую страницу, обновите \
                    её и повторите.";
        Self::new(StatusCode::BAD_REQUEST, "Форма не принята", text)
    }

    pub(super) fn too_large() -> Self {
        let text = "Отправлено больше, чем программа может принять; ничего не изменено. Сократите текст или выберите файл \
                    меньшего размера (до 50 МБ) и повторите.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Слишком большой объём", text)
    }

    pub(super) fn too_slow() -> Self {
        let text = "Запрос не удалось выполнить за отведённое время. Проверьте, сохранено ли изменение, и при необходимости \
                    повторите.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "Время ожидания истекло", text)
    }

    pub(super) fn too_often() -> Self {
        let text = "С Вашего компьютера или из Вашей сети поступило слишком много запросов. Подождите десять минут и повторите.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Слишком много запросов", text).linking(SIGN_IN, "К странице входа")
    }

    /// Too many browsers are told of changes already.
    pub(super) fn too_many_listeners() -> Self {
        let text = "Страница открыта, но сама обновляться не будет. Обновляйте её в браузере.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Слишком много открытых страниц", text)
    }

    /// Something has failed here; it is logged by whoever makes this.
    pub(crate) fn failed(error: &anyhow::Error) -> Self {
        tracing::error!("a page of the board failed: {}", discreet(error));
        let text = "На стороне программы произошла ошибка, она записана в её журнал. Повторите через несколько минут; если \
                    ошибка повторится, сообщите специалисту, который обслуживает программу.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Не удалось выполнить", text)
    }

    /// It was asked for under a name that is not ours (DNS rebinding).
    pub(super) fn wrong_host(base: &str) -> Self {
        let text = "Программа открыта по адресу, который ей не принадлежит. Откройте её по ссылке ниже.";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "Неверный адрес", text).linking(base, "Открыть сводку")
    }

    /// Another site has sent it.
    pub(super) fn foreign() -> Self {
        let text = "Запрос пришёл с другого сайта, поэтому он не выполнен и ничего не изменено. Откройте нужную страницу \
                    программы сами и повторите действие на ней.";
        Self::new(StatusCode::FORBIDDEN, "Запрос отклонён", text)
    }

    /// The form bears no token, or that of an earlier session.
    pub(super) fn stale(again: Option<Box<Again>>) -> Self {
        let text = match again {
            Some(_) => {
                "Страница устарела, поэтому отправка ещё не выполнена. Введённое сохранено: если всё верно, отправьте ещё раз."
            }
            None => "Страница устарела; ничего не изменено. Вернитесь на предыдущую страницу, обновите её и повторите.",
        };
        Self { again, ..Self::new(StatusCode::FORBIDDEN, "Подтвердите отправку", text) }
    }

    /// Whoever sends this has been signed out meanwhile.
    pub(super) fn signed_out(next: &str, again: Option<Box<Again>>) -> Self {
        let text = match again {
            Some(_) => {
                "Пока страница была открыта, время работы истекло; ничего не изменено, введённое сохранено на этой \
                        странице. Войдите в новой вкладке, затем вернитесь сюда и отправьте ещё раз."
            }
            None => {
                "Пока страница была открыта, время работы истекло; ничего не изменено. Войдите и повторите действие."
            }
        };
        let beside = again.is_some();
        let refusal =
            Self { beside, again, ..Self::new(StatusCode::UNAUTHORIZED, "Нужно войти ещё раз", text) };
        refusal.linking(next, "Войти")
    }

    pub(super) fn link_used() -> Self {
        let text = "По этой ссылке уже входили, а действует она один раз. Если вошли не Вы, сообщите специалисту, который \
                    обслуживает программу.";
        Self::new(StatusCode::GONE, "Ссылка уже использована", text).linking(SIGN_IN, ASK_AGAIN)
    }

    pub(super) fn link_expired() -> Self {
        let text = "Срок действия ссылки истёк. Запросите новую: она придёт на почту сразу.";
        Self::new(StatusCode::GONE, "Ссылка больше не действует", text).linking(SIGN_IN, ASK_AGAIN)
    }

    pub(super) fn link_unknown() -> Self {
        let text = "Такой ссылки нет. Возможно, она скопирована не полностью: откройте её прямо из письма или запросите новую.";
        Self::new(StatusCode::NOT_FOUND, "Ссылка не найдена", text).linking(SIGN_IN, ASK_AGAIN)
    }

    pub(super) fn link_of_another_browser() -> Self {
        let text = "Ссылка действует только в том браузере, в котором её запросили. Откройте её в нём (скопируйте адрес из \
                    письма) или запросите новую здесь.";
        Self::new(StatusCode::FORBIDDEN, "Ссылка открыта в другом браузере", text).linking(SIGN_IN, ASK_AGAIN)
    }

    /// The link is good, but its address has been taken off the lists.
    pub(super) fn nobody_now() -> Self {
        let text = "Адреса, на который отправлена ссылка, больше нет в списке сотрудников. Обратитесь к специалисту, который \
                    обслуживает программу.";
        Self::new(StatusCode::FORBIDDEN, "Вход невозможен", text).linking(SIGN_IN, "К странице входа")
    }

    /// What a status says that has no words of its own.
    pub(super) fn of_status(status: StatusCode) -> Self {
        let refusal = match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Self::not_found(),
            StatusCode::FORBIDDEN => Self::forbidden(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            status if status.is_client_error() => Self::bad_form(),
            status => Self::failed(&anyhow::anyhow!("a response of {status} without words")),
        };
        Self { status, ..refusal }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::failed(&error.into())
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self::failed(&error)
    }
}

impl From<tower_sessions::session::Error> for Refusal {
    fn from(error: tower_sessions::session::Error) -> Self {
        Self::failed(&anyhow::Error::new(error).context("the session cannot be read or kept"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Extension(self)).into_response()
    }
}
