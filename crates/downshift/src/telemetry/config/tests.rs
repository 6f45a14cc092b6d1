use super::*;

/// What runs with this policy in this environment; `None` where nothing does.
fn running(policy: &str, environment: &[(&str, &str)]) -> Result<Option<Running>, Problem> {
    let config: TelemetryConfig = serde_json::from_str(policy).unwrap();
    let variable = |name: &str| {
        let found = environment.iter().find(|(named, _)| *named == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    config.with(&variable)
}

/// Where traces and metrics go.
#[track_caller]
fn check(policy: &str, environment: &[(&str, &str)], expected: [Option<&str>; 2]) {
    let running = running(policy, environment).unwrap();
    let url = |target: &Option<Target>| target.as_ref().map(|target| target.url.clone());
    let found = running.map_or([None, None], |running| {
        [url(&running.traces), url(&running.metrics)]
    });
    assert_eq!(found, expected.map(|url| url.map(str::to_owned)));
}

#[track_caller]
fn check_sample(policy: &str, environment: &[(&str, &str)], share: f64, follows_caller: bool) {
    let all = [
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")],
        environment,
    ]
    .concat();
    let running = running(policy, &all).unwrap().unwrap();
    let expected = Sample {
        share,
        follows_caller,
    };
    assert_eq!(running.sample, expected, "{environment:?}");
}

const TRACES: &str = "http://c:4318/v1/traces";
const METRICS: &str = "http://c:4318/v1/metrics";
const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/");

#[test]
fn without_a_collector_there_is_nothing() {
    check("{}", &[], [None, None]);
    check("{}", &[("OTEL_SERVICE_NAME", "x")], [None, None]);
    check(r#"{"otlp": "off"}"#, &[ENDPOINT], [None, None]);
    check(
        "{}",
        &[ENDPOINT, ("OTEL_SDK_DISABLED", "True")],
        [None, None],
    );
    check(
        r#"{"traces": false, "metrics": false}"#,
        &[ENDPOINT],
        [None, None],
    );
}

#[test]
fn the_policy_goes_before_the_environment() {
    check("{}", &[ENDPOINT], [Some(TRACES), Some(METRICS)]);
    let own = r#"{"otlp": "http://own:1/otlp"}"#;
    let own_urls = [
        Some("http://own:1/otlp/v1/traces"),
        Some("http://own:1/otlp/v1/metrics"),
    ];
    check(own, &[ENDPOINT], own_urls);
    check(own, &[("OTEL_SDK_DISABLED", "true")], own_urls);
    check(r#"{"metrics": false}"#, &[ENDPOINT], [Some(TRACES), None]);
}

#[test]
fn a_signal_s_own_variable_goes_before_the_one_for_all() {
    let traces = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/as/it/is");
    check("{}", &[traces], [Some("http://t/as/it/is"), None]);
    check(
        "{}",
        &[traces, ENDPOINT],
        [Some("http://t/as/it/is"), Some(METRICS)],
    );
    check(
        "{}",
        &[ENDPOINT, ("OTEL_METRICS_EXPORTER", "none")],
        [Some(TRACES), None],
    );
}

#[test]
fn samplers_are_those_of_opentelemetry() {
    check_sample("{}", &[], 1.0, true);
    check_sample(
        r#"{"sample": 0.25}"#,
        &[("OTEL_TRACES_SAMPLER", "always_off")],
        0.25,
        true,
    );
    check_sample("{}", &[("OTEL_TRACES_SAMPLER", "always_off")], 0.0, false);
    check_sample(
        "{}",
        &[("OTEL_TRACES_SAMPLER", "parentbased_always_off")],
        0.0,
        true,
    );
    let ratio = ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
    check_sample(
        "{}",
        &[ratio, ("OTEL_TRACES_SAMPLER_ARG", "0.5")],
        0.5,
        true,
    );
    check_sample("{}", &[ratio, ("OTEL_TRACES_SAMPLER_ARG", "7")], 1.0, true);
    check_sample("{}", &[("OTEL_TRACES_SAMPLER", "jaeger_remote")], 1.0, true);
}

#[test]
fn headers_and_attributes_are_lists() {
    let environment = [
        ENDPOINT,
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, X-Team = red"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "deployment.environment.name=test,service.name=other,=x,y",
        ),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1500"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "soon"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
    ];
    let running = running(r#"{"service_name": "edge"}"#, &environment)
        .unwrap()
        .unwrap();
    let traces = running.traces.unwrap();
    let headers: Vec<_> = traces
        .headers
        .iter()
        .map(|(name, value)| (&**name, value.expose()))
        .collect();
    assert_eq!(headers, [("api-key", "a b"), ("x-team", "red")]);
    assert_eq!(traces.timeout, Duration::from_millis(1500));
    assert_eq!(running.resource["service.name"], "edge");
    assert_eq!(running.resource["deployment.environment.name"], "test");
    assert_eq!(running.metrics_every, Duration::from_mins(1));
    let warnings = running.warnings.join("; ");
    assert!(
        warnings.contains("not as `grpc`") && warnings.contains("METRIC_EXPORT_INTERVAL"),
        "{warnings}"
    );
    assert_eq!(running.warnings.len(), 2, "each once: {warnings}");
}

#[test]
fn what_the_policy_says_wrongly_is_told_with_its_place() {
    for (policy, place) in [
        (r#"{"sample": 1.5}"#, "telemetry.sample"),
        (r#"{"metrics_every": "0s"}"#, "telemetry.metrics_every"),
    ] {
        assert_eq!(running(policy, &[]).unwrap_err().path, place);
    }
}
