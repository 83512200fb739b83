//! The laws of `law::check` under coverage-guided fuzzing.
#![no_main]

use duixian_fuzz::{law, mutated, tried};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| tried(law::check::holds, data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutated("check", data, size, max_size, seed) });
