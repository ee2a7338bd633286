//! placeholder
use super::{Contents, Kind};
use crate::{campaign::Campaign, document::Document};
pub(super) struct Signs;
impl Signs {
    pub(super) fn of(_: &Campaign, _: &Document, _: Option<&str>) -> Self {
        Self
    }
    pub(super) fn speaks(&self) -> bool {
        false
    }
    pub(super) fn is_slides(&self) -> bool {
        false
    }
    pub(super) fn is_speech_beside_a_form(&self) -> bool {
        false
    }
}
pub(super) fn tell(_: &Campaign, _: &Signs, _: bool) -> Contents {
    Contents { kind: Kind::Other, forms: Vec::new(), also_draft: false, why: Vec::new() }
}
