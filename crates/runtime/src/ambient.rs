//! What a call carries along unseen: the language it is answered in, and the trace it belongs to.

use std::future::Future;

/// The language of what is said to people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 简体中文, unless something else is asked for.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The first known language of an `accept-language` header. Its order is taken for its
    /// preference; weights are not read.
    pub fn accepted(header: &str) -> Language {
        let known = |entry: &str| {
            let tag = entry.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            match tag.split('-').next() {
                Some("zh") => Some(Language::Chinese),
                Some("en") => Some(Language::English),
                Some(_) | None => None,
            }
        };
        header.split(',').find_map(known).unwrap_or_default()
    }

    /// The tag of the language (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        }
    }
}

/// What surrounds a call.
#[derive(Clone, Debug, Default)]
pub struct Ambient {
    /// The language of what is said to people.
    pub language: Language,
    /// The trace id: 32 hexadecimal digits.
    pub trace: Option<String>,
}

tokio::task_local! {
    static AMBIENT: Ambient;
}

impl Ambient {
    /// What surrounds the present call; the default outside of any.
    pub fn present() -> Ambient {
        AMBIENT.try_with(Clone::clone).unwrap_or_default()
    }

    /// Runs a future within these surroundings.
    pub async fn around<F: Future>(self, work: F) -> F::Output {
        AMBIENT.scope(self, work).await
    }

    /// Runs a closure within these surroundings.
    pub fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        AMBIENT.sync_scope(self.clone(), work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_language_is_taken_and_chinese_by_default() {
        let cases = [
            ("en", Language::English),
            ("en-GB;q=0.9, zh-CN;q=0.1", Language::English),
            ("fr, EN", Language::English),
            ("zh-Hans, en", Language::Chinese),
            ("fr", Language::Chinese),
            ("", Language::Chinese),
            (";;,,", Language::Chinese),
        ];
        for (header, expected) in cases {
            assert_eq!(Language::accepted(header), expected, "{header:?}");
        }
    }

    #[test]
    fn outside_of_a_call_nothing_surrounds() {
        assert_eq!(Ambient::present().trace, None);
        let ambient = Ambient { language: Language::English, trace: Some("t".to_owned()) };
        ambient.within(|| assert_eq!(Ambient::present().trace.as_deref(), Some("t")));
        assert_eq!(Ambient::present().language, Language::Chinese);
    }
}
