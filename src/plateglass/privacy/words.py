"""Short words that stand beside numbers in police texts: none of them is half a plate."""

# ruff: noqa: SIM905 (lists of words read better as text)

from __future__ import annotations

from typing import Final

_ENGLISH: Final = """
a i an as at be by do go he if in is it me my no of on or so to up us we am pm vs days hrs
age ago ain all and any are arm ask ate bad bag bar bed big bit boy box bus but buy bye call cab can car cat cop cut
dad day did die dog dry due eat end eye far fat few fix fly for fox fun gas get girl got gun guy had has hat her hey
hid him his hit hot how ice ill its jan jet job key kid kit law lay led leg let lie lot low mad man map may men met mid
mix mob mom mud net new nor not now nun off oil old one our out own pay pen per pet pin pit pop put rat raw red rig rob
rod row run sad sat saw say sea see set sex she sir sit six sky son spa sub sum sun tan tap tax tea ten the tie tip toe
too top toy try two use via wal war was way wed wet who why win wit won yes yet you zip
able acid aged also area army away baby back bail ball band bank bars base bath bear beat been beer bell belt bend best
bike bill bird blue boat body bomb bond bone book born both boys bulk burn bush busy cage call calm came camp cars card
care case cash cell chat cite city clue club coat code cold come cook copy cost crew cuts dark data date dead deal dear
debt deep desk died dirt does dogs done door down draw drop drug drum dual duck duty each earn east easy edge else even
ever exit eyes face fact fail fair fake fall farm fast fear feet fell felt file find fine fire firm fish five flat fled
flee flow foot fork form four free from fuel full fund gain game gang gate gave gear gift girl give goal goes gold gone
good gray grey grow guns hair half hall hand hang hard hate have head hear heat held help here hide high hill hire hits
hold hole home hope hour huge hunt hurt idea into iron item jail jobs join jump june july just keep kept keys kick kids
kill kind king knew know lady lake lane last late lead leak left lend less life lift like line link list live load loan
lock logs long look lose loss lost lots love male many mark mass meet mile mind mini miss mode more most move much must
name near neck need next nine none noon note okay once only onto open oral over pack page paid pain pair park part pass
past path pays pick pipe plan play plot plus pole pond pool poor port post pull push race rage raid rail rain rape read
real rear rent ride ring risk road robs rock role roof room rule runs rush safe said sale same sand save seat seek seen
self sell send sent ship shoe shop shot show shut sick side sign site size slow snow sold sole some song soon sort spot
stab star stay step stop such suit sure take talk tall tape task team tell term test text than that them then they thin
this thru tied till time tips tire told toll tool tops tour town toys trap trip tube turn twin type unit upon used user
vans vast very view visa wait walk wall want ward warm wash weak wear week well went were west what when whom wide wife
wild will wind wine wing wire with wood word wore work yard yeah year yell your zone
"""
_POLICE: Final = """
abd adw ak alt amb apb apt app arr asap asst atf atl att att'd attn atm ave avl b bat bb bev bk blk blu blvd bldg bolo
br brn bro bsi bur burg bus bwc c ca cad cal cap cbp ccw cell cfs cg chp cia cid cir civ cjis clf cmd cnty co col com
comm comp con conf conn cont corp cp cpl cps crim cs csi ct ctr ctrl cvc cw d da dea def dep dept det dev dhs dir disp
dist div dl dmv dna doa dob doc dom dot dps dr drv dui dun dv dva dwi e east emp ems ent ero est evd evid ext f fail
fbi fed fel fema feo fid fl flr fm fpd frm fru ft fta ftr ftp fug fwd fwy g gal gbi gov gps grn grd grp gsw gta gtf
gvt gy h h&r hbd hh hi hm hiv hbt hov hom homi hosp hq hr hrs hsi htf hum hwy hx ia ic ice icac id ied ii iii imp inc
incl ind inf info ing ins int intel intv inv invs iol ip ir iso isp issn it iv j jr juv jvl k kid kids knf l la lab
larc lbs lec leo lew lic lieu lkp loc lp lpr lprs lsd lt ltr lvl m ma maj mac mag mah mar mat mcso md med ment mfg mgr
mh mid mil min mins misd misc mo mob mom mos mot mp mph msg mt mtr mult mv mva mvt n na narc natl nb ncic ncmec ne neg
nfd nfi nm no nos nr ns nsf num nw nyc obj obs obst oc od odo of off ofc ofcr offr ok oic ops ord org orig ot oth otc
out ovi own p pass pat pbx pc pcp pcs pct pd perp pers ph pic pkg pkwy pl plt pm po pob poi pol poss post ppl pr prc
pre prev prob proc prop pros prv ps psa psap psn psp pss pt ptl pub pvt px q qoi qt qty r rd re rec recd recov ref reg
rel rep req res resp ret rev rid rm rob ro rp rpd rpt rr rso rt rte rtc rv rx s sal sar sat sb sc sch sd sdpd se sec
sect seg ser set sfc sfst sgt shop sht sib sid sig sil slv smt sn so soc sol sp spd spec sq sr srch ss ssa ssn st sta
stat std ste stl stol str sub subj sum sup supp supv surv sus susp suv sv svc sw swat sxs sys t tac tag td temp tfo
tgt tip tk tl tow tr trf trk trn trs ts tsr tss tt tto twn twp tx u uc uc'd ucr ucw unk unit unl up us usbp usc usms
usps usss uuv uumv v va van vand vc veh vehs vi vic vics vict vin viol vio vip vn vol vrn vs vtl w wa wag warr wb whi
wht wit wk wkd wks wm wma wmj wf wfa wnt wpn wrnt wrt wt x xref y yel yo yoa yof yom yr yrs z bm bma bf bfa hf hfa hma
am af uwm uwf bmw gmc kia ram audi ford jeep fiat mini vw benz chev chry dodg hond niss toyo toyt mazd merc linc subi
subu acur lexs infi cadi buic pont camr civc accd cuda mach trax seda coup hatc pick trlr semi u-h boxt moto mcyc
scoot atv utv rvs crv hrv slk glk gti amg jan feb apr may jun jul aug sep sept oct nov dec mon tue tues wed thu thur
fri sun aoa oaa
"""
SHORT_WORDS: Final = frozenset((_ENGLISH + _POLICE).split())
"""Lower case, at most four letters that count."""

ATTRIBUTES: Final = tuple(
    sorted(
        """
        alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois
        indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri
        montana nebraska nevada newhampshire newjersey newmexico newyork northcarolina northdakota ohio oklahoma oregon
        pennsylvania rhodeisland southcarolina southdakota tennessee texas utah vermont virginia washington
        westvirginia wisconsin wyoming
        acura audi bmw buick cadillac chevrolet chevy chrysler dodge ferrari fiat ford genesis gmc honda hyundai
        infiniti jaguar jeep kia landrover lexus lincoln lucid maserati mazda mercedes mercury mini mitsubishi nissan
        oldsmobile pontiac porsche ram rivian saturn scion subaru suzuki tesla toyota volkswagen volvo
        black white silver gray grey blue red green brown tan beige gold yellow orange purple maroon
        suv sedan coupe hatchback wagon pickup pickuptruck truck van minivan convertible motorcycle trailer bus boxtruck
        plate licenseplate license licence tag temp veh vehicle bolo vin lpr partial stolen wanted
        """.split(),
        key=len,
        reverse=True,
    )
)
"""Words that exports glue to a plate, as in a cell of filters; longest first."""
