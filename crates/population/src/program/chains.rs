//! Steps that only carry one number further (`min(x, most)`, then `max(…, 0)`, then rounding) are joined to one, so that what lies
//! between them never leaves the nearest cache.

use super::carry::Carry;
use super::registers::{Outputs, reads};
use super::{Code, Int, Step};
use std::collections::HashMap;

/// Joins each step that has a constant beside a number which nothing else reads to the step that made the number. Registers are
/// those of the builder, each written once.
pub fn join(code: Vec<Code>, outputs: &Outputs<'_>) -> Vec<Code> {
    let times = times_read(&code, outputs);
    let mut out: Vec<Option<Code>> = Vec::with_capacity(code.len());
    // Where the step stands that made a number.
    let mut made: HashMap<u32, usize> = HashMap::new();
    for mut code in code {
        if let Step::Carry(Int::Reg(from), then) = code.step
            && times.get(&from) == Some(&1)
            && let Some(before) = made.get(&from).and_then(|at| out.get_mut(*at)).and_then(Option::take)
        {
            code = Code { ints: code.ints, ..before };
            code.append(then);
        }
        if matches!(code.step, Step::Pair(..) | Step::Carry(..)) {
            made.insert(code.ints[0], out.len());
        }
        out.push(Some(code));
    }
    out.into_iter().flatten().collect()
}

/// How often each number is read.
fn times_read(code: &[Code], outputs: &Outputs<'_>) -> HashMap<u32, u32> {
    let mut times: HashMap<u32, u32> = HashMap::new();
    let mut count = |register: u32| *times.entry(register).or_default() += 1;
    code.iter().for_each(|code| reads(&code.step, &mut count));
    outputs.reads(&mut count);
    times
}

/// Sets the steps last that make the amount of a clause and of nothing else, in the order of clauses; for each clause whether it has one.
pub fn set_apart(code: &mut Vec<Code>, outputs: &Outputs<'_>) -> Vec<bool> {
    let times = times_read(code, outputs);
    let mut made = Vec::with_capacity(outputs.clauses.len());
    for clause in outputs.clauses.iter() {
        let amount = clause.as_ref().ok().map(|clause| clause.amount);
        let at = match amount {
            Some(Int::Reg(amount)) if times.get(&amount) == Some(&1) => {
                code.iter().position(|code| matches!(code.step, Step::Pair(..) | Step::Carry(..)) && code.ints[0] == amount)
            }
            _ => None,
        };
        made.push(at.is_some());
        let last = at.map(|at| code.remove(at));
        code.extend(last);
    }
    made
}

impl Code {
    /// What comes next on its number.
    fn append(&mut self, next: Carry) {
        let last = match (self.then.last_mut(), &mut self.step) {
            (Some(last), _) | (None, Step::Carry(_, last)) => Some(last),
            _ => None,
        };
        match last.and_then(|last| Some((last.and(next)?, last))) {
            Some((both, last)) => *last = both,
            None => self.then.push(next),
        }
    }
}
