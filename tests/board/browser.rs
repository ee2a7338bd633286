//! As much of a browser as the board needs: cookies, forms, and no redirect that is not looked at.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    time::Duration,
};

use ureq::{Agent, RequestExt as _, http};

/// A browser with its cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    base: String,
    agent: Agent,
    pub(crate) cookies: BTreeMap<String, String>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The path that was asked for last.
    pub(crate) path: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
    /// The same as text.
    pub(crate) body: String,
}

impl Answer {
    /// A header field; empty where it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it sends the browser.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The token of its form.
    pub(crate) fn csrf(&self) -> String {
        self.field("csrf").unwrap_or_else(|| panic!("no form in {}", self.body))
    }

    /// The value of a field of its form.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    }
}

impl Browser {
    pub(crate) fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(60)));
        Self { base: base.to_owned(), agent: config.build().into(), cookies: BTreeMap::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub(crate) fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.sends("GET", path, headers, Vec::new())
    }

    /// Sends a form, as a page of ours would.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = self.base.clone();
        self.post_with(path, fields, &[("origin", &origin), ("sec-fetch-site", "same-origin")])
    }

    pub(crate) fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.sends("POST", path, &[&[kind], headers].concat(), body.into_bytes())
    }

    pub(crate) fn sends(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let request = self.request(method, path, headers).body(body).unwrap();
        let mut response = request.with_agent(&self.agent).run().unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match attributes.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.body_mut().read_to_vec().unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, path: path.to_owned(), headers, bytes, body }
    }

    /// Opens a stream of events; gives its lines, each as it comes. It ends when the board ends it.
    pub(crate) fn listens(&self) -> (u16, impl Iterator<Item = String> + use<>) {
        let request = self.request("GET", "/events", &[]).body(()).unwrap();
        let response = request.with_agent(&self.agent).run().unwrap();
        let status = response.status().as_u16();
        (status, BufReader::new(response.into_body().into_reader()).lines().map_while(Result::ok))
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> http::request::Builder {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    }

    /// Asks for a link.
    pub(crate) fn asks(&mut self, address: &str) -> Answer {
        let csrf = self.get("/sign-in").csrf();
        self.post("/sign-in", &[("csrf", &csrf), ("address", address)])
    }

    /// Opens a link and presses its button; gives the page that comes of it.
    pub(crate) fn follows(&mut self, link: &str) -> Answer {
        let page = self.get(link);
        assert_eq!(page.status, 200, "{}", page.body);
        let answer = self.post(link, &[("csrf", &page.csrf())]);
        if answer.status == 303 { self.get(answer.location()) } else { answer }
    }

    /// Whether somebody is signed in.
    pub(crate) fn is_signed_in(&mut self) -> bool {
        self.get("/").status == 200
    }
}
