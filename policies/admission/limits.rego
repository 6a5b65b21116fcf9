# Numbers, lists and labels that the admission rules go by: change them here, in a pull request.
package flightplan.admission.limits

# A budget of a day may grow this many times over without a second owner's approval.
max_daily_raise := 2

# A bid that grows this many times over is pointed out.
notable_bid_raise := 2

# Highest CPM in USD by format, in nano-units per impression (1 USD CPM is 1000000). Formats without one have none.
max_cpm_usd_nano := {"banner": 15000000, "native": 15000000, "audio": 25000000, "video": 45000000}

# More line items than these may not go in one change without the label below.
max_line_items_deleted := 20

# Days that a new campaign may start in the past.
max_days_back := 1

# Labels that a new campaign must have (`labels:` of its YAML).
required_labels := set()

# Labels of the pull request that stand for an approval; only people who may triage can set them.
second_owner_label := "approved-by-second-owner"

deletion_label := "mass-deletion"

# Least age of the audience by category of what is advertised, and where the rule holds. Not legal advice: an example.
sensitive := [
	{
		"what": "alcohol",
		"categories": {"IAB8-5", "IAB8-18"},
		"ages": {"AT": 18, "CH": 18, "DE": 18, "ES": 18, "FR": 18, "GB": 18, "IT": 18, "NL": 18, "PL": 18, "US": 21},
	},
	{
		"what": "gambling",
		"categories": {"IAB9-7"},
		"ages": {"AT": 18, "CH": 18, "DE": 18, "ES": 18, "FR": 18, "GB": 18, "IT": 18, "NL": 24, "PL": 18, "US": 21},
	},
]
