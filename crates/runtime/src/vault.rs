//! Personal values (个人信息): encrypted where they lie, committed to where they travel, masked
//! where they are shown.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use journal::Entropy;
use sha2::{Digest as _, Sha256};

use crate::keys::derive;

/// The first byte of every encrypted value: XChaCha20-Poly1305, laid out as [`Vault::seal`] says.
const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;
const SALT_BYTES: usize = 32;

/// Encrypts and opens personal values with the zone's data keys: the newest encrypts, each opens
/// what it has encrypted.
#[derive(Clone)]
pub struct Vault {
    newest: DataKey,
    old: Vec<DataKey>,
    digest_key: [u8; 32],
}

#[derive(Clone)]
struct DataKey {
    cipher: XChaCha20Poly1305,
    id: [u8; KEY_ID_BYTES],
}

/// A personal value as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// SHA-256(salt ‖ value): what the fact holds. It tells nothing once value and salt are erased.
    pub commitment: [u8; 32],
    /// What the table `personal` of the owning service holds.
    pub encrypted: Vec<u8>,
}

/// A personal value as it was before.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The value.
    pub value: String,
    /// Its salt, for who must prove the commitment.
    pub salt: [u8; SALT_BYTES],
}

/// Why a value cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It was encrypted with a key that is not, or no longer, one of the zone's.
    #[error("the personal value is encrypted with another key")]
    OtherKey,
    /// It is damaged, or stands in another place than it was encrypted for.
    #[error("the personal value is damaged")]
    Damaged,
}

impl From<VaultError> for crate::Refusal {
    fn from(error: VaultError) -> crate::Refusal {
        crate::Refusal::damaged(error)
    }
}

impl Vault {
    /// With the data key of the zone.
    pub fn new(key: &[u8; 32]) -> Vault {
        Vault { newest: DataKey::new(key), old: Vec::new(), digest_key: *key }
    }

    /// The same, which also opens what these keys have encrypted that were the zone's before.
    #[must_use]
    pub fn with_old(mut self, keys: &[[u8; 32]]) -> Vault {
        self.old.extend(keys.iter().map(DataKey::new));
        self
    }

    /// The same, whose digests follow from this secret, which stays when the data key is replaced.
    #[must_use]
    pub fn with_digest_key(self, digest_key: [u8; 32]) -> Vault {
        Vault { digest_key, ..self }
    }

    /// What stands for a value that is to be compared and not shown, such as an account number: the
    /// same for the same value, and nothing that can be guessed and tried without the key.
    pub fn digest(&self, value: &str) -> [u8; 32] {
        derive(&self.digest_key, "whistle value digest", value)
    }

    /// Encrypts a value for a place, such as `tickets/…#contact.phone`; it opens there alone.
    /// The layout: version, key id, nonce, then encrypted salt ‖ value.
    pub fn seal(
        &self,
        place: &str,
        value: &str,
        entropy: &dyn Entropy,
    ) -> Result<Sealed, VaultError> {
        let mut salt = [0; SALT_BYTES];
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut salt);
        entropy.fill(&mut nonce);
        let plain = [&salt, value.as_bytes()].concat();
        let payload = Payload { msg: &plain, aad: place.as_bytes() };
        let cipher = self.newest.cipher.encrypt(&XNonce::from(nonce), payload);
        let cipher = cipher.map_err(|_| VaultError::Damaged)?;
        let encrypted = [&[VERSION][..], &self.newest.id, &nonce, &cipher].concat();
        Ok(Sealed { commitment: commitment(&salt, value), encrypted })
    }

    /// Opens a value at its place.
    pub fn open(&self, place: &str, encrypted: &[u8]) -> Result<Opened, VaultError> {
        let rest = encrypted.strip_prefix(&[VERSION]).ok_or(VaultError::Damaged)?;
        let (key_id, rest) = rest.split_first_chunk::<KEY_ID_BYTES>().ok_or(VaultError::Damaged)?;
        let mut keys = std::iter::once(&self.newest).chain(&self.old);
        let key = keys.find(|key| key.id == *key_id).ok_or(VaultError::OtherKey)?;
        let (nonce, cipher) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Damaged)?;
        let payload = Payload { msg: cipher, aad: place.as_bytes() };
        let plain = key.cipher.decrypt(&XNonce::from(*nonce), payload);
        let plain = plain.map_err(|_| VaultError::Damaged)?;
        let (salt, value) = plain.split_first_chunk::<SALT_BYTES>().ok_or(VaultError::Damaged)?;
        let value = String::from_utf8(value.to_vec()).map_err(|_| VaultError::Damaged)?;
        Ok(Opened { value, salt: *salt })
    }
}

impl DataKey {
    fn new(key: &[u8; 32]) -> DataKey {
        let mut id = [0; KEY_ID_BYTES];
        let digest = Sha256::new().chain_update(b"whistle data key").chain_update(key).finalize();
        id.copy_from_slice(&digest[..KEY_ID_BYTES]);
        DataKey { cipher: XChaCha20Poly1305::new(&Key::from(*key)), id }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").finish_non_exhaustive()
    }
}

/// What stands for a value in a fact: SHA-256(salt ‖ value).
pub fn commitment(salt: &[u8; SALT_BYTES], value: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(value.as_bytes()).finalize().into()
}

/// A name with all but its first character hidden: 张三 → 张*. A single character is hidden too.
pub fn mask_name(name: &str) -> String {
    mask(name, usize::from(1 < name.chars().count()), 0)
}

/// A phone number with its middle hidden: 13812345678 → 138****5678. One with fewer than eleven
/// characters is hidden whole, because seven of them would tell it.
pub fn mask_phone(phone: &str) -> String {
    if phone.chars().count() < PHONE_CHARS_MIN { mask(phone, 0, 0) } else { mask(phone, 3, 4) }
}

