/* preview.html with the theme in it, as CMake makes it. */
    .section .rodata
    .globl cg_preview_page
    .hidden cg_preview_page
cg_preview_page:
    .incbin CG_PREVIEW_PAGE
    .byte 0

    .section .note.GNU-stack, "", %progbits
