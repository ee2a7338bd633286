//! Names that a campaign gives to its things. Parsed once, so that no later stage handles a raw string.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The text is no identifier: one to 64 of `a`–`z`, `0`–`9`, `-` and `_`, beginning with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no identifier: use 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or a digit")]
pub struct InvalidId(String);

/// What an identifier looks like, for editors; [`check`] is the rule.
pub(super) const PATTERN: &str = "^[a-z0-9][a-z0-9_-]{0,63}$";

pub(super) fn check(text: &str) -> Result<(), InvalidId> {
    let sound = text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    if sound { Ok(()) } else { Err(InvalidId(text.chars().take(80).collect())) }
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(extend("pattern" = PATTERN))]
        pub struct $name(String);

        impl $name {
            /// The identifier as it is written in the campaign file.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// A campaign: one letter of the committee, for example `500plus-2022`.
    CampaignId
}
identifier! {
    /// A school of the campaign's schedule, for example `kirishi-3`.
    SchoolId
}
identifier! {
    /// A field of the form, for example `partner_count`.
    FieldId
}
identifier! {
    /// Something that a school owes, for example `draft`.
    RequirementId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_short_lower_case_ascii() {
        assert!("kirishi-3".parse::<SchoolId>().is_ok());
        assert!("500plus-2022".parse::<CampaignId>().is_ok());
        for wrong in ["", "-a", "Кириши", "a b", "../x", "A", &"a".repeat(65)] {
            assert!(wrong.parse::<SchoolId>().is_err(), "{wrong:?}");
        }
    }
}
