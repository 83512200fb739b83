//! What the operator sets: a file (TOML), and over it the environment (`DUIXIAN_LISTEN` for `listen`). Anything unknown is
//! refused by name, so that a slip of the pen is not silently the default.

use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The settings, each with its default; their names are those of the fields.
macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $ty:ty = $default:expr,)*) => {
        /// The settings of the service.
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Config { $($(#[$doc])* pub $name: $ty,)* }

        impl Default for Config {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Config {
            /// Names of the settings, as they stand in the file.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];
        }
    };
}

settings! {
    /// Address to listen on.
    listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)),
    /// Folder of the database (where it is SQLite) and of uploaded files.
    data: PathBuf = PathBuf::from("data"),
    /// Address of a database; none: `duixian.db` in the folder.
    database: Option<String> = None,
    /// Whether the service stands behind HTTPS: cookies then travel no other way.
    https: bool = false,
    /// Address of the reverse proxy: what comes from there is counted by the client that it names (`X-Forwarded-For`); none: no such.
    proxy: Option<IpAddr> = None,
    /// Minutes without a request after which a session ends.
    idle_minutes: u32 = 30,
    /// Hours after which a session ends in any case.
    session_hours: u32 = 12,
    /// Failures in a row after which an account is locked for a while.
    lock_after: u32 = 5,
    /// Minutes for which it is locked.
    lock_minutes: u32 = 15,
    /// Requests a minute for each person, or each address where nobody is signed in.
    requests_a_minute: u32 = 600,
    /// Connections at once; who comes beyond it waits.
    connections_max: u32 = 1024,
    /// Largest body of a request, in bytes; uploads come in parts of at most this. Where nobody is signed in it is
    /// [`ANONYMOUS_BYTES_MAX`] at most.
    body_bytes_max: usize = 8 << 20,
    /// Seconds a request may take to arrive, its headers at most ten of them; and seconds for which a client may take nothing of
    /// its answer.
    arrive_seconds: u64 = 30,
    /// Whether other systems that are told of acts may be at private addresses, this machine's among them.
    webhook_private: bool = false,
    /// A file (PEM) of certificate authorities that are trusted for such systems beside those of this machine.
    webhook_ca: Option<PathBuf> = None,
    /// Files that all people of one enterprise may keep here together, those on their way included.
    organisation_files_max: u32 = 5000,
    /// Their bytes.
    organisation_bytes_max: u64 = 10 << 30,
    /// Files that one person may keep here, those on their way included.
    person_files_max: u32 = 20_000,
    /// Their bytes.
    person_bytes_max: u64 = 40 << 30,
    /// Whether this is a demonstration: pages and documents say so.
    demo: bool = false,
    /// A font for PDF, or the folder of it; none: those of the system.
    font_path: Option<PathBuf> = None,
    /// Folder of the office's own templates of documents; none: those that come with the program.
    templates_dir: Option<PathBuf> = None,
    /// Public key of the higher-level platform (`ed25519:…`); none: no file of one is taken.
    platform_key: Option<String> = None,
    /// Names of this office and of the platform as its files call them, in this order; a key needs them.
    platform_names: Option<[String; 2]> = None,
    /// File with the secret key that signs results for the platform; none: no results go out.
    platform_secret_path: Option<PathBuf> = None,
    /// Who says who somebody is (`iss` of an ID token); none: nobody but this service.
    identity_issuer: Option<String> = None,
    /// For whom it must have been said (`aud`).
    identity_audience: String = "duixian".to_owned(),
    /// The claim that is the id of the person in this office.
    identity_claim: String = "sub".to_owned(),
    /// File of the keys with which it is signed: a JWK or a JWK set.
    identity_keys: Option<PathBuf> = None,
}

/// Largest body of a request where nobody is signed in: a name and a password are short.
pub const ANONYMOUS_BYTES_MAX: usize = 64 << 10;

/// Why settings are refused: where, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct ConfigError {
    /// File and line, or the variable.
    pub place: String,
    /// What is wrong.
    pub why: String,
}

