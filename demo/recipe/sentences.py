"""General English for the demo's base model: short everyday sentences from word lists and frames.

None of it is about therapy, so that fine-tuning has something to teach. Same seed, same sentences.
"""

from __future__ import annotations

import random
import re

LISTS: dict[str, str] = {
    "thing": """table chair window door kitchen garden river mountain bridge road street car
        bus train boat ship plane bicycle engine wheel bottle cup plate spoon knife fork basket
        box bag letter book page paper pencil picture camera phone radio computer screen lamp
        candle fire stove oven fridge blanket pillow bed mirror clock watch ring coat jacket shirt
        dress hat shoe boot glove scarf umbrella key lock fence gate wall roof floor stair ladder
        hammer nail rope tool machine field farm barn forest tree branch leaf flower rose grass
        stone rock hill valley lake beach island cloud storm shadow star moon apple orange lemon
        cherry pear peach potato tomato carrot onion bean bread cheese butter cake pie soup
        sandwich coffee tea juice milk water sugar salt pepper dinner breakfast lunch song story
        game movie concert museum library market shop station airport hotel office factory bank
        church castle tower village city country map ticket suitcase present parcel drawer shelf
        cupboard carpet curtain towel brush comb soap bucket shovel wagon truck tractor van motor
        battery wire cable button switch guitar piano violin drum trumpet flag coin wallet purse
        jewel crown sword shield rocket planet desert jungle ocean harbour lighthouse anchor sail
        puddle snowflake sandcastle telephone television magazine newspaper envelope calendar
        notebook dictionary question answer problem plan idea project number list job account bill
        price change choice reason party meeting weather summer winter spring autumn holiday
        birthday wedding journey""",
    "person": """man woman boy girl child baby teacher farmer driver pilot sailor soldier
        captain king queen prince artist writer singer dancer cook baker butcher builder painter
        plumber doctor nurse lawyer judge policeman neighbour stranger friend cousin uncle aunt
        brother sister mother father grandmother grandfather daughter son husband wife partner
        manager boss customer student professor gardener fisherman hunter shepherd carpenter
        mechanic engineer scientist waiter musician player runner swimmer tourist visitor guest
        postman mayor""",
    "animal": """dog cat horse cow sheep goat pig chicken duck goose rabbit mouse fox wolf
        bear deer lion tiger elephant monkey snake frog fish shark whale eagle owl crow sparrow
        pigeon bee spider butterfly turtle donkey camel squirrel hedgehog""",
    "name": """anna peter john mary thomas susan david laura michael emma james sarah robert
        julia daniel helen george alice martin nancy oscar ruth simon clara victor lucy henry nora
        frank sophie walter irene philip martha edward rose samuel grace arthur jane paul olivia
        mark""",
    "adj": """big small large little old young new long short tall high low wide narrow deep
        heavy light dark bright warm cold hot cool wet dry clean dirty soft hard rough smooth
        sharp round flat empty full rich poor strong weak quick slow loud quiet calm busy happy
        angry hungry thirsty tired lazy clever stupid brave shy kind cruel honest funny serious
        strange common rare cheap expensive fresh rotten sweet sour bitter salty red blue green
        yellow brown black white grey purple pink golden silver wooden broken lovely beautiful
        ugly famous important difficult easy simple careful careless dangerous safe gentle noisy
        modern ancient public private perfect terrible wonderful ordinary enormous tiny friendly
        lonely pretty nice good bad great awful early late ready real different same certain clear
        proper special usual""",
    "adv": """slowly quickly quietly loudly carefully gently happily sadly suddenly finally
        usually often always never sometimes rarely really almost nearly probably certainly maybe
        perhaps already still again together alone outside inside upstairs downstairs everywhere
        somewhere immediately eventually recently lately badly well enough hardly mostly exactly
        actually basically definitely obviously honestly clearly simply properly""",
    "past": """found lost bought sold made broke fixed opened closed carried moved pushed
        pulled lifted dropped threw caught held kept left took brought sent gave showed painted
        cleaned washed cut built burned covered counted measured drew wrote read saw watched heard
        noticed remembered forgot missed liked loved hated wanted needed used borrowed returned
        shared hid chose picked planned finished started tried ordered paid followed visited
        described discovered changed filled emptied hung wrapped stole guarded praised touched""",
    "verb": """find lose buy sell make break fix open close carry move push pull lift drop
        throw catch hold keep leave take bring send give show paint clean wash cut build burn
        cover count measure draw write read see watch hear notice remember forget miss like love
        hate want need use borrow return share hide choose pick plan finish start try order pay
        follow visit describe discover change fill empty hang wrap steal guard understand explain
        improve check discuss consider mention expect believe imagine support protect reach""",
    "did": """walked ran jumped swam slept waited worked played sang danced laughed cried
        smiled shouted whispered talked listened cooked travelled drove flew sailed climbed fell
        stood sat arrived stayed disappeared returned rested argued agreed complained worried
        coughed stretched practised stopped hurried wandered""",
    "do": """walk run jump swim sleep wait work play sing dance laugh cry smile shout whisper
        talk listen cook travel drive fly sail climb fall stand sit arrive stay rest argue agree
        complain worry stretch practise stop hurry wander go come think speak""",
    "ing": """walking running jumping swimming sleeping waiting working playing singing
        dancing laughing crying smiling shouting talking listening cooking travelling driving
        flying sailing climbing falling standing sitting eating drinking reading writing painting
        cleaning washing shopping fishing building looking thinking learning helping growing
        moving going coming trying saying doing making getting living leaving watching holding
        asking telling feeling""",
    "place": """at home|at school|at work|in the kitchen|in the garden|on the beach|by the
        river|near the station|in the city|in the village|under the bridge|behind the house|across
        the street|on the table|in the car|on the train|at the market|in the park|next to the
        church|over the hill| in the middle of the road|in front of the shop|around the corner|at
        the back of the room|on the other side|in the living room|on the way home|at the end of
        the street|in town|in here""",
    "time": """today|yesterday|tomorrow|this morning|last night|last week|next week|on
        monday|on tuesday|on wednesday|on thursday|on friday|on saturday|on sunday|in the
        morning|in the afternoon|in the evening|at night|at the weekend|every day|every week|all
        day|all the time|for a long time|a few days ago|two years ago|in january|in march|in
        april|in july|in august|in october|in december|after lunch|before breakfast|during the
        day|right now|at the moment|the other day|once a week|for three months|since then|in the
        end|at first|a lot|a little bit""",
    "num": """one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty
        ninety""",
    "big": """a hundred|two hundred|three hundred|five hundred|a thousand|two thousand|twenty
        five| thirty two|forty seven|sixty one|seventy eight|ninety nine|a million|one hundred and
        fifty| half|a quarter|one and a half|a dozen|twenty one|thirty six|fifty four|eighty
        three""",
    "pro": "i you he she we they",
    "obj": "me you him her us them it everyone someone nobody everything something",
    "poss": "my your his her our their",
    "common": """head hand foot arm leg face eye ear nose mouth back heart body mind voice
        word name family life home house room work school class lesson money time day night week
        month year hour minute moment morning evening way side part end start thing place world
        country people children parents friends brothers sisters kids women men party team group
        club company business office colleague call message email photo news war law rule right
        power food meal lunch rice meat egg fruit chocolate wine beer cigarette smoke fire air sky
        sun rain snow wind noise silence sound music dream sleep rest break walk run trip visit
        talk fight argument mistake lie truth secret fact point case line list step level chance
        risk help need want hope fear trouble fault worry surprise pleasure fun joke smile tear
        habit practice exercise effort attempt success failure result cause effect difference
        example area space centre corner edge top bottom middle front beginning future past
        present memory thought feeling view opinion interest attention care love hate anger peace
        health age size weight length speed colour shape form kind sort type bit pair piece half
        rest""",
    "feel": """fine sick tired happy sad angry worried scared afraid nervous excited bored
        upset guilty proud ashamed jealous lonely lost stuck lucky sorry glad pleased relieved
        confused surprised shocked annoyed frustrated disappointed embarrassed hopeful helpless
        comfortable awake asleep alone better worse alright okay different overwhelmed exhausted
        relaxed calm stronger weaker heavier lighter tense restless numb hurt warm cold hungry
        dizzy awful""",
    "more": """able about above across after again against ago ahead along always another any
        anymore anyone anything anyway around away because become before behind below between both
        bring came change come comes could days deal doing done down during each either else even
        every example except far few first following forward further gets gives goes gone got had
        happen happened happening happens having helps here hers herself himself how however
        instead into itself just keeps kept knew known last late least less let long makes many
        matter maybe mine months more most much myself near need needed next nobody nothing off
        once only onto other ourselves out over own past quite rather ready said same says second
        several shall should someone somebody something somehow soon spend stopped such taken
        takes than that their themselves then these things third those though through times
        together too toward tried trying turn twice under unless unlike until upon used using very
        wanted went were whatever whenever whether which whole whose with within without worse
        worst yet yourself hundred percent thousand million point whatever hold speak spoke written
        asked agree allow answer appear arrange attack avoid balance begin behave belong blame
        borrow bother challenge choice collect compare connect continue control copy create deserve
        develop drink eat encourage escape explore express face figure focus force forgive gather
        guess handle happen identify imagine include increase judge lead limit listen manage mind
        motivate offer open pause point prepare pressure prevent promise push question raise reach
        react realise reason recognise recommend record reduce reflect refuse relate remind repeat
        replace respond rest risk schedule separate settle share shout sound spread struggle
        suggest suppose survive trust value wake warn wonder routine""",
    "letter": "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "filler": "um|uh|er|well|okay|yeah|so|right|and|but|oh|mm|no|yes|now|like",
    "think": """i think|i guess|i suppose|i know|i mean|you know|he said|she said|they say|i
        hope|i believe|i don't know if|i'm not sure if|it seems that|it looks like|i feel
        like|maybe|i wonder if|we thought|she told me|he asked if|i heard that|i remember
        when|sometimes|that's why""",
    "aux": """can could will would should might must can't couldn't won't wouldn't shouldn't""",
    "link": """and then|but|because|so|when|while|if|until|after|before|although|since|and|or""",
    "be": """is was|is|was|isn't|wasn't|will be|has been|might be|can be|used to
        be|seems|looks|feels""",
}

