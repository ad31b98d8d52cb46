//! The identity provider of a configuration.

use std::fs;

use anyhow::{Context, bail, ensure};
use gateway::ProviderSignIn;
use relying_party::{ClientAuthentication, OidcSettings, RelyingParty};

use crate::{House, config::ProviderConfig, data_folder::read_of_owner};

/// The identity provider as a way in.
pub fn sign_in(house: &House, config: &ProviderConfig) -> anyhow::Result<ProviderSignIn> {
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
    let party = RelyingParty::new(settings, authorities.as_deref())?;
    let sealing = house.vault.derive(ProviderSignIn::PURPOSE);
    Ok(ProviderSignIn::new(party, &config.issuer, &config.name, &sealing))
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
