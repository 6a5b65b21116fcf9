# What may be shown to whom, where: category × country × age.
package flightplan.admission.sensitive

import data.flightplan.admission.change
import data.flightplan.admission.limits

deny contains finding if {
	some id in change.line_items
	item := input.new.line_items[id]
	some entry in limits.sensitive
	some category in item.categories
	category in entry.categories
	needed := {age | some country, age in entry.ages; reaches(item.audience, country)}
	least := max(needed)
	not old_enough(item.audience, least)
	finding := {
		"rule": "sensitive-category",
		"at": {"kind": "line_item", "id": id, "path": ["where"]},
		"message": sprintf(
			"%s advertises %s (%s) and can reach people below %d",
			[id, entry.what, category, least],
		),
		"fix": sprintf("add `user: {age: {min: %d}}` to its where, or leave those countries out", [least]),
	}
}

# Targeting that names no country reaches all.
reaches(audience, _) if audience.countries == null

reaches(audience, country) if country in audience.countries

old_enough(audience, least) if {
	audience.min_age != null
	audience.min_age >= least
}
