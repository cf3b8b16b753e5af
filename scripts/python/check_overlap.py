"""What scripts/check-overlap measures and prints. Standard library only; the lab of cluster/lab is up.

The most that a step allows to hide: buckets travel one after the other, each from the moment when it is final, at the
bandwidth that was measured with ranks waiting; what has not arrived when the sum is needed must be waited for.
"""

import json
import statistics
import subprocess
import sys

STEPS = 15


def bench(program, images, overlap, wire):
    """One run of `bench` on two hosts, one thread each."""
    command = ["cluster/lab/mpirun", "-np", "2", program, "bench", "--batch-size", str(2 * images), "--threads", "1",
               "--steps", str(STEPS), "--overlap", overlap, "--wire", wire, "--json"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=600).stdout
    return json.loads(output)


def least_exposed(buckets, bytes_per_ms):
    """Milliseconds of one network's reduction that nothing can hide."""
    arrived = -float("inf")
    for bucket in buckets:
        arrived = max(arrived, -bucket["window_ms"]) + bucket["bytes"] / bytes_per_ms
    return max(0.0, arrived)


def halved(buckets, wire):
    """The buckets as they travel."""
    return [{**b, "bytes": b["bytes"] // (2 if wire == "bf16" else 1)} for b in buckets]


def by_network(buckets):
    return [[b for b in buckets if b["network"] == network] for network in ("discriminator", "generator")]


def main():
    program, rate, images, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    # Without a limit the network takes next to nothing: the windows are those of the work alone.
    free = bench(program, images, "on", "fp32")
    buckets = free["communication"]["buckets"]
    subprocess.run(["cluster/lab/rate", rate], check=True, stdout=sys.stderr)
    runs = {}
    for _ in range(rounds):
        for wire in ("fp32", "bf16"):
            for overlap in ("off", "on"):
                runs.setdefault((wire, overlap), []).append(bench(program, images, overlap, wire))

    def middle(key, figure):
        return statistics.median(figure(run) for run in runs[key])

    def waited(run):
        # The rank that comes last waits for bytes alone; the other one for that rank too.
        return min(run["communication"]["gradient_wait_ms"])

    total = sum(b["bytes"] for b in buckets)
    print(f"dcgan64, 2 hosts x 1 thread, {images} images a rank, {rate}: {total / 1e6:.1f} MB of gradients a step in "
          f"{len(buckets)} buckets; without a limit a step takes {free['median_ms']:.0f} ms "
          f"(medians of {rounds} rounds of {STEPS} steps)\n")
    print("| wire | overlap off | overlap on | waits off | waits on | MB/s | hidden | the most | share of the most | "
          "sums wait, off / on |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for wire in ("fp32", "bf16"):
        off, on = (wire, "off"), (wire, "on")
        wait_off, wait_on = middle(off, waited), middle(on, waited)
        travelling = halved(buckets, wire)
        size = sum(b["bytes"] for b in travelling)
        bandwidth = size / wait_off
        exposed = sum(least_exposed(part, bandwidth) for part in by_network(travelling))
        most = 1 - exposed / wait_off
        hidden = 1 - wait_on / wait_off
        sums = [middle(key, lambda run: min(run["communication"]["sums_wait_ms"])) for key in (off, on)]
        print(f"| {wire} | {middle(off, lambda r: r['median_ms']):.0f} ms | {middle(on, lambda r: r['median_ms']):.0f} ms "
              f"| {wait_off:.0f} ms | {wait_on:.0f} ms | {bandwidth / 1e3:.0f} | {100 * hidden:.0f}% "
              f"| {100 * most:.0f}% | {100 * hidden / most:.0f}% | {sums[0]:.0f} / {sums[1]:.0f} ms |")
    print("\nWhen each bucket was final before its sum was needed, without a limit (MB: ms):")
    for part in by_network(buckets):
        words = ", ".join(f"{b['bytes'] / 1e6:.1f}: {b['window_ms']:.0f}" for b in part)
        print(f"- {part[0]['network']}: {words}")


if __name__ == "__main__":
    main()
