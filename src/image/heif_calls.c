/* libheif, loaded: see heif_calls.h. CG_HEIF_SONAME is the name that it had for the linker. */
#include "image/heif_calls.h"

#include "image/reader.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#define ROW(name) {"heif_" #name, offsetof(struct cg_heif_calls, name)},

static const struct {
    const char *name;
    size_t at; /* in struct cg_heif_calls */
} calls[] = {CG_HEIF_CALLS(ROW)};

static enum cg_status fail(struct cg_error *error)
{
    const char *why = dlerror();
    if (why == NULL || strstr(why, strerror(ENOMEM)) != NULL)
        return cg_reader_fail(CG_ERR_MEMORY, error);
    return cg_fail(error, CG_ERR_UNSUPPORTED,
                   "HEIC and AVIF are read by %s, which does not load: %s", CG_HEIF_SONAME, why);
}

enum cg_status cg_heif_load(struct cg_heif_calls *out, struct cg_error *error)
{
    void *library = dlopen(CG_HEIF_SONAME, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    if (library == NULL)
        return fail(error);
    enum cg_status status = CG_OK;
    for (size_t i = 0; status == CG_OK && i < sizeof(calls) / sizeof(calls[0]); i++) {
        void *found = dlsym(library, calls[i].name);
        memcpy((char *)out + calls[i].at, &found, sizeof(found));
        if (found == NULL)
            status = fail(error);
    }
    dlclose(library);
    return status;
}
