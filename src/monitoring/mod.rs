//! A port for whoever watches the program: `/metrics` for Prometheus, `/health` and `/ready` for whoever asks only that.
//! It tells numbers and times, and nothing about persons; it asks nobody who he is, and is for this machine alone unless
//! the configuration says otherwise. See `docs/ru/monitoring.md`.

mod metrics;
mod vital;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{
    Router,
    extract::State,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;
use prometheus_client::encoding::prometheus_text;
use tokio::{sync::Mutex, time::timeout};

use crate::{
    explain::Plain,
    http::Listener,
    office::{Office, disk},
    store::StoreError,
};

use metrics::{Snapshot, Sums};
pub use vital::{Pass, overdue};

/// So many may ask at once; more wait.
const CONNECTIONS: usize = 16;
/// How long an answer may take: whoever watches gives up soon after.
const PATIENCE: Duration = Duration::from_secs(8);

const TEXT: &str = "text/plain; charset=utf-8";

/// The port, ready to be served.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    monitor: Arc<Monitor>,
}

/// What is told there.
#[derive(Debug)]
struct Monitor {
    office: Arc<Office>,
    started: Timestamp,
    /// What has been counted of the store's events. One reads them at a time, however many ask.
    sums: Mutex<Sums>,
}

impl Server {
    /// Listens where the configuration says; none where it has no `[monitoring]`.
    ///
    /// # Errors
    /// Where it cannot listen there: the message says what to change.
    pub async fn open(office: Arc<Office>) -> anyhow::Result<Option<Self>> {
        let Some(config) = office.config.monitoring.clone() else { return Ok(None) };
        let listener = Listener::open(config.listen, CONNECTIONS).await.with_context(|| {
            Plain(format!(
                "monitoring cannot listen on {}: another program may use it; set another listen in [monitoring], or end \
                 that program",
                config.listen
            ))
        })?;
        let started = office.clock.now();
        let monitor = Arc::new(Monitor { office, started, sums: Mutex::default() });
        Ok(Some(Self { listener, monitor }))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Serves until `stop`.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        tracing::info!(address = %self.address(), "monitoring is open");
        let router = Router::new()
            .route("/metrics", get(metrics))
            .route("/health", get(health))
            .route("/ready", get(ready))
            .with_state(self.monitor);
        self.listener.serve(&router, stop, || {}).await;
    }
}

async fn metrics(State(monitor): State<Arc<Monitor>>) -> Response {
    let text = timeout(PATIENCE, monitor.text()).await;
    match text {
        Ok(Ok(text)) => said(StatusCode::OK, prometheus_text::CONTENT_TYPE, text),
        Ok(Err(_)) => said(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the figures cannot be written\n".to_owned()),
        Err(_) => said(StatusCode::SERVICE_UNAVAILABLE, TEXT, "the store does not answer\n".to_owned()),
    }
}

/// Whether the process does what it has promised: where not, it should be started anew.
async fn health(State(monitor): State<Arc<Monitor>>) -> Response {
    verdict(vital::stuck(&monitor.office))
}

/// Whether mail is answered: where not, what is awaited.
async fn ready(State(monitor): State<Arc<Monitor>>) -> Response {
    let awaited = timeout(PATIENCE, vital::awaited(&monitor.office)).await;
    verdict(awaited.unwrap_or_else(|_| vec!["the store does not answer".to_owned()]))
}

fn verdict(wrong: Vec<String>) -> Response {
    if wrong.is_empty() {
        said(StatusCode::OK, TEXT, "ok\n".to_owned())
    } else {
        said(StatusCode::SERVICE_UNAVAILABLE, TEXT, wrong.into_iter().map(|line| line + "\n").collect())
    }
}

fn said(status: StatusCode, kind: &'static str, text: String) -> Response {
    (status, [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], text).into_response()
}

impl Monitor {
    async fn text(&self) -> Result<String, std::fmt::Error> {
        let (office, now) = (&self.office, self.office.clock.now());
        let mut snapshot = Snapshot { started: self.started, disk: disk(&office.config).ok(), ..Snapshot::new(now) };
        let mut sums = self.sums.lock().await;
        // What this process knows of itself is told all the same.
        snapshot.store = self.look(&mut sums, &mut snapshot).await.is_ok();
        metrics::text(&snapshot, &sums)
    }

    async fn look(&self, sums: &mut Sums, snapshot: &mut Snapshot) -> Result<(), StoreError> {
        let store = &self.office.store;
        for mailbox in &self.office.config.mailboxes {
            let passed = store.mailbox_position(&mailbox.key()).await?.map(|(_, at)| at);
            snapshot.mailboxes.push(Pass { passed, poll: mailbox.poll });
        }
        snapshot.figures = store.figures(self.office.holds(), snapshot.now).await?;
        snapshot.incidents = store.incidents().await?.into_iter().map(|one| one.kind).collect();
        snapshot.backup = store.backups().await?.last().map(|last| last.made);
        let (last, counts) = store.count_events(sums.last).await?;
        sums.add(last, counts);
        Ok(())
    }
}
