//! Who is answered what: written by hand from the roles of the zone (domain.md §2) and never read
//! from the options that it tests.

/// The callers, in the order of the marks: one person for each role, who holds it alone; then an
/// enterprise that the matter is not of, people of a department that has nothing to do with it, and
/// somebody without a token. The enterprise, its envoy, the staff and the lead are those of the
/// matter.
pub(super) const CALLERS: &[&str] = &[
    "persons/handler",
    "persons/envoy",
    "persons/agent",
    "persons/dispatcher",
    "persons/staff",
    "persons/lead",
    "persons/supervisor",
    "persons/leader",
    "persons/reviewer",
    "persons/second-reviewer",
    "persons/maker",
    "persons/checker",
    "persons/auditor",
    "persons/admin",
    "systems/hotline",
    "persons/other",
    "persons/elsewhere",
    "",
];

/// What each caller is told by each call:
///
/// - `y` answered, or refused for what the rules of the matter say; lists and streams hold it,
/// - `e` answered, and the matter is not in it,
/// - `n` not found: the caller may make the call, but may not know of the matter,
/// - `-` refused for the role, before anything is looked up,
/// - `u` refused as unknown.
#[rustfmt::skip]
pub(super) const MATRIX: &[(&str, &str, &str)] = &[
    // enterprise envoy agent dispatcher · staff lead supervisor zone_leader · reviewer second maker checker ·
    // auditor admin system · another enterprise, another department, nobody
    //                                      EVAD SLUZ R2MC OIY odn
    ("directory",  "CreateEnterprise",    "---- ---- ---- -y- --u"),
    ("directory",  "ImportEnterprises",   "---- ---- ---- -y- --u"),
    ("directory",  "UpdateEnterprise",    "---- ---- ---- -y- --u"),
    ("directory",  "GetEnterprise",       "yyyy yyyy yyyy yyy nyu"),
    ("directory",  "ListEnterprises",     "-yyy yyyy ---- yyy -yu"),
    ("directory",  "CreateDepartment",    "---- ---- ---- -y- --u"),
    ("directory",  "UpdateDepartment",    "---- ---- ---- -y- --u"),
    ("directory",  "SucceedDepartment",   "---- ---- ---- -y- --u"),
    ("directory",  "ListDepartments",     "yyyy yyyy yyyy yyy yyu"),
    ("directory",  "PutStaff",            "---- ---- ---- -y- --u"),
    ("directory",  "ListStaff",           "---y yyyy ---- yyy -yu"),
    ("directory",  "PutDeputy",           "---y -y-y -y-- -y- -yu"),
    ("directory",  "ListDeputies",        "---y yyyy -y-- yyy -yu"),
    ("directory",  "ProposeGrant",        "---- ---- ---- -y- --u"),
    ("directory",  "ConfirmGrant",        "---- ---- ---- -y- --u"),
    ("directory",  "ListGrants",          "---- ---- ---- yy- --u"),
    ("directory",  "PublishCatalogue",    "---- ---- ---- -y- --u"),
    ("directory",  "GetCatalogue",        "yyyy yyyy yyyy yyy yyu"),
    ("directory",  "PublishCalendarYear", "---- ---- ---- -y- --u"),
    ("directory",  "GetCalendar",         "yyyy yyyy yyyy yyy yyu"),
    ("directory",  "ExplainDeadline",     "yyyy yyyy yyyy yyy yyu"),

    //                                      EVAD SLUZ R2MC OIY odn
    ("request",    "SubmitTicket",        "yy-y ---- ---- --y n-u"),
    ("request",    "AcceptTicket",        "---y ---- ---- --- --u"),
    ("request",    "SupplementTicket",    "yy-- ---- ---- --- n-u"),
    ("request",    "RateTicket",          "y--- ---- ---- --- n-u"),
    ("request",    "CloseTicket",         "---y ---- ---- --- --u"),
    ("request",    "GetTicket",           "yyny yyyy nnnn ynn nnu"),
    ("request",    "ListTickets",         "yyey yyyy eeee yee eeu"),
    ("request",    "ListTicketHistory",   "yyny yyyy nnnn ynn nnu"),
    ("request",    "WatchTickets",        "yyey yyyy eeee yee eeu"),

    //                                      EVAD SLUZ R2MC OIY odn
    ("dispatch",   "ClaimWorkOrder",      "---- y--- ---- --- -nu"),
    ("dispatch",   "AssignWorkOrder",     "---- -y-- ---- --- -nu"),
    ("dispatch",   "HandOverWorkOrder",   "---- y--- ---- --- -nu"),
    ("dispatch",   "RecordContact",       "---- y--- ---- --- -nu"),
    ("dispatch",   "ReturnWorkOrder",     "---- y--- ---- --- -nu"),
    ("dispatch",   "DecideReturn",        "---y ---- ---- --- --u"),
    ("dispatch",   "AskAssistance",       "---- y--- ---- --- -nu"),
    ("dispatch",   "AskPause",            "---- y--- ---- --- -nu"),
    ("dispatch",   "DecidePause",         "---y ---- ---- --- --u"),
    ("dispatch",   "CompleteWorkOrder",   "---- y--- ---- --- -nu"),
    ("dispatch",   "UrgeWorkOrder",       "---y --y- ---- --- --u"),
    ("dispatch",   "GetWorkOrder",        "---y yyyy ---- y-- -nu"),
    ("dispatch",   "ListWorkOrders",      "---y yyyy ---- y-- -eu"),
    ("dispatch",   "ListWorkOrderHistory", "---y yyyy ---- y-- -nu"),
    ("dispatch",   "WatchWorkOrders",     "---y yyyy ---- y-- -eu"),
    ("dispatch",   "GetLeague",           "---y yyyy ---- y-- -yu"),

    //                                      EVAD SLUZ R2MC OIY odn
    ("history",    "GetCheckpoint",       "yyyy yyyy yyyy yyy yyu"),
    ("history",    "GetInclusionProof",   "yyyy yyyy yyyy yyy yyu"),
    ("history",    "GetConsistencyProof", "yyyy yyyy yyyy yyy yyu"),
    ("history",    "ReadJournal",         "---- ---- ---- y-- --u"),
    ("operations", "ListParked",          "---- ---- ---- -y- --u"),
    ("operations", "ReplayParked",        "---- ---- ---- -y- --u"),
    ("operations", "GetBacklog",          "---- ---- ---- -y- --u"),
];
