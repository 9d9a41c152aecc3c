//! Where the files of the payment rail pass, once it is known where everything lies.

use std::path::{Path, PathBuf};

use super::{Bank, Config};

/// The places of the payment rail (支付指令与回执). Nothing need be there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankPlaces {
    /// The folder that the bank takes payment orders from.
    pub orders: PathBuf,
    /// The folder that the bank puts its reports into.
    pub reports: PathBuf,
    /// The file that says from which account each department pays.
    pub payers_file: PathBuf,
}

impl BankPlaces {
    /// Those that are set, the others in the folder `bank` of a data directory.
    pub fn within(data_dir: &Path, set: &Bank) -> BankPlaces {
        let place = |set: &Option<PathBuf>, name: &str| {
            set.clone().unwrap_or_else(|| data_dir.join("bank").join(name))
        };
        BankPlaces {
            orders: place(&set.orders, "orders"),
            reports: place(&set.reports, "reports"),
            payers_file: place(&set.payers_file, "payers.toml"),
        }
    }
}

impl Config {
    /// Where the files of the payment rail pass.
    pub fn bank_places(&self) -> BankPlaces {
        BankPlaces::within(&self.data_dir, &self.bank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_lies_in_the_data_directory() {
        let set = Bank { reports: Some("/mnt/bank/out".into()), ..Bank::default() };
        let places = BankPlaces::within(Path::new("data"), &set);
        assert_eq!(places.orders, Path::new("data/bank/orders"));
        assert_eq!(places.reports, Path::new("/mnt/bank/out"));
        assert_eq!(places.payers_file, Path::new("data/bank/payers.toml"));
    }
}
