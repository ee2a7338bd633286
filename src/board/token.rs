//! Secrets that let somebody in: drawn from the system, compared in constant time, stored as their hash.

use subtle::ConstantTimeEq as _;

use crate::digest::Sha256;

/// A secret of 256 bits.
pub(super) struct Token(String);

impl Token {
    /// Draws one.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub(super) fn draw() -> anyhow::Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gives no randomness: {error}"))?;
        Ok(Self(hex::encode(bytes)))
    }

    /// As it stands in a link or a form.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// As it is stored.
pub(super) fn hash(secret: &str) -> Sha256 {
    Sha256::of(secret.as_bytes())
}

/// Whether both are the same; how long that takes tells nothing.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
