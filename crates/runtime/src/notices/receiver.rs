//! Receivers of notices, as the file that the setting `notices_file` names lists them.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use base::DepartmentId;
use figment::Figment;
use figment::providers::{Format as _, Toml};
use serde::Deserialize;

use super::table::Kind;
use crate::config::is_safe_address;

/// The shortest secret that is taken, in bytes.
const SECRET_BYTES_MIN: usize = 16;

/// Whoever is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Receiver {
    /// What it is called; names its cursor, so that a renamed receiver is a new one.
    pub name: String,
    /// Where notices are sent.
    pub url: String,
    /// What they are signed with.
    pub(super) secret: Vec<u8>,
    /// What it wants to be told.
    pub kinds: BTreeSet<Kind>,
    /// Whose matters alone; empty: everybody's.
    pub departments: BTreeSet<String>,
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Receiver { name, url, kinds, departments, .. } = self;
        write!(f, "Receiver({name} at {url}: {kinds:?} of {departments:?})")
    }
}

/// Why the receivers of notices cannot be told, in Chinese and English.
#[derive(Debug, thiserror::Error)]
pub enum NoticesError {
    /// A file cannot be read.
    #[error("无法读取 {path}：请检查路径和权限 / {path} cannot be read: check its path and permissions", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The file does not have the form that it must have.
    #[error("通知文件 {path} 有误：{problem} / the file of receivers {path} is wrong: {problem}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What and where.
        problem: String,
    },
    /// A receiver will not do.
    #[error("通知接收方 {name}：{chinese} / the receiver {name}: {english}")]
    Bad {
        /// The receiver.
        name: String,
        /// What is wrong, in Chinese.
        chinese: &'static str,
        /// What is wrong, in English.
        english: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    receivers: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    name: String,
    url: String,
    secret_file: PathBuf,
    kinds: BTreeSet<Kind>,
    #[serde(default)]
    departments: BTreeSet<String>,
}

/// Reads the receivers of a file; secrets stand in files of their own, beside it unless their
/// paths are absolute.
pub(super) fn read(path: &Path) -> Result<Vec<Receiver>, NoticesError> {
    let text = fs::read_to_string(path).map_err(|cause| unreadable(path, cause))?;
    let file = Figment::new().merge(Toml::string(&text)).extract::<File>();
    let file = file.map_err(|error| NoticesError::Malformed {
        path: path.to_owned(),
        problem: error.to_string(),
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut receivers: Vec<Receiver> = Vec::with_capacity(file.receivers.len());
    for listed in file.receivers {
        let receiver = listed.receiver(folder)?;
        if receivers.iter().any(|before| before.name == receiver.name) {
            return Err(receiver.bad("名称重复", "its name is taken already"));
        }
        receivers.push(receiver);
    }
    Ok(receivers)
}

impl Listed {
    fn receiver(self, folder: &Path) -> Result<Receiver, NoticesError> {
        let path = folder.join(&self.secret_file);
        let secret = fs::read_to_string(&path).map_err(|cause| unreadable(&path, cause))?;
        let receiver = Receiver {
            name: self.name,
            url: self.url,
            secret: secret.trim().as_bytes().to_vec(),
            kinds: self.kinds,
            departments: self.departments,
        };
        receiver.check()?;
        Ok(receiver)
    }
}

impl Receiver {
    fn check(&self) -> Result<(), NoticesError> {
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=32).contains(&self.name.len()) || !self.name.chars().all(word) {
            return Err(self.bad(
                "名称须为 1 到 32 个小写字母、数字或连字符",
                "its name must be 1 to 32 lower-case letters, digits and hyphens",
            ));
        }
        if !is_safe_address(&self.url) {
            return Err(self.bad(
                "url 须为 https:// 地址（http:// 仅限本机）",
                "its url must be an https:// address (http:// for loopback alone)",
            ));
        }
        if self.secret.len() < SECRET_BYTES_MIN {
            return Err(self.bad(
                "密钥文件须含至少 16 个字符",
                "its secret file must hold at least 16 characters",
            ));
        }
        if self.kinds.is_empty() {
            return Err(self.bad("kinds 不可为空", "its kinds must not be empty"));
        }
        if self.departments.iter().any(|name| DepartmentId::parse(name).is_err()) {
            return Err(self.bad(
                "departments 须为 departments/… 形式的名称",
                "its departments must be names of the form departments/…",
            ));
        }
        Ok(())
    }

    fn bad(&self, chinese: &'static str, english: &'static str) -> NoticesError {
        NoticesError::Bad { name: self.name.clone(), chinese, english }
    }
}

fn unreadable(path: &Path, cause: std::io::Error) -> NoticesError {
    NoticesError::Unreadable { path: path.to_owned(), cause }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const GOOD: &str = r#"
        [[receivers]]
        name = "oa"
        url = "https://oa.example/whistle"
        secret_file = "oa.secret"
        kinds = ["offered", "decision_due"]
        departments = ["departments/D02"]
    "#;

    fn load(text: &str) -> Result<Vec<Receiver>, NoticesError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("oa.secret"), "0123456789abcdef\n").unwrap();
        fs::write(folder.path().join("short"), "0123456789abcde\n").unwrap();
        let file = folder.path().join("notices.toml");
        fs::write(&file, text).unwrap();
        read(&file)
    }

    #[test]
    fn a_receiver_is_read_with_its_secret_which_is_not_printed() {
        let receivers = load(GOOD).unwrap();
        let [oa] = receivers.as_slice() else { panic!("{receivers:?}") };
        assert_eq!((oa.name.as_str(), oa.url.as_str()), ("oa", "https://oa.example/whistle"));
        assert_eq!(oa.secret, b"0123456789abcdef");
        assert_eq!(oa.kinds, BTreeSet::from([Kind::Offered, Kind::DecisionDue]));
        assert!(!format!("{oa:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn whatever_will_not_do_is_named() {
        for (from, to, said) in [
            ("\"oa\"", "\"OA\"", "名称须为"),
            ("https://oa.example", "http://oa.example", "url 须为"),
            ("oa.secret", "short", "至少 16 个字符"),
            ("oa.secret", "none", "无法读取"),
            ("[\"offered\", \"decision_due\"]", "[]", "kinds 不可为空"),
            ("\"offered\"", "\"offer\"", "offer"),
            ("departments/D02", "D02", "departments 须为"),
            ("departments =", "department =", "department"),
            ("[[receivers]]", "[receivers]", "receivers"),
        ] {
            let text = load(&GOOD.replace(from, to)).unwrap_err().to_string();
            assert!(text.contains(said), "{to}: {text}");
        }
        let twice = load(&format!("{GOOD}\n{GOOD}")).unwrap_err().to_string();
        assert!(twice.contains("名称重复"), "{twice}");
    }
}
