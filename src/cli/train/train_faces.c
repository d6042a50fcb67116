/* comicgan train --model faces: see train_common.h. */
#include "base/clock.h"
#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "cli/interrupt.h"
#include "cli/terminal_line.h"
#include "cli/train/train_common.h"
#include "train/face/face_trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODEL 2 /* in CG_CLI_TRAIN_MODELS */
#define DEFAULT_STEPS 1500

struct faces {
    const char *photos, *faces, *out_dir;
    uint64_t seed, steps;
    int threads, model;
    bool force, quiet;
    struct cg_terminal_line line;
};

#define AT(member) offsetof(struct faces, member)

static const struct cg_option rows[] = {
    {"model", 0, CG_OPTION_CHOICE, AT(model), "KIND", "what is trained: here faces",
     .words = CG_CLI_TRAIN_MODELS},
    {"photos", 0, CG_OPTION_FOLDER, AT(photos), "DIR", "photos, those without faces as well"},
    {"faces", 0, CG_OPTION_FILE, AT(faces), "FILE",
     "where the photos' faces are: JSON, docs/TRAINING.md"},
    {"out", 'o', CG_OPTION_FOLDER, AT(out_dir), "RUN", "folder of the model; made if missing"},
    {"force", 'f', CG_OPTION_FLAG, AT(force), NULL, "replace a model that is in RUN already"},
    {"steps", 0, CG_OPTION_STEPS, AT(steps), "N", "steps in each of 11 rounds (default %d)", 1,
     1e6},
    {"seed", 0, CG_OPTION_STEPS, AT(seed), "S", "random seed (default %d)", 0, 1e9},
    {"threads", 0, CG_OPTION_INT, AT(threads), "N",
     "threads (default: all processors); the result does not depend on it", 1, 256},
    CG_CLI_QUIET_ROW(AT(quiet)),
    CG_OPTION_END,
};

static const struct cg_command command = {
    .name = "train --model faces",
    .summary = "train a finder of faces",
    .usage = "--photos DIR --faces FILE --out RUN [OPTIONS]",
    .about = "Train what convert finds faces by: networks of fully connected layers that look at "
             "every part of a photo, at every size. RUN receives model.safetensors and its card, "
             "model.md. It takes some minutes, so there are no checkpoints; Ctrl-C ends it and "
             "nothing is written.",
    .options = rows,
};

/* ---- progress -------------------------------------------------------------------------------- */

static void show(void *context, const struct cg_face_report *report)
{
    struct faces *faces = context;
    if (report->stage == NULL) {
        cg_terminal_line_count(&faces->line, "reading photos", (size_t)report->photos_read,
                               (size_t)report->photo_count);
        return;
    }
    cg_terminal_line_erase(&faces->line);
    if (!faces->quiet)
        fprintf(stderr,
                "%s, round %d of %d: %llu windows without a face, loss %.4f; at %.1f %% of faces "
                "%.1f false windows a photo\n",
                report->stage, report->round, report->rounds, (unsigned long long)report->windows,
                report->loss, 100.0 * report->passed, report->false_windows);
}

static bool is_stopped(void *context)
{
    (void)context;
    return cg_interrupted();
}

/* ---- the command ----------------------------------------------------------------------------- */

static enum cg_status write_card(const char *path, const struct faces *faces, const char *line,
                                 const struct cg_face_result *result, double minutes,
                                 struct cg_error *error)
{
    char *text = cg_string_format(
        "# faces\n\nA finder of faces, no style: comicgan convert draws what it finds more "
        "finely.\n\n"
        "## How it was made\n\nBy comicgan %s in %.1f minutes:\n\n```sh\n%s\n```\n\n"
        "%d photos, %d copies of faces at sizes where windows find them; %llu steps a round.\n\n"
        "## Figures\n\nOn %d photos that it never learned from: %d of %d faces from 28 pixels "
        "(of 1300) found, %d false finds.\n",
        CG_VERSION, minutes, line, result->photos, result->faces, (unsigned long long)faces->steps,
        result->tested_photos, result->found, result->tested_faces, result->false_finds);
    enum cg_status status = text != NULL ? cg_file_write(path, text, strlen(text), error)
                                         : cg_fail(error, CG_ERR_MEMORY, "card: out of memory");
    free(text);
    return status;
}

