//! How many letters have left: counted in the outbox itself, so that no restart forgets it.

use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;

use super::{StoreError, instant};
use crate::config::Caps;

const TEN_MINUTES: SignedDuration = SignedDuration::from_mins(10);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// The longest time over which letters are counted.
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What has left, or may have.
const LEFT: &str = "internal = 0 AND state IN ('leased', 'sending', 'sent', 'ambiguous')";

/// Until when a letter must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// All letters to its receiver.
    Receiver(Timestamp),
    /// All letters.
    All(Timestamp),
}

/// Whether another letter to this address may leave now, and else until when it waits.
pub(super) async fn wait(
    connection: &mut SqliteConnection,
    recipient: &str,
    caps: &Caps,
    now: Timestamp,
) -> Result<Option<Wait>, StoreError> {
    if let Some(until) = full(connection, None, caps.total_10_minutes, TEN_MINUTES, now).await? {
        return Ok(Some(Wait::All(until)));
    }
    let hour = full(connection, Some(recipient), caps.per_address_hour, HOUR, now).await?;
    let day = full(connection, Some(recipient), caps.per_address_day, DAY, now).await?;
    Ok(hour.max(day).map(Wait::Receiver))
}

/// Whether as many letters to this address have left, or wait, as may leave in an hour or a day.
pub(super) async fn crowded(
    connection: &mut SqliteConnection,
    recipient: &str,
    caps: &Caps,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let waiting: u32 =
        sqlx::query_scalar("SELECT count(*) FROM outbox WHERE recipient = $1 AND state = 'queued' AND internal = 0")
            .bind(recipient)
            .fetch_one(&mut *connection)
            .await?;
    for (cap, window) in [(caps.per_address_hour, HOUR), (caps.per_address_day, DAY)] {
        let room = cap.saturating_sub(waiting);
        if room == 0 || full(connection, Some(recipient), room, window, now).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where `cap` letters or more have left within the window: when the first of the last `cap` leaves it. What is said to have
/// left far in the future was sent before the clock was put right, while nobody watched it: it would hold up everything.
async fn full(
    connection: &mut SqliteConnection,
    recipient: Option<&str>,
    cap: u32,
    window: SignedDuration,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let from = now.saturating_sub(window).unwrap_or(Timestamp::MIN).as_microsecond();
    let to = now.saturating_add(window).unwrap_or(Timestamp::MAX).as_microsecond();
    let whose = if recipient.is_some() { "recipient = $1" } else { "$1 IS NULL" };
    let query = format!(
        "SELECT changed_at FROM outbox WHERE {whose} AND changed_at > $2 AND changed_at < $4 AND {LEFT}
         ORDER BY changed_at DESC LIMIT 1 OFFSET $3"
    );
    let first: Option<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
        .bind(recipient)
        .bind(from)
        .bind(cap.saturating_sub(1))
        .bind(to)
        .fetch_optional(connection)
        .await?;
    first.map(|at| Ok(instant(at)?.saturating_add(window).unwrap_or(Timestamp::MAX))).transpose()
}
