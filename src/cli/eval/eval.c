/*
 * comicgan eval: how far one folder of pictures is from another. Only figures go to the standard
 * output, as a table or as one JSON object. docs/EVAL.md explains them.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/confinement.h"
#include "cli/terminal_line.h"
#include "eval/compare.h"
#include "image/walk.h"
#include "tensor/matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
    const char *features, *cache, *dirs[2];
    int long_px, resamples, seed, threads;
    bool json, strict, quiet, no_sandbox;
};

#define AT(member) offsetof(struct settings, member)

static const struct cg_option rows[] = {
    {"features", 0, CG_OPTION_FILE, AT(features), "FILE",
     "the network: SqueezeNet v1.0 in its compressed form, or a safetensors file that lists its "
     "layers; without it swd alone is measured"},
    {"json", 0, CG_OPTION_FLAG, AT(json), NULL, "one JSON object instead of a table"},
    {"size", 0, CG_OPTION_INT, AT(long_px), "PX",
     "patches are taken with the longer side reduced to PX (default: %d)", CG_SWD_SIDE_MIN_PX,
     CG_IMAGE_SIDE_MAX_PX},
    {"resamples", 0, CG_OPTION_INT, AT(resamples), "N",
     "resamples for the 95 % intervals, 0 for none (default: %d)", 0, 100000},
    {"seed", 0, CG_OPTION_INT, AT(seed), "N", "seed of the resamples (default: %d)", 0, INT32_MAX},
    {"cache", 0, CG_OPTION_FOLDER, AT(cache), "DIR",
     "where features are kept from call to call (default: $XDG_CACHE_HOME/comicgan or "
     "~/.cache/comicgan)"},
    {"threads", 0, CG_OPTION_INT, AT(threads), "N",
     "0: one for each processor (default); figures do not depend on it", 0, 256},
    CG_CLI_STRICT_ROW(AT(strict)),
    CG_CLI_QUIET_ROW(AT(quiet)),
    CG_CLI_NO_SANDBOX_ROW(AT(no_sandbox)),
    CG_OPTION_END,
};

/* ---- showing --------------------------------------------------------------------------------- */

/* The names of a measure for people and programs. */
struct shown {
    const char *name, *key;
    const struct cg_estimate *estimate;
};

#define SHOWN_COUNT 5

static void list_measures(const struct cg_comparison *found, struct shown shown[SHOWN_COUNT])
{
    const struct shown all[SHOWN_COUNT] = {
        {"swd", "swd", &found->swd.mean},
        {"frechet", "frechet", &found->frechet},
        {"kid", "kid", &found->kernel},
        {"class score", "class_score", &found->class_score},
        {"perceptual", "perceptual", &found->perceptual},
    };
    memcpy(shown, all, sizeof(all));
}

/* Why a measure has no value. */
static const char *why_unknown(const struct settings *settings, const struct cg_comparison *found,
                               const struct cg_estimate *estimate)
{
    if (settings->features == NULL)
        return "needs --features";
    if (estimate == &found->class_score)
        return "the network knows no classes";
    return found->pair_count == 0 ? "no names that both folders have"
                                  : "the network has no layers to compare by";
}

static void print_table(const struct settings *settings, const struct cg_comparison *found)
{
    struct shown shown[SHOWN_COUNT];
    list_measures(found, shown);
    cg_cli_print("%zu pictures in %s against %zu in %s", found->count_a, settings->dirs[0],
                 found->count_b, settings->dirs[1]);
    printf("\n%-12s %12s   %s\n", "measure", "value",
           settings->resamples > 0 ? "95 % interval" : "");
    for (int level = 0; level < CG_SWD_LEVELS; level++)
        printf("swd %-8d %12.5g\n", 1 << level, found->swd.levels[level]);
    for (int i = 0; i < SHOWN_COUNT; i++) {
        const struct cg_estimate *estimate = shown[i].estimate;
        if (!estimate->known)
            printf("%-12s %12s   %s\n", shown[i].name, "-", why_unknown(settings, found, estimate));
        else if (settings->resamples > 0)
            printf("%-12s %12.5g   %.5g to %.5g\n", shown[i].name, estimate->value, estimate->low,
                   estimate->high);
        else
            printf("%-12s %12.5g\n", shown[i].name, estimate->value);
    }
    printf("\nswd 1 to %d: at that many pixels a patch pixel; swd: their mean.\n",
           1 << (CG_SWD_LEVELS - 1));
    if (found->feature_count > 0)
        cg_cli_print("Features: %zu of %s; perceptual: %zu pairs.", found->feature_count,
                     settings->features, found->pair_count);
}

