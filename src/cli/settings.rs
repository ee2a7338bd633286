//! Which configuration a command uses.

use std::path::{Path, PathBuf};

use crate::{
    campaign::{self, Campaign},
    config::{Config, ConfigError, ConverterConfig},
    decision::ReplyPolicy,
    message::{Address, OwnIdentity},
};

use super::ConfigArg;

/// Where the configuration is looked for when nothing names it.
pub(super) const SYSTEM_WIDE: &str = "/etc/svodka/svodka.toml";

/// The campaign of the built-in sample configuration.
pub(super) const SAMPLE_CAMPAIGN: &str = include_str!("../../config/campaigns/500plus-2022.toml");

/// What a mail is judged by, beside what is known of the schools.
pub(super) struct Rules {
    pub(super) campaigns: Vec<Campaign>,
    pub(super) own: OwnIdentity,
    pub(super) converter: ConverterConfig,
    pub(super) policy: ReplyPolicy,
    /// The folder of templates that replace the built-in ones.
    pub(super) templates: Option<PathBuf>,
}

impl ConfigArg {
    /// The configuration that is named, else the system-wide one.
    pub(super) fn load(&self) -> Result<Config, ConfigError> {
        Config::load(&self.file())
    }

    /// Where it is.
    pub(super) fn file(&self) -> PathBuf {
        self.config.clone().unwrap_or_else(|| PathBuf::from(SYSTEM_WIDE))
    }

    /// What the configuration says that is named or stands system-wide, else the built-in sample's.
    pub(super) fn rules_or_sample(&self) -> Result<Rules, ConfigError> {
        if self.config.is_some() || Path::new(SYSTEM_WIDE).exists() {
            let config = self.load()?;
            let (campaigns, own, policy) = (config.campaigns()?, config.own_identity(), config.replies.policy);
            let (converter, templates) = (config.converter, config.templates);
            return Ok(Rules { campaigns, own, converter, policy, templates });
        }
        Ok(Rules {
            campaigns: vec![campaign::read("built-in sample campaign", SAMPLE_CAMPAIGN)?],
            own: OwnIdentity { addresses: sample_addresses(), ..OwnIdentity::default() },
            converter: ConverterConfig::default(),
            policy: ReplyPolicy::default(),
            templates: None,
        })
    }
}

/// The address of the sample mailbox.
pub(super) fn sample_addresses() -> Vec<Address> {
    Address::parse("svodka@committee.example").into_iter().collect()
}
