"""The words the sample data is made of: names, places, deals, texts. No logic."""

GIVEN_NAMES = (
    "Anna", "Ben", "Carla", "David", "Elif", "Felix", "Greta", "Hannah", "Ivan", "Jana", "Kenji", "Lena", "Mateo",
    "Nora", "Oscar", "Petra", "Quentin", "Rosa", "Samuel", "Tomasz", "Ute", "Viktor", "Wanda", "Xenia", "Yusuf",
    "Zoë", "Amélie", "Björn", "Chloé", "Dušan", "Ewa", "François", "Hiroko", "Ingrid", "João", "Karin", "Lars",
    "Małgorzata", "Niamh", "Ólafur",
)  # fmt: skip

FAMILY_NAMES = (
    "Albrecht", "Bauer", "Castellano", "Dąbrowski", "Eriksen", "Fischer", "García", "Hoffmann", "Ibrahim", "Jansen",
    "Kowalski", "Lindqvist", "Moreau", "Nakamura", "O'Brien", "Petrov", "Quast", "Rossi", "Schäfer", "Tanaka",
    "Ünal", "van der Berg", "Weiß", "Yıldız", "Zimmermann", "Brown", "Clarke", "Davies", "Evans", "Ferreira",
    "Grønberg", "Håkansson", "Iversen", "Kaminski", "Laurent", "Müller", "Nguyen", "Okafor", "Papadopoulos",
    "Reyes-Ortiz",
)  # fmt: skip

COMPANIES = (
    ("Acme Logistics", "acme-logistics.example", "Hamburg", "Germany", "Manufacturing"),
    ("Bluefin Analytics", "bluefin.example", "Boston", "United States", "Technology"),
    ("Café Central Roasters", "cafecentral.example", "Vienna", "Austria", "Manufacturing"),
    ("Delta Medical", "deltamedical.example", "Basel", "Switzerland", "Technology"),
    ("Edelweiss Tours", "edelweiss.example", "Innsbruck", "Austria", "Consulting"),
    ("Fjord Energi", "fjordenergi.example", "Bergen", "Norway", "Manufacturing"),
    ("Granite & Sons", "granite.example", "Leeds", "United Kingdom", "Manufacturing"),
    ("Hoshino Precision", "hoshino.example", "Osaka", "Japan", "Manufacturing"),
    ("Iberia Solar", "iberiasolar.example", "Sevilla", "Spain", "Technology"),
    ("Juniper Bank", "juniperbank.example", "New York", "United States", "Banking"),
    ("Kestrel Airways", "kestrel.example", "Dublin", "Ireland", "Consulting"),
    ("Lumen Books", "lumenbooks.example", "Lyon", "France", "Technology"),
)
"""Name, mail domain, city, country, industry."""

STREETS = (
    "Hafenstraße",
    "Market Street",
    "Rue de la Paix",
    "Calle Mayor",
    "Kirkegata",
    "High Street",
    "Ringstraße",
)
TITLES = (
    "Head of Purchasing", "Chief Financial Officer", "IT Director", "Operations Manager", "Project Lead",
    "Office Manager", "Managing Director", "Procurement Specialist", "Quality Engineer", "Legal Counsel",
)  # fmt: skip
DEPARTMENTS = ("Purchasing", "Finance", "IT", "Operations", "Legal", "Sales")

DEALS = (
    "framework agreement", "warehouse roll-out", "support renewal", "pilot phase", "fleet upgrade", "licence extension",
    "data migration", "spare parts contract", "branch network refresh", "training package",
)  # fmt: skip

MEETINGS = (
    ("Kick-off: {deal} with {company}", 60, "Meeting room {city}"),
    ("Demo for {company}", 45, "{company}, {city}"),
    ("Negotiation: {deal} ({company})", 90, "{company}, {city}"),
    ("Quarterly review {company}", 60, "Head office, room 4.12"),
    ("Site visit {company}", 180, "{company}, {city}"),
    ("Lunch with {person}", 75, "Trattoria Bella"),
    ("Contract walk-through, {company}", 45, "Head office, room 2.01"),
    ("Onboarding workshop {company}", 240, "{company}, {city}"),
)
"""Subject, minutes, place; of meetings that both services know."""

OUTLOOK_ONLY = (
    ("Focus time: proposals", 120, ""),
    ("1:1 with Kim", 30, "Kim's office"),
    ("Prepare {deal} offer", 60, ""),
    ("Train to {city}", 150, "Central station"),
    ("Team retrospective", 60, "Head office, room 4.12"),
    ("Call back {person}", 15, "Phone"),
    ("Expense reports", 30, ""),
    ("Coffee with {person}", 30, "Lobby"),
)

SALESFORCE_ONLY = (
    ("Call: {person} about the {deal}", 20, "Phone"),
    ("Follow-up {company}: {deal}", 30, ""),
    ("Check-in {company}", 30, "Phone"),
    ("Discovery call {company}", 45, "Video"),
    ("Handover {deal} to support", 45, "Head office, room 2.01"),
    ("Reference visit with {person}", 120, "{company}, {city}"),
)

NOTES = (
    "Bring the price list of last week.\nOpen question: delivery dates.",
    "{person} expects an answer on the service levels.\n\n- volume: 1,200 units\n- start: next quarter",
    "Agenda:\n1. Status\n2. Open points\n3. Next steps",
    "The budget of the {deal} is confirmed; legal still reads the draft.",
    "",
    "Who: {person}\nGoal: a date for the pilot.",
)

RICH_NOTES = (
    "<p>Agenda for the <b>{deal}</b>:</p><ol><li>Status</li><li>Price &amp; terms</li><li>Next steps</li></ol>"
    '<p style="color:#c00000">Please read the draft before.</p>',
    "<h2>{company}</h2><table><tr><td>Volume</td><td>1,200 units</td></tr><tr><td>Start</td><td>next quarter</td></tr>"
    '</table><p>Details in the <a href="https://intranet.example/deals">deal room</a>.</p>',
    "<div><p>Hello {person},</p><p>as <i>discussed</i>, the three options:</p><ul><li>small</li><li>medium</li>"
    "<li><u>large</u></li></ul></div>",
)

HOSTILE = (
    "\x1b[31mRed alert\x1b[0m \x1b]0;owned\x07 meeting",
    "[bold red]Review[/] of [/] the [link=file:///etc/passwd]draft[/link]",
    "\u202eevil txet\u202c looks \u2066reversed\u2069",
    "It's \"quoted\", 'twice' and back\\slashed",
    "<script>alert('x')</script><b>not bold</b> &amp; &lt;plain&gt;",
    "x' OR Name LIKE '%' AND Subject != '\\",
    "פגישה עם הלקוח - اجتماع - 10:00",
    "Family day 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 e\u0301t\u00e9 🇨🇭",
    "A very long subject " + "and on it goes " * 15,
    "Tabs\tand\u00a0odd\u2003spaces\u200b inside",
    '=HYPERLINK("https://example.org";"Click")',
    "../../{{7*7}}${jndi:ldap://example.org/a}%n%s",
)

TASKS = (
    "Send the {deal} offer to {company}", "Update the forecast for {company}", "Call {person} back",
    "Book travel to {city}", "Write minutes: {company}", "Check the credit line of {company}",
    "Ask {person} for a reference", "Renew the {deal}", "Clean up duplicates of {company}", "Prepare slides: {deal}",
)  # fmt: skip

NICKNAMES = {
    "Samuel": "Sam",
    "David": "Dave",
    "Viktor": "Vic",
    "Hannah": "Hanna",
    "Benjamin": "Ben",
    "Lena": "Helena",
}
"""What the other address book calls the same person."""
