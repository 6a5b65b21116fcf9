package flightplan.rules
