//! The figure of each clause at a glance, read beside the official words.

use crate::scheme;
use expect_test::expect;
use policy::plain::worth::{Worth, worth};

fn figures(place: &str) -> String {
    let scheme = scheme(place);
    let line = |clause: &policy::scheme::Clause| {
        let said = match worth(&scheme, clause) {
            Worth::Cap(fen, window) => format!("最高 {} {window:?}", fen.plain_zh()),
            Worth::Fixed(fen) => fen.plain_zh(),
            Worth::Between(low, high) => format!("{} – {}", low.plain_zh(), high.plain_zh()),
            Worth::Share(low, high) => format!("{low} – {high}"),
            Worth::Service(words) => words,
            Worth::Open => "未写明".to_owned(),
        };
        format!("{} {}：{said}\n", clause.id, clause.title)
    };
    scheme.clauses.iter().map(line).collect()
}

#[test]
fn every_clause_of_qianjiang_says_at_a_glance_what_its_text_says() {
    expect![[r#"
        1.1 电商新品牌奖励：最高 50万元 None
        1.2 品牌特色馆奖励：最高 30万元 None
        1.3 网购节排名补贴：最高 10万元 None
        1.4 网购节增量补贴：最高 10万元 None
        1.5 活动全额支持：1 – 1
        2.1 入园企业投入支持：最高 20万元 Some(Life)
        2.2 示范园区（基地）支持：10万元 – 20万元
        2.3 园区建设一次性补助：最高 70万元 None
        3.1 一次性搬迁补贴：10万元 – 20万元
        3.2 引进人才奖励：1 – 1
        4.1 新引进企业运营补助：0.6 – 0.7
        5.1 科技项目资助：最高 15万元 Some(Year)
        5.2 国家级数字商务示范企业奖励：30万元
        6.1 直播电商奖励：最高 50万元 None
        7.1 供应链改造支持：最高 20万元 Some(Life)
        7.2 投融资支持：投融资支持、协调融资便利
        8.1 跨境电商企业奖励：最高 200万元 None
        8.2 第三方跨境平台奖励：最高 300万元 None
        9.1 孵化器奖励：1万元 – 5万元
        10.1 人才待遇：落户、子女入学、人才公寓居住权
        10.2 技能培训奖励：1万元 – 3万元
    "#]]
    .assert_eq(&figures("qianjiang"));
}

#[test]
fn every_clause_of_jiulongpo_says_at_a_glance_what_its_text_says() {
    expect![[r#"
        1.1 全国总部、结算中心开办奖励：最高 300万元 None
        1.2 区域总部、结算中心开办奖励：最高 100万元 None
        2.1 新落户网络零售企业开办奖励：0.03 – 0.03
        3.1 办公用房租金补助：1 – 1
        4.1 税收增量返还：0.3 – 0.5
        5.1 市级电子商务企业认定：2万元
        6.1 分离设立网络零售法人：2万元
        7.1 网店入网费补贴：0.6 – 0.6
        8.1 平台收费会员奖励：5万元 – 20万元
        9.1 数据专线补贴：最高 20万元 Some(Year)
        10.1 示范楼宇：10万元
        11.1 高级管理人员子女入学：子女就近入学
    "#]]
    .assert_eq(&figures("jiulongpo"));
}
