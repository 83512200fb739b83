//! Registers used again: a program names a new one for every result, and few of them are alive at once. What stays in the
//! nearest caches is several times faster than what does not.

use super::{Bit, ClauseCode, Code, Int, NotHeld, Step};
use policy::scheme::ClauseId;

/// What is read after the last step.
pub struct Outputs<'o> {
    pub clauses: &'o mut [Result<ClauseCode, NotHeld>],
    pub ranks: &'o mut [(ClauseId, Bit)],
}

/// Registers of one kind: which are free, how many there are, where each of the program's stands now.
struct Shelf {
    last: Vec<usize>,
    place: Vec<u32>,
    free: Vec<u32>,
    count: u32,
}

impl Shelf {
    fn new(registers: u32) -> Self {
        Self { last: vec![0; registers as usize], place: vec![0; registers as usize], free: Vec::new(), count: 0 }
    }

    fn used(&mut self, register: u32, at: usize) {
        if let Some(last) = self.last.get_mut(register as usize) {
            *last = at.max(*last);
        }
    }

    fn place(&mut self, register: u32) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        });
        if let Some(slot) = self.place.get_mut(register as usize) {
            *slot = place;
        }
        place
    }

    fn at(&self, register: u32) -> u32 {
        self.place.get(register as usize).copied().unwrap_or(0)
    }

    fn release(&mut self, register: u32, at: usize) {
        if self.last.get(register as usize) == Some(&at) {
            let place = self.at(register);
            if !self.free.contains(&place) {
                self.free.push(place);
            }
        }
    }
}

/// Gives the registers of a program their places; how many of numbers and of bits there are then.
pub fn settle(code: &mut [Code], (ints, bits): (u32, u32), outputs: Outputs<'_>) -> (u32, u32) {
    let (mut numbers, mut marks) = (Shelf::new(ints), Shelf::new(bits));
    for (at, code) in code.iter_mut().enumerate() {
        each(&mut code.step, &mut |int| numbers.used(*int, at), &mut |bit| marks.used(*bit, at));
        let (written_ints, written_bits) = written(&code.step);
        code.ints.iter().take(written_ints).for_each(|register| numbers.used(*register, at));
        (0..written_bits).for_each(|_| marks.used(code.bits, at));
    }
    let end = usize::MAX;
    outputs.read(&mut |int| numbers.used(*int, end), &mut |bit| marks.used(*bit, end));
    for (at, code) in code.iter_mut().enumerate() {
        let before = code.step.clone();
        let (written_ints, written_bits) = written(&code.step);
        each(&mut code.step, &mut |int| *int = numbers.at(*int), &mut |bit| *bit = marks.at(*bit));
        // Written before any of the read is given back: a step does not write to what it reads.
        let own = (code.ints, code.bits);
        code.ints.iter_mut().take(written_ints).for_each(|register| *register = numbers.place(*register));
        if written_bits > 0 {
            code.bits = marks.place(code.bits);
        }
        let mut read = before;
        each(&mut read, &mut |int| numbers.release(*int, at), &mut |bit| marks.release(*bit, at));
        own.0.iter().take(written_ints).for_each(|register| numbers.release(*register, at));
        (0..written_bits).for_each(|_| marks.release(own.1, at));
    }
    outputs.write(&mut |int| *int = numbers.at(*int), &mut |bit| *bit = marks.at(*bit));
    (numbers.count, marks.count)
}

/// Steps of which something is read in the end; registers are those of the builder, each written once.
pub fn alive(code: Vec<Code>, (ints, bits): (u32, u32), outputs: &Outputs<'_>) -> Vec<Code> {
    let (mut numbers, mut marks) = (vec![false; ints as usize], vec![false; bits as usize]);
    let read = |of: &mut Vec<bool>, register: u32| of.iter_mut().skip(register as usize).take(1).for_each(|read| *read = true);
    outputs.read(&mut |int| read(&mut numbers, *int), &mut |bit| read(&mut marks, *bit));
    let mut out = Vec::with_capacity(code.len());
    for mut code in code.into_iter().rev() {
        let is_read = |of: &[bool], register: u32| of.get(register as usize) == Some(&true);
        let (written_ints, written_bits) = written(&code.step);
        let lives = code.ints.iter().take(written_ints).any(|int| is_read(&numbers, *int)) || written_bits > 0 && is_read(&marks, code.bits);
        if lives {
            each(&mut code.step, &mut |int| read(&mut numbers, *int), &mut |bit| read(&mut marks, *bit));
            out.push(code);
        }
    }
    out.reverse();
    out
}

