//! Who may do what, as a table: every act by every role, from every unit, on an own and a foreign case – performed, and
//! compared with expectations written by hand from the rules an office lives with, not from the access table itself.

mod expected;
pub mod ground;
mod holes;
pub mod samples;

use casework::authority::TABLE;
use casework::people::Role;
use casework::{Act, Refusal};
use expect_test::expect_file;
use expected::{EXPECTED, Expected, Who};
use ground::Ground;
use office::Stop;
use std::fmt::Write;

/// What came of an attempt, as far as access goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Not allowed.
    Denied,
    /// As if the thing were not there, though it is.
    NotFound,
    /// Allowed; what a rule then said of it is another matter.
    Passed,
}

async fn answer(ground: &Ground, who: &str, role: Role, act: &Act) -> Answer {
    match ground.district.act(who, role, act.clone()).await {
        Ok(_) => Answer::Passed,
        Err(Stop::Refused(Refusal::Denied)) => Answer::Denied,
        Err(Stop::Refused(Refusal::Unknown { what, id })) if ground.is_there(what, &id) => Answer::NotFound,
        Err(Stop::Refused(_)) => Answer::Passed,
        Err(Stop::Failed(failure)) => panic!("{who}: {}: {failure}", act.name()),
    }
}

fn names() -> Vec<&'static str> {
    Act::NAMES.concat()
}

/// The expectations of an act. One that has none fails every test here, with what to write.
fn expected(act: &str) -> Expected {
    EXPECTED.iter().find(|(name, ..)| *name == act).map(|(_, who, why)| Expected::parse(who, why)).unwrap_or_else(|| {
        panic!(
            "{act} has no expectation. Add to EXPECTED in crates/office/tests/office/access/expected.rs, from the rules and not from authority::TABLE:\n    \
             (\"{act}\", \"<role>: lead|asked|other|own|foreign|all, …; <role>: …\", \"<the rule, in Chinese>\"),\n\
             and a sample of it to `samples` in crates/office/tests/office/access/samples.rs, about things that ground.rs prepares; \
             then UPDATE_EXPECT=1 cargo test -p office --test office access"
        )
    })
}

#[test]
fn every_act_stands_in_the_access_table_and_in_the_expectations_once() {
    for act in names() {
        expected(act);
        let rows = TABLE.iter().filter(|(name, _)| *name == act).count();
        assert_eq!(rows, 1, "{act} stands in authority::TABLE {rows} times: add a row with the roles that may do it");
        assert_eq!(EXPECTED.iter().filter(|(name, ..)| *name == act).count(), 1, "{act} is expected twice");
    }
    for name in TABLE.iter().map(|(name, _)| name).chain(EXPECTED.iter().map(|(name, ..)| name)) {
        assert!(names().contains(name), "{name} is no act");
    }
}

#[tokio::test]
async fn every_act_by_every_role_unit_and_applicant_is_answered_as_the_rules_want() {
    let ground = Ground::laid().await;
    let samples = samples::samples();
    let (mut cells, mut wrong) = (0, String::new());
    for act in names() {
        let expected = expected(act);
        let sample = samples.iter().find(|sample| sample.name() == act);
        let sample = sample.unwrap_or_else(|| panic!("{act} has no sample: add one to `samples` in crates/office/tests/office/access/samples.rs"));
        for role in Role::ALL {
            for who in Who::of(role) {
                cells += 1;
                let want = expected.answer(role, who);
                let came = answer(&ground, &ground.person(role, who), role, sample).await;
                if came != want {
                    writeln!(wrong, "{act} by {} ({}): {came:?}, expected {want:?}", role.name(), who.name()).unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{cells} cells; wrong:\n{wrong}");
    expect_file!["access.md"].assert_eq(&table(cells));
}

/// The expectations as a page.
fn table(cells: usize) -> String {
    let mut out = String::from(
        "# Who may do what\n\n\
         Generated from `access/expected.rs` by `UPDATE_EXPECT=1 cargo test -p office --test office access`, after every cell was performed.\n\n\
         Officers: `lead` – of the unit in charge of the call (牵头); `asked` – of a unit asked for its opinion (参与); `other` – of any other;\n\
         `all` – of any unit. Applicants: `own` – of the enterprise concerned, to any other the thing is *not found*; `own, foreign` – any.\n\
         An empty cell is denied. An act is refused on top of this by its own rules: stage, four eyes, recusal.\n",
    );
    let mut noun = "";
    for act in names() {
        let (of, _) = act.split_once('.').unwrap();
        if of != noun {
            noun = of;
            let heads: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
            write!(out, "\n## {noun}\n\n| act | {} | rule |\n|---|{}---|\n", heads.join(" | "), "---|".repeat(heads.len())).unwrap();
        }
        let expected = expected(act);
        let row: Vec<String> = Role::ALL.iter().map(|role| expected.cell(*role)).collect();
        writeln!(out, "| `{act}` | {} | {} |", row.join(" | "), expected.why).unwrap();
    }
    write!(out, "\n{} acts, {} roles, {cells} cells performed.\n", names().len(), Role::ALL.len()).unwrap();
    out
}
