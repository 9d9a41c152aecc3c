//! The demo's result: the league, late counts, checkpoints, and every difference from the book.

mod agency;
mod found;
mod league;
mod matters;

use anyhow::Context as _;
use contract::common::WorkKind;
use contract::dispatch::{LeagueRow, Rate};
use jiff::Timestamp;
use jiff::civil::Date;
use proof::Checkpoint;

use self::agency::FoundAgency;
use self::found::{Found, Reader};
use super::agency::player::PlayedCase;
use super::data::{Book, Ticket};
use super::player::Played;
use super::stage::Stage;
use super::zone_time;

/// The journals whose checkpoints are shown.
const JOURNALS: [&str; 4] = ["directory", "request", "dispatch", "agency"];

/// What came out.
pub(crate) struct Report {
    as_of: Date,
    rows: Vec<LeagueRow>,
    zone: LeagueRow,
    found: Vec<Found>,
    agency: FoundAgency,
    checkpoints: Vec<(&'static str, Checkpoint)>,
    /// What is printed besides.
    remarks: Vec<String>,
    differences: Vec<String>,
}

/// Reads the outcome back and holds it against the book.
pub(crate) async fn report<S: Stage>(
    stage: &S,
    book: &Book,
    (played, agents): (&[Played], &[PlayedCase]),
) -> anyhow::Result<Report> {
    let reader = Reader::on(stage, book)?;
    let mut found = Vec::new();
    let mut differences = Vec::new();
    for (ticket, played) in book.requests.iter().zip(played) {
        let one = reader.found(played).await.with_context(|| ticket.id.clone())?;
        differences.append(&mut compare(ticket, &one));
        found.push(one);
    }
    let to = book.as_of()?;
    // Decision work has figures of its own.
    let answer = reader.league(WorkKind::Answer, Date::new(to.year(), 1, 1)?, to).await?;
    let zone = answer.zone.unwrap_or_default();
    differences.append(&mut compare_league(book, &answer.rows, &zone)?);
    let agency = agency::read(&reader, book, agents).await?;
    differences.append(&mut agency::compare(book, &agency));
    Ok(Report {
        as_of: to,
        rows: answer.rows,
        zone,
        found,
        agency,
        checkpoints: Vec::new(),
        remarks: Vec::new(),
        differences,
    })
}

/// Where one request differs from the book.
fn compare(ticket: &Ticket, found: &Found) -> Vec<String> {
    let instants = [
        ("报到期限", Some(ticket.respond_due_at), found.contact_due),
        ("办复期限", Some(ticket.due_at), found.reply_due),
        ("报到时刻", Some(ticket.responded_at), found.contacted),
        ("办复时刻", Some(ticket.done_at), found.completed),
    ];
    let instants = instants.map(|(what, expected, found)| (what, told(expected), told(found)));
    let yes = |flag: Option<bool>| match flag {
        None => "无记录".to_owned(),
        Some(true) => "是".to_owned(),
        Some(false) => "否".to_owned(),
    };
    let others = [
        ("报到超时", yes(Some(ticket.contacted_late())), yes(found.contacted_late)),
        ("办复超期", yes(Some(ticket.answered_late())), yes(found.answered_late)),
        ("评价", ticket.rating.to_string(), found.rating.to_string()),
        ("已办结", yes(Some(true)), yes(Some(found.closed))),
        // A red card stands for an answer that was due when the office opened again.
        ("红牌", usize::from(ticket.answered_late()).to_string(), found.red.to_string()),
    ];
    instants
        .into_iter()
        .chain(others)
        .filter(|(_, expected, found)| expected != found)
        .map(|(what, expected, found)| {
            format!("{} {what}：应为 {expected}，实为 {found}", ticket.id)
        })
        .collect()
}

/// Where the service's league differs from the book's.
fn compare_league(
    book: &Book,
    rows: &[LeagueRow],
    zone: &LeagueRow,
) -> anyhow::Result<Vec<String>> {
    let expected = league::of_book(book)?;
    let found = rows.iter().chain([zone]).map(|row| (code(row), league::of_row(row)));
    let found: std::collections::BTreeMap<_, _> = found.collect();
    let mut differences = Vec::new();
    for (department, expected) in &expected {
        match found.get(department.as_str()) {
            Some(found) if found == expected => {}
            Some(found) => differences
                .push(format!("红黄榜 {department}：\n  应为 {expected:?}\n  实为 {found:?}")),
            None => differences.push(format!("红黄榜没有 {department}（department missing）")),
        }
    }
    for (department, found) in &found {
        if !expected.contains_key(*department) && *found != league::Figures::default() {
            differences.push(format!("红黄榜多出 {department}（not in the book）：{found:?}"));
        }
    }
    Ok(differences)
}

fn code(row: &LeagueRow) -> &str {
    row.department.strip_prefix("departments/").unwrap_or(&row.department)
}

fn told(instant: Option<Timestamp>) -> String {
    let wall = |at: Timestamp| at.to_zoned(zone_time()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    instant.map_or_else(|| "无".to_owned(), wall)
}

impl Report {
    /// Takes in what was played besides: what to print, or what is wrong.
    pub(crate) fn add(&mut self, outcome: Result<String, String>) {
        match outcome {
            Ok(remark) => self.remarks.push(remark),
            Err(difference) => self.differences.push(difference),
        }
    }

    /// Reads the newest checkpoint of each journal.
    pub(crate) async fn read_checkpoints<S: Stage>(
        &mut self,
        stage: &S,
        book: &Book,
    ) -> anyhow::Result<()> {
        let reader = Reader::on(stage, book)?;
        for journal in JOURNALS {
            let checkpoint = reader.checkpoint(journal).await;
            self.checkpoints.push((journal, checkpoint.with_context(|| journal.to_owned())?));
        }
        Ok(())
    }

    /// Whether the zone and the book agree.
    pub(crate) fn agrees(&self) -> bool {
        self.differences.is_empty()
    }

    /// The whole, for people.
    pub(crate) fn chinese(&self, book: &Book) -> String {
        let mut table = vec![HEADS.map(str::to_owned).to_vec()];
        table.extend(self.rows.iter().map(|row| line(row, &name(book, row))));
        table.push(line(&self.zone, "全区"));
        let mut text = format!("{}红黄榜（截至 {}）\n", book.zone.name, self.as_of);
        text += &laid_out(&table);
        text += "* 样本不足：少于 5 件\n";
        let sum = |count: fn(&Found) -> usize| self.found.iter().map(count).sum::<usize>();
        text += &format!(
            "\n诉求 {} 件，办结 {} 件；报到超时 {} 件，办复超期 {} 件；黄牌 {} 张，红牌 {} 张\n",
            self.found.len(),
            sum(|one| usize::from(one.closed)),
            sum(|one| usize::from(one.contacted_late == Some(true))),
            sum(|one| usize::from(one.answered_late == Some(true))),
            sum(|one| one.yellow),
            sum(|one| one.red),
        );
        text += &format!("\n{}", matters::chinese(book, &self.agency));
        for (journal, checkpoint) in &self.checkpoints {
            let (size, root) = (checkpoint.size(), checkpoint.root());
            text += &format!("存证检查点 {journal}：{size} 条，根哈希 {root}\n");
        }
        for remark in &self.remarks {
            text += &format!("{remark}\n");
        }
        text += "\n";
        if self.differences.is_empty() {
            text += &format!(
                "与数据逐项核对：{} 件诉求、{} 件帮代办、{} 个承诺可开工项目，无差异（no differences）",
                self.found.len(),
                self.agency.cases.len(),
                self.agency.projects.len(),
            );
            return text;
        }
        text += &format!("与数据不符 {} 处（differences）：\n", self.differences.len());
        text + &self.differences.join("\n")
    }
}

/// What the service adds to a rate of few.
const FEW: &str = "（样本不足）";

const HEADS: [&str; 12] = [
    "部门",
    "派单",
    "退回",
    "协办",
    "响应率",
    "按时办复率",
    "解决率",
    "满意率",
    "评价率",
    "得分",
    "报到超时",
    "办复超期",
];

fn name(book: &Book, row: &LeagueRow) -> String {
    let known = book.departments.iter().find(|department| department.id == code(row));
    known.map_or_else(|| code(row).to_owned(), |known| known.short.clone())
}

fn line(row: &LeagueRow, name: &str) -> Vec<String> {
    let rate = |rate: &Option<Rate>| {
        rate.as_ref().map_or_else(String::new, |rate| {
            let text = rate.text.replace(FEW, "*");
            format!("{}/{} {text}", rate.numerator, rate.denominator)
        })
    };
    let score = row
        .score_hundredths
        .map_or_else(|| "—".to_owned(), |score| format!("{}.{:02}", score / 100, score % 100));
    vec![
        name.to_owned(),
        row.dispatched.to_string(),
        row.returns_upheld.to_string(),
        row.assisted.to_string(),
        rate(&row.response),
        rate(&row.on_time),
        rate(&row.solved),
        rate(&row.satisfied),
        rate(&row.rated),
        score,
        row.contacted_late.to_string(),
        row.answered_late.to_string(),
    ]
}

/// Columns of equal width, where a Chinese character is two wide.
fn laid_out(table: &[Vec<String>]) -> String {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        table.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let mut text = String::new();
    for row in table {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide.saturating_sub(width(cell)))));
        let cells: Vec<String> = cells.collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}

fn width(text: &str) -> usize {
    text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}
