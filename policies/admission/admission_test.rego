package flightplan.admission_test

import data.flightplan.admission.bids
import data.flightplan.admission.budget
import data.flightplan.admission.dates
import data.flightplan.admission.deletion
import data.flightplan.admission.frequency
import data.flightplan.admission.limits
import data.flightplan.admission.naming
import data.flightplan.admission.sensitive

money(units) := {"nano": units * 1000000000, "text": sprintf("%d EUR", [units])}

campaign := {
	"advertiser": "acme", "order": "io", "name": "Spring", "status": "active", "labels": {},
	"owners": ["@a", "@b"], "start": "2027-03-01 00:00", "end": "2027-04-30 23:59",
	"start_ms": 1000 * 86400000, "end_ms": 1060 * 86400000, "total": money(1000), "daily": money(100),
}

item := {
	"campaign": "acme-spring", "advertiser": "acme", "name": null, "active": true,
	"bid": {"kind": "cpm", "nano": 5000000, "text": "5 EUR"}, "max": {"nano": 5000000, "text": "5 EUR"},
	"max_usd_nano": 5400000, "total": money(500), "daily": money(50),
	"start_ms": 1000 * 86400000, "end_ms": 1060 * 86400000, "formats": ["banner"], "creatives": ["c"],
	"categories": ["IAB18-5"], "audience": {"countries": ["DE"], "min_age": null},
}

base := {
	"advertisers": {"acme": {"name": "Acme", "categories": ["IAB18-5"], "owners": ["@a"]}},
	"orders": {"io": {"advertiser": "acme", "currency": "EUR", "signed": money(2000), "owners": []}},
	"campaigns": {"acme-spring": campaign},
	"line_items": {"acme-spring/one": item},
}

none := {"added": [], "removed": [], "changed": []}

quiet := {
	"old": base, "new": base, "plan": null, "limits": {}, "labels": [],
	"owners": {"author": "@a", "approved": []}, "now_ms": 990 * 86400000,
	"diff": {"advertisers": none, "orders": none, "campaigns": none, "line_items": none},
}

# The one campaign is changed.
with_campaign(change) := object.union(quiet, {
	"new": {"campaigns": {"acme-spring": change}},
	"diff": {"campaigns": {"changed": ["acme-spring"]}},
})

with_item(change) := object.union(quiet, {
	"new": {"line_items": {"acme-spring/one": change}},
	"diff": {"line_items": {"changed": ["acme-spring/one"]}},
})

# A second campaign, with the same line item.
with_new(change) := object.union(quiet, {
	"new": {
		"campaigns": {"acme-summer": object.union(object.union(campaign, {"total": money(10)}), change)},
		"line_items": {"acme-summer/one": object.union(item, {"campaign": "acme-summer"})},
	},
	"diff": {"campaigns": {"added": ["acme-summer"]}, "line_items": {"added": ["acme-summer/one"]}},
})

approved(given, by) := object.union(given, {"owners": {"approved": by}})

labelled(given, label) := object.union(given, {"labels": [label]})

all_deny(given) := findings if {
	findings := ((((budget.deny | dates.deny) | bids.deny) | sensitive.deny) | deletion.deny) | naming.deny with input as given
}

all_advise(given) := findings if {
	findings := ((dates.advise | bids.advise) | naming.advise) | frequency.advise with input as given
}

denied(given) := {[finding.rule, finding.at.id, finding.at.path] | some finding in all_deny(given)}

advised(given) := {[finding.rule, finding.at.id, finding.at.path] | some finding in all_advise(given)}

test_no_change_no_finding if {
	denied(quiet) == set()
	advised(quiet) == set()
}

raise(path) := {["daily-budget-raise", "acme-spring", path]}

test_daily_raise if {
	denied(with_campaign({"daily": money(200)})) == set()
	denied(with_campaign({"daily": money(201)})) == raise(["budget", "daily_max"])
	denied(with_campaign({"daily": money(20)})) == set()

	# the limit of the day goes away: all can be spent in one
	denied(with_campaign({"daily": null})) == raise(["budget", "total"])
}

