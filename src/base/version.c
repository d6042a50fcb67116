/* Which version this is: see comicgan.h. */
#include <comicgan/comicgan.h>

const char *cg_version(void)
{
    return CG_VERSION;
}
