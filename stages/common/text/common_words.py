"""Short English words, which are no acronyms when they stand in capitals for emphasis."""

_TEXT = """
ah am an as at aw ax be by do dr eh er ex go ha he hi ho if in is it me mr ms my no of oh ok
on or ow oy so to uh um up us we ye yo etc mrs vs

ace act add age ago aid aim air all and any ape apt arc are ark arm art ash ask ate awe axe
bad bag ban bar bat bay bed bee beg bet big bin bit bow box boy bra bud bug bum bun bus but
buy bye cab can cap car cat cop cow cry cub cup cut dad day den did die dig dim dip dog dot
dry due dug ear eat ego eel egg ego elf end era eve eye fab fan far fat fed fee few fig fin
fit fix flu fly fog for fox fry fun fur gap gas gay get god got gum gun gut guy gym had ham
has hat hay hen her hey hid him hip his hit hog hot how hug huh hum hut ice ill ink inn its
jab jam jar jaw jet job jog joy jug key kid kin kit lab lad lap law lay led leg let lid lie
lip lit log lot low mad man map mat may men met mid mix mob mom mop mud mug mum nah nan nap
net new nil nod nor not now nun nut oak odd off oil old one our out owe own pad pal pan par
pat paw pay pea pen per pet pie pig pin pit pop pot pub pup put rag ran rap rat raw ray red
rib rid rip rob rod rot row rub rug rum run rut sad sat saw say sea see set sew sex she shy
sin sip sir sit six ski sky sly sob son sow soy spa spy sue sum sun tab tad tag tan tap tax
tea ten the tie tin tip toe tom ton too top toy try tub two use van vet via vow wag war was
wax way web wed wet who why wig win wit woe won wow yay yeh yep yes yet you zap zip zoo

able ache acid aged aids ajar also amid anew anti apex aren area army atop aunt auto avid away
baby back bail bake ball band bang bank bare bark barn base bath bead beam bean bear beat been
beer bell belt bend bent best bike bill bind bird bite blah bleh blew blow blue blur boat body
boil bold bomb bond bone book boom boot bore born boss both bowl brag brat bred brew buck bulk
bull bump burn bury bush busy butt buzz cafe cage cake call calm came camp cant card care cars
case cash cast cats cell chat chew chin chip chop cite city clap claw clay clip club clue coal
coat code coin cold come cook cool cope copy cord core corn cost crap crew crop cube cult cure
cute damn dare dark data date dawn days dead deaf deal dear debt deed deep deer deny desk dial
dice died diet dirt dish dive dock does dogs doll done door dose down drag draw drew drop drug
drum dual duck dude dull dumb dump dust duty each earn ears ease east easy eats echo edge edit
eggs else ends envy epic even ever evil exam exit eyes face fact fade fail fair fake fall fame
fast fate fear feed feel feet fell felt file fill film find fine fire firm fish fist five flag
flat flaw fled flew flip flow foam fold folk fond food fool foot fork form fort four free from
fuck fuel full fund fury fuss gain game gang gate gave gaze gear gene gift girl give glad glow
glue goal goat goes gold gone good gosh grab gram gray grew grey grim grin grip grow gulp guts
guys hair half hall hand hang hard harm hate have head heal hear heat heel held hell help here
hero hers hide high hike hill hint hire hold hole holy home hope horn host hour huge hung hunt
hurt idea idle inch into iron isnt item jail jean jerk join joke jump june july jury just keen
keep kept kick kids kill kind king kiss knee knew knit knob knot know lack lady laid lake lamb
lamp land lane last late laws lazy lead leaf leak lean left legs lend lens less liar lick lied
life lift like limb line link lion lips list live load loan lock logo lone long look lord lose
loss lost lots loud love luck lump lung made maid mail main make male mall many mark mask mass
mate math mean meat meds meet melt menu mere mess mice mild mile milk mind mine mint miss mode
mold mood moon more most move much must myth nail name navy near neat neck need nerd nest news
next nice nine none noon nope norm nose note noun nude numb obey odds okay once ones only onto
oops open oral ouch ours oval oven over owed owes owns pace pack page paid pain pair pale palm
pant park part pass past path peak peel peer pick pies pile pill pink pint pipe pity plan play
plea plot plug plus poem poet poke pole poll pond pool poor pope pork port pose post pour pray
prom pull pump pure push quit quiz race rage rail rain rank rape rare rash rate read real rear
rely rent rest rice rich ride ring riot ripe rise risk road roar rock role roll roof room root
rope rose rude ruin rule rush rust safe said sail sake sale salt same sand sane sang save says
scan scar seal seat seed seek seem seen self sell send sent sets shed ship shit shoe shop shot
show shut sick side sigh sign silk sing sink site size skin skip slam slap slid slip slow snap
snow soap sock soda sofa soft soil sold sole some song soon sore sort soul soup sour spin spit
spot star stay stem step stop such suck suit sure swim take tale talk tall tank tape task team
tear tech teen tell tend tent term test text than that them then they thin this thou thru thus
tick tidy tied till time tiny tire toes told toll tone took tool torn toss tour town trap tray
tree trim trip true tube tuck tune turn twin type ugly undo unit upon used user vain vary vast
verb very view visa void vote wage wait wake walk wall want ward warm warn wash wave ways weak
wear week weep well went were west what when whom wide wife wild will wind wine wing wipe wire
wise wish with woke wolf wont wood word wore work worm worn wrap yard yeah year yell your zero

about above abuse actor acute admit adult after again agent agree ahead alarm album alert
alike alive allow alone along aloud alter among anger angry ankle apart apple apply argue arise
aside asked asset avoid awake award aware awful basic beach began begin being belly below bible
birth black blame blank bless blind block blood board boost bored bound brain brave bread break
breed brief bring broad broke brown build built bully burnt buyer calls carry catch cause chain
chair chaos charm chase cheap cheat check cheek cheer chest chief child chose claim class clean
clear climb clock close cloud coach coast comes could count court cover crack crash crazy cream
crime cross crowd cruel cried curse cycle daddy daily dance dated dealt death delay depth diary
didnt dirty doing doubt dozen draft drama drank drawn dread dream dress dried drink drive drove
drugs drunk dying eager early earth eaten eight empty enemy enjoy enter equal error event every
exact exist extra faced faint faith false fancy fault favor feels fever field fight final first
fixed flash flesh float floor focus force forty found frame fresh fried front fruit fully funny
ghost giant given gives glass going grace grade grand grant grass great greed green grief group
grown guard guess guest guide guilt habit hands happy harsh hated hates haven heart heavy hello
helps hence hobby honey honor hoped horse hotel hours house human humor hurry hurts ideal image
imply inner issue joint judge juice keeps knees knife knock known knows label large later laugh
layer learn least leave legal level light liked likes limit lived liver lives local loose lover
loved loves lower loyal lucky lunch lying magic major maker makes march marry match maybe mayor
meals means media mercy messy metal might minor mixed model money month moral motor mouse mouth
moved movie mummy mommy music naked nasty needs nerve never newly night noise north noted nurse
occur ocean offer often older onset order other ought outer owner paint panic paper party patch
pause peace phase phone photo piece pills place plain plant plate point porch power press price
pride prior prize proof proud prove pulse punch quick quiet quite raise range rapid reach react
ready refer relax reply rough round route royal rural sadly scale scare scary scene score sense
serve seven shake shall shame shape share sharp sheet shift shirt shock shoes shoot short shout
shown sight silly since sixth skill sleep slept small smart smell smile smoke snack solid solve
sorry sound south space spare speak speed spend spent split spoke sport staff stage stair stand
stare start state steal still stick stock stole stone stood store storm story stuck study stuff
style sugar sweet swore table taken takes talks taste teach tears teeth tells thank thats their
theme there these thick thing think third those three threw throw tight tired title today topic
total touch tough towel tower track trade train trait treat trial tribe trick tried truly trust
truth twice uncle under union until upper upset urban usual vague valid value video virus visit
vital voice wants waste watch water weird wheel where which while white whole whose woman women
words works world worry worse worst worth would wound wrist write wrong wrote years young yours
youth
"""
COMMON_WORDS = frozenset(_TEXT.split())
