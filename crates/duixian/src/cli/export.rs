//! Arguments of `export`: a policy in the form of another program.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use values::Date;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Into what
    #[command(subcommand)]
    pub what: ExportCommand,
}

/// What a policy is exported as.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// 数据库语句：SQL that works every clause, the groups and the pools out over a table of facts
    #[command(after_help = "Examples:\n  \
        duixian export sql policies/qianjiang --dialect postgres > qianjiang.sql     # 语句和要读的表\n  \
        duixian export sql policies/jiulongpo --dialect duckdb --table 申报 --out jiulongpo.sql\n  \
        duixian export sql policies/sample --dialect spark --year 2027 --as-of 2028-03-01 --partial\n\n\
        Every amount is what `assess` works out, to the fen. What a dialect cannot hold exactly is refused by its clause (exit code 1); \
        --partial leaves it out and says so in the head of the file.")]
    Sql(ExportSqlArgs),
}

/// Arguments of `export sql`.
#[derive(Debug, Args)]
pub struct ExportSqlArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// For which engine
    #[arg(long, value_enum)]
    pub dialect: DialectArg,
    /// The table of facts; those of lists and earlier awards begin with its name
    #[arg(long, value_name = "NAME", default_value = "facts")]
    pub table: String,
    /// Award year of all rows (default: the column `year`)
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1900..=2200))]
    pub year: Option<i32>,
    /// Day of judgement of all rows (default: the column `as_of`)
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    pub as_of: Option<Date>,
    /// Leave out what the dialect cannot hold, instead of refusing
    #[arg(long)]
    pub partial: bool,
    /// Where to (default: stdout)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// A dialect of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// PostgreSQL 14 or newer
    Postgres,
    /// DuckDB 1.1 or newer
    Duckdb,
    /// Spark SQL 3.4 or newer
    Spark,
}
