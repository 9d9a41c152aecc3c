//! Which tokens hold, which do not, and how keys come and go.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::AtomicUsize;

use base::{PersonId, SystemId};
use ed25519_dalek::SigningKey;
use jiff::{Timestamp, ToSpan as _};
use journal::ManualClock;
use serde_json::{Value, json};

use super::*;
use crate::token::{Claims, Subject, issue};

const RS256: &str = include_str!("rs256.json");

fn now() -> Timestamp {
    "2026-03-02T01:00:00Z".parse().unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn jwk(seed: u8) -> Value {
    let x = URL_SAFE_NO_PAD.encode(key(seed).verifying_key().as_bytes());
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": format!("k{seed}"), "x": x })
}

fn write(path: &Path, keys: Vec<Value>) {
    fs::write(path, json!({ "keys": keys }).to_string()).unwrap();
}

fn claims() -> Claims {
    Claims::new("persons/D01-11", "zone", now() + 1.hour())
}

fn signed(claims: &Claims) -> String {
    issue(&key(1), "k1", claims).unwrap()
}

/// A token of any header and payload, signed by key 1.
fn forged(header: &Value, payload: &Value) -> String {
    use ed25519_dalek::Signer as _;
    let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let text = format!("{header}.{payload}");
    let signature = URL_SAFE_NO_PAD.encode(key(1).sign(text.as_bytes()).to_bytes());
    format!("{text}.{signature}")
}

struct World {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    verifier: Verifier,
}

impl World {
    async fn new() -> World {
        World::with(vec![jwk(1)]).await
    }

    async fn with(keys: Vec<Value>) -> World {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jwks.json");
        write(&path, keys);
        let clock = Arc::new(ManualClock::at(now()));
        let source = JwksSource::File(path);
        let verifier = Verifier::open(source, "zone", clock.clone()).await.unwrap();
        World { folder, clock, verifier }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    async fn refused(&self, token: &str) -> TokenError {
        self.verifier.verify(token).await.unwrap_err()
    }
}

#[tokio::test]
async fn an_issued_token_says_who_calls() {
    let world = World::new().await;
    let caller = world.verifier.verify(&signed(&claims())).await.unwrap();
    assert_eq!(caller.subject, Subject::Person(PersonId::new("D01-11").unwrap()));
    assert_eq!((caller.on_behalf_of, caller.department, caller.roles), (None, None, Vec::new()));

    let mut system = Claims { sub: "systems/hotline".to_owned(), ..claims() };
    system.on_behalf_of = Some("persons/D01-02".to_owned());
    system.department = Some("D01".to_owned());
    system.roles = vec!["SYSTEM".to_owned()];
    let caller = world.verifier.verify(&signed(&system)).await.unwrap();
    assert_eq!(caller.subject, Subject::System(SystemId::new("hotline").unwrap()));
    assert_eq!(caller.on_behalf_of, Some(PersonId::new("D01-02").unwrap()));
    assert_eq!((caller.department.as_deref(), caller.roles.len()), (Some("D01"), 1));
}

#[tokio::test]
async fn a_token_holds_from_its_beginning_to_its_end() {
    let world = World::new().await;
    let token = signed(&claims());
    world.clock.move_to(now() + 1.hour() - 1.second());
    assert!(world.verifier.verify(&token).await.is_ok());
    world.clock.move_to(now() + 1.hour());
    assert_eq!(world.refused(&token).await, TokenError::Expired);
    let future = world.clock.now() + 2.hours();
    let from =
        |nbf: Timestamp| Claims { exp: future.as_second(), nbf: Some(nbf.as_second()), ..claims() };
    assert!(world.verifier.verify(&signed(&from(world.clock.now() + 1.minute()))).await.is_ok());
    let early = signed(&from(world.clock.now() + 61.seconds()));
    assert_eq!(world.refused(&early).await, TokenError::NotYet);
}

#[tokio::test]
async fn a_token_for_another_zone_or_for_nobody_is_refused() {
    let world = World::new().await;
    let other = Claims { aud: "elsewhere".to_owned(), ..claims() };
    assert_eq!(world.refused(&signed(&other)).await, TokenError::Audience);
    let header = json!({ "alg": "EdDSA", "kid": "k1" });
    let exp = (now() + 1.hour()).as_second();
    let payload = |aud: Value| json!({ "sub": "persons/D01-11", "exp": exp, "aud": aud });
    let nobody = json!({ "sub": "persons/D01-11", "exp": exp });
    assert_eq!(world.refused(&forged(&header, &nobody)).await, TokenError::Audience);
    for aud in [json!([]), json!(["a", "b"]), json!("zones")] {
        assert_eq!(world.refused(&forged(&header, &payload(aud))).await, TokenError::Audience);
    }
    let several = forged(&header, &payload(json!(["a", "zone"])));
    assert!(world.verifier.verify(&several).await.is_ok());
}

#[tokio::test]
async fn a_foreign_key_an_unknown_id_and_a_changed_token_are_refused() {
    let world = World::new().await;
    let foreign = issue(&key(2), "k1", &claims()).unwrap();
    assert_eq!(world.refused(&foreign).await, TokenError::Signature);
    let unknown = issue(&key(2), "k2", &claims()).unwrap();
    assert_eq!(world.refused(&unknown).await, TokenError::UnknownKey);
    let token = signed(&claims());
    let (head, _) = token.rsplit_once('.').unwrap();
    let (_, other) = signed(&Claims { sub: "persons/boss".to_owned(), ..claims() })
        .rsplit_once('.')
        .map(|(head, signature)| (head.to_owned(), signature.to_owned()))
        .unwrap();
    assert_eq!(world.refused(&format!("{head}.{other}")).await, TokenError::Signature);
}

#[tokio::test]
async fn no_algorithm_but_the_keys_own_is_accepted() {
    let world = World::new().await;
    let payload = json!({ "sub": "persons/D01-11", "aud": "zone", "exp": 9_999_999_999_i64 });
    for alg in ["none", "None", "HS256", "ES256", "RS384", "x"] {
        let token = forged(&json!({ "alg": alg, "kid": "k1" }), &payload);
        assert_eq!(world.refused(&token).await, TokenError::Algorithm, "{alg}");
    }
    let unsigned = forged(&json!({ "alg": "none", "kid": "k1" }), &payload);
    let (head, _) = unsigned.rsplit_once('.').unwrap();
    assert_eq!(world.refused(&format!("{head}.")).await, TokenError::Algorithm);
    let confused = forged(&json!({ "alg": "RS256", "kid": "k1" }), &payload);
    assert_eq!(world.refused(&confused).await, TokenError::Algorithm);
    let no_id = forged(&json!({ "alg": "EdDSA" }), &payload);
    assert_eq!(world.refused(&no_id).await, TokenError::UnknownKey);
    let critical = forged(&json!({ "alg": "EdDSA", "kid": "k1", "crit": ["x"] }), &payload);
    assert_eq!(world.refused(&critical).await, TokenError::Malformed);
}

#[tokio::test]
async fn what_is_no_token_is_malformed() {
    let world = World::new().await;
    for text in ["", ".", "..", "a.b.c", "张三", &"x".repeat(10_000)] {
        assert_eq!(world.refused(text).await, TokenError::Malformed, "{text}");
    }
    let header = json!({ "alg": "EdDSA", "kid": "k1" });
    for payload in [
        json!(1),
        json!({}),
        json!({ "sub": "persons/a", "aud": "zone" }),
        json!({ "sub": "persons/a", "aud": "zone", "exp": "soon" }),
        json!({ "aud": "zone", "exp": 9_999_999_999_i64 }),
    ] {
        let refusal = world.refused(&forged(&header, &payload)).await;
        assert!(matches!(refusal, TokenError::Malformed | TokenError::Audience), "{payload}");
    }
}

#[tokio::test]
async fn a_subject_is_a_person_or_a_system_and_only_a_system_acts_for_another() {
    let world = World::new().await;
    for sub in ["", "D01-11", "persons/", "persons/a/b", "tickets/1", "persons/张三"] {
        let token = signed(&Claims { sub: sub.to_owned(), ..claims() });
        assert_eq!(world.refused(&token).await, TokenError::Subject, "{sub}");
    }
    let behalf = |sub: &str, of: &str| Claims {
        sub: sub.to_owned(),
        on_behalf_of: Some(of.to_owned()),
        ..claims()
    };
    for claims in [behalf("persons/a", "persons/b"), behalf("systems/a", "systems/b")] {
        assert_eq!(world.refused(&signed(&claims)).await, TokenError::Subject);
    }
}

#[tokio::test]
async fn rsa_keys_are_taken_from_2048_bits_on() {
    let data: Value = serde_json::from_str(RS256).unwrap();
    let world = World::with(data["keys"].as_array().unwrap().clone()).await;
    let token = |id: &str| data["tokens"][id].as_str().unwrap();
    let caller = world.verifier.verify(token("rsa-2048")).await.unwrap();
    assert_eq!(caller.subject, Subject::Person(PersonId::new("D01-11").unwrap()));
    assert_eq!(world.refused(token("rsa-1024")).await, TokenError::UnknownKey);
}

#[tokio::test]
async fn a_changed_file_is_read_when_an_unknown_key_is_named() {
    let world = World::new().await;
    let new = issue(&key(2), "k2", &claims()).unwrap();
    assert_eq!(world.refused(&new).await, TokenError::UnknownKey);
    write(&world.path(), vec![jwk(2), jwk(3)]);
    assert!(world.verifier.verify(&new).await.is_ok());
    assert_eq!(world.refused(&signed(&claims())).await, TokenError::UnknownKey, "k1 is gone");
}

#[tokio::test]
async fn a_file_that_breaks_leaves_the_keys_as_they_are() {
    let world = World::new().await;
    fs::write(world.path(), "{").unwrap();
    let unknown = issue(&key(2), "k2", &claims()).unwrap();
    assert_eq!(world.refused(&unknown).await, TokenError::UnknownKey);
    fs::remove_file(world.path()).unwrap();
    assert_eq!(world.refused(&unknown).await, TokenError::UnknownKey);
    assert!(world.verifier.verify(&signed(&claims())).await.is_ok());
}

#[tokio::test]
async fn without_a_usable_key_nothing_starts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    let clock = Arc::new(ManualClock::at(now()));
    let open = || Verifier::open(JwksSource::File(path.clone()), "zone", clock.clone());
    assert!(matches!(open().await.unwrap_err(), JwksError::Unreadable { .. }));
    fs::write(&path, "[]").unwrap();
    assert!(matches!(open().await.unwrap_err(), JwksError::Unreadable { .. }));
    let mut encryption = jwk(1);
    encryption["use"] = json!("enc");
    let mut unnamed = jwk(1);
    unnamed.as_object_mut().unwrap().remove("kid");
    let mut mislabelled = jwk(1);
    mislabelled["alg"] = json!("RS256");
    let octets = json!({ "kty": "oct", "kid": "k1", "k": "c2VjcmV0" });
    let foreign = json!({ "kty": "OKP", "crv": "X25519", "kid": "k1", "x": "AA" });
    write(&path, vec![encryption, unnamed, mislabelled, octets, foreign]);
    let error = open().await.unwrap_err();
    assert!(matches!(error, JwksError::NoKeys { .. }), "{error}");
}

/// Serves a JWKS by HTTP; counts how often it was asked.
fn serve(keys: Value) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]);
            let body = keys.to_string();
            let length = body.len();
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    (url, asked)
}

