//! The guide says everything an applicant needs of each clause, says nothing the file does not, and both writers carry it.

use crate::{PLACES, compiled};
use policy::guide::{About, Block, Guide, html, markdown, of};
use values::Lang;

const LABELS: [&str; 8] = ["对象", "条件", "标准", "材料", "流程", "时限", "受理单位", "附表"];

fn guide(place: &str, lang: Lang) -> Guide {
    let compiled = compiled(place);
    of(compiled.scheme.as_ref().unwrap(), &compiled.sentences, lang)
}

/// All words of a section.
fn words(section: &policy::guide::Section) -> String {
    let mut out = format!("{}\n", section.lead.as_deref().unwrap_or_default());
    for block in section.rows.iter().flat_map(|r| &r.blocks) {
        match block {
            Block::Text(words) | Block::Note(words) => out.push_str(words),
            Block::List(items) | Block::Steps(items) | Block::Official(items) => out.push_str(&items.join("\n")),
            Block::Table(table) => table.rows.iter().flatten().for_each(|cell| out.push_str(&format!("{}\n", cell.words))),
        }
        out.push('\n');
    }
    out
}

#[test]
fn every_clause_has_all_eight_parts_in_order() {
    for place in PLACES {
        let scheme = compiled(place).scheme.unwrap();
        let guide = guide(place, Lang::Zh);
        for clause in &scheme.clauses {
            let section = guide.sections.iter().find(|s| s.about == About::Clause(clause.id.clone())).unwrap();
            let labels: Vec<&str> = section.rows.iter().map(|r| r.label.as_str()).collect();
            assert_eq!(labels[..8], LABELS, "{place} {}", clause.id);
            assert!(section.rows.iter().all(|r| !r.blocks.is_empty()), "{place} {}", clause.id);
        }
    }
}

#[test]
fn every_fact_a_clause_asks_stands_in_its_form_or_in_the_common_one() {
    for place in PLACES {
        let scheme = compiled(place).scheme.unwrap();
        let guide = guide(place, Lang::Zh);
        let form = |id: Option<&str>| guide.sections.iter().find(|s| s.about == About::Form(id.map(String::from))).map_or(String::new(), words);
        for clause in &scheme.clauses {
            let text = format!("{}{}", form(Some(&clause.id)), form(None));
            for fact in clause.facts.iter().filter(|f| **f != scheme.kind_fact()) {
                let name = &scheme.fact(*fact).unwrap().name;
                assert!(text.contains(name.as_str()), "{place} {}: {name}", clause.id);
            }
        }
    }
}

#[test]
fn every_paper_the_file_names_is_asked_for_once_in_a_clause() {
    let guide = guide("qianjiang", Lang::Zh);
    let section = guide.sections.iter().find(|s| s.about == About::Clause("2.1".into())).unwrap();
    let row = section.rows.iter().find(|r| r.label == "材料").unwrap();
    let Block::Table(table) = &row.blocks[0] else { panic!("a table of papers") };
    let lines: Vec<String> = table.rows.iter().map(|r| r.iter().map(|c| c.words.as_str()).collect::<Vec<_>>().join(" | ")).collect();
    assert_eq!(
        lines,
        [
            "入园协议 | 入园企业 | 工业园区管委会",
            "合同 | 入园装修投入、入园设施设备投入 | —",
            "发票、付款凭证 | 入园装修投入、入园房屋租金、入园设施设备投入 | —",
            "租赁合同 | 入园房屋租金 | —",
        ]
    );
}

#[test]
fn what_the_file_does_not_say_is_left_to_the_receiving_unit() {
    for place in PLACES {
        let guide = guide(place, Lang::Zh);
        for section in guide.sections.iter().filter(|s| matches!(s.about, About::Clause(_) | About::Process)) {
            assert!(words(section).contains("由受理单位公布"), "{place} {}", section.title);
        }
    }
    let text = markdown(&guide("jiulongpo", Lang::Zh));
    assert!(text.contains("政策没有写明牵头单位"), "{text}");
}

#[test]
fn amounts_are_in_plain_words() {
    let lead = |place: &str, id: &str| guide(place, Lang::Zh).sections.iter().find(|s| s.about == About::Clause(id.into())).unwrap().lead.clone().unwrap();
    assert_eq!(lead("qianjiang", "1.1"), "品牌年销售额的1%，最高50万元");
    assert_eq!(lead("qianjiang", "2.1"), "不超过有效投资的40%，累计不超过20万元");
    assert_eq!(lead("qianjiang", "2.2"), "20万元、10万元（取最高一项，见表），扣除本条已得");
    assert_eq!(lead("qianjiang", "3.1"), "10万元、15万元、20万元（按上年度应税网络销售额分档，见表）");
    assert_eq!(lead("jiulongpo", "4.1"), "主体税区级留成比上年增量的30%、50%（按区级财政贡献额分档，见表）");
    assert_eq!(lead("jiulongpo", "11.1"), "子女就近入学（服务，不拨付资金）");
}

#[test]
fn both_writers_carry_every_word_in_both_languages() {
    for place in PLACES {
        for lang in [Lang::Zh, Lang::En] {
            let guide = guide(place, lang);
            let (page, text) = (html(&guide), markdown(&guide).replace('\\', ""));
            for section in &guide.sections {
                assert!(page.contains(&format!("id=\"{}\"", section.anchor)), "{}", section.anchor);
                for line in words(section).lines().filter(|l| !l.contains(['<', '&', '"', '\''])) {
                    let piece: String = line.chars().take(12).collect();
                    assert!(page.contains(&piece), "{place}: {piece} not in the page");
                    assert!(text.contains(&piece), "{place}: {piece} not in the text");
                }
            }
            assert!(!page.contains("http"), "the page calls nobody");
        }
    }
}

#[test]
fn the_official_words_follow_each_clause_unchanged() {
    for place in PLACES {
        let compiled = compiled(place);
        let scheme = compiled.scheme.as_ref().unwrap();
        let guide = of(scheme, &compiled.sentences, Lang::Zh);
        for (clause, quoted) in scheme.clauses.iter().zip(&scheme.clause_words) {
            let section = guide.sections.iter().find(|s| s.about == About::Clause(clause.id.clone())).unwrap();
            let official = section.rows.iter().flat_map(|r| &r.blocks).find_map(|b| if let Block::Official(p) = b { Some(p) } else { None });
            assert_eq!(official, Some(&quoted.paragraphs), "{place} {}", clause.id);
        }
    }
}
