//! What witnesses (见证人) signed of a journal's checkpoints, kept beside them.

use futures_util::FutureExt as _;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::statement::{execute, find, list};
use crate::{Journal, Trouble};

/// A witness's signature of a checkpoint, as stored. Whoever adds it has verified it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// The witness's key, `name+id+base64`.
    pub verifier_key: String,
    /// The name of the key.
    pub witness: String,
    /// The C2SP signature line.
    pub line: String,
    /// When the witness says that it signed, in microseconds.
    pub cosigned_at: i64,
    /// When it was added, in microseconds.
    pub added_at: i64,
}

const COLUMNS: &str = "SELECT verifier_key, witness, line, cosigned_at, added_at FROM cosignature";

impl Journal {
    /// Keeps a cosignature of the checkpoint of a size, which is there; gives the one that is
    /// kept of that key: the first. `added_at` is the instant of the unit.
    pub async fn add_cosignature(
        &self,
        size: i64,
        cosignature: Cosignature,
    ) -> Result<Cosignature, Trouble> {
        let done = self.commit("cosignature", None, move |unit| {
            let cosignature = cosignature.clone();
            async move {
                let sql = "INSERT INTO cosignature \
                           (size, verifier_key, witness, line, cosigned_at, added_at) \
                           VALUES ($1, $2, $3, $4, $5, $6) \
                           ON CONFLICT (size, verifier_key) DO NOTHING";
                let values = [
                    size.into(),
                    cosignature.verifier_key.clone().into(),
                    cosignature.witness.into(),
                    cosignature.line.into(),
                    cosignature.cosigned_at.into(),
                    unit.now().as_microsecond().into(),
                ];
                execute(unit.tx(), sql, values).await?;
                find_cosignature(unit.tx(), size, &cosignature.verifier_key).await
            }
            .boxed()
        });
        Ok(done.await?.value)
    }

    /// The cosignatures of the checkpoint of a size, by the names of the witnesses.
    pub async fn cosignatures(&self, size: i64) -> Result<Vec<Cosignature>, Trouble> {
        let sql = format!("{COLUMNS} WHERE size = $1 ORDER BY witness, verifier_key");
        let rows = list(self.database().read(), &sql, [size.into()]).await?;
        Ok(rows.iter().map(cosignature).collect::<Result<_, _>>()?)
    }
}

async fn find_cosignature<C: ConnectionTrait>(
    on: &C,
    size: i64,
    verifier_key: &str,
) -> Result<Cosignature, Trouble> {
    let sql = format!("{COLUMNS} WHERE size = $1 AND verifier_key = $2");
    let row = find(on, &sql, [size.into(), verifier_key.into()]).await?;
    let row = row.ok_or_else(|| Trouble::Damaged("a cosignature is missing".to_owned()))?;
    Ok(cosignature(&row)?)
}

fn cosignature(row: &QueryResult) -> Result<Cosignature, DbErr> {
    Ok(Cosignature {
        verifier_key: row.try_get_by_index(0)?,
        witness: row.try_get_by_index(1)?,
        line: row.try_get_by_index(2)?,
        cosigned_at: row.try_get_by_index(3)?,
        added_at: row.try_get_by_index(4)?,
    })
}