/// What the variables of the environment that set something begin with.
pub const PREFIX: &str = "DUIXIAN_";
/// Variables of that prefix that are no settings: how much is logged, and where the programs of PostgreSQL are.
const OTHERS: &[&str] = &["log", "pg_bin"];

impl Config {
    /// Reads the text of a file named `name`, and then variables of the environment.
    ///
    /// Errors: not TOML, an unknown setting, a value of the wrong kind or out of range; each with its place.
    pub fn read(name: &str, text: &str, environment: &[(String, String)]) -> Result<Self, ConfigError> {
        let in_file = |error: toml::de::Error| {
            let line = error.span().map_or(1, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
            let setting = text.lines().nth(line - 1).and_then(|line| line.split('=').next()).unwrap_or_default().trim();
            let unknown_name = error.message().strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
            let why = unknown_name.map_or_else(|| format!("{setting}: {}", error.message()), |name| unknown(name, "", &[]));
            ConfigError { place: format!("{name}:{line}"), why }
        };
        let mut table: toml::Table = toml::from_str(text).map_err(in_file)?;
        toml::from_str::<Self>(text).map_err(in_file)?;
        for (variable, value) in environment {
            let Some(setting) = variable.strip_prefix(PREFIX).map(str::to_ascii_lowercase) else { continue };
            if OTHERS.contains(&setting.as_str()) {
                continue;
            }
            if !Self::NAMES.contains(&setting.as_str()) {
                return Err(unknown_variable(variable, &setting));
            }
            // As it would stand in the file: a number, a yes/no or a list, and text otherwise.
            let value = value.parse::<toml::Value>().ok().filter(|v| v.is_integer() || v.is_bool() || v.is_array()).unwrap_or_else(|| value.clone().into());
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
            ("connections_max", u64::from(self.connections_max), 1, 100_000),
            ("body_bytes_max", self.body_bytes_max as u64, 4096, 64 << 20),
            ("arrive_seconds", self.arrive_seconds, 1, 600),
            ("organisation_files_max", u64::from(self.organisation_files_max), 1, 10_000_000),
            ("organisation_bytes_max", self.organisation_bytes_max, 1, 1 << 50),
            ("person_files_max", u64::from(self.person_files_max), 1, 10_000_000),
            ("person_bytes_max", self.person_bytes_max, 1, 1 << 50),
        ];
        if let Some(key) = &self.platform_key
            && let Err(why) = office::key::PublicKey::parse(key)
        {
            return Err(ConfigError { place: name.to_owned(), why: format!("platform_key: {why}") });
        }
        if self.platform_key.is_some() && self.platform_names.is_none() {
            let why = "platform_key needs platform_names: its key signs files for other offices too, which are not to be taken here";
            return Err(ConfigError { place: name.to_owned(), why: why.to_owned() });
        }
        match limits.iter().find(|(_, value, least, most)| !(least..=most).contains(&value)) {
            Some((setting, value, least, most)) => {
                Err(ConfigError { place: name.to_owned(), why: format!("{setting} is {value}; it must be from {least} to {most}") })
            }
            None if self.identity_issuer.is_some() != self.identity_keys.is_some() => {
                let why = "identity_issuer and identity_keys go together: who says who somebody is, and how that is checked";
                Err(ConfigError { place: name.to_owned(), why: why.to_owned() })
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

/// A variable that sets nothing, with the nearest that does.
fn unknown_variable(variable: &str, setting: &str) -> ConfigError {
    ConfigError { place: variable.to_owned(), why: unknown(setting, PREFIX, OTHERS) }
}

/// What a name is that sets nothing; the nearest that does, and all of them.
fn unknown(setting: &str, prefix: &str, more: &[&'static str]) -> String {
    let known = Config::NAMES.iter().chain(more);
    let nearest = known.min_by_key(|name| strsim::damerau_levenshtein(name, setting)).copied().unwrap_or_default();
    let nearest = if prefix.is_empty() { nearest.to_owned() } else { format!("{prefix}{}", nearest.to_ascii_uppercase()) };
    format!("{setting} sets nothing; did you mean {nearest}? Known settings: {}", Config::NAMES.join(", "))
}
