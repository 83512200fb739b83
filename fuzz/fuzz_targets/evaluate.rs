//! The laws of `law::evaluate` under coverage-guided fuzzing.
#![no_main]

use duixian_fuzz::{law, mutated};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| law::evaluate::holds(&law::text(data)));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutated("evaluate", data, size, max_size, seed) });
