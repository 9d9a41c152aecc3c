//! Every service of a zone. This program alone knows them all.

use anyhow::Context as _;
use contract::common::Role;
use contract::directory::Staff;
use runtime::{Service, Site};

/// The services, in the order in which a zone is set up.
pub(crate) const ALL: &[Service] =
    &[directory::SERVICE, request::SERVICE, dispatch::SERVICE, agency::SERVICE];

/// The code of the person who sets a zone up, unless a zone file names others.
pub(crate) const FIRST_ADMIN: &str = "admin";
/// The code of the person who confirms what the first one grants.
pub(crate) const SECOND_ADMIN: &str = "admin-2";

/// The services of these names.
pub(crate) fn named(names: &[String]) -> anyhow::Result<Vec<Service>> {
    let find = |name: &String| {
        let found = ALL.iter().find(|service| service.name == name);
        found.copied().with_context(|| format!("没有服务 {name}（no such service）"))
    };
    names.iter().map(find).collect()
}

/// The people who set a zone up: two, because what one grants another confirms.
pub(crate) fn first_admins() -> Vec<Staff> {
    let admins = [(FIRST_ADMIN, "管理员"), (SECOND_ADMIN, "第二管理员")];
    admins.map(|(code, title)| admin(&format!("persons/{code}"), title)).to_vec()
}

/// One of the first administrators.
pub(crate) fn admin(name: &str, title: &str) -> Staff {
    Staff {
        name: name.to_owned(),
        title: title.to_owned(),
        roles: vec![Role::Admin.into()],
        active: true,
        ..Staff::default()
    }
}

/// Lets the first administrators in, if this process serves the directory and nobody is there.
pub(crate) async fn let_in(site: &Site, admins: &[Staff]) -> anyhow::Result<()> {
    if let Some(directory) = site.process().service(directory::NAME) {
        directory::ensure_admins(&directory.house, admins).await?;
    }
    Ok(())
}
