//! Standard output, line by line: batches (批量), where one line in is one line out in the same
//! order, and what else is printed. Whoever reads may stop reading.

use std::fmt::Display;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};

/// Prints a text and a line's end. Nobody may be reading any more: that is no error.
pub(crate) fn print(text: impl Display) -> io::Result<()> {
    let mut output = io::stdout().lock();
    unless_gone(writeln!(output, "{text}").and_then(|()| output.flush()))
}

/// Answers standard input on standard output.
pub(crate) fn answer_stdin(answer: impl Fn(&str) -> String) -> io::Result<()> {
    unless_gone(answer_all(io::stdin().lock(), io::stdout().lock(), answer))
}

fn unless_gone(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// One answer per line; a line of blanks asks nothing. What is no UTF-8 is answered like any other
/// line that cannot be read.
fn answer_all(
    input: impl Read,
    output: impl Write,
    answer: impl Fn(&str) -> String,
) -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let mut line = Vec::new();
    while 0 < input.read_until(b'\n', &mut line)? {
        let text = String::from_utf8_lossy(&line);
        if !text.trim().is_empty() {
            writeln!(output, "{}", answer(text.trim()))?;
        }
        line.clear();
        // Who asks line by line waits for the answer before asking again.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()
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
