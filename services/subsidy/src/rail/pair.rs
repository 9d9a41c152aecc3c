//! The pair of folders: orders lie in the one for the bank, reports in the other for us.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use journal::Entropy;

use super::Rail;
use super::folder::Folder;
use super::order::OrderFile;
use crate::error::RailError;

/// The rail by way of two folders, which a bank, or the file gateway of a treasury, serves. Any
/// number of replicas may use it at once.
#[derive(Clone)]
pub struct DirectoryPair {
    orders: Folder,
    reports: Folder,
}

impl DirectoryPair {
    /// Orders go into the one, reports come out of the other.
    pub fn new(
        orders: impl Into<PathBuf>,
        reports: impl Into<PathBuf>,
        entropy: Arc<dyn Entropy>,
    ) -> DirectoryPair {
        DirectoryPair {
            orders: Folder::new(orders, Arc::clone(&entropy)),
            reports: Folder::new(reports, entropy),
        }
    }
}

#[async_trait]
impl Rail for DirectoryPair {
    async fn send(&self, order: &OrderFile) -> Result<(), RailError> {
        self.orders.put(&order.name, &order.bytes).await?;
        Ok(())
    }

    async fn waiting(&self) -> Result<Vec<String>, RailError> {
        self.reports.waiting().await
    }

    async fn fetch(&self, report: &str) -> Result<Option<Vec<u8>>, RailError> {
        self.reports.fetch(report).await
    }

    async fn put_away(&self, report: &str) -> Result<(), RailError> {
        self.reports.put_away(report).await
    }

    async fn put_aside(&self, report: &str, reason: &str) -> Result<(), RailError> {
        self.reports.put_aside(report, reason).await
    }
}

#[cfg(test)]
mod tests;
