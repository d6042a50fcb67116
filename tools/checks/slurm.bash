#!/usr/bin/env bash
# A Slurm of this machine alone, for the checks that source this: start_slurm, in the folder $work,
# which is removed at the end together with what was started. Ends the check where Slurm or munge
# is missing.

for command in munged slurmctld slurmd sbatch srun; do
    PATH=$PATH:/usr/sbin command -v "$command" >/dev/null || {
        echo "skipped: $command is not there (Debian: slurm-wlm, munge)"
        exit 0
    }
done
PATH=$PATH:/usr/sbin

work=$(mktemp -d)
pids=()

clean() {
    local pid
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap clean EXIT

fail() {
    echo "FAILED: $*" >&2
    tail -n 20 "$work"/*.log >&2
    exit 1
}

# until_true SECONDS COMMAND...: try it until it succeeds.
until_true() {
    local tries=$(($1 * 5))
    shift
    until "$@" >/dev/null 2>&1; do
        ((tries-- > 0)) || fail "waited too long for: $*"
        sleep 0.2
    done
}

start_slurm() {
    local me
    me=$(id -un)
    mkdir "$work/state" "$work/spool"
    head -c 1024 /dev/urandom >"$work/munge.key"
    chmod 600 "$work/munge.key"
    cat >"$work/slurm.conf" <<END
ClusterName=check
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=27817
SlurmdPort=27818
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
SlurmUser=$me
SlurmdUser=$me
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
KillWait=1
$(slurmd -C | head -n 1) NodeAddr=127.0.0.1 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
END
    export SLURM_CONF=$work/slurm.conf
    munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" \
        --pid-file="$work/munged.pid" --log-file="$work/munged.log" \
        --seed-file="$work/munged.seed" >"$work/munged.out" 2>&1 &
    pids=($! "${pids[@]}")
    until_true 10 test -S "$work/munge.socket"
    slurmctld -D -f "$SLURM_CONF" >"$work/slurmctld.out" 2>&1 &
    pids=($! "${pids[@]}")
    slurmd -D -f "$SLURM_CONF" >"$work/slurmd.out" 2>&1 &
    pids=($! "${pids[@]}")
    until_true 30 node_is_idle
}

node_is_idle() {
    [ "$(sinfo -h -o %t)" = idle ]
}

no_job_is_left() {
    [ -z "$(squeue -h)" ]
}
