# Budgets: what a slip of one digit costs before anybody looks.
package flightplan.admission.budget

import data.flightplan.admission.change
import data.flightplan.admission.limits

# "$700K for 1 day": the day's limit of a campaign or line item grows too far, or goes away.
deny contains finding if {
	some id in input.diff.campaigns.changed
	before := day(input.old.campaigns[id])
	after := day(input.new.campaigns[id])
	finding := raise(id, {"kind": "campaign", "id": id}, before, after)
}

deny contains finding if {
	some id in input.diff.line_items.changed
	some config in [input.old, input.new]
	has_own(config.line_items[id])
	before := item_day(input.old, id)
	after := item_day(input.new, id)
	finding := raise(input.new.line_items[id].campaign, {"kind": "line_item", "id": id}, before, after)
}

raise(campaign, thing, before, after) := finding if {
	after.money.nano > before.money.nano * limits.max_daily_raise
	owners := input.new.campaigns[campaign].owners
	not change.second_owner(owners)
	finding := {
		"rule": "daily-budget-raise",
		"at": object.union(thing, {"path": after.path}),
		"message": sprintf(
			"%s could spend %s a day and was limited to %s: more than %d times as much needs a second owner",
			[thing.id, after.money.text, before.money.text, limits.max_daily_raise],
		),
		"fix": sprintf("ask for an approval by one of %s", [change.listed(owners)]),
	}
}

# Without a limit of the day, all may go in one.
day(campaign) := {"money": campaign.daily, "path": ["budget", "daily_max"]} if campaign.daily != null

day(campaign) := {"money": campaign.total, "path": ["budget", "total"]} if campaign.daily == null

item_day(config, id) := {"money": item.daily, "path": ["budget", "daily_max"]} if {
	item := config.line_items[id]
	item.daily != null
}

item_day(config, id) := {"money": item.total, "path": ["budget"]} if {
	item := config.line_items[id]
	item.daily == null
	item.total != null
}

# It has no limit of its own: then its campaign's holds.
item_day(config, id) := {"money": day(config.campaigns[item.campaign]).money, "path": []} if {
	item := config.line_items[id]
	item.daily == null
	item.total == null
}

has_own(item) if item.daily != null

has_own(item) if item.total != null

# What was signed is what may be planned. Drafts are not counted: they do not bid.
deny contains finding if {
	some id in grown
	campaign := input.new.campaigns[id]
	order := input.new.orders[campaign.order]
	planned := planned_nano(input.new, campaign.order)
	planned > order.signed.nano
	finding := {
		"rule": "above-signed-order",
		"at": {"kind": "campaign", "id": id, "path": ["budget", "total"]},
		"message": sprintf(
			"the campaigns of order %s now plan %d %s, and %s are signed",
			[campaign.order, ceil(planned / 1000000000), order.currency, order.signed.text],
		),
		"fix": "lower a total, or have the order signed anew",
	}
}

grown contains id if {
	some id in input.diff.campaigns.added
	input.new.campaigns[id].status != "draft"
}

grown contains id if {
	some id in input.diff.campaigns.changed
	input.new.campaigns[id].status != "draft"
	planned_share(input.new.campaigns[id]) > planned_share(input.old.campaigns[id])
}

planned_share(campaign) := 0 if campaign.status == "draft"

planned_share(campaign) := campaign.total.nano if campaign.status != "draft"

planned_nano(config, order) := sum([planned_share(campaign) |
	some campaign in config.campaigns
	campaign.order == order
])
