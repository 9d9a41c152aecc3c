//! Witnesses (见证人): whom the zone trusts to cosign its checkpoints, and what they signed.

use contract::history::{Cosignature, ListCosignaturesResponse};
use jiff::Timestamp;
use journal::Journal;
use journal::cosignature::Cosignature as Stored;
use journal::tree::StoredCheckpoint;
use proof::{NoteError, NoteSignature, SignedNote, VerifierKey};

use super::error::HistoryError;
use crate::refusal::Refusal;
use crate::wire;

/// Keeps a witness's signature line beside a checkpoint, if it is one of these witnesses'.
pub(super) async fn add(
    journal: &Journal,
    checkpoint: &StoredCheckpoint,
    witnesses: &[VerifierKey],
    line: &str,
) -> Result<Cosignature, HistoryError> {
    let size = checkpoint.size;
    let invalid = |error: NoteError| {
        let problem = error.to_string();
        HistoryError::CosignatureInvalid { size, problem }
    };
    let signature: NoteSignature = line.parse().map_err(invalid)?;
    let is_by =
        |key: &&VerifierKey| (key.id(), key.name()) == (signature.key_id(), signature.name());
    let not_trusted = || HistoryError::WitnessNotTrusted { witness: signature.name().to_owned() };
    let key = witnesses.iter().find(is_by).ok_or_else(not_trusted)?;
    let mut note = parse(checkpoint)?;
    let verified = note.add_verified(signature.clone(), key).map_err(invalid)?;
    let seconds = verified.cosigned_at.and_then(|seconds| i64::try_from(seconds).ok());
    let cosigned_at = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let cosigned_at = cosigned_at.ok_or_else(|| invalid(NoteError::Time))?;
    let stored = Stored {
        verifier_key: key.to_string(),
        witness: key.name().to_owned(),
        line: signature.to_string(),
        cosigned_at: cosigned_at.as_microsecond(),
        added_at: 0,
    };
    Ok(shown(&journal.add_cosignature(size, stored).await?))
}

/// The cosignatures of a checkpoint by witnesses that are still trusted, alone and in its note.
pub(super) async fn list(
    journal: &Journal,
    checkpoint: &StoredCheckpoint,
    witnesses: &[VerifierKey],
) -> Result<ListCosignaturesResponse, HistoryError> {
    let stored = journal.cosignatures(checkpoint.size).await?;
    let mut note = parse(checkpoint)?;
    let mut cosignatures = Vec::with_capacity(stored.len());
    for stored in &stored {
        let key = witnesses.iter().find(|key| key.to_string() == stored.verifier_key);
        let Some(key) = key else { continue };
        let signature: NoteSignature = stored.line.parse().map_err(Refusal::damaged)?;
        note.add_verified(signature, key).map_err(Refusal::damaged)?;
        cosignatures.push(shown(stored));
    }
    Ok(ListCosignaturesResponse { size: checkpoint.size, cosignatures, note: note.to_string() })
}

fn parse(checkpoint: &StoredCheckpoint) -> Result<SignedNote, Refusal> {
    SignedNote::parse(checkpoint.note.as_bytes()).map_err(Refusal::damaged)
}

fn shown(stored: &Stored) -> Cosignature {
    let time = |micros| Timestamp::from_microsecond(micros).ok().map(wire::time);
    Cosignature {
        witness: stored.witness.clone(),
        line: stored.line.clone(),
        cosigned_time: time(stored.cosigned_at),
        added_time: time(stored.added_at),
    }
}
