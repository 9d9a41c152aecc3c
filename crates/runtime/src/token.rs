//! Who calls: what a bearer token (JWT) says, how it is read, and how one is issued.

use base::{Actor, Person, PersonId, Role, SystemId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// The longest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 8192;

/// How far the clocks of two machines may differ, in seconds: a token may be this young. Its end
/// is not stretched.
const AHEAD_MAX: i64 = 60;

/// Why a token does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is none.
    #[error("no bearer token was sent")]
    Missing,
    /// It is not a JWT, or not one with the claims that are needed.
    #[error("the token is malformed")]
    Malformed,
    /// It is signed in a way that is not accepted: EdDSA and RS256 are.
    #[error("the token's algorithm is not accepted; EdDSA and RS256 are")]
    Algorithm,
    /// It is signed by a key that is not known.
    #[error("the token's key is not known")]
    UnknownKey,
    /// Its signature does not fit.
    #[error("the token's signature is wrong")]
    Signature,
    /// It is for somebody else than this zone.
    #[error("the token is for another audience")]
    Audience,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYet,
    /// It names neither a person nor a system, or acts for somebody without being a system.
    #[error("the token does not name a person or a system")]
    Subject,
    /// It claims a department or role that the directory does not know of the caller.
    #[error("the token claims something of the caller that the directory does not say")]
    Disagrees,
}

impl TokenError {
    /// What people are told.
    pub fn chinese(&self) -> &'static str {
        match self {
            TokenError::Missing => "请先登录。",
            TokenError::Expired => "登录已过期，请重新登录。",
            TokenError::NotYet => "登录凭证尚未生效，请检查时间设置。",
            TokenError::Audience => "登录凭证不适用于本园区，请重新登录。",
            TokenError::Disagrees => "登录凭证与通讯录不一致，请重新登录。",
            TokenError::Malformed
            | TokenError::Algorithm
            | TokenError::UnknownKey
            | TokenError::Signature
            | TokenError::Subject => "登录凭证无效，请重新登录。",
        }
    }
}

/// Whom a token names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `persons/…`.
    Person(PersonId),
    /// `systems/…`.
    System(SystemId),
}

/// A verified caller: who it is, and what the token claims besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Whom the token names.
    pub subject: Subject,
    /// The person for whom a system acts.
    pub on_behalf_of: Option<PersonId>,
    /// The department that the token claims; refused if the directory says otherwise.
    pub department: Option<String>,
    /// The roles that the token claims; refused if the directory does not know them of the caller.
    pub roles: Vec<String>,
}

impl Caller {
    /// Whoever acts, without any claim besides.
    pub(crate) fn who(actor: &Actor) -> Caller {
        let (subject, on_behalf_of) = match actor {
            Actor::Person(person) | Actor::Deputy { person, .. } => {
                (Subject::Person(person.clone()), None)
            }
            Actor::System(system) => (Subject::System(system.clone()), None),
            Actor::SystemFor { system, person } => {
                (Subject::System(system.clone()), Some(person.clone()))
            }
        };
        Caller { subject, on_behalf_of, department: None, roles: Vec::new() }
    }

