//! Telephone numbers as people write them: mobile, landline with area code and extension, service
//! numbers, and international ones.

/// Whether a text is one.
pub(super) fn is_one(text: &str) -> bool {
    let text = text.trim();
    let marks = ['转', 'x', 'X', '#'];
    if let Some((number, extension)) = text.split_once(marks) {
        return is_extension(extension.trim()) && is_number(number);
    }
    let with_extension = || {
        let (number, extension) = text.rsplit_once('-')?;
        Some(is_extension(extension) && is_number(number))
    };
    is_number(text) || with_extension() == Some(true)
}

fn is_extension(text: &str) -> bool {
    (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    let text = text.trim();
    let (abroad, rest) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let apart = |letter: &char| !matches!(letter, ' ' | '-' | '(' | ')' | '（' | '）');
    let digits: String = rest.chars().filter(apart).collect();
    if text.ends_with('-') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    match (abroad, digits.len(), digits.as_bytes()) {
        (true, 7..=15, _) => true,
        (true, ..) => false,
        // Mobile, and service numbers such as 12345 and 400-820-8820.
        (_, 11, [b'1', b'3'..=b'9', ..]) | (_, 5, [b'1' | b'9', ..]) => true,
        (_, 10, [b'4' | b'8', b'0', b'0', ..]) => true,
        // Landline: with its area code, or the seven or eight digits alone.
        (_, 10..=12, [b'0', ..]) | (_, 7 | 8, [b'2'..=b'9', ..]) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them_are_numbers() {
        for text in [
            "13812345678",
            "138 1234 5678",
            "+86 138-1234-5678",
            "0516-87654321",
            "(0516)87654321",
            "（010）87654321转801",
            "0516-87654321-801",
            "87654321",
            "12345",
            "400-820-8820",
            "+1 (212) 555-0100",
            "+852 2345 6789",
        ] {
            assert!(is_one(text), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not() {
        for text in [
            "abc",
            "张三",
            "1",
            "123",
            "1381234567",
            "138123456789",
            "02345",
            "+",
            "+12",
            "-",
            "1380000000a",
            "87654321-",
            "0516-87654321-8012345",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
