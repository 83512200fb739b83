//! Steps that only carry one number further (`min(x, most)`, then `max(…, 0)`, then rounding) are joined to one, so that what lies
//! between them never leaves the nearest cache.

use super::divisor::Divisor;
use super::registers::{Outputs, reads};
use super::{Code, Int, Pair, Step, Then};
use std::collections::HashMap;

/// Joins each step that has a constant beside a number which nothing else reads to the step that made the number. Registers are
/// those of the builder, each written once.
pub fn join(code: Vec<Code>, outputs: &Outputs<'_>) -> Vec<Code> {
    let mut times: HashMap<u32, u32> = HashMap::new();
    let mut count = |register: u32| *times.entry(register).or_default() += 1;
    code.iter().for_each(|code| reads(&code.step, &mut count));
    outputs.reads(&mut count);
    let mut out: Vec<Option<Code>> = Vec::with_capacity(code.len());
    // Where the step stands that made a number.
    let mut made: HashMap<u32, usize> = HashMap::new();
    for mut code in code {
        if let Step::Pair(pair, a, b) = &code.step {
            let carried = carried(*pair, *a, *b).filter(|(from, _)| times.get(from) == Some(&1));
            if let Some((from, then)) = carried
                && let Some(before) = made.get(&from).and_then(|at| out.get_mut(*at)).and_then(Option::take)
            {
                let ints = code.ints;
                code = before;
                code.ints = ints;
                code.then.push(then);
            }
            made.insert(code.ints[0], out.len());
        }
        out.push(Some(code));
    }
    out.into_iter().flatten().collect()
}

/// The number that a step carries further, and how.
fn carried(pair: Pair, a: Int, b: Int) -> Option<(u32, Then)> {
    let (from, constant) = match (pair, a, b) {
        (_, Int::Reg(from), Int::Const(constant)) => (from, constant),
        (Pair::Add | Pair::Mul | Pair::Min | Pair::Max, Int::Const(constant), Int::Reg(from)) => (from, constant),
        _ => return None,
    };
    Some((from, Then { pair, constant, divisor: Divisor::new(constant) }))
}
