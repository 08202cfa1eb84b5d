//! Where networks train: the processor, or a card that this build can drive and this machine has.

use super::free_memory::{free_memory_of_card, free_memory_of_machine};
use crate::domain::solution::Device as Choice;
use candle_core::{Device, DeviceLocation};

/// Where to train.
#[derive(Debug, Clone, Default)]
pub enum Place {
    /// On the kernels.
    #[default]
    Processor,
    Card(Device),
}

impl Place {
    /// As a solution names it, never `auto`.
    pub fn choice(&self) -> Choice {
        match self {
            Self::Processor => Choice::Cpu,
            Self::Card(card) => match card.location() {
                DeviceLocation::Cuda { .. } => Choice::Cuda,
                DeviceLocation::Metal { .. } => Choice::Metal,
                DeviceLocation::Cpu => Choice::Cpu,
            },
        }
    }

    pub fn is_card(&self) -> bool {
        matches!(self, Self::Card(_))
    }

    /// Bytes that could be had now; none where the system doesn't say.
    pub fn free_memory(&self) -> Option<u64> {
        match self {
            Self::Processor => free_memory_of_machine(),
            Self::Card(card) => free_memory_of_card(card),
        }
    }
}

/// Why a device that was asked for by name can't be trained on, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCard {
    #[error("this build knows no {kind} cards; build with `--features {feature}`, or choose auto or cpu")]
    LeftOut { kind: &'static str, feature: &'static str },
    #[error("no {kind} card can be used: {reason}; check the card and its driver, or choose auto or cpu")]
    Unusable { kind: &'static str, reason: String },
}

/// The place of that name; `auto` is a CUDA card, then a Metal one, then the processor.
pub fn open(choice: Choice) -> Result<Place, NoCard> {
    match choice {
        Choice::Cpu => Ok(Place::Processor),
        Choice::Cuda => card("CUDA", "cuda", candle_core::utils::cuda_is_available(), || Device::new_cuda(0)),
        Choice::Metal => {
            card("Metal", "metal", candle_core::utils::metal_is_available(), || Device::new_metal(0))
        }
        Choice::Auto => Ok(open(Choice::Cuda).or_else(|_| open(Choice::Metal)).unwrap_or_default()),
    }
}

fn card(
    kind: &'static str,
    feature: &'static str,
    is_built: bool,
    open: impl FnOnce() -> candle_core::Result<Device>,
) -> Result<Place, NoCard> {
    if !is_built {
        return Err(NoCard::LeftOut { kind, feature });
    }
    let unusable = |error: candle_core::Error| NoCard::Unusable { kind, reason: first_line(&error) };
    open().map(Place::Card).map_err(unusable)
}

/// What went wrong, without where in candle.
pub(super) fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_asked_for_by_name_is_there_or_missed_by_name() {
        for (choice, name) in [(Choice::Cuda, "cuda"), (Choice::Metal, "metal")] {
            match open(choice) {
                Ok(place) => assert_eq!(place.choice(), choice),
                Err(missing) => {
                    let words = missing.to_string();
                    assert!(
                        words.to_lowercase().contains(name) && words.contains("choose auto or cpu"),
                        "{words}"
                    );
                }
            }
        }
        let refused =
            card("CUDA", "cuda", true, || Err(candle_core::Error::Msg("no driver\n at line 3".into())));
        let words = refused.unwrap_err().to_string();
        assert!(words.contains("no CUDA card can be used: no driver; check"), "{words}");
    }

    #[test]
    fn auto_takes_a_card_where_there_is_one() {
        let first =
            [Choice::Cuda, Choice::Metal, Choice::Cpu].into_iter().find_map(|choice| open(choice).ok());
        assert_eq!(open(Choice::Auto).unwrap().choice(), first.unwrap().choice());
        assert_eq!(open(Choice::Cpu).unwrap().choice(), Choice::Cpu);
    }
}
