//! What tests say that they show.

use testkit::promises::{is_unmounted, tests_of};
use testkit::source::File;

const LABEL: &str = "/// Shows:";

/// One thing that a test says it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// `request ANSWERED Rate`.
    pub(super) text: String,
    /// The file and the function.
    pub(super) test: String,
    /// Whether a row was found for it.
    pub(super) used: bool,
}

/// Everything that the tests say; of a service that the program does not mount yet, nothing.
pub(super) fn all(sources: &[File]) -> Vec<Said> {
    let counts = |file: &&File| {
        let service = file.path.strip_prefix("services/").and_then(|path| path.split('/').next());
        !file.fits("crates/xtask/**")
            && !service.is_some_and(|service| is_unmounted(service, sources))
    };
    sources.iter().filter(counts).flat_map(of_file).collect()
}

/// Who says one of some things; each of them counts as used.
pub(super) fn who_says(said: &mut [Said], texts: &[String]) -> Option<String> {
    let mut first = None;
    for one in said.iter_mut().filter(|said| texts.contains(&said.text)) {
        one.used = true;
        first.get_or_insert_with(|| one.test.clone());
    }
    first
}

fn of_file(file: &File) -> Vec<Said> {
    let (mut all, mut open) = (Vec::new(), Vec::new());
    let mut inside = false;
    for line in tests_of(file).lines().map(str::trim) {
        let text = match line.strip_prefix(LABEL) {
            Some(text) => Some(text),
            // A list goes on where the line before ended in a semicolon.
            None => line.strip_prefix("///").filter(|_| inside),
        };
        inside = text.is_some_and(|text| text.trim_end().ends_with(';'));
        if let Some(text) = text {
            let things = text.trim_end_matches('.').split(';').map(words);
            open.extend(things.filter(|thing| !thing.is_empty()));
        } else if let Some(name) = function(line) {
            let test = format!("{} {name}", file.path);
            let said = open.drain(..).map(|text| Said { text, test: test.clone(), used: false });
            all.extend(said);
        }
    }
    all
}

/// The text with one space between its words.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name of the function that a line begins.
fn function(line: &str) -> Option<&str> {
    let rest = ["fn ", "async fn ", "pub(crate) async fn ", "pub(crate) fn "];
    let rest = rest.iter().find_map(|start| line.strip_prefix(start))?;
    rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_says_what_it_shows_in_its_comment() {
        let text = "#[cfg(test)]\nmod tests {\n    /// A round has one verdict.\n    ///\n    \
                    /// Shows: request ANSWERED  Rate; request CONFIRMED Rate;\n    /// request \
                    refuses RATED_ALREADY\n    /// That is all.\n    #[test]\n    fn rated() {}\n\n    \
                    fn other() {}\n}\n";
        let file = File { path: "services/request/src/x.rs".to_owned(), text: text.to_owned() };
        let all = of_file(&file);
        let texts: Vec<&str> = all.iter().map(|said| said.text.as_str()).collect();
        let expected =
            ["request ANSWERED Rate", "request CONFIRMED Rate", "request refuses RATED_ALREADY"];
        assert_eq!(texts, expected);
        assert!(all.iter().all(|said| said.test == "services/request/src/x.rs rated"));
    }
}
