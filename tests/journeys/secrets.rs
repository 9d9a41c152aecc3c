//! Looking for personal values wherever they could lie: journals, files, tables, queues.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use journal::statement::list;

use crate::zone::Zone;

/// Values that must stand nowhere in plain.
#[derive(Clone, Copy)]
pub(crate) struct Secrets(pub(crate) &'static [&'static str]);

impl Secrets {
    /// Whether bytes hold one of them, plain or in hexadecimal or base64.
    pub(crate) fn stand_in(self, bytes: &[u8]) -> bool {
        self.0.iter().any(|secret| {
            let encoded = STANDARD.encode(secret);
            let forms = [
                secret.as_bytes().to_vec(),
                hex::encode(secret).into_bytes(),
                encoded.trim_end_matches('=').as_bytes().to_vec(),
            ];
            forms
                .iter()
                .any(|form| bytes.windows(form.len()).any(|window| window == form.as_slice()))
        })
    }

    /// They stand in no journal, and neither in the files of the embedded size nor in the tables and
    /// the tapped messages of the real one.
    pub(crate) async fn are_nowhere(self, zone: &Zone) -> Result<()> {
        for service in ["directory", "request", "dispatch", "agency"] {
            let entries = zone.world.house(service).journal.entries(0, 10_000).await?;
            let clean = entries.iter().all(|entry| !self.stand_in(&entry.envelope));
            assert!(clean, "{service}'s journal");
        }
        match zone.world.vhost() {
            None => self.are_in_no_file(zone),
            Some(vhost) => {
                self.are_in_no_message(&vhost.tapped(10_000)?)?;
                self.are_in_no_table(zone).await
            }
        }
    }

    fn are_in_no_file(self, zone: &Zone) -> Result<()> {
        let mut looked_at = 0;
        for file in std::fs::read_dir(zone.world.folder())? {
            let path = file?.path();
            if path.is_file() {
                assert!(!self.stand_in(&std::fs::read(&path)?), "{}", path.display());
                looked_at += 1;
            }
        }
        assert!(3 <= looked_at, "a file for each service");
        Ok(())
    }

    fn are_in_no_message(self, messages: &str) -> Result<()> {
        assert!(!self.stand_in(messages.as_bytes()), "the headers");
        let messages: serde_json::Value = serde_json::from_str(messages)?;
        let messages = messages.as_array().context("messages")?;
        assert!(!messages.is_empty(), "facts went through the broker");
        for message in messages {
            assert_eq!(message["payload_encoding"], "base64");
            let payload = STANDARD.decode(message["payload"].as_str().context("a payload")?)?;
            assert!(!self.stand_in(&payload), "{}", message["routing_key"]);
        }
        Ok(())
    }

    /// Every table of every schema, as PostgreSQL writes it out.
    async fn are_in_no_table(self, zone: &Zone) -> Result<()> {
        let read = zone.world.house("request").journal.database().read();
        let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables \
                      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
        let tables = list(read, tables, []).await?;
        assert!(10 < tables.len());
        for table in tables {
            let table: String = table.try_get_by_index(0)?;
            for row in list(read, &format!("SELECT t::text FROM {table} t"), []).await? {
                let row: String = row.try_get_by_index(0)?;
                assert!(!self.stand_in(row.as_bytes()), "{table}");
            }
        }
        Ok(())
    }
}
