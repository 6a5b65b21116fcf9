# Generated from campaigns/. One rule per line item; what an `any` or a `not` holds has rules of its own below.
package flightplan.targeting

# A value of the slot is among those wanted.
one_of(attribute, wanted) if {
	some value in input.values[attribute]
	value in wanted
}

# A number of the slot lies in [from, to) of a range; null: no bound.
within(attribute, ranges) if {
	some value in input.values[attribute]
	some [from, to] in ranges
	reaches(value, from)
	stays_below(value, to)
}

reaches(_, null)

reaches(value, from) if value >= from

stays_below(_, null)

stays_below(value, to) if value < to

# campaigns/acme/campaign.yaml:7
matches contains "camp/one" if {
	one_of("shape", {"banner:300x250"})
	any_1
	true
}

# campaigns/acme/campaign.yaml:8
matches contains "camp/any" if {
	one_of("shape", {"banner:300x250", "video"})
	any_1
	any_2
}

# campaigns/acme/campaign.yaml:9
matches contains "camp/not" if {
	one_of("shape", {"banner:728x90"})
	any_1
	not all_3
}

# campaigns/acme/campaign.yaml:10
matches contains "camp/leaf" if {
	one_of("shape", {"video"})
	any_1
	not one_of("country", {"US"})
	within("age", [[null,31]])
}

# campaigns/acme/campaign.yaml:11
matches contains "camp/late" if {
	one_of("shape", {"banner:300x250"})
	one_of("deal", {"alpha/d1"})
	any_1
	any_4
}

# campaigns/acme/campaign.yaml:5
any_1 if one_of("device_type", {"phone"})

any_1 if within("daypart:user", [[360,600]])

# campaigns/acme/campaign.yaml:8
any_2 if one_of("country", {"AT", "DE"})

any_2 if within("age", [[18,null]])

# campaigns/acme/campaign.yaml:9
all_3 if {
	one_of("country", {"FR"})
	one_of("device_type", {"phone"})
}

# campaigns/acme/campaign.yaml:11
any_4 if one_of("segment", {"seg"})

any_4 if one_of("segment", {"store"})
