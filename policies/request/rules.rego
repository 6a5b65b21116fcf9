# Derived rules: each is true or false of a request, and a line item may name it (`not: {rule: sensitive_event_live}`).
# Every rule has a `default … := false`; what they share lives in limits.rego.
package flightplan.rules

import data.flightplan.limits

default sensitive_event_live := false

# Breaking news and crises are live streams in these categories; recorded news is left to category targeting.
sensitive_event_live if {
	input.content.livestream == true
	sensitive_content
}

default sensitive_content := false

sensitive_content if {
	some category in input.content.categories
	category in limits.sensitive_categories
}

default family_content := false

# IQG media rating 1: all audiences.
family_content if input.content.rating == 1

default mature_content := false

mature_content if input.content.rating == 3

default late_evening_utc := false

late_evening_utc if input.hour_utc >= 21

late_evening_utc if input.hour_utc < 4

default shared_screen := false

# AdCOM device types 3 (connected TV) and 7 (set-top box): a household watches.
shared_screen if input.device.type in {3, 7}