static json_t *estimate_json(const struct cg_estimate *estimate, bool interval)
{
    if (!estimate->known)
        return json_null();
    if (!interval)
        return json_pack("{s:f}", "value", estimate->value);
    return json_pack("{s:f, s:[f, f]}", "value", estimate->value, "interval", estimate->low,
                     estimate->high);
}

static int print_json(const struct settings *settings, const struct cg_comparison *found)
{
    struct shown shown[SHOWN_COUNT];
    list_measures(found, shown);
    cg_memory_forget();
    json_t *all =
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:i, s:i, s:i}", "a", settings->dirs[0], "b",
                  settings->dirs[1], "pictures_a", (json_int_t)found->count_a, "pictures_b",
                  (json_int_t)found->count_b, "pairs", (json_int_t)found->pair_count, "size_px",
                  settings->long_px, "resamples", settings->resamples, "seed", settings->seed);
    if (found->feature_count > 0)
        json_object_set_new(all, "features",
                            json_pack("{s:s, s:I, s:I}", "network", settings->features, "count",
                                      (json_int_t)found->feature_count, "classes",
                                      (json_int_t)found->class_count));
    for (int i = 0; i < SHOWN_COUNT; i++)
        json_object_set_new(all, shown[i].key,
                            estimate_json(shown[i].estimate, settings->resamples > 0));
    json_t *levels = json_array();
    for (int level = 0; level < CG_SWD_LEVELS; level++)
        json_array_append_new(levels, json_real(found->swd.levels[level]));
    json_object_set_new(all, "swd_levels", levels);
    return cg_cli_print_json(all, "the measures", CG_EXIT_INPUT);
}

/* ---- the work -------------------------------------------------------------------------------- */

/* The folder for features, created if missing; NULL if that fails, which is an error only if it was
 * requested. */
static enum cg_status open_cache(const struct settings *settings, char **out,
                                 struct cg_error *error)
{
    *out = NULL;
    if (settings->features == NULL)
        return CG_OK;
    char *base = settings->cache != NULL ? cg_string_copy(settings->cache) : cg_cli_default_cache();
    char *dir = base != NULL ? cg_string_format("%s/features", base) : NULL;
    enum cg_status status = dir != NULL ? cg_folder_make(dir, error)
                                        : cg_fail(error, CG_ERR_MEMORY, "cache: out of memory");
    free(base);
    if (status == CG_OK) {
        *out = dir;
        return CG_OK;
    }
    free(dir);
    return settings->cache != NULL ? status : CG_OK;
}

static int show(const struct settings *settings, const struct cg_comparison *found)
{
    if (settings->json)
        return print_json(settings, found);
    print_table(settings, found);
    return CG_EXIT_DONE;
}

struct places {
    const struct settings *settings;
    const char *cache;
};

static enum cg_status allow_places(struct cg_sandbox *sandbox, const void *context,
                                   struct cg_error *error)
{
    const struct places *places = context;
    enum cg_status status =
        cg_sandbox_allow(sandbox, places->cache, CG_SANDBOX_READ | CG_SANDBOX_WRITE, error);
    if (status == CG_OK)
        status = cg_sandbox_allow(sandbox, places->settings->features, CG_SANDBOX_READ, error);
    for (int i = 0; status == CG_OK && i < 2; i++)
        status = cg_cli_allow_tree(sandbox, places->settings->dirs[i], error);
    return status;
}

