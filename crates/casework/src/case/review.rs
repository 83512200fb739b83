//! What the review of a case brings: corrections, opinions, checks, minutes.

use serde::{Deserialize, Serialize};

/// Everything the review brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {}
