/* comicgan train of a style, from folders of photos and comics. */
#ifndef CG_CLI_TRAIN_TRAIN_STYLE_H
#define CG_CLI_TRAIN_TRAIN_STYLE_H

/* The whole command; argv as of main. Returns an exit code. */
int cg_cli_train_style(int argc, char *argv[]);

#endif
