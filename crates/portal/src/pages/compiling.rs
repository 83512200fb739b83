//! Compiling the text of a policy for a page: within bounds, where it does not keep others waiting, a few at a time. Nothing of
//! it is kept.

use crate::Portal;
use crate::problem::Problem;
use policy::Compiled;
use policy::source::{SourceFile, Sources};

/// Compiles the files of a policy and does something with what came out. Errors: those of `work`.
pub async fn compiled<T: Send + 'static>(
    portal: &Portal,
    files: Vec<(String, String)>,
    official: Option<String>,
    work: impl FnOnce(&Sources, &Compiled) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
    let run = move || {
        let sources = Sources { files: files.into_iter().map(|(name, text)| SourceFile { name, text }).collect(), official };
        let mut compiled = policy::compile(&sources);
        policy::check::whole(&mut compiled);
        work(&sources, &compiled)
    };
    tokio::task::spawn_blocking(run).await.map_err(|why| Problem::failed(&why.to_string()))?
}
