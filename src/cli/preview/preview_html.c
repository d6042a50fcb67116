/*
 * The page: see preview_html.h. It is preview.html with a figure for each picture in place of its
 * line "FIGURES"; the page's script makes the choices from them.
 */
#include "cli/preview/preview_html.h"

#include "base/file_writer.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUALITY 84
#define PLACE "FIGURES\n"

extern const char cg_preview_page[];

/* Escape text for HTML, also within quotes; unprintable characters become '?'. */
static void add_escaped(struct cg_text_file *page, const char *text)
{
    char *clean = cg_string_copy(text);
    if (clean == NULL) {
        page->status = cg_fail(page->error, CG_ERR_MEMORY, "page: out of memory");
        return;
    }
    cg_text_clean(clean);
    for (const char *at = clean; *at != '\0'; at++) {
        char code[8];
        snprintf(code, sizeof(code), "&#%d;", *at);
        if (strchr("&<>\"'", *at) != NULL)
            cg_text_file_add_text(page, code);
        else
            cg_text_file_add(page, at, 1);
    }
    free(clean);
}

static void add_attribute(struct cg_text_file *page, const char *name, const char *text)
{
    cg_text_file_add_text(page, " ");
    cg_text_file_add_text(page, name);
    cg_text_file_add_text(page, "=\"");
    add_escaped(page, text);
    cg_text_file_add_text(page, "\"");
}

static void add_image(struct cg_text_file *page, const struct cg_image *image)
{
    const struct cg_image_write_options options = {.format = CG_IMAGE_JPEG, .quality = QUALITY};
    uint8_t *bytes = NULL;
    size_t nbytes = 0;
    char *text = NULL, size[64];
    if (page->status == CG_OK)
        page->status = cg_image_encode(image, &options, &bytes, &nbytes, page->error);
    if (page->status != CG_OK)
        return;
    text = cg_text_base64("data:image/jpeg;base64,", bytes, nbytes);
    free(bytes);
    if (text == NULL)
        page->status = cg_fail(page->error, CG_ERR_MEMORY, "page: out of memory");
    snprintf(size, sizeof(size), "<img width=\"%d\" height=\"%d\" src=\"", image->width,
             image->height);
    cg_text_file_add_text(page, size);
    if (page->status == CG_OK)
        cg_text_file_add_text(page, text);
    cg_text_file_add_text(page, "\" alt=\"\">");
    free(text);
}

static void add_photo(struct cg_text_file *page, const char *photo, const struct cg_image *image)
{
    cg_text_file_add_text(page, "<figure id=\"photo\"");
    add_attribute(page, "data-path", photo);
    cg_text_file_add_text(page, ">");
    add_image(page, image);
    cg_text_file_add_text(page, "<figcaption>");
    add_escaped(page, photo);
    cg_text_file_add_text(page, "</figcaption></figure>\n");
}

static void add_picture(struct cg_text_file *page, const struct cg_preview_picture *picture)
{
    const struct cg_style_info *style = cg_engine_style(picture->engine);
    cg_text_file_add_text(page, "<figure class=\"comic\"");
    add_attribute(page, "data-style", style->name);
    add_attribute(page, "data-summary", style->summary);
    add_attribute(page, "data-look", picture->look);
    add_attribute(page, "data-options", picture->options);
    cg_text_file_add_text(page, ">");
    add_image(page, &picture->image);
    cg_text_file_add_text(page, "<figcaption>");
    add_escaped(page, picture->options);
    cg_text_file_add_text(page, "</figcaption></figure>\n");
}

enum cg_status cg_preview_html_write(const char *path, enum cg_writing writing, const char *photo,
                                     const struct cg_preview *preview, struct cg_error *error)
{
    struct cg_text_file page = {.error = error};
    const char *place = strstr(cg_preview_page, PLACE);
    page.status = cg_file_writer_create(path, writing, &page.writer, error);
    if (page.status != CG_OK)
        return page.status;
    cg_text_file_add(&page, cg_preview_page, (size_t)(place - cg_preview_page));
    add_photo(&page, photo, &preview->photo);
    for (size_t i = 0; i < preview->count; i++)
        add_picture(&page, &preview->pictures[i]);
    cg_text_file_add_text(&page, place + strlen(PLACE));
    if (page.status == CG_OK)
        page.status = cg_file_writer_commit(page.writer, error);
    cg_file_writer_free(page.writer);
    return page.status;
}
