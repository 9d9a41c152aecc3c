//! Pages of a list: their size, and signed tokens that say where the next one begins.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use prost::{Message, Name};
use prost_reflect::DynamicMessage;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::descriptors;
use crate::refusal::{Problem, Refusal};

/// The entries of a page when nothing is said.
pub const PAGE_SIZE_DEFAULT: u64 = 50;
/// The most entries of a page.
pub const PAGE_SIZE_MAX: u64 = 500;

const TAG_BYTES: usize = 32;

/// Signs and reads page tokens. All replicas have the same key.
#[derive(Clone)]
pub struct Pages {
    key: [u8; 32],
}

/// One page that is asked for, of a list whose order is given by cursors `C`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<C> {
    /// The most entries: 1 to 500.
    pub size: u64,
    /// The entry after which the page begins; absent at the first page.
    pub after: Option<C>,
    query: [u8; 32],
}

impl<C> Page<C> {
    /// How many rows to read: one more than the page holds tells whether there is a next one.
    pub fn limit(&self) -> u64 {
        self.size + 1
    }
}

impl Pages {
    /// With the key of the zone.
    pub fn new(key: [u8; 32]) -> Pages {
        Pages { key }
    }

    /// The page that a request asks for by its fields `page_size` and `page_token`. A token is
    /// bound to the method and to all other fields of the request.
    pub fn page<M: Message + Name, C: DeserializeOwned>(
        &self,
        method: &str,
        request: &M,
    ) -> Result<Page<C>, Refusal> {
        let mut message = descriptors::reflect(request)?;
        let size = size(&message)?;
        let token = message.get_field_by_name("page_token");
        let token = token.and_then(|token| token.as_str().map(str::to_owned)).unwrap_or_default();
        message.clear_field_by_name("page_size");
        message.clear_field_by_name("page_token");
        let query = query(method, &message);
        let after = if token.is_empty() { None } else { Some(self.read(&query, &token)?) };
        Ok(Page { size, after, query })
    }

    /// The token of the page that begins after an entry.
    pub fn next<C: Serialize>(&self, page: &Page<C>, after: &C) -> Result<String, Refusal> {
        let cursor = serde_json::to_vec(after).map_err(Refusal::damaged)?;
        let mut token = self.tag(&page.query, &cursor)?.finalize().into_bytes().to_vec();
        token.extend_from_slice(&cursor);
        Ok(URL_SAFE_NO_PAD.encode(token))
    }

    /// Cuts a page from rows that were read with [`Page::limit`]: the rows, and the token of the
    /// next page, empty at the end.
    pub fn cut<T, C: Serialize>(
        &self,
        page: &Page<C>,
        mut rows: Vec<T>,
        cursor_of: impl Fn(&T) -> C,
    ) -> Result<(Vec<T>, String), Refusal> {
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let more = size < rows.len();
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(|last| self.next(page, &cursor_of(last)));
        Ok((rows, next.transpose()?.unwrap_or_default()))
    }

    fn read<C: DeserializeOwned>(&self, query: &[u8; 32], token: &str) -> Result<C, Refusal> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| Refusal::PageTokenInvalid)?;
        let (tag, cursor) = bytes.split_at_checked(TAG_BYTES).ok_or(Refusal::PageTokenInvalid)?;
        let expected = self.tag(query, cursor)?;
        expected.verify_slice(tag).map_err(|_| Refusal::PageTokenInvalid)?;
        serde_json::from_slice(cursor).map_err(|_| Refusal::PageTokenInvalid)
    }

    fn tag(&self, query: &[u8; 32], cursor: &[u8]) -> Result<Hmac<Sha256>, Refusal> {
        let mut tag = Hmac::<Sha256>::new_from_slice(&self.key).map_err(Refusal::damaged)?;
        tag.update(query);
        tag.update(cursor);
        Ok(tag)
    }
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

