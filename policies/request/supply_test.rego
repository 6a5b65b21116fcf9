package flightplan.request.supply_test

import data.flightplan.limits
import data.flightplan.request.supply

denied(given) := reasons if reasons := supply.deny with input as {"supply": given}

clean := {"complete": true, "hops": 1, "ads_txt": "authorized"}

test_clean if denied(clean) == set()

test_unknown_is_open if denied({"complete": null, "hops": 0, "ads_txt": "unknown"}) == set()

test_incomplete if denied(object.union(clean, {"complete": false})) == {"supply_chain"}

test_hops if {
	denied(object.union(clean, {"hops": limits.max_hops})) == set()
	denied(object.union(clean, {"hops": limits.max_hops + 1})) == {"supply_chain"}
}

test_chain_may_be_required if {
	given := {"supply": object.union(clean, {"complete": null})}
	supply.deny == {"supply_chain"} with input as given with limits.require_chain as true
	supply.deny == set() with input as {"supply": clean} with limits.require_chain as true
}

test_unauthorized if denied(object.union(clean, {"ads_txt": "unauthorized"})) == {"ads_txt"}

test_both if denied({"complete": false, "hops": 9, "ads_txt": "unauthorized"}) == {"supply_chain", "ads_txt"}
