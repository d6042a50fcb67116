/*
 * A file built into the program, for comicgan_builtin (cmake/Comicgan.cmake): CG_BUILTIN_SYMBOL is
 * its first byte, that name with _nbytes its size. CG_BUILTIN_FILE is its path, left out when there
 * is none; then the size is 0. Works for any ELF target of the GNU assembler: x86-64, aarch64.
 */
    .macro builtin symbol
    .section .rodata
    .balign 64
    .globl \symbol
    .hidden \symbol
\symbol:
#ifdef CG_BUILTIN_FILE
    .incbin CG_BUILTIN_FILE
#endif
.Lend:
    .balign 8
    .globl \symbol\()_nbytes
    .hidden \symbol\()_nbytes
\symbol\()_nbytes:
    .quad .Lend - \symbol
    .endm

    builtin CG_BUILTIN_SYMBOL

    .section .note.GNU-stack, "", %progbits
