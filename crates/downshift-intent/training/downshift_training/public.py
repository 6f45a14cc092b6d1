"""Reads the public data sets: labelled rows for training, bare queries for distillation.

Every set is a folder of JSON lines with `text`, `label` and `split`. Rows of `test` splits
are only ever handed out by `rows(..., "test")`, for evaluation.
"""

import json
import re
from collections import Counter
from pathlib import Path

from .labels import NOWHERE, ROUTER_MIX

# Queries without labels for the distillation stage, at most this many per set.
UNLABELLED = {
    "clinc150": 15000, "hwu64": 9000, "banking77": 6000, "snips": 6000, "ms_chitchat": 6000,
    "medquad": 8000, "stackoverflow_titles": 10000, "nq_open": 4000, "webquestions": 4000,
    "dolly_instructions": 6000, "expertqa": 2000, "gsm8k": 4000, "tatqa": 1600,
    "rasa_nlu": 1200, "self_instruct": 300,
}

# Intents of CLINC150 that belong elsewhere than the mixture has them.
CLINC = {
    "order_status": "support", "lost_luggage": "support", "direct_deposit": "support",
    "travel_notification": "support", "insurance_change": "support", "w2": "finance",
    "international_visa": "legal", "vaccines": "medical", "plug_type": "country",
    "jump_start": "howto", "oil_change_how": "howto", "tire_change": "howto", "carry_on": "howto",
    "ingredients_list": "howto", "restaurant_reviews": "howto", "travel_alert": "howto",
}
# Rows added from the full train splits, at most this many per intent.
PER_INTENT, PER_COMMAND = 60, 20

# Questions that several tables of ours answer; their public label is only "fact".
CAPITAL = re.compile(
    r"\bcapital (city )?(of|for)\b(?!.*\b(gains|asset|letter|punishment|one|structure|expenditure))"
    r"|^what('s| is| was)? \S+( \S+)?('s|s) capital( city)?\??$", re.I)
COUNTRY = re.compile(
    r"\b(currency|money|kind of money)\b.*\b(use[ds]?|in|have|called)\b"
    r"|\b(official|main|national|primary) ?languages?\b.*\b(of|in)\b"
    r"|\blanguages? (is|are|do|does) .*\b(spoken|speak)\b"
    r"|\b(country|calling|dialing|dialling) code\b.*\b(for|of)\b"
    r"|\bwhat continent\b.* (in|on|located)\b", re.I)
COUNTRY_BAR = re.compile(
    r"\b(programming|first|why|when|who|how many|body|sign|during|ancient|bible|jew|jewish|native|"
    r"bought|buy|exchange|song|born|before|should|sang|value|best)\b", re.I)

# The chit-chat set files these under chat whatever they ask.
IDENTITY = re.compile(
    r"\b(who|what|which \w+) (made|built|created|programmed|designed|developed|owns|trained) you\b"
    r"|\bwho are you\b|^what are you\??$|\byour name\b|\bhow old are you\b"
    r"|^are you (a |an )?(real|human|bot|robot|computer|machine|ai|chat ?bot|person|program|alive)\b"
    r"|\bwho (is|'s) your (boss|maker|creator|owner|developer|superior|master)\b"
    r"|\bwhat (can|do) you do\b|\byour (age|birthday|purpose)\b", re.I)
LAW = re.compile(r"\b(law|legal|court|act|contract|liab|su(e|ing)|crim|statut|divorce|lawyer|attorney|"
                 r"rights?|patent|copyright|tenant|landlord|clause|jurisdiction)", re.I)
LISTING = re.compile(r"(list|name|give me|which|what|who) ", re.I)
GREETING = re.compile(r"^(hi|hello|hey|yo|sup|good (morning|evening|afternoon)|howdy|hiya)( \w+)?[!. ]*$|^how (are|r) (you|u)\b", re.I)
THANKS = re.compile(r"^(thanks|thank you|thx|bye|goodbye|good night|see you|talk to you|later)\b.{0,25}$", re.I)


def read(path: Path):
    """All rows of one JSON-lines file."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def relabel(row, intents):
    """The shipped label of one mixture row, or `None` where its own label is not to be trusted."""
    text, label = row["text"], ROUTER_MIX[row["label"]]
    source = row["src"]
    if source == "clinc150":
        return CLINC.get(intents.get(text), label)
    if label == "fact" and CAPITAL.search(text) and len(text) < 80:
        return "capital"
    if label == "fact" and source in ("webquestions", "nq_open", "hwu64"):
        if COUNTRY.search(text) and not COUNTRY_BAR.search(text) and len(text) < 70:
            return "country"
    if label == "chat":
        for pattern, better in ((IDENTITY, "identity"), (GREETING, "greeting"), (THANKS, "thanks")):
            if pattern.search(text):
                return better
    if source == "rasa_nlu" and len(text.split()) < 3:
        return None
    if label == "legal" and source == "expertqa":
        # This set files its questions under the asker's profession, whatever they are about.
        return "legal" if LAW.search(text) else None
    if label == "rewrite" and source == "dolly" and len(text) < 70 and LISTING.match(text):
        return None if "passage" not in text.lower() else label
    return label


def rows(data: Path, split: str):
    """`(text, label, source)` of the mixture's split, under the shipped taxonomy."""
    intents = {row["text"]: row["label"] for row in read(data / "clinc150" / "data.jsonl")}
    found = []
    for row in read(data / "router_mix" / f"{split}.jsonl"):
        label = relabel(row, intents)
        if label is not None:
            found.append((row["text"], label, row["src"]))
    return found


def more(data: Path, rng):
    """Train rows of CLINC150 and HWU64 that the mixture left out, labelled as it labels their intent."""
    known = {row["text"]: row for split in ("train", "val", "test")
             for row in read(data / "router_mix" / f"{split}.jsonl")}
    found = []
    for name in ("clinc150", "hwu64"):
        by_intent = {}
        for row in read(data / name / "data.jsonl"):
            if row["split"] == "train" and row["label"] != "oos":
                by_intent.setdefault(row["label"], []).append(row["text"])
        for intent, texts in sorted(by_intent.items()):
            votes = Counter(ROUTER_MIX[known[t]["label"]] for t in texts if t in known)
            if not votes:
                continue
            label = votes.most_common(1)[0][0]
            label = CLINC.get(intent, label) if name == "clinc150" else label
            fresh = [t for t in texts if t not in known]
            rng.shuffle(fresh)
            found += [(t, label, name) for t in fresh[:PER_COMMAND if label == "command" else PER_INTENT]]
    return found


def out_of_scope(data: Path, split: str):
    """Queries of CLINC150 that no intent covers, of one split."""
    return [(row["text"], NOWHERE, "clinc150") for row in read(data / "clinc150" / "data.jsonl")
            if row["label"] == "oos" and row["split"] == split]


def unlabelled(data: Path, rng):
    """Queries from all train splits, for distillation; never a test row."""
    texts = [row["text"] for row in read(data / "router_mix" / "train.jsonl")]
    held = {row["text"] for split in ("val", "test")
            for row in read(data / "router_mix" / f"{split}.jsonl")}
    for name, most in UNLABELLED.items():
        some = [row["text"] for row in read(data / name / "data.jsonl") if row["split"] == "train"]
        rng.shuffle(some)
        texts += some[:most]
    unique = dict.fromkeys(text for text in texts if text not in held)
    return list(unique)
