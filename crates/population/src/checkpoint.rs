//! Where a long run stands: sums so far and claims, in a file that is written whole or not at all. It is of one policy, one
//! population and one set of options, and says so; a run over anything else does not go on from it. Places among everybody are
//! worked out again, and so is the file of results.

use crate::file::{FileError, PopulationFile, write_whole};
use crate::pools::{Claims, KeptClaims};
use crate::simulate::{Options, Summary};
use policy::diagnostic::Text;
use policy::scheme::Scheme;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Rows between the first checkpoints.
pub const EVERY_ROWS: u64 = 1 << 20;

/// The first bytes, with the version of the form.
const MARK: &[u8] = b"duixian simulate 1\n";

/// What a checkpoint is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Of {
    program: String,
    policy: String,
    population: String,
    options: String,
}

/// A checkpoint.
#[derive(Serialize, Deserialize)]
pub struct Saved {
    of: Of,
    /// Sums so far.
    pub summary: Summary,
    /// Claims so far.
    pub claims: KeptClaims,
}

fn of(scheme: &Scheme, file: &PopulationFile<'_>, options: &Options<'_>) -> Result<Of, FileError> {
    let path = file.path();
    let about = std::fs::metadata(path).map_err(|e| FileError::unreadable(path, e))?;
    let modified = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| since.as_nanos());
    let heading = file.heading();
    Ok(Of {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        policy: scheme.hash.clone(),
        population: format!("{} {modified} {:?}", about.len(), heading.names),
        options: format!("{:?} {:?} {} {}", heading.defaults, options.sizes, options.totals, options.seed.is_some()),
    })
}

/// Writes how far a run is, under another name first.
pub fn save(path: &Path, scheme: &Scheme, file: &PopulationFile<'_>, options: &Options<'_>, summary: &Summary, claims: &Claims<'_>) -> Result<(), FileError> {
    let saved = Saved { of: of(scheme, file, options)?, summary: summary.clone(), claims: claims.kept() };
    let bytes = postcard::to_stdvec(&saved).map_err(|e| FileError::unwritable(path, e))?;
    write_whole(path, &[MARK, &bytes])
}

/// Where a run that was stopped stands; none where there is no checkpoint yet.
pub fn load(path: &Path, scheme: &Scheme, file: &PopulationFile<'_>, options: &Options<'_>) -> Result<Option<Saved>, FileError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FileError::unreadable(path, error)),
    };
    let name = path.display();
    let away = || Text::new("删去它就从头测算；或另给一个文件名", "remove it to begin anew, or name another file");
    let saved: Option<Saved> = bytes.strip_prefix(MARK).and_then(|bytes| postcard::from_bytes(bytes).ok());
    let Some(saved) = saved else {
        return Err(FileError::new(Text::new(format!("{name} 不是测算的断点"), format!("{name} is no checkpoint of a simulation")), away()));
    };
    let now = of(scheme, file, options)?;
    let differs = [
        (saved.of.program != now.program, "程序的版本", "version of the program"),
        (saved.of.policy != now.policy, "政策", "policy"),
        (saved.of.population != now.population, "人口文件", "population"),
        (saved.of.options != now.options, "选项", "set of options"),
    ];
    match differs.into_iter().find(|(differs, ..)| *differs) {
        Some((_, zh, en)) => {
            let message =
                Text::new(format!("断点 {name} 属于另一个{zh}，不能接着算"), format!("checkpoint {name} is of another {en}: it cannot be gone on from"));
            Err(FileError::new(message, away()))
        }
        None => Ok(Some(saved)),
    }
}
