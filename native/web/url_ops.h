// `ops.url`: URLs by the parser inside Node (web/ada.h).
//   parse(input, base | undefined, parts: Int32Array): string | undefined           the href; undefined: invalid
//   canParse(input, base | undefined): boolean
//   set(href, part, value, parts: Int32Array): string | undefined                   undefined: it stays as it is
// `parts` becomes the eight offsets of AdaComponents, -1 for what is absent. Where Node has no such parser all of them
// answer null: the bundle brings its own.
//
// Nothing interrupts the parser. So texts of more than a mebibyte as UTF-8 are no URLs, nor are those with a long host
// that would be read as an internationalized one, for which some versions take quadratic time.
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> UrlOps();

}  // namespace isolet
