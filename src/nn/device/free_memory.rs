//! How much memory could be had now, of the machine and of a card, and how much this process has.

use candle_core::Device;

/// What the system could give without others suffering, swap space counted in; none where it does not say.
pub fn free_memory_of_machine() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    free_in(&text)
}

/// What this process has of the machine's memory, its program counted in; none where the system does not say.
pub fn memory_in_use() -> Option<u64> {
    listed(&std::fs::read_to_string("/proc/self/status").ok()?, "VmRSS")
}

/// Of a listing as Linux gives it.
fn free_in(text: &str) -> Option<u64> {
    Some(listed(text, "MemAvailable")? + listed(text, "SwapFree").unwrap_or(0))
}

/// Bytes of an entry of such a listing, which is in kB.
fn listed(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
}

/// What the card's driver says is free; none where it says nothing.
#[cfg(feature = "cuda")]
pub(super) fn free_memory_of_card(card: &Device) -> Option<u64> {
    let Device::Cuda(cuda) = card else { return None };
    let (free, _) = cuda.cuda_stream().context().mem_get_info().ok()?;
    Some(free as u64)
}

/// What Metal recommends to use at most, less what is in use.
#[cfg(all(feature = "metal", not(feature = "cuda")))]
pub(super) fn free_memory_of_card(card: &Device) -> Option<u64> {
    let Device::Metal(metal) = card else { return None };
    let metal = metal.metal_device();
    Some(metal.recommended_max_working_set_size().saturating_sub(metal.current_allocated_size()) as u64)
}

/// Without a card's library nothing is known of one.
#[cfg(not(any(feature = "cuda", feature = "metal")))]
pub(super) fn free_memory_of_card(_card: &Device) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says() {
        let text = "MemTotal:  100 kB\nMemFree:  10 kB\nMemAvailable:    50 kB\nSwapFree:   5 kB\n";
        assert_eq!(free_in(text), Some(55 * 1_024));
        assert_eq!(free_in("MemAvailable: 50 kB\n"), Some(50 * 1_024));
        assert_eq!(free_in("MemTotal: 100 kB\n"), None);
    }
}
