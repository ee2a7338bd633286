//! Whether the program lives, and whether mail is answered.

use jiff::{SignedDuration, Timestamp};

use crate::office::Office;

/// A mailbox that has not been looked through for so many of its intervals, and for so long, is dead.
const MISSED: i32 = 5;
const SILENCE: SignedDuration = SignedDuration::from_mins(10);

/// The last pass over a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// When it was completed; none: never.
    pub passed: Option<Timestamp>,
    /// How often that should happen.
    pub poll: SignedDuration,
}

/// For how long a mailbox has not been looked through, where that is too long.
pub fn overdue(passed: Timestamp, poll: SignedDuration, now: Timestamp) -> Option<SignedDuration> {
    let silent = now.duration_since(passed);
    (silent > SILENCE && silent > poll.saturating_mul(MISSED)).then_some(silent)
}

/// Who has not been heard of for longer than he has promised.
pub(super) fn stuck(office: &Office) -> Vec<String> {
    office.pulse.stuck().map(|stuck| stuck.to_string()).into_iter().collect()
}

/// What is awaited before mail is answered: the store, and a pass over each mailbox that is not too old.
pub(super) async fn awaited(office: &Office) -> Vec<String> {
    let (mut awaited, now) = (Vec::new(), office.clock.now());
    if office.store.last_event_number().await.is_err() {
        return vec!["the store cannot be read".to_owned()];
    }
    for (number, mailbox) in office.pulse.mailboxes().into_iter().enumerate() {
        let poll = SignedDuration::try_from(mailbox.poll).unwrap_or_default();
        match mailbox.passed.map(|(_, at)| overdue(at, poll, now)) {
            Some(None) => {}
            Some(Some(silent)) => {
                awaited.push(format!("mailbox {number}: the last pass was completed {} s ago", silent.as_secs()));
            }
            None => awaited.push(format!("mailbox {number}: no pass has been completed since the start")),
        }
    }
    awaited
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_dead_after_five_intervals_and_ten_minutes() {
        let now: Timestamp = "2022-11-10T09:00:00Z".parse().unwrap();
        let after = |minutes, poll| {
            overdue(now - SignedDuration::from_mins(minutes), SignedDuration::from_mins(poll), now)
                .map(|silent| silent.as_secs() / 60)
        };
        assert_eq!((after(10, 1), after(11, 1)), (None, Some(11)));
        assert_eq!((after(50, 10), after(51, 10)), (None, Some(51)));
        assert_eq!(after(-60, 1), None, "a clock that was set back makes nobody dead");
    }
}
