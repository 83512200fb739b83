//! The formatter: one layout, nothing lost, the same meaning in both languages of the keywords. Meaning is compared
//! as syntax without places, and as the hash of the compiled scheme.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use policy::compile;
use policy::format::{Keywords, format};
use policy::source::{SourceFile, Sources, split};
use policy::syntax::lexer::{TokenKind, lex};
use policy::syntax::parse::parse;
use proptest::prelude::*;
use std::path::Path;

const POLICIES: &[&str] = &["jiulongpo", "qianjiang", "sample"];

fn policy(name: &str) -> Sources {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(name);
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let file = |name: &str| SourceFile { name: name.into(), text: read(name) };
    Sources { files: vec![file("policy.md"), file("situations.md")], official: Some(read("official.txt")) }
}

fn each_file(sources: &Sources, keywords: Option<Keywords>) -> Sources {
    let mut sources = sources.clone();
    for file in &mut sources.files {
        let formatted = format(0, &file.text, keywords);
        assert_eq!(formatted.diagnostics, [], "{}", file.name);
        file.text = formatted.text;
    }
    sources
}

/// A fence with this body.
fn fenced(body: &str) -> String {
    format!("# t\n\n```duixian\n{body}```\n")
}

fn formatted(body: &str, keywords: Option<Keywords>) -> String {
    let formatted = format(0, &fenced(body), keywords);
    assert_eq!(formatted.diagnostics, [], "{body}");
    let inner = formatted.text.strip_prefix("# t\n\n```duixian\n").and_then(|t| t.strip_suffix("```\n"));
    inner.unwrap_or_else(|| panic!("the fence changed: {}", formatted.text)).to_owned()
}

/// What the parser makes of a text, without places and without heads as written.
fn syntax(text: &str) -> String {
    let parsed = parse(&Sources::single(text));
    let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code).collect();
    let blocks = parsed.blocks.iter().cloned().map(|mut block| {
        block.heading = String::new();
        format!("{block:?}\n")
    });
    let whole = blocks.collect::<String>();
    let mut out = format!("{codes:?}\n");
    let mut rest = whole.as_str();
    while let Some((before, after)) = rest.split_once("Span {") {
        out.push_str(before);
        rest = after.split_once('}').unwrap().1;
    }
    out + rest
}

/// All that holds of any text that can be read: layout settled, same meaning in both languages and back.
fn lawful(text: &str) {
    let once = format(0, text, None).text;
    assert_eq!(format(0, &once, None).text, once, "formatting twice");
    let english = format(0, text, Some(Keywords::English)).text;
    let chinese = format(0, text, Some(Keywords::Chinese)).text;
    assert_eq!(format(0, &english, Some(Keywords::Chinese)).text, chinese, "English and back");
    assert_eq!(format(0, &english, None).text, english, "formatting English twice");
    let meant = syntax(text);
    for version in [&once, &english, &chinese] {
        assert_eq!(syntax(version), meant, "{version}");
    }
}

#[test]
fn real_policies_keep_their_meaning_in_both_languages() {
    for sources in POLICIES.iter().map(|name| policy(name)) {
        for file in &sources.files {
            lawful(&file.text);
        }
    }
}

#[test]
fn real_policies_keep_their_prose() {
    for sources in POLICIES.iter().map(|name| policy(name)) {
        let english = each_file(&sources, Some(Keywords::English));
        for (before, after) in sources.files.iter().zip(&english.files) {
            assert_eq!(outside(&before.text), outside(&after.text), "{}", before.name);
        }
    }
}

fn outside(text: &str) -> String {
    let mut out = String::new();
    let mut done = 0;
    for fence in split(0, text).fences {
        out.push_str(&text[done..fence.body.start as usize]);
        done = fence.body.end as usize;
    }
    out + &text[done..]
}

#[test]
fn a_scheme_keeps_its_hash_when_formatted() {
    for sources in POLICIES.iter().map(|name| policy(name)) {
        let before = compile(&sources).scheme.unwrap();
        let after = compile(&each_file(&sources, None)).scheme.unwrap();
        assert_eq!(before.hash, after.hash);
    }
}

#[test]
fn an_english_file_compiles_to_the_same_scheme() {
    for sources in POLICIES.iter().map(|name| policy(name)) {
        let chinese = compile(&sources);
        let english = compile(&each_file(&sources, Some(Keywords::English)));
        let codes = |c: &policy::Compiled| c.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>();
        assert_eq!(codes(&english), codes(&chinese));
        assert_eq!(english.scheme.unwrap().hash, chinese.scheme.unwrap().hash);
    }
}

