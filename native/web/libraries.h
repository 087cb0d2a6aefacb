// Programs that the web's APIs need in few guests (a parser of URLs, tables of encodings): texts that the process has
// once, and a guest evaluates when it needs them. Any thread.
//
// `ops.libraries`:
//   load(name): unknown    what the program exports; evaluated each time
#pragma once

#include <string>

#include "web/ops.h"

namespace isolet {

// Gives the text of a program, of one-byte characters; the first that comes for a name stays.
void SetWebLibrary(std::string name, std::string text);

std::span<const WebOp> LibraryOps();

}  // namespace isolet
