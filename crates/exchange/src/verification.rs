//! Verification with other authorities as round trips: a list out with only what that authority needs, why it asks and on what legal ground;
//! answers in, checked against the list they answer; a snapshot of them for the office to keep. It asks nobody itself and judges nothing.

use crate::limits::Limits;
use crate::problem::{Problem, shown};
use crate::table::{About, Cell, Column, Intake, Kind, Row, Table, missing_column, read, short_mark, xlsx};
use casework::chain::Fingerprint;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use values::{CreditCode, Lang, Moment};

/// An authority that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// 税务
    Tax,
    /// 市场监管
    Market,
    /// 信用
    Credit,
    /// 人社
    Social,
}

/// A column that the authority fills in.
struct Asked {
    column: Column,
    required: bool,
    /// Words it may hold; empty: any.
    choices: &'static [&'static str],
}

const YES_NO: &[&str] = &["有", "无"];

impl Authority {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tax, Self::Market, Self::Credit, Self::Social];

    /// Its name on the list.
    #[must_use]
    pub const fn name(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Tax, Lang::Zh) => "税务",
            (Self::Market, Lang::Zh) => "市场监管",
            (Self::Credit, Lang::Zh) => "信用",
            (Self::Social, Lang::Zh) => "人社",
            (Self::Tax, Lang::En) => "tax",
            (Self::Market, Lang::En) => "market regulation",
            (Self::Credit, Lang::En) => "credit",
            (Self::Social, Lang::En) => "human resources and social security",
        }
    }

    /// Whether what it is asked is about a period; only then does the list say one.
    #[must_use]
    pub const fn of_period(self) -> bool {
        matches!(self, Self::Tax | Self::Social)
    }

    fn asked(self) -> Vec<Asked> {
        let column = |key, zh, en, kind, required, choices| Asked { column: Column::new(key, zh, en, kind), required, choices };
        match self {
            Self::Tax => vec![
                column("taxable_sales", "应税销售额（元）", "Taxable sales (yuan)", Kind::Money, false, &[]),
                column("tax_paid", "已缴税额（元）", "Tax paid (yuan)", Kind::Money, false, &[]),
                column("arrears", "欠税", "Arrears", Kind::Text, true, YES_NO),
                column("remark", "说明事项", "Remark", Kind::Text, false, &[]),
            ],
            Self::Market => vec![
                column("status", "登记状态", "Status", Kind::Text, true, &["存续", "注销", "吊销", "迁出", "其他"]),
                column("registered_on", "成立日期", "Registered on", Kind::Date, false, &[]),
                column("abnormal", "经营异常名录", "Abnormal list", Kind::Text, true, YES_NO),
                column("serious", "严重违法失信名单", "Serious violations", Kind::Text, true, YES_NO),
                column("remark", "说明事项", "Remark", Kind::Text, false, &[]),
            ],
            Self::Credit => vec![
                column("result", "信用核查结果", "Result", Kind::Text, true, &["正常", "失信", "待核实"]),
                column("detail", "失信事项", "Detail", Kind::Text, false, &[]),
            ],
            Self::Social => vec![
                column("insured", "参保人数", "Insured", Kind::Count, true, &[]),
                column("arrears", "欠缴社会保险费", "Arrears", Kind::Text, true, YES_NO),
                column("remark", "说明事项", "Remark", Kind::Text, false, &[]),
            ],
        }
    }
}

/// Who is asked about. Nothing else about it leaves the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Credit code.
    pub credit_code: String,
    /// Name.
    pub name: String,
}

/// A list for an authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Id of the list.
    pub id: String,
    /// Who is asked.
    pub authority: Authority,
    /// Period it is about, where the authority needs one.
    pub period: Option<String>,
    /// What it is asked for.
    pub purpose: String,
    /// On what legal ground: instrument and article.
    pub legal_basis: String,
    /// When it was made.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// Who it is about.
    pub subjects: Vec<Subject>,
}

