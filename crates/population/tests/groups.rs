//! 就高不重复 against trying every combination: what is held is lawful, no lawful combination is worth more, and of equal ones the
//! earlier clauses win. Overlapping groups with 申报项目, lifted pairs (叠加), a limit on the sum and on the number.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use policy::assessment::Outcome;
use policy::compile;
use policy::scheme::Scheme;
use policy::source::Sources;
use population::file::{Defaults, PopulationFile, TableRow};
use population::table::Chunk;
use population::together;
use proptest::prelude::*;
use std::path::Path;

const CLAUSES: usize = 6;

/// A group as it is drawn.
#[derive(Clone, Debug)]
struct Drawn {
    /// Its clauses, by position.
    members: Vec<usize>,
    /// Whether only awards for the same project clash.
    projects: bool,
}

/// What binds the awards of an applicant.
#[derive(Clone, Debug)]
struct Rules {
    highest: Vec<Drawn>,
    /// A pair that may be held together whatever else is said.
    stacked: Option<(usize, usize)>,
    /// Clauses of which so many may be held.
    count: Option<(Vec<usize>, usize)>,
    /// Clauses that together get at most so many yuan.
    cap: Option<(Vec<usize>, i64)>,
}

/// An applicant: what each clause gives in yuan, nothing where it gives none, and the project of each.
#[derive(Clone, Debug)]
struct Firm {
    gives: Vec<Option<i64>>,
    projects: Vec<Option<u8>>,
}

fn names(members: &[usize]) -> String {
    members.iter().map(|at| (at + 1).to_string()).collect::<Vec<_>>().join("、")
}

impl Rules {
    fn scheme(&self) -> Scheme {
        let mut text = String::from("# 例\n\n```duixian\n事实\n");
        (1..=CLAUSES).for_each(|n| text += &format!("  投入{n}  元\n"));
        (1..=CLAUSES).for_each(|n| text += &format!("条款 {n}「奖{n}」\n  给予  投入{n}\n  频次  每年\n"));
        for (at, group) in self.highest.iter().enumerate() {
            let same = if group.projects { "  同一  申报项目\n" } else { "" };
            text += &format!("并用「就高{at}」\n  适用  条款 {}\n{same}  方式  就高\n", names(&group.members));
        }
        if let Some((a, b)) = self.stacked {
            text += &format!("并用「可叠加」\n  适用  条款 {}\n  方式  叠加\n", names(&[a, b]));
        }
        if let Some((members, times)) = &self.count {
            text += &format!("并用「次数」\n  适用  条款 {}\n  频次  每年 {times} 次\n", names(members));
        }
        if let Some((members, most)) = &self.cap {
            text += &format!("并用「合计」\n  适用  条款 {}\n  限额  累计 {most}元\n", names(members));
        }
        text += "```\n";
        let compiled = compile(&Sources::single(text.clone()));
        compiled.scheme.unwrap_or_else(|| panic!("{text}\n{:#?}", compiled.diagnostics.iter().filter(|d| d.is_error()).collect::<Vec<_>>()))
    }

    fn clash(&self, firm: &Firm, a: usize, b: usize) -> bool {
        let lifted = self.stacked.is_some_and(|(x, y)| [x, y].contains(&a) && [x, y].contains(&b));
        let same = |group: &&Drawn| !group.projects || (firm.projects[a].is_some() && firm.projects[a] == firm.projects[b]);
        !lifted && self.highest.iter().filter(same).any(|group| group.members.contains(&a) && group.members.contains(&b))
    }

    fn is_lawful(&self, firm: &Firm, held: &[bool]) -> bool {
        let pairs = (0..CLAUSES).flat_map(|a| (a + 1..CLAUSES).map(move |b| (a, b)));
        let mut both = pairs.filter(|(a, b)| held[*a] && held[*b]);
        let few = self.count.as_ref().is_none_or(|(members, times)| members.iter().filter(|at| held[**at]).count() <= *times);
        few && !both.any(|(a, b)| self.clash(firm, a, b))
    }

