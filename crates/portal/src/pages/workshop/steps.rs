//! The acts of the life of a version as forms: at which stages each is offered, what it asks, and how what was typed becomes the
//! fields of the act. Whether an act may be done the office decides.

use super::super::Given;
use crate::problem::Problem;
use casework::policy_version::{PolicyStage, PolicyStage as S};
use serde_json::{Map, Value, json};

/// How a field is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A line of text.
    Line,
    /// Several lines.
    Long,
    /// A day.
    Day,
    /// A day, or none.
    DayOrNone,
    /// So many working days.
    WorkingDays,
    /// One of some: value, Chinese, English.
    Choice(&'static [(&'static str, &'static str, &'static str)]),
    /// Units.
    Units,
    /// Another version of the policy, or none.
    Version,
    /// A clause of the version.
    Clause,
}

/// A field of a form: name, Chinese, English, how it is asked.
pub type Field = (&'static str, &'static str, &'static str, Ask);

/// An act as a form.
pub struct Step {
    /// Name of the act.
    pub act: &'static str,
    /// Chinese and English.
    pub words: (&'static str, &'static str),
    /// What it asks for, and the rule.
    pub hint: (&'static str, &'static str),
    /// Stages at which it is offered.
    pub stages: &'static [PolicyStage],
    /// Fields, in the order of the act; those with a dot stand in an object of their own.
    pub fields: &'static [Field],
}

const PASSED: Ask = Ask::Choice(&[("yes", "通过", "passed"), ("no", "不通过，退回起草", "failed: back to the drafter")]);
const VIEW: Ask = Ask::Choice(&[("agrees", "无意见", "agrees"), ("wants_changes", "有修改意见", "wants changes")]);
const DUTY: Ask = Ask::Choice(&[("item_list", "事项清单", "list of items"), ("manual", "工作手册", "manual"), ("guide", "申报指南", "application guide")]);
const STATUS: Ask = Ask::Choice(&[("suspended", "暂停", "suspended"), ("cleared", "清理", "cleared"), ("in_force", "恢复有效", "in force again")]);
const PENDING: Ask = Ask::Choice(&[("go_on", "在办案件继续办理", "pending cases go on"), ("stop", "在办案件停止核定", "pending cases stop")]);

const REVIEW: &[Field] = &[
    ("number", "文号", "Number", Ask::Line),
    ("on", "日期", "Day", Ask::Day),
    ("passed", "结论", "Result", PASSED),
    ("conclusion", "审查意见", "Conclusion", Ask::Long),
];

/// All of them, in the order of a life.
pub const STEPS: &[Step] = &[
    Step {
        act: "policy.consult",
        words: ("征询部门意见", "Ask units"),
        hint: ("选择征询的部门和答复时限。", "Units and how long they have."),
        stages: &[S::Draft],
        fields: &[("units", "部门", "Units", Ask::Units), ("period", "时限（工作日）", "Working days", Ask::WorkingDays)],
    },
    Step {
        act: "policy.reply",
        words: ("答复意见征询", "Give the unit's view"),
        hint: ("有修改意见的，写明改什么、为什么。", "What to change, and why."),
        stages: &[S::Consulting],
        fields: &[("view", "意见", "View", VIEW), ("words", "说明", "Words", Ask::Long)],
    },
    Step {
        act: "policy.invite",
        words: ("公开征求意见", "Ask the public"),
        hint: ("部门答复完毕或时限届满后进行；写明期限的依据。", "Once the units answered; name the rule for the time."),
        stages: &[S::Draft, S::Consulting],
        fields: &[("period", "时限（工作日）", "Working days", Ask::WorkingDays), ("basis", "期限依据", "Rule", Ask::Line)],
    },
    Step {
        act: "policy.waive",
        words: ("说明不公开征求意见的依据", "Say why the public is not asked"),
        hint: ("没有依据的，应当公开征求意见。", "Without a rule that allows it, the public is asked."),
        stages: &[S::Draft, S::Consulting],
        fields: &[("reason", "依据", "Rule", Ask::Long)],
    },
    Step {
        act: "policy.release",
        words: ("公布意见采纳情况", "Publish all answers"),
        hint: ("征求意见期满、每条意见都有答复后，一次公布。", "When the time is over and every comment has an answer."),
        stages: &[S::Inviting],
        fields: &[],
    },
    Step {
        act: "policy.review_competition",
        words: ("登记公平竞争审查", "Record the fair competition review"),
        hint: ("审查的是当前文本；文本改动后须重新审查。起草人不得审查。", "Of the text at hand: a changed text is reviewed again. Not by its drafter."),
        stages: &[S::Draft, S::Consulting, S::Answered],
        fields: REVIEW,
    },
    Step {
        act: "policy.review_legality",
        words: ("登记合法性审核", "Record the review of legality"),
        hint: ("审核的是当前文本；文本改动后须重新审核。起草人不得审核。", "Of the text at hand: a changed text is reviewed again. Not by its drafter."),
        stages: &[S::CompetitionReviewed],
        fields: REVIEW,
    },
    Step {
        act: "policy.resolve",
        words: ("登记集体审议", "Record the collective decision"),
        hint: ("填写会议纪要文号和日期。", "Number and day of the minutes."),
        stages: &[S::LegalityReviewed],
        fields: &[("minutes", "纪要文号", "Minutes", Ask::Line), ("on", "日期", "Day", Ask::Day)],
    },
    Step {
        act: "policy.publish",
        words: ("印发", "Issue it"),
        hint: (
            "公平竞争审查、合法性审核、集体审议须都是当前文本的，缺一项不能印发。",
            "Fair competition, legality and the decision must be of this very text: without one it is not issued.",
        ),
        stages: &[S::Resolved],
        fields: &[
            ("issue.number", "文号", "Number", Ask::Line),
            ("issue.on", "印发日期", "Issued on", Ask::Day),
            ("issue.effective", "施行日期", "In force from", Ask::Day),
            ("issue.until", "有效期至（没有规定不填）", "Until (if set)", Ask::DayOrNone),
            ("replaces", "修订的版本（不是修订不选）", "Takes the place of", Ask::Version),
        ],
    },
    Step {
        act: "policy.redraft",
        words: ("退回起草", "Back to a draft"),
        hint: ("退回后可以改文本；已有的审查对新文本无效。", "The text may be changed then; reviews do not hold for another text."),
        stages: &[S::Consulting, S::Answered, S::CompetitionReviewed, S::LegalityReviewed, S::Resolved],
        fields: &[("reason", "理由", "Reason", Ask::Long)],
    },
    Step {
        act: "policy.done",
        words: ("登记印发后事项", "Note what was due after issuing"),
        hint: ("事项清单、工作手册、申报指南各登记一次。", "List of items, manual and guide, once each."),
        stages: &[S::Issued],
        fields: &[("duty", "事项", "What", DUTY), ("on", "完成日期", "Day", Ask::Day), ("document", "文件", "Document", Ask::Line)],
    },
    Step {
        act: "policy.set_clause",
        words: ("调整条款效力", "Change the status of a clause"),
        hint: ("暂停或清理条款须有文件依据。", "A document has to say so."),
        stages: &[S::Issued],
        fields: &[
            ("change.clause", "条款", "Clause", Ask::Clause),
            ("change.status", "效力", "Status", STATUS),
            ("change.from", "自何日起", "From", Ask::Day),
            ("change.instrument", "依据文号", "Document", Ask::Line),
            ("change.pending", "在办案件", "Pending cases", PENDING),
        ],
    },
    Step {
        act: "policy.repeal",
        words: ("废止", "Repeal it"),
        hint: ("废止须有文件依据；废止后不再受理新的申报。", "A document has to say so; nothing new is taken in then."),
        stages: &[S::Issued],
        fields: &[("on", "自何日起不再施行", "Not in force from", Ask::Day), ("instrument", "依据文号", "Document", Ask::Line)],
    },
];

/// The fields of an act from what was typed. Errors: a number that is none.
pub fn fields_of(step: &Step, policy: &str, given: &Given) -> Result<Value, Problem> {
    let mut out = Map::new();
    out.insert("policy".into(), policy.into());
    for (name, zh, en, ask) in step.fields {
        let typed = given.get(*name).map(|value| value.trim()).unwrap_or_default();
        let value = match ask {
            Ask::Line | Ask::Long | Ask::Choice(_) if *name == "passed" => (typed == "yes").into(),
            Ask::Line | Ask::Long | Ask::Day | Ask::Clause | Ask::Choice(_) => typed.into(),
            Ask::DayOrNone | Ask::Version => Some(typed).filter(|typed| !typed.is_empty()).into(),
            Ask::WorkingDays => {
                let days: u32 = typed.parse().map_err(|_| Problem::unusable(format!("“{zh}”请填整数。"), format!("{en}: a whole number.")))?;
                json!({ "working_days": days })
            }
            Ask::Units => given.keys().filter_map(|key| key.strip_prefix("unit.")).collect(),
        };
        match name.split_once('.') {
            Some((object, field)) => {
                let inner = out.entry(object).or_insert_with(|| json!({}));
                if let Value::Object(inner) = inner {
                    inner.insert(field.into(), value);
                }
            }
            None => drop(out.insert((*name).into(), value)),
        }
    }
    Ok(Value::Object(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::act_of;

    /// A form that does not fill its act would be refused for ever.
    #[test]
    fn every_form_fills_its_act() {
        for step in STEPS {
            let mut given = Given::new();
            for (name, _, _, ask) in step.fields {
                let typed = match ask {
                    Ask::Day | Ask::DayOrNone => "2025-06-18",
                    Ask::WorkingDays => "5",
                    Ask::Choice(choices) => choices[0].0,
                    Ask::Units => continue,
                    Ask::Line | Ask::Long | Ask::Version | Ask::Clause => "x1",
                };
                given.insert((*name).into(), typed.into());
            }
            given.insert("unit.park".into(), "yes".into());
            let act = act_of(step.act, fields_of(step, "p1", &given).unwrap()).unwrap_or_else(|why| panic!("{}: {why:?}", step.act));
            assert_eq!(act.name(), step.act);
        }
    }
}
