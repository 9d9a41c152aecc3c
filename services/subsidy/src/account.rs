//! The bank account of an enterprise: sealed where it lies, compared by its digest, opened for the
//! bank's file and for whom the rules let see it.

use base::EnterpriseId;
use journal::Entropy;
use runtime::vault::{Vault, VaultError};

use crate::lifecycle::disbursement::Account;
use crate::rail::{AccountNumber, BankCode, Party, PartyFault};

/// How many characters of a number are shown to everybody who sees the account.
const TAIL_CHARS: usize = 4;

/// An account in the clear. `Debug` does not show the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payee {
    /// Who holds it 户名.
    pub holder: String,
    /// The bank 开户行, in words.
    pub bank: String,
    /// The code of the bank 行号.
    pub bank_code: BankCode,
    /// The number 账号.
    pub number: AccountNumber,
}

impl Payee {
    /// Reads an account as an enterprise gives it.
    pub fn new(
        holder: &str,
        bank: &str,
        bank_code: &str,
        number: &str,
    ) -> Result<Payee, PartyFault> {
        Ok(Payee {
            holder: holder.to_owned(),
            bank: bank.to_owned(),
            bank_code: BankCode::new(bank_code)?,
            number: AccountNumber::new(number)?,
        })
    }

    /// The account as the rules keep it. It opens for this enterprise alone, so that nobody who can
    /// write to the database has one enterprise paid into the account of another.
    pub fn seal(
        &self,
        enterprise: &EnterpriseId,
        vault: &Vault,
        entropy: &dyn Entropy,
    ) -> Result<Account, VaultError> {
        let Payee { holder, bank, bank_code, number } = self;
        let (code, number) = (bank_code.as_str(), number.expose());
        let text = serde_json::to_string(&(holder, bank, code, number));
        let text = text.map_err(|_| VaultError::Damaged)?;
        let sealed = vault.seal(&place(enterprise), &text, entropy)?;
        // The same account is the same whatever its bank is called in words.
        let same = serde_json::to_string(&(holder, code, number));
        let same = same.map_err(|_| VaultError::Damaged)?;
        Ok(Account {
            sealed: sealed.encrypted,
            tail: tail(number),
            digest: hex::encode(vault.digest(&same)),
        })
    }

    /// Opens an account of an enterprise. Whoever shows it to somebody records that.
    pub fn open(
        account: &Account,
        enterprise: &EnterpriseId,
        vault: &Vault,
    ) -> Result<Payee, VaultError> {
        let opened = vault.open(&place(enterprise), &account.sealed)?;
        let (holder, bank, code, number): (String, String, String, String) =
            serde_json::from_str(&opened.value).map_err(|_| VaultError::Damaged)?;
        Payee::new(&holder, &bank, &code, &number).map_err(|_| VaultError::Damaged)
    }

    /// The account as the bank's file names it.
    pub fn party(self) -> Party {
        Party { name: self.holder, account: self.number, bank: self.bank_code }
    }
}

/// What is shown of an account to who may not see its number: `****6806`.
pub fn masked(account: &Account) -> String {
    format!("****{}", account.tail)
}

fn tail(number: &str) -> String {
    number.get(number.len().saturating_sub(TAIL_CHARS)..).unwrap_or_default().to_owned()
}

fn place(enterprise: &EnterpriseId) -> String {
    format!("{enterprise}#account")
}

#[cfg(test)]
mod tests {
    use journal::SeededEntropy;

    use super::*;

    const NUMBER: &str = "6999776490959710548";

    fn one() -> EnterpriseId {
        EnterpriseId::new("91369901MA511A878Y").unwrap()
    }

    fn payee(number: &str) -> Payee {
        Payee::new("示范市岳舟能源设备有限公司", "示范银行", "999100000011", number).unwrap()
    }

    fn vault(data: u8) -> Vault {
        Vault::new(&[data; 32]).with_digest_key([9; 32])
    }

    #[test]
    fn an_account_opens_for_its_enterprise_alone() {
        let sealed = payee(NUMBER).seal(&one(), &vault(1), &SeededEntropy::new(1)).unwrap();
        assert_eq!(Payee::open(&sealed, &one(), &vault(1)).unwrap(), payee(NUMBER));
        let other = EnterpriseId::new("P-another").unwrap();
        assert_eq!(Payee::open(&sealed, &other, &vault(1)), Err(VaultError::Damaged));
        assert_eq!(Payee::open(&sealed, &one(), &vault(2)), Err(VaultError::OtherKey));
    }

    #[test]
    fn what_the_rules_keep_tells_four_digits_and_whether_it_is_the_same() {
        let entropy = SeededEntropy::new(1);
        let seal = |payee: &Payee, data| payee.seal(&one(), &vault(data), &entropy).unwrap();
        let account = seal(&payee(NUMBER), 1);
        assert_eq!(masked(&account), "****0548");
        let kept = serde_json::to_string(&account).unwrap();
        assert!(
            !kept.contains("5971") && !format!("{account:?}{:?}", payee(NUMBER)).contains("6999")
        );
        let again = seal(&payee(NUMBER), 2);
        assert_eq!(again.digest, account.digest, "with another data key too");
        assert_ne!(again.sealed, account.sealed);
        let renamed = Payee { bank: "示范银行营业部".to_owned(), ..payee(NUMBER) };
        assert_eq!(seal(&renamed, 1).digest, account.digest);
        let others = [
            payee("6999776490959710549"),
            Payee { holder: "另一家公司".to_owned(), ..payee(NUMBER) },
            Payee { bank_code: BankCode::new("999200000027").unwrap(), ..payee(NUMBER) },
        ];
        for other in others {
            assert_ne!(seal(&other, 1).digest, account.digest, "{other:?}");
        }
    }
}
