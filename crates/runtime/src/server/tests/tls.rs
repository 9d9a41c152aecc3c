//! TLS: who has a certificate of the authority is let in, who has none is not.

use tonic::transport::{ClientTlsConfig, Endpoint};

use super::*;

// Made for these tests alone, valid for a hundred years, trusted by no one else.
const AUTHORITY: &str = include_str!("certificates/authority.pem");
const CLIENT: &str = include_str!("certificates/client.pem");
const CLIENT_KEY: &str = include_str!("certificates/client.key.pem");

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/tests/certificates").join(name)
}

fn files(client_ca_file: Option<PathBuf>) -> Tls {
    let (certificate_file, key_file) = (file("server.pem"), file("server.key.pem"));
    Tls { certificate_file, key_file, client_ca_file }
}

async fn ask(world: &World, identity: Option<Identity>) -> Result<(), Box<dyn std::error::Error>> {
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(AUTHORITY));
    let tls = identity.into_iter().fold(tls, ClientTlsConfig::identity);
    let address = format!("https://localhost:{}", world.address.port());
    let channel = Endpoint::from_shared(address)?.tls_config(tls)?.connect().await?;
    HealthClient::new(channel).check(HealthCheckRequest::default()).await?;
    Ok(())
}

#[tokio::test]
async fn a_client_without_a_certificate_is_turned_away_where_one_is_asked_for() {
    let config = Config { tls: Some(files(Some(file("authority.pem")))), ..config() };
    let world = World::new(config).await;
    ask(&world, Some(Identity::from_pem(CLIENT, CLIENT_KEY))).await.unwrap();
    assert!(ask(&world, None).await.is_err());
    world.ends().await.unwrap();
}

#[tokio::test]
async fn a_client_needs_no_certificate_where_none_is_asked_for() {
    let world = World::new(Config { tls: Some(files(None)), ..config() }).await;
    ask(&world, None).await.unwrap();
    world.ends().await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_is_missing_or_none_is_named() {
    let serve = async |tls: Tls| {
        let config = Config { tls: Some(tls), ..config() };
        let server = Server::new(&config, &Metrics::new().unwrap(), &Readiness::new())?;
        let listener = Server::bind("127.0.0.1:0".parse().unwrap()).await?;
        server.serve(listener, NoGate::new(), CancellationToken::new()).await
    };
    let gone = Tls { key_file: "no/such.pem".into(), ..files(None) };
    let gone = serve(gone).await.unwrap_err();
    assert!(matches!(&gone, ServeError::Unreadable { path, .. } if path.ends_with("such.pem")));
    let none = Tls { certificate_file: file("tls.rs").with_file_name("../tls.rs"), ..files(None) };
    assert!(matches!(serve(none).await.unwrap_err(), ServeError::Tls(_)));
}
