//! `config`: the settings of the service, checked and said; for the other commands, where its data are.

use crate::cli::{ConfigArgs, ConfigCommand, PlaceArgs};
use crate::failure::{Failure, Verdict};
use portal::Config;
use portal::config::PREFIX;
use portal::identity::IdTokens;
use std::io::Write;
use std::path::Path;
use values::Lang;

/// Runs the command.
pub fn run(args: &ConfigArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let ConfigCommand::Check { file } = &args.what;
    let config = read(Some(file))?;
    identity(&config)?;
    match lang {
        Lang::Zh => writeln!(out, "配置无误：监听 {}，数据库 {}", config.listen, shown(&config.database_url()))?,
        Lang::En => writeln!(out, "the settings are right: listens on {}, database {}", config.listen, shown(&config.database_url()))?,
    }
    Ok(Verdict::Clean)
}

/// The settings of a file, or those without one, with the environment over them.
pub fn read(file: Option<&Path>) -> Result<Config, Failure> {
    let text = file.map_or(Ok(String::new()), std::fs::read_to_string).map_err(|error| Failure::unreadable(file.unwrap_or(Path::new("")), &error))?;
    let name = file.map_or_else(|| "设置".to_owned(), |file| file.display().to_string());
    let environment: Vec<(String, String)> = std::env::vars().filter(|(variable, _)| variable.starts_with(PREFIX)).collect();
    Config::read(&name, &text, &environment).map_err(|error| Failure::input(format!("配置有误：{error}"), format!("settings: {error}")))
}

/// Who else says who somebody is. Errors: the keys cannot be read or used.
pub fn identity(config: &Config) -> Result<Option<IdTokens>, Failure> {
    IdTokens::of(config).map_err(|error| Failure::input(format!("统一身份认证的密钥有误：{error}"), format!("keys of the identity provider: {error}")))
}

/// The settings of a command: its file, the environment, and what stands on the command line.
pub fn of(place: &PlaceArgs) -> Result<Config, Failure> {
    let mut config = read(place.config.as_deref())?;
    if let Some(data) = &place.data {
        config.data.clone_from(data);
    }
    if let Some(database) = &place.database {
        config.database = Some(database.clone());
    }
    Ok(config)
}

/// The address of a database without a password.
pub fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, host))) if rest.contains('@') => {
            let user = rest.split([':', '@']).next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        _ => url.to_owned(),
    }
}