/// The characters of a mobile number, the shortest that is shown in part.
const PHONE_CHARS_MIN: usize = 11;

fn mask(text: &str, first: usize, last: usize) -> String {
    let length = text.chars().count();
    let shown = |place: usize| place < first || length <= place + last;
    text.chars().enumerate().map(|(place, char)| if shown(place) { char } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use journal::SeededEntropy;
    use proptest::prelude::*;

    use super::*;

    const PLACE: &str = "tickets/1#contact.phone";

    fn sealed(value: &str) -> (Vault, Sealed) {
        let vault = Vault::new(&[7; 32]);
        let sealed = vault.seal(PLACE, value, &SeededEntropy::new(1)).unwrap();
        (vault, sealed)
    }

    #[test]
    fn names_and_phones_are_masked() {
        let names = [("张三", "张*"), ("欧阳明月", "欧***"), ("张", "*"), ("", ""), ("Ann", "A**")];
        for (name, masked) in names {
            assert_eq!(mask_name(name), masked);
        }
        let phones = [
            ("13812345678", "138****5678"),
            ("0571-88881234", "057******1234"),
            ("88881234", "********"),
            ("1381234567", "**********"),
            ("110", "***"),
            ("", ""),
        ];
        for (phone, masked) in phones {
            assert_eq!(mask_phone(phone), masked);
        }
    }

    #[test]
    fn a_value_opens_with_its_key_at_its_place_and_fits_its_commitment() {
        let (vault, sealed) = sealed("13812345678");
        let opened = vault.open(PLACE, &sealed.encrypted).unwrap();
        assert_eq!(opened.value, "13812345678");
        assert_eq!(commitment(&opened.salt, &opened.value), sealed.commitment);
        assert!(!format!("{vault:?}{opened:?}").contains("138"));
    }

    #[test]
    fn another_key_or_place_opens_nothing() {
        let (vault, sealed) = sealed("13812345678");
        let other = Vault::new(&[8; 32]);
        assert_eq!(other.open(PLACE, &sealed.encrypted), Err(VaultError::OtherKey));
        let elsewhere = vault.open("tickets/2#contact.phone", &sealed.encrypted);
        assert_eq!(elsewhere, Err(VaultError::Damaged));
    }

    #[test]
    fn the_newest_key_encrypts_and_the_old_ones_still_open() {
        let entropy = SeededEntropy::new(1);
        let keys: Vec<[u8; 32]> = (1..=3).map(|byte| [byte; 32]).collect();
        let once = |newest: usize| Vault::new(&keys[newest]).with_old(&keys[..newest]);
        let sealed: Vec<Sealed> = (0..3)
            .map(|at| once(at).seal(PLACE, "6999776490959710548", &entropy).unwrap())
            .collect();
        for (age, sealed) in sealed.iter().enumerate() {
            for newest in 0..3 {
                let opened = once(newest).open(PLACE, &sealed.encrypted);
                if age <= newest {
                    assert_eq!(opened.unwrap().value, "6999776490959710548");
                } else {
                    assert_eq!(opened, Err(VaultError::OtherKey), "{age} in {newest}");
                }
            }
            assert!(Vault::new(&keys[age]).open(PLACE, &sealed.encrypted).is_ok(), "by its own");
        }
        let without = Vault::new(&keys[2]).open(PLACE, &sealed[0].encrypted);
        assert_eq!(without, Err(VaultError::OtherKey), "an old key that was taken away");
    }

    #[test]
    fn a_digest_compares_values_and_outlives_the_data_key() {
        let vault = |data: u8| Vault::new(&[data; 32]).with_digest_key([9; 32]);
        let digest = vault(1).digest("6999776490959710548");
        assert_eq!(vault(2).digest("6999776490959710548"), digest);
        assert_ne!(vault(1).digest("6999776490959710549"), digest);
        let other = Vault::new(&[1; 32]).with_digest_key([8; 32]);
        assert_ne!(other.digest("6999776490959710548"), digest);
        let plain: [u8; 32] = Sha256::digest("6999776490959710548").into();
        assert_ne!(digest, plain, "who has a list of numbers could try them");
    }

    #[test]
    fn every_damaged_byte_and_every_cut_is_seen() {
        let (vault, sealed) = sealed("13812345678");
        for place in 0..sealed.encrypted.len() {
            let mut damaged = sealed.encrypted.clone();
            damaged[place] ^= 1;
            assert!(vault.open(PLACE, &damaged).is_err(), "byte {place}");
            assert!(vault.open(PLACE, &sealed.encrypted[..place]).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn the_same_value_is_never_sealed_alike() {
        let vault = Vault::new(&[7; 32]);
        let entropy = SeededEntropy::new(1);
        let [one, two] = [(); 2].map(|()| vault.seal(PLACE, "张三", &entropy).unwrap());
        assert_ne!(one.commitment, two.commitment);
        assert_ne!(one.encrypted, two.encrypted);
    }

    proptest! {
        #[test]
        fn any_value_comes_back(value in any::<String>(), seed in any::<u64>()) {
            let vault = Vault::new(&[7; 32]);
            let sealed = vault.seal(PLACE, &value, &SeededEntropy::new(seed)).unwrap();
            prop_assert_eq!(vault.open(PLACE, &sealed.encrypted).unwrap().value, value);
        }

        #[test]
        fn a_mask_keeps_the_length_and_hides_most(text in any::<String>()) {
            for masked in [mask_name(&text), mask_phone(&text)] {
                prop_assert_eq!(masked.chars().count(), text.chars().count());
            }
        }
    }
}
