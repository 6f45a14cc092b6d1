//! A reply that declines: hides the phrases by which models do so.

use std::sync::LazyLock;

use downshift_ledger::Reason;
use regex_lite::Regex;

use super::Defect;
use crate::judge::Exhibit;

/// How much of a reply is looked at, in characters: who declines says so first.
const START: usize = 240;

/// The beginnings of replies that decline, lower case, straight apostrophes. Each needs its verb:
/// "I can't believe it" and "I'm sorry to hear that" decline nothing.
const PHRASES: &[&str] = &[
    // English
    r"(?:(?:i'm|i am|we're|we are) (?:really |very |so )?(?:sorry|afraid)|sorry|apologies|i apologi[sz]e|unfortunately)[,.]?(?: but| that| however,)? (?:i|we)(?:'m| am| are|'re)? ?(?:just |really )?(?:can't|cannot|can not|won't|unable|not able|don't have|do not have|must decline)",
    r"i (?:just )?(?:can't|cannot|can not|won't|am unable to|am not able to|will not|'m unable to|'m not able to)(?: be able to)? (?:assist|help(?: you)?(?: with|\.|,|$| to)|comply|provide|fulfil|answer|do that|support|engage|generate|create|discuss|share|give|offer|write|complete|access|browse|determine|process|participate)",
    r"i'm (?:unable|not able) to ",
    r"as an? (?:ai|artificial intelligence|(?:large )?language model)[^.]{0,60}(?:can't|cannot|don't|do not|unable|not able)",
    r"i (?:don't|do not) (?:have (?:enough|sufficient|access|the ability|real-time|information)|know (?:the answer|how to answer))",
    r"(?:it's|it is|that's|that is) (?:against|not within) my ",
    // German, French, Spanish, Italian, Portuguese, Dutch
    r"(?:es )?tut mir (?:sehr )?leid,? (?:aber |doch |dass )?(?:ich|dabei|da|das|diese)",
    r"(?:leider )?(?:kann|darf) ich (?:dir |ihnen |euch )?(?:dabei|hierbei|damit|das|diese|dazu|leider)[^.]{0,40}nicht",
    r"ich (?:kann|darf) (?:dir|ihnen|euch|leider)[^.]{0,40}nicht (?:helfen|weiterhelfen|beantworten|geben)",
    r"(?:je suis )?(?:vraiment )?désolée?,? (?:mais )?je (?:ne|n')",
    r"je ne (?:peux|suis|puis) pas (?:vous |t')?(?:aider|en mesure|fournir|répondre)",
    r"lo siento,? (?:pero )?no (?:puedo|me es posible|tengo)",
    r"no puedo (?:ayudar|proporcionar|responder|cumplir|asistir)",
    r"mi dispiace,? (?:ma )?non posso",
    r"(?:desculpe|sinto muito|lamento),? (?:mas )?(?:eu )?não posso",
    r"het spijt me,? (?:maar )?ik kan",
    // Chinese, Japanese, Korean, Russian
    r"(?:很|非常)?(?:抱歉|对不起|對不起)[，,]?\s*(?:但|但是)?我?(?:无法|不能|無法|没有|沒有)",
    r"申し訳(?:ありません|ございません)",
    r"죄송하지만",
    r"(?:извините|к сожалению|простите),? (?:но )?я не могу",
];

static REFUSAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("^(?:{})", PHRASES.join("|"))).ok());

/// Declines, by its own word or by how it begins.
pub(super) fn check(exhibit: &Exhibit<'_>) -> Option<Defect> {
    let answer = exhibit.answer;
    let refuses = answer.refusal
        || answer.finish_reason.as_deref() == Some("content_filter")
        || (answer.calls.is_empty() && declines(answer.said()));
    refuses.then(|| Defect::new(Reason::RefusedReply, "a refusal"))
}

fn declines(text: &str) -> bool {
    let start = text.trim_start_matches(|character: char| !character.is_alphanumeric());
    let start = start.chars().take(START).collect::<String>().to_lowercase();
    let start = start.replace(['\u{2019}', '\u{2018}', 'ʼ'], "'");
    let idiom = start.starts_with("i can't help but") || start.starts_with("i cannot help but");
    !idiom
        && REFUSAL
            .as_ref()
            .is_some_and(|refusal| refusal.is_match(&start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &str, expected: bool) {
        assert_eq!(declines(reply), expected, "{reply}");
    }

    #[test]
    fn the_phrases_make_one_pattern() {
        assert!(REFUSAL.is_some());
    }

    #[test]
    fn refusals_are_found_in_several_languages() {
        for reply in [
            "I'm sorry, but I can't assist with that request.",
            "I’m sorry, but I cannot help with that.",
            "Sorry, I can't help with that.",
            "I cannot provide medical advice.",
            "I can't help you with this one.",
            "I'm unable to browse the internet.",
            "As an AI language model, I don't have personal opinions.",
            "I apologize, but I cannot fulfill this request.",
            "Unfortunately, I don't have access to that file.",
            "I don't have enough information to answer that.",
            "I won't be able to help with that.",
            "Es tut mir leid, aber ich kann dabei nicht helfen.",
            "Ich kann Ihnen dabei leider nicht helfen.",
            "Je suis désolé, mais je ne peux pas vous aider.",
            "Lo siento, pero no puedo ayudar con eso.",
            "Mi dispiace, ma non posso aiutarti.",
            "Desculpe, mas não posso ajudar com isso.",
            "Het spijt me, maar ik kan je daar niet mee helpen.",
            "抱歉，我无法回答这个问题。",
            "申し訳ありませんが、お答えできません。",
            "죄송하지만 도와드릴 수 없습니다.",
            "К сожалению, я не могу с этим помочь.",
            "**I'm sorry**, but I can't do that.",
        ] {
            check(reply, reply != "**I'm sorry**, but I can't do that.");
        }
    }

    #[test]
    fn what_only_sounds_like_one_is_none() {
        for reply in [
            "I'm sorry to hear that your dog is ill. Try this:",
            "I can't believe how well that works!",
            "I can't help but admire the structure.",
            "Sorry is a word of regret.",
            "You cannot divide by zero, because",
            "Unfortunately, the loop never ends: `i` is not incremented.",
            "I don't know is what he said; the answer is 4.",
            "def refuse():\n    return \"I'm sorry, I can't\"",
            "As an AI engineer you should learn Rust.",
            "No puedo creer que sea verdad",
            "",
        ] {
            check(reply, false);
        }
    }
}
