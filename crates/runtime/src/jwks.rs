//! The keys that tokens are verified with: a JWKS from a file or an address, read again as it
//! changes, without holding up a call.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use journal::Clock;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey};

use crate::token::{self, Caller, TokenError, TrustedKey};

/// The longest that an address is waited for.
const FETCH_WITHIN: Duration = Duration::from_secs(5);
/// The largest JWKS that is read, in bytes.
const JWKS_BYTES_MAX: u64 = 1 << 20;
/// The least size of an RSA modulus, in bytes (2048 bits).
const RSA_BYTES_MIN: usize = 256;

/// Where the keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JwksSource {
    /// A file.
    File(PathBuf),
    /// An address: `https://…`, or `http://…` on a network that is trusted.
    Url(String),
}

impl JwksSource {
    /// An address if it looks like one, else a file.
    pub fn new(text: &str) -> JwksSource {
        if text.starts_with("https://") || text.starts_with("http://") {
            JwksSource::Url(text.to_owned())
        } else {
            JwksSource::File(PathBuf::from(text))
        }
    }

    /// How often it is looked at, and how often at most because of a token with an unknown key:
    /// a stranger must not be able to make us knock at an address without end.
    fn pace(&self) -> Pace {
        match self {
            JwksSource::File(_) => Pace { every: Duration::from_secs(1), apart: Duration::ZERO },
            JwksSource::Url(_) => {
                Pace { every: Duration::from_secs(300), apart: Duration::from_secs(10) }
            }
        }
    }
}

impl fmt::Display for JwksSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JwksSource::File(path) => path.display().fmt(f),
            JwksSource::Url(url) => url.fmt(f),
        }
    }
}

/// Why the keys cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// The file or the address cannot be read.
    #[error("the keys for tokens cannot be read from {origin}: {why}")]
    Unreadable {
        /// The file or the address.
        origin: String,
        /// Why.
        why: String,
    },
    /// What was read is not a JWKS with a usable key.
    #[error("{origin} holds no JWKS with an Ed25519 key or an RSA key of 2048 bits and a `kid`")]
    NoKeys {
        /// The file or the address.
        origin: String,
    },
}

/// Verifies tokens. Cheap to clone: all clones share the keys.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    source: JwksSource,
    pace: Pace,
    audience: String,
    clock: Arc<dyn Clock>,
    held: RwLock<Held>,
    reading: AtomicBool,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Clone, Copy)]
struct Pace {
    every: Duration,
    apart: Duration,
}

struct Held {
    keys: HashMap<String, TrustedKey>,
    stamp: Stamp,
    looked_at: Instant,
}

/// What tells one state of a file from the next.
type Stamp = Option<(SystemTime, u64)>;

impl Verifier {
    /// Reads the keys for the first time.
    pub async fn open(
        source: JwksSource,
        audience: impl Into<String>,
        clock: Arc<dyn Clock>,
    ) -> Result<Verifier, JwksError> {
        let pace = source.pace();
        Verifier::paced(source, pace, audience.into(), clock).await
    }

    async fn paced(
        source: JwksSource,
        pace: Pace,
        audience: String,
        clock: Arc<dyn Clock>,
    ) -> Result<Verifier, JwksError> {
        let from = source.clone();
        let read = tokio::task::spawn_blocking(move || read(&from)).await;
        let (keys, stamp) = read.map_err(|error| unreadable(&source, &error))??;
        let held = RwLock::new(Held { keys, stamp, looked_at: Instant::now() });
        let (reading, turn) = (AtomicBool::new(false), tokio::sync::Mutex::new(()));
        Ok(Verifier(Arc::new(Inner { source, pace, audience, clock, held, reading, turn })))
    }

    /// Who a token says is calling, if it holds.
    pub async fn verify(&self, token: &str) -> Result<Caller, TokenError> {
        let id = token::key_id(token)?;
        let trusted = match self.0.key(&id) {
            Some(trusted) => {
                self.look_in_passing();
                trusted
            }
            None => {
                self.look_now().await;
                self.0.key(&id).ok_or(TokenError::UnknownKey)?
            }
        };
        token::read(token, &trusted, &self.0.audience, self.0.clock.now())
    }