fn size(message: &DynamicMessage) -> Result<u64, Refusal> {
    let asked = message.get_field_by_name("page_size").and_then(|size| size.as_i32()).unwrap_or(0);
    match u64::try_from(asked) {
        Ok(0) => Ok(PAGE_SIZE_DEFAULT),
        Ok(asked) => Ok(asked.min(PAGE_SIZE_MAX)),
        Err(_) => Err(Refusal::field("page_size", Problem::TooSmall { min: 0 })),
    }
}

fn query(method: &str, message: &DynamicMessage) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(method.as_bytes());
    digest.update([0]);
    digest.update(message.encode_to_vec());
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use contract::request::{ListTicketHistoryRequest, ListTicketsRequest};

    use super::*;

    const LIST: &str = "/whistle.request.v1.RequestService/ListTickets";

    type Cursor = (i64, String);

    fn pages() -> Pages {
        Pages::new([7; 32])
    }

    fn ask(page_size: i32, page_token: &str) -> ListTicketsRequest {
        let page_token = page_token.to_owned();
        ListTicketsRequest { state: 1, page_size, page_token, ..<_>::default() }
    }

    fn token() -> String {
        let page = pages().page::<_, Cursor>(LIST, &ask(2, "")).unwrap();
        pages().next(&page, &(17, "tickets/x".to_owned())).unwrap()
    }

    #[test]
    fn sizes_are_given_cut_or_refused() {
        let size = |asked| pages().page::<_, Cursor>(LIST, &ask(asked, "")).map(|page| page.size);
        for (asked, given) in [(0, 50), (1, 1), (500, 500), (501, 500), (i32::MAX, 500)] {
            assert_eq!(size(asked).unwrap(), given, "{asked}");
        }
        for asked in [-1, i32::MIN] {
            assert!(matches!(size(asked), Err(Refusal::Fields(_))), "{asked}");
        }
    }

    #[test]
    fn a_token_leads_on_in_the_same_query_whatever_the_size() {
        for size in [2, 9] {
            let page = pages().page::<_, Cursor>(LIST, &ask(size, &token())).unwrap();
            assert_eq!(page.after, Some((17, "tickets/x".to_owned())));
        }
        assert_eq!(pages().page::<_, Cursor>(LIST, &ask(2, "")).unwrap().after, None);
    }

    #[test]
    fn a_token_of_another_query_or_key_is_refused() {
        let refused = |result: Result<Page<Cursor>, Refusal>| {
            assert!(matches!(result, Err(Refusal::PageTokenInvalid)), "{result:?}");
        };
        refused(pages().page(LIST, &ListTicketsRequest { state: 2, ..ask(2, &token()) }));
        refused(pages().page("/whistle.request.v1.RequestService/WatchTickets", &ask(2, &token())));
        refused(Pages::new([8; 32]).page(LIST, &ask(2, &token())));
        let history = ListTicketHistoryRequest { page_token: token(), ..Default::default() };
        refused(pages().page(LIST, &history));
    }

    #[test]
    fn a_forged_or_damaged_token_is_refused() {
        let genuine = URL_SAFE_NO_PAD.decode(token()).unwrap();
        for place in 0..genuine.len() {
            let mut forged = genuine.clone();
            forged[place] ^= 1;
            for bytes in [&forged[..], &genuine[..place]] {
                // Nothing at all is the first page.
                let token =
                    if bytes.is_empty() { "!".into() } else { URL_SAFE_NO_PAD.encode(bytes) };
                let result = pages().page::<_, Cursor>(LIST, &ask(2, &token));
                assert!(matches!(result, Err(Refusal::PageTokenInvalid)), "byte {place}");
            }
        }
        for token in ["x", "%", "张三", &"A".repeat(1024)] {
            let result = pages().page::<_, Cursor>(LIST, &ask(2, token));
            assert!(matches!(result, Err(Refusal::PageTokenInvalid)), "{token}");
        }
    }

    #[test]
    fn a_token_is_short_enough_to_be_sent_back() {
        assert!(token().len() < 1024);
    }
}
