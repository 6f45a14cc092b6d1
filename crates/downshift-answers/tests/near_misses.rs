//! Questions that look trivial and are not: nobody here may answer them.

mod support;

#[test]
fn near_misses_are_passed_on_by_every_answerer() {
    let questions: Vec<&str> = include_str!("near_misses.txt").lines().collect();
    assert!(questions.len() >= 400);
    let answered: Vec<String> = questions
        .iter()
        .flat_map(|question| {
            support::ask_all(question)
                .into_iter()
                .map(move |(name, text)| format!("{question:?} by {name}: {text}"))
        })
        .collect();
    assert!(answered.is_empty(), "{}", answered.join("\n"));
}

#[test]
fn a_demand_added_to_any_example_is_passed_on() {
    const DEMANDS: &[&str] = &[
        " in french",
        " as json",
        " step by step",
        " and explain why",
        " and its history",
        " in a haiku",
        " in the movie",
        " according to the bible",
        " and also write a poem",
        " if the earth stopped turning",
        " in the year 3000 ad",
        " for a five year old",
    ];
    for answerer in downshift_answers::ANSWERERS {
        for example in answerer.examples() {
            for demand in DEMANDS {
                let query = example.query.trim_end_matches(['?', '!', '.']).to_owned() + demand;
                let answers = support::ask_all(&query);
                assert!(answers.is_empty(), "{query:?}: {answers:?}");
            }
        }
    }
}

#[test]
fn half_of_an_example_is_no_other_question() {
    for answerer in downshift_answers::ANSWERERS {
        for example in answerer.examples() {
            let query = format!("{} {}", example.query, "of the novel by the same name");
            assert!(support::ask_all(&query).is_empty(), "{query:?}");
        }
    }
}
