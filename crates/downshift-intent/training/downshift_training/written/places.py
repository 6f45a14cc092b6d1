"""Cities, countries, zones: names that queries are full of."""

CITIES = """london|paris|tokyo|new york|nyc|new york city|berlin|madrid|rome|sydney|melbourne|beijing|shanghai|delhi
new delhi|mumbai|bangalore|singapore|hong kong|dubai|moscow|istanbul|cairo|lagos|nairobi|johannesburg|cape town
toronto|vancouver|montreal|mexico city|sao paulo|rio de janeiro|buenos aires|santiago|lima|bogota|caracas|havana
los angeles|la|san francisco|sf|chicago|boston|seattle|miami|houston|dallas|denver|phoenix|atlanta|washington dc
las vegas|honolulu|anchorage|philadelphia|detroit|minneapolis|portland|austin|san diego|new orleans|nashville
dublin|edinburgh|manchester|glasgow|amsterdam|brussels|zurich|geneva|vienna|prague|budapest|warsaw|krakow|lisbon
barcelona|milan|naples|athens|helsinki|oslo|stockholm|copenhagen|reykjavik|riga|vilnius|tallinn|kyiv|kiev|minsk
bucharest|sofia|belgrade|zagreb|ljubljana|sarajevo|tirana|valletta|nicosia|jerusalem|tel aviv|beirut|amman|damascus
baghdad|tehran|riyadh|jeddah|doha|kuwait city|abu dhabi|muscat|kabul|islamabad|karachi|lahore|dhaka|kathmandu
colombo|chennai|kolkata|hyderabad|pune|bangkok|hanoi|ho chi minh city|phnom penh|kuala lumpur|jakarta|bali|manila
taipei|seoul|busan|osaka|kyoto|ulaanbaatar|tashkent|almaty|baku|tbilisi|yerevan|casablanca|tunis|algiers|accra|dakar
addis ababa|kampala|kigali|dar es salaam|lusaka|harare|perth|brisbane|adelaide|auckland|wellington|suva|port moresby
quito|la paz|montevideo|asuncion|panama city|san jose|kingston|nassau|calgary|ottawa|winnipeg|halifax|hamburg|munich
frankfurt|cologne|lyon|marseille|nice|seville|porto|venice|florence|birmingham|leeds|cardiff|belfast|salt lake city
kansas city|st louis|cleveland|pittsburgh|charlotte|tampa|orlando|boise|fargo|tulsa|omaha|albuquerque|tucson|springfield"""

COUNTRIES = """france|germany|spain|italy|portugal|england|the uk|uk|united kingdom|scotland|wales|ireland|the us|usa|america
united states|canada|mexico|brazil|argentina|chile|peru|colombia|venezuela|ecuador|bolivia|paraguay|uruguay|cuba
jamaica|haiti|the dominican republic|puerto rico|panama|costa rica|guatemala|honduras|nicaragua|el salvador|belize
norway|sweden|denmark|finland|iceland|estonia|latvia|lithuania|poland|czech republic|czechia|slovakia|hungary|austria
switzerland|liechtenstein|luxembourg|belgium|the netherlands|netherlands|greece|turkey|cyprus|malta|romania|bulgaria
serbia|croatia|slovenia|bosnia|albania|north macedonia|montenegro|kosovo|moldova|ukraine|belarus|russia|georgia
armenia|azerbaijan|kazakhstan|uzbekistan|turkmenistan|kyrgyzstan|tajikistan|mongolia|china|japan|south korea
north korea|taiwan|vietnam|laos|cambodia|thailand|myanmar|malaysia|singapore|indonesia|the philippines|philippines
brunei|east timor|india|pakistan|bangladesh|nepal|bhutan|sri lanka|the maldives|afghanistan|iran|iraq|syria|lebanon
israel|jordan|saudi arabia|yemen|oman|the uae|qatar|bahrain|kuwait|egypt|libya|tunisia|algeria|morocco|sudan
south sudan|ethiopia|eritrea|djibouti|somalia|kenya|uganda|rwanda|burundi|tanzania|malawi|mozambique|zambia|zimbabwe
botswana|namibia|south africa|lesotho|eswatini|madagascar|mauritius|seychelles|angola|dr congo|congo|gabon|cameroon
nigeria|niger|chad|mali|burkina faso|ghana|togo|benin|ivory coast|liberia|sierra leone|guinea|senegal|gambia|mauritania
cape verde|australia|new zealand|fiji|samoa|tonga|vanuatu|papua new guinea|solomon islands|kiribati|palau|tuvalu|nauru
monaco|andorra|san marino|vatican city|greenland|barbados|trinidad and tobago|the bahamas|guyana|suriname|grenada"""

STATES = """california|texas|florida|new york state|ohio|georgia|michigan|virginia|arizona|colorado|oregon|nevada|utah|idaho
montana|wyoming|kansas|iowa|missouri|minnesota|wisconsin|illinois|indiana|kentucky|tennessee|alabama|mississippi
louisiana|arkansas|oklahoma|nebraska|north dakota|south dakota|north carolina|south carolina|maryland|delaware
new jersey|pennsylvania|connecticut|rhode island|massachusetts|vermont|new hampshire|maine|alaska|hawaii|new mexico
west virginia|washington state|ontario|quebec|alberta|british columbia|queensland|new south wales|bavaria|kerala"""


def split(text):
    """A `|`- or line-separated list."""
    return [name.strip() for line in text.splitlines() for name in line.split("|") if name.strip()]


CITY_LIST, COUNTRY_LIST, STATE_LIST = split(CITIES), split(COUNTRIES), split(STATES)


def place(rng):
    """A city, a country or a state."""
    names = [CITY_LIST, COUNTRY_LIST, STATE_LIST][rng.choice(3, p=[.55, .3, .15])]
    return names[rng.integers(len(names))]

PLACES = {
    "city": CITY_LIST,
    "country": COUNTRY_LIST,
    "state": STATE_LIST,
    "place": place,
    "zone": ["utc", "gmt", "est", "pst", "cst", "mst", "edt", "pdt", "cdt", "cet", "cest", "bst", "ist", "jst", "aest",
             "eastern time", "pacific time", "central time", "mountain time", "eastern", "pacific", "zulu",
             "utc+2", "gmt+1", "utc-5", "gmt-3", "utc +5:30", "hkt", "sgt", "msk", "eet", "nzst"],
    "capital_city": ["paris", "canberra", "ottawa", "ulaanbaatar", "nairobi", "lima", "oslo", "vienna", "bern", "ankara",
                     "brasilia", "abuja", "dodoma", "suva", "bishkek", "astana", "riga", "vaduz", "port louis",
                     "ouagadougou", "antananarivo", "thimphu", "naypyidaw", "sucre", "montevideo", "wellington",
                     "maseru", "gaborone", "windhoek", "lusaka", "tallinn", "sofia", "baku", "tbilisi", "muscat",
                     "sacramento", "albany", "tallahassee", "juneau", "boise", "honolulu", "bismarck", "pierre"],
}
