//! Arguments of the commands over many applicants, and what they share.

use super::{Plain, date};
use casework::ledger::Account;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use values::Date;

/// Arguments of `simulate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    duixian simulate policies/qianjiang --population 全区.parquet --year 2024\n  \
    duixian simulate policies/qianjiang --population 全区.csv --against 旧版/qianjiang      # 谁多得，谁少得\n  \
    duixian simulate policies/qianjiang --population 全区.csv --results 结果.parquet --format json\n  \
    duixian simulate policies/qianjiang --population 全区.parquet --report 报告.html --sweep '1.1:2000万元=1000万元..3000万元/5'\n\n\
    Columns are named as for `assess`: id, year, as_of, kind, facts by name (事实, 事实@2023), 决定@1.4, 汇率@USD, 项目@2.1, 选择@…; the file \
    (CSV in UTF-8, or Parquet) is read in pieces and may be larger than memory; XLSX is for small ones. A fact without a column is not known of anybody. \
    With a wrong line nothing is worked out (exit code 2). docs/population.md says more.")]
pub struct SimulateArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// The population: .csv, .parquet, .jsonl or .xlsx
    #[arg(long, value_name = "FILE")]
    pub population: PathBuf,
    /// Another version of the policy: who gets more or less than under it
    #[arg(long, value_name = "DIR")]
    pub against: Option<PathBuf>,
    /// Resample the population by this seed, to say how uncertain the sum is
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Award year, where the file has no column for it
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1900..=2200))]
    pub year: Option<i32>,
    /// Day of judgement, where the file has no column for it (default: 31 December of the year)
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// How to write the sums
    #[arg(long, value_enum, default_value_t = Plain::Text)]
    pub format: Plain,
    /// Write every result to this file: .csv, .parquet or .xlsx
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// Write a report to this file: one page of HTML with charts and the tables behind them, for print too
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// What a number of the rules does: CLAUSE:NUMBER=FROM..TO/VALUES, for example 1.1:2000万元=1000万元..3000万元/5
    #[arg(long, value_name = "SPEC")]
    pub sweep: Option<String>,
    /// The fact that sizes go by (default: the sum of money that most rules read of those in the file)
    #[arg(long, value_name = "FACT")]
    pub bands: Option<String>,
    /// Keep in this file how far the sums are, and go on from there where the last run was stopped
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Threads (default: as many as there are processors)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// No progress on stderr
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `population`.
#[derive(Debug, Args)]
pub struct PopulationArgs {
    /// What to do
    #[command(subcommand)]
    pub what: PopulationCommand,
}

/// What is done with populations.
#[derive(Debug, Subcommand)]
pub enum PopulationCommand {
    /// 生成：Make up a district: nothing in it is real, and nothing follows from it about a real one
    Synth(SynthArgs),
}

/// Arguments of `population synth`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  duixian population synth policies/qianjiang --rows 1000000 --seed 7 --year 2024 --out 模拟.parquet")]
pub struct SynthArgs {
    /// Folder of the policy whose facts are made up
    pub dir: PathBuf,
    /// Where to: .csv or .parquet
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Applicants
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub rows: u64,
    /// The seed: the same seed makes the same district
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Award year
    #[arg(long, value_name = "YEAR", default_value_t = 2024, value_parser = clap::value_parser!(i32).range(1900..=2200))]
    pub year: i32,
}

pub(super) fn account(text: &str) -> Result<Account, String> {
    let known = || Account::ALL.map(Account::name).join(", ");
    Account::ALL.into_iter().find(|account| account.name() == text).ok_or_else(|| format!("accounts: {}", known()))
}
