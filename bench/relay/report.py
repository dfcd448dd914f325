"""Makes table.md and relay.svg of the results in a folder.

With a second folder the plot goes there as well, and the table between the marks of its performance.md.
"""

import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

PEERS = {
    "direct": "direct",
    "nginx-stream": "nginx stream",
    "haproxy": "HAProxy",
    "haproxy-splice": "HAProxy, splice-auto",
    "apiserver-lb": "apiserver-lb",
    "apiserver-lb-base": "apiserver-lb (base)",
}
COLOURS = {
    "nginx-stream": "#8ab17d",
    "haproxy": "#7fa8d1",
    "haproxy-splice": "#3f6fa3",
    "apiserver-lb": "#e07a3f",
    "apiserver-lb-base": "#f0b48f",
}
OWN = ("apiserver-lb", "apiserver-lb-base")
BEGIN, END = "<!-- bench/relay/run -->", "<!-- end of bench/relay/run -->"
# What is counted in each: its name to read, its unit, and nanoseconds to the unit of the CPU time.
WORKLOADS = {
    "requests-64": ("requests, 64 connections", "request", "µs", 1e3),
    "requests-1": ("requests, 1 connection", "request", "µs", 1e3),
    "connections": ("a new connection for each request", "connection", "µs", 1e3),
    "download": ("bulk, from the server", "GiB", "ms", 1e6),
    "upload": ("bulk, to the server", "GiB", "ms", 1e6),
    "latency": ("2,000 requests/s, 64 connections", "request", "µs", 1e3),
    "servers-requests": ("requests, 64 connections", "request", "µs", 1e3),
    "servers-connections": ("a new connection for each request", "connection", "µs", 1e3),
}


def read(path):
    """One dictionary for each line of words name=value."""
    for line in path.read_text().splitlines():
        words = dict(word.split("=", 1) for word in line.split() if "=" in word)
        yield {name: number(value) for name, value in words.items()}


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


def spread(values, digits=2):
    """The median, and between which values all are."""
    if not values:
        return "–"
    return f"**{median(values):,.{digits}f}** ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


def table(head, rows):
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)] + ["| " + " | ".join(row) + " |" for row in rows] + [""]


class Results:
    def __init__(self, lines):
        self.lines = list(lines)
        self.peers = [peer for peer in PEERS if any(line.get("peer") == peer for line in self.lines)]
        self.proxies = [peer for peer in self.peers if peer != "direct"]

    def of(self, workload, **wanted):
        return [
            line
            for line in self.lines
            if line["workload"] == workload and "unsteady" not in line and all(line.get(name) == value for name, value in wanted.items())
        ]

    def costs(self, workload, servers):
        """Nanoseconds for a unit of work, by round and peer."""
        rounds = defaultdict(dict)
        for line in self.of(workload, servers=servers):
            if line["peer"] != "direct" and line.get("work"):
                rounds[line["round"]][line["peer"]] = line["cpu"] / line["work"]
        return rounds

    def ratios(self, workload, servers, to=None):
        """For each peer its cost in each round as a ratio to the best of the other programs, or to the one that is named."""
        ratios = defaultdict(list)
        for costs in self.costs(workload, servers).values():
            others = {peer: cost for peer, cost in costs.items() if peer not in OWN}
            best = costs.get(to) if to else min(others.values(), default=None)
            if best:
                for peer, cost in costs.items():
                    ratios[peer].append(cost / best)
        return ratios

    def sizes(self, workload):
        return sorted({line["servers"] for line in self.of(workload)})


def cost_table(results):
    rows = []
    for workload, (name, unit, scale_name, scale) in WORKLOADS.items():
        if workload.startswith("servers-") or not results.of(workload):
            continue
        ratios = results.ratios(workload, 3.0)
        costs = results.costs(workload, 3.0)
        row = [name]
        for peer in results.proxies:
            mine = [costs[r][peer] / scale for r in costs if peer in costs[r]]
            row.append(f"{spread(ratios[peer])}<br>{median(mine):,.1f} {scale_name}/{unit}" if mine else "–")
        to_haproxy = results.ratios(workload, 3.0, "haproxy")["apiserver-lb"]
        to_splice = results.ratios(workload, 3.0, "haproxy-splice")["apiserver-lb"]
        rows.append(row + [spread(to_haproxy), spread(to_splice)])
    if not rows:
        return []
    text = [
        "### CPU time of the proxy for a unit of work",
        "",
        "As a ratio to the best of the other programs in the same round: median (lowest–highest). Less is better.",
        "",
    ]
    head = ["workload"] + [PEERS[peer] for peer in results.proxies] + ["apiserver-lb / HAProxy", "apiserver-lb / splice-auto"]
    return text + table(head, rows)


