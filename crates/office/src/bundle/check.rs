//! Checking a bundle as a third party: files against the manifest, records against the events, events against themselves and
//! against signed checkpoints, and the assessment against the rules.

use super::{Files, Line, MANIFEST, Manifest};
use crate::assess::{Loaded, compile, repeat};
use crate::checkpoint::Signed;
use crate::key::PublicKey;
use crate::verify::{FileWrong, Finding, KeptWrong, Options, Report, VerifyError};
use casework::chain::{Effect, Fault, Fingerprint, Found, Proof, Wrong};
use casework::determination::Determination;
use casework::ledger::Entry;
use casework::policy_version::PolicyVersion;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io::BufRead;
use values::Fen;

/// Checks the files of a bundle.
///
/// Errors: a file of checkpoints cannot be used. Everything else is a finding.
pub fn check<R: BufRead>(files: &Files, signed: &mut Signed<R>, options: Options<'_>) -> Result<Report, VerifyError> {
    let mut check = Check { files, report: Report::default(), in_force: None };
    check.manifest(options.key);
    let written = check.events(signed)?;
    let lines: Vec<Line> = check.lines("records.jsonl");
    for line in &lines {
        check.report.records += 1;
        check.proven(&written, &line.table, &line.id, line.version, &line.body);
    }
    let entries = check.entries(&written);
    check.computed(&lines, &entries);
    Ok(check.report)
}

/// What the events say was written last, by table and id: version, fingerprint, position.
type Written = BTreeMap<(String, String), (i64, Fingerprint, i64)>;

struct Check<'f> {
    files: &'f Files,
    report: Report,
    /// The determination in force, as the manifest names it.
    in_force: Option<String>,
}

