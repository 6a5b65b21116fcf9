# Who sells the impression, and through how many hands.
package flightplan.request.supply

import data.flightplan.limits

# complete: 0 says that nodes are missing; null says that there is no chain at all.
deny contains "supply_chain" if input.supply.complete == false

deny contains "supply_chain" if input.supply.hops > limits.max_hops

deny contains "supply_chain" if {
	limits.require_chain
	input.supply.complete == null
}

deny contains "ads_txt" if input.supply.ads_txt == "unauthorized"
