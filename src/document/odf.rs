use super::{Document, Limits, Problem};
pub(super) fn read(_: &[u8], _: &Limits) -> Result<Document, Problem> {
    Err(Problem::Unsupported)
}
