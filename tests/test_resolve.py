"""Organisation names become agencies: never a wrong state, never two agencies taken for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateglass import catalogue, model, resolve, store
from plateglass.errors import CaseUnusable
from plateglass.resolve import identity, vocabulary

CONTENT = catalogue.Catalogue()
WORDS = vocabulary.vocabulary(CONTENT)
BODIES = identity.Bodies(CONTENT.agencies, WORDS)

# name as written | state | kind | level | marks | agency
TABLE = """
Exampleville CA PD | ca | police | local | - | us-ca-exampleville-pd
exampleville-ca-pd | ca | police | local | - | us-ca-exampleville-pd
EXAMPLEVILLE CA PD | ca | police | local | - | us-ca-exampleville-pd
exampleville ca pd | ca | police | local | - | us-ca-exampleville-pd
Exampleville Ca PD | ca | police | local | - | us-ca-exampleville-pd
Exampleville PD CA | ca | police | local | - | us-ca-exampleville-pd
Exampleville PD-CA | ca | police | local | - | us-ca-exampleville-pd
Exampleville PD - CA | ca | police | local | - | us-ca-exampleville-pd
Exampleville PD (CA) | ca | police | local | - | us-ca-exampleville-pd
Exampleville (CA) PD | ca | police | local | - | us-ca-exampleville-pd
(CA) Exampleville PD | ca | police | local | - | us-ca-exampleville-pd
CA - Exampleville PD | ca | police | local | - | us-ca-exampleville-pd
CA- Exampleville PD | ca | police | local | - | us-ca-exampleville-pd
City of Exampleville CA PD | ca | police | local | - | us-ca-exampleville-pd
Exampleville Police Department CA | ca | police | local | - | us-ca-exampleville-pd
Exampleville, CA Police Department | ca | police | local | - | us-ca-exampleville-pd
Exampleville CA (PD) | ca | police | local | - | us-ca-exampleville-pd
Exampleville California PD | ca | police | local | - | us-ca-exampleville-pd
Exampleville CA PD [Inactive] | ca | police | local | inactive | us-ca-exampleville-pd
Exampleville CA PD [DEACTIVATED] | ca | police | local | inactive | us-ca-exampleville-pd
Exampleville CA PD (deactivated) | ca | police | local | inactive | us-ca-exampleville-pd
Exampleville CA PD (Inactive) | ca | police | local | inactive | us-ca-exampleville-pd
Exampleville CA PD - Axon | ca | police | local | axon | us-ca-exampleville-pd
Exampleville CA PD (Flex) | ca | police | local | flex | us-ca-exampleville-pd
Exampleville CA PD - Flex | ca | police | local | flex | us-ca-exampleville-pd
Exampleville CA PD (Condor) | ca | police | local | condor | us-ca-exampleville-pd
Exampleville CA PD (Tech) | ca | police | local | tech | us-ca-exampleville-pd
Exampleville CA PD (Raven) | ca | police | local | raven | us-ca-exampleville-pd
Exampleville CA PD 2 | ca | police | local | second | us-ca-exampleville-pd
Exampleville CA PD (2) | ca | police | local | second | us-ca-exampleville-pd
Exampleville CA PD (Do Not Use) | ca | police | local | do-not-use | us-ca-exampleville-pd
DNU- Exampleville CA PD | ca | police | local | do-not-use | us-ca-exampleville-pd
Exampleville CA PD (duplicate) | ca | police | local | duplicate | us-ca-exampleville-pd
Exampleville CA PD - Demo | ca | vendor | private | demo | -
Exampleville CA PD - Mobile (Not in Use) | ca | police | local | do-not-use mobile | us-ca-exampleville-pd
[Inactive] Exampleville CA PD | ca | police | local | inactive | us-ca-exampleville-pd
[Federal] Exampleville CA PD | ca | federal | federal | federal | us-ca-exampleville-pd-federal
Exampleville CA PD [Federal] | ca | federal | federal | federal | us-ca-exampleville-pd-federal
(Federal) Exampleville OH Air Force Base | oh | federal | federal | federal | us-oh-exampleville-air-force-base
Federal Way WA PD | wa | police | local | - | us-wa-federal-way-pd
Federal Heights CO PD | co | police | local | - | us-co-federal-heights-pd
Sampleton County FL SO | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton County FL SO (LR) | fl | sheriff | county | lr | us-fl-sampleton-county-so
Sampleton County FL SO1 | fl | sheriff | county | second | us-fl-sampleton-county-so
Sampleton County SO FL | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton County SO - FL | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton County FL SD | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton County FL Sheriff | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton County FL Sheriff's Office | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton County FL Sheriff’s Department | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton Co FL SO | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton Co. FL SO | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton FL SO | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton CSO (FL) | fl | sheriff | county | - | us-fl-sampleton-county-so
sampleton-county-fl-so | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton CO FL SO | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton CO SO FL | fl | sheriff | county | - | us-fl-sampleton-county-so
Sampleton Parish LA SO | la | sheriff | county | - | us-la-sampleton-parish-so
Sampleton LA SO | la | sheriff | county | - | us-la-sampleton-parish-so
Sampleton City VA SO | va | sheriff | county | - | us-va-sampleton-city-so
Sampleton VA SO | va | sheriff | county | - | us-va-sampleton-so
Sampleton County VA SO | va | sheriff | county | - | us-va-sampleton-county-so
Sampleton CO SO | co | sheriff | county | - | us-co-sampleton-county-so
Sampleton County CO SO | co | sheriff | county | - | us-co-sampleton-county-so
Sampleton Co SO | - | sheriff | county | - | -
Sampleton County SO | - | sheriff | county | - | -
Sampleton County SD | - | sheriff | county | - | -
Sampleton County SD SO | sd | sheriff | county | - | us-sd-sampleton-county-so
Sampleton SD PD | sd | police | local | - | us-sd-sampleton-pd
Sampleton County Sheriff's Office | - | sheriff | county | - | -
Exampleville PD | - | police | local | - | -
Exampleville PD IA | - | police | local | - | -
Exampleville IA PD | ia | police | local | - | us-ia-exampleville-pd
Exampleville PD (IA) | ia | police | local | - | us-ia-exampleville-pd
Exampleville TX PD IA | tx | police | local | - | us-tx-exampleville-pd-ia
Exampleville IN PD | in | police | local | - | us-in-exampleville-pd
Exampleville PD IN | in | police | local | - | us-in-exampleville-pd
Exampleville OR PD | or | police | local | - | us-or-exampleville-pd
Exampleville ME PD | me | police | local | - | us-me-exampleville-pd
Exampleville OK PD | ok | police | local | - | us-ok-exampleville-pd
Exampleville DE PD | de | police | local | - | us-de-exampleville-pd
Exampleville HI PD | hi | police | local | - | us-hi-exampleville-pd
Exampleville MT PD | mt | police | local | - | us-mt-exampleville-pd
MT Exampleville NC PD | nc | police | local | - | us-nc-mount-exampleville-pd
Mt. Exampleville NC PD | nc | police | local | - | us-nc-mount-exampleville-pd
Exampleville PD OK | ok | police | local | - | us-ok-exampleville-pd
La Exampleville CA PD | ca | police | local | - | us-ca-la-exampleville-pd
LA EXAMPLEVILLE CA PD | ca | police | local | - | us-ca-la-exampleville-pd
LA EXAMPLEVILLE PD | - | police | local | - | -
La Exampleville PD | - | police | local | - | -
Exampleville La PD | la | police | local | - | us-la-exampleville-pd
De Exampleville FL PD | fl | police | local | - | us-fl-de-exampleville-pd
LA - Exampleville PD | la | police | local | - | us-la-exampleville-pd
OR - Exampleville PD | or | police | local | - | us-or-exampleville-pd
IN - Exampleville PD | in | police | local | - | us-in-exampleville-pd
Kansas City MO PD | mo | police | local | - | us-mo-kansas-city-pd
Kansas City KS PD | ks | police | local | - | us-ks-kansas-city-pd
Kansas City PD | - | police | local | - | -
Kansas IL PD | il | police | local | - | us-il-kansas-pd
Indiana PA PD | pa | police | local | - | us-pa-indiana-pd
Indiana Borough PA PD | pa | police | local | - | us-pa-indiana-borough-pd
California MD PD | md | police | local | - | us-md-california-pd
California City CA PD | ca | police | local | - | us-ca-california-city-pd
Delaware OH PD | oh | police | local | - | us-oh-delaware-pd
Delaware County OH SO | oh | sheriff | county | - | us-oh-delaware-county-so
Delaware County SO | - | sheriff | county | - | -
Iowa LA PD | la | police | local | - | us-la-iowa-pd
Iowa County WI SO | wi | sheriff | county | - | us-wi-iowa-county-so
Texas City TX PD | tx | police | local | - | us-tx-texas-city-pd
Texas County MO SO | mo | sheriff | county | - | us-mo-texas-county-so
Wyoming MI PD | mi | police | local | - | us-mi-wyoming-pd
Wyoming PD | - | police | local | - | -
Virginia Beach VA PD | va | police | local | - | us-va-virginia-beach-pd
Virginia Beach PD | - | police | local | - | -
Nevada County CA SO | ca | sheriff | county | - | us-ca-nevada-county-so
Nevada MO PD | mo | police | local | - | us-mo-nevada-pd
Oregon OH PD | oh | police | local | - | us-oh-oregon-pd
Oregon PD | - | police | local | - | -
Washington DC Metropolitan PD | dc | police | local | - | us-dc-metropolitan-pd
Washington County GA SO | ga | sheriff | county | - | us-ga-washington-county-so
Washington PD | dc | police | local | - | us-dc-metropolitan-pd
Washington State Patrol | wa | state_police | state | - | us-wa-state-patrol
Washington State University PD | wa | university | state | - | us-wa-washington-state-university
Port Washington WI PD | wi | police | local | - | us-wi-port-washington-pd
Port Washington PD | - | police | local | - | -
West New York NJ PD | nj | police | local | - | us-nj-west-new-york-pd
Missouri City TX PD | tx | police | local | - | us-tx-missouri-city-pd
Michigan City IN PD | in | police | local | - | us-in-michigan-city-pd
Oklahoma City PD | ok | police | local | - | us-ok-oklahoma-city-pd
New York City PD | ny | police | local | - | us-ny-new-york-pd
Colorado Springs CO PD | co | police | local | - | us-co-colorado-springs-pd
Florida City FL PD | fl | police | local | - | us-fl-florida-city-pd
Maryland Heights MO PD | mo | police | local | - | us-mo-maryland-heights-pd
Ohio Township PA PD | pa | police | local | - | us-pa-ohio-township-pd
Iowa Tribe OK PD | ok | tribal | tribal | - | us-ok-iowa-tribe
Ohio DPS | oh | state_police | state | - | us-oh-department-of-public-safety
Ohio State Highway Patrol | oh | state_police | state | - | us-oh-state-highway-patrol
Georgia Bureau of Investigation | ga | state_police | state | - | us-ga-bureau-of-investigation
Texas Department of Public Safety | tx | state_police | state | - | us-tx-department-of-public-safety
TX - Department of Public Safety | tx | state_police | state | - | us-tx-department-of-public-safety
California Highway Patrol | ca | state_police | state | - | us-ca-highway-patrol
Illinois State Police | il | state_police | state | - | us-il-state-police
Illinois State Police IL | il | state_police | state | - | us-il-state-police
NJ State Police | nj | state_police | state | - | us-nj-state-police
PA State Police | pa | state_police | state | - | us-pa-state-police
West Virginia State Police | wv | state_police | state | - | us-wv-state-police
New Hampshire State Police | nh | state_police | state | - | us-nh-state-police
Colorado State Patrol | co | state_police | state | - | us-co-state-patrol
Alaska State Troopers | ak | state_police | state | - | us-ak-state-troopers
NC State Highway Patrol | nc | state_police | state | - | us-nc-state-highway-patrol
University of Kentucky | ky | university | state | - | us-ky-university-of-kentucky
University of Georgia PD | ga | university | state | - | us-ga-university-of-georgia
University of Iowa PD (IA) | ia | university | state | - | us-ia-university-of-iowa
University of Iowa (IA) PD | ia | university | state | - | us-ia-university-of-iowa
Univ of Texas - Exampleville PD | tx | university | unknown | - | us-tx-university-of-texas-exampleville
University of Exampleville PD | - | university | unknown | - | -
Exampleville University NJ PD | nj | university | unknown | - | us-nj-exampleville-university
Exampleville State University GA PD | ga | university | state | - | us-ga-exampleville-state-university
Georgia Southern University PD | ga | university | state | - | us-ga-georgia-southern-university
California University of Pennsylvania PD | pa | university | state | - | us-pa-california-university-of-pennsylvania
Western Washington University PD | wa | university | state | - | us-wa-western-washington-university
Exampleville College Campus NC PD | nc | university | unknown | - | us-nc-exampleville-college
Exampleville Community College NC PD | nc | university | local | - | us-nc-exampleville-community-college
Oklahoma City Community College PD | ok | university | local | - | us-ok-oklahoma-city-community-college
Virginia Commonwealth University PD | va | university | unknown | - | us-va-virginia-commonwealth-university
College Park GA PD | ga | police | local | - | us-ga-college-park-pd
College Station TX PD | tx | police | local | - | us-tx-college-station-pd
State College PA PD | pa | police | local | - | us-pa-state-college-pd
North College Hill OH PD | oh | police | local | - | us-oh-north-college-hill-pd
University City MO PD | mo | police | local | - | us-mo-university-city-pd
University Park TX PD | tx | police | local | - | us-tx-university-park-pd
Town of Exampleville College (NC) | nc | other_public | local | - | us-nc-town-of-exampleville-college
Exampleville ISD TX PD | tx | other_public | local | - | us-tx-exampleville-isd
Exampleville TX ISD PD | tx | other_public | local | - | us-tx-exampleville-isd
Exampleville County School District MS PD | ms | other_public | county | - | us-ms-exampleville-county-school-district
Exampleville Public Schools GA PD | ga | other_public | local | - | us-ga-exampleville-public-schools
Exampleville Nation Tribal SC PD | sc | tribal | tribal | - | us-sc-exampleville-nation-tribal
Exampleville Tribe OK PD | ok | tribal | tribal | - | us-ok-exampleville-tribe
Pueblo of Exampleville NM PD | nm | tribal | tribal | - | us-nm-pueblo-of-exampleville
Exampleville Pueblo NM PD | nm | tribal | tribal | - | us-nm-exampleville-pueblo
Pueblo CO PD | co | police | local | - | us-co-pueblo-pd
National City CA PD | ca | police | local | - | us-ca-national-city-pd
FBI | - | federal | federal | - | us-fbi
FBI Exampleville TX | tx | federal | federal | - | us-tx-fbi-exampleville
ATF Exampleville KY | ky | federal | federal | - | us-ky-atf-exampleville
USMS | - | federal | federal | - | us-usms
USMS (Inactive) | - | federal | federal | inactive | us-usms
HSI Exampleville | - | federal | federal | - | us-federal-hsi-exampleville
ICE | - | federal | federal | - | us-ice
US Postal Inspection Service | - | federal | federal | - | us-uspis
(Federal) US Postal Inspection Service | - | federal | federal | federal | us-uspis
Exampleville VA US Air Force | va | federal | federal | - | us-va-exampleville-us-air-force
Fort Exampleville GA US Army | ga | federal | federal | - | us-ga-fort-exampleville-us-army
Exampleville National Park TN | tn | federal | federal | - | us-tn-exampleville-national-park
Exampleville VA Medical Center PD | - | police | unknown | - | -
Exampleville VA PD | va | police | local | - | us-va-exampleville-pd
NCRIC | ca | fusion_centre | state | - | us-ca-ncric
Exampleville Fusion Center MO | mo | fusion_centre | state | - | us-mo-exampleville-fusion-center
Northeast Ohio Regional Fusion Center | oh | fusion_centre | state | - | us-oh-northeast-regional-fusion-center
Missouri Information Analysis Center | mo | fusion_centre | state | - | us-mo-information-analysis-center
Exampleville Drug Task Force TN | tn | task_force | unknown | - | us-tn-exampleville-drug-task-force
Exampleville DTF (MO) | mo | task_force | unknown | - | us-mo-exampleville-dtf
Mid Missouri Drug Task Force MO | mo | task_force | unknown | - | us-mo-mid-missouri-drug-task-force
Sampleton County Auto Theft Task Force CA | ca | task_force | unknown | - | us-ca-sampleton-county-auto-theft-task-force
Sampleton County CA DA | ca | prosecutor | county | - | us-ca-sampleton-county-da
Sampleton County DAs Office CA | ca | prosecutor | county | - | us-ca-sampleton-county-da
Sampleton County CA District Attorney's Office | ca | prosecutor | county | - | us-ca-sampleton-county-da
Sampleton County Prosecutor's Office (OH) | oh | prosecutor | county | - | us-oh-sampleton-county-prosecutor
Sampleton County State Attorney's Office (IL) | il | prosecutor | county | - | us-il-sampleton-county-state-attorney
Sampleton County Attorney's Office UT | ut | prosecutor | county | - | us-ut-sampleton-county-attorney
Illinois Attorney General | il | prosecutor | state | - | us-il-attorney-general
Office of the Attorney General - GA | ga | prosecutor | state | - | us-ga-attorney-general
Exampleville KS DPS | ks | police | local | - | us-ks-exampleville-dps
Exampleville Department of Public Safety MI | mi | police | local | - | us-mi-exampleville-dps
Exampleville Dept of Public Safety MI | mi | police | local | - | us-mi-exampleville-dps
Exampleville Public Safety Department CA | ca | police | local | - | us-ca-exampleville-dps
Exampleville AZ Marshal's Office | az | police | local | - | us-az-exampleville-marshal
Marshall TX PD | tx | police | local | - | us-tx-marshall-pd
Sampleton County Const TX Pct 5 | tx | police | county | - | us-tx-sampleton-county-constable-pct-5
Sampleton County Constable Precinct 5 (TX) | tx | police | county | - | us-tx-sampleton-county-constable-pct-5
Exampleville Fire Dept TN | tn | other_public | local | - | us-tn-exampleville-fire-department
Firestone CO PD | co | police | local | - | us-co-firestone-pd
Cal Fire | ca | other_public | state | - | us-ca-cal-fire
Exampleville Park District IL PD | il | other_public | local | - | us-il-exampleville-park-district
Exampleville Park IL PD | il | police | local | - | us-il-exampleville-park-pd
Overland Park KS PD | ks | police | local | - | us-ks-overland-park-pd
Exampleville State Park NC PD | nc | other_public | state | - | us-nc-exampleville-state-park
Exampleville Airport NC PD | nc | other_public | local | - | us-nc-exampleville-airport
Exampleville Intl Airport TN PD | tn | other_public | local | - | us-tn-exampleville-international-airport
Exampleville Transit Authority OH PD | oh | other_public | local | - | us-oh-exampleville-transit-authority
Port of Exampleville CA PD | ca | other_public | local | - | us-ca-port-of-exampleville
Exampleville Housing Authority OH PD | oh | other_public | local | - | us-oh-exampleville-housing-authority
Indiana Department of Corrections | in | other_public | state | - | us-in-department-of-corrections
Department of Natural Resources - GA | ga | other_public | state | - | us-ga-department-of-natural-resources
Georgia Department of Natural Resources | ga | other_public | state | - | us-ga-department-of-natural-resources
Sampleton County Communications Center KS|ks|other_public|county|-|us-ks-sampleton-county-communications-center
Sampleton County MO 911 | mo | other_public | county | - | us-mo-sampleton-county-911
Sampleton County Probation Department CA | ca | other_public | county | - | us-ca-sampleton-county-probation-department
Exampleville TX Code Compliance | tx | other_public | local | - | us-tx-exampleville-code-compliance
City of Exampleville WI | wi | other_public | local | - | us-wi-city-of-exampleville
Town of Exampleville (TN) | tn | other_public | local | - | us-tn-town-of-exampleville
Exampleville Township OH | oh | other_public | local | - | us-oh-exampleville-township
Exampleville Township OH PD | oh | police | local | - | us-oh-exampleville-township-pd
Exampleville Twp OH PD | oh | police | local | - | us-oh-exampleville-township-pd
Exampleville Township OH PD (Sampleton County)|oh|police|local|-|us-oh-exampleville-township-pd-sampleton-county
Exampleville Township OH PD (Elsewhere County)|oh|police|local|-|us-oh-exampleville-township-pd-elsewhere-county
Exampleville Railroad IL PD | il | private | private | - | -
Exampleville HOA | - | private | private | - | -
Exampleville Apartments TX | tx | private | private | - | -
Exampleville Mall | - | private | private | - | -
Exampleville Properties Inc - Security | - | private | private | - | -
Flock Safety - Sales | - | vendor | private | - | -
Flock Safety LE Training | - | vendor | private | training | -
Little Flock AR PD | ar | police | local | - | us-ar-little-flock-pd
Demo | - | vendor | private | demo | -
Exampleville Demo | - | vendor | private | demo | -
Ada Example Demo Cam | - | vendor | private | demo | -
Ada Example | - | unknown | unknown | - | -
Bo Sample CA | ca | unknown | unknown | - | -
Exampleville CA PD (Ada Example) | ca | police | local | - | us-ca-exampleville-pd-ada-example
Exampleville CA | ca | unknown | unknown | - | -
do not use | - | unknown | unknown | do-not-use | -
Do Not Use - Sampleton County TX SO | tx | sheriff | county | do-not-use | us-tx-sampleton-county-so
Exampleville/Elsewhere MI PD | mi | police | local | - | us-mi-exampleville-elsewhere-pd
O'Sample MO PD | mo | police | local | - | us-mo-osample-pd
St. Example MO PD | mo | police | local | - | us-mo-st-example-pd
Saint Example MO PD | mo | police | local | - | us-mo-st-example-pd
ST. EXAMPLE MO PD | mo | police | local | - | us-mo-st-example-pd
Cañada Example CA PD | ca | police | local | - | us-ca-canada-example-pd
Savannah Georgia PD | ga | police | local | - | us-ga-savannah-pd
[Federal] Exampleville VA Medical Center PD|-|federal|federal|federal|us-federal-exampleville-va-medical-center-federal
VA Medical Center PD | - | federal | federal | - | us-federal-va-medical-center
Port Authority of NY & NJ PD | - | other_public | local | - | -
Texarkana AR/TX PD | - | police | local | - | -
Exampleville TX/OK PD | - | police | local | - | -
ADAMS CO SO | - | sheriff | county | - | -
EXAMPLEVILLE CO PD | - | police | county | - | -
exampleville-co-pd | co | police | local | - | us-co-exampleville-pd
exampleville-co-so | - | sheriff | county | - | -
exampleville-county-co-so | co | sheriff | county | - | us-co-exampleville-county-so
Sampleton County ME | - | unknown | unknown | - | -
Sampleton County TX ME | - | unknown | unknown | - | -
Sampleton County ME SO | me | sheriff | county | - | us-me-sampleton-county-so
Sampleton County Superior CT | - | unknown | unknown | - | -
Exampleville CT PD | ct | police | local | - | us-ct-exampleville-pd
Exampleville PD ID Unit | - | police | local | - | -
Exampleville PD ID | id | police | local | - | us-id-exampleville-pd
Exampleville AZ PD ID Unit | az | police | local | - | us-az-exampleville-pd-id-unit
Sampleton County IN PA | - | unknown | unknown | - | -
Region VI Drug Task Force | - | task_force | unknown | - | -
Wyoming Department of Public Safety | - | state_police | state | - | -
Wyoming Highway Patrol | wy | state_police | state | - | us-wy-highway-patrol
Oregon Public Safety Department | - | police | local | - | -
Oregon State Police | or | state_police | state | - | us-or-state-police
Nevada Department of Public Safety | nv | state_police | state | - | us-nv-department-of-public-safety
Delaware DPS | - | state_police | state | - | -
Texas DPS | tx | state_police | state | - | us-tx-department-of-public-safety
Iowa Park PD | - | police | local | - | -
Iowa Department of Public Safety | ia | state_police | state | - | us-ia-department-of-public-safety
Arkansas Pass PD | - | police | local | - | -
Fort Washington State Park | - | other_public | state | - | -
Port Washington Police Department | - | police | local | - | -
Lake Michigan PD | - | police | local | - | -
George Washington University PD | - | university | state | - | -
Washington University PD | - | university | state | - | -
Norfolk State University PD | - | university | state | - | -
Delaware State University PD | de | university | state | - | us-de-delaware-state-university
Indiana University of Pennsylvania PD | pa | university | state | - | us-pa-indiana-university-of-pennsylvania
Kansas City Missouri PD | mo | police | local | - | us-mo-kansas-city-pd
Exampleville Missouri Police Department | mo | police | local | - | us-mo-exampleville-pd
Exampleville PD Georgia | ga | police | local | - | us-ga-exampleville-pd
Exampleville Police, Georgia | ga | police | local | - | us-ga-exampleville-pd
Alabama-Coushatta PD | tx | tribal | tribal | - | us-tx-alabama-coushatta-tribe
Iowa Tribe of Oklahoma PD | ok | tribal | tribal | - | us-ok-iowa-tribe-of-oklahoma
Delaware Nation PD | - | tribal | tribal | - | -
Mississippi Band of Exampleville Police | - | tribal | tribal | - | -
Northern Virginia Task Force | va | task_force | unknown | - | us-va-northern-virginia-task-force
Tennessee Valley Authority Police | - | federal | federal | - | us-tva-police
New Jersey Transit PD | nj | other_public | local | - | us-nj-new-jersey-transit
New York State Park Police | ny | other_public | state | - | us-ny-state-park
Illinois Secretary of State Police | il | state_police | state | - | us-il-secretary-of-state-police
Missouri State University PD | mo | university | state | - | us-mo-missouri-state-university
Washington State Department of Corrections | wa | other_public | state | - | us-wa-state-department-of-corrections
US Marshals Service Exampleville TX | tx | federal | federal | - | us-tx-us-marshals-service-exampleville
US Marshals - Southern District of Texas | tx | federal | federal | - | us-tx-us-marshals-southern-district-of-texas
DEA Task Force Exampleville OH | oh | federal | federal | - | us-oh-dea-task-force-exampleville
HSI Task Force | - | federal | federal | - | us-federal-hsi-task-force
ICE ERO Exampleville | - | federal | federal | - | us-federal-ice-ero-exampleville
CBP - Exampleville Sector TX | tx | federal | federal | - | us-tx-cbp-exampleville-sector
Homeland Security Investigations | - | federal | federal | - | us-ice-hsi
[Federal] Exampleville VA PD | - | federal | federal | federal | us-federal-exampleville-va-pd-federal
Exampleville VA PD [Federal] | - | federal | federal | federal | us-federal-exampleville-va-pd-federal
[Federal] Exampleville TX VA PD | tx | federal | federal | federal | us-tx-exampleville-va-pd-federal
National Guard Exampleville PA | pa | other_public | state | - | us-pa-national-guard-exampleville
US Capitol Police | - | federal | federal | - | us-federal-us-capitol-police
U.S. Marshals Service | - | federal | federal | - | us-usms
U.S. Forest Service | - | federal | federal | - | us-federal-us-forest-service
Federal Protective Service | - | federal | federal | - | us-federal-federal-protective-service
Exampleville TX Federal Courthouse PD | tx | police | local | - | us-tx-exampleville-federal-courthouse-pd
Office of Justice Exampleville | - | unknown | unknown | - | -
Price CO PD | co | police | local | - | us-co-price-pd
Ice County TX SO | tx | sheriff | county | - | us-tx-ice-county-so
Ada ICE Example | - | unknown | unknown | - | -
ice cream mall | - | private | private | - | -
Naval Station Exampleville VA | va | federal | federal | - | us-va-naval-station-exampleville
Fort Exampleville PD CA | ca | police | local | - | us-ca-fort-exampleville-pd
Camp Exampleville NC Marine Corps Base | nc | federal | federal | - | us-nc-camp-exampleville-marine-corps-base
JTTF | - | federal | federal | - | us-federal-jttf
FBI JTTF Exampleville | - | federal | federal | - | us-federal-fbi-jttf-exampleville
"""

ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.strip().splitlines()]
KNOWN = {row[0]: row for row in ROWS}
MARKS = (
    " (LR)",
    " - Axon",
    " (Flex)",
    " [Inactive]",
    " (deactivated)",
    " (Tech)",
    " (Condor)",
    " (Do Not Use)",
    " (2)",
)

SLUG_MARKS = (" (LR)", " - Axon", " (Flex)", " (Condor)")
"""Those that are seen at the end of a slug, such as `sampleton-county-fl-so-flex`."""


def resolved(*written: str, home: str = "", judged: dict[str, str] | None = None) -> dict[str, identity.Organisation]:
    return identity.resolved(written, WORDS, BODIES, home, judged)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_name_says_what_it_says(row: tuple[str, ...]) -> None:
    """State, kind, level, marks and agency of each name; a dash where the name does not say."""
    name, state, kind, level, marks, agency = row
    found = resolve.organisation(name, CONTENT)
    said = (found.parsed.state or "-", found.parsed.kind.value, found.parsed.level.value)
    assert said == (state, kind, level)
    assert " ".join(found.parsed.marks) or marks == "-"
    assert (found.agency or "-") == agency


def test_marks_are_kept_in_order() -> None:
    for name, _, _, _, marks, _ in ROWS:
        assert resolve.parse(name, CONTENT).marks == (() if marks == "-" else tuple(marks.split()))


def test_the_spelling_that_is_shown_means_the_same_agency() -> None:
    """Taking the canonical name apart gives the agency, state, kind and level that it came from, and itself."""
    for name in KNOWN:
        found = resolve.organisation(name, CONTENT)
        if found.how != "rule" or found.name is None:
            continue
        again = resolve.organisation(found.name, CONTENT)
        assert (again.agency, again.name) == (found.agency, found.name), name
        for field in ("state", "kind", "level"):
            assert getattr(again.parsed, field) == getattr(found.parsed, field), (name, field)


@given(st.permutations(sorted(KNOWN)), st.integers(min_value=5, max_value=len(KNOWN)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_names_does_not_matter(order: list[str], count: int) -> None:
    some = order[:count]
    assert resolved(*some) == resolved(*sorted(some))


@given(st.sampled_from(sorted(KNOWN)), st.sampled_from(MARKS))
@settings(max_examples=100, deadline=None)
def test_a_mark_never_changes_who_it_is(name: str, mark: str) -> None:
    if " " not in name:
        mark = mark.lower().replace(" - ", "-").replace(" (", "-").strip("[]()-") if mark in SLUG_MARKS else ""
        name, mark = (name, f"-{mark}") if mark else ("Exampleville CA PD", " (LR)")
    plain, marked = resolve.organisation(name, CONTENT), resolve.organisation(name + mark, CONTENT)
    if plain.parsed.tail in ("pd", "so") and not plain.parsed.rest and not plain.parsed.marks:
        assert marked.agency == plain.agency
        assert marked.parsed.state == plain.parsed.state
        assert marked.parsed.marks


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_whatever_is_written_is_taken_apart(text: str) -> None:
    """No text breaks the parser, and a text without words of a kind is never public."""
    found = resolve.organisation(text, CONTENT)
    if found.parsed.kind is model.Kind.UNKNOWN:
        assert not found.public
        assert found.agency is None


@pytest.mark.parametrize(
    "name",
    ["Ada Example", "Bo Sample CA", "Exampleville CA PD (Ada Example)", "Exampleville CA PD - Bo Sample",
     "Ada Example Demo Cam", "Exampleville HOA", "Exampleville PD", "PD CA", "Exampleville Apartments TX"],
)  # fmt: skip
def test_what_may_be_a_person_or_a_private_party_is_not_public(name: str) -> None:
    assert not resolve.organisation(name, CONTENT).public


@pytest.mark.parametrize(
    "name",
    ["Exampleville CA PD", "Sampleton County FL SO (LR)", "Exampleville Township OH PD (Sampleton County)", "FBI",
     "Sampleton County TX Constable Pct 4", "Exampleville CA PD (ABCSO)", "University of Kentucky"],
)  # fmt: skip
def test_public_bodies_are_public(name: str) -> None:
    assert resolve.organisation(name, CONTENT).public


# --- spellings -------------------------------------------------------------------------------------------------------

SLIPS = [
    ("Exmapleville OH PD", "Exampleville OH PD"),
    ("Exampeville OH PD", "Exampleville OH PD"),
    ("Exxampleville OH PD", "Exampleville OH PD"),
    ("Sampelton County OH SO", "Sampleton County OH SO"),
]
TWO_PLACES = [
    ("Claxton GA PD", "Clayton GA PD"),
    ("Marion County FL SO", "Martin County FL SO"),
    ("Harris County TX SO", "Harrison County TX SO"),
    ("Newton OH PD", "Newtown OH PD"),
    ("Maryville CA PD", "Marysville CA PD"),
    ("Darlington WI PD", "Arlington WI PD"),
    ("Fairmont IL PD", "Fairmount IL PD"),
    ("Charleston IN PD", "Charlestown IN PD"),
    ("Clay County GA SO", "Clayton County GA SO"),
    ("Westmont IL PD", "Westport IL PD"),
    ("Exampleville Township OH PD", "Exampleville OH PD"),
    ("Bloomfield CO PD", "Broomfield CO PD"),
    ("Sunnydale CA PD", "Sunnyvale CA PD"),
    ("Leon County TX SO", "Lee County TX SO"),
    ("Henrico County VA PD", "Henry County VA PD"),
    ("Exampleville 1 OH PD", "Exampleville 12 OH PD"),
]


@pytest.mark.parametrize(("wrong", "right"), SLIPS)
def test_a_slip_of_the_keyboard_is_the_same_agency(wrong: str, right: str) -> None:
    """Where the right spelling stands more than once in the case and the wrong one once."""
    state = "TX PD" if "PD" in right else "TX SO"
    found = resolved(wrong, right, right.replace("OH PD", state).replace("OH SO", state))
    assert found[wrong].agency == found[right].agency
    assert found[wrong].name == found[right].name
    assert found[wrong].how == "fuzzy"
    assert found[right].how == "rule"


@pytest.mark.parametrize(("rare", "common"), TWO_PLACES)
def test_two_places_stay_two(rare: str, common: str) -> None:
    """However often one of them stands in the case."""
    elsewhere = [common.replace(f" {WORDS_OF_STATE[common]} ", f" {state} ") for state in ("MO", "TN", "NC", "WA")]
    found = resolved(rare, common, *elsewhere)
    assert found[rare].agency != found[common].agency
    assert found[rare].how == "rule"


WORDS_OF_STATE = {pair[1]: (resolve.parse(pair[1], CONTENT).state or "").upper() for pair in TWO_PLACES}


def test_a_slip_needs_the_right_spelling_to_be_the_common_one() -> None:
    found = resolved("Exmapleville OH PD", "Exampleville OH PD")
    assert {o.how for o in found.values()} == {"rule"}


def test_what_stands_once_is_nobodys_right_spelling() -> None:
    found = resolved("Sambplegtonford OH PD", "Samplegtonford OH PD", "Sambpletonford OH PD")
    assert {o.how for o in found.values()} == {"rule"}


def test_a_slip_does_not_cross_states_or_kinds() -> None:
    found = resolved("Exmapleville OH PD", "Exampleville TX PD", "Exampleville CA PD", "Exampleville OH DPS")
    assert {o.how for o in found.values()} == {"rule"}


def test_a_federal_mark_makes_no_other_agency_of_a_federal_body() -> None:
    plain, marked = "Exampleville OH Air Force Base", "(Federal) Exampleville OH Air Force Base"
    assert resolve.organisation(plain, CONTENT).agency == resolve.organisation(marked, CONTENT).agency


def test_a_federal_mark_keeps_a_federal_body_apart_from_a_local_one() -> None:
    plain, marked = "Exampleville OH PD", "[Federal] Exampleville OH PD"
    assert resolve.organisation(plain, CONTENT).agency != resolve.organisation(marked, CONTENT).agency


def test_two_that_are_equally_near_decide_nothing() -> None:
    found = resolved(
        "Samplebrgton OH PD", "Samplebrton OH PD", "Samplebgton OH PD", "Samplebrton TX PD", "Samplebgton TX PD"
    )
    assert found["Samplebrgton OH PD"].how == "rule"


def test_blanks_in_a_place_do_not_matter() -> None:
    found = resolved("La Example TN PD", "LaExample TN PD")
    assert len({o.agency for o in found.values()}) == 1


def test_one_agency_has_one_name() -> None:
    found = resolved("Sampleton FL SO", "Sampleton Co FL SO", "sampleton-county-fl-so", "Sampleton County SO - FL (LR)")
    assert {o.name for o in found.values()} == {"Sampleton County FL SO"}


# --- home, judgements, table -----------------------------------------------------------------------------------------


def test_the_home_agency_may_leave_its_state_out() -> None:
    found = resolved("Sampleton County SO", "Elsewhere County SO", home="Sampleton County FL SO")
    assert found["Sampleton County SO"].agency == "us-fl-sampleton-county-so"
    assert found["Sampleton County SO"].parsed.state == "fl"
    assert found["Elsewhere County SO"].how == "unresolved"


def test_a_name_without_a_state_stays_unresolved_even_with_one_candidate() -> None:
    found = resolved("Exampleville PD", "Exampleville OH PD")
    assert found["Exampleville PD"].agency is None
    assert found["Exampleville PD"].how == "unresolved"


def test_a_judgement_wins_over_everything() -> None:
    found = resolved(
        "Exampleville PD", "Exampleville OH PD", "FBI",
        judged={"exampleville  pd": "us-ca-exampleville-pd", "FBI": "", "Exampleville OH PD": "us-ca-ncric"},
    )  # fmt: skip
    first = found["Exampleville PD"]
    assert (first.agency, first.parsed.state, first.parsed.kind) == ("us-ca-exampleville-pd", "ca", model.Kind.POLICE)
    assert (first.how, first.public) == ("judgement", True)
    assert found["FBI"].agency is None
    assert not found["FBI"].public
    assert found["Exampleville OH PD"].parsed.kind is model.Kind.FUSION_CENTRE


def test_a_judgement_that_is_no_agency_is_refused() -> None:
    with pytest.raises(CaseUnusable, match="no agency's id"):
        resolved("Exampleville PD", judged={"Exampleville PD": "the one in California"})
    with pytest.raises(CaseUnusable, match="incomplete"):
        resolve.judged([{"kind": "agency", "name": "Exampleville PD"}])


def test_lines_of_other_kinds_are_not_about_agencies_and_the_last_line_stands() -> None:
    lines: list[dict[str, object]] = [
        {"kind": "agency", "name": "A", "agency": "us-ca-a-pd"},
        {"kind": "reason", "id": 1},
        {"kind": "agency", "name": "A", "agency": ""},
    ]
    assert resolve.judged(lines) == {"A": ""}


@pytest.fixture
def case() -> Iterator[store.Store]:
    with store.Store() as opened:
        yield opened


def test_every_name_becomes_one_row_of_the_documented_columns(case: store.Store) -> None:
    ids = {name: f"00000000-0000-0000-0000-{number:012d}" for number, name in enumerate(KNOWN)}
    rows = [(token, name) for name, token in ids.items()]
    case.load("names", {"id": "UUID", "name": "VARCHAR"}, rows + rows[:20])
    resolve.organisations(case, CONTENT, "Sampleton County FL SO")
    found = case.records("SELECT * FROM organisations")
    assert [tuple(c) for c in case.rows("SELECT column_name, column_type FROM (DESCRIBE organisations)")] == [
        (column.name, column.type) for column in model.ORGANISATIONS
    ]
    assert len(found) == len(KNOWN)
    assert all((row["agency"] is None) == (row["name"] is None) for row in found)
    assert not [row for row in found if row["public"] and row["agency"] is None]
    by_id = {str(row["org"]): row for row in found}
    assert by_id[ids["Sampleton County FL SO (LR)"]]["marks"] == "lr"
    assert by_id[ids["Sampleton County SO"]]["state"] == "fl"


def test_without_names_the_table_is_there_and_empty(case: store.Store) -> None:
    case.load("names", {"id": "UUID", "name": "VARCHAR"}, [])
    resolve.organisations(case, CONTENT)
    assert case.one("SELECT count(*) FROM organisations") == 0


# --- real names ------------------------------------------------------------------------------------------------------

REAL = Path(__file__).parents[1].parent / "shared/data/private-eyes/agency20240426.csv"


@pytest.mark.real
@pytest.mark.skipif(not REAL.exists(), reason="the real names are not beside this checkout")
def test_of_the_real_names_nearly_all_say_state_and_kind() -> None:
    """State found in at least 97 %, kind in at least 95 %; nobody is taken for federal in great numbers."""
    written = [line.split(",")[1].strip('"') for line in REAL.read_text().splitlines()[1:]]
    found = resolved(*written).values()
    assert sum(o.parsed.state is not None for o in found) >= 0.97 * len(found)
    assert sum(o.parsed.kind is not model.Kind.UNKNOWN for o in found) >= 0.95 * len(found)
    assert sum(o.parsed.level is model.Level.FEDERAL for o in found) < 0.01 * len(found)


@pytest.mark.parametrize("name", ["Ada Example CA PD", "Bo Sample TX SO", "ADA EXAMPLE CA PD", "ada-example-ca-pd"])
def test_a_given_name_before_a_kind_stays_local(name: str) -> None:
    """It may be a place or somebody's account: it counts as an agency, and is not named by rule alone."""
    found = resolve.organisation(name, CONTENT)
    assert found.agency is not None
    assert not found.public


@pytest.mark.parametrize(
    "name", ["John Day OR PD", "Carol Stream IL PD", "Scott City KS PD", "Scott County IA SO", "Ada CA PD",
             "Elizabeth Township PA PD", "Ada Example Falls CA PD"],
)  # fmt: skip
def test_a_place_that_begins_with_a_given_name_is_no_person(name: str) -> None:
    assert resolve.organisation(name, CONTENT).public


def test_a_judgement_names_what_the_guard_keeps_back() -> None:
    words = vocabulary.vocabulary(CONTENT)
    bodies = identity.Bodies(CONTENT.agencies, words)
    name = "Ada Example CA PD"
    assert not identity.resolved([name], words, bodies)[name].public
    assert identity.resolved([name], words, bodies, "", {name: "us-ca-ada-example-pd"})[name].public
