/* preview.html, built into the program. CMake defines its path. */
    .section .rodata
    .globl cg_preview_page
    .hidden cg_preview_page
cg_preview_page:
    .incbin CG_PREVIEW_PAGE
    .byte 0

    .section .note.GNU-stack, "", %progbits
