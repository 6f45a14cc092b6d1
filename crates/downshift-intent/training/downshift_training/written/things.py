"""Everything else that templates are filled with: units, words, names, remedies, languages."""


def split(text):
    """A `|`- or line-separated list."""
    return [name.strip() for line in text.splitlines() for name in line.split("|") if name.strip()]


LENGTH = split("miles|mile|mi|km|kilometers|kilometres|kms|meters|metres|m|cm|centimeters|centimetres|mm|"
               "millimeters|inches|inch|in|feet|foot|ft|yards|yd|nautical miles|light years|furlongs|microns|nm")
MASS = split("kg|kilos|kilograms|grams|g|gram|mg|pounds|lbs|lb|ounces|oz|stone|st|tons|tonnes|metric tons|carats|us tons")
VOLUME = split("liters|litres|l|ml|milliliters|gallons|gal|quarts|pints|cups|cup|tablespoons|tbsp|teaspoons|tsp|"
               "fluid ounces|fl oz|us gallons|imperial gallons|cubic feet|cubic meters|cl|barrels")
HEAT = split("celsius|fahrenheit|c|f|kelvin|degrees celsius|degrees fahrenheit|°c|°f|degrees c|degrees f|k")
SPAN = split("seconds|minutes|hours|days|weeks|months|years|milliseconds|ms|sec|secs|mins|min|hrs|fortnights|decades")
SPEED = split("mph|km/h|kph|kmh|m/s|knots|ft/s|miles per hour|kilometers per hour|meters per second|mach")
DATA = split("mb|gb|kb|tb|megabytes|gigabytes|terabytes|bytes|bits|gib|mib|kilobytes|petabytes|mbps|megabits")
AREA = split("acres|hectares|square feet|sq ft|square meters|sqm|m2|square miles|km2|square kilometers|ares")
OTHER = [split("psi|bar|kpa|atm|mmhg|pascals"), split("joules|calories|kcal|kwh|kj|btu|ev"),
         split("watts|hp|horsepower|kw"), split("degrees|radians|gradians"), split("mpg|l/100km|km per liter"),
         split("newtons|pound-force|lbf"), split("hz|khz|mhz|ghz")]
KINDS = [LENGTH, LENGTH, LENGTH, MASS, MASS, VOLUME, VOLUME, HEAT, HEAT, SPAN, SPEED, DATA, AREA, *OTHER]


def unit_pair(joint):
    """A function that fills `{..}` with two different units of one kind."""
    def make(rng):
        kind = KINDS[rng.integers(len(KINDS))]
        a, b = rng.choice(len(kind), 2, replace=False)
        return f"{kind[a]}{joint}{kind[b]}"
    return make


def unit(rng):
    """Any one unit."""
    kind = KINDS[rng.integers(len(KINDS))]
    return kind[rng.integers(len(kind))]


def token(rng):
    """A string with no meaning, as one pastes it."""
    alphabet = "abcdef0123456789"
    return "".join(alphabet[i] for i in rng.integers(16, size=rng.integers(8, 33)))


MONEY = split("dollars|usd|us dollars|euros|eur|euro|pounds|gbp|british pounds|sterling|yen|jpy|japanese yen|yuan|cny|rmb|"
              "rupees|inr|indian rupees|cad|canadian dollars|aud|australian dollars|chf|swiss francs|pesos|mxn|"
              "mexican pesos|won|krw|real|brl|reais|rubles|rub|lira|try|turkish lira|rand|zar|sek|kronor|nok|dkk|krone|"
              "zloty|pln|shekels|ils|dirhams|aed|baht|thb|hkd|sgd|nzd|dong|ringgit|forint|huf|naira|ngn|bitcoin|btc|eth")
WORDS = split("necessary|accommodate|strawberry|mississippi|banana|onomatopoeia|receive|definitely|rhythm|conscience|"
              "embarrass|separate|occurrence|restaurant|bureaucracy|hello|apple|racecar|level|queue|entrepreneur|"
              "serendipity|ephemeral|ubiquitous|gregarious|ambiguous|pragmatic|esoteric|melancholy|nostalgia|ennui|"
              "obfuscate|juxtaposition|irony|hubris|quixotic|stoic|petrichor|sonder|fiduciary|osmosis|entropy|"
              "photosynthesis|algorithm|recursion|democracy|capitalism|empathy|altruism|zeitgeist|schadenfreude|laconic|"
              "verbose|candid|frugal|mitigate|alleviate|exacerbate|ameliorate|cat|dog|house|bookkeeper|elephant|giraffe|"
              "kayak|noon|madam|supercalifragilisticexpialidocious|antidisestablishmentarianism|colonel|pneumonia|"
              "psychology|chihuahua|hors d'oeuvre|vacuum|weird|thief|calendar|tomorrow|raspberry|blueberry|broccoli|tea|"
              "university|chemistry|parallel|committee|possession|cemetery|privilege|maintenance|bourgeois|lieutenant")
