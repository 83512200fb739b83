//! What a simulation found as one page of HTML for whoever decides: head figures, what stands out in sentences, and charts each
//! with the table behind it. It needs no other file, no network and no script, and prints on A4. Everything in it comes from
//! the sums; nothing is worked out here but shares and what is left of a sum.

mod chart;
mod figures;
mod page;
mod sections;

use crate::against::{Against, title};
use crate::simulate::Summary;
use crate::size::Sizes;
use crate::sweep::Sweep;
use policy::scheme::{Overrun, Scheme};
use values::Lang;

/// What is shown.
#[derive(Clone, Copy)]
pub struct Report<'r> {
    /// The policy.
    pub scheme: &'r Scheme,
    /// What it came to.
    pub summary: &'r Summary,
    /// What the population is called.
    pub population: &'r str,
    /// Facts that a rule asks for and no column holds.
    pub missing: &'r [String],
    /// By what sizes are.
    pub sizes: Option<&'r Sizes>,
    /// Against another version.
    pub against: Option<&'r Against>,
    /// What a number of the rules does.
    pub sweep: Option<&'r Sweep>,
    /// In which language.
    pub lang: Lang,
}

impl Report<'_> {
    /// The page.
    #[must_use]
    pub fn html(&self) -> String {
        page::html(self)
    }

    fn w<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.lang == Lang::Zh { zh } else { en }
    }

    fn sum(&self, fen: i128) -> String {
        figures::sum(fen, self.lang)
    }

    fn title(&self) -> String {
        title(self.scheme)
    }

    /// What stands out, one sentence each.
    fn points(&self) -> Vec<String> {
        let (summary, zh) = (self.summary, self.lang == Lang::Zh);
        let (rows, winners) = (figures::count(summary.rows), figures::count(summary.winners));
        let share = figures::share(i128::from(summary.winners), i128::from(summary.rows));
        let claimed = self.sum(summary.claimed);
        let mut out = vec![if zh {
            format!("{rows}户中有{winners}户（{share}）可以得到支持，申请合计{claimed}。")
        } else {
            format!("Of {rows} applicants {winners} ({share}) can be supported; {claimed} is claimed in all.")
        }];
        if summary.made_up > 0 {
            let made_up = figures::count(summary.made_up);
            out.insert(
                0,
                if zh {
                    format!("其中{made_up}户由种子生成，都是虚构的，不是真实数据：不能作本区预算的依据。")
                } else {
                    format!("{made_up} of the applicants are made up from a seed and no real data: nothing follows from them about a real district.")
                },
            );
        }
        if summary.out_of_force() {
            out.push(
                self.w(
                    "这项政策在所算的年度不在施行期内，所以没有一条给付。",
                    "The policy is not in force in the year that was worked out: no clause gives anything.",
                )
                .to_owned(),
            );
        }
        out.extend(summary.shared.pools.iter().filter(|share| share.claims.0 > 0).filter_map(|share| self.pool_point(share)));
        out.extend(self.dearest());
        out.extend(self.against.map(|against| self.against_point(against)));
        out.extend(self.sweep.and_then(|sweep| self.sweep_point(sweep)));
        if let Some((low, high)) = summary.resampled {
            let (low, high) = (self.sum(low), self.sum(high));
            out.push(if zh {
                format!("若这份文件是抽样：重抽{}次，九成五的申请合计在{low}到{high}之间。", crate::resample::RESAMPLES)
            } else {
                format!(
                    "Were the file a sample: resampled {} times, nineteen of twenty sums of claims lie between {low} and {high}.",
                    crate::resample::RESAMPLES
                )
            });
        }
        out
    }

    fn pool_point(&self, share: &policy::assessment::PoolShare) -> Option<String> {
        let pool = self.scheme.pools.get(share.pool as usize)?;
        let (name, year, zh) = (&pool.name, share.year, self.lang == Lang::Zh);
        let (claims, given) = (i128::from(share.claims.0), i128::from(share.given.0));
        let Some(held) = share.amount.map(|amount| i128::from(amount.0)) else {
            let claims = self.sum(claims);
            return Some(if zh {
                format!("资金“{name}”{year}年额度未定，申请{claims}。")
            } else {
                format!("Fund {name} has no amount for {year} yet; {claims} is claimed.")
            });
        };
        let (amount, ratio) = (self.sum(held), figures::share(given, claims).replace('<', self.w("不到", "less than ")));
        Some(if claims <= held {
            let left = self.sum(held - claims);
            if zh {
                format!("资金“{name}”{year}年额度{amount}，够用，余{left}。")
            } else {
                format!("Fund {name} holds {amount} in {year}: it suffices, and {left} is left.")
            }
        } else {
            let short = self.sum(claims - given);
            let (how, how_en) = match pool.overrun {
                Overrun::ProRata => ("按比例折算", "shared pro rata"),
                Overrun::FirstCome => ("先到先得", "first come, first served"),
                Overrun::CarryOver => ("先到先得，不足的顺延", "first come, the rest carried over"),
                Overrun::ByMeasure(..) => ("按排序依据的高低", "in order of the measure"),
                Overrun::ByClause(_) => ("按条款的先后", "in the order of clauses"),
            };
            if zh {
                format!("资金“{name}”{year}年额度{amount}，只够申请的{ratio}，{how}，少付{short}。")
            } else {
                format!("Fund {name} holds {amount} in {year}, {ratio} of what is claimed; {how_en}, {short} is not paid.")
            }
        })
    }

    /// The clauses that cost most.
    fn dearest(&self) -> Option<String> {
        let mut clauses: Vec<_> = self.scheme.clauses.iter().zip(&self.summary.clauses).filter(|(_, sum)| sum.claimed > 0).collect();
        clauses.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.claimed));
        clauses.truncate(3);
        let all: i128 = self.summary.claimed;
        let named: Vec<String> = clauses
            .iter()
            .map(|(clause, sum)| {
                let share = figures::share(sum.claimed, all);
                if self.lang == Lang::Zh {
                    format!("{}“{}”（{share}）", clause.id, clause.title)
                } else {
                    format!("{} {} ({share})", clause.id, clause.title)
                }
            })
            .collect();
        (named.len() == 3).then(|| match self.lang {
            Lang::Zh => format!("申请最多的三条：{}。", named.join("、")),
            Lang::En => format!("The three clauses with the largest claims: {}.", named.join(", ")),
        })
    }

    fn against_point(&self, against: &Against) -> String {
        let all = against.all;
        let (gain, lose, same) = (figures::count(all.gain), figures::count(all.lose), figures::count(against.same));
        let (gained, lost) = (self.sum(all.gained), self.sum(all.lost));
        match self.lang {
            Lang::Zh => format!("与另一版相比：{gain}户多得，共多{gained}；{lose}户少得，共少{lost}；{same}户不变。"),
            Lang::En => format!("Against the other version {gain} get more, {gained} together; {lose} get less, {lost} together; {same} get the same."),
        }
    }

    fn sweep_point(&self, sweep: &Sweep) -> Option<String> {
        let (first, last) = (sweep.points.first()?, sweep.points.last()?);
        let (place, words) = (&sweep.place, &sweep.words);
        let (a, b) = (self.sum(first.claimed), self.sum(last.claimed));
        Some(match self.lang {
            Lang::Zh => format!("{place}的{words}改为{}时申请合计{a}，改为{}时{b}。", first.value, last.value),
            Lang::En => format!("With {} for the {words} of {place}, {a} is claimed in all; with {}, {b}.", first.value, last.value),
        })
    }
}
