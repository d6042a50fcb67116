/*
 * A row that says all of one option: its names, the field that it sets, the values it takes, and
 * what help and manual say of it. Tables of such rows end with CG_OPTION_END; command lines
 * (cli/command.h), the looks of a card and the numbers in a run.json are read and written by them.
 */
#ifndef CG_BASE_OPTION_H
#define CG_BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cg_option_kind {
    CG_OPTION_NONE,    /* ends a table */
    CG_OPTION_HEADING, /* no option: name is a heading in help */
    CG_OPTION_WORD,    /* no option: listed in help without "--" */
    CG_OPTION_GROUP,   /* no option: the rows at `rows`, with field as their structure */
    CG_OPTION_FLAG,    /* bool, to become true; takes no value */
    CG_OPTION_UNSET,   /* bool, to become false; takes no value */
    CG_OPTION_INT,     /* int */
    CG_OPTION_STEPS,   /* uint64_t */
    CG_OPTION_FLOAT,   /* float */
    CG_OPTION_DOUBLE,  /* double */
    CG_OPTION_CHOICE,  /* int or enum: the word's place in `words` */
    CG_OPTION_SET,     /* int: a bit for each of the `words` given, with commas between them */
    CG_OPTION_SIZE,    /* size_t: bytes, as 800M or 2G */
    CG_OPTION_COLOUR,  /* uint8_t[3] */
    CG_OPTION_TEXT,    /* const char *, as are the next two */
    CG_OPTION_FILE,
    CG_OPTION_FOLDER,
    CG_OPTION_CUSTOM /* what `set` makes of it */
};

struct cg_option {
    const char *name; /* behind "--"; NULL: in files alone (key) */
    char letter;      /* behind "-"; 0: none */
    enum cg_option_kind kind;
    size_t field;             /* its offset in the structure that the table is for */
    const char *value;        /* what help calls the value */
    const char *help;         /* %r stands for the range, %d for the default; NULL: not shown */
    double low, high;         /* of a number */
    double neutral;           /* a look: the value that does nothing */
    const char *key;          /* in files; NULL: not kept there */
    bool is_new;              /* missing from older files, where it is 0 */
    double unit;              /* the field is the number given times this; 0: times 1 */
    bool or_zero;             /* 0 is fine, too, though below low */
    const char *const *words; /* of a choice or set, ended by NULL */
    bool (*set)(void *field, const struct cg_option *row, const char *text); /* false: reported */
    const struct cg_option *rows;                                            /* of a group */
    size_t given;      /* of a group: a uint64_t with a bit for each row that was given; 0: none */
    const void *other; /* of a group: another structure of defaults, which %d adds in brackets */
};

#define CG_OPTION_END                                                                              \
    {                                                                                              \
        .kind = CG_OPTION_NONE                                                                     \
    }

/* A field of kind FLAG to SET as a number; structure is what the row's field is counted from. */
double cg_option_get(const struct cg_option *row, const void *structure);
void cg_option_set(const struct cg_option *row, void *structure, double value);

/* Whether a number is in the row's range. */
bool cg_option_in_range(const struct cg_option *row, double value);

/* Copy the numbers of the rows whose bit is set in given. */
void cg_options_overlay(const struct cg_option *rows, uint64_t given, const void *from, void *to);

#endif
