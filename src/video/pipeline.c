/*
 * A pipeline of frames: see pipeline.h. Slots are used in turn, so three counters suffice: frame n
 * is in slot n % SLOTS, and read >= converted >= written >= read - AHEAD. The slot before the frame
 * being converted is never overwritten, so a repeat finds its former frame.
 */
#include "video/pipeline.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdlib.h>

/* One each being read, converted and written, and one between each two; plus the former one. */
#define AHEAD 5
#define SLOTS (AHEAD + 1)

struct line {
    const struct cg_pipeline *pipeline;
    uint8_t *slots;
    pthread_mutex_t mutex;
    pthread_cond_t moved; /* a counter or a field below has changed */
    size_t read, converted, written;
    bool repeats[SLOTS];
    bool ended;            /* no more frames */
    enum cg_status status; /* of the first failure to convert or write, which ends everything */
    enum cg_status read_status; /* of a failure to read, which counts as the end */
    struct cg_error error;
};

static uint8_t *slot(const struct line *line, size_t frame)
{
    return line->slots + frame % SLOTS * line->pipeline->frame_nbytes;
}

/* Count a frame that a stage has finished, or record its failure. */
static void advance(struct line *line, size_t *counter, enum cg_status status,
                    const struct cg_error *error)
{
    pthread_mutex_lock(&line->mutex);
    if (status == CG_OK) {
        (*counter)++;
    } else if (line->status == CG_OK) {
        line->status = status;
        line->error = *error;
    }
    pthread_cond_broadcast(&line->moved);
    pthread_mutex_unlock(&line->mutex);
}

/* Wait until the previous stage has counted frame `frame`; false if it will not come. */
static bool await(struct line *line, const size_t *counter, size_t frame)
{
    pthread_mutex_lock(&line->mutex);
    while (line->status == CG_OK && *counter <= frame && !(line->ended && frame >= line->read))
        pthread_cond_wait(&line->moved, &line->mutex);
    bool there = line->status == CG_OK && *counter > frame;
    pthread_mutex_unlock(&line->mutex);
    return there;
}

static bool await_free_slot(struct line *line, size_t frame)
{
    pthread_mutex_lock(&line->mutex);
    while (line->status == CG_OK && frame - line->written >= AHEAD)
        pthread_cond_wait(&line->moved, &line->mutex);
    bool free_now = line->status == CG_OK;
    pthread_mutex_unlock(&line->mutex);
    return free_now;
}

static void count_read(struct line *line, size_t frame, enum cg_pipeline_read found,
                       enum cg_status status, const struct cg_error *error)
{
    pthread_mutex_lock(&line->mutex);
    line->repeats[frame % SLOTS] = found == CG_PIPELINE_REPEAT;
    line->read += status == CG_OK && found != CG_PIPELINE_END;
    line->ended = status != CG_OK || found == CG_PIPELINE_END;
    if (status != CG_OK && line->status == CG_OK) {
        line->read_status = status;
        line->error = *error;
    }
    pthread_cond_broadcast(&line->moved);
    pthread_mutex_unlock(&line->mutex);
}

static void *reader_main(void *argument)
{
    struct line *line = argument;
    const struct cg_pipeline *pipeline = line->pipeline;
    bool ended = false;
    for (size_t frame = 0; !ended && await_free_slot(line, frame); frame++) {
        struct cg_error error;
        enum cg_pipeline_read found = CG_PIPELINE_FRAME;
        enum cg_status status =
            pipeline->read(pipeline->context, slot(line, frame), &found, &error);
        count_read(line, frame, found, status, &error);
        ended = status != CG_OK || found == CG_PIPELINE_END;
    }
    return NULL;
}

static void *writer_main(void *argument)
{
    struct line *line = argument;
    const struct cg_pipeline *pipeline = line->pipeline;
    for (size_t frame = 0; await(line, &line->converted, frame); frame++) {
        struct cg_error error;
        enum cg_status status = pipeline->write(pipeline->context, slot(line, frame), &error);
        advance(line, &line->written, status, &error);
    }
    return NULL;
}

static void convert_all(struct line *line)
{
    const struct cg_pipeline *pipeline = line->pipeline;
    for (size_t frame = 0; await(line, &line->read, frame); frame++) {
        struct cg_error error;
        const uint8_t *former = line->repeats[frame % SLOTS] ? slot(line, frame + AHEAD) : NULL;
        enum cg_status status =
            pipeline->convert(pipeline->context, slot(line, frame), former, &error);
        advance(line, &line->converted, status, &error);
    }
}

static bool has_failed(struct line *line)
{
    pthread_mutex_lock(&line->mutex);
    bool failed = line->status != CG_OK;
    pthread_mutex_unlock(&line->mutex);
    return failed;
}

static void run_threads(struct line *line)
{
    pthread_t reader, writer;
    struct cg_error error;
    bool has_reader = pthread_create(&reader, NULL, reader_main, line) == 0;
    bool has_writer = has_reader && pthread_create(&writer, NULL, writer_main, line) == 0;
    if (!has_writer)
        advance(line, &line->written,
                cg_fail(&error, CG_ERR_MEMORY, "video: a thread could not be started"), &error);
    convert_all(line);
    if (has_writer)
        pthread_join(writer, NULL);
    if (has_reader) {
        if (has_failed(line) && line->pipeline->stop != NULL)
            line->pipeline->stop(line->pipeline->context);
        pthread_join(reader, NULL);
    }
}

enum cg_status cg_pipeline_run(const struct cg_pipeline *pipeline, struct cg_error *error)
{
    struct line line = {.pipeline = pipeline};
    line.slots = cg_alloc(SLOTS, pipeline->frame_nbytes, "frames on their way", error);
    if (line.slots == NULL)
        return CG_ERR_MEMORY;
    pthread_mutex_init(&line.mutex, NULL);
    pthread_cond_init(&line.moved, NULL);
    run_threads(&line);
    pthread_cond_destroy(&line.moved);
    pthread_mutex_destroy(&line.mutex);
    free(line.slots);
    enum cg_status status = line.status != CG_OK ? line.status : line.read_status;
    if (status != CG_OK && error != NULL)
        *error = line.error;
    return status;
}
