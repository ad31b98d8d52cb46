//! The identity provider of a configuration.

use std::fs;

use anyhow::{Context, bail, ensure};
use gateway::ProviderSignIn;
use relying_party::{ClientAuthentication, OidcSettings, RelyingParty};

use crate::{House, config::ProviderConfig, data_folder::read_of_owner};

/// The identity provider as a way in.
pub fn sign_in(house: &House, config: &ProviderConfig) -> anyhow::Result<ProviderSignIn> {
    let sealing = house.vault.derive(ProviderSignIn::PURPOSE);
    Ok(ProviderSignIn::new(party(config)?, &config.issuer, &config.name, &sealing))
}

fn party(config: &ProviderConfig) -> anyhow::Result<RelyingParty> {
    ensure!(
        !(config.acr.is_empty() && config.amr.is_empty()),
        "[accounts.provider] names neither acr nor amr, so that a password alone would do there"
    );
    let settings = OidcSettings {
        issuer: config.issuer.clone(),
        client_id: config.client_id.clone(),
        authentication: authentication(config)?,
        redirect_uri: config.redirect_uri.clone(),
        acr: config.acr.clone(),
        amr: config.amr.clone(),
    };
    let authorities = config.authorities.as_ref().map(fs::read).transpose();
    let authorities = authorities.context("cannot read the provider's authorities")?;
    Ok(RelyingParty::new(settings, authorities.as_deref())?)
}

fn authentication(config: &ProviderConfig) -> anyhow::Result<ClientAuthentication> {
    match (&config.client_secret, &config.private_key, &config.key_id) {
        (Some(secret), None, None) => {
            let bytes = read_of_owner(secret).context("cannot use the client secret")?;
            let text = std::str::from_utf8(&bytes).context("the client secret is no text")?;
            Ok(ClientAuthentication::Secret(text.trim().to_owned().into()))
        }
        (None, Some(key), Some(kid)) => {
            let pkcs8 = read_of_owner(key).context("cannot use the client's private key")?;
            let pkcs8 = pkcs8.to_vec().into();
            Ok(ClientAuthentication::PrivateKey { pkcs8, kid: kid.clone() })
        }
        _ => bail!("[accounts.provider] needs client_secret, or private_key and key_id"),
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt, path::Path};

    use super::*;

    /// What an operator wrote, in a folder with a secret and an Ed25519 key.
    fn told(folder: &Path, change: &str, to: &str) -> String {
        let write = |name: &str, bytes: &[u8]| {
            fs::write(folder.join(name), bytes).unwrap();
            fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
        };
        write("secret", b"a secret\n");
        write("key", &access::Issuer::generate_key());
        fs::write(folder.join("open"), "a secret").unwrap();
        fs::set_permissions(folder.join("open"), fs::Permissions::from_mode(0o644)).unwrap();
        let written = format!(
            r#"
            name = "架空市職員認証"
            issuer = "https://sign-in.city.example"
            client_id = "tsunagi"
            redirect_uri = "https://console.city.example/sign-in/oidc/callback"
            client_secret = "{0}/secret"
            amr = ["otp"]
            "#,
            folder.display()
        );
        let changed = written.replace(change, to).replace("FOLDER", &folder.display().to_string());
        let config: ProviderConfig = toml::from_str(&changed).expect("it is TOML");
        party(&config).map_or_else(|error| format!("{error:#}"), |_| "good".to_owned())
    }

    #[test]
    fn what_cannot_be_used_is_said_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let told = |change, to| told(folder.path(), change, to);
        let secret = format!("client_secret = \"{}/secret\"", folder.path().display());
        let key = "private_key = \"FOLDER/key\"\nkey_id = \"2026-1\"";
        assert_eq!(told("", ""), "good");
        assert_eq!(told(&secret, key), "good");
        for (change, to, because) in [
            ("amr = [\"otp\"]", "", "neither acr nor amr"),
            (&secret, "", "needs client_secret, or private_key and key_id"),
            (&secret, "private_key = \"FOLDER/key\"", "needs client_secret, or private_key"),
            (&secret, &format!("{secret}\n{key}"), "needs client_secret, or private_key"),
            ("/secret", "/absent", "cannot use the client secret"),
            ("/secret", "/open", "may be used by others"),
            (&secret, &key.replace("/key", "/secret"), "no Ed25519 or P-256 key"),
            ("https://sign-in", "http://sign-in", "https is needed"),
            ("amr", "authorities = \"FOLDER/absent\"\namr", "the provider's authorities"),
        ] {
            let told = told(change, to);
            assert!(told.contains(because), "{told} does not say: {because}");
        }
    }
}
