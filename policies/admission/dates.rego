# "$20k in one day … forgot to change the start dates on a cloned campaign".
package flightplan.admission.dates

import data.flightplan.admission.limits

day_ms := 86400000

deny contains finding if {
	some id in input.diff.campaigns.added
	some source, original in input.old.campaigns
	is_copy(id, source)
	copied := input.new.campaigns[id]
	copied.start_ms == original.start_ms
	finding := {
		"rule": "cloned-with-old-dates",
		"at": {"kind": "campaign", "id": id, "path": ["flight", "start"]},
		"message": sprintf("%s is a copy of %s and still starts when that one does, on %s", [id, source, copied.start]),
		"fix": sprintf("set the dates anew; `flight clone %s --as %s --start … --end …` does", [source, id]),
	}
}

deny contains finding if {
	some id in input.diff.campaigns.added
	campaign := input.new.campaigns[id]
	campaign.status == "active"
	campaign.end_ms <= input.now_ms
	finding := {
		"rule": "over-before-it-begins",
		"at": {"kind": "campaign", "id": id, "path": ["flight", "end"]},
		"message": sprintf("%s is new and ended on %s: it can never bid", [id, campaign.end]),
	}
}

advise contains finding if {
	some id in input.diff.campaigns.added
	campaign := input.new.campaigns[id]
	campaign.end_ms > input.now_ms
	campaign.start_ms < input.now_ms - (limits.max_days_back * day_ms)
	finding := {
		"rule": "starts-in-the-past",
		"at": {"kind": "campaign", "id": id, "path": ["flight", "start"]},
		"message": sprintf("%s is new and starts in the past, on %s: pacing takes the days gone as lost", [id, campaign.start]),
	}
}

# The original stays (else it is renamed), and both have the same line items.
is_copy(id, source) if {
	id != source
	input.new.campaigns[source]
	names := item_names(input.new, id)
	count(names) > 0
	names == item_names(input.old, source)
	input.new.campaigns[id].advertiser == input.old.campaigns[source].advertiser
}

item_names(config, campaign) := {trim_prefix(id, concat("", [campaign, "/"])) |
	some id, item in config.line_items
	item.campaign == campaign
}
