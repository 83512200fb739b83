//! A public notice to take along: its rows as a workbook, its announcement as PDF. What is public leaves the office unnoted.

use super::TAG;
use super::frame::Frame;
use super::notices::{state_words, title};
use crate::Portal;
use crate::evidence::{attached, not_taken};
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation};
use crate::problem::Problem;
use crate::uploads::blocking;
use axum::http::Method;
use exchange::evidence::FileKind;
use exchange::{Cell, Column, Kind, Table};
use office::offered::ShownNotice;

pub fn operations() -> Vec<Operation> {
    let file = |path: &str, id: &str, words: (&str, &str), media: &'static str, run| Operation {
        parameters: vec![ID],
        gives: (200, Payload::Bytes(media)),
        ..operation(Method::GET, path, id, TAG, words, Who::Anybody, run)
    };
    vec![
        file("/notices/{id}/table", "notice_table", ("公示名单（Excel）", "The rows of a notice as a workbook"), FileKind::Xlsx.media_type(), workbook),
        file("/notices/{id}/file", "notice_file", ("公示（PDF）", "The announcement as PDF"), "application/pdf", announcement),
    ]
}

/// The rows as they are shown, one a clause.
fn table(notice: &ShownNotice, is_over: bool, frame: &Frame) -> Result<Table, Problem> {
    let mut table = Table::new(vec![
        Column::new("number", "序号", "No.", Kind::Count),
        Column::new("name", "企业（机构）名称", "Applicant", Kind::Text),
        Column::new("item", "支持事项", "Item", Kind::Text),
        Column::new("clause", "依据", "Clause", Kind::Text),
        Column::new("amount", "拟支持金额（元）", "Amount (yuan)", Kind::Money),
        Column::new("state", "状态", "State", Kind::Text),
    ]);
    for (number, row) in (1..).zip(&notice.rows) {
        for award in &row.awards {
            let state = if award.amount.is_some() {
                state_words(row.state, is_over, frame).to_owned()
            } else {
                format!("{}{}", state_words(row.state, is_over, frame), frame.w("；金额依规不公开", "; the amount is not shown"))
            };
            let cells = vec![
                Cell::Count(number),
                Cell::text(&row.name),
                Cell::text(&award.title),
                Cell::text(&award.clause),
                award.amount.map_or(Cell::Empty, Cell::Money),
                Cell::text(&state),
            ];
            table.push(cells).map_err(|why| not_taken(&why))?;
        }
    }
    Ok(table)
}

fn workbook<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let notice = portal.office.notice(&portal.reading, asked.id()).await?;
        let frame = Frame::new(portal, asked, "notices");
        let now = portal.clock.now();
        let table = table(&notice, now.date() > notice.line.until, &frame)?;
        let title = title(&notice.line, &frame);
        let demo = portal.config.demo.then(|| ("演示".to_owned(), documents::DEMO.to_owned()));
        let days =
            (frame.w("公示期", "Shown").to_owned(), format!("{} — {}", notice.line.announced.add_days(1).unwrap_or(notice.line.announced), notice.line.until));
        let about = exchange::About {
            filter: vec![(frame.w("公示", "Notice").to_owned(), notice.line.id.to_string())],
            at: now,
            by: notice.line.organ.clone(),
            more: std::iter::once(days).chain(demo).collect(),
            lang: frame.lang(),
            title,
        };
        let turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let bytes = blocking(move || Ok(exchange::table::xlsx(&table, &about))).await?.map_err(|why| not_taken(&why))?;
        drop(turn);
        let answer: Answer = attached(FileKind::Xlsx.media_type(), bytes, &format!("公示名单-{}.xlsx", asked.id()));
        Ok(answer)
    })
}

fn announcement<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let document = portal.office.announcement(&portal.reading, asked.id()).await?;
        crate::prints::as_pdf(portal, document).await
    })
}
