/*
 * The calls of libheif, which is loaded when the first HEIC or AVIF comes: what it brings along
 * (decoders, tables that they work out while they are loaded) would cost every start of the program
 * more than all else. Inside src/image only.
 */
#ifndef CG_IMAGE_HEIF_CALLS_H
#define CG_IMAGE_HEIF_CALLS_H

#include "base/error.h"

#include <libheif/heif.h>

/* X(name) for each, without "heif_". */
#define CG_HEIF_CALLS(X)                                                                           \
    X(context_alloc)                                                                               \
    X(context_free)                                                                                \
    X(context_get_primary_image_handle)                                                            \
    X(context_read_from_memory_without_copy)                                                       \
    X(context_set_max_decoding_threads)                                                            \
    X(decode_image)                                                                                \
    X(decoding_options_alloc)                                                                      \
    X(decoding_options_free)                                                                       \
    X(image_get_height)                                                                            \
    X(image_get_plane_readonly)                                                                    \
    X(image_get_width)                                                                             \
    X(image_handle_get_height)                                                                     \
    X(image_handle_get_list_of_metadata_block_IDs)                                                 \
    X(image_handle_get_luma_bits_per_pixel)                                                        \
    X(image_handle_get_metadata)                                                                   \
    X(image_handle_get_metadata_content_type)                                                      \
    X(image_handle_get_metadata_size)                                                              \
    X(image_handle_get_nclx_color_profile)                                                         \
    X(image_handle_get_raw_color_profile)                                                          \
    X(image_handle_get_raw_color_profile_size)                                                     \
    X(image_handle_get_width)                                                                      \
    X(image_handle_has_alpha_channel)                                                              \
    X(image_handle_release)                                                                        \
    X(image_release)                                                                               \
    X(nclx_color_profile_free)

#define CG_HEIF_MEMBER(name) __typeof__(heif_##name) *name;

struct cg_heif_calls {
    CG_HEIF_CALLS(CG_HEIF_MEMBER)
};

/* From then on the library stays loaded. Errors: CG_ERR_UNSUPPORTED if it is not installed or lacks
 * a call, CG_ERR_MEMORY. */
enum cg_status cg_heif_load(struct cg_heif_calls *out, struct cg_error *error);

#endif