    /// Refuses a token that claims more than the directory says.
    pub fn agrees_with(&self, person: &Person) -> Result<(), TokenError> {
        let department = match (&self.department, &person.department) {
            (None, _) => true,
            (Some(claimed), Some(known)) => {
                claimed == known.code() || *claimed == known.to_string()
            }
            (Some(_), None) => false,
        };
        let held = |claimed: &String| {
            claimed.parse::<Role>().is_ok_and(|claimed| person.roles.contains(&claimed))
        };
        if department && self.roles.iter().all(held) { Ok(()) } else { Err(TokenError::Disagrees) }
    }
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who: `persons/D01-11` or `systems/hotline`.
    pub sub: String,
    /// For whom the token is: the zone. Written here, read with the signature.
    #[serde(default, skip_deserializing)]
    pub aud: String,
    /// Until when, in seconds since 1970.
    pub exp: i64,
    /// From when, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// The person for whom a system acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// The caller's department, if the issuer says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The caller's roles, if the issuer says them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

impl Claims {
    /// The claims of a subject, for an audience, until an instant.
    pub fn new(subject: impl ToString, audience: &str, until: Timestamp) -> Claims {
        Claims {
            sub: subject.to_string(),
            aud: audience.to_owned(),
            exp: until.as_second(),
            nbf: None,
            on_behalf_of: None,
            department: None,
            roles: Vec::new(),
        }
    }
}

/// Signs a token with an Ed25519 key that stands in the JWKS under `key_id`.
pub fn issue(key: &SigningKey, key_id: &str, claims: &Claims) -> Result<String, serde_json::Error> {
    let header = serde_json::json!({ "alg": "EdDSA", "typ": "JWT", "kid": key_id });
    let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
    let signed = format!("{header}.{payload}");
    let signature = key.sign(signed.as_bytes()).to_bytes();
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// A key that tokens are verified with.
#[derive(Clone)]
pub(crate) struct TrustedKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

/// The id of the key that a token says it is signed with.
pub(crate) fn key_id(token: &str) -> Result<String, TokenError> {
    if TOKEN_BYTES_MAX < token.len() {
        return Err(TokenError::Malformed);
    }
    // `none` and every unknown algorithm fail here already.
    let header: Header = jsonwebtoken::decode_header(token).map_err(|_| named_algorithm(token))?;
    if !matches!(header.alg, Algorithm::EdDSA | Algorithm::RS256) {
        return Err(TokenError::Algorithm);
    }
    if header.crit.is_some() {
        return Err(TokenError::Malformed);
    }
    header.kid.ok_or(TokenError::UnknownKey)
}

/// Reads a token: its signature, its audience, its time, whom it names.
pub(crate) fn read(
    token: &str,
    trusted: &TrustedKey,
    audience: &str,
    now: Timestamp,
) -> Result<Caller, TokenError> {
    // The key says by which algorithm, never the token.
    let mut validation = Validation::new(trusted.algorithm);
    validation.set_required_spec_claims(&["exp", "aud", "sub"]);
    validation.set_audience(&[audience]);
    // That library reads the wall clock; time is ours to hand in.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &trusted.key, &validation)
        .map_err(|error| why(error.kind()))?
        .claims;
    if claims.exp <= now.as_second() {
        return Err(TokenError::Expired);
    }
    if claims.nbf.is_some_and(|from| now.as_second().saturating_add(AHEAD_MAX) < from) {
        return Err(TokenError::NotYet);
    }
    let subject = match SystemId::parse(&claims.sub) {
        Ok(system) => Subject::System(system),
        Err(_) => Subject::Person(person(&claims.sub)?),
    };
    let on_behalf_of = claims.on_behalf_of.as_deref().map(person).transpose()?;
    if on_behalf_of.is_some() && matches!(subject, Subject::Person(_)) {
        return Err(TokenError::Subject);
    }
    Ok(Caller { subject, on_behalf_of, department: claims.department, roles: claims.roles })
}

fn person(name: &str) -> Result<PersonId, TokenError> {
    PersonId::parse(name).map_err(|_| TokenError::Subject)
}

fn named_algorithm(token: &str) -> TokenError {
    #[derive(Deserialize)]
    struct Named {
        alg: String,
    }
    let header = token.split('.').next().unwrap_or_default();
    let header = URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    match serde_json::from_slice::<Named>(&header) {
        Ok(named) if named.alg.parse::<Algorithm>().is_err() => TokenError::Algorithm,
        Ok(_) | Err(_) => TokenError::Malformed,
    }
}

fn why(kind: &ErrorKind) -> TokenError {
    #[allow(clippy::wildcard_enum_match_arm, reason = "the library may add kinds")]
    match kind {
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => TokenError::Algorithm,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::MissingRequiredClaim(claim) if claim == "aud" => TokenError::Audience,
        _ => TokenError::Malformed,
    }
}
