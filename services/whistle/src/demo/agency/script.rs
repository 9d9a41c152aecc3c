//! What agents, enterprises and departments do (剧本), in order of time.
//!
//! The book knows of a case when its mandate was signed, when it was accepted, when its clock stood
//! still and when there was a result. What whistle asks besides stands here at one of these instants:
//! with the mandate the opening, with the acceptance the start, the submission, the claim with
//! first contact, with the result delivery, follow-up and archive.

use std::collections::BTreeMap;

use anyhow::Context as _;
use contract::agency::Act;
use contract::dispatch::PauseReason;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::super::data::Book;
use super::super::data::agency::{AgencyCase, CaseResult, Matter, ReadyProject};
use super::super::zone::procedures::{READY, acts_of, item, ready_item};
use super::super::zone_time;

/// What is played: the cases as they are opened, and every step of all of them.
#[derive(Debug)]
pub(crate) struct Script {
    /// First the cases of the book, then its projects.
    pub(crate) openings: Vec<Opening>,
    /// In order of time.
    pub(crate) steps: Vec<Step>,
}

/// What a case is opened with, and what its mandate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opening {
    /// What the book calls it.
    pub(crate) id: String,
    /// The code of the enterprise.
    pub(crate) enterprise: String,
    /// `procedures/M01`.
    pub(crate) procedure: String,
    /// What it is about.
    pub(crate) title: String,
    /// What the agent may do, by item.
    pub(crate) scope: BTreeMap<String, Vec<Act>>,
    /// What the signed mandate is called.
    pub(crate) mandate: String,
    /// When it ends by itself.
    pub(crate) expires_at: Timestamp,
}

/// One call, by one person, at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// When.
    pub(crate) at: Timestamp,
    /// The case, by its place among the openings.
    pub(crate) case: usize,
    /// Who: the code of a person.
    pub(crate) by: String,
    /// What.
    pub(crate) what: What,
}

/// What a step does. Items by their names within the case. What comes first at one instant stands
/// first here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// 咨询.
    Open,
    /// 签署委托书.
    SignMandate,
    /// 签署承诺书, which promises the land by an instant.
    SignCommitment { land_until: Timestamp },
    /// 恢复计时.
    Resume { item: String },
    /// 出证.
    Issue { item: String, certificate: String },
    /// 拿地.
    RecordLand,
    /// 启动.
    Start,
    /// 递交.
    Submit { item: String },
    /// 签收 and 报到, in one call.
    Contact { item: String },
    /// 受理.
    Accept { item: String },
    /// 暂停计时: asked.
    AskPause { item: String, why: (PauseReason, String), until: Timestamp },
    /// 暂停计时: granted.
    DecidePause { item: String },
    /// 送达.
    Deliver,
    /// 回访.
    FollowUp,
    /// 归档.
    Archive,
}

impl What {
    /// Whether dispatch is asked; else agency.
    pub(crate) fn is_asked_of_dispatch(&self) -> bool {
        matches!(
            self,
            What::Contact { .. }
                | What::AskPause { .. }
                | What::DecidePause { .. }
                | What::Resume { .. }
        )
    }
}

/// The steps of all cases and projects, in order of time; at one instant, in the order of [`What`].
pub(crate) fn script(book: &Book) -> anyhow::Result<Script> {
    let mut script = Script { openings: Vec::new(), steps: Vec::new() };
    for case in &book.cases {
        let mut scene = Scene::new(book, script.openings.len(), &case.agent, &case.enterprise)?;
        let opening = scene.case(case).with_context(|| case.id.clone())?;
        script.openings.push(opening);
        script.steps.append(&mut scene.steps);
    }
    for project in &book.projects {
        let busy: Vec<&str> = project.steps.iter().map(|step| step.by.as_str()).collect();
        let agent = &book.agent(&busy)?.id;
        let mut scene = Scene::new(book, script.openings.len(), agent, &project.enterprise)?;
        let opening = scene.project(project).with_context(|| project.id.clone())?;
        script.openings.push(opening);
        script.steps.append(&mut scene.steps);
    }
    script.steps.sort_by(|one, other| (one.at, &one.what).cmp(&(other.at, &other.what)));
    Ok(script)
}

/// One case on its way.
struct Scene<'a> {
    book: &'a Book,
    case: usize,
    /// Who acts for the enterprise within the mandate.
    agent: String,
    /// Who acts for it otherwise.
    handler: String,
    /// Who rules on pauses, and asks how it went.
    dispatcher: String,
    steps: Vec<Step>,
}

