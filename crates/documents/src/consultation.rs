//! Documents about a draft the public is asked about. Who said something is not shown: only what was said and what became of it.

use crate::field::data;
use crate::records::{NotYet, Records, count, period, provisional};
use casework::policy_version::{Anchor, Comment, Verdict};
use values::Date;

data! {
    /// 征求意见公告
    Invitation {
        policy: String = "政策", lead: String = "牵头单位", from: Date = "开始日期", until: Date = "截止日期", period: String = "征求意见时长", basis: String = "期限依据",
        provisional: Option<String> = "暂定说明",
    }

    /// A comment, and what became of it.
    CommentRow { about: String = "针对内容", words: String = "意见内容", verdict: String = "采纳情况", reason: String = "理由" }

    /// 意见汇总表
    Answered {
        policy: String = "政策", from: Option<Date> = "开始日期", until: Option<Date> = "截止日期", released: Date = "反馈日期", comments: Vec<CommentRow> = "意见明细",
        all: i64 = "意见条数", adopted: i64 = "采纳条数", in_part: i64 = "部分采纳条数", not_adopted: i64 = "不采纳条数",
    }
}

fn draft(records: &Records<'_>) -> String {
    let title = records.scheme.map_or("", |scheme| scheme.policy.title.as_str());
    if title.contains("征求意见稿") { format!("《{title}》") } else { format!("《{title}（征求意见稿）》") }
}

pub(crate) fn invitation(records: &Records<'_>) -> Result<Invitation, NotYet> {
    let life = records.life.as_ref().ok_or(NotYet("没有政策版本"))?;
    let (term, basis) = life.invitation.as_ref().ok_or(NotYet("政策版本尚未公开征求意见"))?;
    Ok(Invitation {
        policy: draft(records),
        lead: records.unit(&life.lead),
        from: term.from,
        until: term.last,
        period: period(term.period),
        basis: basis.clone(),
        provisional: provisional(term.provisional),
    })
}

pub(crate) fn answered(records: &Records<'_>) -> Result<Answered, NotYet> {
    let life = records.life.as_ref().ok_or(NotYet("没有政策版本"))?;
    let released = life.released.ok_or(NotYet("意见采纳情况尚未公布"))?;
    let term = life.invitation.as_ref().map(|(term, _)| term);
    let answered: Vec<(&Comment, Verdict, &str)> =
        records.comments.iter().filter_map(|comment| comment.answer().map(|answer| (comment, answer.verdict, answer.reason.as_str()))).collect();
    let of = |wanted: Verdict| count(answered.iter().filter(|(_, verdict, _)| *verdict == wanted).count());
    let row = |(comment, verdict, reason): &(&Comment, Verdict, &str)| CommentRow {
        about: match &comment.anchor {
            Anchor::Clause(clause) => {
                format!("第{clause}条{}", Some(records.title(clause)).filter(|t| !t.is_empty()).map(|t| format!("（{t}）")).unwrap_or_default())
            }
            Anchor::Sentence(words) => format!("“{words}”"),
            Anchor::Whole => "全文".to_owned(),
        },
        words: comment.words.clone(),
        verdict: match verdict {
            Verdict::Adopted => "采纳",
            Verdict::AdoptedInPart => "部分采纳",
            Verdict::NotAdopted => "不采纳",
        }
        .to_owned(),
        reason: (*reason).to_owned(),
    };
    Ok(Answered {
        policy: draft(records),
        from: term.map(|term| term.from),
        until: term.map(|term| term.last),
        released: released.date(),
        all: count(answered.len()),
        adopted: of(Verdict::Adopted),
        in_part: of(Verdict::AdoptedInPart),
        not_adopted: of(Verdict::NotAdopted),
        comments: answered.iter().map(row).collect(),
    })
}
