//! The pages for the staff: an HTTP server within the daemon, for browsers (axum). Whoever is not signed in sees how one
//! signs in, and nothing else; see `docs/board.md`.
//!
//! A request passes `finish` (headers, refusals as pages), `guard` (host, origin, time), the session, and `admit`
//! (who it is, what his role may do, the token of forms), and only then a page.

mod admit;
mod assets;
mod client;
mod events;
mod finish;
mod guard;
mod limits;
mod page;
mod place;
mod refusal;
mod router;
mod routes;
mod serve;
mod session;
mod sign_in;
mod standing;
mod state;
mod token;
mod views;
mod visitor;

pub use serve::Server;
pub use sign_in::printed_link;
