# Names and labels by which reports and people find things.
package flightplan.admission.naming

import data.flightplan.admission.limits

advise contains finding if {
	some id in input.diff.campaigns.added
	advertiser := input.new.campaigns[id].advertiser
	not startswith(id, concat("", [advertiser, "-"]))
	finding := {
		"rule": "campaign-name",
		"at": {"kind": "campaign", "id": id, "path": ["campaign"]},
		"message": sprintf("the id of a campaign begins with its advertiser: %s-…, not %s", [advertiser, id]),
	}
}

advise contains finding if {
	some id in input.diff.campaigns.added
	count(input.new.campaigns[id].owners) == 0
	finding := {
		"rule": "no-owner",
		"at": {"kind": "campaign", "id": id, "path": ["campaign"]},
		"message": sprintf("%s has no owner, of its own or of its order or advertiser", [id]),
		"fix": "add `owner:`",
	}
}

deny contains finding if {
	some id in input.diff.campaigns.added
	some label in limits.required_labels
	not input.new.campaigns[id].labels[label]
	finding := {
		"rule": "label-missing",
		"at": {"kind": "campaign", "id": id, "path": ["campaign"]},
		"message": sprintf("%s lacks the label %s", [id, label]),
		"fix": sprintf("add it under `labels:`, as `%s: …`", [label]),
	}
}