/// The answers to a list, as they were given (核验快照).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The list they answer.
    pub list: String,
    /// Its checksum.
    pub checksum: String,
    /// Who was asked.
    pub authority: Authority,
    /// Who answered: unit and person, or system.
    pub source: String,
    /// When the answers came in.
    pub at: Moment,
    /// Digest of the very file.
    pub file: Fingerprint,
    /// The answers, in the order of the list.
    pub answers: Vec<Answer>,
}

/// What was answered about one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// About whom.
    pub credit_code: String,
    /// What: key of the column and its cell.
    pub cells: Vec<(String, Cell)>,
}

/// Answers as they came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What is to be kept.
    pub snapshot: Snapshot,
    /// Rows that were refused.
    pub problems: Vec<Problem>,
    /// Those on the list that nothing was answered about.
    pub missing: Vec<Subject>,
}

/// What is known while answers are read.
struct Asking<'a> {
    by_code: HashMap<&'a str, &'a Subject>,
    lines: HashMap<&'a str, usize>,
    asked: Vec<Asked>,
}

impl List {
    /// Checks a list before it leaves. Errors, in order: no purpose or legal ground; a period too few or too many; nobody on it; a code
    /// that is none; somebody twice.
    pub fn check(&self) -> Result<(), Problem> {
        let needs = |zh: &str, en: &str| {
            Problem::new("list-incomplete", (format!("名单没有写{zh}"), format!("the list does not say {en}")), ("补上后再导出", "fill it in first"))
        };
        for (value, zh, en) in [(&self.id, "编号", "its id"), (&self.purpose, "用途", "its purpose"), (&self.legal_basis, "法律依据", "its legal basis")]
        {
            if value.trim().is_empty() {
                return Err(needs(zh, en));
            }
        }
        let says_period = self.period.as_ref().is_some_and(|period| !period.trim().is_empty());
        if says_period != self.authority.of_period() {
            return Err(if says_period {
                Problem::new("not-needed", ("这个部门不需要所属期", "this authority needs no period"), ("去掉所属期", "leave the period out"))
            } else {
                needs("所属期", "its period")
            });
        }
        if self.subjects.is_empty() {
            return Err(needs("核查对象", "whom it is about"));
        }
        let mut lines = HashMap::new();
        for (line, subject) in (2..).zip(&self.subjects) {
            if let Err(error) = CreditCode::parse(&subject.credit_code) {
                let code = shown(&subject.credit_code);
                return Err(Problem::new(
                    "credit-code",
                    (format!("“{code}”不是统一社会信用代码"), format!("'{code}': {error}")),
                    ("先更正登记", "mend the register first"),
                )
                .at(line));
            }
            if let Some(first) = lines.insert(subject.credit_code.as_str(), line) {
                return Err(Problem::new(
                    "subject-twice",
                    (format!("与第 {first} 行是同一家"), format!("the same as row {first}")),
                    ("只列一次", "list it once"),
                )
                .at(line));
            }
        }
        Ok(())
    }

    /// A checksum of everything on the list; the answers carry it, so that they answer this list as it left.
    #[must_use]
    pub fn checksum(&self) -> String {
        let rows: Vec<(&str, &str)> = self.subjects.iter().map(|s| (s.credit_code.as_str(), s.name.as_str())).collect();
        short_mark(&serde_json::to_vec(&(&self.id, self.authority, &self.period, &self.purpose, rows)).unwrap_or_default())
    }

    fn columns(&self) -> Vec<Column> {
        let mut out = vec![
            Column::new("list", "名单编号（请勿改动）", "List (do not change)", Kind::Text),
            Column::new("checksum", "校验码（请勿改动）", "Checksum (do not change)", Kind::Text),
            Column::new("credit_code", "统一社会信用代码", "Credit code", Kind::Text),
            Column::new("name", "名称", "Name", Kind::Text),
        ];
        if self.authority.of_period() {
            out.push(Column::new("period", "所属期", "Period", Kind::Text));
        }
        out.extend(self.authority.asked().into_iter().map(|asked| asked.column));
        out
    }