PHRASES = split("hello world|the quick brown fox jumps over the lazy dog|good morning|see you tomorrow|i love you|"
                "to be or not to be|lorem ipsum dolor sit amet|never gonna give you up|open the door|my name is anna|"
                "thank you very much|where is the train station|have a nice day|it is raining cats and dogs|"
                "the meeting is moved to friday|i am running late|happy birthday|a man a plan a canal panama|"
                "password123|user@example.com|how are you doing|the cat sat on the mat|we are out of milk|call me back|"
                "was it a car or a cat i saw|what time is it|two plus two is four|convert five miles to km|test|foo bar|"
                "i would like a cup of coffee|please send the invoice|we regret to inform you|all that glitters is not gold")
NAMES = split("john|sarah|mike|anna|emma|tom|maria|david|lisa|james|olivia|noah|priya|ahmed|chen|yuki|carlos|sofia|raj|"
              "fatima|peter|kate|ben|grace|leo|nina|omar|julia|sam|alex|rosa|ivan|mei|liam|zoe|hassan|jenny|mark")
TONGUES = split("spanish|french|german|italian|portuguese|japanese|chinese|mandarin|korean|arabic|hindi|russian|dutch|"
                "polish|turkish|swedish|greek|hebrew|latin|vietnamese|thai|swahili|norwegian|danish|finnish|ukrainian|"
                "czech|hungarian|tagalog|urdu|bengali|persian|irish|english|welsh|indonesian|romanian")
CODE = split("python|javascript|typescript|java|c++|c#|c|rust|go|golang|ruby|php|swift|kotlin|scala|haskell|sql|bash|"
             "perl|r|matlab|lua|dart|elixir|julia|react|vue|angular|django|flask|fastapi|spring boot|node|node.js|"
             "express|rails|laravel|next.js|svelte|pandas|numpy|pytorch|tensorflow|postgres|mysql|mongodb|redis|docker|"
             "kubernetes|terraform|ansible|git|css|html|regex|powershell|graphql|kafka|nginx|aws lambda|linux")
DRUGS = split("ibuprofen|tylenol|acetaminophen|paracetamol|aspirin|advil|aleve|naproxen|amoxicillin|lisinopril|metformin|"
              "sertraline|zoloft|prozac|lexapro|xanax|adderall|prednisone|omeprazole|losartan|atorvastatin|gabapentin|"
              "benadryl|claritin|zyrtec|melatonin|mucinex|nyquil|warfarin|insulin|levothyroxine|amlodipine|albuterol|"
              "azithromycin|doxycycline|tramadol|codeine|trazodone|wellbutrin|ozempic|birth control|vitamin d|magnesium|"
              "st john's wort|antibiotics|blood thinners|beta blockers|statins|antihistamines|iron supplements")
ILLS = split("a headache|a migraine|a fever|a sore throat|a rash|chest pain|back pain|lower back pain|knee pain|diarrhea|"
             "constipation|nausea|vomiting|heartburn|acid reflux|dizziness|insomnia|anxiety|a cough|a dry cough|"
             "shortness of breath|swollen lymph nodes|joint pain|an ear infection|a uti|a yeast infection|hives|eczema|"
             "numb fingers|tingling in my hands|blurry vision|a stiff neck|muscle cramps|hair loss|night sweats|"
             "high blood pressure|low blood pressure|palpitations|a swollen ankle|a toothache|pink eye|a cold sore|"
             "stomach cramps|bloating|fatigue|a burning feeling when i pee|blood in my stool|a lump in my armpit")
