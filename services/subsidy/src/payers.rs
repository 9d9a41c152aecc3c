//! From which accounts the zone pays: one of each department that pays subsidies.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use base::DepartmentId;
use serde::Deserialize;

use crate::rail::{AccountNumber, BankCode, Party, PartyFault};

/// The accounts that subsidies are paid from, by department. They come from a file of the zone, and
/// never from a call: who may make a batch may not say which account pays it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payers(BTreeMap<DepartmentId, Party>);

/// Why the file of the payers is refused.
#[derive(Debug, thiserror::Error)]
pub enum PayersFault {
    /// It cannot be read.
    #[error("付款账户文件 {path} 无法读取 / the file of the payers cannot be read: {path}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is not what such a file is.
    #[error("付款账户文件格式有误 / the file of the payers is malformed")]
    Malformed(#[from] toml::de::Error),
    /// An account or a bank is none.
    #[error("{department} 的付款账户有误 / the account of {department} is none")]
    Unfit {
        /// Whose.
        department: DepartmentId,
        /// What is wrong.
        #[source]
        fault: PartyFault,
    },
    /// A department stands there twice.
    #[error("{department} 有两个付款账户 / {department} is there twice")]
    Twice {
        /// Which.
        department: DepartmentId,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    #[serde(default)]
    payers: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    department: DepartmentId,
    name: String,
    account: String,
    bank: String,
}

impl Payers {
    /// Reads the file at its place. Where there is none nobody pays, and each order says so.
    pub async fn load(path: &Path) -> Result<Payers, PayersFault> {
        match tokio::fs::read_to_string(path).await {
            Ok(text) => Payers::parse(&text),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(Payers::default()),
            Err(cause) => Err(PayersFault::Unreadable { path: path.to_owned(), cause }),
        }
    }

    /// Reads the file, TOML: `[[payers]]` with `department`, `name`, `account` and `bank`.
    pub fn parse(text: &str) -> Result<Payers, PayersFault> {
        let book: Book = toml::from_str(text)?;
        let mut payers = BTreeMap::new();
        for Line { department, name, account, bank } in book.payers {
            let unfit = |fault| PayersFault::Unfit { department: department.clone(), fault };
            let account = AccountNumber::new(&account).map_err(unfit)?;
            let bank = BankCode::new(&bank).map_err(unfit)?;
            let party = Party { name, account, bank };
            if payers.insert(department.clone(), party).is_some() {
                return Err(PayersFault::Twice { department });
            }
        }
        Ok(Payers(payers))
    }

    /// The account that a department pays from.
    pub fn get(&self, department: &DepartmentId) -> Option<&Party> {
        self.0.get(department)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[payers]]\ndepartment = \"departments/D04\"\nname = \"示范经开区财政局\"\n\
                        account = \"3600000000000001\"\nbank = \"102999000009\"\n";

    #[test]
    fn each_department_pays_from_its_own_account() {
        let payers = Payers::parse(GOOD).unwrap();
        let department = DepartmentId::new("D04").unwrap();
        assert_eq!(payers.get(&department).unwrap().account.expose(), "3600000000000001");
        assert_eq!(payers.get(&DepartmentId::new("D05").unwrap()), None);
        assert_eq!(Payers::parse("").unwrap(), Payers::default());
        assert!(!format!("{payers:?}").contains("36000000"));
    }

    #[tokio::test]
    async fn where_there_is_no_file_nobody_pays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("payers.toml");
        assert_eq!(Payers::load(&path).await.unwrap(), Payers::default());
        std::fs::write(&path, GOOD).unwrap();
        assert_eq!(Payers::load(&path).await.unwrap(), Payers::parse(GOOD).unwrap());
        let fault = Payers::load(folder.path()).await.unwrap_err();
        assert!(matches!(fault, PayersFault::Unreadable { .. }), "{fault}");
    }

    #[test]
    fn a_file_that_says_two_things_or_nothing_is_refused() {
        let cases = [
            (GOOD.repeat(2), "is there twice"),
            (GOOD.replace("102999000009", "12"), "is none"),
            (GOOD.replace("3600000000000001", "账号"), "is none"),
            (GOOD.replace("bank", "swift"), "malformed"),
            (GOOD.replace("departments/D04", "D04"), "malformed"),
            ("payers = 1".to_owned(), "malformed"),
        ];
        for (text, expected) in cases {
            let fault = Payers::parse(&text).unwrap_err();
            assert!(fault.to_string().contains(expected), "{fault}");
        }
    }
}
