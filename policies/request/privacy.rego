# May we bid at all, and which personal fields may the engine read. Fails closed: each field needs every condition to
# be known and true, so a missing input withholds it. Frameworks: TCF 2.3 (purposes), US state law through GPP, COPPA.
package flightplan.request.privacy

deny contains "privacy" if not basis

default basis := false

basis if input.privacy.gdpr_applies == false

# TCF: valid consent, our vendor, and purpose 2 (select basic ads), without which no ad may be chosen.
basis if {
	input.privacy.gdpr_applies == true
	input.privacy.tcf_valid == true
	input.privacy.vendor_allowed == true
	purpose(2)
}

use contains "ip" if {
	basis
	adult
}

# Purpose 1: store or read on a device, which is what an id is.
use contains "ids" if {
	personal
	purpose(1)
}

# Purposes 3 and 4: make, and use, a profile for personalised ads.
use contains field if {
	personal
	purpose(3)
	purpose(4)
	some field in ["segments", "demographics"]
}

use contains "precise_geo" if {
	personal
	precise_geo_opt_in
}

adult if input.privacy.coppa == false

# No child, no opt-out of any kind. Limit-ad-tracking withholds exact places too: they identify a person as an id does.
personal if {
	basis
	adult
	input.privacy.us_opt_out == false
	input.privacy.gpc == false
	input.privacy.lmt == false
	input.privacy.dnt == false
}

purpose(_) if input.privacy.gdpr_applies == false

purpose(n) if n in input.privacy.purposes

precise_geo_opt_in if input.privacy.gdpr_applies == false

# TCF special feature 1.
precise_geo_opt_in if input.privacy.precise_geo_opt_in == true