#[tokio::test]
async fn an_address_is_asked_again_for_an_unknown_key_but_not_without_end() {
    let (url, asked) = serve(json!({ "keys": [jwk(1)] }));
    let open = |apart| {
        let (source, clock) = (JwksSource::new(&url), Arc::new(ManualClock::at(now())));
        let pace = Pace { every: Duration::from_secs(300), apart };
        Verifier::paced(source, pace, "zone".to_owned(), clock)
    };
    let unknown = issue(&key(2), "k2", &claims()).unwrap();
    let patient = open(Duration::from_secs(10)).await.unwrap();
    assert!(patient.verify(&signed(&claims())).await.is_ok());
    for _ in 0..5 {
        assert_eq!(patient.verify(&unknown).await, Err(TokenError::UnknownKey));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "asked a moment ago");
    let eager = open(Duration::ZERO).await.unwrap();
    assert_eq!(eager.verify(&unknown).await, Err(TokenError::UnknownKey));
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[test]
fn an_address_is_told_from_a_file() {
    let url = |text| matches!(JwksSource::new(text), JwksSource::Url(_));
    assert!(url("https://id.example/jwks.json") && url("http://127.0.0.1:1/jwks"));
    assert!(!url("/etc/whistle/jwks.json") && !url("jwks.json") && !url("httpd/jwks.json"));
}
