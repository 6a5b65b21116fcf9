# The generated entrypoint: what the runtime asks, whole.
package flightplan.entrypoint_test

import data.flightplan.entrypoint

good := {
	"privacy": {
		"gdpr_applies": true, "tcf_valid": true, "vendor_allowed": true, "purposes": [1, 2, 3, 4],
		"precise_geo_opt_in": true, "us_opt_out": false, "coppa": false, "lmt": false, "dnt": false, "gpc": false,
	},
	"supply": {"complete": true, "hops": 1, "ads_txt": "authorized"},
	"traffic": {"invalid": false},
	"content": {"rating": 1, "categories": ["1:IAB12"], "livestream": true},
	"device": {"type": 3},
	"hour_utc": 22,
}

verdict(change) := v if v := entrypoint.verdict with input as object.union(good, change)

test_allowed if {
	v := verdict({})
	v.allow
	v.reason == null
	v.use == ["demographics", "ids", "ip", "precise_geo", "segments"]
	v.rules == {
		"family_content": true, "late_evening_utc": true, "mature_content": false, "sensitive_content": true,
		"sensitive_event_live": true, "shared_screen": true,
	}
}

test_reasons_in_order if {
	bad_traffic := {"traffic": {"invalid": true}}
	bad_ads := object.union(bad_traffic, {"supply": {"ads_txt": "unauthorized"}})
	bad_chain := object.union(bad_ads, {"supply": {"complete": false}})
	bad_privacy := object.union(bad_chain, {"privacy": {"tcf_valid": false}})
	verdict(bad_traffic).reason == "invalid_traffic"
	verdict(bad_ads).reason == "ads_txt"
	verdict(bad_chain).reason == "supply_chain"
	verdict(bad_privacy).reason == "privacy"
}

test_denied_uses_nothing if {
	v := verdict({"traffic": {"invalid": true}})
	not v.allow
	v.use == []
}

# A policy may deny with a name that is no reason of ours: it still denies.
test_unknown_reason if {
	v := entrypoint.verdict with input as good with entrypoint.denied as {"a name of its own"}
	not v.allow
	v.reason == "policy_denied"
}

test_empty_input if {
	v := entrypoint.verdict with input as {}
	not v.allow
	v.reason == "privacy"
	v.use == []
}