test_daily_raise_second_owner if {
	given := with_campaign({"daily": money(900)})
	denied(approved(given, ["@a"])) == raise(["budget", "daily_max"]) # the author
	denied(approved(given, ["@z"])) == raise(["budget", "daily_max"]) # no owner
	denied(approved(given, ["@z", "@b"])) == set()
	denied(labelled(given, "other")) == raise(["budget", "daily_max"])
	denied(labelled(given, limits.second_owner_label)) == set()
}

test_daily_raise_says_who if {
	some finding in all_deny(with_campaign({"daily": money(900)}))
	finding.fix == "ask for an approval by one of @a, @b"
	contains(finding.message, "900 EUR a day and was limited to 100 EUR")
	some other in all_deny(with_campaign({"daily": money(900), "owners": []}))
	contains(other.fix, "nobody: it has no owner")
}

item_raise(path) := {["daily-budget-raise", "acme-spring/one", path]}

test_item_daily_raise if {
	denied(with_item({"daily": money(100)})) == set()
	denied(with_item({"daily": money(101)})) == item_raise(["budget", "daily_max"])
	denied(with_item({"daily": null})) == item_raise(["budget"])
	denied(with_item({"daily": null, "total": null})) == set() # 50 to the campaign's 100
	wide := object.union(with_item({"daily": null, "total": null}), {"new": {"campaigns": {"acme-spring": {"daily": money(150)}}}})
	denied(wide) == item_raise([])
}

# Neither before nor after it has a limit: the campaign's is judged at the campaign.
test_item_without_limits if {
	bare := {"line_items": {"acme-spring/one": {"daily": null, "total": null}}}
	given := object.union(with_campaign({"daily": money(900)}), {
		"old": bare, "new": bare,
		"diff": {"line_items": {"changed": ["acme-spring/one"]}},
	})
	denied(given) == raise(["budget", "daily_max"])
	only_total := {"line_items": {"acme-spring/one": {"daily": null, "total": money(10)}}}
	denied(object.union(with_item({}), {"old": bare, "new": only_total})) == set()
}

test_signed_order if {
	above := {["above-signed-order", "acme-spring", ["budget", "total"]]}
	denied(with_campaign({"total": money(2000)})) == set()
	denied(with_campaign({"total": money(2001)})) == above
	denied(with_campaign({"total": money(2001), "status": "draft"})) == set()

	# what was too much already is not this change's fault
	same := object.union(with_campaign({"name": "Other"}), {"old": {"orders": {"io": {"signed": money(1)}}}, "new": {"orders": {"io": {"signed": money(1)}}}})
	denied(same) == set()
	draft := object.union(with_campaign({"total": money(2001)}), {"old": {"campaigns": {"acme-spring": {"status": "draft"}}}})
	above == denied(draft)
	denied(with_new({"total": money(1001), "start_ms": 1001 * 86400000})) == {["above-signed-order", "acme-summer", ["budget", "total"]]}
	denied(with_new({"total": money(1001), "start_ms": 1001 * 86400000, "status": "draft"})) == set()
}

test_clone_with_old_dates if {
	denied(with_new({})) == {["cloned-with-old-dates", "acme-summer", ["flight", "start"]]}
	denied(with_new({"start_ms": 1061 * 86400000})) == set()

	# another set of line items is no copy
	other := object.union(with_new({}), {"new": {"line_items": {"acme-summer/two": object.union(item, {"campaign": "acme-summer"})}}})
	denied(other) == set()

	# renamed: the original goes
	renamed := json.patch(with_new({}), [{"op": "remove", "path": "/new/campaigns/acme-spring"}])
	denied(renamed) == set()
}