#[test]
fn loose_writing_gets_the_one_layout() {
    let loose = "\
条款  6.1   “直播电商奖励”
 对象 企业 、 个体工商户
 条件 直播间数   不少于  ５间
      （甲 或 乙）且 非 丙
      面积 介于 １,０00平方米(含) 至 ２千平方米(不含)
 排名 得分 前5名 ,每个 类别,同分 比 乙
 给予 分档 年销售额
       达到 1000万元:10万元
       达到 5000万元 ： 15万元
      最高 12万元,扣除   本条 已得
 频次 每年 5次 ,共2年
 兑付
   第1年:50％
   第 2至3年：均付,须  正常经营 ，不符则 顺延
";
    let wanted = "\
条款 6.1「直播电商奖励」
  对象  企业、个体工商户
  条件  直播间数 不少于 5间
        （甲 或 乙） 且 非 丙
        面积 介于 1,000平方米（含）至 2千平方米（不含）
  排名  得分 前 5 名，每个 类别，同分 比 乙
  给予  分档 年销售额
          达到 1000万元：10万元
          达到 5000万元：15万元
        最高 12万元，扣除 本条 已得
  频次  每年 5 次，共 2 年
  兑付
    第 1 年：50%
    第 2 至 3 年：均付，须 正常经营，不符则 顺延
";
    assert_eq!(formatted(loose, None), wanted);
    lawful(&fenced(wanted));
}

#[test]
fn nested_lines_stand_two_deeper_than_the_content_they_belong_to() {
    let loose = "\
条款 9「甲」
    给予 合计 每个 引进人才
          条件 经认定
               认定年度 达到 2023年
          计 分档 贡献
               达到 1万元：1万元
             扣除 已得额
          最高 30万元
    其中 上限 为 若 大 则 6% 否则 4%
         下限 为 合计
             投入
             不计 甲、乙
";
    let wanted = "\
条款 9「甲」
  给予  合计 每个 引进人才
          条件  经认定
                认定年度 达到 2023年
          计    分档 贡献
                  达到 1万元：1万元
                扣除 已得额
          最高 30万元
  其中  上限 为 若 大 则 6% 否则 4%
        下限 为 合计
          投入
          不计 甲、乙
";
    assert_eq!(formatted(loose, None), wanted);
    lawful(&fenced(loose));
}

#[test]
fn facts_stand_in_columns() {
    let loose = "\
事实
  甲 是否 佐证「证照」、「合同」 核验 区商务委、区税务局
  网络零售额 元 按年 自 2022年 问「多少？」
  机构类型 选项（全国总部、区域总部、其他机构） 问「哪一类？」
  人才 名单(人)
    姓名 文字
    累计个税贡献 元 问「元」
";
    let wanted = "\
事实
  甲              是否               佐证「证照」、「合同」 核验 区商务委、区税务局
  网络零售额      元 按年 自 2022年  问「多少？」
  机构类型        选项（全国总部、区域总部、其他机构）  问「哪一类？」
  人才            名单（人）
    姓名          文字
    累计个税贡献  元                 问「元」
";
    assert_eq!(formatted(loose, None), wanted);
    lawful(&fenced(loose));
}

#[test]
fn a_reading_keeps_what_goes_on_with_the_line_it_repeats() {
    let loose = "\
读法 2.1「不超过20万元」
  取    条件 甲
             乙
  另    条件 任一
          甲
          乙
  另    频次 每年
        扣除 本条 已得
  另    前5名
  因    「原文没有写」
";
    let wanted = "\
读法 2.1「不超过20万元」
  取  条件 甲
           乙
  另  条件 任一
        甲
        乙
  另  频次 每年
      扣除 本条 已得
  另  前 5 名
  因  「原文没有写」
";
    assert_eq!(formatted(loose, None), wanted);
    let english = formatted(wanted, Some(Keywords::English));
    assert!(english.contains("\n  read_as  require 甲\n                   乙\n"), "{english}");
    lawful(&fenced(wanted));
}

