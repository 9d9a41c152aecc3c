//! The words of a work order: written alike in the rules, in the rows and on the wire.

use super::limits::Tier;

/// Words that are written alike on every layer: `IN_PROGRESS`.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display,
            strum::EnumIter, strum::EnumString, strum::IntoStaticStr, serde::Serialize,
            serde::Deserialize,
        )]
        #[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }
    };
}
pub(crate) use word;

word!(
    /// Where an order stands (domain.md §5).
    State {
        /// 待派: no department fits; waits for the dispatcher.
        Unrouted,
        /// 待签收: waits for the department.
        Offered,
        /// 已签收: waits for first contact.
        Claimed,
        /// 办理中: first contact was made.
        InProgress,
        /// 退单待裁: waits for the dispatcher; no clock stops.
        ReturnPending,
        /// 已提级: waits for a zone leader, who designates the department.
        Escalated,
        /// 已退回: decision work that its department declined; waits for its owner.
        Declined,
        /// 挂起: a pause is granted.
        Suspended,
        /// 待签发: the answer waits for a signature.
        AwaitingSignature,
        /// 已办复.
        Completed,
        /// 已撤销.
        Cancelled,
    }
);
word!(
    /// What people do with an order.
    Action {
        /// 派单 from the unrouted pool.
        Route,
        /// 签收.
        Claim,
        /// 指派.
        Assign,
        /// 转交.
        HandOver,
        /// 退回科室.
        Release,
        /// 报到.
        Contact,
        /// 退单.
        Return,
        /// 同意退单, to another department.
        UpholdReturn,
        /// 不同意退单.
        RefuseReturn,
        /// 指定主办.
        DesignateLead,
        /// 退回 decision work.
        Decline,
        /// 申请协办.
        AskAssistance,
        /// 免协办.
        WaiveAssistance,
        /// 申请挂起.
        AskPause,
        /// 同意挂起.
        GrantPause,
        /// 不同意挂起.
        RefusePause,
        /// 恢复.
        Resume,
        /// 申请延期.
        AskExtension,
        /// 同意延期.
        GrantExtension,
        /// 不同意延期.
        RefuseExtension,
        /// 办复.
        Complete,
        /// 签发.
        Sign,
        /// 退回修改.
        SendBack,
        /// 催办.
        Urge,
        /// 督办.
        Supervise,
        /// 答复催办、督办.
        AnswerSupervision,
    }
);
word!(
    /// Who does something with an order: a role of domain.md §2, or the one who has it or is on duty.
    Doer {
        /// 吹哨办.
        Dispatcher,
        /// 承办人 of the department.
        Staff,
        /// 值班人员: whom it is offered to now, class urgent, whatever their role.
        OnDuty,
        /// 签收人: who has claimed it, whatever their role.
        Claimant,
        /// 部门负责人 of the department.
        Lead,
        /// 督办.
        Supervisor,
        /// 管委会领导.
        ZoneLeader,
    }
);
word!(
    /// What time does.
    Alarm {
        /// The claim limit ran out: the lead is told; after as long again the head has the order.
        /// Class urgent: the next of the duty chain is told.
        Claim,
        /// The limit of first contact ran out: the lead is told.
        Contact,
        /// The owner of decision work has not accepted what it is about: the lead is told.
        Acceptance,
        /// The dispatcher has not routed it: the head of dispatch, then a zone leader is told.
        RouteDecision,
        /// The dispatcher has not ruled on a return: likewise.
        ReturnDecision,
        /// No zone leader has designated a department: told daily.
        EscalationDecision,
        /// The owner has not decided on what was declined: as for a return.
        DeclineDecision,
        /// The dispatcher has not ruled on a pause: likewise.
        PauseDecision,
        /// The dispatcher has not ruled on an extension: likewise.
        ExtensionDecision,
        /// The answer is not signed: the lead, then a zone leader is told.
        Signature,
        /// A pause is over; the clock goes on.
        PauseEnd,
        /// 黄牌.
        YellowCard,
        /// 红牌.
        RedCard,
        /// The answer is long overdue: the lead, then a zone leader is told.
        Overdue,
        /// The statutory limit of the answer has passed: 法制 is told.
        Legal,
        /// An urging was not answered: the lead is told.
        UrgeAnswer,
        /// A supervision was not answered: a zone leader is told.
        SupervisionAnswer,
    }
);
word!(
    /// Where a piece of work is decided (domain.md §1).
    WorkKind {
        /// Done here, by `CompleteWorkOrder`.
        Answer,
        /// Decided in the service that asked.
        Decision,
    }
);
word!(
    /// How hard a matter is; it decides who signs.
    WorkClass {
        /// Historic or hard: signed by the lead.
        A,
        /// Across departments: signed by the lead.
        B,
        /// Simple: no signature.
        C,
        /// 应急: natural hours, a duty chain, no signature.
        Urgent,
    }
);
word!(
    /// What became of a matter. Distinct, never folded.
    Outcome {
        /// 解决.
        Solved,
        /// 部分解决.
        Partly,
        /// 未解决-解释.
        Explained,
        /// 服务确认: not solved, and the enterprise accepts the service.
        ServiceConfirmed,
        /// 企业未补充: it did not supply what was awaited in time.
        NotSupplemented,
        /// 列入计划 (挂账): promised for a date.
        Planned,
    }
);
word!(
    /// A warning for one due instant.
    Card {
        /// 黄牌: it is due soon.
        Yellow,
        /// 红牌: it is overdue.
        Red,
    }
);
word!(
    /// What somebody ruled on a request.
    Decision {
        /// 同意.
        Granted,
        /// 不同意.
        Refused,
    }
);
word!(
    /// Who is told that a limit ran out.
    Told {
        /// 值班人员: the next of the duty chain.
        OnDuty,
        /// 部门负责人.
        Lead,
        /// 吹哨办负责人.
        DispatchHead,
        /// 管委会领导.
        ZoneLeader,
        /// 法制机构: the statutory limit has passed.
        Legal,
    }
);
word!(
    /// Why an order goes to a zone leader (提级).
    Escalation {
        /// Three departments have had it, and none leads.
        ThreeDepartments,
        /// A → B → A: it would go back to a department that has had it.
        ReturnCycle,
        /// 职责不清: nobody knows whose work it is.
        Unclear,
        /// The matter was done over too often.
        Redone,
        /// Whom the complaint is about took the place of the department that was designated.
        Excluded,
    }
);
word!(
    /// Why a claimant no longer has an order.
    Release {
        /// The claimant gave it back.
        Released,
        /// The claimant may do nothing any more: the lead is told at once.
        Inactive,
    }
);
word!(
    /// How hard somebody above presses.
    Level {
        /// 催办.
        Urged,
        /// 督办.
        Supervised,
    }
);
word!(
    /// Whether the league counts a verdict.
    #[derive(Default)]
    Counted {
        /// It does.
        #[default]
        Counts,
        /// It was given at once, or from a device that proves nothing: not until somebody has looked.
        AwaitsVerification,
        /// Somebody has looked, and it never does.
        LeftOut,
    }
);
word!(
    /// Why a due instant moved.
    Cause {
        /// The clock stood still.
        Pause,
        /// An extension was granted.
        Extension,
        /// A year of the calendar was published or amended.
        Calendar,
        /// The order that is assisted is wanted again.
        Round,
        /// The order that is assisted was offered or claimed, and its limit starts there.
        Start,
    }
);
word!(
    /// Why a clock stands still (closed list, domain.md §3).
    PauseReason {
        /// 待企业补充材料.
        AwaitingMaterials,
        /// 听证.
        Hearing,
        /// 招标.
        Tender,
        /// 拍卖.
        Auction,
        /// 检验.
        Inspection,
        /// 检测.
        Testing,
        /// 检疫.
        Quarantine,
        /// 鉴定.
        Appraisal,
        /// 专家评审.
        ExpertReview,
        /// 不可抗力.
        ForceMajeure,
    }
);

impl PauseReason {
    /// Whether a limit of `tier` stands still meanwhile. Awaiting the enterprise stops the promise
    /// and never a statutory clock; the others are the law's own list (行政许可法 45).
    pub fn stops_clock_of(self, tier: Tier) -> bool {
        self != PauseReason::AwaitingMaterials || tier != Tier::Statutory
    }
}
