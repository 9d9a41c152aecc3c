//! `whistle journal`: takes a journal (服务日志) out of a zone, for whoever wants to verify it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use contract::history::history_service_client::HistoryServiceClient;
use contract::history::{
    GetCheckpointRequest, GetCheckpointResponse, GetInclusionProofRequest, ReadJournalRequest,
};
use proof::{Checkpoint, SignedNote};
use serde_json::json;
use tonic::transport::Channel;

use crate::connection::{Connection, ConnectionFlags, Refused};
use crate::lines;
use crate::verify::{Entry, FORMAT, Header};

/// What can be done with a journal.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// 导出日志全文与检查点，可用 whistle verify 离线核验 (export entries and checkpoints).
    Export(ExportFlags),
    /// 取一条的存证证明，可用 whistle verify 离线核验 (a proof bundle of one entry).
    Prove(ProveFlags),
}

/// What `whistle journal export` is asked.
#[derive(clap::Args)]
pub(crate) struct ExportFlags {
    #[command(flatten)]
    connection: ConnectionFlags,
    /// 日志名，即服务名，如 dispatch (the journal, by its service).
    #[arg(long)]
    journal: String,
    /// 另附此大小的检查点，可多次 (also the checkpoint of this size; may be repeated).
    #[arg(long = "size", value_name = "N")]
    sizes: Vec<i64>,
    /// 写入的文件，省略即标准输出 (where to; standard output if left out).
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What `whistle journal prove` is asked.
#[derive(clap::Args)]
pub(crate) struct ProveFlags {
    #[command(flatten)]
    connection: ConnectionFlags,
    /// 日志名，即服务名 (the journal, by its service).
    #[arg(long)]
    journal: String,
    /// 位置，从 1 起 (the position, from 1).
    #[arg(long)]
    position: i64,
}

/// Does it.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Export(flags) => Box::pin(export(flags)).await,
            Command::Prove(flags) => Box::pin(prove(flags)).await,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn export(flags: ExportFlags) -> anyhow::Result<()> {
    let journal = Journal::open(&flags.connection, &flags.journal).await?;
    let Some(out) = &flags.out else {
        return journal.write(&flags.sizes, io::stdout().lock()).await;
    };
    // Under its own name stands only what is whole.
    let part = part_of(out);
    let file =
        File::create(&part).with_context(|| format!("写不了（cannot write）{}", part.display()))?;
    journal.write(&flags.sizes, file).await?;
    std::fs::rename(&part, out)
        .with_context(|| format!("写不了（cannot write）{}", out.display()))?;
    eprintln!("已导出（exported）：{}", out.display());
    Ok(())
}

fn part_of(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

async fn prove(flags: ProveFlags) -> anyhow::Result<()> {
    let journal = Journal::open(&flags.connection, &flags.journal).await?;
    let wanted = GetInclusionProofRequest {
        journal: flags.journal.clone(),
        position: flags.position,
        size: 0,
    };
    let proof = journal.client().get_inclusion_proof(journal.connection.request(wanted)).await;
    let proof = proof.map_err(Refused::from)?.into_inner();
    let key = journal.checkpoint(proof.tree_size).await?.verifier_key;
    let after = flags.position.saturating_sub(1);
    let wanted = ReadJournalRequest { journal: flags.journal, after };
    let entries = journal.client().read_journal(journal.connection.request(wanted)).await;
    let entry = entries.map_err(Refused::from)?.into_inner().message().await;
    let entry = entry.map_err(Refused::from)?.context("日志中没有这一条（no such entry）")?;
    let hashes: Vec<String> = proof.hashes.iter().map(hex::encode).collect();
    let bundle = json!({
        "envelope": STANDARD.encode(&entry.envelope),
        "leaf_index": proof.leaf_index,
        "tree_size": proof.tree_size,
        "leaf_hash": hex::encode(&proof.leaf_hash),
        "hashes": hashes,
        "note": proof.note,
        "key": key,
    });
    Ok(lines::print(format_args!("{bundle:#}"))?)
}

/// One journal of a zone.
struct Journal {
    connection: Connection,
    name: String,
}

impl Journal {
    async fn open(flags: &ConnectionFlags, name: &str) -> anyhow::Result<Journal> {
        Ok(Journal { connection: Connection::open(flags).await?, name: name.to_owned() })
    }

    fn client(&self) -> HistoryServiceClient<Channel> {
        HistoryServiceClient::new(self.connection.channel())
    }

    /// The checkpoint of this size; 0 is the newest.
    async fn checkpoint(&self, size: i64) -> anyhow::Result<GetCheckpointResponse> {
        let wanted = GetCheckpointRequest { journal: self.name.clone(), size };
        let answer = self.client().get_checkpoint(self.connection.request(wanted)).await;
        Ok(answer.map_err(Refused::from)?.into_inner())
    }

    /// Writes the header and every entry. The checkpoint is asked for before the entries are read:
    /// what it covers is among them.
    async fn write(&self, sizes: &[i64], out: impl Write) -> anyhow::Result<()> {
        let mut out = BufWriter::new(out);
        let header = self.header(sizes).await?;
        let wanted = ReadJournalRequest { journal: self.name.clone(), after: 0 };
        let entries = self.client().read_journal(self.connection.request(wanted)).await;
        let mut entries = entries.map_err(Refused::from)?.into_inner();
        writeln!(out, "{}", serde_json::to_string(&header)?)?;
        while let Some(entry) = entries.message().await.map_err(Refused::from)? {
            let entry = Entry::new(u64::try_from(entry.position)?, &entry.envelope);
            writeln!(out, "{}", serde_json::to_string(&entry)?)?;
        }
        out.flush()?;
        Ok(())
    }

    async fn header(&self, sizes: &[i64]) -> anyhow::Result<Header> {
        let newest = self.checkpoint(0).await?;
        let note = SignedNote::parse(newest.note.as_bytes())?;
        let origin = note.text().parse::<Checkpoint>()?.origin().to_owned();
        let mut checkpoints = Vec::new();
        for size in sizes {
            checkpoints.push(self.checkpoint(*size).await?.note);
        }
        if !checkpoints.contains(&newest.note) {
            checkpoints.push(newest.note);
        }
        Ok(Header {
            format: FORMAT.to_owned(),
            journal: self.name.clone(),
            origin,
            verifier_key: newest.verifier_key,
            checkpoints,
        })
    }
}