FRAMES = """
the {adj} {thing} {be} {place}
the {person} {past} the {thing} {time}
{name} {past} a {adj} {thing}
{name} and {name} {did} {place}
the {animal} {did} {place}
a {adj} {animal} {past} the {adj} {thing}
{pro} {past} {poss} {thing} {time}
{pro} {aux} {verb} the {thing} {time}
{pro} {aux} {verb} {obj} {time}
{pro} {aux} {do} {place} {time}
{think} {pro} {past} {obj} {time}
{think} the {thing} {be} {adj}
{think} {pro} {aux} {do} {time}
{filler} {pro} {did} {place}
{filler} {think} {poss} {person} {be} {adj}
{filler} it was really {adj}
{filler} that's {adj}
{filler}
{filler} {filler}
{filler} i {verb} that
{filler} {pro} {aux} {verb} it
what did the {person} {verb} {time}
what do you {verb} about the {thing}
why did {pro} {do} {place}
where is {poss} {adj} {thing}
how much is the {adj} {thing}
how many {thing}s did {pro} {verb}
how did that {verb} {obj}
when did you {verb} the {thing}
did you {verb} {poss} {thing}
do you {verb} {obj} {time}
could you {verb} the {thing} for {obj}
would you like to {verb} the {thing}
have you ever {past} a {thing}
can we {verb} it {time}
are you {ing} {time}
is that {adj} or {adj}
please {verb} the {thing} {adv}
i feel {feel} {time}
i felt {feel} {link} {feel}
{pro} felt {adv} {feel} {place}
{filler} i'm feeling a bit {feel}
you seem {feel} {time}
it makes me {feel}
{think} my {common} {be} {feel}
the {common} of the {common} {be} {adj}
{poss} {common} and {poss} {common}
there's a {adj} {common} in my {common}
i don't have {common} or {common}
what about {poss} {common} {time}
{more} {common} {more} {feel}
{more} {verb} {more} {common}
{more} {more} {more}
{common} {more} {common}
{adj} {common} {more} {do}
{pro} {aux} {more} {common} {time}
{filler} {more} {poss} {common}
{think} {more} {feel} {common}
to {more} the {common} you {verb}
let's {verb} the {thing} {time}
don't {verb} {poss} {thing}
there are {num} {thing}s {place}
there were {num} {adj} {animal}s {place}
there is a {thing} and a {thing} {place}
it costs {num} dollars and {num} cents
it takes about {num} minutes
{pro} {past} {big} {thing}s
about {num} or {num} hours
from {num} to {num} {time}
{num} out of {num}
{num} {num} {num}
nineteen {num} was a {adj} year
{pro} did it {num} times {time}
{name} is {num} years old
{pro} was {ing} {place} {time}
{pro} was {ing} when the {person} {did}
i'm {ing} {adv}
i've been {ing} {time}
she's {ing} with {obj}
they're {adv} {ing}
it's {adv} {adj} {time}
it's not {adj} it's {adj}
i'm {adj} and {adj}
i don't {verb} {obj}
i didn't {verb} the {thing}
we didn't {do} {time}
he doesn't {verb} {obj} {adv}
you're {adv} {adj}
{pro} {did} {adv} {link} {pro} {did} {adv}
the {thing} was {adj} {link} the {thing} was {adj}
{pro} wanted to {verb} {link} {pro} couldn't
{link} {pro} {past} {obj}
{link} the {person} {did}
my {person} always {past} the {thing}
her {person} is a {person}
that {person} has a {adj} {thing}
this is the {adj} {thing} of {name}
these {adj} {thing}s are {adj}
some of the {thing}s are {adj}
one of the {person}s {did}
{ing} and {ing} {be} {adj}
{ing} {place} {be} {adj}
{name} {be} {adv} {adj}
as {adj} as a {animal}
more {adj} than {adj}
{thing} {thing} {thing}
{adj} {person} {past}
{verb} {link} {do}
{adv} {ing} {thing}
{thing}s and {thing}s
{person} {adj} {verb}
{place} {time}
""".strip().splitlines()


