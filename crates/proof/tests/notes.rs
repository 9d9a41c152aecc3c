//! Keys, signed notes and checkpoints: what is written is read back, and nothing else is read.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use base64::{Engine, engine::general_purpose::STANDARD};
use proof::note::{NOTE_BYTES_MAX, SIGNATURES_MAX};
use proof::{
    Algorithm, Checkpoint, CheckpointError, Hash, KeyError, NoteError, NoteSignature, SignedNote,
    SigningKey, Verified, VerifierKey, leaf_hash,
};
use proptest::prelude::*;

const ORIGIN: &str = "zone.example/journals/dispatch";
const SECONDS: u64 = 1_767_225_600;

fn log() -> SigningKey {
    SigningKey::new(ORIGIN, Algorithm::Ed25519, &[1; 32]).unwrap()
}

fn witness() -> SigningKey {
    SigningKey::new("witness.example/审计", Algorithm::Cosignature, &[2; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint::new(ORIGIN, 249, leaf_hash(b"root")).unwrap()
}

fn signed() -> SignedNote {
    checkpoint().sign(&log()).unwrap()
}

fn cosigned() -> SignedNote {
    let mut note = signed();
    note.cosign(&witness(), SECONDS).unwrap();
    note
}

fn by(key: &SigningKey, cosigned_at: Option<u64>) -> Verified {
    let key = key.verifier();
    Verified { name: key.name().to_owned(), key_id: key.id(), cosigned_at }
}

#[test]
fn a_signed_and_cosigned_checkpoint_opens_after_its_way_as_text() {
    let text = cosigned().to_string();
    let note: SignedNote = text.parse().unwrap();
    assert_eq!(note.to_string(), text);
    let keys = [log().verifier().clone(), witness().verifier().clone()];
    let opened = Checkpoint::open(&note, &keys[0], &keys[1..]).unwrap();
    assert_eq!(opened.checkpoint, checkpoint());
    assert_eq!(opened.witnesses, [by(&witness(), Some(SECONDS))]);
    assert_eq!(note.verify(&keys), Ok(vec![by(&log(), None), by(&witness(), Some(SECONDS))]));
}

/// Made by another implementation of Ed25519 from the two specifications.
const AS_MADE_ELSEWHERE: &str = "\
zone.example/journals/dispatch\n\
249\n\
PAb5plclr2BSYfY2ZyyWINQJcx2JpFHXRV/pxK4WeCk=\n\
\n\
— zone.example/journals/dispatch z2bNa3o/DpEzuDCWw/nRU8vffKMMa0ouhL20xsgqyM/gSbVCKLZDK1CbuEgTGq6XnBCdgRaKvNUzvHPs9NN947pU1wI=\n\
— witness.example/审计 f57YIwAAAABpVbkASPoWLsERYoJcNqwUThLvdFLyIpss8mTVnHpeE/m9mnYynYXpxrIsyPIPosHKms8a9J1zw890d1aVPgwi/W+pBg==\n";

#[test]
fn signatures_are_those_of_another_implementation() {
    assert_eq!(cosigned().to_string(), AS_MADE_ELSEWHERE);
}

#[test]
fn a_checkpoint_without_witnesses_opens_as_such() {
    let witnesses = [witness().verifier().clone()];
    let opened = Checkpoint::open(&signed(), log().verifier(), &witnesses).unwrap();
    assert_eq!(opened.witnesses, []);
}

#[test]
fn a_cosignature_of_a_time_out_of_range_does_not_fit() {
    use ed25519_dalek::Signer;
    let line = |seconds: u64| {
        let message = format!("cosignature/v1\ntime {seconds}\n{}", checkpoint());
        let signature = ed25519_dalek::SigningKey::from_bytes(&[2; 32]).sign(message.as_bytes());
        let id = witness().verifier().id().to_be_bytes();
        let bytes = [&id[..], &seconds.to_be_bytes(), &signature.to_bytes()].concat();
        format!("— {} {}", witness().verifier().name(), STANDARD.encode(bytes))
    };
    let add = |line: String| signed().add_verified(line.parse().unwrap(), witness().verifier());
    assert_eq!(add(line((1 << 63) - 1)), Ok(by(&witness(), Some((1 << 63) - 1))));
    assert!(matches!(add(line(1 << 63)), Err(NoteError::InvalidSignature { .. })));
}

#[test]
fn a_witness_does_not_stand_in_for_the_log() {
    let other = SigningKey::new(ORIGIN, Algorithm::Ed25519, &[3; 32]).unwrap();
    let refused = Checkpoint::open(&cosigned(), other.verifier(), &[witness().verifier().clone()]);
    assert_eq!(refused, Err(CheckpointError::Note(NoteError::NotVerified)));
}

#[test]
fn a_key_signs_only_what_it_is_for() {
    let wrong = |key: &SigningKey| NoteError::WrongAlgorithm { name: key.verifier().name().into() };
    assert_eq!(checkpoint().sign(&witness()), Err(wrong(&witness())));
    assert_eq!(signed().cosign(&log(), SECONDS), Err(wrong(&log())));
    assert_eq!(signed().cosign(&witness(), 1 << 63), Err(NoteError::Time));
    let plain = SigningKey::new(ORIGIN, Algorithm::Ed25519, &[2; 32]).unwrap();
    let timed = SigningKey::new(ORIGIN, Algorithm::Cosignature, &[2; 32]).unwrap();
    assert_ne!(plain.verifier().id(), timed.verifier().id());
}

#[test]
fn an_old_and_a_new_key_sign_one_note() {
    let new = SigningKey::new(ORIGIN, Algorithm::Ed25519, &[9; 32]).unwrap();
    let mut note = signed();
    note.add_signature(&new).unwrap();
    let keys = [log().verifier().clone(), new.verifier().clone()];
    assert_eq!(note.verify(&keys), Ok(vec![by(&log(), None), by(&new, None)]));
}

#[test]
fn a_cosignature_made_elsewhere_is_taken_over_once_and_only_if_it_fits() {
    let line = cosigned().signatures()[1].to_string();
    let signature: NoteSignature = line.parse().unwrap();
    let mut note = signed();
    for _ in 0..2 {
        let taken = note.add_verified(signature.clone(), witness().verifier());
        assert_eq!(taken, Ok(by(&witness(), Some(SECONDS))));
    }
    assert_eq!(note, cosigned());
    let elsewhere = Checkpoint::new(ORIGIN, 250, leaf_hash(b"root")).unwrap();
    let mut note = elsewhere.sign(&log()).unwrap();
    let name = witness().verifier().name().to_owned();
    let refused = note.add_verified(signature, witness().verifier());
    assert_eq!(refused, Err(NoteError::InvalidSignature { name }));
    assert_eq!(note.signatures().len(), 1);
    let renamed = line.replace("witness.example", "other.example").parse().unwrap();
    assert!(signed().add_verified(renamed, witness().verifier()).is_err(), "another's name");
}

#[test]
fn keys_are_read_back_and_a_changed_one_is_refused() {
    for key in [log(), witness()] {
        let public = key.verifier().to_string();
        assert_eq!(public.parse().as_ref(), Ok(key.verifier()));
        let again: SigningKey = key.to_secret_text().parse().unwrap();
        assert_eq!(again.verifier(), key.verifier());
        assert_eq!(again.to_secret_text(), key.to_secret_text());
        assert!(!format!("{key:?}").contains(&key.to_secret_text()[12..]));
    }
    let public = log().verifier().to_string();
    let (name, rest) = public.split_once('+').unwrap();
    let (id, key) = rest.split_once('+').unwrap();
    let number = u32::from_str_radix(id, 16).unwrap();
    let read = |text: String| text.parse::<VerifierKey>().unwrap_err();
    let of = |bytes: &[u8]| format!("{name}+{id}+{}", STANDARD.encode(bytes));
    assert!(
        matches!(read(format!("other+{id}+{key}")), KeyError::Id { found, .. } if found == number)
    );
    assert!(matches!(read(format!("{name}+{:08x}+{key}", number ^ 1)), KeyError::Id { .. }));
    for bad in [format!("{name}+{}+{key}", &id[1..]), format!("{name}+{id}0+{key}")] {
        assert_eq!(read(bad), KeyError::Malformed);
    }
    let upper = "alpha+0000000A+AQ==".to_owned();
    assert_eq!(read(upper), KeyError::Malformed, "an id has one way to be written");
    assert_eq!(read(format!("{name}+{id}+{key}=")), KeyError::Malformed);
    assert_eq!(read(format!("{name}+{id}+")), KeyError::Malformed);
    assert_eq!(read(format!("{name}+{id}")), KeyError::Malformed);
    assert_eq!(read(format!("+{id}+{key}")), KeyError::Name);
    assert_eq!(read(of(&[0x02; 33])), KeyError::Algorithm(2));
    assert_eq!(read(of(&[0x01; 32])), KeyError::Key);
    assert_eq!(read(of(&[0x01; 34])), KeyError::Key);
    let mut weak = [0; 33];
    (weak[0], weak[1]) = (0x01, 0x01);
    assert_eq!(read(of(&weak)), KeyError::Key, "any signature fits the neutral element");
    assert_eq!(public.parse::<SigningKey>().unwrap_err(), KeyError::Malformed);
    for name in ["", "a b", "a+b", "a\u{3000}b", "a\nb", "a\u{1}b"] {
        assert_eq!(
            SigningKey::new(name, Algorithm::Ed25519, &[1; 32]).unwrap_err(),
            KeyError::Name
        );
    }
}

#[test]
fn a_note_of_another_form_is_refused_by_name() {
    let good = signed().to_string();
    let line = signed().signatures()[0].to_string();
    let with = |lines: &str| format!("text\n\n{lines}");
    let cases = [
        ("text\n".to_owned(), NoteError::NoSignatures),
        (with(""), NoteError::NoSignatures),
        (with(&line), NoteError::NoSignatures),
        (String::new(), NoteError::NoSignatures),
        (good.replace("zone", "zone\r"), NoteError::Text),
        (good.replace("zone", "zone\t"), NoteError::Text),
        (with(&format!("{line}\nmore\n")), NoteError::SignatureLine(2)),
        (with(&format!("{line} \n")), NoteError::SignatureLine(1)),
        (with(&format!("{}\n", line.replace('—', "-"))), NoteError::SignatureLine(1)),
        (with(&format!("{}\n", line.replace("zone", "a zone"))), NoteError::SignatureLine(1)),
        (with(&format!("{}\n", line.trim_end_matches('='))), NoteError::SignatureLine(1)),
        (with("— name AAAAAA==\n"), NoteError::SignatureLine(1)),
        (with("—  AAAAAAA=\n"), NoteError::SignatureLine(1)),
        (with(&format!("{line}\n").repeat(SIGNATURES_MAX + 1)), NoteError::TooManySignatures),
        ("x".repeat(NOTE_BYTES_MAX + 1), NoteError::NotText),
    ];
    for (note, error) in cases {
        assert_eq!(note.parse::<SignedNote>(), Err(error), "{:.200}", note);
    }
    assert_eq!(SignedNote::parse(b"\xfftext\n\n"), Err(NoteError::NotText));
    for text in ["", "no newline", "bell\u{7}\n"] {
        assert_eq!(SignedNote::sign(text, &log()), Err(NoteError::Text));
    }
    let with_lines = SignedNote::sign("one\n\ntwo\n\n\n", &log()).unwrap();
    assert_eq!(with_lines.to_string().parse(), Ok(with_lines));
    let many = with(&format!("{line}\n").repeat(SIGNATURES_MAX)).parse::<SignedNote>().unwrap();
    assert_eq!(many.clone().add_signature(&log()), Err(NoteError::TooManySignatures));
}

#[test]
fn a_key_counts_once_and_an_unknown_one_not_at_all() {
    let note = signed().to_string();
    let line = signed().signatures()[0].to_string();
    let twice: SignedNote = format!("{note}{line}\n— stranger AAAAAAA=\n").parse().unwrap();
    assert_eq!(twice.verify(&[log().verifier().clone()]), Ok(vec![by(&log(), None)]));
    assert_eq!(twice.verify(&[]), Err(NoteError::NotVerified));
    assert_eq!(twice.verify(&[witness().verifier().clone()]), Err(NoteError::NotVerified));
}

#[test]
fn a_checkpoint_has_one_text() {
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let empty: Checkpoint = format!("日志\n0\n{root}\nextension\n").parse().unwrap();
    assert_eq!((empty.origin(), empty.size(), empty.root()), ("日志", 0, Hash::of_empty_tree()));
    assert_eq!(empty.extensions(), ["extension"]);
    assert_eq!(empty.to_string().parse(), Ok(empty));
    let cases = [
        ("", CheckpointError::Lines),
        ("log\n0\n", CheckpointError::Lines),
        ("log\n0\nROOT", CheckpointError::Lines),
        ("\n0\nROOT\n", CheckpointError::Origin),
        ("log\t\n0\nROOT\n", CheckpointError::Origin),
        ("log\n\nROOT\n", CheckpointError::Size),
        ("log\n00\nROOT\n", CheckpointError::Size),
        ("log\n+1\nROOT\n", CheckpointError::Size),
        ("log\n-1\nROOT\n", CheckpointError::Size),
        ("log\n18446744073709551616\nROOT\n", CheckpointError::Size),
        ("log\n0\nROOT=\n", CheckpointError::Root),
        ("log\n0\n47DEQg==\n", CheckpointError::Root),
        ("log\n0\n\n", CheckpointError::Root),
        ("log\n0\nROOT\n\n", CheckpointError::Extension),
    ];
    for (text, error) in cases {
        assert_eq!(text.replace("ROOT", root).parse::<Checkpoint>(), Err(error), "{text}");
    }
    let origin = Checkpoint::new("two\nlines", 0, Hash::of_empty_tree());
    assert_eq!(origin, Err(CheckpointError::Origin));
    assert_eq!(checkpoint().with_extension(""), Err(CheckpointError::Extension));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bit_flipped_in_a_note_is_seen(place in any::<proptest::sample::Index>(), bit in 0u8..8) {
        let text = cosigned().to_string();
        let mut bytes = text.clone().into_bytes();
        bytes[place.index(text.len())] ^= 1 << bit;
        let keys = [log().verifier().clone(), witness().verifier().clone()];
        let all = cosigned().verify(&keys).unwrap();
        // A changed name or id makes a signature a stranger's: then one of the two is missing.
        let verified = SignedNote::parse(&bytes).and_then(|note| note.verify(&keys));
        prop_assert_ne!(verified, Ok(all));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = SignedNote::parse(&bytes);
        let _ = SignedNote::parse(format!("text\n\n— {text}\n").as_bytes());
        let _ = (text.parse::<Checkpoint>(), text.parse::<VerifierKey>(), text.parse::<SigningKey>());
        let answered = proof::batch::answer(&text).starts_with(r#"{"id":"#);
        prop_assert!(answered);
    }
}
