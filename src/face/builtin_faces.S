/*
 * The finder of faces, built into the program. CMake defines CG_BUILTIN_FACES as its
 * path, or leaves it out when there is none; then cg_builtin_faces_nbytes is 0. Works for any ELF
 * target of the GNU assembler: x86-64, aarch64.
 */
    .section .rodata
    .balign 64
    .globl cg_builtin_faces
    .hidden cg_builtin_faces
cg_builtin_faces:
#ifdef CG_BUILTIN_FACES
    .incbin CG_BUILTIN_FACES
#endif
.Lend:
    .balign 8
    .globl cg_builtin_faces_nbytes
    .hidden cg_builtin_faces_nbytes
cg_builtin_faces_nbytes:
    .quad .Lend - cg_builtin_faces

    .section .note.GNU-stack, "", %progbits
