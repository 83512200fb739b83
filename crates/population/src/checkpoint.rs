//! Where a long run stands: sums so far and claims, in a file that is written whole or not at all. It is of one policy, one
//! population and one set of options, and says so; a run over anything else does not go on from it. Places among everybody are
//! worked out again, and so is the file of results.

use crate::file::{FileError, PopulationFile, write_whole};
use crate::ids::Ids;
use crate::pools::{Claims, KeptClaims};
use crate::simulate::{Options, Summary};
use policy::diagnostic::Text;
use policy::scheme::Scheme;
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Rows between the first checkpoints.
pub const EVERY_ROWS: u64 = 1 << 20;

/// The first bytes, with the version of the form.
const MARK: &[u8] = b"duixian simulate 2\n";

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
    /// Ids so far.
    pub ids: Ids,
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
pub fn save(
    path: &Path,
    scheme: &Scheme,
    file: &PopulationFile<'_>,
    options: &Options<'_>,
    (summary, ids, claims): (&Summary, &Ids, &Claims<'_>),
) -> Result<(), FileError> {
    let saved = Saved { of: of(scheme, file, options)?, summary: summary.clone(), ids: ids.clone(), claims: claims.kept() };
    let bytes = postcard::to_stdvec(&saved).map_err(|e| FileError::unwritable(path, e))?;
    write_whole(path, &[MARK, &sum_of(&bytes).to_le_bytes(), &bytes])
}

/// What shows that no byte changed since.
fn sum_of(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// What a checkpoint holds; none where it is none, or not as it was written.
fn read(bytes: &[u8]) -> Option<Saved> {
    let (sum, bytes) = bytes.strip_prefix(MARK)?.split_first_chunk()?;
    let whole = u64::from_le_bytes(*sum) == sum_of(bytes);
    postcard::from_bytes(bytes).ok().filter(|_| whole)
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
    let Some(saved) = read(&bytes) else {
        let message = Text::new(format!("{name} 不是测算的断点，或已损坏"), format!("{name} is no checkpoint of a simulation, or a damaged one"));
        return Err(FileError::new(message, Text::new("给断点另起一个文件名", "name another file for the checkpoint")));
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