    /// The list as a table with empty columns for the answers. Errors: as [`check`](Self::check).
    pub fn table(&self) -> Result<Table, Problem> {
        self.check()?;
        let columns = self.columns();
        let width = columns.len();
        let mut table = Table::new(columns);
        let checksum = self.checksum();
        for subject in &self.subjects {
            let mut row = vec![Cell::text(&self.id), Cell::text(&checksum), Cell::text(&subject.credit_code), Cell::text(&subject.name)];
            row.extend(self.period.iter().filter(|_| self.authority.of_period()).map(|period| Cell::text(period)));
            row.resize(width, Cell::Empty);
            table.push(row)?;
        }
        Ok(table)
    }

    /// The list as a workbook, its sheet of notes saying why it is asked, on what ground and how to answer. Errors: as [`check`](Self::check).
    pub fn file(&self, lang: Lang) -> Result<Vec<u8>, Problem> {
        let word = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
        let mut more = vec![
            (word("核查部门", "Authority"), self.authority.name(lang).to_owned()),
            (word("名单编号", "List"), self.id.clone()),
            (word("校验码", "Checksum"), self.checksum()),
            (word("用途", "Purpose"), self.purpose.clone()),
            (word("法律依据", "Legal basis"), self.legal_basis.clone()),
            (
                word("填写办法", "How to answer"),
                word("只填右边的空列，不改左边各列，不增加行。", "Fill in the empty columns only; change and add nothing else."),
            ),
        ];
        for asked in self.authority.asked().iter().filter(|asked| !asked.choices.is_empty()) {
            more.push((asked.column.heading(lang).to_owned(), asked.choices.join(" / ")));
        }
        let title = format!("{}{}", self.authority.name(lang), word("核查名单", " verification list"));
        xlsx(&self.table()?, &About { title, filter: vec![(word("名单编号", "list"), self.id.clone())], at: self.at, by: self.by.clone(), more, lang })
    }

    /// Takes in answers. Errors: a file that cannot be read or lacks a column, or any row of another list or another state of the list: such
    /// a file is not taken at all. What is wrong in single rows is in the result.
    pub fn answers(&self, bytes: &[u8], source: &str, at: Moment, limits: &Limits) -> Result<Answered, Problem> {
        let intake = read(bytes, &self.columns(), limits)?;
        if let Some(problem) = intake.problems.iter().find(|problem| problem.line.is_none()) {
            return Err(problem.clone());
        }
        let asked = self.authority.asked();
        let needed = |key: &str| !["name", "period"].contains(&key) && asked.iter().all(|asked| asked.column.key != key || asked.required);
        if let Some((column, _)) = intake.columns.iter().zip(&intake.places).find(|(column, place)| needed(&column.key) && place.is_none()) {
            return Err(missing_column(column));
        }
        let checksum = self.checksum();
        let mut problems = intake.problems.clone();
        let mut answers: HashMap<&str, Answer> = HashMap::new();
        let mut asking = Asking { by_code: self.subjects.iter().map(|s| (s.credit_code.as_str(), s)).collect(), lines: HashMap::new(), asked };
        let wrong = intake.by_line();
        for row in &intake.rows {
            self.belongs(row, &intake, &checksum)?;
            if wrong.contains_key(&row.line) {
                continue;
            }
            match self.answer(row, &intake, &mut asking) {
                Ok(Some((subject, answer))) => {
                    answers.insert(&subject.credit_code, answer);
                }
                Ok(None) => {}
                Err(problem) => problems.push(problem.at(row.line)),
            }
        }
        let missing = self.subjects.iter().filter(|s| !answers.contains_key(s.credit_code.as_str())).cloned().collect();
        let answers = self.subjects.iter().filter_map(|s| answers.remove(s.credit_code.as_str())).collect();
        problems.sort_by_key(|problem| problem.line);
        let snapshot =
            Snapshot { list: self.id.clone(), checksum, authority: self.authority, source: source.to_owned(), at, file: Fingerprint::of(bytes), answers };
        Ok(Answered { snapshot, problems, missing })
    }