# How people talk to each other, for the second half of the training.
TALK = """
that makes {feel}
and what did you {verb}
and what happened {time}
what happened {link} you {past} {obj}
what would you {verb} {time}
how was {poss} {common} {time}
how are you getting on with {poss} {thing}
how did you {verb} with that
how often did you {verb} {time}
can you tell me {more} about the {common}
could we {verb} about {poss} {common} {time}
would it be {adj} to {verb} {obj}
do you mean the {adj} {common}
is there anything {adj} about {poss} {common}
i wonder {link} you {past} {more}
i'd like to {verb} the {common} {time}
i'd say {num} or {num} {filler}
i was {ing} and i felt {feel}
i was {feel} that i {aux} {verb} {obj}
i wasn't {feel} i was {feel}
i keep {ing} about {poss} {common}
i couldn't {verb} {time}
i can't {verb} when {pro} {did}
i tried to {verb} and it {past} {obj}
i just {past} {obj} {time}
i've had {poss} {common} since {num} {common}s
i've {past} {num} {common}s {time}
i haven't {past} {more} {time}
i thought you {past} {obj}
i know {link} i don't {verb}
i'm not {adj} i {verb} {obj}
i'm {feel} {link} {pro} {did}
i'll {verb} it {time}
it was {feel} {link} it was {feel}
it was my {common}
it {did} for {num} minutes
it {did} about {num} {common}s
it's been {adj} {time}
it's {adj} to {verb} you {time}
it's {big} and {num}
you said you were {ing} {time}
you {did} {link} you were {feel}
you told me {poss} {person} {past} {obj}
so you {past} {more} {time}
so what {be} the {adj} {common}
so {num} {num} {time}
good {common} {name} {be} {adj}
well {pro} {past} the {common} {time}
yes {pro} {did} {time}
yes half past {num} is {adj}
no not {more} but {pro} {did}
okay let's {verb} {more} {time}
let's {verb} with the {common}
at {num} thirty {time}
at {num} in the morning
{num} times {time}
twenty {num} and nineteen {num}
in twenty {num} i {past} {more}
the {letter} {letter} {letter} {be} {adj}
my {letter} {letter} {letter} {common}
{letter} {letter} {letter} and {letter} {letter}
{filler} {more} {more}
{filler} i {more} {verb}
{filler} my {common} {did}
{more} i {verb} {more}
{more} {pro} {verb} {more} {common}
{more} {more} {more} {more}
{pro} {more} {verb} {more} {feel}
not {more} {filler} {feel}
when did the {common} {verb}
when {pro} {did} i {did}
where do you {verb} it in your {common}
who {be} {ing} {obj}
because {pro} {did} {link} i {did}
if {pro} {verb} {obj} i'll {verb} {obj}
{name} said {pro} {aux} {verb}
my {person} said {link} {pro} {did}
my {person} {past} one {thing} {time}
with my {person} and my {person}
{common} and {common}
{adj} and {more}
{ing} {more} {time}
to {verb} {obj} {more} {time}
""".strip().splitlines()


def _words(text: str) -> list[str]:
    flat = re.sub(r"\s+", " ", text.strip())
    return [w.strip() for w in (flat.split("|") if "|" in flat else flat.split(" ")) if w.strip()]


WORDS = {name: _words(text) for name, text in LISTS.items()}


def sentence(draw: random.Random, frames: list[str]) -> str:
    """One lower-case sentence of 1 to about 12 words without punctuation."""
    frame = draw.choice(frames)
    return re.sub(r"\{(\w+)\}", lambda slot: draw.choice(WORDS[slot.group(1)]), frame)


def sentences(count: int, seed: int, frames: list[str] = FRAMES) -> list[str]:
    """`count` distinct sentences from `frames`, the same for the same seed."""
    draw = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found.setdefault(sentence(draw, frames))
    return list(found)
