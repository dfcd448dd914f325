"""Asks a balancer for its sessions, again and again, and prints how long that takes once it has been
asked a few hundred times for five of them: a line of words name=value for each kind of call.

Arguments: the port of the management API, how many calls of each kind, how many sessions there are to be, and one of the servers.
"""

import http.client
import json
import sys
from statistics import median
from time import perf_counter

WARM_UP = 300


def call(port, path):
    """Milliseconds from connecting to the last byte of the answer, and the answer."""
    begun = perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    took = (perf_counter() - begun) * 1e3
    if response.status != 200:
        sys.exit(f"{path} answers {response.status}: {body.decode()}")
    return took, json.loads(body)


def main(port, calls, sessions, server):
    active = call(port, "/lb")[1]["connections"]["active"]
    if active < sessions:
        sys.exit(f"there are {active} sessions, not {sessions}")
    for _ in range(WARM_UP):  # a call that few have made is slow for other reasons than the number of sessions
        call(port, "/lb/connections?limit=5")
    for name, query in {
        "limit=100": "limit=100",
        "server": f"server={server}",
        "limit=1000": "limit=1000",
        "limit=1000,server": f"limit=1000&server={server}",
    }.items():
        answers = [call(port, "/lb/connections?" + query) for _ in range(calls)]
        times = [took for took, _ in answers]
        listed = answers[-1][1]
        processes = sum(session["process"] is not None for session in listed)
        print(
            f"workload=connections call={name.replace('=', '-')} sessions={active} calls={calls} listed={len(listed)}"
            f" processes={processes} first={times[0]:.1f} median={median(times):.1f} max={max(times):.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