    fn belongs(&self, row: &Row, intake: &Intake, checksum: &str) -> Result<(), Problem> {
        let (list, sum) = (cell(row, intake, "list").plain(), cell(row, intake, "checksum").plain());
        if list == self.id && sum == checksum {
            return Ok(());
        }
        let (list, own) = (shown(&list), &self.id);
        let help = ("用这份名单导出的文件回填；名单改过的，重新导出", "answer in the file of this very list; if the list changed, export it again");
        Err(Problem::new(
            "other-list",
            (format!("这一行属于名单“{list}”，或名单已改动，不是 {own}"), format!("the row is of list '{list}' or of another state of {own}")),
            help,
        )
        .at(row.line))
    }

    fn answer<'a>(&self, row: &Row, intake: &Intake, asking: &mut Asking<'a>) -> Result<Option<(&'a Subject, Answer)>, Problem> {
        let heading = |key: &str| self.columns().into_iter().find(|column| column.key == key).map_or_else(|| key.to_owned(), |column| column.zh);
        let code = cell(row, intake, "credit_code").plain();
        let subject = asking.by_code.get(code.as_str()).copied().ok_or_else(|| {
            let code = shown(&code);
            Problem::new("unknown-subject", (format!("名单里没有“{code}”"), format!("'{code}' is not on the list")), ("删去这一行", "remove the row"))
                .of(heading("credit_code"))
        })?;
        let name = cell(row, intake, "name");
        if *name != Cell::Empty && *name != Cell::text(&subject.name) {
            return Err(Problem::new(
                "name-changed",
                ("名称改动过", "the name was changed"),
                ("改回原名称；登记名称不同的写在说明里", "put it back; say in the remark what the register has"),
            )
            .of(heading("name")));
        }
        if let Some(first) = asking.lines.insert(&subject.credit_code, row.line) {
            return Err(Problem::new("subject-twice", (format!("与第 {first} 行是同一家"), format!("the same as row {first}")), ("只答一次", "answer once"))
                .of(heading("credit_code")));
        }
        let said: Vec<(&Asked, &Cell)> = asking.asked.iter().map(|asked| (asked, cell(row, intake, &asked.column.key))).collect();
        if said.iter().all(|(_, cell)| **cell == Cell::Empty) {
            return Ok(None);
        }
        for (asked, cell) in &said {
            let heading = &asked.column.zh;
            if **cell == Cell::Empty && asked.required {
                return Err(Problem::new("answer-missing", ("没有填", "nothing is written here"), ("填写核查结果", "fill in what was found")).of(heading));
            }
            if let Some(words) = cell.words()
                && !asked.choices.is_empty()
                && !asked.choices.contains(&words)
            {
                let (words, choices) = (shown(words), asked.choices.join("、"));
                return Err(Problem::new(
                    "answer-choice",
                    (format!("“{words}”不在可选范围"), format!("'{words}' is not one of the choices")),
                    (format!("可填：{choices}"), format!("one of: {choices}")),
                )
                .of(heading));
            }
        }
        let cells = said.into_iter().filter(|(_, cell)| **cell != Cell::Empty).map(|(asked, cell)| (asked.column.key.clone(), cell.clone())).collect();
        Ok(Some((subject, Answer { credit_code: subject.credit_code.clone(), cells })))
    }
}

fn cell<'a>(row: &'a Row, intake: &Intake, key: &str) -> &'a Cell {
    const NOTHING: &Cell = &Cell::Empty;
    intake.columns.iter().position(|column| column.key == key).and_then(|at| row.cells.get(at)).unwrap_or(NOTHING)
}