impl<'a> Scene<'a> {
    fn new(
        book: &'a Book,
        case: usize,
        agent: &str,
        enterprise: &str,
    ) -> anyhow::Result<Scene<'a>> {
        let dispatcher = book.dispatchers().next().context("没有窗口受理员（no dispatcher）")?;
        Ok(Scene {
            book,
            case,
            agent: agent.to_owned(),
            handler: book.enterprise(enterprise)?.id.clone(),
            dispatcher: dispatcher.id.clone(),
            steps: Vec::new(),
        })
    }

    fn case(&mut self, case: &AgencyCase) -> anyhow::Result<Opening> {
        let matter: &Matter = self.book.matter(&case.matter)?;
        let of = || item(matter);
        let acts = acts_of(&case.delegation.acts);
        self.mandated(case.delegation.signed_at);
        self.add(case.accepted_at, &self.agent.clone(), What::Start);
        let decider = self.book.decider(&case.department, &case.agent)?.id.clone();
        // What the mandate leaves out the enterprise does itself.
        let submitter = self.whoever_may(&acts, Act::Submit);
        self.accepted(case.accepted_at, (&submitter, &decider), &of());
        for pause in &case.pauses {
            let (reason, words) = pause.why.reason();
            let why = (reason, words.to_owned());
            // It is asked for until the day's end, and ends when what was awaited has come.
            let until = midnight_after(pause.to.to_zoned(zone_time()).date())?;
            self.add(pause.from, &decider, What::AskPause { item: of(), why, until });
            self.add(pause.from, &self.dispatcher.clone(), What::DecidePause { item: of() });
            self.add(pause.to, &decider, What::Resume { item: of() });
        }
        let CaseResult::Issued = case.result;
        let certificate = format!("{}-{}", matter.id, case.id);
        self.add(case.finished_at, &decider, What::Issue { item: of(), certificate });
        let collector = self.whoever_may(&acts, Act::Collect);
        self.ended(case.finished_at, &collector);
        Ok(Opening {
            id: case.id.clone(),
            enterprise: case.enterprise.clone(),
            procedure: format!("procedures/{}", matter.id),
            title: format!("{}帮代办", matter.name),
            scope: BTreeMap::from([(of(), acts)]),
            mandate: case.delegation.id.clone(),
            expires_at: midnight_after(case.delegation.valid_until)?,
        })
    }

    fn project(&mut self, project: &ReadyProject) -> anyhow::Result<Opening> {
        let begun = project.accepted_at;
        self.mandated(begun);
        let commitment = What::SignCommitment { land_until: project.due_at };
        self.add(begun, &self.handler.clone(), commitment);
        self.add(begun, &self.agent.clone(), What::Start);
        let mut scope = BTreeMap::new();
        for done in &project.steps {
            let item = ready_item(&done.step);
            scope.insert(item.clone(), vec![Act::Submit, Act::Collect]);
            self.accepted(done.started_at, (&self.agent.clone(), &done.by), &item);
            let certificate = format!("{}-{}", project.id, done.step);
            self.add(done.finished_at, &done.by, What::Issue { item, certificate });
        }
        // The first step confirms that the enterprise has got its land.
        let first = project.steps.first().context("没有步骤（no steps）")?;
        self.add(first.finished_at, &self.agent.clone(), What::RecordLand);
        self.ended(project.finished_at, &self.agent.clone());
        Ok(Opening {
            id: project.id.clone(),
            enterprise: project.enterprise.clone(),
            procedure: READY.to_owned(),
            title: project.name.clone(),
            scope,
            mandate: format!("{} 委托书", project.id),
            expires_at: project.due_at,
        })
    }

    fn mandated(&mut self, at: Timestamp) {
        self.add(at, &self.agent.clone(), What::Open);
        self.add(at, &self.handler.clone(), What::SignMandate);
    }

    fn accepted(&mut self, at: Timestamp, (submitter, decider): (&str, &str), item: &str) {
        let of = || item.to_owned();
        self.add(at, submitter, What::Submit { item: of() });
        self.add(at, decider, What::Contact { item: of() });
        self.add(at, decider, What::Accept { item: of() });
    }

    fn ended(&mut self, at: Timestamp, collector: &str) {
        self.add(at, collector, What::Deliver);
        self.add(at, &self.dispatcher.clone(), What::FollowUp);
        self.add(at, &self.agent.clone(), What::Archive);
    }

    fn whoever_may(&self, acts: &[Act], act: Act) -> String {
        if acts.contains(&act) { self.agent.clone() } else { self.handler.clone() }
    }

    fn add(&mut self, at: Timestamp, by: &str, what: What) {
        self.steps.push(Step { at, case: self.case, by: by.to_owned(), what });
    }
}

fn midnight_after(day: Date) -> anyhow::Result<Timestamp> {
    Ok(day.tomorrow()?.to_datetime(Time::midnight()).to_zoned(zone_time())?.timestamp())
}

#[cfg(test)]
mod tests;
