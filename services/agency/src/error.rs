//! Every refusal of agency, and what the caller is told of it.

mod refusals;

use journal::{Trouble, Troubled};
use runtime::{Fault, Verdict};

pub use self::refusals::Error;

impl Fault for Error {
    const DOMAIN: &'static str = "agency.whistle";

    fn verdict(&self) -> Verdict {
        if let Error::Common(refusal) = self { refusal.verdict() } else { Verdict::kept() }
    }
}

impl Troubled for Error {
    fn trouble(&self) -> Option<&Trouble> {
        if let Error::Common(refusal) = self { refusal.trouble() } else { None }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Error {
        Error::Common(trouble.into())
    }
}
