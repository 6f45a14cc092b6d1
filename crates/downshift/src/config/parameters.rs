//! How large a model is: hides which of its numbers go together.

use downshift_ledger::{ActiveShare, Hardware};

use super::{Config, ModelConfig, Problem};

/// What is wrong with the numbers of a policy's models.
pub(crate) fn wrong(config: &Config) -> impl Iterator<Item = Problem> {
    let models = config.models.iter();
    let wrong = models.filter(|(_, model)| model.active_share().is_none());
    wrong.map(|(name, _)| {
        let place = format!("models.{name}.total_parameters");
        let message = "a mixture of experts has both, and `active_parameters` are no more than all";
        Problem::at(place, message)
    })
}

// === impl ModelConfig ===

impl ModelConfig {
    /// What the model runs on, as it serves a model of its size.
    pub(crate) fn serving(&self) -> Hardware {
        let share = self.active_share().unwrap_or(ActiveShare::ALL);
        self.hardware.serving(share)
    }

    /// How much of its weights takes part in a token; `None` where the numbers make no sense.
    fn active_share(&self) -> Option<ActiveShare> {
        match (self.active_parameters, self.total_parameters) {
            (_, None) => Some(ActiveShare::ALL),
            (active, Some(total)) => ActiveShare::new(active?, total),
        }
    }
}
