"""Makes table.md of the results in a folder."""

import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

MOST_MILLIS = 100
MOST_RATIO = 1.02


def read(path):
    """One dictionary for each line of words name=value."""
    for line in path.read_text().splitlines():
        yield dict(word.split("=", 1) for word in line.split() if "=" in word)


def verdict(right):
    return "yes" if right else "**no**"


def connections(lines):
    if not lines:
        return []
    text = [
        f"### GET /lb/connections with {int(lines[0]['sessions']):,} sessions, {lines[0]['calls']} calls each, ms",
        "",
        "| call | sessions in the answer | with a process | first | median | max | at most 100 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for line in lines:
        right = float(line["max"]) <= MOST_MILLIS
        text.append(
            f"| {line['call']} | {line['listed']} | {line['processes']} | {line['first']} | {line['median']} | {line['max']} | {verdict(right)} |"
        )
    return text + [""]


def stream(name, lines):
    rounds = defaultdict(dict)
    for line in lines:
        rounds[line["round"]][line["follower"]] = float(line["cpu"]) / float(line["work"])
    if not rounds:
        return []
    ratios = [costs["yes"] / costs["no"] for costs in rounds.values()]
    def together(follower):
        halves = [line for line in lines if line["follower"] == follower]
        return sum(float(line["cpu"]) for line in halves) / sum(float(line["work"]) for line in halves)

    cost = {follower: median(costs[follower] for costs in rounds.values()) / 1e3 for follower in ("no", "yes")}
    return [
        f"### CPU time of a relayed request, {len(rounds)} rounds",
        "",
        f"| without a client at /lb/{name} | with one | ratio, median of rounds (all) | ratio, all rounds together | at most 1.02 |",
        "|---|---|---|---|---|",
        f"| {cost['no']:.2f} µs | {cost['yes']:.2f} µs | **{median(ratios):.3f}** ({min(ratios):.3f}–{max(ratios):.3f}) | {together('yes') / together('no'):.3f} |"
        f" {verdict(median(ratios) <= MOST_RATIO)} |",
        "",
    ]


def main(folder):
    lines = list(read(folder / "results"))
    text = connections([line for line in lines if line["workload"] == "connections"])
    for name in "events", "live":
        text += stream(name, [line for line in lines if line["workload"] == name])
    (folder / "table.md").write_text("\n".join(text))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
