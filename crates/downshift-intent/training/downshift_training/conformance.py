"""Texts whose ids and logits ship beside the model, so that other implementations can be checked."""

TEXTS = [
    "what time is it in paris", "What's the time?", "utc now", "23*7", "15% of 80", "5 ft 11 in to cm", "sqrt 144",
    "how many r's in strawberry", "capital of mongolia", "sha256 of hello", "what does http 418 mean", "is 2024 a leap year",
    "10 miles in km", "flip a coin", "hi", "thank you so much!", "who are you", "set a timer for 10 minutes",
    "my landlord won't return my deposit, what can i do", "can i take ibuprofen with lisinopril",
    "write a python function that reverses a linked list", "what is the time complexity of quicksort",
    "what is the capital gains tax rate", "convert this essay to bullets", "why is there daylight saving time",
    " ", "", "?", "🙂", "🎉 party at 5pm 🎉", "Ünïcödé Çafé naïve", "日本の首都はどこですか", "Сколько времени в Москве?",
    "ما هي عاصمة مصر", "don't  collapse\tspaces\n please", "ﬁ ligature ½ cup in ml", "antidisestablishmentarianism",
    "x" * 120, "SELECT * FROM users WHERE id = 42; -- comment", "the quick brown fox jumps over 13 lazy dogs. " * 60,
]