static int draw_share(void *context, double share)
{
    char text[CG_TERMINAL_LINE_NBYTES];
    snprintf(text, sizeof(text), "reading pictures: %d %%", (int)(100.0 * share));
    cg_terminal_line_draw(context, text);
    return 0;
}

static int compare(const struct settings *settings, const struct cg_convnet *net, const char *cache)
{
    struct cg_error error;
    struct cg_pool *pool = NULL;
    struct cg_comparison found;
    struct cg_terminal_line progress = cg_terminal_line_make(settings->quiet);
    const struct cg_compare_options options = {.pictures = {.net = net,
                                                            .cache_dir = cache,
                                                            .long_px = settings->long_px,
                                                            .strict = settings->strict},
                                               .resamples = (size_t)settings->resamples,
                                               .seed = (uint64_t)settings->seed,
                                               .progress = draw_share,
                                               .context = &progress};
    enum cg_status status = cg_pool_create(settings->threads, &pool, &error);
    if (status == CG_OK)
        status = cg_compare(settings->dirs[0], settings->dirs[1], &options, pool, &found, &error);
    cg_terminal_line_erase(&progress);
    cg_pool_free(pool);
    return status == CG_OK ? show(settings, &found) : cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
}

static int read_network_and_compare(const struct settings *settings, const char *cache)
{
    struct cg_error error;
    struct cg_convnet *net = NULL;
    if (settings->features != NULL && cg_convnet_read(settings->features, &net, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    int code = compare(settings, net, cache);
    cg_convnet_free(net);
    return code;
}

static int run_settings(const struct settings *settings)
{
    struct cg_error error;
    char *cache = NULL;
    cg_blas_single_threaded();
    enum cg_status status = CG_OK;
    for (int i = 0; status == CG_OK && i < 2; i++)
        status = cg_walk_check_folder(settings->dirs[i], &error);
    if (status == CG_OK)
        status = open_cache(settings, &cache, &error);
    if (status == CG_OK && !settings->no_sandbox)
        status = cg_cli_give_up_files(allow_places, &(struct places){settings, cache}, &error);
    int code = status == CG_OK ? read_network_and_compare(settings, cache)
                               : cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    free(cache);
    return code;
}

static int run(int argc, char *argv[])
{
    int code;
    struct settings settings = {.long_px = 512, .resamples = 200};
    if (!cg_command_read(&CG_COMMAND_EVAL, argc, argv, &settings, &code))
        return code;
    code = cg_command_check_arguments(&CG_COMMAND_EVAL, argc, argv, 2, 2, "DIR_A and DIR_B");
    if (code != CG_EXIT_DONE)
        return code;
    settings.dirs[0] = argv[optind];
    settings.dirs[1] = argv[optind + 1];
    code = settings.no_sandbox ? CG_EXIT_DONE : cg_cli_give_up_calls();
    return code == CG_EXIT_DONE ? run_settings(&settings) : code;
}

const struct cg_command CG_COMMAND_EVAL = {
    .name = "eval",
    .arguments = "DIR_A DIR_B",
    .summary = "measure how far one folder of pictures is from another",
    .usage = "[OPTIONS] DIR_A DIR_B",
    .about = "Measure how far the pictures in DIR_A are from those in DIR_B, the reference: PNG "
             "and JPEG of any sizes, in any depth of folders, at least 2 each. All distances are "
             "of sets; none looks at whether a single picture is good.\n"
             "\n"
             "  swd          sliced Wasserstein distance of patches, at five scales and their\n"
             "               mean\n"
             "  frechet      Frechet distance of the network's features; more pictures make it\n"
             "               smaller\n"
             "  kid          kernel distance of the features, about 0 for sets of one kind\n"
             "  class score  exp of what the network's classes tell of pictures in DIR_A, as\n"
             "               the Inception score is worked out\n"
             "  perceptual   mean distance of pictures of one name in both folders, over the\n"
             "               network's layers",
    .options = rows,
    .run = run,
};
