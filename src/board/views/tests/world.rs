//! A committee's office with its mails decided, without a mailbox, a jail or a server.

use jiff::{SignedDuration, Timestamp};

use super::super::{Frame, Sight};
use crate::{
    clock::Clock,
    config::{Caps, Config},
    decision,
    digest::Sha256,
    document::Limits,
    office::{Decided, Office},
    reader,
    store::{Intake, Intaken, MessageRow, Record, Store, Stored},
};

/// Noon in Moscow on 10 November 2022.
const NOON: i64 = 1_668_070_800;

const CONFIG: &str = r#"campaigns = ["campaign.toml"]
[store]
url = "sqlite://svodka.db"
files = "files"
[[mailbox]]
kind = "maildir"
path = "inbox"
address = "svodka@committee.example"
name = "Комитет общего и профессионального образования"
[smtp]
kind = "file"
path = "outbox"
[authentication]
verify = false
[replies]
mode = "hold"
"#;

pub(super) struct World {
    _folder: tempfile::TempDir,
    pub(super) office: Office,
}

impl World {
    /// Nothing has come.
    pub(super) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        std::fs::write(dir.join("svodka.toml"), CONFIG).unwrap();
        std::fs::write(dir.join("campaign.toml"), include_str!("../../../../config/campaigns/500plus-2022.toml"))
            .unwrap();
        let config = Config::load(&dir.join("svodka.toml")).unwrap();
        let store = Store::open(&config.store.url, &config.store.files).await.unwrap();
        let office = Office::open(config, store, Clock::Fixed(Timestamp::from_second(NOON).unwrap())).await.unwrap();
        Self { _folder: folder, office }
    }

    /// The sample mails have come.
    pub(super) async fn demo() -> Self {
        let world = Self::empty().await;
        let mut mails: Vec<_> =
            std::fs::read_dir("tests/fixtures/mails").unwrap().map(|entry| entry.unwrap().path()).collect();
        mails.sort();
        for path in mails.iter().filter(|path| path.extension().is_some_and(|ending| ending == "eml")) {
            world.take(&std::fs::read(path).unwrap()).await;
        }
        world
    }

    /// A mail comes and is decided, as the daemon does it.
    pub(super) async fn take(&self, raw: &[u8]) -> MessageRow {
        let office = &self.office;
        let now = office.clock.now();
        let received = reader::received(raw).unwrap_or(now);
        let cursor = Sha256::of(raw).to_string();
        let mailbox = office.config.mailboxes[0].key();
        let intake = Intake {
            mailbox: &mailbox,
            cursor: &cursor,
            raw,
            truncated: false,
            received: Some(received),
            now: received,
        };
        let Intaken::New(id) = office.store.take_in(&intake).await.unwrap() else { panic!("it has come before") };
        let (reading, contents) = reader::read_mail(raw, &office.own, &Limits::default());
        for bytes in &contents {
            office.store.put_file(bytes).await.unwrap();
        }
        let rules = office.first();
        let known = office.known(&rules, &reading).await.unwrap();
        let sha256 = Sha256::of(raw);
        let stored = Stored { id, sha256, received_at: received, mailbox, cursor, truncated: false };
        let decision = decision::decide(&rules.basis(&office.config, &stored, &known), &reading);
        let decided = Decided { rules: &rules, stored: &stored, reading: &reading, decision: &decision, seed: "" };
        let outgoing = office.outgoing(&decided).unwrap();
        let record = Record {
            message: id,
            shares: &[crate::store::Recorded {
                campaign: &rules.campaign.id,
                decision: &decision,
                outgoing: &outgoing,
            }],
            reading: &reading,
            caps: &Caps::default(),
            suppressed_until: now + SignedDuration::from_hours(24),
            now: received,
        };
        assert!(office.store.record(&record).await.unwrap());
        id
    }

    /// Does something with what a page is made with, for whoever sees so much.
    pub(super) fn frame<T>(&self, sight: &Sight, with: impl FnOnce(&Frame<'_>) -> T) -> T {
        let rules = self.office.first();
        with(&Frame { campaign: &rules.campaign, now: self.office.clock.now(), sight, held: self.office.holds() })
    }
}
