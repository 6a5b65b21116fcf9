# What the other rules share: what the change touches, and who has agreed to it.
package flightplan.admission.change

import data.flightplan.admission.limits

# Line items that are new, or not what they were.
line_items contains id if some id in input.diff.line_items.added

line_items contains id if some id in input.diff.line_items.changed

# An owner other than the author has approved, or somebody who may has said so by a label.
second_owner(owners) if {
	some approver in input.owners.approved
	approver in owners
	approver != input.owners.author
}

second_owner(_) if labelled(limits.second_owner_label)

labelled(label) if label in input.labels

# Names for a message.
listed(names) := concat(", ", sort(names)) if count(names) > 0

listed(names) := "nobody: it has no owner" if count(names) == 0
