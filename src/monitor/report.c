/*
 * A run's page as one file: see report.h. It is page.html with its style sheets and scripts
 * inlined, and with the data that the live page requests.
 */
#include "monitor/report.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* For pictures, before base64 adds a third. */
#define PICTURES_NBYTES ((uint64_t)4 << 20)
#define PICTURE_MAX_NBYTES ((size_t)8 << 20)

/* ---- pictures -------------------------------------------------------------------------------- */

struct gallery {
    const char *samples_dir;
    struct cg_error trouble; /* for a picture that exists but cannot be read */
    uint64_t total_nbytes;
};

static uint64_t size_of(const struct gallery *gallery, const char *file)
{
    struct stat about;
    char *path = cg_string_format("%s/%s", gallery->samples_dir, file);
    bool there = path != NULL && stat(path, &about) == 0 && about.st_size > 0;
    if (path == NULL)
        cg_memory_tell_short();
    free(path);
    return there ? (uint64_t)about.st_size : 0;
}

/* Add up the pictures' sizes. */
static char *weigh(void *context, size_t number, size_t count, const char *file)
{
    struct gallery *gallery = context;
    (void)number;
    (void)count;
    gallery->total_nbytes += size_of(gallery, file);
    return NULL;
}

/* Whether picture `number` is one of `wanted`, evenly spread over count, both ends included. */
static bool is_chosen(size_t number, size_t count, size_t wanted)
{
    if (wanted >= count || number == 0)
        return true;
    return number * (wanted - 1) / (count - 1) != (number - 1) * (wanted - 1) / (count - 1);
}

/* The picture itself as a URL, if it is chosen and readable. */
static char *embed(void *context, size_t number, size_t count, const char *file)
{
    struct gallery *gallery = context;
    uint64_t wanted =
        gallery->total_nbytes > 0 ? (uint64_t)count * PICTURES_NBYTES / gallery->total_nbytes : 0;
    if (!is_chosen(number, count, wanted < 2 ? 2 : (size_t)wanted))
        return NULL;
    uint8_t *bytes = NULL;
    size_t nbytes = 0;
    char *text = NULL, *path = cg_string_format("%s/%s", gallery->samples_dir, file);
    struct cg_error error = {0};
    enum cg_status status = CG_ERR_MEMORY;
    if (path != NULL)
        status = cg_file_read(path, PICTURE_MAX_NBYTES, &bytes, &nbytes, &error);
    if (status == CG_ERR_IO && access(path, F_OK) == 0)
        gallery->trouble = error;
    if (status == CG_OK)
        text = cg_text_base64(strstr(file, ".png") != NULL ? "data:image/png;base64,"
                                                           : "data:image/jpeg;base64,",
                              bytes, nbytes);
    if (status == CG_ERR_MEMORY || (status == CG_OK && text == NULL))
        cg_memory_tell_short();
    free(bytes);
    free(path);
    return text;
}

/* ---- the page -------------------------------------------------------------------------------- */

/* JSON in a script, where '<', which only strings contain, must be escaped. Takes json over. */
static void add_json(struct cg_text_file *page, char *json)
{
    if (json == NULL) {
        page->status = cg_fail(page->error, CG_ERR_MEMORY, "report: out of memory");
        return;
    }
    for (const char *at = json; *at != '\0';) {
        size_t length = strcspn(at, "<");
        cg_text_file_add(page, at, length);
        at += length;
        if (*at == '<') {
            cg_text_file_add_text(page, "\\u003c");
            at++;
        }
    }
    free(json);
}

static void add_asset(struct cg_text_file *page, const char *before, const char *name,
                      const char *after)
{
    struct cg_asset asset;
    cg_text_file_add_text(page, before);
    if (cg_asset_find(name, &asset))
        cg_text_file_add(page, asset.text, asset.nbytes);
    cg_text_file_add_text(page, after);
}

