# A line item without a cap shows one person the same ad all day. Caps are a word of a later version: until `frequency`
# is part of what policies see, this rule is silent.
package flightplan.admission.frequency

import data.flightplan.admission.change

advise contains finding if {
	some id in change.line_items
	item := input.new.line_items[id]
	item.frequency == []
	input.new.campaigns[item.campaign].frequency == []
	finding := {
		"rule": "no-frequency-cap",
		"at": {"kind": "line_item", "id": id, "path": []},
		"message": sprintf("%s has no frequency cap, nor has its campaign", [id]),
		"fix": "add `frequency:`",
	}
}