    /// What each gets of a combination: a limit takes from the last listed first.
    fn awards(&self, firm: &Firm, held: &[bool]) -> Vec<i64> {
        let mut awards: Vec<i64> = (0..CLAUSES).map(|at| if held[at] { firm.gives[at].unwrap_or(0) } else { 0 }).collect();
        if let Some((members, most)) = &self.cap {
            let mut left = *most;
            for at in members {
                awards[*at] = awards[*at].min(left);
                left -= awards[*at];
            }
        }
        awards
    }

    /// The best of all combinations, and what it gives. Combinations are tried so that of equal ones that with the earlier clauses
    /// comes first.
    fn best(&self, firm: &Firm) -> (Vec<bool>, Vec<i64>) {
        let mut best: Option<(i64, Vec<bool>)> = None;
        for tried in (0..1_u32 << CLAUSES).rev() {
            let held: Vec<bool> = (0..CLAUSES).map(|at| tried >> (CLAUSES - 1 - at) & 1 == 1).collect();
            if (0..CLAUSES).any(|at| held[at] && firm.gives[at].is_none()) || !self.is_lawful(firm, &held) {
                continue;
            }
            let worth = self.awards(firm, &held).iter().sum();
            if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                best = Some((worth, held));
            }
        }
        let held = best.unwrap().1;
        let awards = self.awards(firm, &held);
        (held, awards)
    }
}

fn members() -> impl Strategy<Value = Vec<usize>> {
    prop::sample::subsequence((0..CLAUSES).collect::<Vec<_>>(), 2..=CLAUSES - 1)
}

fn rules() -> impl Strategy<Value = Rules> {
    let group = (members(), any::<bool>()).prop_map(|(members, projects)| Drawn { members, projects });
    let pair = prop::sample::subsequence((0..CLAUSES).collect::<Vec<_>>(), 2).prop_map(|pair| (pair[0], pair[1]));
    (prop::collection::vec(group, 3), prop::option::of(pair), prop::option::of((members(), 1..3_usize)), prop::option::of((members(), 1..40_i64)))
        .prop_map(|(highest, stacked, count, cap)| Rules { highest, stacked, count, cap })
}

fn firms() -> impl Strategy<Value = Vec<Firm>> {
    // Small amounts, so that combinations are often worth the same.
    let gives = prop::collection::vec(prop::option::weighted(0.8, 1..12_i64), CLAUSES);
    let projects = prop::collection::vec(prop::option::weighted(0.8, 0..2_u8), CLAUSES);
    prop::collection::vec((gives, projects).prop_map(|(gives, projects)| Firm { gives, projects }), 40)
}

/// The firms as a file would bring them.
fn chunks(scheme: &Scheme, firms: &[Firm]) -> Vec<Chunk> {
    let names = (1..=CLAUSES).flat_map(|n| [format!("投入{n}"), format!("项目@{n}")]).collect();
    let cells = |firm: &Firm| {
        let words =
            |at: usize| [firm.gives[at].map_or_else(String::new, |yuan| yuan.to_string()), firm.projects[at].map_or_else(String::new, |p| p.to_string())];
        (0..CLAUSES).flat_map(words).collect()
    };
    let rows = (2..).zip(firms).map(|(line, firm)| TableRow { line, cells: cells(firm) }).collect();
    let file = PopulationFile::of_table(scheme, Path::new("firms"), names, rows, Defaults { year: Some(2024), as_of: None }).unwrap();
    let mut reading = file.read().unwrap();
    std::iter::from_fn(|| reading.next_rows().unwrap()).map(|rows| file.decode(rows).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn what_is_held_is_lawful_and_no_lawful_combination_is_worth_more(rules in rules(), firms in firms()) {
        let scheme = rules.scheme();
        let together = together::assess(&scheme, chunks(&scheme, &firms));
        for (firm, cells) in firms.iter().zip(&together.rows) {
            let (held, awards) = rules.best(firm);
            let gets: Vec<i64> = cells.iter().map(|cell| cell.awarded.map_or(0, |fen| fen.0 / 100)).collect();
            prop_assert_eq!(&gets, &awards, "{:?} {:?}", rules, firm);
            let gave_way: Vec<bool> = cells.iter().map(|cell| cell.outcome == Outcome::Yielded).collect();
            let expected: Vec<bool> = (0..CLAUSES).map(|at| firm.gives[at].is_some() && !held[at]).collect();
            prop_assert_eq!(gave_way, expected, "{:?} {:?}", rules, firm);
        }
    }
}
