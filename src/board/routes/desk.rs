//! What every page is made with: who looks, at which campaign, when.

use std::sync::Arc;

use axum::response::Response;
use jiff::Timestamp;

use super::super::{
    place::elsewhere,
    refusal::Refusal,
    standing::Kept,
    state::Board,
    views::{Frame, Page, Sight},
    visitor::Visitor,
};
use crate::{campaign::CampaignId, office::Rules, store::Store};

/// A desk at which a page is made.
pub(super) struct Desk<'b> {
    board: &'b Board,
    pub(super) rules: Arc<Rules>,
    pub(super) now: Timestamp,
    pub(super) sight: Sight,
}

impl<'b> Desk<'b> {
    /// For a visitor, over the campaign as it stands.
    pub(super) async fn of(board: &'b Board, visitor: &Visitor) -> Result<Self, Refusal> {
        let sight = visitor.district().map_or(Sight::All, |district| Sight::District(district.to_owned()));
        let rules = board.office.campaign(&visitor.place.rules.campaign.id).await?.ok_or_else(Refusal::not_found)?;
        Ok(Self { board, rules, now: board.now(), sight })
    }

    /// Where the same page of another campaign is, if it is that one's; `path` is the page's.
    pub(super) fn elsewhere(&self, campaign: Option<&CampaignId>, path: &str) -> Result<Option<Response>, Refusal> {
        let other = campaign.filter(|id| **id != self.rules.campaign.id);
        other.map(|id| elsewhere(self.board, id, path)).transpose()
    }

    /// What the visitor may not see is not there for him.
    pub(super) fn show(&self, page: Page<'_>) -> Result<(), Refusal> {
        if self.sight.may(&self.rules.campaign, page) { Ok(()) } else { Err(Refusal::not_found()) }
    }

    pub(super) fn frame(&self) -> Frame<'_> {
        Frame { campaign: &self.rules.campaign, now: self.now, sight: &self.sight, held: self.board.office.holds() }
    }

    pub(super) fn store(&self) -> &Store {
        &self.board.office.store
    }

    /// How the campaign stands.
    pub(super) async fn standing(&self) -> Result<Arc<Kept>, Refusal> {
        Ok(self.board.standing.now(&self.board.office, &self.rules, self.now).await?)
    }
}