static enum cg_status train(struct faces *faces, const char *line, const char *model_path,
                            const char *card_path, struct cg_error *error)
{
    const struct cg_face_training training = {faces->photos, faces->faces,   faces->seed,
                                              faces->steps,  faces->threads, faces,
                                              show,          is_stopped};
    struct cg_face_result result;
    double began = cg_clock_seconds();
    enum cg_status status = cg_folder_make(faces->out_dir, error);
    if (status == CG_OK)
        status = cg_face_train(&training, model_path, &result, error);
    cg_terminal_line_erase(&faces->line);
    if (status == CG_OK)
        status =
            write_card(card_path, faces, line, &result, (cg_clock_seconds() - began) / 60.0, error);
    if (status == CG_OK && !faces->quiet)
        cg_cli_print("%s: %d of %d faces found in photos never learned from, %d false finds",
                     model_path, result.found, result.tested_faces, result.false_finds);
    return status;
}

static int check(const struct faces *faces, const char *model_path, int argc, char *argv[])
{
    int code = cg_command_check_arguments(&command, argc, argv, 0, 0, "options alone");
    if (code != CG_EXIT_DONE)
        return code;
    if (faces->photos == NULL || faces->faces == NULL || faces->out_dir == NULL)
        return cg_command_refuse(&command, "--photos DIR, --faces FILE and --out RUN are needed");
    if (!faces->force && model_path != NULL && access(model_path, F_OK) == 0)
        return cg_cli_fail(CG_EXIT_USAGE, "%s is there already; --force replaces it", model_path);
    return CG_EXIT_DONE;
}

static int run(int argc, char *argv[])
{
    struct faces faces = {.seed = 1, .steps = DEFAULT_STEPS, .model = MODEL};
    struct cg_error error;
    int code;
    char *line = cg_cli_command_line("comicgan train", argc, argv);
    if (!cg_command_read(&command, argc, argv, &faces, &code)) {
        free(line);
        return code;
    }
    char *model =
        cg_string_format("%s/model.safetensors", faces.out_dir != NULL ? faces.out_dir : "");
    char *card = cg_string_format("%s/model.md", faces.out_dir != NULL ? faces.out_dir : "");
    code = check(&faces, model, argc, argv);
    if (code == CG_EXIT_DONE) {
        enum cg_status status = CG_OK;
        cg_interrupt_watch();
        faces.line = cg_terminal_line_make(faces.quiet);
        status = line != NULL && model != NULL && card != NULL
                     ? train(&faces, line, model, card, &error)
                     : cg_fail(&error, CG_ERR_MEMORY, "train: out of memory");
        if (status != CG_OK)
            code = cg_cli_fail(status == CG_ERR_CANCELLED ? CG_EXIT_INTERRUPTED : CG_EXIT_INPUT,
                               "%s", error.text);
    }
    free(card);
    free(model);
    free(line);
    return code;
}

int cg_cli_train_faces(int argc, char *argv[])
{
    struct cg_ranks *ranks;
    struct cg_error error;
    int code = CG_EXIT_USAGE;
    if (cg_cli_ranks_open(&argc, &argv, &ranks, &error) != CG_OK)
        cg_cli_fail(CG_EXIT_USAGE, "%s", error.text);
    else if (ranks == NULL)
        code = run(argc, argv);
    else if (cg_ranks_index(ranks) == 0)
        cg_cli_fail(CG_EXIT_USAGE, "--model faces is trained by one process, but %d were started",
                    cg_ranks_count(ranks));
    cg_cli_ranks_close(ranks);
    return code;
}

bool cg_cli_is_faces(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--model=faces") == 0 ||
            (strcmp(argv[i], "--model") == 0 && strcmp(next, CG_CLI_TRAIN_MODELS[MODEL]) == 0))
            return true;
    }
    return false;
}
