#!/usr/bin/env bash
# Trains on the machines that cluster/mpirun/hosts lists, without a scheduler. From any directory:
#
#   cluster/mpirun/train.sh
#   cluster/mpirun/train.sh --data /shared/faces --epochs 20
#
# To end it with everything saved: kill -USR1 of the mpirun that this becomes, which then ends with 75. (Ctrl-C and
# SIGTERM have mpirun end the ranks within two seconds; the newest checkpoint then stays the one before.)
#
# What is given is passed to `dcgan-dist train`; without any of it, dcgan64 is trained on the built-in faces. Started again,
# also on other machines, it goes on from the newest checkpoint in OUT, runs/mpirun by default: another run needs another
# OUT. HOSTS names another host file.
set -euo pipefail
clone=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=${DCGAN_DIST:-$clone/.build/release/dcgan-dist}
hosts=${HOSTS:-$clone/cluster/mpirun/hosts}
# EDIT: a folder that every machine sees, another one for each run.
out=${OUT:-$clone/runs/mpirun}

[[ -x $program ]] || {
  echo "train.sh: there is no program at $program: build it with 'swift build -c release', or name it with" \
    "DCGAN_DIST." >&2
  exit 1
}
# shellcheck source=scripts/common.sh
source "$clone/scripts/common.sh"
prepare_mpirun

# EDIT, where machines have more than one network: name the one that ranks talk over. Docker's bridge is the usual
# culprit when mpirun hangs at the start.
network=() # (--mca oob_tcp_if_include 10.0.0.0/24 --mca btl_tcp_if_include 10.0.0.0/24)

# As many ranks as the host file has slots. Bound to none, a rank may use its share of the machine's cores instead of
# the one core that mpirun would pin it to; the program counts them, --threads N overrules it.
exec mpirun --hostfile "$hosts" --bind-to none "${network[@]}" "$program" train \
  --out "$out" --resume auto "$@"
