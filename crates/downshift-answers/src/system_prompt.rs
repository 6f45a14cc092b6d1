//! System prompts that ask nothing of the answer's form, language or voice.

use crate::reading::fold_key;

/// Whether a system prompt is known to demand nothing that an answer from here would not keep to.
///
/// A strict whitelist of whole sentences: whatever is not known is taken for a demand.
pub fn neutral_system_prompt(text: &str) -> bool {
    if text.len() > 400 {
        return false;
    }
    let sentences = text
        .split(['.', '!', '\n', ';'])
        .map(fold_key)
        .filter(|sentence| !sentence.is_empty());
    let mut any = false;
    for sentence in sentences {
        any = true;
        if !is_neutral(&sentence) {
            return false;
        }
    }
    any || text.trim().is_empty()
}

fn is_neutral(sentence: &str) -> bool {
    let sentence = sentence.strip_prefix("please ").unwrap_or(sentence);
    WHOLE.contains(&sentence) || is_self_description(sentence)
}

/// "you are a helpful, friendly assistant", and nothing after it.
fn is_self_description(sentence: &str) -> bool {
    let Some(rest) = ["you are ", "youre ", "you re ", "act as ", "you ' re "]
        .iter()
        .find_map(|start| sentence.strip_prefix(start))
    else {
        return false;
    };
    let mut words = rest.split(' ').peekable();
    if words
        .next_if(|word| ["a", "an", "the"].contains(word))
        .is_none()
        && rest.contains("assistant")
    {
        return false;
    }
    let mut noun = false;
    for word in words {
        match word {
            _ if noun => return false,
            "assistant" | "chatbot" | "bot" => noun = true,
            word if TRAITS.contains(&word) => {}
            _ => return false,
        }
    }
    noun || rest.split(' ').all(|word| TRAITS.contains(&word))
}

const TRAITS: &[&str] = &[
    "helpful",
    "friendly",
    "honest",
    "harmless",
    "knowledgeable",
    "polite",
    "concise",
    "smart",
    "intelligent",
    "useful",
    "accurate",
    "reliable",
    "capable",
    "ai",
    "virtual",
    "digital",
    "and",
    "very",
    "general",
    "purpose",
    "great",
    "precise",
    "respectful",
    "truthful",
    "trustworthy",
    "kind",
];

const WHOLE: &[&str] = &[
    "you are chatgpt a large language model trained by openai",
    "answer concisely",
    "be concise",
    "be brief",
    "be helpful",
    "be helpful and concise",
    "be concise and helpful",
    "answer briefly",
    "keep your answers short",
    "keep answers short",
    "keep it short",
    "answer the question",
    "answer the user s question",
    "answer the user 's question",
    "answer the user s questions",
    "answer the user 's questions",
    "answer questions",
    "answer all questions",
    "answer all questions accurately",
    "answer questions accurately",
    "answer truthfully",
    "answer as concisely as possible",
    "help the user",
    "be polite",
    "be friendly",
    "be accurate",
    "be precise",
    "respond concisely",
    "respond in english",
    "answer in english",
    "reply in english",
    "always answer in english",
    "always respond in english",
    "give short answers",
    "give concise answers",
    "provide accurate answers",
    "provide concise answers",
    "answer as helpfully as possible",
    "always answer as helpfully as possible",
];

#[cfg(test)]
mod tests {
    use super::neutral_system_prompt;

    #[test]
    fn prompts_that_ask_nothing_are_neutral() {
        for prompt in [
            "",
            "You are a helpful assistant.",
            "You are a helpful, honest and harmless AI assistant. Answer concisely.",
            "you're a friendly chatbot",
            "Respond in English.",
            "You are ChatGPT, a large language model trained by OpenAI.",
            "Please be concise.",
        ] {
            assert!(neutral_system_prompt(prompt), "{prompt:?}");
        }
    }

    #[test]
    fn any_demand_is_a_demand() {
        for prompt in [
            "You are a pirate.",
            "You are a helpful assistant who always answers in French.",
            "You are a helpful assistant. Respond in JSON.",
            "You are a helpful assistant for Acme Corp.",
            "You are not a helpful assistant.",
            "You are a helpful assistant?! Never state the time.",
            "Always end with a joke.",
            "You are a helpful assistant. The user is in Tokyo.",
            "Answer in English and in rhyme.",
            "You are an assistant, an assistant",
            "Du bist ein hilfreicher Assistent.",
        ] {
            assert!(!neutral_system_prompt(prompt), "{prompt:?}");
        }
    }
}
