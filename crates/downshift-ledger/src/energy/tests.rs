use super::*;

#[track_caller]
fn check_shown(min: f64, max: f64, expected: &str) {
    assert_eq!(
        EnergyRange {
            min_joules: min,
            max_joules: max
        }
        .to_string(),
        expected
    );
}

#[test]
fn a_range_is_shown_with_three_digits() {
    check_shown(0.0, 0.0, "0-0");
    check_shown(0.418_9, 13.04, "0.419-13");
    check_shown(0.000_012_345, 1.0, "0.0000123-1");
    check_shown(999.6, 123_456.0, "1000-123456");
    check_shown(1e-310, f64::INFINITY, "0-inf");
}

/// The joules of one output token, against figures that others measured: see `docs/cost-model.md`.
#[track_caller]
fn check_measured(hardware: Hardware, parameters: f64, measured: f64) {
    let token = hardware.energy(0.0, 2.0 * parameters);
    assert!(
        token.min_joules <= measured && measured <= token.max_joules,
        "{measured} is outside {token}"
    );
}

#[test]
fn measurements_lie_in_the_range() {
    let datacentre = Hardware::DATACENTRE;
    // ML.ENERGY, Llama 3.1 8B on H100, batch 64, with two versions of vLLM.
    check_measured(datacentre, 8.03e9, 0.20);
    check_measured(datacentre, 8.03e9, 0.12);
    // Serial Alice, Mistral 7B on H100, batch 128.
    check_measured(datacentre, 7.25e9, 13.8e-6 * 3600.0);
    // Samsi et al. 2023, LLaMA 65B on A100.
    check_measured(datacentre, 65.2e9, 3.0);
    check_measured(datacentre, 65.2e9, 4.0);
    // Epoch AI's 0.3 Wh for 500 tokens of a model of 100 billion active parameters.
    check_measured(datacentre, 100e9, 0.3 * 3600.0 / 500.0);
    let workstation = Hardware::WORKSTATION;
    // hongping-zh 2026, one request at a time: fp16 on RTX 4090D and RTX 5090, and NF4 on RTX 5090.
    check_measured(workstation, 7.25e9, 5.661);
    check_measured(workstation, 7.6e9, 5.509);
    check_measured(workstation, 1.1e9, 1.659);
    check_measured(workstation, 1.5e9, 3.120);
}

/// The same for a given number of requests at a time: what a policy's `batch` says.
#[test]
fn measurements_lie_in_the_narrower_range_of_their_batch() {
    let at = |batch: f64| {
        let batch = Range {
            min: batch,
            max: batch,
        };
        Hardware::DATACENTRE.at_batch(batch)
    };
    check_measured(at(64.0), 8.03e9, 0.20);
    check_measured(at(64.0), 8.03e9, 0.12);
    check_measured(at(128.0), 7.25e9, 13.8e-6 * 3600.0);
    // One request at a time on a data-centre card: outside of the class as it comes.
    check_measured(at(1.0), 7.25e9, 2.6);
    let token = at(64.0).energy(0.0, 2.0 * 8.03e9);
    let wide = Hardware::DATACENTRE.energy(0.0, 2.0 * 8.03e9);
    assert!(token.max_joules < wide.max_joules / 2.0, "{token} {wide}");
}

#[test]
fn bounds_are_in_order_on_all_hardware() {
    for class in [HardwareClass::Datacentre, HardwareClass::Workstation] {
        let hardware = Hardware::from(class);
        for range in [
            hardware.peak,
            hardware.input_utilisation,
            hardware.output_utilisation,
            hardware.watts,
            hardware.pue,
        ] {
            assert!(
                0.0 < range.min && range.min <= range.max,
                "{class:?} {range:?}"
            );
        }
        let energy = hardware.energy(1e12, 1e12);
        assert!(0.0 < energy.min_joules && energy.min_joules < energy.max_joules);
        assert_eq!(hardware.energy(0.0, 0.0), EnergyRange::ZERO);
    }
}

#[test]
fn the_routers_own_energy_is_seconds_times_watts() {
    let second = EnergyRange::of_cpu_seconds(Range { min: 1.0, max: 1.0 });
    check_shown(second.min_joules, second.max_joules, "3.5-23.4");
}
