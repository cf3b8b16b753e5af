# shellcheck shell=bash
# What the lab's scripts share. Sourced, never run. cluster/lab/up says what a lab is.
#
# Everything of a lab is found by its name, LAB: hosts are the network namespaces lab1, lab2 ..., the switch between
# them is a bridge in a namespace of its own, lab-switch. So two labs, or a lab and the machine's own networks and
# firewall, never meet, and there is nothing to remember between two commands.

lab_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/common.sh
source "$lab_folder/../../scripts/common.sh"
PATH=$PATH:/usr/sbin:/sbin # where ip and tc are, which Debian leaves out of a user's path

LAB=${LAB:-lab}
# shellcheck disable=SC2034
switch=$LAB-switch
# Of no meaning outside the lab's namespaces.
# shellcheck disable=SC2034
network=10.77.0
# The Slurm of a lab (cluster/lab/slurm) keeps its configuration, logs and jobs here: where root alone writes, where
# scripts may be started, unlike in many a /run, and under a short name, as a socket's may have 107 letters.
slurm_folder=/var/lib/dcgan-lab-$LAB

[[ $LAB =~ ^[a-z]{1,8}$ ]] || fail "LAB=$LAB cannot name a lab: take one to eight small letters."

# Says what this machine lacks for a lab and ends, or does nothing.
check_machine() {
  local tool
  [[ $(uname -s) == Linux ]] || fail "a lab needs Linux, and this is $(uname -s)."
  [[ $(id -u) -eq 0 ]] || fail "a lab needs root, as only root makes network namespaces: run this as root."
  for tool in ip tc unshare taskset; do
    command -v "$tool" >/dev/null ||
      fail "a lab needs '$tool', which is not here; on Debian and Ubuntu: apt-get install iproute2 util-linux"
  done
}

# Says what this machine lacks for a Slurm of the lab's own and ends, or does nothing.
check_slurm() {
  local tool
  for tool in slurmctld slurmd sbatch; do
    command -v "$tool" >/dev/null ||
      fail "a lab's Slurm needs '$tool', which is not here; on Debian and Ubuntu: scripts/install-dependencies --slurm"
  done
}

# The hosts that are up, one a line, in order.
lab_hosts() { ip netns list 2>/dev/null | sed -n "s/^\\(${LAB}[0-9][0-9]*\\)\\( .*\\)\\?\$/\\1/p" | sort -V; }

# Whether anything of the lab is there.
lab_exists() { ip netns list 2>/dev/null | grep -qE "^$LAB([0-9]+|-switch)( |\$)"; }

require_lab() {
  [[ -n $(lab_hosts) ]] || fail "no lab named $LAB is up: start one with LAB=$LAB cluster/lab/up 2"
}

# host_processors HOST: the processors that the host has, as taskset lists them: the machine's are dealt out to the
# hosts, so that what each takes for its own is its own; where there are fewer processors than hosts, hosts share.
host_processors() {
  local host=$1 list=() part hosts number
  local IFS=,
  for part in $LAB_PROCESSORS; do
    mapfile -t -O "${#list[@]}" list < <(seq "${part%-*}" "${part#*-}")
  done
  hosts=$(lab_hosts | wc -l)
  number=$((${host#"$LAB"} - 1))
  local first=$((number * ${#list[@]} / hosts)) end=$(((number + 1) * ${#list[@]} / hosts))
  ((end > first)) || end=$((first + 1))
  printf '%s' "${list[*]:first:end-first}"
}

# in_host HOST COMMAND...: becomes the command, on the host. The shell's process stays the command's, so that signals
# reach it.
in_host() {
  local host=$1 processors
  shift
  # mpirun starts the other hosts from the first one, whose processors are not the machine's any more.
  export LAB_PROCESSORS=${LAB_PROCESSORS:-$(taskset -cp $$ | sed 's/.*: //')}
  processors=$(host_processors "$host")
  [[ ! -e $slurm_folder/slurm.conf ]] || export SLURM_CONF=$slurm_folder/slurm.conf
  # shellcheck disable=SC2016
  exec ip netns exec "$host" unshare --uts taskset -c "$processors" \
    sh -c 'echo "$0" >/proc/sys/kernel/hostname && exec "$@"' "$host" "$@"
}
