//! What the operator sets: a file (TOML), and over it the environment (`DUIXIAN_LISTEN` for `listen`). Anything unknown is
//! refused by name, so that a slip of the pen is not silently the default.

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The settings of the service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Folder of the database (where it is SQLite) and of uploaded files.
    pub data: PathBuf,
    /// Address of a database; none: `duixian.db` in the folder.
    pub database: Option<String>,
    /// Whether the service stands behind HTTPS: cookies then travel no other way.
    pub https: bool,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    pub session_hours: u32,
    /// Failures in a row after which an account is locked for a while.
    pub lock_after: u32,
    /// Minutes for which it is locked.
    pub lock_minutes: u32,
    /// Requests a minute for each person, or each address where nobody is signed in.
    pub requests_a_minute: u32,
    /// Largest body of a request, in bytes; uploads come in parts of at most this.
    pub body_bytes_max: usize,
    /// Seconds a request may take to arrive.
    pub arrive_seconds: u64,
    /// Whether other systems that are told of acts may be at private addresses, this machine's among them.
    pub webhook_private: bool,
    /// A file (PEM) of certificate authorities that are trusted for such systems beside those of this machine.
    pub webhook_ca: Option<PathBuf>,
    /// Files that all people of one enterprise may keep here together, those on their way included.
    pub organisation_files_max: u32,
    /// Their bytes.
    pub organisation_bytes_max: u64,
    /// Files that one person may keep here, those on their way included.
    pub person_files_max: u32,
    /// Their bytes.
    pub person_bytes_max: u64,
    /// Whether this is a demonstration: pages and documents say so.
    pub demo: bool,
    /// A font for PDF, or the folder of it; none: those of the system.
    pub font_path: Option<PathBuf>,
    /// Folder of the office's own templates of documents; none: those that come with the program.
    pub templates_dir: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("data"),
            database: None,
            https: false,
            idle_minutes: 30,
            session_hours: 12,
            lock_after: 5,
            lock_minutes: 15,
            requests_a_minute: 600,
            body_bytes_max: 8 << 20,
            arrive_seconds: 30,
            webhook_private: false,
            webhook_ca: None,
            organisation_files_max: 5000,
            organisation_bytes_max: 10 << 30,
            person_files_max: 20_000,
            person_bytes_max: 40 << 30,
            demo: false,
            font_path: None,
            templates_dir: None,
        }
    }
}

/// Why settings are refused: where, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct ConfigError {
    /// File and line, or the variable.
    pub place: String,
    /// What is wrong.
    pub why: String,
}

/// Names of the settings, as they stand in the file.
const NAMES: &[&str] = &[
    "listen",
    "data",
    "database",
    "https",
    "idle_minutes",
    "session_hours",
    "lock_after",
    "lock_minutes",
    "requests_a_minute",
    "body_bytes_max",
    "arrive_seconds",
    "webhook_private",
    "webhook_ca",
    "organisation_files_max",
    "organisation_bytes_max",
    "person_files_max",
    "person_bytes_max",
    "demo",
    "font_path",
    "templates_dir",
];

/// What the variables of the environment that set something begin with.
pub const PREFIX: &str = "DUIXIAN_";

impl Config {
    /// Reads the text of a file named `name`, and then variables of the environment.
    ///
    /// Errors: not TOML, an unknown setting, a value of the wrong kind or out of range; each with its place.
    pub fn read(name: &str, text: &str, environment: &[(String, String)]) -> Result<Self, ConfigError> {
        let in_file = |error: toml::de::Error| {
            let line = error.span().map_or(1, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
            ConfigError { place: format!("{name}:{line}"), why: format!("{}; known settings: {}", error.message(), NAMES.join(", ")) }
        };
        let mut table: toml::Table = toml::from_str(text).map_err(in_file)?;
        toml::from_str::<Self>(text).map_err(in_file)?;
        for (variable, value) in environment {
            let Some(setting) = variable.strip_prefix(PREFIX).map(str::to_ascii_lowercase) else { continue };
            if !NAMES.contains(&setting.as_str()) {
                continue;
            }
            // As it would stand in the file: a number or a yes/no, and text otherwise.
            let value = value.parse::<toml::Value>().ok().filter(|v| v.is_integer() || v.is_bool()).unwrap_or_else(|| value.clone().into());
            let mut alone = toml::Table::new();
            alone.insert(setting.clone(), value.clone());
            alone.try_into::<Self>().map_err(|error| ConfigError { place: variable.clone(), why: error.message().to_owned() })?;
            table.insert(setting, value);
        }
        let config: Self = table.try_into().map_err(|error: toml::de::Error| ConfigError { place: name.to_owned(), why: error.message().to_owned() })?;
        config.check(name)?;
        Ok(config)
    }

    fn check(&self, name: &str) -> Result<(), ConfigError> {
        let limits = [
            ("idle_minutes", u64::from(self.idle_minutes), 1, 24 * 60),
            ("session_hours", u64::from(self.session_hours), 1, 24 * 7),
            ("lock_after", u64::from(self.lock_after), 1, 100),
            ("lock_minutes", u64::from(self.lock_minutes), 1, 24 * 60),
            ("requests_a_minute", u64::from(self.requests_a_minute), 1, 1_000_000),
            ("body_bytes_max", self.body_bytes_max as u64, 4096, 64 << 20),
            ("arrive_seconds", self.arrive_seconds, 1, 600),
            ("organisation_files_max", u64::from(self.organisation_files_max), 1, 10_000_000),
            ("organisation_bytes_max", self.organisation_bytes_max, 1, 1 << 50),
            ("person_files_max", u64::from(self.person_files_max), 1, 10_000_000),
            ("person_bytes_max", self.person_bytes_max, 1, 1 << 50),
        ];
        match limits.iter().find(|(_, value, least, most)| !(least..=most).contains(&value)) {
            Some((setting, value, least, most)) => {
                Err(ConfigError { place: name.to_owned(), why: format!("{setting} is {value}; it must be from {least} to {most}") })
            }
            None => Ok(()),
        }
    }

    /// Address of the database.
    #[must_use]
    pub fn database_url(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}?mode=rwc", self.data.join("duixian.db").display()))
    }
}
