/* The page's parts: see assets.h. A new one is a line here and one in assets_data.S. */
#include "monitor/assets.h"

#include <string.h>

#define ASSET(symbol) extern const char cg_asset_##symbol[], cg_asset_##symbol##_end[]
ASSET(page_html);
ASSET(page_css);
ASSET(page_js);
ASSET(plots_js);
ASSET(plots_css);

static const struct part {
    const char *name, *type, *begin, *end;
} parts[] = {
    {"page.html", "text/html; charset=utf-8", cg_asset_page_html, cg_asset_page_html_end},
    {"page.css", "text/css; charset=utf-8", cg_asset_page_css, cg_asset_page_css_end},
    {"page.js", "text/javascript; charset=utf-8", cg_asset_page_js, cg_asset_page_js_end},
    {"dygraph.js", "text/javascript; charset=utf-8", cg_asset_plots_js, cg_asset_plots_js_end},
    {"dygraph.css", "text/css; charset=utf-8", cg_asset_plots_css, cg_asset_plots_css_end},
};

bool cg_asset_find(const char *name, struct cg_asset *out)
{
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const struct part *part = &parts[i];
        if (strcmp(part->name, name) != 0)
            continue;
        *out = (struct cg_asset){part->type, part->begin, (size_t)(part->end - part->begin)};
        return true;
    }
    return false;
}
