//! Cases through the zone: agency decides, dispatch has the work done, and each shows the same.

mod correction;
mod declined;
mod deferral;
mod dispatch_away;
mod hand_over;
mod mandate;
pub(crate) mod office;
mod parallel;
mod republished;
mod spring_festival;
mod withdrawal;
