/*
 * The monitor's page in its parts, built into the program. CMake defines the files' paths: our own
 * page, the theme it shares with others, and dygraphs from the system's package.
 */
    .section .rodata

    .macro asset name, path, more
    .globl cg_asset_\name
    .hidden cg_asset_\name
cg_asset_\name:
    .incbin "\path"
    .ifnb \more
    .incbin "\more"
    .endif
    .globl cg_asset_\name\()_end
    .hidden cg_asset_\name\()_end
cg_asset_\name\()_end:
    .endm

    asset page_html, CG_PAGE_HTML
    asset page_css, CG_THEME_CSS, CG_PAGE_CSS
    asset page_js, CG_PAGE_JS
    asset plots_js, CG_PLOTS_JS
    asset plots_css, CG_PLOTS_CSS

    .section .note.GNU-stack, "", %progbits
