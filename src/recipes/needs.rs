//! What a training needs of the machine: a device it can run on, and memory.

use super::{Recipe, TrainingData, sequence};
use crate::domain::Parameters;
use crate::domain::solution::Device;
use crate::nn::device::{NoCard, Place, open};
use crate::nn::memory::Memory;

/// Memory that a training takes at most at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    pub machine: Memory,
    /// Where it trains on a card: what it takes there.
    pub card: Option<Memory>,
}

impl Needs {
    /// Of whichever of two that follow each other takes more, of each.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let card = match (self.card, other.card) {
            (Some(one), Some(other)) => Some(one.or(other)),
            (one, other) => one.or(other),
        };
        Self { machine: self.machine.or(other.machine), card }
    }

    /// With so many bytes on the machine that were there before.
    #[must_use]
    pub fn beside(mut self, bytes: u64) -> Self {
        self.machine.data += bytes;
        self
    }
}

/// Why a recipe can't train on the device asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    #[error("{0} trains on the processor; leave the device out, or choose auto or cpu")]
    OnProcessor(&'static str),
    #[error(transparent)]
    NoCard(#[from] NoCard),
}

/// Where a recipe trains that is asked to train on a device: what trains no network is done by the processor.
pub fn place(recipe: &dyn Recipe, parameters: &Parameters, device: Device) -> Result<Place, DeviceError> {
    let is_network = !recipe.networks(parameters).is_empty();
    match device {
        Device::Cpu => Ok(Place::Processor),
        Device::Auto if !is_network => Ok(Place::Processor),
        Device::Cuda | Device::Metal if !is_network => {
            Err(DeviceError::OnProcessor(recipe.descriptor().name))
        }
        Device::Auto | Device::Cuda | Device::Metal => Ok(open(device)?),
    }
}

/// What networks trained one after the other need.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfNetworks {
    pub needs: Needs,
    /// What their models go on holding, in bytes.
    pub models: u64,
    /// What all threads hold while they ask one of them, in bytes.
    pub asking: u64,
}

pub fn of_networks(data: &TrainingData, networks: &[sequence::Settings]) -> OfNetworks {
    let mut all = OfNetworks::default();
    for &settings in networks {
        let network = sequence::needs(data, settings);
        all.needs = all.needs.or(network.training.beside(all.models));
        all.models += network.model;
        all.asking = all.asking.max(network.asking);
    }
    all
}