DISEASES = split("diabetes|type 2 diabetes|asthma|lupus|the flu|covid|pneumonia|strep throat|shingles|gout|arthritis|"
                 "rheumatoid arthritis|celiac disease|crohn's disease|ibs|multiple sclerosis|parkinson's|alzheimer's|"
                 "hypothyroidism|anemia|hypertension|high cholesterol|kidney stones|gallstones|appendicitis|measles|"
                 "chickenpox|mono|lyme disease|depression|adhd|bipolar disorder|ptsd|endometriosis|pcos|psoriasis|"
                 "sleep apnea|osteoporosis|glaucoma|hepatitis b|a concussion|a stroke|heart failure|sepsis|meningitis")
ANIMALS = split("cat|dog|dragon|robot|ghost|fox|owl|penguin|toaster|wizard|pirate|astronaut|detective|lighthouse keeper|"
                "time traveler|clock|calculator|teacher|knight|mermaid|alien|chef|barista|librarian|tiny elephant")
TOPICS = split("climate change|the french revolution|quantum computing|the roman empire|artificial intelligence|capitalism|"
               "the cold war|black holes|evolution|photosynthesis|inflation|renewable energy|the industrial revolution|"
               "existentialism|stoicism|blockchain|game theory|the great depression|world war i|the civil war|genetics|"
               "social media|remote work|immigration|nuclear power|urban planning|plate tectonics|machine learning|"
               "the renaissance|democracy|free will|consciousness|supply chains|vaccines|dark matter|string theory|"
               "colonialism|the space race|monetary policy|electric cars|buddhism|shakespeare|jazz|impressionism")

THINGS = {
    "unit": unit, "u_to_u": unit_pair(" to "), "u_in_u": unit_pair(" in "), "u_into_u": unit_pair(" into "),
    "u_is_u": unit_pair(" is how many "), "u_equals_u": unit_pair(" equals how many "),
    "u_in_a_u": unit_pair(" in a "), "u_are_in_a_u": unit_pair(" are in a "), "u_are_there_in_u": unit_pair(" are there in {n} "),
    "u_is_n_u": unit_pair(" is {x} "), "u_and_u": unit_pair(" and "), "u_are_n_u": unit_pair(" are {x} "),
    "u_in_n_u": unit_pair(" in {x} "), "u_as_u": unit_pair(" as "), "u_from_u": unit_pair(" from "),
    "money_unit": MONEY, "word": WORDS, "phrase": PHRASES, "name": NAMES, "tongue": TONGUES, "lang": CODE, "hex": token,
    "drug": DRUGS, "ill": ILLS, "disease": DISEASES, "hero": ANIMALS, "topic": TOPICS,
    "letter": list("abcdefghijklmnoprstuwy"),
    "element": split("iron|gold|silver|oxygen|hydrogen|helium|carbon|nitrogen|sodium|potassium|tungsten|mercury|lead|tin|"
                     "copper|zinc|uranium|plutonium|neon|argon|titanium|calcium|magnesium|aluminium|aluminum|silicon|"
                     "sulfur|chlorine|iodine|bromine|cobalt|nickel|platinum|radium|radon|xenon|lithium|beryllium|boron"),
    "symbol": split("Fe|Au|Ag|O|H|He|C|N|Na|K|W|Hg|Pb|Sn|Cu|Zn|U|Pu|Ne|Ar|Ti|Ca|Mg|Al|Si|S|Cl|I|Br|Co|Ni|Pt|Ra|Xe|Li"),
    "status": split("404|500|502|503|418|301|302|304|307|308|200|201|204|206|400|401|403|405|406|409|410|422|429|451|504|511"),
    "port": split("22|80|443|21|25|53|110|143|3306|5432|6379|27017|8080|3389|23|123|161|389|445|587|636|993|995|1433|5672"),
    "service": split("ssh|http|https|ftp|smtp|dns|pop3|imap|mysql|postgres|postgresql|redis|mongodb|rdp|telnet|ntp|snmp|"
                     "ldap|smb|mssql|rabbitmq|sftp|ldaps|imaps|syslog|dhcp|tftp|kerberos|git|memcached|vnc|docker"),
    "ext": split("png|jpg|jpeg|gif|svg|webp|pdf|json|csv|xml|html|css|js|mp3|mp4|zip|gz|tar|docx|xlsx|txt|yaml|wasm|ico|"
                 "woff2|ttf|epub|webm|ogg|wav|avif|md|ics|pptx|7z|mpeg|bin|doc|xls"),
    "hash": split("sha256|sha-256|md5|sha1|sha512|sha-1|crc32|sha3|blake3|sha384"),
}
