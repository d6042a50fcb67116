/* Boxes of faces out of a JSON file: see face_list.h. */
#include "train/data/face_list.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct cg_face_list {
    json_t *root;
};

enum { BOX_NUMBERS = 5, DEPTH_MAX = 3, FILE_NBYTES_MAX = 256 << 20 };

static bool is_box(const json_t *box)
{
    for (size_t i = 0; i < BOX_NUMBERS; i++)
        if (!json_is_number(json_array_get(box, i)))
            return false;
    return json_array_size(box) == BOX_NUMBERS;
}

static enum cg_status check(const json_t *root, const char *path, struct cg_error *error)
{
    const char *photo;
    json_t *boxes;
    json_object_foreach((json_t *)root, photo, boxes)
    {
        if (!json_is_array(boxes))
            return cg_fail(error, CG_ERR_FORMAT, "%s: %s: expected a list of boxes", path, photo);
        for (size_t i = 0; i < json_array_size(boxes); i++)
            if (!is_box(json_array_get(boxes, i)))
                return cg_fail(error, CG_ERR_FORMAT,
                               "%s: %s: box %zu: expected [x, y, width, height, score]", path,
                               photo, i + 1);
    }
    return CG_OK;
}

enum cg_status cg_face_list_read(const char *path, struct cg_face_list **out,
                                 struct cg_error *error)
{
    struct cg_error why;
    uint8_t *text;
    size_t nbytes;
    json_t *root = NULL;
    *out = NULL;
    enum cg_status status = cg_file_read(path, FILE_NBYTES_MAX, &text, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = cg_json_parse_object((const char *)text, nbytes, DEPTH_MAX, path, &root, &why);
    free(text);
    if (status != CG_OK) /* this is no model */
        return cg_fail(error, status == CG_ERR_MODEL ? CG_ERR_FORMAT : status, "%s", why.text);
    status = check(root, path, error);
    if (status == CG_OK)
        *out = cg_alloc(1, sizeof **out, "list of faces", error);
    if (*out == NULL) {
        json_decref(root);
        return status != CG_OK ? status : CG_ERR_MEMORY;
    }
    (*out)->root = root;
    return CG_OK;
}

void cg_face_list_free(struct cg_face_list *list)
{
    if (list != NULL)
        json_decref(list->root);
    free(list);
}

static const json_t *boxes_of(const json_t *root, const char *photo)
{
    const json_t *boxes = json_object_get(root, photo);
    for (const char *c = photo; boxes == NULL && *c != '\0'; c++)
        if (*c == '/')
            boxes = json_object_get(root, c + 1);
    return boxes;
}

bool cg_face_list_has(const struct cg_face_list *list, const char *photo)
{
    return boxes_of(list->root, photo) != NULL;
}

static float share(const json_t *box, size_t index, int of)
{
    return (float)(json_number_value(json_array_get(box, index)) / of);
}

size_t cg_face_list_find(const struct cg_face_list *list, const char *photo, int width, int height,
                         double least_score, struct cg_teacher_face faces[CG_FACES_MAX])
{
    size_t count = 0;
    const json_t *boxes = list != NULL ? boxes_of(list->root, photo) : NULL;
    for (size_t i = 0; i < json_array_size(boxes) && count < CG_FACES_MAX; i++) {
        const json_t *box = json_array_get(boxes, i);
        const struct cg_teacher_face face = {share(box, 0, width), share(box, 1, height),
                                             share(box, 2, width), share(box, 3, height)};
        if (json_number_value(json_array_get(box, 4)) >= least_score && face.width > 0.0f &&
            face.height > 0.0f)
            faces[count++] = face;
    }
    return count;
}
