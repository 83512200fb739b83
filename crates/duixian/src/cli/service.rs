//! Arguments of the commands of the service: where its data are, and what is done with them.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Where the service keeps its data.
#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// File of settings (TOML)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the database and of uploaded files
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address of a database: sqlite:… or postgres:…; else duixian.db in the folder
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where the data are
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<std::net::SocketAddr>,
    /// A demonstration with made-up data, marked as such everywhere; its clock stands still
    #[arg(long)]
    pub demo: bool,
}

/// Arguments of `user`.
#[derive(Debug, Args)]
pub struct UserArgs {
    /// What to do
    #[command(subcommand)]
    pub what: UserCommand,
}

/// What `user` does.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// 设置初始密码：Give a person a first password
    Add(UserAddArgs),
}

/// Arguments of `user add`.
#[derive(Debug, Args)]
pub struct UserAddArgs {
    /// Id of the person
    pub id: String,
    /// Name, where the person is the first administrator of a new office
    #[arg(long)]
    pub name: Option<String>,
    /// Where the data are
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// What to do
    #[command(subcommand)]
    pub what: ConfigCommand,
}

/// What `config` does.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// 核对：Say what the settings are, or what is wrong with them
    Check {
        /// File of settings (TOML)
        file: PathBuf,
    },
}

/// Arguments of `migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Where the data are
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Folder to write; it must not be there
    pub folder: PathBuf,
    /// Where the data are
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Folder of the backup
    pub folder: PathBuf,
    /// Where the data are to be
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `retention`.
#[derive(Debug, Args)]
pub struct RetentionArgs {
    /// How many days it must be old; not less than 180
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u32).range(180..))]
    pub days: u32,
    /// Throw it away; without this it is only counted
    #[arg(long)]
    pub apply: bool,
    /// Where the data are
    #[command(flatten)]
    pub place: PlaceArgs,
}
