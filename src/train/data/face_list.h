/*
 * Where the faces of photos are, from a file: a JSON object from the ends of photos' paths to lists
 * of boxes [x, y, width, height, score] in pixels of the upright photo.
 */
#ifndef CG_TRAIN_DATA_FACE_LIST_H
#define CG_TRAIN_DATA_FACE_LIST_H

#include "base/content.h"
#include "train/teacher/teacher.h"

/* Of boxes with a lower score too many hold no face. */
#define CG_FACE_SCORE_MIN 0.6
#define CG_FACES_MAX 64

struct cg_face_list;

/* Errors, with the file's name: CG_ERR_IO, CG_ERR_FORMAT, CG_ERR_MEMORY. */
enum cg_status cg_face_list_read(const char *path, struct cg_face_list **out,
                                 struct cg_error *error);
void cg_face_list_free(struct cg_face_list *list);

/* Whether the list has a photo of that path, though it may have no face. */
bool cg_face_list_has(const struct cg_face_list *list, const char *photo);

/* The faces of a photo of that path and upright size; returns how many, 0 if none are known. Those
 * with a lower score are left out. The longest matching end of the path counts. Thread-safe. list
 * may be NULL. */
size_t cg_face_list_find(const struct cg_face_list *list, const char *photo, int width, int height,
                         double least_score, struct cg_teacher_face faces[CG_FACES_MAX]);

#endif
