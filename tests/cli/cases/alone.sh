# shellcheck shell=bash
# Without MPI, processes that were started together must not each train the same run.
: "${comicgan:?}"

OMPI_COMM_WORLD_SIZE=2 refuse 2 'built without MPI' train --data x --out y
PMI_SIZE=3 refuse 2 '3 processes were started' train --data x --out y
PMI_SIZE=3 refuse 2 '3 processes were started' train --model faces --photos x --faces y --out z
OMPI_COMM_WORLD_SIZE=1 refuse 1 'reading x: no such file or folder' train --data x --out y