/// How many registers of numbers and of bits a step writes.
pub fn written(step: &Step) -> (usize, usize) {
    match step {
        Step::Pair(..) | Step::Carry(..) | Step::Choose(..) | Step::YearOf(_) | Step::FullYears(..) | Step::Count(_) => (1, 0),
        Step::Checked(..) | Step::Round(_) | Step::Later(..) => (1, 1),
        Step::Fraction(..) => (2, 1),
        _ => (0, 1),
    }
}

type Of<'f> = &'f mut dyn FnMut(&mut u32);

/// Tells the registers of numbers that a step reads.
pub fn reads(step: &Step, told: &mut dyn FnMut(u32)) {
    each(&mut step.clone(), &mut |int| told(*int), &mut |_| {});
}

fn int(of: &mut Int, ints: Of<'_>) {
    if let Int::Reg(register) = of {
        ints(register);
    }
}

fn bit(of: &mut Bit, bits: Of<'_>) {
    if let Bit::Reg(register) = of {
        bits(register);
    }
}

/// The registers a step reads.
fn each(step: &mut Step, ints: Of<'_>, bits: Of<'_>) {
    match step {
        Step::Pair(_, a, b) | Step::Checked(_, a, b) | Step::Test(_, a, b) => {
            int(a, ints);
            int(b, ints);
        }
        Step::Fraction(_, all) | Step::TestFraction(_, all) => all.iter_mut().for_each(|a| int(a, ints)),
        Step::Round(all) => all.iter_mut().for_each(|a| int(a, ints)),
        Step::Choose(by, a, b) => {
            bit(by, bits);
            int(a, ints);
            int(b, ints);
        }
        Step::Carry(a, _) | Step::Among(a, _) | Step::YearOf(a) | Step::FullYears(a, _) | Step::Later(a, ..) => int(a, ints),
        Step::Words(..) | Step::SameWords(..) => {}
        Step::And(a, b) | Step::Or(a, b) | Step::But(a, b) => {
            bit(a, bits);
            bit(b, bits);
        }
        Step::Not(a) | Step::Count(a) => bit(a, bits),
    }
}

impl Outputs<'_> {
    /// Tells the registers of numbers that are read after the last step.
    pub fn reads(&self, told: &mut dyn FnMut(u32)) {
        self.read(&mut |int| told(*int), &mut |_| {});
    }

    fn read(&self, ints: Of<'_>, bits: Of<'_>) {
        let mut clauses: Vec<ClauseCode> = self.clauses.iter().filter_map(|code| code.ok()).collect();
        clauses.iter_mut().for_each(|code| outputs_of(code, ints, bits));
        self.ranks.iter().for_each(|(_, out)| bit(&mut out.clone(), bits));
    }

    fn write(self, ints: Of<'_>, bits: Of<'_>) {
        self.clauses.iter_mut().flatten().for_each(|code| outputs_of(code, ints, bits));
        self.ranks.iter_mut().for_each(|(_, out)| bit(out, bits));
    }
}

fn outputs_of(code: &mut ClauseCode, ints: Of<'_>, bits: Of<'_>) {
    int(&mut code.amount, ints);
    let all = [
        &mut code.bad,
        &mut code.barred,
        &mut code.wrong_kind,
        &mut code.fails,
        &mut code.not_placed,
        &mut code.nothing,
        &mut code.open,
        &mut code.ceiling,
        &mut code.decision_cut,
        &mut code.limit_cut,
    ];
    all.into_iter().for_each(|of| bit(of, bits));
}

#[cfg(test)]
mod tests {
    use super::{Outputs, alive};
    use crate::program::{Bit, Code, Step};
    use policy::scheme::ClauseId;

    #[test]
    fn only_steps_of_which_something_is_read_in_the_end_are_left() {
        let steps = [Step::Not(Bit::Known(0)), Step::Not(Bit::Reg(0)), Step::And(Bit::Reg(0), Bit::Known(1)), Step::Not(Bit::Reg(1))];
        let code: Vec<Code> = (0..).zip(steps).map(|(bits, step)| Code { step, then: Vec::new(), ints: [0; 2], bits }).collect();
        let mut ranks = [(ClauseId(0), Bit::Reg(2))];
        let left = alive(code, (0, 4), &Outputs { clauses: &mut [], ranks: &mut ranks });
        assert_eq!(left.iter().map(|code| code.bits).collect::<Vec<_>>(), [0, 2]);
    }
}
