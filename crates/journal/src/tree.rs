//! The Merkle tree over a journal, as stored: nodes, checkpoints and proofs.

use std::collections::HashMap;

use proof::{Hash, NodeId};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use crate::statement::{execute, find, list};
use crate::{Journal, Trouble};

/// A signed checkpoint, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many entries its tree has.
    pub size: i64,
    /// The C2SP signed note.
    pub note: String,
    /// When it was signed, in microseconds.
    pub sealed_at: i64,
}

/// How many nodes one statement holds.
const NODES_PER_STATEMENT: usize = 256;

/// Fetches nodes, in any order.
pub(crate) async fn find_nodes<C: ConnectionTrait>(
    on: &C,
    wanted: &[NodeId],
) -> Result<HashMap<NodeId, Hash>, Trouble> {
    let mut found = HashMap::with_capacity(wanted.len());
    for chunk in wanted.chunks(NODES_PER_STATEMENT) {
        let pairs: Vec<String> = (0..chunk.len())
            .map(|at| format!("(level = ${} AND place = ${})", at * 2 + 1, at * 2 + 2))
            .collect();
        let sql = format!("SELECT level, place, hash FROM tree_node WHERE {}", pairs.join(" OR "));
        let values: Vec<Value> = chunk
            .iter()
            .flat_map(|node| [i32::from(node.level).into(), place(node.index).into()])
            .collect();
        for row in list(on, &sql, values).await? {
            let level: i32 = row.try_get_by_index(0)?;
            let index: i64 = row.try_get_by_index(1)?;
            let hash: Vec<u8> = row.try_get_by_index(2)?;
            let damaged = || Trouble::Damaged(format!("the tree's node {level}/{index}"));
            let node = NodeId {
                level: u8::try_from(level).map_err(|_| damaged())?,
                index: u64::try_from(index).map_err(|_| damaged())?,
            };
            found.insert(node, Hash(hash.try_into().map_err(|_| damaged())?));
        }
    }
    Ok(found)
}

/// Stores nodes. A node that is there already with another hash is refused by the engine.
pub(crate) async fn insert_nodes<C: ConnectionTrait>(
    on: &C,
    nodes: &[(NodeId, Hash)],
) -> Result<(), DbErr> {
    for chunk in nodes.chunks(NODES_PER_STATEMENT) {
        let rows: Vec<String> = (0..chunk.len())
            .map(|at| format!("(${}, ${}, ${})", at * 3 + 1, at * 3 + 2, at * 3 + 3))
            .collect();
        let sql = format!("INSERT INTO tree_node (level, place, hash) VALUES {}", rows.join(", "));
        let values: Vec<Value> = chunk
            .iter()
            .flat_map(|(node, hash)| {
                [i32::from(node.level).into(), place(node.index).into(), hash.0.to_vec().into()]
            })
            .collect();
        execute(on, &sql, values).await?;
    }
    Ok(())
}

/// The checkpoint of a size, or the newest.
pub(crate) async fn find_checkpoint<C: ConnectionTrait>(
    on: &C,
    size: Option<i64>,
) -> Result<Option<StoredCheckpoint>, DbErr> {
    let columns = "SELECT size, note, sealed_at FROM checkpoint";
    let row = match size {
        Some(size) => find(on, &format!("{columns} WHERE size = $1"), [size.into()]).await?,
        None => find(on, &format!("{columns} ORDER BY size DESC LIMIT 1"), []).await?,
    };
    row.as_ref().map(stored).transpose()
}

fn stored(row: &QueryResult) -> Result<StoredCheckpoint, DbErr> {
    Ok(StoredCheckpoint {
        size: row.try_get_by_index(0)?,
        note: row.try_get_by_index(1)?,
        sealed_at: row.try_get_by_index(2)?,
    })
}

fn place(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

fn unprovable(error: impl std::fmt::Display) -> Trouble {
    Trouble::Damaged(format!("the tree: {error}"))
}

impl Journal {
    /// The checkpoint of a size, or the newest.
    pub async fn checkpoint(&self, size: Option<i64>) -> Result<Option<StoredCheckpoint>, Trouble> {
        Ok(find_checkpoint(self.database().read(), size).await?)
    }

    /// The checkpoints of less than a size, the newest first, at most `limit`.
    pub async fn checkpoints_before(
        &self,
        size: i64,
        limit: i64,
    ) -> Result<Vec<StoredCheckpoint>, Trouble> {
        let sql = "SELECT size, note, sealed_at FROM checkpoint WHERE size < $1 \
                   ORDER BY size DESC LIMIT $2";
        let rows = list(self.database().read(), sql, [size.into(), limit.into()]).await?;
        Ok(rows.iter().map(stored).collect::<Result<_, _>>()?)
    }

    /// Who signs this journal: the origin and the verifier's key, once it was first sealed.
    pub async fn signer(&self) -> Result<Option<(String, String)>, Trouble> {
        let row = find(self.database().read(), "SELECT origin, verifier_key FROM seal", []).await?;
        Ok(row
            .map(|row| Ok::<_, DbErr>((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
            .transpose()?)
    }

    /// Proves that the entry at a position is in the tree of a size.
    pub async fn inclusion_proof(&self, position: i64, size: i64) -> Result<Vec<Hash>, Trouble> {
        let (index, size) = (position.max(1).unsigned_abs() - 1, size.unsigned_abs());
        let wanted = proof::nodes_for_inclusion(index, size).map_err(unprovable)?;
        let nodes = find_nodes(self.database().read(), &wanted).await?;
        proof::inclusion_proof(index, size, |node| nodes.get(&node).copied()).map_err(unprovable)
    }

    /// Proves that a later tree holds an earlier one unchanged.
    pub async fn consistency_proof(&self, from: i64, to: i64) -> Result<Vec<Hash>, Trouble> {
        let (from, to) = (from.unsigned_abs(), to.unsigned_abs());
        let wanted = proof::nodes_for_consistency(from, to).map_err(unprovable)?;
        let nodes = find_nodes(self.database().read(), &wanted).await?;
        proof::consistency_proof(from, to, |node| nodes.get(&node).copied()).map_err(unprovable)
    }
}
