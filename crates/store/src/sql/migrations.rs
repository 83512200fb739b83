//! The steps by which an empty database becomes one of this version, in order: what both dialects have, what each adds, and
//! the views.

use super::Dialect;

impl Dialect {
    /// The migrations in order: what both have, what only this one has, and what is seen through both.
    pub(super) const fn migrations(self) -> &'static [[&'static str; 3]] {
        match self {
            Self::Sqlite => &[
                [include_str!("../../migrations/0001.sql"), include_str!("../../migrations/0001.sqlite.sql"), include_str!("../../migrations/0001.views.sql")],
                [include_str!("../../migrations/0002.sql"), "", ""],
                [include_str!("../../migrations/0003.sql"), include_str!("../../migrations/0003.sqlite.sql"), ""],
                [include_str!("../../migrations/0004.sql"), "", ""],
                [include_str!("../../migrations/0005.sql"), "", ""],
                [include_str!("../../migrations/0006.sql"), include_str!("../../migrations/0006.sqlite.sql"), ""],
                [include_str!("../../migrations/0007.sql"), "", ""],
                [include_str!("../../migrations/0008.sql"), "", ""],
            ],
            Self::Postgres => &[
                [
                    include_str!("../../migrations/0001.sql"),
                    include_str!("../../migrations/0001.postgres.sql"),
                    include_str!("../../migrations/0001.views.sql"),
                ],
                [include_str!("../../migrations/0002.sql"), "", ""],
                [include_str!("../../migrations/0003.sql"), include_str!("../../migrations/0003.postgres.sql"), ""],
                [include_str!("../../migrations/0004.sql"), "", ""],
                [include_str!("../../migrations/0005.sql"), "", ""],
                [include_str!("../../migrations/0006.sql"), include_str!("../../migrations/0006.postgres.sql"), ""],
                [include_str!("../../migrations/0007.sql"), "", ""],
                [include_str!("../../migrations/0008.sql"), "", ""],
            ],
        }
    }
}