def throughput_table(results):
    rows = []
    for workload, (name, unit, _, _) in WORKLOADS.items():
        if workload.startswith("servers-") or workload == "latency" or not results.of(workload):
            continue
        row = [f"{name}, {unit}s/s" if unit != "GiB" else f"{name}, GiB/s"]
        for peer in results.peers:
            rates = [line["work"] / line["seconds"] for line in results.of(workload, peer=peer) if line.get("seconds")]
            row.append(spread(rates, 2 if unit == "GiB" else 0))
        rows.append(row)
    if not rows:
        return []
    return ["### Throughput", "", "Client and backend share the other core, so this says more about them than about the proxy.", ""] + table(
        ["workload"] + [PEERS[peer] for peer in results.peers], rows
    )


def latency_table(results):
    if not results.of("latency"):
        return []
    by_round = defaultdict(dict)
    for line in results.of("latency"):
        if "p99" in line:
            by_round[line["round"]][line["peer"]] = line
    whats = {"p50": "p50", "p99": "p99", "p999": "p99.9"}
    rows = []
    for peer in results.peers:
        row = [PEERS[peer]]
        for what in whats:
            values = [r[peer][what] - (r["direct"][what] if peer != "direct" else 0) for r in by_round.values() if peer in r and "direct" in r]
            row.append(spread(values, 0))
        rows.append(row)
    text = [
        "### Added latency at 2,000 requests/s over 64 connections",
        "",
        "Microseconds from the moment when a request was due, beyond those of the direct connection in the same round (whose own line says them all).",
        "",
    ]
    text += table(["peer"] + list(whats.values()), rows)
    pairs = [r for r in by_round.values() if "haproxy" in r and "direct" in r]
    rows = []
    for peer in OWN:
        if not all(peer in r for r in pairs) or not pairs:
            continue
        for what, name in whats.items():
            whole = [r[peer][what] / r["haproxy"][what] for r in pairs]
            added = [(r[peer][what] - r["direct"][what]) / max(1, r["haproxy"][what] - r["direct"][what]) for r in pairs]
            more = [r[peer][what] - r["haproxy"][what] for r in pairs]
            rows.append([f"{PEERS[peer]}, {name}", spread(added), spread(whole), spread(more, 0)])
    if rows:
        text += [f"Against HAProxy in {len(pairs)} paired rounds:", ""]
        text += table(["", "ratio of what is added", "ratio of the whole", "difference, µs"], rows)
    return text


def memory_table(results):
    rows = []
    for peer in results.proxies:
        lines = results.of("memory", peer=peer)
        if not lines:
            continue
        counted = [line for line in lines if line["round"] != "warm-up"]
        first = [line for line in lines if line["round"] == "warm-up"]
        rest = max(line["before-rss"] for line in first) / 1024
        full = median(line["held-rss"] for line in counted) / 1024
        rows.append(
            [PEERS[peer]]
            + [spread([(line[f"held-{kind}"] - line[f"before-{kind}"]) / line["work"] for line in counted]) for kind in ("rss", "anon")]
            + [spread([(line["held-rss"] - line["before-rss"]) / line["work"] for line in first])]
            + [f"{rest:,.0f}", f"{full:,.0f}"]
        )
    if not rows:
        return []
    count = int(results.of("memory")[0]["work"])
    return [
        f"### Memory for an idle session, of {count:,}",
        "",
        "KiB of the process for each open session, when as many have been opened and closed before; the first time; and MiB in all.",
        "",
    ] + table(["peer", "resident", "its own (anonymous)", "resident, the first time", "MiB before all", "MiB with all"], rows)


def servers_table(results):
    text = []
    for workload in ("servers-requests", "servers-connections"):
        sizes = results.sizes(workload)
        if not sizes:
            continue
        name, unit, scale_name, scale = WORKLOADS[workload]
        rows = []
        for peer in results.proxies:
            cells, first = [], None
            for size in sizes:
                costs = [costs[peer] / scale for costs in results.costs(workload, size).values() if peer in costs]
                if costs:
                    first = first or median(costs)
                    cells.append(f"{median(costs):,.1f} {scale_name} ({min(costs):,.1f}–{max(costs):,.1f})<br>× {median(costs) / first:.2f}")
            if cells:
                rows.append([PEERS[peer]] + cells)
        rows = [row for row in rows if len(row) == len(sizes) + 1]
        text += [f"### CPU time by length of the server list: {name}", "", f"For a {unit}, health checks included, and as a multiple of that with the shortest list.", ""]
        text += table(["peer"] + [f"{int(size):,} server{'s' if size > 1 else ''}" for size in sizes], rows)
    return text