static void add_data(struct cg_text_file *page, const char *samples_dir, struct cg_board *board)
{
    struct gallery gallery = {.samples_dir = samples_dir};
    char *weighed = cg_board_data_json(board, weigh, &gallery);
    if (weighed == NULL)
        page->status = cg_fail(page->error, CG_ERR_MEMORY, "report: out of memory");
    free(weighed);
    cg_text_file_add_text(page, "<script type=\"application/json\" id=\"data\">{\"status\":");
    add_json(page, cg_board_status_json(board));
    cg_text_file_add_text(page, ",\"data\":");
    add_json(page, cg_board_data_json(board, embed, &gallery));
    if (page->status == CG_OK && gallery.trouble.status != CG_OK)
        page->status =
            cg_fail(page->error, gallery.trouble.status, "report: %s", gallery.trouble.text);
    cg_text_file_add_text(page, "}</script>\n");
}

/* One line of page.html as it is, or the file that it refers to. */
static void add_line(struct cg_text_file *page, const char *line, size_t nbytes,
                     const char *samples_dir, struct cg_board *board)
{
    static const char sheet[] = "<link rel=\"stylesheet\" href=\"", script[] = "<script src=\"";
    char name[64] = "";
    bool is_sheet = nbytes > sizeof(sheet) && memcmp(line, sheet, sizeof(sheet) - 1) == 0;
    bool is_script = nbytes > sizeof(script) && memcmp(line, script, sizeof(script) - 1) == 0;
    if (!is_sheet && !is_script) {
        cg_text_file_add(page, line, nbytes);
        return;
    }
    size_t begin = is_sheet ? sizeof(sheet) - 1 : sizeof(script) - 1, length = 0;
    while (begin + length < nbytes && line[begin + length] != '"' && length + 1 < sizeof(name)) {
        name[length] = line[begin + length];
        length++;
    }
    if (is_sheet) {
        add_asset(page, "<style>\n", name, "</style>\n");
        return;
    }
    if (strcmp(name, "page.js") == 0)
        add_data(page, samples_dir, board);
    add_asset(page, "<script>\n", name, "</script>\n");
}

enum cg_status cg_report_write(const char *path, const char *samples_dir, struct cg_board *board,
                               struct cg_error *error)
{
    struct cg_asset html = {0};
    struct cg_text_file page = {.error = error};
    page.status = cg_file_writer_create(path, CG_WRITE_OVER, &page.writer, error);
    if (page.status != CG_OK)
        return page.status;
    cg_asset_find("page.html", &html);
    for (const char *line = html.text, *end = line + html.nbytes; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t nbytes = newline == NULL ? (size_t)(end - line) : (size_t)(newline + 1 - line);
        add_line(&page, line, nbytes, samples_dir, board);
        line += nbytes;
    }
    if (page.status == CG_OK)
        page.status = cg_file_writer_commit(page.writer, error);
    cg_file_writer_free(page.writer);
    return page.status;
}

#define ASSET(symbol) extern const char cg_asset_##symbol[], cg_asset_##symbol##_end[]
ASSET(page_html);
ASSET(page_css);
ASSET(page_js);
ASSET(plots_js);
ASSET(plots_css);

static const struct part {
    const char *name, *type, *begin, *end;
} parts[] = {
    {"page.html", "text/html; charset=utf-8", cg_asset_page_html, cg_asset_page_html_end},
    {"page.css", "text/css; charset=utf-8", cg_asset_page_css, cg_asset_page_css_end},
    {"page.js", "text/javascript; charset=utf-8", cg_asset_page_js, cg_asset_page_js_end},
    {"dygraph.js", "text/javascript; charset=utf-8", cg_asset_plots_js, cg_asset_plots_js_end},
    {"dygraph.css", "text/css; charset=utf-8", cg_asset_plots_css, cg_asset_plots_css_end},
};

bool cg_asset_find(const char *name, struct cg_asset *out)
{
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const struct part *part = &parts[i];
        if (strcmp(part->name, name) != 0)
            continue;
        *out = (struct cg_asset){part->type, part->begin, (size_t)(part->end - part->begin)};
        return true;
    }
    return false;
}
