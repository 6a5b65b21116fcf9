# What one impression may cost.
package flightplan.admission.bids

import data.flightplan.admission.change
import data.flightplan.admission.limits

deny contains finding if {
	some id in change.line_items
	item := input.new.line_items[id]
	some format in item.formats
	cap := limits.max_cpm_usd_nano[format]
	item.max_usd_nano > cap
	finding := {
		"rule": "bid-above-cap",
		"at": {"kind": "line_item", "id": id, "path": ["bid"]},
		"message": sprintf(
			"%s can bid a CPM of %s (%d USD) on %s, where the cap is %d USD",
			[id, item.max.text, ceil(item.max_usd_nano / 1000000), format, cap / 1000000],
		),
		"fix": "lower the bid or its max_cpm, or raise the cap in policies/admission/limits.rego",
	}
}

advise contains finding if {
	some id in input.diff.line_items.changed
	before := input.old.line_items[id].bid
	after := input.new.line_items[id].bid
	before.kind == after.kind
	after.nano > before.nano * limits.notable_bid_raise
	finding := {
		"rule": "bid-raise",
		"at": {"kind": "line_item", "id": id, "path": ["bid", after.kind]},
		"message": sprintf("the bid of %s goes from %s to %s", [id, before.text, after.text]),
	}
}
