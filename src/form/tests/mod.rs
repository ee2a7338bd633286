//! Builders and tables that the tests of the forms share.

use std::sync::LazyLock;

use crate::campaign::{Campaign, Field, read};

mod judging;

/// The campaign of the letter.
pub(in crate::form) fn campaign() -> &'static Campaign {
    static CAMPAIGN: LazyLock<Campaign> = LazyLock::new(|| {
        read("500plus-2022.toml", include_str!("../../../config/campaigns/500plus-2022.toml")).unwrap()
    });
    &CAMPAIGN
}

/// A field of its form.
fn field(id: &str) -> &'static Field {
    campaign().form.fields.iter().find(|field| field.id.as_str() == id).unwrap()
}