impl Check<'_> {
    fn file(&mut self, name: &str, why: FileWrong) {
        self.report.note(Finding::File { name: name.to_owned(), why });
    }

    fn unfit(&mut self, name: &str, why: impl Into<String>) {
        self.file(name, FileWrong::Unfit(why.into()));
    }

    /// The lines of a file; what cannot be read is told.
    fn lines<T: DeserializeOwned>(&mut self, name: &str) -> Vec<T> {
        let text = self.files.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        let mut out = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            match serde_json::from_str(line) {
                Ok(value) => out.push(value),
                Err(why) => self.unfit(name, format!("line {number}: {why}")),
            }
        }
        out
    }

    fn manifest(&mut self, key: Option<&PublicKey>) {
        let Some(bytes) = self.files.get(MANIFEST) else { return self.file(MANIFEST, FileWrong::Missing) };
        let manifest: Manifest = match serde_json::from_slice(bytes) {
            Ok(manifest) => manifest,
            Err(why) => return self.unfit(MANIFEST, why.to_string()),
        };
        self.in_force.clone_from(&manifest.determination);
        for named in &manifest.files {
            self.report.files += 1;
            match self.files.get(&named.name) {
                None => self.file(&named.name, FileWrong::Missing),
                Some(bytes) if Fingerprint::of(bytes) != named.sm3 => self.file(&named.name, FileWrong::Altered),
                Some(_) => {}
            }
        }
        let stray: Vec<String> =
            self.files.keys().filter(|name| *name != MANIFEST && !manifest.files.iter().any(|named| named.name == **name)).cloned().collect();
        for name in stray {
            self.file(&name, FileWrong::Inserted);
        }
        let own = manifest.key.as_deref().and_then(|key| PublicKey::parse(key).ok());
        match (&manifest.signature, own, key) {
            (Some(signature), Some(own), _) if !own.signed(&manifest.statement(), signature) => self.unfit(MANIFEST, "the signature is not the key's"),
            (_, Some(own), Some(key)) if own != *key => self.unfit(MANIFEST, "it was signed with another key"),
            (None, _, Some(_)) => self.unfit(MANIFEST, "it is not signed"),
            _ => {}
        }
    }

    /// Events: each has the fingerprint of its content, they stand in order, and where a checkpoint covers them they are in it.
    fn events<R: BufRead>(&mut self, signed: &mut Signed<R>) -> Result<Written, VerifyError> {
        let mut written = Written::new();
        let mut last = 0;
        for proof in self.lines::<Proof>("events.jsonl") {
            let wrong = if proof.computed() != proof.fingerprint {
                Some(Wrong::Altered)
            } else if proof.seq <= last {
                Some(Wrong::OutOfOrder)
            } else {
                let signed = signed.at(proof.seq)?;
                self.report.signed += i64::from(signed.is_some());
                signed.is_some_and(|signed| signed != proof.fingerprint).then_some(Wrong::Recomputed)
            };
            if let Some(wrong) = wrong {
                let found = Found {
                    seq: proof.seq,
                    at: proof.at.to_string(),
                    act: proof.act.clone(),
                    subject: proof.subject.clone(),
                    request: proof.request.to_string(),
                };
                self.report.note(Finding::Log(Fault { position: proof.seq, wrong, found: Some(found), stands_at: None }));
                continue;
            }
            last = proof.seq;
            self.report.events += 1;
            let effects: Vec<Effect> = proof.effects.text().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
            for effect in effects {
                written.insert((effect.table, effect.id), (effect.version, effect.fingerprint, proof.seq));
            }
        }
        Ok(written)
    }

    /// Whether the events say that this was written, and last so.
    fn proven(&mut self, written: &Written, table: &str, id: &str, version: i64, body: &str) {
        let (wrong, event) = match written.get(&(table.to_owned(), id.to_owned())) {
            None => (KeptWrong::Inserted, None),
            Some((last, fingerprint, event)) if *last != version || *fingerprint != Fingerprint::of(body.as_bytes()) => (KeptWrong::Altered, Some(*event)),
            Some(_) => return,
        };
        self.report.note(Finding::Kept { table: table.to_owned(), id: id.to_owned(), wrong, event });
    }

    fn entries(&mut self, written: &Written) -> Vec<Entry> {
        let text = self.files.get("entries.jsonl").map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        let entries: Vec<Entry> = self.lines("entries.jsonl");
        for (entry, line) in entries.iter().zip(text.lines()) {
            self.report.entries += 1;
            self.proven(written, "entry", entry.id.as_str(), 1, line);
        }
        entries
    }

    /// The amounts: the policy is the one that was applied, the assessment comes out again, no entry moves more than its award.
    fn computed(&mut self, lines: &[Line], entries: &[Entry]) {
        let read = |table: &'static str| lines.iter().filter(move |line| line.table == table);
        let determinations: Vec<Determination> = read("determination").filter_map(|line| serde_json::from_str(&line.body).ok()).collect();
        let versions: Vec<PolicyVersion> = read("policy_version").filter_map(|line| serde_json::from_str(&line.body).ok()).collect();
        let in_force = determinations.iter().find(|d| Some(d.id.as_str()) == self.in_force.as_deref());
        if self.in_force.is_some() && in_force.is_none() {
            self.unfit("records.jsonl", "the determination in force is not there");
        }
        // Without a determination there is one version: that of the call.
        match versions.iter().find(|version| in_force.is_none_or(|d| d.version == version.id)) {
            Some(version) => self.policy(version),
            None => self.unfit("records.jsonl", "the policy version is not there"),
        }
        for determination in &determinations {
            let version = versions.iter().find(|version| version.id == determination.version);
            let loaded = version.ok_or_else(|| format!("the policy version {} is not there", determination.version)).and_then(compile);
            self.determination(loaded, determination);
        }
        for entry in entries {
            let award = determinations
                .iter()
                .filter(|d| Some(&d.id) == entry.determination.as_ref())
                .flat_map(|d| &d.awards)
                .find(|award| Some(&award.clause) == entry.clause.as_ref());
            let most = award.map_or(Fen(0), |award| award.amount);
            if entry.determination.is_some() && entry.amount > most {
                self.unfit("entries.jsonl", format!("{} moves {} fen, the determination gives {}", entry.id, entry.amount.0, most.0));
            }
        }
    }

    /// The folder of the policy holds the files of the version.
    fn policy(&mut self, version: &PolicyVersion) {
        for (name, text) in &version.files {
            let name = format!("policy/{}", name.rsplit(['/', '\\']).next().unwrap_or_default());
            if self.files.get(&name).is_none_or(|bytes| bytes != text.as_bytes()) {
                self.unfit(&name, "the policy version has another text");
            }
        }
        let Some(official) = &version.official else { return };
        if !self.files.iter().any(|(name, bytes)| name.starts_with("policy/") && bytes == official.as_bytes()) {
            self.unfit("policy", "the policy version has another official text");
        }
    }

    fn determination(&mut self, loaded: Result<Loaded, String>, determination: &Determination) {
        self.report.determinations += 1;
        if let Err(why) = loaded.and_then(|loaded| repeat(&loaded.scheme, determination)) {
            self.report.note(Finding::Determination { id: determination.id.to_string(), why });
        }
        let folder = if self.in_force.as_deref() != Some(determination.id.as_str()) { super::earlier(&determination.id) } else { String::new() };
        for (name, text) in [("application.jsonl", &determination.application), ("assessment.jsonl", &determination.assessment)] {
            let name = format!("{folder}{name}");
            if self.files.get(&name).is_none_or(|bytes| bytes.trim_ascii_end() != text.as_bytes()) {
                self.unfit(&name, "the determination has another text");
            }
        }
    }
}
