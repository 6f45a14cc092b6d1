use super::*;

#[track_caller]
fn check(code: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(Language::of(text).code(), code, "{text}");
    }
}

#[track_caller]
fn check_foreign(texts: &[&str]) {
    for text in texts {
        assert_ne!(Language::of(text), Language::ENGLISH, "{text}");
    }
}

#[test]
fn english_is_english_with_foreign_words_in_it() {
    check(
        "en",
        &[
            "what does schadenfreude mean",
            "translate guten morgen mein freund into english",
            "how do you say good morning in french",
            "how do you spell façade and naïve",
            "what is the weather in são paulo tomorrow",
            "define raison d'être",
            "time in São Paulo",
            "weather in são paulo tomorrow",
            "book a table at Le Café de Flore for two",
            "de facto vs de jure",
            "who wrote 'Also sprach Zarathustra'",
            "what is 东京 in english, and how is it said",
            "how many letters has Привет",
            "diy oil change and oil type",
            "chase account direct deposit options",
            "find apple pie recipe",
            "bring up papa pear saga",
        ],
    );
}

#[test]
fn what_says_nothing_of_its_language_counts_as_english() {
    check(
        "en",
        &[
            "",
            "50 usd to eur",
            "23*7",
            "2 + 2 =",
            "hi",
            "merci",
            "Angela Merkel",
            "Buenos Aires weather",
            "quesadilla recipe",
            "pi",
            "π r²",
            "α + β",
            "1.234,56 €",
            "🙂🙂🙂",
            "SELECT * FROM users WHERE id = 3",
            "def f(x): return [i for i in x if i % 2]",
            "𝕎𝕙𝕒𝕥 𝕥𝕚𝕞𝕖 𝕚𝕤 𝕚𝕥",
            "ｗｈａｔ ｔｉｍｅ ｉｓ ｉｔ ｉｎ ｐａｒｉｓ",
            "https://example.com/a/b?c=d&e=f",
        ],
    );
}

#[test]
fn other_scripts_are_other_languages() {
    check(
        "zh",
        &[
            "东京现在几点了",
            "十英里是多少公里",
            "我想退掉上次的订单并拿回钱",
        ],
    );
    check(
        "ja",
        &["今東京は何時ですか", "最後の注文の返金をお願いします"],
    );
    check(
        "ko",
        &["지금 서울은 몇 시입니까", "십 마일은 몇 킬로미터입니까"],
    );
    check("ar", &["كم الساعة الآن في القاهرة"]);
    check("el", &["τι ώρα είναι τώρα στην Αθήνα"]);
    check_foreign(&[
        "который сейчас час в Москве",
        "сколько километров в десяти милях",
        "अभी दिल्ली में क्या समय हुआ है",
        "מה השעה עכשיו בתל אביב",
        "ตอนนี้กี่โมงแล้วที่กรุงเทพ",
    ]);
}

#[test]
fn sentences_in_latin_letters_are_told_from_english() {
    check(
        "de",
        &[
            "wie spät ist es gerade in Tokio",
            "ich möchte mein Geld zurück und die Bestellung stornieren",
            "kannst du mir bitte sagen wie viele Kilometer zehn Meilen sind",
            "was ist die Hauptstadt von Australien und wie viele Menschen leben dort",
        ],
    );
    check(
        "fr",
        &[
            "quelle heure est-il à Paris en ce moment",
            "je voudrais annuler ma commande et être remboursé",
            "écris une fonction qui inverse une liste chaînée en python",
        ],
    );
    check(
        "es",
        &[
            "qué hora es en la ciudad de México",
            "quiero que me devuelvan el dinero de mi última compra",
            "escribe una función en python que ordene una lista",
        ],
    );
    check_foreign(&[
        "que horas são agora em Lisboa",
        "quantos quilómetros são dez milhas",
        "quero cancelar o meu pedido e receber o dinheiro de volta",
        "che ore sono adesso a Roma",
        "vorrei annullare il mio ordine e avere il rimborso",
        "qual è la capitale della Mongolia",
        "hoe laat is het nu in Amsterdam",
        "hoeveel kilometer is tien mijl eigenlijk",
        "która jest teraz godzina w Warszawie",
        "chcę zwrotu pieniędzy za ostatnie zamówienie",
        "vad är klockan i Stockholm just nu",
        "jag vill ha pengarna tillbaka för min senaste beställning",
        "şu anda İstanbul'da saat kaç",
        "son siparişim için paramı geri istiyorum",
        "bây giờ là mấy giờ ở Hà Nội",
        "saya ingin uang saya kembali untuk pesanan terakhir",
        "hvad er klokken i København lige nu",
    ]);
}

#[test]
fn a_long_text_is_judged_by_its_start() {
    let long = format!(
        "{} and that is all",
        "wie spät ist es gerade in Tokio. ".repeat(40_000)
    );
    check("de", &[&long]);
}
