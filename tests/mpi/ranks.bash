# shellcheck shell=bash disable=SC2034
# What the cases share: data to train on, and mpirun on this machine alone, as whoever runs them, on
# as few processors as there are.
: "${comicgan:?}" "${fixture:?}" "${folder:?}"

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_plm=isolated OMPI_MCA_btl=self,vader OMPI_MCA_btl_vader_single_copy_mechanism=none
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
export OMPI_MCA_mpi_yield_when_idle=1

mkdir -p data/photos data/comics
for i in 1 2 3 4 5 6 7 8; do
    "$fixture" picture "data/photos/$i.png" $((80 + i)) 72
done
for i in 1 2; do
    "$fixture" picture "data/comics/$i.png" $((90 + i)) 80
done
# What makes a step: four shards of two crops.
recipe=(--data data --keep-all --name same --from tiny --detail 128 --crop 48 --batch 8 --pretrain 60)

# ranks N ARGUMENTS...: comicgan train by N processes of one thread each
ranks() {
    local n=$1
    shift
    mpirun -np "$n" "$comicgan" train --threads 1 "$@"
}

# The run's log without times and rates.
curve() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) timed[i] = $i ~ /second/ }
        { for (i = 1; i <= NF; i++) printf "%s ", timed[i] ? "" : $i; print "" }' "$1/log.csv"
}

same_file() {
    cmp -s "$1/$3" "$2/$3" || fail "$3 of $1 and of $2 are not the same"
}

# wait_for TEXT COMMAND...: until it succeeds, while the run goes that mpirun $run started
wait_for() {
    local text=$1 tries=12000
    shift
    until "$@" 2>/dev/null; do
        kill -0 "${run:?}" 2>/dev/null || fail "the run has ended by itself before $text"
        ((tries-- > 0)) || fail "waited too long for $text"
        sleep 0.05
    done
}

# The process of rank N of that run.
pid_of_rank() {
    local pid
    for pid in $(pgrep -P "${run:?}"); do
        if tr '\0' '\n' <"/proc/$pid/environ" | grep -qx "OMPI_COMM_WORLD_RANK=$1"; then
            echo "$pid"
        fi
    done
}

# start N ARGUMENTS...: the same in the background, mpirun being $run
start() {
    local n=$1
    shift
    mpirun -np "$n" "$comicgan" train --threads 1 "$@" >../stdout 2>../stderr </dev/null &
    run=$!
    trap 'kill $run 2>/dev/null || true; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
}
