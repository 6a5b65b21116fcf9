# Numbers and lists that the other policies judge by: change them here, in a pull request.
package flightplan.limits

# Hops from the publisher to us. Resellers past the fourth add cost and no knowledge of the page.
max_hops := 5

# False: a request that says nothing about its supply chain is judged by ads.txt alone (most 2.5 traffic).
require_chain := false

# News, politics, crime, disasters, war: `<cattax>:<id>` in Content Taxonomy 1.0 (1), 2.2 (6) and 3.x (9).
sensitive_categories := {
	"1:IAB11", "1:IAB11-4", "1:IAB12", "1:IAB12-1", "1:IAB12-2", "1:IAB12-3",
	"6:379", "6:380", "6:381", "6:382", "6:384", "6:385", "6:386", "6:387", "6:388", "6:389",
	"9:379", "9:380", "9:381", "9:382", "9:384", "9:385", "9:386", "9:387", "9:388", "9:389",
}
