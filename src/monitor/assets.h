/* The monitor's page in its parts, built into the program. */
#ifndef CG_MONITOR_ASSETS_H
#define CG_MONITOR_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

struct cg_asset {
    const char *type; /* MIME */
    const char *text; /* not ended by a zero */
    size_t nbytes;
};

/* The part that page.html refers to by this name; false: there is none. */
bool cg_asset_find(const char *name, struct cg_asset *out);

#endif
