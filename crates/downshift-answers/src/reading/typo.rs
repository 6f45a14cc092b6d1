//! Slips of the finger in function words; a word with a meaning of its own is never touched.

/// The function word that `word` is a slip for.
///
/// Only words that stand for themselves in no dictionary are here, so that a slip is never
/// taken for one thing when it may be another.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    SLIPS
        .iter()
        .find(|(_, slips)| slips.contains(&word))
        .map(|(right, _)| *right)
}

const SLIPS: &[(&str, &[&str])] = &[
    (
        "what",
        &[
            "waht", "waht", "whta", "wht", "wat", "whst", "whatt", "wjat", "qhat", "hwat",
        ],
    ),
    ("time", &["tiem", "tmie", "itme", "tiime", "timme", "tim"]),
    ("is", &["iss", "si"]),
    ("the", &["teh", "hte", "thr", "tthe", "thhe"]),
    ("how", &["hwo", "hoow", "howw"]),
    ("many", &["mnay", "mny", "manny", "amny"]),
    ("much", &["mcuh", "muhc", "mutch", "muchh"]),
    (
        "convert",
        &[
            "convet", "covert", "conver", "convrt", "converrt", "convertt", "cnvert", "conevrt",
            "convvert", "ocnvert",
        ],
    ),
    (
        "calculate",
        &[
            "calcualte",
            "calulate",
            "claculate",
            "caculate",
            "calculte",
            "calclate",
            "calculat",
            "calcuate",
        ],
    ),
    (
        "please",
        &[
            "plese", "pleas", "plase", "pleease", "plaese", "pelase", "pleaze", "plz", "pls",
            "plss",
        ],
    ),
    (
        "thanks",
        &["thx", "thnx", "thanx", "tnx", "thnks", "thansk", "tahnks"],
    ),
    (
        "between",
        &[
            "betwen", "beetween", "bewteen", "betwee", "betweeen", "btween", "betwwen",
        ],
    ),
    (
        "difference",
        &[
            "diference",
            "differnce",
            "diffrence",
            "differance",
            "diffference",
            "difrence",
        ],
    ),
    (
        "currently",
        &["currenty", "curently", "currrently", "currentl", "currntly"],
    ),
    ("current", &["curent", "currnt", "currrent", "curren"]),
    (
        "today",
        &["todya", "toady", "tday", "todday", "toda", "2day"],
    ),
    (
        "tomorrow",
        &[
            "tommorow",
            "tomorow",
            "tommorrow",
            "tomorro",
            "tmrw",
            "tmr",
            "2morrow",
            "tomorrrow",
        ],
    ),
    (
        "yesterday",
        &["yesturday", "yesteday", "yesterdy", "yestarday"],
    ),
    ("days", &["dayz", "daays"]),
    ("date", &["dtae", "daet"]),
    (
        "percent",
        &["percnt", "pecent", "prcent", "precent", "perecnt", "percet"],
    ),
    ("square", &["sqaure", "squre", "squar"]),
    (
        "capital",
        &[
            "captial", "captal", "capitl", "capitol", "capial", "capitla",
        ],
    ),
    ("currency", &["currancy", "curency", "currecy", "currncy"]),
    ("country", &["coutry", "contry", "counrty", "countrty"]),
    (
        "multiplied",
        &["multipled", "mutiplied", "multplied", "multiplyed"],
    ),
    ("divided", &["devided", "dividd", "divded", "divied"]),
    ("until", &["untill", "untl", "til", "till"]),
    ("from", &["fomr", "frm", "frmo"]),
    ("could", &["coud", "culd", "coudl"]),
    ("would", &["woud", "wuld", "woudl"]),
    ("you", &["yuo", "yu"]),
    ("subtract", &["subract", "substract", "subtrat"]),
    ("timezone", &["timezome", "timzone", "tiemzone"]),
    ("celsius", &["celcius", "celsisus", "celcuis", "celsuis"]),
    (
        "fahrenheit",
        &["farenheit", "fahrenhiet", "farenheight", "fahreneit"],
    ),
    ("temperature", &["temprature", "temperture", "temperatur"]),
];
