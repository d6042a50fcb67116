/*
 * Which pictures do not belong: a vector GAN's discriminator as a detector of anomalies.
 *
 * D's logit says whether a picture looks generated, which is another question than whether it is of
 * the kind that D was trained on. Its last hidden layer h(x) describes a picture better. Of a
 * picture, many crops x are taken, and each unit of h gives two numbers: the logarithms of its mean
 * size and of its deviation over the crops. How much a picture varies from place to place says
 * more about its kind than what it shows on the whole. A normal distribution N(m, C) is fitted to
 * these v of a folder of normal pictures. The score is the Mahalanobis distance,
 *
 *   score = sqrt((v - m)^T (C + r I)^-1 (v - m) / n),    r = CG_ANOMALY_RIDGE tr(C) / n,
 *
 * n the length of v (after Lee et al. 2018, "A Simple Unified Framework for Detecting
 * Out-of-Distribution Samples and Adversarial Attacks"). About 1 is normal, though new pictures lie
 * further out than those fitted to where these are few. Without a fit the score is the mean of
 * -logit.
 */
#ifndef CG_GAN_ANOMALY_H
#define CG_GAN_ANOMALY_H

#include "gan/samples.h"
#include "gan/vector_model.h"

#define CG_ANOMALY_RIDGE 0.1
#define CG_ANOMALY_PICTURES_MIN 8

struct cg_anomaly;

/* crops and crop: how pictures are cut (samples.h). Model and pool must outlive it. Errors:
 * CG_ERR_MEMORY. */
enum cg_status cg_anomaly_create(const struct cg_vector_model *model, int crops, float crop,
                                 struct cg_pool *pool, struct cg_anomaly **out,
                                 struct cg_error *error);
void cg_anomaly_free(struct cg_anomaly *anomaly);

/* Fit to the pictures in dir; those that cannot be read are left out. Errors: CG_ERR_IO,
 * CG_ERR_FORMAT for fewer than CG_ANOMALY_PICTURES_MIN, CG_ERR_NUMERIC, CG_ERR_MEMORY. */
enum cg_status cg_anomaly_fit(struct cg_anomaly *anomaly, const char *dir, struct cg_error *error);

/* Keep a fit in a file, or take it from one, with the crops that it was made with. Errors:
 * CG_ERR_IO; CG_ERR_MODEL for a file of another model's fit. */
enum cg_status cg_anomaly_save(const struct cg_anomaly *anomaly, const char *path,
                               struct cg_error *error);
enum cg_status cg_anomaly_load(struct cg_anomaly *anomaly, const char *path,
                               struct cg_error *error);

/* The score of a picture file; higher is stranger. Errors: those of reading it, CG_ERR_MEMORY. */
enum cg_status cg_anomaly_score(struct cg_anomaly *anomaly, const char *path, double *score,
                                struct cg_error *error);

/*
 * Area under the ROC curve: the chance that an anomaly scores higher than a normal picture, ties
 * half. scores and is_anomaly: count each. 0.5 when either kind is missing.
 */
double cg_anomaly_auc(const double *scores, const bool *is_anomaly, size_t count);

#endif
