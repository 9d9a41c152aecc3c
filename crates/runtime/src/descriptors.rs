//! The descriptors of the contract, parsed once, and the options that it sets on itself.

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, ExtensionDescriptor, MessageDescriptor};

use crate::refusal::Refusal;

/// Every message, enum and service of `proto/`.
#[allow(clippy::expect_used, reason = "compiled in by the build: it decodes or nothing runs")]
pub static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(contract::DESCRIPTORS).expect("the contract's own descriptors decode")
});

/// The option `whistle.common.v1.{name}` of something, if it is set and of the type asked for.
pub(crate) fn option<T: Message + Default>(options: &DynamicMessage, name: &str) -> Option<T> {
    let extension = extension(name)?;
    if !options.has_extension(&extension) {
        return None;
    }
    options.get_extension(&extension).as_message()?.transcode_to().ok()
}

/// Whether the boolean option `whistle.common.v1.{name}` is set.
pub fn flag(options: &DynamicMessage, name: &str) -> bool {
    extension(name)
        .is_some_and(|extension| options.get_extension(&extension).as_bool() == Some(true))
}

fn extension(name: &str) -> Option<ExtensionDescriptor> {
    POOL.get_extension_by_name(&format!("whistle.common.v1.{name}"))
}

/// What the contract says of a message.
pub(crate) fn describe<M: Name>() -> Result<MessageDescriptor, Refusal> {
    let name = M::full_name();
    POOL.get_message_by_name(&name)
        .ok_or_else(|| Refusal::damaged(format_args!("{name} is not in the contract")))
}

/// A message whose fields can be read by their names.
pub(crate) fn reflect<M: Message + Name>(message: &M) -> Result<DynamicMessage, Refusal> {
    DynamicMessage::decode(describe::<M>()?, message.encode_to_vec().as_slice())
        .map_err(|error| Refusal::damaged(format_args!("{}: {error}", M::full_name())))
}