test_past_dates if {
	over := {"start_ms": 900 * 86400000, "end_ms": 990 * 86400000}
	denied(with_new(over)) == {["over-before-it-begins", "acme-summer", ["flight", "end"]]}
	denied(with_new(object.union(over, {"status": "ended"}))) == set()
	advised(with_new({"start_ms": 989 * 86400000})) == set()
	advised(with_new({"start_ms": (989 * 86400000) - 1})) == {["starts-in-the-past", "acme-summer", ["flight", "start"]]}
}

test_bid_cap if {
	denied(with_item({"max_usd_nano": 15000000})) == set()
	denied(with_item({"max_usd_nano": 15000001})) == {["bid-above-cap", "acme-spring/one", ["bid"]]}
	denied(with_item({"max_usd_nano": 45000000, "formats": ["video"]})) == set()
	denied(with_item({"max_usd_nano": 45000001, "formats": ["video"]})) == {["bid-above-cap", "acme-spring/one", ["bid"]]}
	unknown := with_item({"max_usd_nano": 99000000, "formats": ["hologram"]})
	denied(unknown) == set()
}

test_bid_raise if {
	advised(with_item({"bid": {"nano": 10000000}})) == set()
	advised(with_item({"bid": {"nano": 10000001}})) == {["bid-raise", "acme-spring/one", ["bid", "cpm"]]}
	advised(with_item({"bid": {"kind": "cpc", "nano": 900000000}})) == set()
}

alcohol(countries, age) := with_item({
	"categories": ["IAB8-5"],
	"audience": {"countries": countries, "min_age": age},
})

test_sensitive if {
	found := {["sensitive-category", "acme-spring/one", ["where"]]}
	denied(alcohol(["DE"], null)) == found
	denied(alcohol(["DE"], 17)) == found
	denied(alcohol(["DE"], 18)) == set()
	denied(alcohol(["DE", "US"], 18)) == found
	denied(alcohol(["DE", "US"], 21)) == set()
	denied(alcohol(null, 18)) == found
	denied(alcohol(null, 21)) == set()
	denied(alcohol(["JP"], null)) == set()
	denied(with_item({"audience": {"countries": null, "min_age": null}})) == set()
}

deleting(n) := object.union(quiet, {"diff": {"line_items": {"removed": [sprintf("acme-spring/%d", [i]) | some i in numbers.range(1, n)]}}})

test_deletion if {
	denied(deleting(limits.max_line_items_deleted)) == set()
	many := deleting(limits.max_line_items_deleted + 1)
	denied(many) == {["mass-deletion", "acme-spring/1", []]}
	denied(labelled(many, limits.deletion_label)) == set()
}

renewed := {"start_ms": 1061 * 86400000}

test_naming if {
	advised(with_new(renewed)) == set()
	bad := object.union(quiet, {
		"new": {"campaigns": {"summer": campaign}},
		"diff": {"campaigns": {"added": ["summer"]}},
	})
	advised(bad) == {["campaign-name", "summer", ["campaign"]]}
	advised(with_new(object.union(renewed, {"owners": []}))) == {["no-owner", "acme-summer", ["campaign"]]}
}

test_labels if {
	given := with_new(renewed)
	missing := naming.deny with input as given with limits.required_labels as {"team"}
	{finding.rule | some finding in missing} == {"label-missing"}
	there := with_new(object.union(renewed, {"labels": {"team": "growth"}}))
	naming.deny == set() with input as there with limits.required_labels as {"team"}
}

# Synthetic: the language has no frequency caps yet.
test_frequency if {
	capless := object.union(with_item({"frequency": []}), {"new": {"campaigns": {"acme-spring": {"frequency": []}}}})
	advised(capless) == {["no-frequency-cap", "acme-spring/one", []]}
	capped := object.union(capless, {"new": {"campaigns": {"acme-spring": {"frequency": [{"max": 3}]}}}})
	advised(capped) == set()
}

test_every_finding_is_whole if {
	every given in [with_campaign({"daily": money(900)}), with_new({}), deleting(99), alcohol(null, null)] {
		every finding in all_deny(given) {
			is_string(finding.message)
			is_string(finding.at.kind)
		}
	}
}
