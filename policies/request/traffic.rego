# Bots and data centres, as the invalid-traffic facts know them. An unknown answer is no traffic of ours.
package flightplan.request.traffic

deny contains "invalid_traffic" if not input.traffic.invalid == false