#[test]
fn words_that_are_keywords_elsewhere_stay_names() {
    let body = "\
事实
  项目      是否
  单位      项
  共        选项（是、否、全部）
  次        次
条款 3「词」
  对象  机构、项目
  条件  项目
        单位 达到 3项
        共 属于 是、全部
        至少 1 项
          次 为 否
          项目
  其中  前 为 分类 共
          是：1%
          其余：2%
  排名  次 前 3 名，每个 共，同分 比 单位
  给予  单位 乘 1万元/项 的 前
  频次  3年内 一次，每个 项目
并用「甲」
  适用  全部 除 条款 3、全部
  同一  申报项目、类别
  方式  就高，只对 他处，已得不补
资金「乙」
  适用  本节、他处
  额度  2024年 另定
        每年 100万元
  超额  按 次 低者先，末位不给
  来源  区级 财政 按 年度
情形「丙」
  承    「丁」
  事实  项目 是
        2023年 单位 3项
        共 全部
  项目  3「一期」
  结果  3 不符合 因 上年 项目
  申报人 项目
    他处  「市级」 1万元，申报项目 「一期」，类别 「投入」
";
    let english = formatted(body, Some(Keywords::English));
    for name in ["项目", "单位", "共 ", "次 ", "前\n"] {
        assert!(english.contains(name), "{name} in {english}");
    }
    for line in [
        "  项目  yes_or_no",
        "  单位  项",
        "  共    one_of（是、否、全部）",
        "共 in 是、全部",
        "at_least_of 1 of",
        "次 is no",
        "是：1%",
        "rank       次 top 3 places，each 共，tie over 单位",
        "3年内 one_time，each 项目",
        "all_clauses except clause 3、全部",
        "same   申报项目、kind",
        "highest，only elsewhere，no_topping_up",
        "2024年 to_be_set",
        "by 次 lowest_first，last_not_at_all",
        "区级 财政 按 年度",
        "facts    项目 yes",
        "共 全部",
        "project  3 「一期」",
        "ineligible because 上年 项目",
        "firm 项目",
        "project_applied_for 「一期」，kind 「投入」",
    ] {
        assert!(english.contains(line), "{line}\n{english}");
    }
    lawful(&fenced(body));
}

#[test]
fn comments_and_single_blank_lines_survive() {
    let loose = "\
# 文件的说明

条款 1「甲」# 题目


 # 谁可以申报
 对象 企业     # 只有企业
      # 门槛
 条件 乙
      丙    #与上同
 # 末尾

";
    let wanted = "\
# 文件的说明

条款 1「甲」  # 题目

  # 谁可以申报
  对象  企业  # 只有企业
  # 门槛
  条件  乙
        丙  #与上同
        # 末尾
";
    assert_eq!(formatted(loose, None), wanted);
    assert_eq!(formatted(wanted, None), wanted);
    assert_eq!(formatted("# 只有说明\n", None), "# 只有说明\n");
    assert_eq!(formatted("", None), "");
}

#[test]
fn a_fence_that_cannot_be_read_is_left_alone_and_told_of() {
    let good = "```duixian\n条款 1「甲」\n    对象 企业\n```\n";
    for (code, bad) in [
        ("E0101", "条款 1「甲」\n    对象 “企业\n"),
        ("E0101", "条款 1「甲」\n    对象 企…业\n"),
        ("E0104", "条款 1「甲」\n\t对象 企业\n"),
        ("E0105", "条款 1「甲」\n    对象 企业\n  条件 乙\n"),
    ] {
        let text = format!("前言\n```duixian\n{bad}```\n中间  \n{good}后记");
        let formatted = format(7, &text, Some(Keywords::English));
        assert_eq!(formatted.text, format!("前言\n```duixian\n{bad}```\n中间  \n```duixian\nclause 1「甲」\n  applicant  企业\n```\n后记"));
        assert_eq!(formatted.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [code]);
        assert_eq!(formatted.diagnostics[0].span.file, 7);
    }
}

#[test]
fn an_open_fence_is_left_alone_and_told_of() {
    let text = "```duixian\n条款 1「甲」\n      对象 企业\n";
    let formatted = format(0, text, Some(Keywords::English));
    assert_eq!(formatted.text, text);
    assert_eq!(formatted.diagnostics[0].code, "E0110");
}

#[test]
fn other_fences_and_line_ends_stay() {
    let text = "```duixian\r\n条款  1「甲」\r\n对象\r\n```\r\n\r\n```duixian-error E0105\n  条款   1\n```\n> 原文   一\n";
    let wanted = "```duixian\r\n条款 1「甲」\r\n对象\r\n```\r\n\r\n```duixian-error E0105\n  条款   1\n```\n> 原文   一\n";
    assert_eq!(format(0, text, None).text, wanted);
}

#[test]
fn signs_of_arithmetic_and_odd_quotes_stay() {
    let body = "\
定义 甲 为 乙 + 丙 × 2 ＋ 丁
条款 2“他说「好」的”
  字面  2027年 因“a」b”
  条件  『5G基站数』 达到 2024年12月31日
";
    let wanted = "\
定义 甲 为 乙 + 丙 × 2 + 丁
条款 2“他说「好」的”
  字面  2027年 因“a」b”
  条件  『5G基站数』 达到 2024年12月31日
";
    assert_eq!(formatted(body, None), wanted);
    assert!(formatted(body, Some(Keywords::English)).contains("define 甲 is 乙 + 丙 × 2 + 丁\n"));
    lawful(&fenced(body));
}

