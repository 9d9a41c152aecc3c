//! The device 设备 that a call comes from, as the portal or app of its caller names it.
//!
//! A caller may send metadata `whistle-device`: whatever the portal or app has chosen for the phone or
//! computer, the same at each call, up to 128 visible ASCII characters. It is not stored, told or
//! logged. A hash that differs from zone to zone stands for it: every fact that the call causes
//! carries that in its envelope, beside who did it, so that request knows a rating that comes from a
//! device of the zone's own people, or of several enterprises (docs/domain.md §8). The hash says
//! nothing of whom the device belongs to and is no contact data: erasing a contact leaves it.

use sha2::{Digest as _, Sha256};
use tonic::metadata::MetadataMap;

use crate::refusal::{Problem, Refusal};

/// Under which key a caller names the device.
const KEY: &str = "whistle-device";
/// How long its name may be.
const CHARS_MAX: usize = 128;
/// How many bytes of the hash stand for it.
const HASH_BYTES: usize = 16;

/// A device as its caller named it. It shows nothing of itself, so that no log can have it.
pub(crate) struct Device(String);

impl Device {
    /// Reads `whistle-device`; none if it is not given.
    pub(crate) fn of(metadata: &MetadataMap) -> Result<Option<Device>, Refusal> {
        let mut given = metadata.get_all(KEY).iter();
        let Some(value) = given.next() else { return Ok(None) };
        // Of two nobody knows which it is. What is not ASCII is no text to begin with.
        let named = value.to_str().ok().filter(|_| given.next().is_none());
        let named = named.filter(|name| (1..=CHARS_MAX).contains(&name.len()));
        let named = named.filter(|name| name.bytes().all(|byte| byte.is_ascii_graphic()));
        let problem = || {
            Problem::other(
                format!("is not one value of 1 to {CHARS_MAX} visible ASCII characters"),
                format!(
                    "须只给一个值，由 1 至 {CHARS_MAX} 个可见的 ASCII 字符组成（不含空格）；不便提供时请省略"
                ),
            )
        };
        let device = named.map(|name| Device(name.to_owned()));
        device.map(Some).ok_or_else(|| Refusal::field(KEY, problem()))
    }

    /// What stands for it in a zone: 32 hexadecimal digits of SHA-256.
    pub(crate) fn stands_as(&self, zone: &str) -> String {
        let hash = Sha256::digest(format!("{zone}/{}", self.0));
        hex::encode(&hash[..HASH_BYTES])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use tonic::metadata::MetadataValue;

    use super::*;

    fn named(values: &[&[u8]]) -> Result<Option<Device>, Refusal> {
        let mut metadata = MetadataMap::new();
        for value in values {
            metadata.append(KEY, MetadataValue::try_from(*value).unwrap());
        }
        Device::of(&metadata)
    }

    #[test]
    fn a_device_is_one_word_of_visible_ascii_or_is_not_named() {
        assert!(named(&[]).unwrap().is_none());
        let longest = "~".repeat(CHARS_MAX);
        for good in ["!", "a1b2-c3:d4/e5=", longest.as_str()] {
            assert!(named(&[good.as_bytes()]).unwrap().is_some(), "{good:?}");
        }
        let too_long = "x".repeat(CHARS_MAX + 1);
        for bad in ["", " ", "a b", "a\tb", too_long.as_str(), "手机"] {
            let refusal = named(&[bad.as_bytes()]).err().unwrap();
            assert!(matches!(refusal, Refusal::Fields(_)), "{bad:?}: {refusal:?}");
        }
        assert!(named(&[b"a", b"b"]).is_err(), "which of the two?");
    }

    #[test]
    fn what_stands_for_a_device_is_of_one_zone_and_shows_nothing_of_it() {
        let device = Device("phone-1".to_owned());
        // By `printf east/phone-1 | sha256sum`.
        assert_eq!(device.stands_as("east"), "99dfdaa3dfdd47ab681e82079e986861");
        assert_ne!(device.stands_as("west"), device.stands_as("east"));
    }
}
