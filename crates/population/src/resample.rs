//! How uncertain a sum is: populations made of one by drawing its rows anew.

/// Populations that are drawn.
pub const RESAMPLES: usize = 200;

/// How often a row is drawn: as a Poisson number of mean one, by the chances of at most 0, 1, … in parts of 2^32.
const DRAWN: [u32; 8] = [1_580_030_168, 3_160_060_337, 3_950_075_421, 4_213_413_783, 4_279_248_373, 4_292_415_291, 4_294_609_777, 4_294_923_276];

/// Draws the rows anew, so many times, and gives the sums between which nineteen of twenty lie.
#[must_use]
pub fn resample(totals: &[i64], seed: u64) -> (i128, i128) {
    let mut state = seed;
    let mut sums = vec![0_i128; RESAMPLES];
    for total in totals.iter().filter(|total| **total != 0) {
        for pair in sums.chunks_mut(2) {
            // splitmix64, half of it for each of two populations.
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            for (sum, half) in pair.iter_mut().zip([z >> 32, z & 0xFFFF_FFFF]) {
                let times = DRAWN.iter().filter(|most| half >= u64::from(**most)).count();
                *sum += i128::from(*total) * i128::try_from(times).unwrap_or(0);
            }
        }
    }
    sums.sort_unstable();
    let at = |index: usize| sums.get(index).copied().unwrap_or(0);
    (at(RESAMPLES / 40), at(RESAMPLES - 1 - RESAMPLES / 40))
}
