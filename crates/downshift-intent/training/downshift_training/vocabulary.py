"""The pruned tokenizer: BERT's WordPiece with unused pieces gone and digits made one digit.

Numbers say nothing about intent but their shape, so every digit is read as `0`: `1999` is the
token `0000`. All single characters stay, so that any word of known letters is tokenisable.
"""

import json
from collections import Counter

from tokenizers import Regex, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer, Replace, Sequence
from tokenizers.pre_tokenizers import BertPreTokenizer

UNKNOWN = "[UNK]"
SHAPES = ["0", "00", "000", "0000", "##0", "##00", "##000", "##0000"]
# Read by the teacher in place of the shapes.
STANDS_FOR = {"0": "7", "00": "42", "000": "365", "0000": "1999"}
SYMBOLS = list("√×÷°π∞≠≤≥²³€£¥₹½¼¾→^~`|\\{}[]<>@#$%&*_+=")
MAX_TOKENS = 256
BOS, EOS = 0xFFFF, 0xFFFE


def build(pieces):
    """A tokenizer over these pieces, in this order."""
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNKNOWN, max_input_chars_per_word=100))
    tokenizer.normalizer = Sequence([
        BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True),
        Replace(Regex("[0-9]"), "0"),
    ])
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def full(bert_pieces):
    """All of BERT's pieces but the special ones and those with other digits than 0."""
    pieces = [UNKNOWN, *SHAPES]
    pieces += [p for p in bert_pieces
               if not (p.startswith("[") and p.endswith("]") and len(p) > 2)
               and not any(c in "123456789" for c in p)]
    return list(dict.fromkeys(pieces + SYMBOLS))


def prune(bert_pieces, labelled, unlabelled):
    """Keeps pieces that a labelled text uses, or that two unlabelled texts use, and characters."""
    pieces = full(bert_pieces)
    tokenizer = build(pieces)
    used = Counter()
    for texts, weight in ((labelled, 2), (unlabelled, 1)):
        for encoding in tokenizer.encode_batch(texts, add_special_tokens=False):
            for i in set(encoding.ids):
                used[i] += weight
    kept = [p for i, p in enumerate(pieces)
            if i <= len(SHAPES) or used[i] >= 2 or len(p.removeprefix("##")) == 1]
    return build(kept), kept


def truncate(ids, most=MAX_TOKENS):
    """The head and the tail of a long text."""
    return ids if len(ids) <= most else ids[:most // 2] + ids[-(most - most // 2):]


def encode(tokenizer, texts):
    """Token ids per text, never empty: a text without tokens is one unknown."""
    return [truncate(e.ids) or [0] for e in tokenizer.encode_batch(texts, add_special_tokens=False)]


def hashed(a, b, buckets):
    """The bucket of one bigram; 32-bit arithmetic that wraps."""
    h = ((a * 0x9E3779B1) ^ (b * 0x85EBCA77)) & 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 0xC2B2AE3D) & 0xFFFFFFFF
    h ^= h >> 13
    return h % buckets


def bigrams(ids, buckets):
    """Buckets of all neighbours in `BOS ids EOS`: one more than there are ids."""
    around = [BOS, *ids, EOS]
    return [hashed(a, b, buckets) for a, b in zip(around, around[1:])]


def bert_pieces(tokenizer_json):
    """BERT's pieces in the order of their ids, from the teacher's tokenizer."""
    vocabulary = json.loads(tokenizer_json)["model"]["vocab"]
    return sorted(vocabulary, key=vocabulary.get)
