//! stub
use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::chain::checkpoint::LogAct;
pub(crate) async fn act(_desk: &mut Desk<'_>, act: &LogAct) -> Result<Outcome, Stop> {
    match act {
        LogAct::Checkpoint { .. } => Ok(Outcome::Done),
    }
}
