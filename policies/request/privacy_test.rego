package flightplan.request.privacy_test

import data.flightplan.request.privacy

# Consent to everything, under GDPR.
full := {
	"gdpr": true, "gdpr_applies": true, "tcf_valid": true, "vendor_allowed": true,
	"purposes": [1, 2, 3, 4, 7], "precise_geo_opt_in": true,
	"us_opt_out": false, "coppa": false, "lmt": false, "dnt": false, "gpc": false, "dsa": null,
}

outside := object.union(full, {"gdpr_applies": false, "tcf_valid": false, "vendor_allowed": false, "purposes": [], "precise_geo_opt_in": false})

all_fields := {"ids", "precise_geo", "segments", "demographics", "ip"}

# name → change to a base → fields that may be used (null: no bid)
cases := {
	"consent to all": [full, {}, all_fields],
	"no valid string": [full, {"tcf_valid": false}, null],
	"vendor refused": [full, {"vendor_allowed": false}, null],
	"purpose 2 refused": [full, {"purposes": [1, 3, 4]}, null],
	"no purpose at all": [full, {"purposes": []}, null],
	"basic ads only": [full, {"purposes": [2], "precise_geo_opt_in": false}, {"ip"}],
	"storage, no profile": [full, {"purposes": [1, 2], "precise_geo_opt_in": false}, {"ids", "ip"}],
	"purpose 4 without 3": [full, {"purposes": [1, 2, 4]}, {"ids", "precise_geo", "ip"}],
	"purpose 3 without 4": [full, {"purposes": [1, 2, 3]}, {"ids", "precise_geo", "ip"}],
	"no special feature": [full, {"precise_geo_opt_in": false}, {"ids", "segments", "demographics", "ip"}],
	"child with consent": [full, {"coppa": true}, set()],
	"lmt with consent": [full, {"lmt": true}, {"ip"}],
	"dnt with consent": [full, {"dnt": true}, {"ip"}],
	"no GDPR": [outside, {}, all_fields],
	"US opt-out": [outside, {"us_opt_out": true}, {"ip"}],
	"GPC": [outside, {"gpc": true}, {"ip"}],
	"lmt": [outside, {"lmt": true}, {"ip"}],
	"dnt": [outside, {"dnt": true}, {"ip"}],
	"COPPA": [outside, {"coppa": true}, set()],
	"COPPA and opt-out": [outside, {"coppa": true, "us_opt_out": true, "gpc": true}, set()],
}

test_case[name] if {
	some name, [base, change, expected] in cases
	given := {"privacy": object.union(base, change)}
	denied := privacy.deny with input as given
	used := privacy.use with input as given
	denied == {"privacy" | expected == null}
	used == {field | some field in all_fields; expected != null; field in expected}
}

test_all_cases if {
	count(test_case) == count(cases)
}

# Each condition that withholds something, when it is missing or no boolean, withholds too.
test_missing_is_closed if {
	every field in ["gdpr_applies", "tcf_valid", "vendor_allowed", "purposes"] {
		given := {"privacy": object.remove(full, [field])}
		privacy.deny == {"privacy"} with input as given
		privacy.use == set() with input as given
	}
	every field in ["coppa", "us_opt_out", "gpc", "lmt", "dnt"] {
		not "ids" in privacy.use with input as {"privacy": object.remove(full, [field])}
		not "segments" in privacy.use with input as {"privacy": object.union(full, {field: null})}
	}
}

test_empty_input_is_closed if {
	privacy.deny == {"privacy"} with input as {}
	privacy.use == set() with input as {}
}