    /// Looks for other keys, if it is time to; the call at hand does not wait for them.
    fn look_in_passing(&self) {
        let due = self.0.pace.every <= self.0.looked_at().elapsed();
        if due && !self.0.reading.swap(true, Ordering::AcqRel) {
            let inner = Arc::clone(&self.0);
            // Not awaited: it ends by itself within `FETCH_WITHIN`.
            drop(tokio::task::spawn_blocking(move || {
                inner.look();
                inner.reading.store(false, Ordering::Release);
            }));
        }
    }

    /// Looks for other keys and waits for them, unless that was done a moment ago.
    async fn look_now(&self) {
        let asked = Instant::now();
        let _turn = self.0.turn.lock().await;
        let looked_at = self.0.looked_at();
        // Who waited for their turn is served by the look of the one before.
        if asked <= looked_at || looked_at.elapsed() < self.0.pace.apart {
            return;
        }
        let inner = Arc::clone(&self.0);
        if let Err(error) = tokio::task::spawn_blocking(move || inner.look()).await {
            tracing::error!(%error, "reading the keys for tokens ended early");
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("source", &self.0.source).finish_non_exhaustive()
    }
}

impl Inner {
    fn key(&self, id: &str) -> Option<TrustedKey> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.keys.get(id).cloned()
    }

    fn looked_at(&self) -> Instant {
        self.held.read().unwrap_or_else(PoisonError::into_inner).looked_at
    }

    /// Takes the keys as they are now. If they cannot be read, those at hand go on to hold.
    fn look(&self) {
        let before = self.held.read().unwrap_or_else(PoisonError::into_inner).stamp;
        let unchanged = before.is_some() && before == stamp(&self.source);
        let read = if unchanged { None } else { Some(read(&self.source)) };
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.looked_at = Instant::now();
        match read {
            None => {}
            Some(Ok((keys, stamp))) => (held.keys, held.stamp) = (keys, stamp),
            Some(Err(error)) => tracing::warn!(%error, "the keys for tokens stay as they are"),
        }
    }
}

fn stamp(source: &JwksSource) -> Stamp {
    let JwksSource::File(path) = source else { return None };
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn read(source: &JwksSource) -> Result<(HashMap<String, TrustedKey>, Stamp), JwksError> {
    // The stamp is taken first: a change in between is seen the next time.
    let stamp = stamp(source);
    let text = match source {
        JwksSource::File(path) => fs::read(path).map_err(|error| unreadable(source, &error))?,
        JwksSource::Url(url) => fetch(url).map_err(|error| unreadable(source, &error))?,
    };
    let set: JwkSet = serde_json::from_slice(&text).map_err(|error| unreadable(source, &error))?;
    let keys: HashMap<_, _> = set.keys.iter().filter_map(trusted).collect();
    if keys.is_empty() {
        return Err(JwksError::NoKeys { origin: source.to_string() });
    }
    Ok((keys, stamp))
}

fn fetch(url: &str) -> Result<Vec<u8>, ureq::Error> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(FETCH_WITHIN)).build().into();
    let mut response = agent.get(url).call()?;
    response.body_mut().with_config().limit(JWKS_BYTES_MAX).read_to_vec()
}

fn unreadable(source: &JwksSource, why: &dyn fmt::Display) -> JwksError {
    JwksError::Unreadable { origin: source.to_string(), why: why.to_string() }
}

/// A key that we verify with. Others in the set, of kinds that we do not take, are passed over.
fn trusted(jwk: &Jwk) -> Option<(String, TrustedKey)> {
    let id = jwk.common.key_id.clone()?;
    if jwk.common.public_key_use.as_ref().is_some_and(|uses| *uses != PublicKeyUse::Signature) {
        return None;
    }
    let (algorithm, name) = match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        AlgorithmParameters::RSA(key) => {
            let modulus = URL_SAFE_NO_PAD.decode(&key.n).ok()?;
            if modulus.iter().skip_while(|byte| **byte == 0).count() < RSA_BYTES_MIN {
                return None;
            }
            (Algorithm::RS256, KeyAlgorithm::RS256)
        }
        AlgorithmParameters::OctetKeyPair(_)
        | AlgorithmParameters::EllipticCurve(_)
        | AlgorithmParameters::OctetKey(_)
        | AlgorithmParameters::Other(_)
        | _ => return None,
    };
    if jwk.common.key_algorithm.is_some_and(|said| said != name) {
        return None;
    }
    let key = DecodingKey::from_jwk(jwk).ok()?;
    Some((id, TrustedKey { algorithm, key }))
}

#[cfg(test)]
mod tests;