def plot(results):
    """Bars of the ratios, in groups by workload, whiskers from the lowest to the highest, and a line at 1."""
    groups = []
    for workload, (name, unit, _, _) in WORKLOADS.items():
        ratios = results.ratios(workload, 3.0)
        if ratios and not workload.startswith("servers-"):
            groups.append((name, unit, ratios))
    if not groups:
        return None
    left, right, bar, gap, top = 250, 70, 15, 22, 78
    widest = max(max(values) for _, _, ratios in groups for values in ratios.values())
    limit = max(1.5, widest * 1.05)
    width = 860
    scale = (width - left - right) / limit
    height = top + sum(gap + bar * len(ratios) for _, _, ratios in groups) + 30
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif" font-size="12" fill="#333">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        '<text x="16" y="24" font-size="16" font-weight="600">CPU time of the proxy for a unit of work</text>',
        '<text x="16" y="42" fill="#777">ratio to the best of the other programs in the same round (1.0); less is better</text>',
    ]
    x = 16
    for peer in results.proxies:
        out.append(f'<rect x="{x}" y="53" width="11" height="11" rx="2" fill="{COLOURS[peer]}"/><text x="{x + 16}" y="63">{PEERS[peer]}</text>')
        x += 42 + 7 * len(PEERS[peer])
    bottom = height - 24
    step = 0.5 if limit <= 4 else 1 if limit <= 8 else 2
    for i in range(int(limit / step) + 1):
        at = left + i * step * scale
        out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top}" y2="{bottom}" stroke="#e6e6e6"/>')
        out.append(f'<text x="{at:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#777">{i * step:.1f}</text>')
    y = top + gap / 2
    for name, unit, ratios in groups:
        middle = y + bar * len(ratios) / 2
        out.append(f'<text x="{left - 12}" y="{middle - 1:.1f}" text-anchor="end" font-weight="600">{name}</text>')
        out.append(f'<text x="{left - 12}" y="{middle + 13:.1f}" text-anchor="end" fill="#777">for a {unit}</text>')
        for peer in results.proxies:
            if peer not in ratios:
                continue
            values = ratios[peer]
            end = left + median(values) * scale
            low, high = left + min(values) * scale, left + max(values) * scale
            centre = y + bar / 2
            weight = "600" if peer in OWN else "400"
            out.append(f'<rect x="{left}" y="{y + 1:.1f}" width="{end - left:.1f}" height="{bar - 2}" rx="2" fill="{COLOURS[peer]}"/>')
            out.append(f'<path d="M{low:.1f} {centre:.1f}H{high:.1f}M{low:.1f} {centre - 3:.1f}v6M{high:.1f} {centre - 3:.1f}v6" stroke="#333" fill="none"/>')
            out.append(f'<text x="{max(end, high) + 6:.1f}" y="{centre + 4:.1f}" font-size="11" font-weight="{weight}">{median(values):.2f}</text>')
            y += bar
        y += gap
    at = left + scale
    out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top}" y2="{bottom}" stroke="#333" stroke-width="1.5" stroke-dasharray="5 3"/>')
    return "\n".join(out + ["</svg>", ""])


def conditions(results):
    """What of the machine was not the benchmark's, and who was not warm."""
    text = []
    for line in results.lines:
        if "unsteady" in line:
            text += [f"**{PEERS[line['peer']]} was not warm** in {line['workload']} with {line['servers']:.0f} servers: its figures there are too high.", ""]
    shares = [line["foreign"] for line in results.lines if "foreign" in line]
    if not shares:
        return text
    return text + [f"Others, checks of waiting peers among them, had the proxy's core for {median(shares):.0f} % of the time of a run (median; worst {max(shares):.0f} %).", ""]


def start_table(path):
    """What bench/start/run has found, if it was run."""
    if not path.exists():
        return []
    return ["### From the start of the process to the first byte through it", "", *path.read_text().splitlines(), ""]


def publish(text, picture, folder):
    (folder / "relay.svg").write_text(picture or "")
    page = folder / "performance.md"
    old = page.read_text() if page.exists() else f"# Performance\n\n![ratios](relay.svg)\n\n{BEGIN}\n{END}\n"
    before, rest = old.split(BEGIN, 1)
    page.write_text(before + BEGIN + "\n\n" + text + "\n" + END + rest.split(END, 1)[1])


def main(folder, published=None):
    results = Results(read(folder / "results"))
    parts = [conditions, cost_table, throughput_table, latency_table, memory_table, servers_table]
    text = [line for part in parts for line in part(results)]
    text += start_table(folder / "start" / "table.md")
    errors = sum(line.get("errors", 0) for line in results.lines)
    if errors:
        text += [f"**{errors:,.0f} requests failed**: the figures of their runs count for nothing. See `results`.", ""]
    picture = plot(results)
    (folder / "table.md").write_text("\n".join(text))
    if picture:
        (folder / "relay.svg").write_text(picture)
    if published:
        publish("\n".join(text), picture, published)


main(*map(Path, sys.argv[1:]))
