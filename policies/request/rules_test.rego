package flightplan.rules_test

import data.flightplan.rules

quiet := {
	"content": {"rating": null, "categories": ["1:IAB17", "1:IAB17-44"], "livestream": null},
	"device": {"type": 2},
	"hour_utc": 12,
}

true_of(change) := names if {
	names := {name | some name, value in rules; value == true} with input as object.union(quiet, change)
}

test_quiet if true_of({}) == set()

test_sensitive_content if {
	true_of({"content": {"categories": ["1:IAB12"]}}) == {"sensitive_content"}
	true_of({"content": {"categories": ["6:381", "6:1"]}}) == {"sensitive_content"}
}

test_live_news if {
	true_of({"content": {"livestream": true}}) == set()
	true_of({"content": {"livestream": true, "categories": ["9:389"]}}) == {"sensitive_content", "sensitive_event_live"}
	true_of({"content": {"livestream": false, "categories": ["9:389"]}}) == {"sensitive_content"}
}

test_rating if {
	true_of({"content": {"rating": 1}}) == {"family_content"}
	true_of({"content": {"rating": 2}}) == set()
	true_of({"content": {"rating": 3}}) == {"mature_content"}
}

test_late_evening if {
	late := {hour | some hour in numbers.range(0, 23); "late_evening_utc" in true_of({"hour_utc": hour})}
	late == {0, 1, 2, 3, 21, 22, 23}
}

test_shared_screen if {
	shared := {type | some type in numbers.range(0, 8); "shared_screen" in true_of({"device": {"type": type}})}
	shared == {3, 7}
}

test_nothing_known if {
	names := {name | some name, value in rules; value == true} with input as {}
	names == set()
}
