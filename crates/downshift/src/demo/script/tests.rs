use std::time::Duration;

use super::*;

#[test]
fn the_list_is_whole_and_no_query_stands_twice() {
    let lines = Line::all();
    let read = QUERIES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .count();
    assert_eq!(lines.len(), read, "every line has three columns");
    let mut queries: Vec<_> = lines.iter().map(|line| line.query).collect();
    queries.sort_unstable();
    queries.dedup();
    assert_eq!(queries.len(), read);
    for line in &lines {
        assert_eq!(
            line.model.is_none(),
            line.reply.is_empty(),
            "{}",
            line.query
        );
    }
}

#[test]
fn a_seed_makes_the_same_run_and_another_seed_another() {
    let run = |seed| {
        let script = Script::new(300, Duration::from_secs(25), seed);
        format!("{:?}", script.requests)
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn a_run_has_everything_in_it() {
    let script = Script::new(300, Duration::from_secs(25), 1);
    assert_eq!(script.requests.len(), 300);
    let has = |held: &dyn Fn(&Request) -> bool| script.requests.iter().any(held);
    for mishap in [Mishap::Unavailable, Mishap::Hangs, Mishap::Unsure] {
        assert!(
            has(&|request| request.mishap.is_some_and(|(_, at)| at == mishap)),
            "{mishap:?}"
        );
    }
    assert!(has(&|request| request.stream && !request.leaves));
    assert!(has(&|request| request.leaves));
    let times = script
        .requests
        .windows(2)
        .all(|pair| pair[0].at <= pair[1].at);
    assert!(times, "requests are sent in order");
}
