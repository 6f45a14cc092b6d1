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
        Hardware::DATACENTRE.at_batch(batch, ActiveShare::ALL)
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

/// ML.ENERGY's own data of its third round: of models of each size on H100, active and all parameters, requests
/// at a time and joules for an output token.
#[test]
fn measurements_of_ml_energy_lie_in_both_ranges() {
    let measured = [
        (8e9, 8e9, 8.0, 0.455),      // Llama-3.1-8B
        (8e9, 8e9, 255.2, 0.0766),   // Llama-3.1-8B
        (8e9, 8e9, 63.9, 0.119),     // Qwen3-8B
        (12e9, 12e9, 31.9, 0.271),   // gemma-3-12b-it
        (14e9, 14e9, 127.7, 0.128),  // Qwen3-14B
        (27e9, 27e9, 16.0, 0.863),   // gemma-3-27b-it
        (32e9, 32e9, 127.8, 0.275),  // Qwen3-32B
        (70e9, 70e9, 8.0, 3.76),     // Llama-3.1-70B
        (70e9, 70e9, 255.5, 0.491),  // Llama-3.3-70B
        (405e9, 405e9, 15.9, 7.59),  // Llama-3.1-405B-FP8
        (405e9, 405e9, 255.2, 2.06), // Llama-3.1-405B-FP8
        (3e9, 30e9, 16.0, 0.487),    // Qwen3-30B-A3B
        (4e9, 21e9, 63.9, 0.102),    // gpt-oss-20b
        (5e9, 117e9, 16.0, 0.512),   // gpt-oss-120b
        (5e9, 117e9, 255.8, 0.151),  // gpt-oss-120b
        (17e9, 109e9, 31.9, 1.73),   // Llama-4-Scout-17B-16E
        (17e9, 400e9, 127.7, 0.757), // Llama-4-Maverick-17B-128E-FP8
        (22e9, 235e9, 16.0, 5.18),   // Qwen3-235B-A22B
        (22e9, 235e9, 127.9, 1.1),   // Qwen3-235B-A22B-FP8
    ];
    for (active, total, batch, joules) in measured {
        let share = ActiveShare::new(active, total).unwrap();
        check_measured(HardwareConfig::default().serving(share), active, joules);
        let batch = Range {
            min: batch,
            max: batch,
        };
        check_measured(Hardware::DATACENTRE.at_batch(batch, share), active, joules);
    }
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