/// Writes a body as a careless author might: other spaces, half-width signs, full-width digits, other quotes. What
/// the parser keeps letter for letter, and what columns depend on, stays.
fn careless(text: &str, mut choose: impl FnMut(u8) -> bool) -> String {
    const KEPT: &[&str] = &["机关", "地区", "稿别", "底本", "修订", "引用", "指标", "来源", "原文", "字面", "不用", "结果", "实得"];
    let mut out = String::new();
    let mut done = 0;
    for fence in split(0, text).fences {
        out.push_str(&text[done..fence.body.start as usize]);
        done = fence.body.end as usize;
        let mut kept = false;
        for line in fence.body.of(text).lines() {
            let tokens = lex(0, 0, line).tokens;
            let key = tokens.first().and_then(|t| t.word());
            kept = key.is_some_and(|k| KEPT.contains(&k)) || kept && line.starts_with("    ");
            let fixed = if key.is_some_and(|k| k == "取" || k == "另") { 2 } else { 1 };
            let mut at = 0;
            for (index, token) in tokens.iter().enumerate() {
                let (start, end) = (token.span.start as usize, token.span.end as usize);
                out.push_str(&line[at..start]);
                let loose = !kept && index > fixed;
                if loose && (token.spaced || matches!(token.kind, TokenKind::Sign(_))) && choose(0) {
                    out.push_str("  ");
                }
                let words = &line[start..end];
                match &token.kind {
                    TokenKind::Sign(sign) if !kept && choose(1) => out.push(half(*sign)),
                    TokenKind::Number { .. } if loose && choose(2) => out.extend(words.chars().map(wide)),
                    TokenKind::Text(text) if !text.contains('”') && choose(3) => out.push_str(&format!("“{text}”")),
                    _ => out.push_str(words),
                }
                at = end;
            }
            out.push_str(&line[at..]);
            out.push_str(if choose(4) { "  \n" } else { "\n" });
            if choose(5) && choose(5) && tokens.is_empty() {
                out.push_str("\n\n");
            }
        }
    }
    out + &text[done..]
}

fn half(sign: char) -> char {
    match sign {
        '（' => '(',
        '）' => ')',
        '：' => ':',
        '，' => ',',
        '；' => ';',
        other => other,
    }
}

fn wide(c: char) -> char {
    match c {
        '0'..='9' => char::from_u32(u32::from('０') + u32::from(c) - u32::from('0')).unwrap(),
        '%' => '％',
        other => other,
    }
}

/// Words of every kind, for lines that no author would write.
fn soup() -> impl Strategy<Value = String> {
    let heads = policy::syntax::words::WORDS.iter().filter(|w| w.2 == policy::syntax::words::Role::Head).flat_map(|w| [w.0, w.1]);
    let all = policy::syntax::words::WORDS.iter().flat_map(|w| [w.0, w.1]);
    let others = [
        "甲",
        "乙丙",
        "「文」",
        "“文”",
        "『5G』",
        "5",
        "3年",
        "2023年",
        "3月",
        "２万元",
        "1.1",
        "2024-12-31",
        "（",
        "）",
        "：",
        ",",
        "、",
        "；",
        "前5名",
        "第1年",
        "+",
        "×",
        "# 注",
    ];
    let word = prop::sample::select(all.chain(others).collect::<Vec<_>>());
    let line = (0_usize..12, prop::collection::vec(word, 1..6)).prop_map(|(column, words)| format!("{}{}\n", " ".repeat(column), words.join(" ")));
    (prop::sample::select(heads.collect::<Vec<_>>()), prop::collection::vec(line, 0..4)).prop_map(|(head, lines)| format!("{head} 甲\n{}", lines.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn careless_writing_formats_back(seed in prop::collection::vec(any::<u8>(), 64), which in 0..POLICIES.len(), file in 0..2_usize) {
        let text = format(0, &policy(POLICIES[which]).files[file].text, None).text;
        let mut turn = 0_usize;
        let loose = careless(&text, |kind| {
            turn += 1;
            seed[turn % seed.len()].wrapping_add(u8::try_from(turn % 251).unwrap()) % (3 + kind) == 0
        });
        prop_assert_ne!(&loose, &text);
        prop_assert_eq!(format(0, &loose, None).text, text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_words_settle_at_once_and_come_back_from_english(body in prop::collection::vec(soup(), 1..3)) {
        let text = fenced(&body.concat());
        let once = format(0, &text, None).text;
        prop_assert_eq!(format(0, &once, None).text, &once[..]);
        let english = format(0, &text, Some(Keywords::English)).text;
        prop_assert_eq!(format(0, &english, None).text, &english[..]);
        prop_assert_eq!(format(0, &english, Some(Keywords::Chinese)).text, format(0, &text, Some(Keywords::Chinese)).text);
    }
}
