package flightplan.request.traffic_test

import data.flightplan.request.traffic

test_valid if traffic.deny == set() with input as {"traffic": {"invalid": false}}

test_invalid if traffic.deny == {"invalid_traffic"} with input as {"traffic": {"invalid": true}}

test_unknown_is_closed if traffic.deny == {"invalid_traffic"} with input as {}
