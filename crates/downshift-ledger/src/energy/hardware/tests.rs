use super::*;

fn read(json: &str) -> Result<Hardware, String> {
    serde_json::from_str::<HardwareConfig>(json)
        .map(|config| config.serving(ActiveShare::ALL))
        .map_err(|error| error.to_string())
}

#[track_caller]
fn check(json: &str, expected: Hardware) {
    assert_eq!(read(json).as_ref(), Ok(&expected), "{json}");
}

#[track_caller]
fn check_refused(json: &str, reason: &str) {
    let error = read(json).unwrap_err();
    assert!(error.contains(reason), "{json}: {error}");
}

#[test]
fn a_class_is_named_or_taken_as_the_base_of_ones_own_figures() {
    check(r#""workstation""#, Hardware::WORKSTATION);
    check(r#""datacenter""#, Hardware::DATACENTRE);
    check("{}", Hardware::DATACENTRE);
    check(
        r#"{"class": "workstation", "pue": 1.2, "watts": [250, 500]}"#,
        Hardware {
            pue: Range { min: 1.2, max: 1.2 },
            watts: Range {
                min: 250.0,
                max: 500.0,
            },
            ..Hardware::WORKSTATION
        },
    );
    check(
        r#"{"peak_tflops": [300, 312], "batch": 1}"#,
        Hardware {
            peak: Range {
                min: 300e12,
                max: 312e12,
            },
            output_utilisation: Hardware::DATACENTRE.output_alone,
            ..Hardware::DATACENTRE
        },
    );
    // What is said of output goes before what a batch would make of it.
    check(
        r#"{"batch": 8, "output_utilisation": [0.1, 0.2]}"#,
        Hardware {
            output_utilisation: Range { min: 0.1, max: 0.2 },
            ..Hardware::DATACENTRE
        },
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    check_refused(r#""laptop""#, "laptop");
    check_refused(r#"{"clas": "workstation"}"#, "clas");
    check_refused(r#"{"pue": 0.9}"#, "at least 1");
    check_refused(r#"{"batch": 0}"#, "above 0");
    check_refused(r#"{"batch": [8, 1]}"#, "no range");
    check_refused(r#"{"watts": -5}"#, "above 0");
    check_refused(r#"{"watts": [1, 2, 3]}"#, "two numbers");
    check_refused(r#"{"watts": "many"}"#, "[least, most]");
    check_refused(r#"{"output_utilisation": 1.5}"#, "from 0 to 1");
    check_refused("7", "datacentre");
}

#[test]
fn output_needs_less_the_more_requests_share_a_weight() {
    let joules = |batch: f64| {
        let batch = Range {
            min: batch,
            max: batch,
        };
        Hardware::DATACENTRE
            .at_batch(batch, ActiveShare::ALL)
            .energy(0.0, 1e12)
    };
    let (one, eight, vast) = (joules(1.0), joules(8.0), joules(1e9));
    assert!((one.max_joules / eight.max_joules - 8.0).abs() < 1e-9);
    assert!((one.min_joules / eight.min_joules - 8.0).abs() < 1e-9);
    assert!(vast.min_joules < eight.min_joules && vast.max_joules < eight.max_joules);
    // No batch goes beyond what arithmetic allows.
    assert!((vast.min_joules - Hardware::DATACENTRE.energy(0.0, 1e12).min_joules).abs() < 1e-9);
}

#[test]
fn a_mixture_reads_what_its_tokens_choose() {
    let tenth = ActiveShare::new(1e9, 1e10).unwrap();
    assert!((tenth.reads(1.0) - 1.0).abs() < 1e-12);
    assert!((tenth.reads(2.0) - 1.9).abs() < 1e-12);
    assert!((tenth.reads(1e6) - 10.0).abs() < 1e-9, "all there are");
    for batch in [1.0, 8.0, 1e6] {
        assert!((ActiveShare::ALL.reads(batch) - 1.0).abs() < 1e-12);
    }
    let config: HardwareConfig = serde_json::from_str("{}").unwrap();
    let (dense, mixture) = (config.serving(ActiveShare::ALL), config.serving(tenth));
    assert_eq!(dense, Hardware::DATACENTRE);
    let [dense, mixture] = [dense, mixture].map(|hardware| hardware.energy(0.0, 1e12));
    assert!((dense.min_joules - mixture.min_joules).abs() < 1e-12);
    assert!((mixture.max_joules / dense.max_joules - tenth.reads(15.0)).abs() < 1e-9);
}

#[test]
fn a_share_that_makes_no_sense_is_none() {
    for (active, total) in [
        (0.0, 1.0),
        (2.0, 1.0),
        (1.0, f64::INFINITY),
        (f64::NAN, 1.0),
    ] {
        assert_eq!(ActiveShare::new(active, total), None, "{active} of {total}");
    }
}
