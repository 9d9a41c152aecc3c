//! Standard output, line by line: batches (批量), where one line in is one line out in the same
//! order, and what else is printed. Whoever reads may stop reading.

use std::fmt::Display;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;

/// Prints a text and a line's end. Nobody may be reading any more: that is no error.
pub(crate) fn print(text: impl Display) -> io::Result<()> {
    let mut output = io::stdout().lock();
    unless_gone(writeln!(output, "{text}").and_then(|()| output.flush()))
}

/// Answers standard input on standard output. Lines that could not be read are answered with an
/// `error`; then standard error says how many, and the exit code is not 0.
pub(crate) fn answer_stdin(answer: impl Fn(&str) -> String) -> io::Result<ExitCode> {
    let answered = answer_all(io::stdin().lock(), io::stdout().lock(), answer);
    let unread = unless_gone(answered)?;
    if unread == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("有 {unread} 行无法读取，见其 error（lines that could not be read: {unread}）");
    Ok(ExitCode::FAILURE)
}

fn unless_gone<T: Default>(written: io::Result<T>) -> io::Result<T> {
    match written {
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(T::default()),
        other => other,
    }
}

/// Whether an answer says that its line could not be read.
fn is_error(answer: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(answer)
        .is_ok_and(|answer| answer.get("error").is_some())
}

/// One answer per line, and how many lines could not be read; a line of blanks asks nothing. What
/// is no UTF-8 is answered like any other line that cannot be read.
fn answer_all(
    input: impl Read,
    output: impl Write,
    answer: impl Fn(&str) -> String,
) -> io::Result<u64> {
    let mut unread = 0;
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let mut line = Vec::new();
    while 0 < input.read_until(b'\n', &mut line)? {
        let text = String::from_utf8_lossy(&line);
        if !text.trim().is_empty() {
            let answer = answer(text.trim());
            unread += u64::from(is_error(&answer));
            writeln!(output, "{answer}")?;
        }
        line.clear();
        // Who asks line by line waits for the answer before asking again.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()?;
    Ok(unread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(input: &[u8]) -> String {
        let mut output = Vec::new();
        answer_all(input, &mut output, |line| format!("<{line}>")).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn every_line_is_answered_in_order_and_blank_lines_are_not() {
        assert_eq!(answered(b"a\n\n  \r\nb\r\nc"), "<a>\n<b>\n<c>\n");
        assert_eq!(answered(b""), "");
    }

    #[test]
    fn a_line_that_is_no_text_is_answered_too() {
        assert_eq!(answered(b"\xff\nb"), "<\u{fffd}>\n<b>\n");
    }

    #[test]
    fn lines_that_could_not_be_read_are_counted() {
        let unread =
            answer_all(&b"{\"error\":1}\n{\"valid\":false}\nx"[..], io::sink(), str::to_owned);
        assert_eq!(unread.unwrap(), 1);
    }

    #[test]
    fn a_reader_that_went_away_is_told_as_a_broken_pipe() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let fault = answer_all(&b"a\n"[..], Gone, str::to_owned).unwrap_err();
        assert_eq!(fault.kind(), io::ErrorKind::BrokenPipe);
    }
}
