/*
 * The default style's model file, built into the program. CMake defines CG_BUILTIN_MODEL as its
 * path, or leaves it out when there is none; then cg_builtin_model_nbytes is 0. Works for any ELF
 * target of the GNU assembler: x86-64, aarch64.
 */
    .section .rodata
    .balign 64
    .globl cg_builtin_model
    .hidden cg_builtin_model
cg_builtin_model:
#ifdef CG_BUILTIN_MODEL
    .incbin CG_BUILTIN_MODEL
#endif
.Lend:
    .balign 8
    .globl cg_builtin_model_nbytes
    .hidden cg_builtin_model_nbytes
cg_builtin_model_nbytes:
    .quad .Lend - cg_builtin_model

    .section .note.GNU-stack, "", %progbits
