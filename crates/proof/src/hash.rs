//! The hash (哈希) of a leaf and of a node: SHA-256 with the prefixes of RFC 6962 §2.1.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest, Sha256};

/// Set before a leaf's bytes, so that no leaf can pass for a node.
const LEAF_PREFIX: [u8; 1] = [0x00];
/// Set before the two hashes of a node.
const NODE_PREFIX: [u8; 1] = [0x01];

/// A SHA-256 hash; as text and in JSON 64 hexadecimal digits, written in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

/// The hash of a leaf (叶) with these bytes.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(LEAF_PREFIX).chain_update(data).finalize().into())
}

/// The hash of the node (节点) over two subtrees.
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    let hasher = Sha256::new().chain_update(NODE_PREFIX);
    Hash(hasher.chain_update(left.0).chain_update(right.0).finalize().into())
}

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits")]
pub struct NotAHash;

impl Hash {
    /// The root of the tree without leaves: SHA-256 of nothing.
    pub fn of_empty_tree() -> Hash {
        Hash(Sha256::digest([]).into())
    }

    /// The 32 bytes, as a database keeps them.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = NotAHash;

    fn try_from(bytes: &[u8]) -> Result<Hash, NotAHash> {
        bytes.try_into().map(Hash).map_err(|_| NotAHash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Hash, NotAHash> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAHash)?;
        Ok(Hash(bytes))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_hash_is_read_back_from_its_text_and_from_json() {
        let hash = leaf_hash("诉求".as_bytes());
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(hash.to_string().to_uppercase().parse(), Ok(hash));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, format!("\"{hash}\""));
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
    }

    #[test]
    fn a_hash_of_another_length_or_alphabet_is_refused() {
        let good = leaf_hash(b"").to_string();
        for bad in ["", &good[1..], &format!("{good}0"), &format!(" {}", &good[1..])] {
            assert_eq!(bad.parse::<Hash>(), Err(NotAHash), "{bad}");
        }
        assert_eq!(format!("{}g", &good[1..]).parse::<Hash>(), Err(NotAHash));
        assert_eq!(Hash::try_from(&[0u8; 31][..]), Err(NotAHash));
        assert!(serde_json::from_str::<Hash>("7").is_err());
    }

    #[test]
    fn a_leaf_made_of_two_hashes_is_not_their_node() {
        let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
        assert_ne!(leaf_hash(&[left.0, right.0].concat()), node_hash(left, right));
        assert_ne!(node_hash(left, right), node_hash(right, left));
    }
}
