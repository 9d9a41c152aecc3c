//! `cargo xtask infra`: PostgreSQL and RabbitMQ for the tests, and the variables that name them.

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow};
use testkit::infra::{
    AMQP_MANAGEMENT_VARIABLE, AMQP_VARIABLE, POSTGRES_VARIABLE, Postgres, RabbitMq, install_missing,
};

/// Both servers, running until this is dropped or the process ends in any way.
pub(crate) struct Servers {
    postgres: Postgres,
    rabbitmq: RabbitMq,
}

impl Servers {
    /// Installs what is absent, then starts both at the same time.
    pub(crate) fn start() -> Result<Servers> {
        Servers::start_with(Postgres::start)
    }

    /// The same, with a PostgreSQL that is started in another way.
    pub(crate) fn start_with(postgres: fn() -> Result<Postgres>) -> Result<Servers> {
        install_missing()?;
        let start = Instant::now();
        let postgres = thread::spawn(postgres);
        let rabbitmq = RabbitMq::start()?;
        let postgres = postgres.join().map_err(|_| anyhow!("starting PostgreSQL panicked"))??;
        eprintln!("PostgreSQL and RabbitMQ started in {:.1} s", start.elapsed().as_secs_f32());
        Ok(Servers { postgres, rabbitmq })
    }

    /// What the tests read to find them.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        [
            (POSTGRES_VARIABLE, self.postgres.server_url()),
            (AMQP_VARIABLE, self.rabbitmq.server_url()),
            (AMQP_MANAGEMENT_VARIABLE, self.rabbitmq.management_address()),
        ]
    }
}

/// Starts both, prints the variables and keeps them until interrupted.
pub(crate) fn keep() -> Result<ExitCode> {
    let servers = Servers::start()?;
    for (name, value) in servers.variables() {
        println!("export {name}={value}");
    }
    eprintln!("Ctrl-C stops them and deletes their data");
    loop {
        thread::park();
    }
}
