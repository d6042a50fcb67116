/*
 * Anomaly detection with a vector GAN's discriminator.
 *
 * D's logit says whether a picture looks generated, not whether it resembles the training pictures;
 * its last hidden layer h(x) describes a picture better. Many crops x are taken of a picture, and
 * each unit of h contributes two features: the logarithms of its mean magnitude and of its
 * deviation over the crops. How a picture varies from place to place says more about its kind than
 * its overall content. A normal distribution N(m, C) is fitted to these v of a folder of normal
 * pictures. The score is the Mahalanobis distance,
 *
 *   score = sqrt((v - m)^T (C + r I)^-1 (v - m) / n),    r = CG_ANOMALY_RIDGE tr(C) / n,
 *
 * n the length of v (after Lee et al. 2018, "A Simple Unified Framework for Detecting
 * Out-of-Distribution Samples and Adversarial Attacks"). Scores near 1 are normal, though new
 * pictures score higher than the fitted ones when these are few. Without a fit the score is the
 * mean of -logit.
 */
#ifndef CG_GAN_ANOMALY_H
#define CG_GAN_ANOMALY_H

#include "gan/samples.h"
#include "gan/vector_model.h"

#define CG_ANOMALY_RIDGE 0.1
#define CG_ANOMALY_PICTURES_MIN 8

struct cg_anomaly;

/* cut: how pictures are cut and read; size and seed are the model's. Model and pool must outlive
 * it. Errors: CG_ERR_MEMORY. */
enum cg_status cg_anomaly_create(const struct cg_vector_model *model,
                                 const struct cg_samples_options *cut, struct cg_pool *pool,
                                 struct cg_anomaly **out, struct cg_error *error);
void cg_anomaly_free(struct cg_anomaly *anomaly);

/* Fit to the pictures in dir; unreadable ones are skipped. Errors: CG_ERR_IO,
 * CG_ERR_FORMAT for fewer than CG_ANOMALY_PICTURES_MIN, CG_ERR_NUMERIC, CG_ERR_MEMORY. */
enum cg_status cg_anomaly_fit(struct cg_anomaly *anomaly, const char *dir, struct cg_error *error);

/* Save a fit to a file, or load one, including its crop settings. Errors:
 * CG_ERR_IO; CG_ERR_MODEL for another model's fit. */
enum cg_status cg_anomaly_save(const struct cg_anomaly *anomaly, const char *path,
                               enum cg_writing writing, struct cg_error *error);
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
