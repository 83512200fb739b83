//! What the fuzz targets share: the laws of `crates/policy/tests/laws`, and the changes that libFuzzer makes to a case.

#[path = "../../crates/policy/tests/laws/law/mod.rs"]
pub mod law;

use law::random::Random;

/// Runs a law on an input. A stack that runs over ends the program before libFuzzer can write the input down, so it
/// is written beforehand, where `DUIXIAN_LAST` names a file.
pub fn tried(law: law::Law, data: &[u8]) {
    static LAST: std::sync::OnceLock<Option<std::ffi::OsString>> = std::sync::OnceLock::new();
    if let Some(file) = LAST.get_or_init(|| std::env::var_os("DUIXIAN_LAST")) {
        std::fs::write(file, data).expect("the last input is written down");
    }
    law(&law::text(data));
}

/// Changes the case in `data[..size]` and gives its new size, at most `max`. Once in ten libFuzzer changes the bytes as
/// it likes; otherwise the change knows what rules look like.
pub fn mutated(name: &str, data: &mut [u8], size: usize, max: usize, seed: u32) -> usize {
    let mut random = Random::new(u64::from(seed));
    if random.chance(10) {
        return libfuzzer_sys::fuzzer_mutate(data, size, max);
    }
    let text = law::text(&data[..size]);
    let mut new = law::mutate::case(name, &text, &mut random);
    let limit = max.min(data.len());
    if new.len() > limit {
        let end = (0..=limit).rev().find(|end| new.is_char_boundary(*end)).unwrap_or(0);
        new.truncate(end);
    }
    data[..new.len()].copy_from_slice(new.as_bytes());
    new.len()
}
