# A script that went wrong, or a folder dragged away.
package flightplan.admission.deletion

import data.flightplan.admission.change
import data.flightplan.admission.limits

deny contains finding if {
	removed := input.diff.line_items.removed
	count(removed) > limits.max_line_items_deleted
	not change.labelled(limits.deletion_label)
	finding := {
		"rule": "mass-deletion",
		"at": {"kind": "line_item", "id": removed[0], "path": []},
		"message": sprintf(
			"%d line items are deleted, more than %d, the first is %s",
			[count(removed), limits.max_line_items_deleted, removed[0]],
		),
		"fix": sprintf("if that is meant, label the pull request `%s`", [limits.deletion_label]),
	}
}
